"""What the stand-in knows, as GitHub's JSON *shows* it: with every field that its documents ask for."""

from thakur.fakegithub.shown.apps import app_shown, installation_shown
from thakur.fakegithub.shown.repositories import repository_brief, repository_shown, repository_url

__all__ = [
    "app_shown",
    "installation_shown",
    "repository_brief",
    "repository_shown",
    "repository_url",
]
