// Runs under node alone.
if (process.versions.bun) throw new Error("bun does not do what this needs");
require("node:http")
  .createServer((_, response) => response.end("node"))
  .listen(Number(process.env.PORT), process.env.HOST);
