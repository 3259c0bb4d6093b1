// An application that overwrites its own files when it is asked to, and says which it could.

import { rmSync } from "node:fs";
import isOdd from "is-odd";
import { overwrite, PACKAGE } from "./scribble.mjs";

Bun.serve({
  port: Number(process.env.PORT),
  fetch(request) {
    if (new URL(request.url).pathname !== "/scribble") return new Response(`ok ${isOdd(3)}`);
    const done = Object.fromEntries(["server.mjs", "page.txt", PACKAGE].map((path) => [path, overwrite(path)]));
    rmSync("package.json");
    return Response.json(done);
  },
});
