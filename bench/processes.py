"""Eight people who read at once, answered by one web process and by two: processes gain where threads do not."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

from admin.command.demo_users import ensure
from bench.ground import demo
from bench.measure import row
from bench.served import Visitor, serving
from core.ground.access import system
from core.ground.unit_of_work import unit_of_work

READERS = 8
SECONDS = 15
TURNS = 2  # of each number of processes, one after the other: what else the machine does falls on both
EMAIL = "direzione@assemi.example"
PAGES = ("/admin/", "/admin/contratti/", "/admin/contratti/details/?id=1", "/admin/scadenze/", "/albo")


def main() -> None:
    """Print the time of an answer with one process and with two."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _settings, database, _registry = demo(folder)
        with unit_of_work(database, system("prova di velocità"), act="bench.users") as session:
            ensure(session)
        database.dispose()
        answers = {1: 0, 2: 0}
        for _turn in range(TURNS):
            for processes in answers:
                answers[processes] += _answers(folder, processes)
    print(f"Eight people who read for {TURNS * SECONDS} seconds")
    each = {processes: TURNS * SECONDS / count for processes, count in answers.items()}
    row(f"an answer, one web process ({answers[1]} in all)", each[1])
    row(f"an answer, two web processes ({answers[2]} in all)", each[2], answers[2] / answers[1],
        "as many answers as one; 1.6 are wanted on two processors")


def _answers(folder: Path, processes: int) -> int:
    """How many answers eight people get in the time."""
    with serving(folder, processes=processes) as served:
        readers = [Visitor(served.address) for _ in range(READERS)]
        for reader in readers:
            assert reader.enter(EMAIL).code == 200
            _warm(reader, processes)
            reader.answers.clear()
        over = threading.Event()
        with ThreadPoolExecutor(READERS) as pool:
            reading = [pool.submit(_read, reader, over, cycle(PAGES)) for reader in readers]
            time.sleep(SECONDS)
            over.set()
        for one in reading:
            one.result()
        assert all(set(reader.answers) == {200} for reader in readers)
        return sum(reader.answers[200] for reader in readers)


def _warm(reader: Visitor, processes: int) -> None:
    """Each process compiles its templates and statements before it is measured."""
    for page in PAGES * processes:
        reader.get(page)


def _read(reader: Visitor, over: threading.Event, pages: Iterator[str]) -> None:
    while not over.is_set():
        reader.get(next(pages))


if __name__ == "__main__":
    main()
