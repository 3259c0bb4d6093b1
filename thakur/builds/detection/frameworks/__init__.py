"""The table of frameworks, a file for each family; the order counts, because the first row that matches is taken.

What builds on another tool stands before it: SvelteKit is made with Vite, and is no Vite site.
"""

from thakur.builds.detection.framework import Framework
from thakur.builds.detection.frameworks.astro import ASTRO
from thakur.builds.detection.frameworks.generators import GENERATORS
from thakur.builds.detection.frameworks.next import NEXT
from thakur.builds.detection.frameworks.nitro import NITRO
from thakur.builds.detection.frameworks.pages import PAGES
from thakur.builds.detection.frameworks.plain import FILES, GUESSES, STARTED
from thakur.builds.detection.frameworks.qwik import QWIK
from thakur.builds.detection.frameworks.router import ROUTERS
from thakur.builds.detection.frameworks.servers import SERVERS
from thakur.builds.detection.frameworks.svelte import SVELTE
from thakur.builds.detection.frameworks.vite import VITE

FRAMEWORKS: tuple[Framework, ...] = (
    *NEXT,
    *SVELTE,
    *ROUTERS,
    *ASTRO,
    *NITRO,
    *QWIK,
    *GENERATORS,
    *PAGES,
    *VITE,
    *SERVERS,
    *STARTED,
    *FILES,
    *GUESSES,
)
