// Has something to compute for a second and a half before it listens.
const end = performance.now() + 1500;
while (performance.now() < end);
Bun.serve({ port: Number(process.env.PORT), hostname: process.env.HOST, fetch: () => new Response("ready") });
