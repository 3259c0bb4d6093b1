// Posts every example payload, signed by GitHub's own library; prints a line of JSON for each answer.
import { readFileSync } from "node:fs";
import { sign } from "@octokit/webhooks-methods";

const [url, secret] = process.argv.slice(2);
const file = new URL("./node_modules/@octokit/webhooks-examples/api.github.com/index.json", import.meta.url);
const examples = JSON.parse(readFileSync(file));
let number = 0;
for (const event of examples) {
  for (const example of event.examples) {
    const body = JSON.stringify(example);
    const headers = {
      "content-type": "application/json",
      "user-agent": "GitHub-Hookshot/0000000",
      "x-github-event": event.name,
      "x-github-delivery": `example-${number++}`,
      "x-hub-signature-256": await sign(secret, body),
    };
    const began = performance.now();
    const answer = await fetch(url, { method: "POST", headers, body });
    await answer.arrayBuffer();
    console.log(JSON.stringify({ event: event.name, status: answer.status, ms: performance.now() - began }));
  }
}
