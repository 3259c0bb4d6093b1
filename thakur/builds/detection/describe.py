"""A plan in words, for every surface that shows one."""

from thakur.builds.detection.commands import shown
from thakur.builds.plan import Plan

_KINDS = {"static": "files to serve", "server": "a server"}


def describe(plan: Plan) -> tuple[str, ...]:
    """A line for what was recognised, and one for each thing that is done about it, with who decided it if detection did not."""
    where = "" if plan.root == "." else f" in {plan.root}{_by(plan, 'root')}"
    lines = [f"Detected {plan.framework}{where}: {_KINDS[plan.kind]}"]
    lines += [f"{name}: {text}" for name, text in _facts(plan)]
    return tuple(lines)


def changes(before: Plan, after: Plan) -> tuple[str, ...]:
    """The lines that another look, after the build, has changed."""
    old, new = dict(_facts(before)), dict(_facts(after))
    lines = [f"The build made files to serve, no server: {after.output}"] if before.kind != after.kind else []
    lines += [f"{name} is now: {text}" for name, text in new.items() if old.get(name) != text]
    return tuple(lines)


def _facts(plan: Plan) -> list[tuple[str, str]]:
    facts = []
    if plan.install or "install" in plan.overridden:
        command = shown(plan.install) + _where(plan.install_in) if plan.install else "nothing"
        facts.append(("Install", command + _by(plan, "install")))
    if plan.build or "build" in plan.overridden:
        under = " under node, where there is one" if plan.build_runtime == "node" else ""
        facts.append(("Build", (shown(plan.build) + under if plan.build else "nothing") + _by(plan, "build")))
    facts.append(_served(plan))
    if plan.health_path != "/":
        facts.append(("Health", f"GET {plan.health_path}{_by(plan, 'health_path')}"))
    if limits := _limits(plan):
        facts.append(("Limits", limits + _by(plan, "memory_mb", "cpus", "processes")))
    return facts


def _served(plan: Plan) -> tuple[str, str]:
    if plan.start is None:
        spa = ", index.html for every other path" if plan.is_spa else ""
        files = "the files" if plan.output == "." else f"the files of {plan.output}"
        return "Serve", files + spa + _by(plan, "output", "spa_fallback")
    directory = plan.output if plan.start_in == "." else f"{plan.output}/{plan.start_in}".removeprefix("./")
    under = " under node" if plan.runtime == "node" else ""
    return "Start", shown(plan.start) + _where(directory) + under + _by(plan, "start", "output", "runtime")


def _limits(plan: Plan) -> str:
    limits = plan.limits
    parts = (
        f"{limits.memory_mb} MB" if limits.memory_mb else "",
        f"{limits.cpus:g} CPUs" if limits.cpus else "",
        f"{limits.processes} processes" if limits.processes else "",
    )
    return ", ".join(part for part in parts if part)


def _where(directory: str) -> str:
    return "" if directory == "." else f" in {directory}"


def _by(plan: Plan, *names: str) -> str:
    who = sorted({plan.overridden[name] for name in names if name in plan.overridden})
    return f" (says {' and '.join(who)})" if who else ""
