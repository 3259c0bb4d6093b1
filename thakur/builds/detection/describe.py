"""A plan in words, for every surface that shows one."""

from thakur.builds.detection.commands import shown
from thakur.builds.interface import Plan


def describe(plan: Plan) -> tuple[str, ...]:
    """A line for what was recognised, and one for each thing that is done about it."""
    lines = [f"Detected {plan.framework} ({plan.kind})" + ("" if plan.root == "." else f" in {plan.root}")]
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
    if plan.install:
        facts.append(("Install", shown(plan.install) + _where(plan.install_in)))
    if plan.build:
        under = " under node, where there is one" if plan.build_runtime == "node" else ""
        facts.append(("Build", shown(plan.build) + under))
    if plan.start:
        directory = plan.output if plan.start_in == "." else f"{plan.output}/{plan.start_in}".removeprefix("./")
        under = " under node" if plan.runtime == "node" else ""
        facts.append(("Start", shown(plan.start) + _where(directory) + under))
    else:
        spa = ", index.html for every other path" if plan.is_spa else ""
        facts.append(("Serve", ("the files" if plan.output == "." else f"the files of {plan.output}") + spa))
    if plan.health_path != "/":
        facts.append(("Health", f"GET {plan.health_path}"))
    return facts


def _where(directory: str) -> str:
    return "" if directory == "." else f" in {directory}"
