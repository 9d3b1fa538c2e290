"""A PostgreSQL server for the length of a test session: Debian's own, on a unix socket, in a folder that goes away."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

START_SECONDS = 30
SPEED_BEFORE_SAFETY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")


class NoPostgres(Exception):
    """There is no server to start here; the text says what is missing."""


class Server:
    """A running server; ``url`` addresses one of its databases."""

    def __init__(self, sockets: Path) -> None:
        self.sockets = sockets

    def url(self, name: str) -> str:
        """The SQLAlchemy address of a database."""
        return f"postgresql+psycopg://patto@/{name}?host={self.sockets}"

    def command(self, statement: str) -> None:
        """Run one administrative statement, outside any transaction."""
        with psycopg.connect(host=str(self.sockets), user="patto", dbname="postgres", autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running() -> Iterator[Server]:
    """Start a server, and end it and its folder whatever happens. NoPostgres if none is installed."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="patto-pg-"))  # short: a socket's path has 107 characters at most
    try:
        become = _become_ordinary(folder)
        data = folder / "data"
        init = [programs / "initdb", "-D", data, "-U", "patto", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run([*become, *init], check=True, capture_output=True, cwd=folder)
        options = [part for setting in SPEED_BEFORE_SAFETY for part in ("-c", setting)]
        command = [*become, programs / "postgres", "-D", data, "-k", folder, "-h", "", *options]
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        server = Server(folder)
        try:
            _wait_for(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    raise NoPostgres("initdb was not found: install the package postgresql")


def _become_ordinary(folder: Path) -> list[str]:
    """The prefix that makes a command run as the ordinary user ``postgres``: initdb refuses root."""
    if os.geteuid() != 0:
        return []
    try:
        account = pwd.getpwnam("postgres")
    except KeyError as error:
        raise NoPostgres("root cannot run PostgreSQL, and there is no user postgres") from error
    os.chown(folder, account.pw_uid, account.pw_gid)
    identity = [f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
    return ["setpriv", *identity, "--pdeathsig", "INT"]  # a killed test run leaves no server behind


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return server.command("SELECT 1")
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise NoPostgres(f"the server did not start: {(server.sockets / 'log').read_text()[-500:]}") from error
            time.sleep(0.05)
