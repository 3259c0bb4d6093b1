// What the build printed, as it kept it.
Bun.serve({
  port: Number(process.env.PORT),
  hostname: process.env.HOST,
  fetch: () => new Response(Bun.file("printed.txt")),
});
