"""Which builds need node underneath: tools that fail or hang when they run on bun."""

import re

from thakur.builds.detection.folder import Folder

# Each with the first major version that is fine on bun, where there is one.
_NEED_NODE: dict[str, int | None] = {
    "@react-router/dev": None,  # @babel/traverse's default export
    "@docusaurus/core": 3,  # its bundle for the server
    "ember-cli": None,  # hangs
    "hexo": None,  # loads no plugins, and ends well with an empty site
    "parcel": None,  # its cache is a native module
    "vue-tsc": 3,  # patches require("typescript")
}


def needs_node(folder: Folder) -> bool:
    """Whether the build is to be tried under node first."""
    return any(folder.needs(tool) and _is_before(folder.major(tool), fine) for tool, fine in _NEED_NODE.items()) and (
        not _only_checks(folder)
    )


def _only_checks(folder: Folder) -> bool:
    # vue-tsc counts only where the build calls it.
    others = any(folder.needs(tool) for tool in _NEED_NODE if tool != "vue-tsc")
    return not others and not re.search(r"vue-tsc|type-check|run-p|run-s", folder.script("build"))


def _is_before(major: int | None, fine: int | None) -> bool:
    return fine is None or (major is not None and major < fine)
