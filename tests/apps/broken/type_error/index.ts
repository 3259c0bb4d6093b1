const price: number = "ten";
console.log(price);
