"""Examples of what is GitHub's: Apps, repositories that are followed, deliveries."""

from thakur.api.described.examples.projects import HELD
from thakur.api.described.examples.times import BEGAN, EARLIER
from thakur.api.described.parameters import GUID
from thakur.api.resources.github import FollowAsked, FollowChange, HeldAsked, WebhookAsked
from thakur.api.resources.github_repositories import RepositoryShown
from thakur.api.resources.previews import (
    ApprovalAsked,
    PreviewApproved,
    PreviewAsked,
    PreviewBegun,
    PreviewGoing,
    PreviewShown,
    RulesChange,
    RulesShown,
)
from thakur.installations import AppAsked, Filters, GitHubApp, InstalledOn
from thakur.webhooks import DeliveryKept, DeliveryMissing, DeliveryStatus, PreviewStatus, Redelivery

EXAMPLES = (
    RepositoryShown(
        full_name="ada/shop",
        is_private=True,
        is_archived=False,
        default_branch="main",
        language="TypeScript",
        pushed_at=EARLIER,
        projects=("shop",),
    ),
    FollowAsked(repository="ada/shop", branch="main"),
    FollowChange(filters={"wait_for_checks": True, "paths": None}),
    Filters(wait_for_checks=True),
    HeldAsked(environment="production"),
    HELD,
    AppAsked(
        app_id=1234,
        client_id="Iv23liAbCdEf",
        client_secret="…",  # noqa: S106  (nobody's)
        private_key="-----BEGIN RSA PRIVATE KEY-----\n…",
        webhook_secret="…",  # noqa: S106  (nobody's)
    ),
    GitHubApp(
        app_id=1234,
        slug="thakur-ada",
        web_url="https://github.com",
        api_url="https://api.github.com",
        client_id="Iv23liAbCdEf",
        hook_url="https://deploy.example.com/webhooks/github",
        owner="ada",
        page_url="https://github.com/apps/thakur-ada",
        settings_url="https://github.com/settings/apps/thakur-ada",
        installations=(
            InstalledOn(installation_id=5678, account="ada", status="active", repositories=12, since=EARLIER),
        ),
        created_at=EARLIER,
        created_by="ada",
    ),
    WebhookAsked(new_secret=True),
    DeliveryKept(
        id=4711,
        guid=GUID,
        app="thakur-ada",
        app_id=1234,
        event="push",
        action="",
        repository="ada/shop",
        branch="main",
        pull_request=None,
        sender="ada",
        status=DeliveryStatus.DONE,
        reason="",
        attempts=1,
        received_at=EARLIER,
        done_at=EARLIER,
    ),
    DeliveryMissing(
        guid=GUID,
        app="thakur-ada",
        app_id=1234,
        event="push",
        action="",
        status="failed to connect to host",
        at=BEGAN,
    ),
    Redelivery(guid=GUID, is_sent_again=True),
    PreviewShown(
        label="git-feat-cart",
        branch="feat/cart",
        pull_request=None,
        title="",
        url="http://shop-git-feat-cart.localhost:8080",
        status=PreviewStatus.LIVE,
        why="",
        commit="1d0f6c6ad1b2b4b5c3c7d0a9e8f7c6b5a4938271",
        waits_for=None,
        approves_all=False,
        number=98,
        live=98,
        built_at=BEGAN,
    ),
    PreviewAsked(branch="feat/cart"),
    PreviewBegun(branch="feat/cart"),
    ApprovalAsked(commit="1d0f6c6ad1b2b4b5c3c7d0a9e8f7c6b5a4938271"),
    PreviewApproved(label="pr-7", commit="1d0f6c6ad1b2b4b5c3c7d0a9e8f7c6b5a4938271"),
    PreviewGoing(label="git-feat-cart"),
    RulesChange(branches=["*", "!wip/*"], limit=20),
    RulesShown(is_on=True, branches=("*", "!wip/*"), limit=20),
)
