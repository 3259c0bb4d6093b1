// A build that keeps a second name of a file of its result in the cache, and overwrites what an earlier build left there.

import { appendFileSync, existsSync, linkSync } from "node:fs";

export const PACKAGE = "node_modules/is-odd/index.js";
const KEPT = ".thakur-cache/second-name";
const TEXT = "// overwritten in place\n";

export function overwrite(path) {
  try {
    appendFileSync(path, TEXT);
    return true;
  } catch (error) {
    return error.code;
  }
}

if (import.meta.main) {
  if (existsSync(KEPT)) {
    console.log(JSON.stringify({ kept: overwrite(KEPT), package: overwrite(PACKAGE) }));
  } else {
    linkSync("page.txt", KEPT);
  }
}
