// Answers, and on /eat takes memory until something stops it.
const eaten: Uint8Array[] = [];
Bun.serve({
  port: Number(process.env.PORT),
  hostname: process.env.HOST,
  fetch(request) {
    if (new URL(request.url).pathname === "/eat") setInterval(() => eaten.push(new Uint8Array(16 << 20).fill(1)), 1);
    return new Response("hungry");
  },
});
