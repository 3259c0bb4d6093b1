const held: Uint8Array[] = [];
for (;;) held.push(new Uint8Array(32 << 20).fill(1));
