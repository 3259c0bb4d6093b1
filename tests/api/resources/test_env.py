import pytest

from support.services import make_deployment
from thakur.projects import Phase, Scope

URL = "/api/v1/projects/shop/env"


@pytest.fixture
async def shop(client):
    await client.post("/api/v1/projects", json={"name": "shop"})


async def test_what_is_set_is_listed_without_its_value(client, doubles, shop):
    answer = await client.patch(URL, json={"values": {"TOKEN": "canary\n", "EMPTY": ""}, "phase": "start"})

    assert answer.status_code == 200
    assert answer.json() == {
        "names": ["TOKEN", "EMPTY"],
        "scope": "production",
        "unchanged": [],
        "left_out": [],
        "needs_redeploy": False,
    }
    assert doubles.env_vars.values[1, Scope.PRODUCTION, "TOKEN"] == "canary\n"
    listed = await client.get(URL)
    assert [(row["name"], row["scope"], row["phase"], row["updated_by"]) for row in listed.json()] == [
        ("EMPTY", "production", "start", "operator"),
        ("TOKEN", "production", "start", "operator"),
    ]
    assert "canary" not in listed.text + answer.text


async def test_one_is_put_and_deleted_by_its_name(client, doubles, shop):
    await client.put(f"{URL}/A", json={"value": "1"})
    await client.put(f"{URL}/A", json={"value": "2", "scope": "preview", "phase": "both"})
    assert doubles.env_vars.values == {(1, Scope.PRODUCTION, "A"): "1", (1, Scope.PREVIEW, "A"): "2"}
    assert doubles.env_vars.phases[1, Scope.PREVIEW, "A"] is Phase.BOTH

    gone = await client.delete(f"{URL}/A")

    assert (gone.status_code, gone.json()["names"]) == (200, ["A"])
    assert doubles.env_vars.values == {(1, Scope.PREVIEW, "A"): "2"}
    assert (await client.delete(f"{URL}/A")).json()["code"] == "env_var_not_found"
    assert (await client.delete(f"{URL}/A?scope=preview")).status_code == 200


async def test_a_pasted_dotenv_is_set_and_says_what_it_left_out(client, doubles, shop):
    answer = await client.post(URL, json={"text": "A='1\n'\nPORT=3000\n", "scope": "preview"})

    assert (answer.status_code, answer.json()["names"]) == (200, ["A"])
    assert [left_out["name"] for left_out in answer.json()["left_out"]] == ["PORT"]
    assert doubles.env_vars.values == {(1, Scope.PREVIEW, "A"): "1\n"}


async def test_a_change_says_whether_something_live_has_the_values_of_before(client, doubles, shop):
    doubles.runtime.rows[1, 7] = make_deployment(1, 7)

    assert (await client.put(f"{URL}/A", json={"value": "1"})).json()["needs_redeploy"] is True
    assert (await client.delete(f"{URL}/A")).json()["needs_redeploy"] is True
    assert (await client.put(f"{URL}/A", json={"value": "1", "scope": "preview"})).json()["needs_redeploy"] is False
    assert (await client.patch(URL, json={"values": {}})).json()["needs_redeploy"] is False


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"values": {"PORT": "canary"}}, "PORT", "env_name_refused"),
        ({"values": {"A": "1", "B-": "canary"}}, "B-", "env_name_refused"),
        ({"values": {"A": "canary\0"}}, "A", "env_value_refused"),
        ({"values": {"A": "canary" * 12_000}}, "A", "env_value_refused"),
        ({"values": {"A": "canary"}, "scope": "staging"}, "scope", "invalid"),
        ({"values": {"A": "canary"}, "phase": "install"}, "phase", "invalid"),
        ({"values": {"A": ["canary"]}}, "values", "invalid"),
        ({"text": "canary"}, "text", "invalid"),
    ],
)
async def test_a_refusal_names_the_field_and_never_the_value(client, doubles, shop, body, field, code):
    answer = await client.patch(URL, json=body)

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, code, field)
    assert "canary" not in answer.text
    assert doubles.env_vars.values == {}


async def test_a_dotenv_can_be_looked_over(client, doubles, shop):
    await client.patch(URL, json={"values": {"A": "1"}})

    answer = await client.post(f"{URL}/preview", json={"text": "A=canary\nB=2\n"})

    assert answer.json() == [
        {"name": "A", "line": 1, "status": "replaced", "reason": ""},
        {"name": "B", "line": 2, "status": "new", "reason": ""},
    ]
    assert len(doubles.env_vars.values) == 1


async def test_a_dotenv_that_cannot_be_read_is_refused_by_line(client, shop):
    answer = await client.post(URL, json={"text": "A=1\ncanary\n"})

    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (422, "dotenv_invalid", "text")
    assert "Line 2" in answer.json()["detail"]
    assert "canary" not in answer.text


@pytest.mark.parametrize("body", [b"canary", b'{"values": {"A": "\xff canary"}}', b'{"values": {"A": "\\ud800"}}'])
async def test_a_body_that_is_no_json_is_malformed(client, shop, body):
    answer = await client.patch(URL, content=body)

    assert answer.status_code == 400
    assert "canary" not in answer.text


async def test_another_project_is_not_found_and_a_stranger_not_heard(client, stranger, shop):
    assert (await client.get("/api/v1/projects/other/env")).status_code == 404
    assert (await client.patch("/api/v1/projects/other/env", json={"values": {"A": "1"}})).status_code == 404
    for method in ("get", "patch", "post"):
        assert (await getattr(stranger, method)(URL)).status_code == 401
