// Ends with the code in EXIT_CODE before it listens.
console.log("reading the configuration");
console.error("no DATABASE_URL");
process.exit(Number(process.env.EXIT_CODE));
