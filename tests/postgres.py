"""A PostgreSQL server for the length of a test session: Debian's own, on a unix socket, in a folder that goes away."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import psycopg

START_SECONDS = 30
SPEED_BEFORE_SAFETY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal",
                       "max_wal_senders=0", "max_connections=60", "autovacuum=off")  # fmt: skip
MEMORY = Path("/dev/shm")  # a folder in memory, on Linux
MEMORY_WANTED = 2 * 1024**3  # bytes; a container often gives much less, and the disk serves then


class NoPostgres(Exception):
    """There is no server to start here; the text says what is missing."""


class Server:
    """A running server; ``url`` addresses one of its databases. It can be away for a while: ``stop``, ``start``."""

    def __init__(self, sockets: Path, command: Sequence[str | Path]) -> None:
        self.sockets, self._command = sockets, command

    def start(self) -> None:
        """Answer. NoPostgres if it does not within half a minute."""
        with (self.sockets / "log").open("a") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=log, cwd=self.sockets)
        _wait_for(self, self._process)

    def stop(self) -> None:
        """End at once, whoever is connected."""
        if (connection := self.__dict__.pop("connection", None)) is not None:
            connection.close()
        self._process.send_signal(signal.SIGINT)
        self._process.wait(START_SECONDS)

    def url(self, name: str) -> str:
        """The SQLAlchemy address of a database."""
        return f"postgresql+psycopg://patto@/{name}?host={self.sockets}"

    @cached_property
    def connection(self) -> psycopg.Connection:
        """The administrator's, outside any transaction: opened at the first command, ended with the server."""
        return psycopg.connect(host=str(self.sockets), user="patto", dbname="postgres", autocommit=True)

    def command(self, statement: str) -> None:
        """Run one administrative statement."""
        self.connection.execute(statement.encode())

    def next_transaction(self) -> str:
        """The number of the next transaction that writes: the same as long as none has."""
        [number] = self.connection.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone() or [""]
        return str(number)

    def clone(self, original: str, name: str) -> str:
        """A new database like ``original``, which nobody may be using, in the place of any other of this name; its
        address. Copying files is the faster way."""
        self.drop(name)
        self.command(f"CREATE DATABASE {name} TEMPLATE {original} STRATEGY FILE_COPY")
        return self.url(name)

    def dump(self, name: str, path: Path) -> None:
        """Write a database down, for another server."""
        self._program("pg_dump", "--format=custom", f"--file={path}", name)

    def restore(self, name: str, path: Path) -> str:
        """A new database as another server wrote it down; its address."""
        url = self.clone("template1", name)
        self._program("pg_restore", f"--dbname={name}", str(path))
        return url

    def _program(self, name: str, *options: str) -> None:
        connection = ["--host", str(self.sockets), "--username", "patto"]
        subprocess.run([_programs() / name, *connection, *options], check=True, capture_output=True)

    def drop(self, name: str) -> None:
        """Throw a database away, with whoever is still in it."""
        self.command(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@contextmanager
def running() -> Iterator[Server]:
    """Start a server, and end it and its folder whatever happens. NoPostgres if none is installed."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="patto-pg-", dir=roomy()))  # short: a socket's path has 107 characters
    try:
        become = _become_ordinary(folder)
        data = folder / "data"
        init = [programs / "initdb", "-D", data, "-U", "patto", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run([*become, *init], check=True, capture_output=True, cwd=folder)
        options = [part for setting in SPEED_BEFORE_SAFETY for part in ("-c", setting)]
        server = Server(folder, [*become, programs / "postgres", "-D", data, "-k", folder, "-h", "", *options])
        try:
            server.start()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def roomy() -> Path | None:
    """The folder in memory if it has room (a clone takes a fifth of the time there), None for the usual one."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_WANTED else None


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
