import { greeting } from "@all/greeting";
import { serve } from "@hono/node-server";
import { Hono } from "hono";

const app = new Hono();
app.get("/", (context) => context.text(greeting("a workspace")));
serve({ fetch: app.fetch, port: Number(process.env.PORT) });
