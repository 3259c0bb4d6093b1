"""The form of a new project from a repository: the plan that was detected, every field of it to change, and a pasted `.env`."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request

from thakur.accounts import Principal
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.pasted import FIRST, Pasted, is_same_paste
from thakur.api.pages.parts.told import Told, refused
from thakur.api.pages.settings import Field
from thakur.builds import BuildFailed, Plan, Planned, describe
from thakur.errors import ThakurError
from thakur.projects import Overrides, looked_over, overrides_of

FIELDS = (
    Field(key="root", label="Root directory"),
    Field(key="install", label="Install command"),
    Field(key="build", label="Build command"),
    Field(key="start", label="Start command"),
    Field(key="output", label="Output directory"),
    Field(key="health_path", label="Health check path"),
)


class PlanForm(msgspec.Struct, frozen=True, kw_only=True):
    """What was filled in so far; a token and a paste are never shown again. `repo` is one of GitHub's, `url` any other."""

    url: str = ""
    repo: str = ""
    ref: str = ""
    token: str = ""
    name: str = ""
    dotenv: str = ""
    pasted: str = ""
    values: dict[str, str] = {}

    @property
    def said(self) -> dict[str, str]:
        return {key: text for key, text in self.values.items() if text}

    @property
    def settings(self) -> Overrides:
        """Raises SettingRefused."""
        return overrides_of(self.said)


async def plan_form_of(request: Request[Any, Any, Any]) -> PlanForm:
    """What was sent."""
    sent = await request.form()

    def text(key: str) -> str:
        return str(sent.get(key, "")).strip()

    return PlanForm(
        url=text("url"),
        repo=text("repo"),
        ref=text("ref"),
        token=text("token"),
        name=text("name"),
        dotenv=str(sent.get("dotenv", "")),
        pasted=text("pasted"),
        values={field.key: text(field.key) for field in FIELDS},
    )


def paste_of(services: ApiServices, principal: Principal, form: PlanForm) -> tuple[str, Pasted | None]:
    """The paste that was looked over, nothing if another one was sent; and how it is shown. Raises DotenvInvalid, PasteGone."""
    kept = services.pastes.text_of(principal, form.pasted) if form.pasted else ""
    if form.dotenv.strip() and not is_same_paste(form.dotenv, kept):
        return "", Pasted(env_vars=looked_over(form.dotenv, {}), kept=services.pastes.keep(principal, form.dotenv))
    return kept, Pasted(env_vars=looked_over(kept, {}), kept=form.pasted) if kept else None


def needs_a_look(form: PlanForm, kept: str) -> Told | None:
    """What is said where a paste was sent that nobody has looked over."""
    return FIRST if form.dotenv.strip() and not kept else None


def why(error: ThakurError) -> Told:
    """Why there is no plan."""
    told = refused(error)
    if isinstance(error, BuildFailed):
        return msgspec.structs.replace(told, text=f"{error.failure.why} {error.failure.next}".strip())
    return told


def blank(source: str) -> dict[str, object]:
    """What the page of a new project shows before anything is chosen, with that source open."""
    nothing: dict[str, object] = dict.fromkeys(("name", "repo", "url", "ref"), "")
    return {
        "source": source,
        "refusal": None,
        "told": None,
        "is_refused": False,
        "listing": None,
        "plan": None,
    } | nothing


def plan_shown(planned: Planned | None, form: PlanForm, pasted: Pasted | None) -> dict[str, object]:
    """What the form's template needs."""
    return {
        "planned": planned,
        "lines": describe(planned.plan) if planned else (),
        "fields": FIELDS,
        "found": _found(planned.plan) if planned else {},
        "form": form,
        "pasted": pasted,
        "plan_told": None,
        "folders": [],
        "is_open": True,
    }


def _found(plan: Plan) -> Mapping[str, str]:
    return {
        "root": plan.root,
        "install": " ".join(plan.install or ()),
        "build": " ".join(plan.build or ()),
        "start": " ".join(plan.start or ()),
        "output": plan.output,
        "health_path": plan.health_path,
    }
