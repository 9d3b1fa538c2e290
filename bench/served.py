"""The real ``patto serve``, as a process of its own, and visitors who speak HTTP with it as browsers do."""

from __future__ import annotations

import http.client
import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import lxml.html
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from admin.command.demo_users import PASSWORD
from core.ground.paths import ROOT

PATTO = ("-m", "admin.command.cli")
START_SECONDS = 400  # on a machine that does much else
ANSWER_SECONDS = 120


@dataclass(frozen=True)
class Served:
    """A running server: its address, its first process, its log."""

    address: str
    process: subprocess.Popen[bytes]
    log: Path

    def children(self) -> list[int]:
        """The processes that it keeps: web processes first, the worker last."""
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(key) for key in found if b"spawn_main" in Path(f"/proc/{key}/cmdline").read_bytes()]

    def peaks(self) -> list[int]:
        """The most memory in MiB that each of them has held since ``forget_peaks``."""
        return [self._status(key, "VmHWM") for key in self.children()]

    @staticmethod
    def _status(key: int, name: str) -> int:
        [line] = [one for one in Path(f"/proc/{key}/status").read_text().splitlines() if one.startswith(name)]
        return int(line.split()[1]) // 1024

    def held(self) -> list[int]:
        """The memory in MiB that each of them holds now."""
        return [self._status(key, "VmRSS") for key in self.children()]

    def forget_peaks(self) -> None:
        """Look at memory from here on."""
        for key in self.children():
            Path(f"/proc/{key}/clear_refs").write_text("5")

    def deaths(self) -> list[str]:
        """What the log says of processes that died."""
        return re.findall(r"^the .* died .*$", self.log.read_text(), re.MULTILINE)


@contextmanager
def serving(
    folder: Path, *, python: str = sys.executable, main: Sequence[str] = PATTO, processes: int = 1,
    environment: Mapping[str, str] | None = None, log: Path | None = None,
) -> Iterator[Served]:
    """``patto serve`` on the data in ``folder``, until the block ends; it must end by itself when it is asked to."""
    port, log = _free_port(), log or folder / "serve.log"
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PATTO_DATA_DIR": str(folder), **(environment or {})}
    command = [python, *main, "serve", "--port", str(port), "--processes", str(processes)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out, start_new_session=True)
    served = Served(f"http://127.0.0.1:{port}", process, log)
    try:
        _wait_for(served)
        yield served
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0, log.read_text()
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def _wait_for(served: Served) -> None:
    patience = time.monotonic() + START_SECONDS
    while time.monotonic() < patience and served.process.poll() is None:
        try:
            urllib.request.urlopen(f"{served.address}/salute", timeout=START_SECONDS).close()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"patto serve does not answer:\n{served.log.read_text()}")


@dataclass(frozen=True)
class Answer:
    """What came back from ``asked``, and from where at last: ``code`` is 0 where nothing did."""

    asked: str
    code: int
    url: str
    body: bytes

    @property
    def saved(self) -> bool:
        """True if a form was accepted: it leads to another page."""
        return self.code == 200 and self.url.partition("?")[0] != self.asked.partition("?")[0]

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode(errors="replace")

    @property
    def alert(self) -> str:
        """What the page says was refused or done."""
        if not self.body or b"<html" not in self.body:
            return ""
        found = lxml.html.fromstring(self.body).xpath("//*[contains(@class, 'alert') or @role='alert']")
        return " ".join(" ".join(part.text_content().split()) for part in found)


class Visitor:
    """A person at a browser: opens pages, fills in the form that a page shows, counts what was answered."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.answers: Counter[int] = Counter()
        self.longest = 0.0
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self._cookies))

    def twin(self) -> Visitor:
        """The same person at another browser, logged in as here."""
        twin = Visitor(self.address)
        for cookie in self._cookies:
            twin._cookies.set_cookie(copy(cookie))
        return twin

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask(urllib.request.Request(self.address + path))

    def fill(self, path: str, typed: Mapping[str, Any]) -> Answer:
        """Open the page with a form, type into it, send it; a value of bytes is a file of that content."""
        page = self.get(path)
        if page.code != 200:
            return page
        form = lxml.html.fromstring(page.body).xpath("//main//form[translate(@method, 'POST', 'post')='post']")[-1]
        fields = {name: value for name, value in form.form_values() if value != ""} | dict(typed)
        boundary, body = encode_multipart({name: _file(name, value) for name, value in fields.items()})
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Referer": page.url}
        to = urllib.parse.urljoin(page.url, form.get("action") or page.url)
        return self._ask(urllib.request.Request(to, data=body, headers=headers))

    def enter(self, email: str) -> Answer:
        """Log in."""
        return self.fill("/accesso/entra", {"email": email, "password": PASSWORD})

    def _ask(self, request: urllib.request.Request) -> Answer:
        started = time.perf_counter()
        try:
            with self._opener.open(request, timeout=ANSWER_SECONDS) as came:
                answer = Answer(request.full_url, came.status, came.url, came.read())
        except urllib.error.HTTPError as refused:
            answer = Answer(request.full_url, refused.code, refused.url, refused.read())
        except (OSError, http.client.HTTPException):
            answer = Answer(request.full_url, 0, "", b"")
        self.longest = max(self.longest, time.perf_counter() - started)
        self.answers[answer.code] += 1
        return answer


def _file(name: str, value: Any) -> Any:
    return FileStorage(BytesIO(value), f"{name}.pdf") if isinstance(value, bytes) else value
