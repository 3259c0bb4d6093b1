// Opens a port for metrics at once and its own half a second later.
Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("metrics") });
setTimeout(() => {
  Bun.serve({ port: Number(process.env.PORT), hostname: process.env.HOST, fetch: () => new Response("at last") });
}, 500);
