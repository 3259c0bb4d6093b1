import pad from "left-pad";

console.log(pad("x", 3));
Bun.serve({ port: Number(process.env.PORT), hostname: process.env.HOST, fetch: () => new Response("up") });
