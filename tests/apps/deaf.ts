// Ignores SIGTERM.
process.on("SIGTERM", () => console.log("not listening to you"));
Bun.serve({ port: Number(process.env.PORT), hostname: process.env.HOST, fetch: () => new Response("still here") });
