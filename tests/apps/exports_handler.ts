// Exports what answers, and leaves it to others to listen.
export default function handler(request: { url: string }, response: { end(text: string): void }) {
  response.end(`exported ${request.url}`);
}
