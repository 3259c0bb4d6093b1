// Takes requests and never answers one.
Bun.serve({
  port: Number(process.env.PORT),
  hostname: process.env.HOST,
  fetch: () => new Promise<Response>(() => {}),
});
