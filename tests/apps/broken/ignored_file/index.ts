import { readFileSync } from "node:fs";

const settings = JSON.parse(readFileSync("config/production.json", "utf8"));
console.log(settings);
Bun.serve({ port: Number(process.env.PORT), hostname: process.env.HOST, fetch: () => new Response("up") });
