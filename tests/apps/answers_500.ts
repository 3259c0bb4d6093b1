// Listens where it should and answers nothing but errors.
Bun.serve({
  port: Number(process.env.PORT),
  hostname: process.env.HOST,
  fetch: () => {
    console.log("cannot reach the database");
    return new Response("broken", { status: 500 });
  },
});
