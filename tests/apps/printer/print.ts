// A build that prints numbered lines at a steady pace and keeps a copy of what it printed: TOTAL lines, RATE a second.
import { openSync, readFileSync, writeSync } from "node:fs";

const { total, rate } = JSON.parse(readFileSync("pace.json", "utf8"));
const run = crypto.randomUUID().slice(0, 8);
const copy = openSync("printed.txt", "a");
const began = performance.now();
let number = 0;

while (number < total) {
  const due = Math.min(total, Math.ceil(((performance.now() - began) / 1000) * rate));
  let lines = "";
  for (; number < due; number++) {
    lines += `run ${run} line ${number} at ${Date.now()} and what a build says besides\n`;
  }
  if (lines) {
    writeSync(1, lines);
    writeSync(copy, lines);
  }
  await Bun.sleep(5);
}
console.log(`run ${run} took ${Math.round(performance.now() - began)} ms`);
