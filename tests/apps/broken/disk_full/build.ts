import { writeFileSync } from "node:fs";

writeFileSync("/dev/full", "pages");
