import { z } from "zod";

const schema = z.object({ DATABASE_URL: z.string(), SESSION_SECRET: z.string() });
schema.parse(process.env);
Bun.serve({ port: Number(process.env.PORT), hostname: process.env.HOST, fetch: () => new Response("up") });
