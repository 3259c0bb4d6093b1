// Shows pages on its port, and metrics on a fixed one.
const { PORT, HOST, METRICS_PORT } = process.env;
Bun.serve({ port: Number(METRICS_PORT), hostname: "127.0.0.1", fetch: () => new Response("metrics") });
Bun.serve({ port: Number(PORT), hostname: HOST, fetch: () => new Response("pages") });
