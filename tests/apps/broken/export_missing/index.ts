import { closed } from "./shop";

console.log(closed);
Bun.serve({ port: Number(process.env.PORT), hostname: process.env.HOST, fetch: () => new Response("up") });
