// Listens on its port, at an address where no visitor comes.
Bun.serve({ port: Number(process.env.PORT), hostname: "127.0.0.2", fetch: () => new Response("here I am") });
