"""Another Python's client against the stand-in: whatever it parses, it parses with pydantic by GitHub's documents.

Run by .venv-contract, with a file of JSON; prints a line of JSON for each step, and ends at the first that fails.
"""

import asyncio
import json
import sys
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from githubkit import AppAuthStrategy, GitHub
from githubkit.exception import RequestFailed
from githubkit.webhooks import sign, verify

GIVEN = json.loads(Path(sys.argv[1]).read_text())
OWNER, REPO = GIVEN["repository"].split("/")
VERSION = "2022-11-28"

Step = Callable[[], Awaitable[Any]]


def client(auth: Any) -> Any:
    return GitHub(auth, base_url=f"{GIVEN['url']}/api/v3/", http_cache=False, auto_retry=False)


async def refused(asked: Awaitable[Any]) -> int:
    try:
        await asked
    except RequestFailed as error:
        return int(error.response.status_code)
    raise AssertionError("nothing was refused")


async def main() -> None:
    app = client(AppAuthStrategy(str(GIVEN["app_id"]), GIVEN["private_key"]))
    rest = app.rest(VERSION)
    installed = client(app.auth.as_installation(GIVEN["installation_id"]))
    own = installed.rest(VERSION)

    async def proves_itself() -> None:
        found = (await rest.apps.async_get_authenticated()).parsed_data
        assert found.id == GIVEN["app_id"]

    async def installations() -> None:
        found = (await rest.apps.async_get_installation(GIVEN["installation_id"])).parsed_data
        assert found.account.login == OWNER
        on = (await rest.apps.async_get_repo_installation(OWNER, REPO)).parsed_data
        assert on.id == GIVEN["installation_id"]

    async def repositories() -> int:
        found = (await own.apps.async_list_repos_accessible_to_installation(per_page=100)).parsed_data
        assert found.total_count > 100
        return len(found.repositories)

    async def contents() -> None:
        found = (await own.repos.async_get_content(OWNER, REPO, "README.md")).parsed_data
        assert found.encoding == "base64"
        tree = (await own.git.async_get_tree(OWNER, REPO, "main", recursive="1")).parsed_data
        assert not tree.truncated
        assert (await own.git.async_get_ref(OWNER, REPO, "heads/main")).parsed_data.object_.sha == GIVEN["sha"]
        assert len((await own.repos.async_list_branches(OWNER, REPO, per_page=100)).parsed_data) > 20
        assert (await own.repos.async_get_branch(OWNER, REPO, "main")).parsed_data.commit.sha == GIVEN["sha"]

    async def comparison() -> None:
        found = (await own.repos.async_compare_commits(OWNER, REPO, f"{GIVEN['first']}...main")).parsed_data
        assert (found.status, found.ahead_by) == ("ahead", 1)
        commit = (await own.repos.async_get_commit(OWNER, REPO, "main")).parsed_data
        assert commit.files

    async def statuses() -> None:
        told = {"state": "success", "context": "thakur/kit"}
        await own.repos.async_create_commit_status(OWNER, REPO, GIVEN["sha"], **told)
        found = (await own.repos.async_get_combined_status_for_ref(OWNER, REPO, GIVEN["sha"])).parsed_data
        assert found.total_count >= 1

    async def checks() -> None:
        found = (await own.checks.async_list_for_ref(OWNER, REPO, "main")).parsed_data
        assert [each.conclusion for each in found.check_runs] == ["success"]
        suites = (await own.checks.async_list_suites_for_ref(OWNER, REPO, "main")).parsed_data
        assert [each.status for each in suites.check_suites] == ["completed"]

    async def deployments() -> None:
        asked = {"ref": GIVEN["sha"], "auto_merge": False, "required_contexts": [], "environment": "kit"}
        made = (await own.repos.async_create_deployment(OWNER, REPO, data=asked)).parsed_data
        told = (
            await own.repos.async_create_deployment_status(
                OWNER, REPO, made.id, state="success", environment_url=GIVEN["url"]
            )
        ).parsed_data
        assert told.state == "success"
        assert len((await own.repos.async_list_deployments(OWNER, REPO, environment="kit")).parsed_data) == 1

    async def pull_request() -> None:
        found = (await own.pulls.async_get(OWNER, REPO, GIVEN["pull"])).parsed_data
        assert found.head.ref == "next"
        assert (await own.pulls.async_list_files(OWNER, REPO, GIVEN["pull"])).parsed_data
        made = (await own.issues.async_create_comment(OWNER, REPO, GIVEN["pull"], body="kit")).parsed_data
        assert made.performed_via_github_app is None or made.performed_via_github_app
        await own.issues.async_delete_comment(OWNER, REPO, made.id)

    async def deliveries() -> int:
        found = (await rest.apps.async_list_webhook_deliveries(per_page=100)).parsed_data
        one = (await rest.apps.async_get_webhook_delivery(found[0].id)).parsed_data
        body = json.dumps({"zen": "x"})
        assert verify(GIVEN["webhook_secret"], body, sign(GIVEN["webhook_secret"], body, method="sha256"))
        assert one.guid == found[0].guid
        return len(found)

    async def refusals() -> None:
        assert await refused(own.repos.async_get(OWNER, "nothing")) == 404
        assert await refused(own.repos.async_create_commit_status(OWNER, REPO, "0" * 40, state="success")) == 422
        assert await refused(own.secret_scanning.async_list_alerts_for_repo(OWNER, REPO)) == 404

    async def limits() -> None:
        found = (await own.rate_limit.async_get()).parsed_data
        assert found.rate.limit >= 5000

    steps: list[Step] = [
        proves_itself, installations, repositories, contents, comparison, statuses, checks, deployments, pull_request,
        deliveries, refusals, limits,
    ]  # fmt: skip
    for step in steps:
        await walk(step)


async def walk(step: Step) -> None:
    name = step.__name__.replace("_", " ")
    try:
        print(json.dumps({"step": name, "told": await step()}))
    except Exception:
        print(json.dumps({"step": name, "failed": traceback.format_exc()[-2000:]}))
        sys.exit(1)


if __name__ == "__main__":
    asyncio.run(main())
