"""A repository as GitHub's JSON shows it: in full, and as others name it."""

from typing import Any

from thakur.fakegithub.people.shown import MADE_AT, account_shown
from thakur.fakegithub.state import FakeRepository

# What is below a repository's URL, by the name that leads there.
BELOW = {
    "archive_url": "{archive_format}{/ref}",
    "assignees_url": "assignees{/user}",
    "blobs_url": "git/blobs{/sha}",
    "branches_url": "branches{/branch}",
    "collaborators_url": "collaborators{/collaborator}",
    "comments_url": "comments{/number}",
    "commits_url": "commits{/sha}",
    "compare_url": "compare/{base}...{head}",
    "contents_url": "contents/{+path}",
    "contributors_url": "contributors",
    "deployments_url": "deployments",
    "downloads_url": "downloads",
    "events_url": "events",
    "forks_url": "forks",
    "git_commits_url": "git/commits{/sha}",
    "git_refs_url": "git/refs{/sha}",
    "git_tags_url": "git/tags{/sha}",
    "hooks_url": "hooks",
    "issue_comment_url": "issues/comments{/number}",
    "issue_events_url": "issues/events{/number}",
    "issues_url": "issues{/number}",
    "keys_url": "keys{/key_id}",
    "labels_url": "labels{/name}",
    "languages_url": "languages",
    "merges_url": "merges",
    "milestones_url": "milestones{/number}",
    "notifications_url": "notifications{?since,all,participating}",
    "pulls_url": "pulls{/number}",
    "releases_url": "releases{/id}",
    "stargazers_url": "stargazers",
    "statuses_url": "statuses/{sha}",
    "subscribers_url": "subscribers",
    "subscription_url": "subscription",
    "tags_url": "tags",
    "teams_url": "teams",
    "trees_url": "git/trees{/sha}",
}
HAS = ("issues", "projects", "wiki", "downloads", "discussions", "pages")
COUNTS = ("forks", "stargazers", "watchers", "open_issues")


def repository_url(repository: FakeRepository, web_url: str) -> str:
    """Where the API has it."""
    return f"{web_url}/api/v3/repos/{repository.full_name}"


def repository_brief(repository: FakeRepository, web_url: str) -> dict[str, Any]:
    """As other things name it."""
    url = repository_url(repository, web_url)
    return {
        "id": repository.id,
        "node_id": f"R_{repository.id}",
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.is_private,
        "owner": account_shown(repository.account, web_url),
        "html_url": f"{web_url}/{repository.full_name}",
        "description": None,
        "fork": repository.fork_of is not None,
        "url": url,
    } | {name: f"{url}/{below}" for name, below in BELOW.items()}


def repository_shown(repository: FakeRepository, web_url: str) -> dict[str, Any]:
    """In full."""
    home = f"{web_url}/{repository.full_name}"
    host = web_url.partition("://")[2]
    more: dict[str, Any] = {
        "clone_url": f"{home}.git",
        "git_url": f"git://{host}/{repository.full_name}.git",
        "ssh_url": f"git@{host}:{repository.full_name}.git",
        "svn_url": home,
        "mirror_url": None,
        "default_branch": repository.default_branch,
        "archived": False,
        "disabled": False,
        "visibility": "private" if repository.is_private else "public",
        "homepage": None,
        "language": None,
        "license": None,
        "size": 1,
        "is_template": False,
        "allow_forking": True,
        "web_commit_signoff_required": False,
        "topics": [],
        "custom_properties": {},
        "network_count": 0,
        "subscribers_count": 0,
        "created_at": MADE_AT,
        "updated_at": MADE_AT,
        "pushed_at": MADE_AT,
    }
    more |= {f"has_{name}": False for name in HAS}
    more |= {f"{name}_count": 0 for name in COUNTS} | {name: 0 for name in COUNTS if name != "stargazers"}
    return repository_brief(repository, web_url) | more
