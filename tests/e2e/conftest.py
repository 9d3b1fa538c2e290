"""A real browser before a served application; what a page writes to its console is an error."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from admin.command import demo_users
from admin.web.static import FOLDERS
from tests.e2e.effort import FIGURE, Effort, told

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
INSIDE: dict[str, Any] = {}  # the cookies of who has logged in, by e-mail
SIZES = {"desk": (1366, 768), "phone": (390, 844)}
PICTURES = FOLDERS["static"] / "manual"
HIGHEST = 720  # of a picture, in pixels: what one sees without scrolling


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """``app`` on a free port; its address. Nobody is inside yet."""
    INSIDE.clear()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """One browser for the tests of this folder: while it is open an event loop runs, and others may want one of their
    own."""
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: the browser tests are not run")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser tests")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, address: str) -> Iterator[Any]:
    """An empty window on the application of the test."""
    context = chromium.new_context(viewport=dict(zip(("width", "height"), SIZES["desk"], strict=True)),
                                   base_url=address, locale="it-IT")
    window = context.new_page()
    complaints: list[str] = []
    window.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    window.on("pageerror", lambda error: complaints.append(str(error)))
    yield window
    context.close()
    assert not complaints


@pytest.fixture
def effort(page: Any, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
           ) -> Iterator[Effort]:
    """Counts what the story of the test asks of a person; the table stands at the end of the run."""
    counted = Effort(page)
    yield counted
    if counted.steps:
        record_property(FIGURE + request.node.name, counted.table())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the tables, from the reports: the stories may run in several processes."""
    reports = [report for kind in ("", "passed", "failed") for report in terminalreporter.stats.get(kind, [])]
    tables = {name.removeprefix(FIGURE): rows for report in reports for name, rows in report.user_properties
              if name.startswith(FIGURE)}  # those of the teardown too, which stand under no word
    for name, rows in tables.items():
        terminalreporter.section(f"quanto costa a una persona: {name}")
        for line in told(rows):
            terminalreporter.write_line(line)


def picture(page: Any, name: str) -> None:
    """What the manual shows of the page as it stands: taken anew by ``make manual``, and only then."""
    if "PATTO_MANUAL" in os.environ:
        page.wait_for_load_state()
        page.evaluate("scrollTo(0, 0)")
        seen = page.locator("main").bounding_box()
        page.screenshot(path=PICTURES / f"{name}.png", scale="css",
                        clip={**seen, "height": min(seen["height"], HIGHEST)}, full_page=True)


def move_to(app: Flask, day: date) -> Any:
    """Let another day come in the running application; the office as it is from then on."""
    held = app.extensions["patto"]
    app.extensions["patto"] = replace(held, settings=replace(held.settings, today=day))
    return app.extensions["patto"]


def enter(page: Any, email: str) -> None:
    """Be somebody, in the place of whoever was there: who has logged in once comes back with the same cookies, and has
    no page open yet."""
    page.context.clear_cookies()
    if email in INSIDE:
        page.context.add_cookies(INSIDE[email])
        return
    page.goto("/accesso/entra")
    page.fill("[name=email]", email)
    page.fill("[name=password]", demo_users.PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/**")
    INSIDE[email] = page.context.cookies()
