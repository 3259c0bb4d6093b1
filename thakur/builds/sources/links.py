"""Symbolic links of a tree: whether one stays inside, decided from the names alone."""

from collections.abc import Mapping

# The kernel gives up after as many.
HOPS = 40
Parts = tuple[str, ...]


def stays_inside(link: Parts, links: Mapping[Parts, str]) -> bool:
    """Whether following `link` never leaves the tree whose links are all in `links` (path → target).

    What does not exist counts as a directory, so a link that dangles may not point out either. A loop, or more hops
    than a kernel follows, does not stay.
    """
    todo = list(reversed(links[link].split("/")))
    if links[link].startswith("/"):
        return False
    here = list(link[:-1])
    hops = 1
    while todo:
        part = todo.pop()
        if part in ("", "."):
            continue
        if part == "..":
            if not here:
                return False
            here.pop()
            continue
        here.append(part)
        target = links.get(tuple(here))
        if target is None:
            continue
        hops += 1
        if hops > HOPS:
            return False
        if target.startswith("/"):
            return False
        here.pop()
        todo += reversed(target.split("/"))
    return True
