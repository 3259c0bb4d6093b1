console.log("all done");
