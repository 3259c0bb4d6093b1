"""Which names change with their content: as real tools write them, and names that only look so."""

import pytest

from thakur.proxy.dataplane.static.caching import cache_control
from thakur.proxy.dataplane.static.hashed import is_hashed, may_be_hashed

HASHED = [
    # Vite and Rollup
    "assets/index-GpEN3EET.js",
    "assets/index-D64VDMd1.css",
    "assets/react-CHdo91hT.svg",
    "assets/vite-BF8QNONU.svg",
    "assets/hero-CLDdwZDr.png",
    "assets/index-B-x_9Qz1.js",
    "assets/chunk-_3xk9QzA.js",
    "js/app-legacy-B3xk9Qz1.js.map",
    # webpack, Create React App, Vue CLI, Rspack, Parcel
    "main.3f2a9c1b.js",
    "static/js/main.073c9b0a.js",
    "static/js/787.4d0a7a4b.chunk.js",
    "static/css/main.f855e6bc.css.map",
    "static/media/logo.6ce24c58023cc2f8fd88fe9d219db6c6.svg",
    "js/chunk-vendors.0f3c2a1d.js",
    "fonts/inter.8d5c9d3e1a2b3c4d.woff2",
    "index.3f2a9c1b.css",
    "6ce24c58023cc2f8fd88.png",
    # Next.js, also below a base path
    "_next/static/chunks/webpack-3f2a9c1b4d5e6f70.js",
    "_next/static/h2J8kXq_0yZ/_buildManifest.js",
    "docs/_next/static/media/c.p.woff2",
    # Astro, SvelteKit, Nuxt, Expo
    "_astro/index.DiwrgTda.css",
    "_astro/photo.B3xk9Qz1_ZkK3n2.webp",
    "_app/immutable/chunks/entry.js",
    "_app/immutable/assets/data.json",
    "_nuxt/B3xk9Qz1.js",
    "_expo/static/js/web/entry-0f3c2a1d4b5e6f708192a3b4c5d6e7f8.js",
    # Angular and esbuild
    "main-5YXB3VXO.js",
    "chunk-ABCDEFGH.js",
    "styles-5INURTSO.css",
    "media/logo-5INURTSO.png",
    # Docusaurus, VitePress, Gatsby, bun, wasm-bindgen
    "assets/js/17896441.8d5c9d3e.js",
    "assets/images/logo-e5f6a7b8c9d0e1f2a3b4c5d6e7f80912.png",
    "assets/index.md.B3xk9Qz1.lean.js",
    "assets/inter-roman-latin.Di8DUHzh.woff2",
    "app-0f3c2a1d4b5e6f708192.js",
    "chunk-8tg4esg5.js",
    "app-3f2a9c1b4d5e6f70_bg.wasm",
    "p-3f2a9c1b.entry.js",
    "main.min.0f3c2a1d4b5e6f708192a3b4c5d6e7f80f3c2a1d4b5e6f708192a3b4c5d6e7f8.css",
]
PLAIN = [
    "index.html",
    "assets/style.css",
    "assets/x.png",
    "favicon.ico",
    "robots.txt",
    "a-B3xk9Qz1.html",
    "manifest-B3xk9Qz1.json",
    "report-20240101.pdf",
    "photo-20240101.jpg",
    "photo_20240101123000.jpg",
    "IMG-12345678.jpg",
    "scan-1699999999.png",
    "call-22334455.mp3",
    "jquery-3.6.0.min.js",
    "jquery-3.7.1.js",
    "bootstrap-5.3.0.bundle.min.js",
    "lib.2024.11.27.js",
    "my-component.js",
    "my-fullpage.js",
    "lib-MyWidget.js",
    "lib-JavaScript.js",
    "font-awesome5.css",
    "main-version2.js",
    "logo-Windows7.png",
    "react-dom.production.min.js",
    "three.module.js",
    "THIRD-LICENSES.txt",
    "docs-OVERVIEW.png",
    "README-CONTRIBUTING.md",
    "the-front-page.svg",
    "icon-512x512.png",
    "apple-touch-icon-180x180.png",
    "banner-1920x1080.webp",
    "es6-promise.js",
    "sw.js",
    "registerSW.js",
    "_app/version.json",
    "_nuxt/builds/latest.json",
    "_next/data/B3xk9Qz1/index.json",
    "_astro/index.html",
    "page-data/app-data.json",
    "deadbeef",
    "LICENSE",
    "",
]


@pytest.mark.parametrize("name", HASHED)
def test_names_that_tools_make_of_the_content_are_kept_for_ever(name: str) -> None:
    assert is_hashed(name)
    assert may_be_hashed(name)
    assert "immutable" in cache_control(name)


@pytest.mark.parametrize("name", PLAIN)
def test_any_other_name_is_asked_for_each_time(name: str) -> None:
    assert not is_hashed(name)
    assert cache_control(name) == "public, max-age=0, must-revalidate"


@pytest.mark.parametrize("name", ["assets/index-DiwrgTda.js", "chunk-gurdbiz7.js", "main.20240101.js"])
def test_a_hash_that_could_be_words_may_be_one(name: str) -> None:
    assert (is_hashed(name), may_be_hashed(name)) == (False, True)


@pytest.mark.parametrize(
    "name", ["jquery-3.6.0.min.js", "photo-20240101.jpg", "my-fullpage.js", "about.html", "style.css"]
)
def test_what_a_person_named_is_none(name: str) -> None:
    assert not may_be_hashed(name)
