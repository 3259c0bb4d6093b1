// Loaded before an application that did not listen where it was told. It moves a fixed port to PORT, a server on PORT
// to HOST, and serves what the entry file exports when nothing listens.
"use strict";
const http = require("node:http");
const https = require("node:https");
const net = require("node:net");
const { createRequire } = require("node:module");
const { pathToFileURL } = require("node:url");

const PATIENCE_MS = 3000;
const mayServe = Boolean(process.env.THAKUR_SERVES_EXPORT);
const here = { port: Number(process.env.PORT), host: process.env.HOST, hostname: process.env.HOST };
const aside = process.env.THAKUR_MOVES_ASIDE ? { ...here, port: 0 } : here;
const fixed = Number(process.env.THAKUR_FIXED_PORT || 0);
const entry = process.argv[1] || "";
let listens = false;

const tell = (text) => process.stderr.write(`thakur: ${text}\n`);

// Where a server that asks for this port shall listen instead, if anywhere.
function moved(port) {
  // A socket file and a port of the kernel's choice are for the application's own use.
  listens ||= Number(port) > 0;
  if (Number(port) === here.port) return here;
  if (fixed === 0 || Number(port) !== fixed) return null;
  tell(aside === here ? `port ${fixed} was moved to PORT=${here.port}` : `port ${fixed} was moved out of the way`);
  return aside;
}

for (const { prototype } of new Set([http.Server, https.Server, net.Server])) {
  if (!Object.hasOwn(prototype, "listen")) continue;
  const listen = prototype.listen;
  prototype.listen = function (first, ...rest) {
    const isObject = typeof first === "object" && first !== null;
    // A server of node's that is built on another one calls this twice; what was moved is not moved again.
    const target = moved(isObject ? first.port : first);
    if (!target) return listen.call(this, first, ...rest);
    return listen.call(this, { ...(isObject ? first : {}), ...target }, ...rest.filter((each) => typeof each === "function"));
  };
}

if (globalThis.Bun) {
  const serve = Bun.serve;
  Bun.serve = (options) => {
    // bun takes any exported object for a server of its own, also `module.exports = { app }`.
    if (options.app && !options.fetch && !options.routes) return void serveExport() ?? {};
    const target = moved(options.port ?? here.port);
    return serve.call(Bun, target ? Object.assign(options, target) : options);
  };
}

async function serveExport() {
  if (!mayServe || listens || process.exitCode || !entry || entry.includes("/node_modules/")) return;
  const exported = await import(pathToFileURL(entry).href);
  const names = { ...exported, ...exported.default };
  const candidates = [exported.default?.default, exported.default, exported.app, exported.server, names.app, names.server];
  if (!listens && candidates.some(serve)) tell(`nothing listened, so what ${entry} exports is served on PORT=${here.port}`);
}

function serve(handler) {
  const isFunction = typeof handler === "function";
  if (!isFunction && (typeof handler !== "object" || handler === null)) return false;
  if (typeof handler.listen === "function") handler.listen(here, () => {});
  else if (globalThis.Bun && typeof handler.fetch === "function") Bun.serve({ ...here, fetch: (...asked) => handler.fetch(...asked) });
  else if (handler.stack && typeof handler.handler === "function") http.createServer(createRequire(entry)("h3").toNodeListener(handler)).listen(here);
  else if (isFunction && handler.length >= 2) http.createServer(handler).listen(here);
  else if (globalThis.Bun && isFunction && handler.length === 1) Bun.serve({ ...here, fetch: handler });
  else return false;
  return true;
}

if (mayServe) {
  process.once("beforeExit", () => void serveExport());
  // What keeps a connection open never comes to its end.
  setTimeout(() => void serveExport(), PATIENCE_MS).unref();
}
