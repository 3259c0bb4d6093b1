"""What tools read of their environment: who installs, and what runs them."""

from typing import Literal

Runtime = Literal["bun", "node"]


def runtime_env(runtime: Runtime) -> dict[str, str]:
    """Which of the two the shim `node` is."""
    return {"THAKUR_RUNTIME": runtime}


def manager_env(manager: str) -> dict[str, str]:
    """The package manager that a project names (`yarn@4.9.1`), for the shims and for scripts that insist on it."""
    if not manager:
        return {}
    name, _, version = manager.partition("@")
    return {"THAKUR_PACKAGE_MANAGER": manager, "npm_config_user_agent": f"{name}/{version} npm/? node/? linux"}
