import { Hono } from "hono";
import greeting from "../greeting.txt" with { type: "text" };

const app = new Hono();

app.get("/", (context) => context.text(greeting));

app.get("/time", (context) => context.json({ now: new Date().toISOString() }));

export default app;
