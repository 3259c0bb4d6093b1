if (!process.env.STRIPE_KEY) throw new Error("Missing required environment variable STRIPE_KEY");
Bun.serve({ port: Number(process.env.PORT), hostname: process.env.HOST, fetch: () => new Response("up") });
