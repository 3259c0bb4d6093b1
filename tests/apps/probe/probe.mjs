// An application that tries to break out of its sandbox and says what it could do.
//
//   bun probe.mjs           one line of JSON, then the end: a build script
//   bun probe.mjs fork      starts processes until it is refused
//   bun probe.mjs memory    takes memory until it is killed
//   bun probe.mjs serve     GET /probe answers the same JSON, /bomb/fork and /bomb/memory do as above; / answers "ok"
//
// What to try comes in the variable PROBE, a JSON object: paths (to read), sockets (unix, to connect to),
// urls (to ask without a token), pids (of the host, to signal).

import { dlopen, FFIType, read } from "bun:ffi";
import { readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import net from "node:net";

const asked = { paths: [], sockets: [], urls: [], pids: [], ...JSON.parse(process.env.PROBE ?? "{}") };
const UNWRITABLE = ["/probe", "/etc/probe", "/usr/probe", "/usr/bin/probe", "/opt/probe", "/dev/probe", "/dev/shm/probe"];
const WRITABLE = ["/app/probe.tmp", "/tmp/probe.tmp", `${process.env.HOME}/probe.tmp`];

// Numbers on x86_64 and aarch64, then arguments that would do something if they were allowed.
const SYSTEM_CALLS = {
  mount: [165, 40, 0, 0, 0, 0x1000],
  umount2: [166, 39, 0, 0],
  pivot_root: [155, 41, 0, 0],
  chroot: [161, 51, 0],
  unshare_user: [272, 97, 0x10000000],
  unshare_mount: [272, 97, 0x20000],
  setns: [308, 268, 0, 0],
  clone_user: [56, 220, 0x10000000 | 17, 0, 0, 0, 0],
  clone3: [435, 435, 0, 0],
  ptrace_attach: [101, 117, 16, 1],
  process_vm_readv: [310, 270, 1, 0, 0, 0, 0, 0],
  bpf: [321, 280, 0, 0, 0],
  perf_event_open: [298, 241, 0, 0, -1, -1, 0],
  keyctl: [250, 219, 0, -3, 1],
  io_uring_setup: [425, 425, 1, 0],
  userfaultfd: [323, 282, 0],
  open_by_handle_at: [304, 265, 0, 0, 0],
  init_module: [175, 105, 0, 0, 0],
  reboot: [169, 142, 0, 0, 0, 0],
  setuid_root: [105, 146, 0],
  setgid_root: [106, 144, 0],
};

function report() {
  const status = readFileSync("/proc/self/status", "utf8");
  const field = (name) => status.match(new RegExp(`^${name}:\\s+(\\S+)`, "m"))?.[1];
  return {
    uid: process.getuid(),
    gid: process.getgid(),
    capabilities: field("CapEff"),
    bounding: field("CapBnd"),
    noNewPrivs: field("NoNewPrivs"),
    seccomp: field("Seccomp"),
    cwd: process.cwd(),
    hostname: attempt(() => readFileSync("/proc/sys/kernel/hostname", "utf8").trim()).detail,
    env: Object.keys(process.env).sort(),
    root: readdirSync("/").sort(),
    pids: readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number),
    descriptors: readdirSync("/proc/self/fd").map((name) => attempt(() => readlinkSync(`/proc/self/fd/${name}`)).detail),
    read: each(asked.paths, (path) => (statSync(path).isDirectory() ? readdirSync(path).length : readFileSync(path).length)),
    write: each(UNWRITABLE, (path) => writeFileSync(path, "")),
    writable: each(WRITABLE, (path) => writeFileSync(path, "")),
    signal: each(asked.pids, (pid) => process.kill(pid, 0)),
    systemCalls: each(Object.keys(SYSTEM_CALLS), systemCall),
  };
}

async function connections() {
  const sockets = await Promise.all(asked.sockets.map(async (path) => [path, await connect(path)]));
  const urls = await Promise.all(asked.urls.map(async (url) => [url, await ask(url)]));
  return { sockets: Object.fromEntries(sockets), urls: Object.fromEntries(urls) };
}

const each = (subjects, act) => Object.fromEntries(subjects.map((subject) => [subject, attempt(() => act(subject))]));

function attempt(act) {
  try {
    return { allowed: true, detail: act() };
  } catch (error) {
    return { allowed: false, detail: error.code ?? String(error) };
  }
}

function systemCall(name) {
  const [onX86, onArm, ...words] = SYSTEM_CALLS[name];
  const answer = libc().syscall(process.arch === "arm64" ? onArm : onX86, ...words, ...Array(6 - words.length).fill(0));
  if (Number(answer) === -1) throw Object.assign(new Error("refused"), { code: read.i32(libc().__errno_location()) });
  if (name === "clone_user" && Number(answer) === 0) process.kill(process.pid, "SIGKILL");
  return Number(answer);
}

let loaded;
function libc() {
  const { i64, ptr } = FFIType;
  loaded ??= dlopen("libc.so.6", {
    syscall: { args: [i64, i64, i64, i64, i64, i64, i64], returns: i64 },
    __errno_location: { args: [], returns: ptr },
  }).symbols;
  return loaded;
}

function connect(path) {
  return new Promise((resolve) => {
    const socket = net.connect({ path });
    socket.on("connect", () => resolve({ allowed: true }) || socket.destroy());
    socket.on("error", (error) => resolve({ allowed: false, detail: error.code }));
  });
}

async function ask(url) {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2000) });
    return { allowed: answer.ok, detail: answer.status };
  } catch (error) {
    return { allowed: false, detail: error.code ?? String(error) };
  }
}

function forkBomb() {
  const started = [];
  try {
    while (started.length < 5000) started.push(Bun.spawn(["sleep", "60"]));
  } catch (error) {
    return { started: started.length, detail: error.code ?? String(error) };
  } finally {
    for (const child of started) child.kill("SIGKILL");
  }
  return { started: started.length, detail: "no end" };
}

function memoryBomb() {
  const held = [];
  for (let megabytes = 0; megabytes < 16384; megabytes += 16) {
    held.push(new Uint8Array(16 << 20).fill(1));
    if (megabytes % 64 === 0) console.log(JSON.stringify({ megabytes }));
  }
}

const verb = process.argv[2] ?? "once";
if (verb === "once") console.log(JSON.stringify({ ...report(), ...(await connections()) }));
if (verb === "fork") console.log(JSON.stringify(forkBomb()));
if (verb === "memory") memoryBomb();
if (verb === "serve") {
  Bun.serve({
    port: Number(process.env.PORT ?? 3000),
    hostname: process.env.HOST ?? "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/probe") return Response.json({ ...report(), ...(await connections()) });
      if (pathname === "/bomb/fork") return Response.json(forkBomb());
      if (pathname === "/bomb/memory") return Response.json(memoryBomb() ?? {});
      return new Response("ok");
    },
  });
}
