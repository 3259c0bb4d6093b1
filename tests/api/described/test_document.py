import asyncio
import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from litestar.testing import AsyncTestClient, TestClient

from support.fake_accounts import OPERATOR
from support.rights import RIGHTS
from support.services import Doubles
from thakur.accounts import Principal
from thakur.api import Host, create_app
from thakur.api.described.examples import _BY_KIND

# What clients were generated from keeps its name.
OPERATIONS = """
up ready get_openapi
list_projects create_project get_project change_project delete_project clear_cache list_domains
list_github_apps list_github_repositories add_github_app remove_github_app set_webhook list_deliveries list_missing_deliveries redeliver
follow_repository change_following deploy_held put_repository forget_repository list_env set_env import_env preview_env put_env delete_env
make_plan list_builds request_build get_build cancel_build build_logs clear_build_logs
list_deployments redeploy get_deployment rollback restart cancel deployment_logs list_replicas
runtime_logs clear_runtime_logs list_edges
list_tokens make_token revoke_token list_sessions end_session end_other_sessions get_me choose_team list_audit
list_teams make_team list_members change_role remove_member list_invitations invite withdraw_invitation
ask_in collect
preview_logs list_previews begin_preview approve_preview remove_preview get_preview_rules change_preview_rules
list_allowed allow_github disallow_github list_identities unlink_github
"""
# What has no name and no number is known by its key.
HANDLES = {
    "Link.id",
    "InvitationWithdrawn.id",
    "Session.id",
    "SessionEnded.id",
    "AuditEvent.id",
    "Problem.id",
    "DeliveryKept.id",
}
HANDLES |= {"Allowance.id", "AllowanceTakenOff.id", "Identity.id", "IdentityUnlinked.id"}
# Of what is on GitHub, by GitHub's own numbers.
HANDLES |= {"AppAsked.app_id", "AppAsked.client_id", "GitHubApp.app_id", "GitHubApp.client_id"}
HANDLES |= {"InstalledOn.installation_id", "DeliveryKept.app_id", "DeliveryMissing.app_id"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    async def operator(_scope: Any) -> Principal:
        return OPERATOR

    async def describe() -> Host:
        raise AssertionError

    # Made once: these tests only read it.
    app = create_app(Doubles().services(), operator, asyncio.Event(), describe_host=describe)
    with TestClient(app) as client:
        answer = client.get("/api/v1/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    described: dict[str, Any] = answer.json()
    return described


def operations(document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method, path, operation


def test_every_route_of_the_api_is_described_and_no_page_is(document):
    described = {(method.upper(), path) for method, path, _ in operations(document)}
    routed = {(method, path) for method, path in RIGHTS if path.startswith("/api/") or path in ("/up", "/ready")}

    assert described - routed == {("GET", "/api/v1/host"), ("POST", "/api/v1/login-links")}
    assert routed <= described


def test_operations_keep_their_names(document):
    names = [operation["operationId"] for _, _, operation in operations(document)]

    assert sorted(names) == sorted([*OPERATIONS.split(), "get_host", "make_login_link"])


def test_every_operation_says_what_it_does_takes_and_answers(document):
    tags = {tag["name"] for tag in document["tags"]}
    for _, path, operation in operations(document):
        assert operation["summary"], path
        assert set(operation["tags"]) <= tags
        assert all(parameter["description"] for parameter in operation["parameters"])
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        done = [answer for status, answer in operation["responses"].items() if status < "300"]
        assert done, path
        for body in (*bodies, *done):
            assert body["content"]["application/json"]["example"], path


def test_every_refusal_is_a_problem_that_the_document_explains(document):
    known = document["components"]["responses"]
    for _, path, operation in operations(document):
        refusals = [answer for status, answer in operation["responses"].items() if status >= "400"]
        assert refusals or path == "/up"
        assert {answer["$ref"].rpartition("/")[2] for answer in refusals} <= set(known)
    for answer in known.values():
        assert list(answer["content"]) == ["application/problem+json"]


@pytest.mark.parametrize("kind", _BY_KIND, ids=lambda kind: kind.__name__)
def test_an_example_is_what_it_is_an_example_of(kind):
    example = _BY_KIND[kind]

    assert msgspec.json.decode(msgspec.json.encode(example), type=kind) == example


def test_an_example_of_a_parameter_is_one_that_it_may_be(document):
    for _, path, operation in operations(document):
        for parameter in operation["parameters"]:
            schema, example = parameter["schema"], parameter["example"]
            schema = schema.get("anyOf", [schema])[0]
            if schema.get("type") == "integer":
                assert schema.get("minimum", 0) <= example <= schema.get("maximum", example), path
            if "pattern" in schema:
                assert re.search(schema["pattern"], example), path


def test_no_key_of_a_table_is_shown(document):
    for name, schema in document["components"]["schemas"].items():
        keys = [key for key in schema.get("properties", {}) if key == "id" or key.endswith("_id")]
        assert {f"{name}.{key}" for key in keys} <= HANDLES


def test_every_reference_leads_somewhere(document):
    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key == "$ref":
                    yield inner
                yield from walk(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from walk(inner)

    for reference in set(walk(document)):
        _, _, kind, name = reference.split("/")
        assert name in document["components"][kind]


def test_every_body_says_which_fields_there_are(document):
    schemas = document["components"]["schemas"]
    for _, _, operation in operations(document):
        if "requestBody" in operation:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            assert schemas[schema["$ref"].rpartition("/")[2]]["additionalProperties"] is False


async def test_a_stranger_is_not_told_what_there_is(stranger):
    assert (await stranger.get("/api/v1/openapi.json")).status_code == 401


async def test_what_only_the_operator_has_is_described_to_nobody_else(doubles, stopping, operator):
    async def member(_scope):
        return operator

    async with AsyncTestClient(create_app(doubles.services(), member, stopping)) as other:
        document = (await other.get("/api/v1/openapi.json")).json()

    assert "/api/v1/projects" in document["paths"]
    assert "/api/v1/host" not in document["paths"]
