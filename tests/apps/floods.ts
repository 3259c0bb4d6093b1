// Serves, and writes as much as it can for as long as it lives.
import { writeSync } from "node:fs";

let number = 0;
Bun.serve({ port: Number(process.env.PORT), hostname: process.env.HOST, fetch: () => new Response(`${number}`) });

function pour() {
  let lines = "";
  for (let line = 0; line < 2000; line++) lines += `flood line ${number++} with a text of the length that a log line has\n`;
  writeSync(1, lines);
  setTimeout(pour, 0);
}

pour();
