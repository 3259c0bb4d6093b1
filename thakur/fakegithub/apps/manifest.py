"""What an App would like to be, and what GitHub has against it. Nothing is made here."""

import ipaddress
from urllib.parse import urlsplit

import msgspec

LONGEST_NAME = 34
CALLBACKS = 10
# What each event needs; those that are sent without being asked for cannot be subscribed to.
NEEDS = {
    "check_run": ("checks",),
    "check_suite": ("checks",),
    "create": ("contents",),
    "delete": ("contents",),
    "deployment": ("deployments",),
    "deployment_status": ("deployments",),
    "issue_comment": ("issues", "pull_requests"),
    "issues": ("issues",),
    "member": ("members", "metadata"),
    "membership": ("members",),
    "organization": ("members",),
    "public": ("metadata",),
    "pull_request": ("pull_requests",),
    "pull_request_review": ("pull_requests",),
    "push": ("contents",),
    "release": ("contents",),
    "repository": ("metadata",),
    "status": ("statuses",),
    "team": ("members",),
    "workflow_run": ("actions",),
}
PERMISSIONS = {
    "actions",
    "administration",
    "checks",
    "contents",
    "deployments",
    "email_addresses",
    "environments",
    "issues",
    "members",
    "metadata",
    "organization_administration",
    "organization_hooks",
    "packages",
    "pages",
    "pull_requests",
    "repository_hooks",
    "secrets",
    "single_file",
    "statuses",
    "workflows",
}


class HookAttributes(msgspec.Struct):
    """Where events go."""

    url: str
    active: bool = True


class Manifest(msgspec.Struct):
    """As GitHub's documents name its keys."""

    url: str
    name: str = ""
    hook_attributes: HookAttributes | None = None
    redirect_url: str = ""
    callback_urls: list[str] = []
    setup_url: str = ""
    description: str = ""
    public: bool = False
    default_events: list[str] = []
    default_permissions: dict[str, str] = {}
    request_oauth_on_install: bool = False
    setup_on_update: bool = False


def read(text: str) -> Manifest | str:
    """The manifest, or what is wrong with its form."""
    try:
        return msgspec.json.decode(text, type=Manifest)
    except (msgspec.ValidationError, msgspec.DecodeError) as failure:
        return str(failure)


def faults(manifest: Manifest, *, takes_local_hooks: bool) -> list[str]:
    """Everything that GitHub would refuse."""
    found = []
    if len(manifest.name) > LONGEST_NAME:
        found.append(f"Name is too long (maximum is {LONGEST_NAME} characters)")
    if len(manifest.callback_urls) > CALLBACKS:
        found.append(f"Callback urls are too many (maximum is {CALLBACKS})")
    addresses = {"Url": manifest.url, "Setup url": manifest.setup_url, "Redirect url": manifest.redirect_url}
    addresses |= {f"Callback url {url}": url for url in manifest.callback_urls}
    found += [f"{name} must be a valid URL" for name, url in addresses.items() if url and not _is_web(url)]
    hook = manifest.hook_attributes
    if hook is not None and not _is_web(hook.url):
        found.append("Hook url must be a valid URL")
    elif hook is not None and _is_local(hook.url) and not takes_local_hooks:
        found.append("Hook url is not supported because it isn't reachable over the public Internet")
    return found + _wrong_permissions(manifest) + _wrong_events(manifest)


def _wrong_permissions(manifest: Manifest) -> list[str]:
    asked = manifest.default_permissions.items()
    unknown = [name for name, level in asked if name not in PERMISSIONS or level not in ("read", "write", "admin")]
    return [f"Default permission {name} is not included in the list" for name in unknown]


def _wrong_events(manifest: Manifest) -> list[str]:
    held = {"metadata", *manifest.default_permissions}
    unsupported = [each for each in manifest.default_events if not held & set(NEEDS.get(each, ()))]
    return [f"Default events unsupported: {', '.join(unsupported)}"] if unsupported else []


def _is_web(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))
