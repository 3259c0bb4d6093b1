"""A Hono server that says one word, quickly or after a while."""

import json
from pathlib import Path

SERVER = """\
import { Hono } from 'hono'

const app = new Hono()
const word = 'WORD'

app.get('/', (c) => c.text(`hello from ${word}`))
app.get('/slow', async (c) => {
  await Bun.sleep(100 + 200 * Math.random())
  return c.text(`hello at last from ${word}`)
})

export default app
"""


def saying(folder: Path, word: str) -> Path:
    """The folder to deploy."""
    folder.mkdir(exist_ok=True)
    (folder / "index.ts").write_text(SERVER.replace("WORD", word))
    (folder / "package.json").write_text(json.dumps({"name": "words", "dependencies": {"hono": "^4"}}))
    return folder
