console.log("waiting for work");
setInterval(() => {}, 1000);
