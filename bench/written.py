"""Front pages of frameworks whose generators need more than npm: name, a word of the page, files."""

import json
from typing import Any

_PAGE = """\
<!doctype html>
<html lang="en">
  <head><meta charset="utf-8" /><title>hello</title></head>
  <body><div id="root"></div>%s</body>
</html>
"""
_REACT = {"react": "^19", "react-dom": "^19"}


def _package(**fields: Any) -> dict[str, str]:
    return {"package.json": json.dumps({"name": "app", "private": True, **fields}, indent=2)}


_REMIX_ROOT = """\
import { Links, Meta, Outlet, Scripts, ScrollRestoration } from "@remix-run/react";

export default function App() {
  return (
    <html lang="en">
      <head><meta charSet="utf-8" /><Meta /><Links /></head>
      <body><Outlet /><ScrollRestoration /><Scripts /></body>
    </html>
  );
}
"""
_REMIX = {
    "app/root.tsx": _REMIX_ROOT,
    "app/routes/_index.tsx": "export default function Index() {\n  return <h1>hello</h1>;\n}\n",
    "vite.config.ts": 'import { vitePlugin as remix } from "@remix-run/dev";\nimport { defineConfig } from "vite";\n\n'
    "export default defineConfig({ plugins: [remix()] });\n",
    **_package(
        type="module",
        scripts={"build": "remix vite:build", "start": "remix-serve ./build/server/index.js"},
        dependencies={
            "@remix-run/node": "^2",
            "@remix-run/react": "^2",
            "@remix-run/serve": "^2",
            "isbot": "^4",
            "react": "^18",
            "react-dom": "^18",
        },
        devDependencies={"@remix-run/dev": "^2", "typescript": "^5", "vite": "^5"},
    ),
}
_SOLID = {
    "app.config.ts": 'import { defineConfig } from "@solidjs/start/config";\n\nexport default defineConfig({});\n',
    "src/app.tsx": 'import { Router } from "@solidjs/router";\nimport { FileRoutes } from "@solidjs/start/router";\n'
    'import { Suspense } from "solid-js";\n\nexport default function App() {\n'
    "  return <Router root={(props) => <Suspense>{props.children}</Suspense>}><FileRoutes /></Router>;\n}\n",
    "src/entry-client.tsx": '// @refresh reload\nimport { mount, StartClient } from "@solidjs/start/client";\n\n'
    'mount(() => <StartClient />, document.getElementById("app")!);\n',
    "src/entry-server.tsx": """\
// @refresh reload
import { createHandler, StartServer } from "@solidjs/start/server";

export default createHandler(() => (
  <StartServer
    document={({ assets, children, scripts }) => (
      <html lang="en">
        <head><meta charset="utf-8" />{assets}</head>
        <body><div id="app">{children}</div>{scripts}</body>
      </html>
    )}
  />
));
""",
    "src/routes/index.tsx": "export default function Home() {\n  return <h1>hello</h1>;\n}\n",
    "tsconfig.json": json.dumps(
        {"compilerOptions": {"jsx": "preserve", "jsxImportSource": "solid-js", "moduleResolution": "bundler"}}
    ),
    **_package(
        type="module",
        scripts={"dev": "vinxi dev", "build": "vinxi build", "start": "vinxi start"},
        dependencies={"@solidjs/router": "^0.15", "@solidjs/start": "^1", "solid-js": "^1", "vinxi": "^0.5"},
    ),
}
_H3 = {
    "server.mjs": 'import { H3, serve } from "h3";\n\n'
    'const app = new H3().get("/", () => "hello");\n\nserve(app, { port: 3000 });\n',
    **_package(type="module", main="server.mjs", dependencies={"h3": "^2.0.0-0"}),
}
_KOA = {
    "app.js": "const Koa = require('koa');\nconst app = new Koa();\n\n"
    "app.use(async ctx => {\n  ctx.body = 'Hello World';\n});\n\napp.listen(3000);\n",
    **_package(main="app.js", dependencies={"koa": "^3"}),
}
_VITEPRESS = {
    "docs/index.md": "# hello\n",
    "docs/.vitepress/config.mts": "export default { title: 'hello' }\n",
    **_package(
        scripts={"docs:dev": "vitepress dev docs", "docs:build": "vitepress build docs"},
        devDependencies={"vitepress": "^1"},
    ),
}
_VUEPRESS = {
    "docs/README.md": "# hello\n",
    "docs/.vuepress/config.js": "import { viteBundler } from '@vuepress/bundler-vite'\n"
    "import { defaultTheme } from '@vuepress/theme-default'\nimport { defineUserConfig } from 'vuepress'\n\n"
    "export default defineUserConfig({ bundler: viteBundler(), theme: defaultTheme() })\n",
    **_package(
        type="module",
        scripts={"docs:dev": "vuepress dev docs", "docs:build": "vuepress build docs"},
        devDependencies={
            "@vuepress/bundler-vite": "^2.0.0-rc.0",
            "@vuepress/theme-default": "^2.0.0-rc.0",
            "sass-embedded": "^1",
            "vue": "^3",
            "vuepress": "^2.0.0-rc.0",
        },
    ),
}
_GATSBY = {
    "gatsby-config.js": "module.exports = { siteMetadata: { title: 'hello' }, plugins: [] }\n",
    "src/pages/index.js": "import * as React from 'react'\n\n"
    "export default function Home() {\n  return <h1>hello</h1>\n}\n",
    **_package(
        scripts={
            "develop": "gatsby develop",
            "start": "gatsby develop",
            "build": "gatsby build",
            "serve": "gatsby serve",
        },
        dependencies={"gatsby": "^5", "react": "^18", "react-dom": "^18"},
    ),
}
_PARCEL = {
    "src/index.html": _PAGE % '<script type="module" src="app.js"></script>',
    "src/app.js": "document.getElementById('root').textContent = 'hello'\n",
    **_package(
        source="src/index.html", scripts={"start": "parcel", "build": "parcel build"}, devDependencies={"parcel": "^2"}
    ),
}
_CRA = {
    "public/index.html": _PAGE % "",
    "src/index.js": "import React from 'react'\nimport ReactDOM from 'react-dom/client'\n\n"
    "ReactDOM.createRoot(document.getElementById('root')).render(<h1>hello</h1>)\n",
    **_package(
        scripts={"start": "react-scripts start", "build": "react-scripts build"},
        dependencies={**_REACT, "react-scripts": "^5"},
        eslintConfig={"extends": ["react-app"]},
        browserslist={"production": [">0.2%", "not dead"]},
    ),
}
_VUE_CLI = {
    "public/index.html": _PAGE % "",
    "src/main.js": "import { createApp } from 'vue'\nimport App from './App.vue'\n\ncreateApp(App).mount('#root')\n",
    "src/App.vue": "<template><h1>hello</h1></template>\n",
    "babel.config.js": "module.exports = { presets: ['@vue/cli-plugin-babel/preset'] }\n",
    **_package(
        scripts={"serve": "vue-cli-service serve", "build": "vue-cli-service build"},
        dependencies={"core-js": "^3", "vue": "^3"},
        devDependencies={"@vue/cli-plugin-babel": "^5", "@vue/cli-service": "^5"},
        browserslist=["> 1%", "last 2 versions", "not dead"],
    ),
}
_EXPO = {
    "App.js": "import { Text } from 'react-native'\n\nexport default function App() {\n  return <Text>hello</Text>\n}\n",
    "index.js": "import { registerRootComponent } from 'expo'\nimport App from './App'\n\nregisterRootComponent(App)\n",
    "app.json": json.dumps({"expo": {"name": "hello", "slug": "hello", "web": {"bundler": "metro"}}}),
    **_package(
        main="index.js",
        scripts={"start": "expo start", "web": "expo start --web"},
        dependencies={
            "expo": "~54.0.0",
            "react": "19.1.0",
            "react-dom": "19.1.0",
            "react-native": "0.81.4",
            "react-native-web": "^0.21.0",
        },
    ),
}
_HEXO = {
    "_config.yml": "title: hello\nurl: http://example.com\ntheme: landscape\n",
    "source/_posts/hello.md": "---\ntitle: hello\ndate: 2025-01-01\n---\nhello\n",
    **_package(
        hexo={"version": ""},
        scripts={"build": "hexo generate", "clean": "hexo clean", "server": "hexo server"},
        dependencies={
            "hexo": "^7",
            "hexo-generator-index": "^4",
            "hexo-renderer-ejs": "^2",
            "hexo-renderer-marked": "^7",
            "hexo-renderer-stylus": "^3",
            "hexo-theme-landscape": "^1",
        },
    ),
}
_NEXT_EXPORT = {
    "next.config.mjs": "export default { output: 'export' }\n",
    "app/layout.jsx": "export default function Layout({ children }) {\n"
    '  return <html lang="en"><body>{children}</body></html>\n}\n',
    "app/page.jsx": "export default function Page() {\n  return <h1>hello</h1>\n}\n",
    **_package(scripts={"build": "next build", "start": "next start"}, dependencies={"next": "latest", **_REACT}),
}
_RSBUILD = {
    "src/index.js": "document.getElementById('root').textContent = 'hello'\n",
    **_package(
        type="module", scripts={"build": "rsbuild build", "dev": "rsbuild dev"}, devDependencies={"@rsbuild/core": "^1"}
    ),
}

WRITTEN = (
    ("remix", "hello", _REMIX),
    ("solid-start", "hello", _SOLID),
    ("h3", "hello", _H3),
    ("koa", "Hello World", _KOA),
    ("vitepress", "hello", _VITEPRESS),
    ("vuepress", "hello", _VUEPRESS),
    ("gatsby", "hello", _GATSBY),
    ("parcel", "hello", _PARCEL),
    ("create-react-app", '<div id="root">', _CRA),
    ("vue-cli", '<div id="root">', _VUE_CLI),
    ("expo-web", '<div id="root">', _EXPO),
    ("hexo", "hello", _HEXO),
    ("next-export", "hello", _NEXT_EXPORT),
    ("rsbuild", '<div id="root">', _RSBUILD),
)
