"""Parts: what pages are made of, and no address of its own but those of static files.

How a page is made: `rendering`, `words` (times, sizes), `browsers`, `icons`, `assets`. What surrounds it: `shell`, `project_shell`,
`told` (what a form has done), `failures` (error pages). What it shows: `history` (builds and deployments by number),
`standing` (how projects fare), `steps`, `log_view`, `ansi`. What keeps it up to date: `live`.
"""
