"""Applications as the documentation of their framework begins, each with one word on its front page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Documented:
    """`framework` and `kind` are what its plan should say after the build."""

    name: str
    framework: str
    kind: str
    files: Mapping[str, str]
    package: Mapping[str, Any]
    word: str = "hello"

    def write(self, folder: Path) -> Path:
        package = json.dumps({"name": self.name, "type": "module", **self.package}, indent=2)
        for path, text in {**self.files, "package.json": package}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        return folder


_ROOT = """\
import { Links, Meta, Outlet, Scripts, ScrollRestoration } from "%s";

export function Layout({ children }: { children: React.ReactNode }) {
  return (
    <html lang="en">
      <head><meta charSet="utf-8" /><Meta /><Links /></head>
      <body>{children}<ScrollRestoration /><Scripts /></body>
    </html>
  );
}

export default function App() {
  return <Outlet />;
}
"""
_REACT = {"react": "^19", "react-dom": "^19"}
_ROUTER = {
    "app/root.tsx": _ROOT % "react-router",
    "app/routes.ts": 'import { index } from "@react-router/dev/routes";\nexport default [index("routes/home.tsx")];\n',
    "app/routes/home.tsx": "export default function Home() { return <h1>hello</h1>; }\n",
    "vite.config.ts": 'import { reactRouter } from "@react-router/dev/vite";\nexport default { plugins: [reactRouter()] };\n',
}
_ROUTER_NEEDS = {"@react-router/node": "^7", "@react-router/serve": "^7", "isbot": "^5", "react-router": "^7", **_REACT}
_ROUTER_TOOLS = {"@react-router/dev": "^7", "@types/react": "^19", "typescript": "^5", "vite": "^7"}

DOCUMENTED = (
    Documented(
        "router",
        "React Router",
        "server",
        _ROUTER,
        {
            "scripts": {"build": "react-router build", "start": "react-router-serve ./build/server/index.js"},
            "dependencies": _ROUTER_NEEDS,
            "devDependencies": _ROUTER_TOOLS,
        },
    ),
    Documented(
        "router-spa",
        "React Router (browser only)",
        "static",
        {**_ROUTER, "react-router.config.ts": "export default { ssr: false };\n"},
        {
            "scripts": {"build": "react-router build"},
            "dependencies": _ROUTER_NEEDS,
            "devDependencies": _ROUTER_TOOLS,
        },
        word="<html",
    ),
    Documented(
        "astro",
        "Astro",
        "static",
        {"src/pages/index.astro": "---\n---\n<h1>hello</h1>\n"},
        {"scripts": {"build": "astro build", "dev": "astro dev"}, "dependencies": {"astro": "^5"}},
    ),
    Documented(
        "astro-server",
        "Astro (server)",
        "server",
        {
            "src/pages/index.astro": "---\nconst word = 'hello'\n---\n<h1>{word}</h1>\n",
            "astro.config.mjs": "import node from '@astrojs/node'\n"
            "export default { output: 'server', adapter: node({ mode: 'standalone' }) }\n",
        },
        {"scripts": {"build": "astro build"}, "dependencies": {"astro": "^5", "@astrojs/node": "^9"}},
    ),
    Documented(
        "nuxt",
        "Nuxt",
        "server",
        {"app.vue": "<template><h1>hello</h1></template>\n", "nuxt.config.ts": "export default defineNuxtConfig({})\n"},
        {
            "scripts": {"build": "nuxt build", "postinstall": "nuxt prepare"},
            "dependencies": {"nuxt": "^4", "vue": "latest", "vue-router": "latest"},
        },
    ),
    Documented(
        "nitro",
        "Nitro",
        "server",
        {
            "nitro.config.ts": "export default { srcDir: 'server', compatibilityDate: '2025-01-01' }\n",
            "server/routes/index.ts": "export default defineEventHandler(() => 'hello')\n",
        },
        {"scripts": {"build": "nitro build"}, "devDependencies": {"nitropack": "^2"}},
    ),
    Documented(
        "eleventy",
        "Eleventy",
        "static",
        {"index.md": "# hello\n"},
        {"scripts": {"build": "eleventy"}, "devDependencies": {"@11ty/eleventy": "^3"}},
    ),
    Documented(
        "workspace",
        "Hono",
        "server",
        {
            "apps/api/package.json": json.dumps(
                {
                    "name": "api",
                    "dependencies": {"hono": "^4", "@all/word": "workspace:*"},
                    "scripts": {"build": "true"},
                }
            ),
            "apps/api/index.ts": "import { Hono } from 'hono'\nimport { word } from '@all/word'\n"
            "export default new Hono().get('/', (c) => c.text(word))\n",
            "packages/word/package.json": json.dumps(
                {
                    "name": "@all/word",
                    "type": "module",
                    "main": "made.js",
                    "scripts": {"build": "echo \"export const word = 'hello'\" > made.js"},
                }
            ),
        },
        {"private": True, "workspaces": ["apps/*", "packages/*"]},
    ),
)
