// Answers, and says which variables it was given.
import { appendFileSync, readdirSync } from "node:fs";
console.log("listening soon");
Bun.serve({
  port: Number(process.env.PORT),
  hostname: process.env.HOST,
  fetch(request) {
    const path = new URL(request.url).pathname;
    if (path === "/env") return Response.json(process.env);
    if (path === "/write") appendFileSync("/app/note.txt", "written\n");
    if (path === "/files") return Response.json(readdirSync("/app"));
    if (path === "/end") setTimeout(() => process.exit(3), 10);
    console.log(`GET ${path}`);
    return new Response("hello from ok");
  },
});
