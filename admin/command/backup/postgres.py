"""PostgreSQL's own tools: which ones serve, a dump in their custom format, the way back, and the rows in it as text."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Engine, text

from admin.command.backup.archive import BLOCK, Alive
from core.ground.errors import RuleBroken

FOLDERS = (("/", "usr/lib/postgresql/*/bin"), ("/", "usr/pgsql-*/bin"), ("C:/", "Program Files/PostgreSQL/*/bin"))
COPY = re.compile(r'COPY (?:"?\w+"?\.)?"?(\w+)"? \((.*)\) FROM stdin;\n')
SPECIAL = re.compile(r"\\(.)")
LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
# what stands in a dump and is made anew: it may belong to another role here, or want an extension that is not there
MADE_ANEW = re.compile(r"\d+; \d+ \d+ (SCHEMA|EXTENSION|COMMENT|ACL|DEFAULT ACL|INDEX \S+ \w+_words) ")
Row = Sequence[str | None]


def tool(name: str, version: int) -> Path:
    """The program ``name`` of the lowest version that serves ``version`` or more. RuleBroken if it is not here."""
    folders = [str(folder) for root, pattern in FOLDERS for folder in Path(root).glob(pattern)]
    programs = {found for folder in (*folders, None) if (found := shutil.which(name, path=folder))}
    serving = sorted((told, program) for program in programs if (told := version_of(program)) >= version)
    if not serving:
        raise RuleBroken("Serve il programma %(name)s di PostgreSQL, dalla versione %(version)s in poi: installare il "
                         "pacchetto postgresql-client-%(version)s (o i programmi di PostgreSQL, su Windows).",
                         name=name, version=version)
    return Path(serving[0][1])


def version_of(program: str | Path) -> int:
    """Of which version of PostgreSQL a program is: 15."""
    said = subprocess.run([str(program), "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    return int(found[1]) if found else 0


def server_version(connection: Connection) -> int:
    """The server's: 15."""
    return int((connection.dialect.server_version_info or (0,))[0])


def dump(connection: Connection, target: Path, alive: Alive) -> int:
    """Write the database as the transaction of ``connection`` sees it; the version of the program that did."""
    snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
    schema = connection.scalar(text("SELECT current_schema()"))
    program = tool("pg_dump", server_version(connection))
    with target.open("wb") as file, _running(
            program, "--format=custom", "--encoding=UTF8", f"--snapshot={snapshot}", f'--schema="{schema}"',
            "--no-owner", "--no-privileges", database=connection.engine) as said:
        while block := said.read(BLOCK):
            file.write(block)
            alive()
    return version_of(program)


def load(engine: Engine, archive: Path, version: int) -> None:
    """Make the database of a dump again, whole or not at all. ``version`` is that of the program that wrote it."""
    program = tool("pg_restore", version)
    contents = archive.with_name("indice.txt")
    with _running(program, "--list", str(archive)) as said:
        wanted = [line for line in said.read().decode().splitlines(keepends=True) if not MADE_ANEW.match(line)]
    contents.write_text("".join(wanted), encoding="utf-8")
    with _running(program, f"--use-list={contents}", "--no-owner", "--no-privileges", "--single-transaction",
                  "--exit-on-error", str(archive), database=engine):
        pass
    contents.unlink()


def rows(archive: Path, version: int) -> Iterator[tuple[str, list[str], Iterator[Row]]]:
    """Every table of a dump: its name, its columns, its rows as PostgreSQL writes them. Read them in this order."""
    program = tool("pg_restore", version)
    with _running(program, "--data-only", "--file=-", str(archive)) as said:
        lines = (line.decode() for line in said)
        for line in lines:
            if found := COPY.fullmatch(line):
                yield found[1], [name.strip(' "') for name in found[2].split(",")], _rows(lines)


def _rows(lines: Iterator[str]) -> Iterator[Row]:
    for line in lines:
        if line == "\\.\n":
            return
        yield [_value(part) for part in line[:-1].split("\t")]


def _value(part: str) -> str | None:
    if part == "\\N":
        return None
    return SPECIAL.sub(lambda found: LETTERS.get(found[1], found[1]), part) if "\\" in part else part


@contextmanager
def _running(program: Path, *options: str, database: Engine | None = None) -> Iterator[IO[bytes]]:
    """What a tool says. RuleBroken with its own words if it fails; it is ended if nobody listens any more."""
    environment = {**os.environ, "PGTZ": "UTC"}
    words = [str(program), *options]
    if database is not None:
        reach = database.dialect.create_connect_args(database.url)[1]
        if password := reach.pop("password", None):
            environment["PGPASSWORD"] = password  # not among the words, which everybody on the machine may read
        words.append(f"--dbname={make_conninfo(**{name: reach[name] for name in reach if name != 'context'})}")
    with TemporaryFile() as complaints:
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=complaints, env=environment)  # noqa: S603
        assert process.stdout is not None
        try:
            yield process.stdout
            process.stdout.read()
            if process.wait():
                complaints.seek(0)
                said = complaints.read().decode(errors="replace").strip().splitlines()
                raise RuleBroken("%(program)s non è riuscito: %(reason)s", program=program.name,
                                 reason=said[-1] if said else process.returncode)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
