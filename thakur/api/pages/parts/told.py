"""What a form has done, told once at the top of the page that it leads to."""

from typing import Any

import msgspec
from litestar import Request
from litestar.response import Redirect

from thakur.errors import ThakurError
from thakur.identities import Refusal

PARAMETER = "done"


class Told(msgspec.Struct, frozen=True):
    """A flash: its kind (`ok`, `warn`, `bad`), what happened, and what follows."""

    kind: str
    title: str
    text: str = ""


# Only these can be told by an address: nobody can put words of theirs on a page with a link.
ACTS = {
    "rollback": Told("ok", "It comes back.", "Its artifact and its env vars are those of then."),
    "redeploy": Told("ok", "It is deployed again.", "With the env vars of now, without a build."),
    "restart": Told("ok", "It gets new processes.", "The old ones serve until the new ones are healthy."),
    "cancellation": Told("ok", "It was canceled.", "What was live before stays live."),
    "env_saved": Told("ok", "Saved.", "The application gets it with its next deployment."),
    "env_unset": Told("ok", "Unset.", "The application loses it with its next deployment."),
    "filters_saved": Told("ok", "Saved.", "The next push is judged by it."),
    "held_deployed": Told("ok", "It is built in a moment.", "Unless something newer was pushed meanwhile."),
    "preview_approved": Told("ok", "It is built in a moment.", "It gets no env vars."),
    "preview_removed": Told("ok", "It goes.", "It comes back when something is pushed there."),
    "preview_begun": Told("ok", "It is built in a moment.", "If the repository has no such branch, nothing follows."),
    "rules_saved": Told("ok", "Saved.", "Previews that they do not allow any more go."),
    "promotion": Told("ok", "It goes to production.", "With production's env vars of now, without a build."),
    "settings_saved": Told("ok", "Saved.", "What is live stays as it was made."),
    "project_made": Told("ok", "The project is there.", "Now send it something to run."),
    "project_followed": Told("ok", "The project is there.", "Its first build begins in a moment."),
    "env_refused": Told(
        "bad", "The project is there, but its .env was refused.", "Save the env vars here, then deploy."
    ),
    "project_deleted": Told("ok", "The project is being deleted.", "Its files and rows go in a moment."),
    "token_revoked": Told("ok", "The token is revoked.", "Nobody is let in by it from now on."),
    "session_ended": Told("ok", "Signed out there."),
    "invitation_withdrawn": Told("ok", "The invitation is withdrawn.", "Its link does nothing any more."),
    "role_changed": Told("ok", "The role is changed.", "It holds from now on."),
    "member_removed": Told("ok", "Removed.", "Their tokens in the team have ended."),
    "team_made": Told("ok", "The team is there.", "Invite somebody, or make new things in it."),
    "team_chosen": Told("ok", "New things are made here from now on."),
    "github_linked": Told("ok", "Your GitHub account is linked.", "It signs you in here from now on."),
    "github_unlinked": Told("ok", "The GitHub account is unlinked.", "It lets nobody in here from now on."),
    "github_allowed": Told("ok", "It is on the list.", "Whoever signs in with it comes into the team."),
    "github_disallowed": Told("ok", "It is off the list.", "Whom nothing else on it lets in is out in a moment."),
    "keys_on": Told("ok", "Single keys are on.", "? lists them."),
    "keys_off": Told("ok", "Single keys are off.", "Ctrl K still opens Jump to."),
    "github_looked": Told("ok", "GitHub was asked.", "What it says of each App is below."),
    "hook_set": Told("ok", "GitHub sends the App's events here from now on."),
    "hook_signed_anew": Told("ok", "The webhook has a new secret.", "The old one counts for a day more."),
    "app_added": Told("ok", "The App is here.", "Projects can follow the repositories that it is installed on."),
    "installed": Told("ok", "The App is installed.", "Projects can follow the repositories that it opens."),
    "installation_asked": Told(
        "ok", "The organisation's owners are asked.", "When one agrees, the installation appears here by itself."
    ),
    "delivery_again": Told("ok", "It is acted on again.", "What is built is what GitHub says now."),
    "delivery_sent_again": Told("ok", "GitHub sends it again.", "It arrives here in a moment."),
    "clearing": Told("ok", "The log was cleared.", "Lines that arrive later go on counting."),
}


def back_with(address: str, act: str, query: str = "") -> Redirect:
    """Go to the page that shows what came of the act, and say so there."""
    assert act in ACTS
    return Redirect(
        f"{address}?{query}&{PARAMETER}={act}" if query else f"{address}?{PARAMETER}={act}", status_code=303
    )


def refused(error: ThakurError | Refusal) -> Told:
    """Why the form was not carried out."""
    return Told("bad", f"{error.message.rstrip('.')}.", error.hint)


def told(request: Request[Any, Any, Any]) -> Told | None:
    """What the form that led here has done, if one did."""
    return ACTS.get(request.query_params.get(PARAMETER, ""))
