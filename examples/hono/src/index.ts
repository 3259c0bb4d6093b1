import { Hono } from "hono";

const app = new Hono();

app.get("/", (context) => context.text("Hello from Hono on Thakur Deploy\n"));

app.get("/time", (context) => context.json({ now: new Date().toISOString() }));

export default app;
