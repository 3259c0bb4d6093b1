// Listens wherever it likes.
const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("here I am") });
console.log(`listening on ${server.port}`);
