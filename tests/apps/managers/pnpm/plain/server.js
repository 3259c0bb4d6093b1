import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { greeting } from "./dist/greeting.js";

const app = new Hono();
app.get("/", (context) => context.text(greeting("a plain application")));
serve({ fetch: app.fetch, port: Number(process.env.PORT) });
