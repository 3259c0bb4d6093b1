import bcrypt from "bcrypt";

console.log(bcrypt.hashSync("x", 4));
Bun.serve({ port: Number(process.env.PORT), hostname: process.env.HOST, fetch: () => new Response("up") });
