process.kill(process.pid, "SIGSEGV");
await Bun.sleep(5000);
