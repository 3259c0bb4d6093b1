"""Which names a project may have, and the host names that follow from them."""

import hashlib
import re
import unicodedata

from thakur.projects.interface import PRODUCTION, ProjectNameInvalid

LABEL_CHARACTERS = 63
# A preview's label is NAME-git-BRANCH, cut to 63 with a hash. With 40 for the name, "-git-" and eleven characters of the
# branch survive the cut, so a cut label never reads like a project's name either.
NAME_CHARACTERS = 40
HASH_CHARACTERS = 6

# Names that Thakur or a mail or name server of the same domain may want for itself.
RESERVED = frozenset(
    {
        "acme", "admin", "api", "assets", "auth", "autoconfig", "autodiscover", "dashboard", "edge", "events", "ftp", "health",
        "imap", "internal", "isatap", "local", "localhost", "login", "mail", "metrics", "mta-sts", "mx", "new", "ns",
        "ns1", "ns2", "pop", "root", "smtp", "static", "status", "thakur", "webhook", "webhooks", "wpad", "www",
    },
)  # fmt: skip

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_PULL_REQUEST = re.compile(r"-pr-[0-9]+$")
# `a-git` is refused like `a-git-b`: its preview of branch `x` would be `a` and its branch `git-x` at once.
_BRANCH = re.compile(r"-git(-|$)")


def check_name(name: str) -> None:
    """Raise ProjectNameInvalid, with a suggestion, for a name that a project may not have."""
    reason = _refusal(name)
    if reason:
        raise ProjectNameInvalid(reason, hint=f"Try {suggested_name(name)}.", field="name")


def suggested_name(text: str) -> str:
    """Turn any text, such as a folder's name, into a name that is allowed."""
    name = slug(text)
    while _BRANCH.search(name) or _PULL_REQUEST.search(name):
        name = slug(_PULL_REQUEST.sub("", _BRANCH.sub("-", name)))
    name = name[:NAME_CHARACTERS].strip("-")
    if _refusal(name):
        name = f"my-{name or 'app'}"[:NAME_CHARACTERS].strip("-")
    return name if not _refusal(name) else "my-app"


def host_label(name: str, label: str) -> str:
    """The first label of the host name at which an environment of the project answers."""
    if label == PRODUCTION:
        return name
    whole = f"{name}-{slug(label)}".rstrip("-")
    if len(whole) <= LABEL_CHARACTERS:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:HASH_CHARACTERS]
    return f"{whole[: LABEL_CHARACTERS - HASH_CHARACTERS - 1].rstrip('-')}-{digest}"


def may_be_application(host: str, base_domain: str) -> bool:
    """Whether a project's production or preview can answer at the host, now or later."""
    label, _, rest = host.partition(".")
    return rest == base_domain and label not in RESERVED


def hostname(name: str, label: str, base_domain: str) -> str:
    """`NAME.BASE_DOMAIN` for production, the preview's own label before it otherwise."""
    return f"{host_label(name, label)}.{base_domain}"


def _refusal(name: str) -> str:
    if len(name) > NAME_CHARACTERS:
        return f"A project name has at most {NAME_CHARACTERS} characters; this one has {len(name)}"
    if not _LABEL.fullmatch(name):
        return f"{name!r} cannot be a subdomain: use a to z, 0 to 9 and hyphens, no hyphen first or last"
    if name[2:4] == "--":
        return f"{name} looks like an encoded international name, which begins with two characters and two hyphens"
    if name in RESERVED:
        return f"{name} is reserved"
    if _BRANCH.search(name) or _PULL_REQUEST.search(name):
        return f"{name} reads like a preview's address: -git- and -pr-N belong to previews"
    return ""


def slug(text: str) -> str:
    """The text as a part of a host name, or nothing where none of it can be one."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
