"""The dashboard in a browser: in by a link, a project, a deploy that is watched, a rollback; and by forms alone."""

import re
from pathlib import Path

import httpx

from support.browser import Page, browser
from support.server import Server

STATUS = "document.querySelector('#top .status b')?.textContent"


def link(server: Server) -> str:
    return server.run("login-link").out.strip().splitlines()[-1].strip()


def folder(path: Path, words: str) -> Path:
    path.mkdir(exist_ok=True)
    (path / "index.html").write_text(words)
    return path


async def sign_in(page: Page, server: Server) -> None:
    await page.open(link(server))
    await page.click("button.primary")
    await page.until("location.pathname === '/projects' && document.readyState === 'complete'")


async def test_a_deploy_is_watched_without_a_reload_and_taken_back(server: Server, tmp_path: Path) -> None:
    home = f"http://{server.address}"
    async with browser() as page:
        await sign_in(page, server)
        await page.click("a.btn.primary", "New project")
        await page.until("document.querySelector('#name') !== null")
        await page.fill("#name", "watched")
        await page.click("button", "Create project")
        await page.until("document.body.textContent.includes('Nothing was deployed yet')")

        server.deploy(folder(tmp_path / "site", "one"), "watched")
        server.deploy(folder(tmp_path / "site", "two"), "watched")
        await page.open(f"{home}/projects/watched/deployments")
        await page.ask("window.stays = true")
        server.deploy(folder(tmp_path / "site", "three"), "watched")
        await page.until("document.querySelector('#deployments li .status b').textContent === 'active'")
        await page.until("document.querySelector('#deployments li a').href.endsWith('/deployments/3')")
        assert await page.ask("window.stays") is True

        await page.open(f"{home}/projects/watched/deployments/2")
        await page.until("document.querySelectorAll('.log-pane li').length > 2")
        await page.click("#top button", "Roll back to this")
        await page.until("location.search === '?done=rollback'")
        await page.until(f"{STATUS} === 'active'")

        assert server.get("watched").text == "two"
        await page.ask("window.stays = true")
        server.deploy(folder(tmp_path / "site", "four"), "watched")
        await page.until(f"{STATUS} === 'standby'")
        assert await page.ask("window.stays") is True
        assert page.faults == []


async def test_the_first_lines_of_a_log_appear_on_a_page_that_had_none(server: Server, tmp_path: Path) -> None:
    source = (
        'Bun.serve({ port: process.env.PORT, fetch(asked) { console.log(asked.url); return new Response("ok"); } });'
    )
    (tmp_path / "server.ts").write_text(source)
    (tmp_path / "package.json").write_text('{"name": "quiet", "scripts": {"start": "bun server.ts"}}')
    server.deploy(tmp_path, "quiet")
    shown = "[...document.querySelectorAll('.log-pane li')].map((line) => line.textContent).join()"
    async with browser() as page:
        await sign_in(page, server)
        await page.open(f"http://{server.address}/projects/quiet/logs")
        server.run("logs", "clear", "--project", "quiet", "--yes")
        await page.until("document.querySelectorAll('.log-pane li').length === 0")
        await page.open(f"http://{server.address}/projects/quiet/logs?again")
        server.get("quiet", "/first")
        await page.until(f"{shown}.includes('/first')")
        server.get("quiet", "/second")
        await page.until(f"{shown}.includes('/second')")
        assert page.faults == []


async def test_the_last_line_of_a_log_is_placed_though_its_end_comes_first(server: Server, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("ok")
    late = "{ const soon = requestAnimationFrame; window.requestAnimationFrame = (act) => setTimeout(() => soon(act), 400); }"
    server.deploy(tmp_path, "late")
    async with browser() as page:
        await sign_in(page, server)
        await page.send("Page.addScriptToEvaluateOnNewDocument", source=late)
        await page.open(f"http://{server.address}/projects/late/deployments/1")
        await page.click("button", "Redeploy")
        await page.until("location.pathname.endsWith('/deployments/2')")
        await page.until("document.querySelector('.log')?.textContent.includes('ended')")
        assert await page.ask("document.querySelector('.log-pane').textContent.includes('Deployment #2 is active')")
        assert page.faults == []


async def test_everything_that_matters_goes_by_forms_alone(server: Server, tmp_path: Path) -> None:
    async with httpx.AsyncClient(base_url=f"http://{server.address}", follow_redirects=True, timeout=30) as client:

        async def send(there: str, page: str, **form: str) -> str:
            shown = (await client.get(page)).text
            token = re.search(r'name="_csrf_token" value="([0-9a-f]+)"', shown)
            answer = await client.post(there, data=form | ({"_csrf_token": token[1]} if token else {}))
            assert answer.status_code == 200, answer.text[-500:]
            return answer.text

        address = httpx.URL(link(server)).path
        assert "Projects" in await send(address, address)
        await send("/projects/new", "/projects/new", name="by-forms")
        server.deploy(folder(tmp_path / "site", "one"), "by-forms")
        server.deploy(folder(tmp_path / "site", "two"), "by-forms")
        project = "/projects/by-forms"
        assert "A_KEY" in await send(f"{project}/env", f"{project}/env", name="A_KEY", value="open-sesame")
        assert "open-sesame" not in (await client.get(f"{project}/env")).text
        assert 'value="256"' in await send(f"{project}/settings", f"{project}/settings", memory_mb="256")
        assert "It comes back" in await send(f"{project}/deployments/1/rollback", project)
        assert "The project is being deleted" in await send(
            f"{project}/settings/deletion", f"{project}/settings", retyped="by-forms"
        )
