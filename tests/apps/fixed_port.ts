// Listens on FIXED_PORT whatever PORT says, as if the number stood here.
import { createServer } from "node:http";

createServer((_, response) => response.end(`fixed to ${process.env.FIXED_PORT}`)).listen(Number(process.env.FIXED_PORT));
