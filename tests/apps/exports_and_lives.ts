// Exports what answers, and lives on by itself, as with a pool of connections.
setInterval(() => {}, 1000);
export function handler(request: { url: string }, response: { end(text: string): void }) {
  response.end(`exported ${request.url}`);
}
export { handler as app };
