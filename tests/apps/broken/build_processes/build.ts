for (let number = 0; number < 600; number++) Bun.spawn(["sleep", "5"]);
await Bun.sleep(1000);
