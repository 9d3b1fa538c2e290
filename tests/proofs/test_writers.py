"""Eight writers on one SQLite file: none is refused, however often a night or an import writes beside them."""

from __future__ import annotations

import multiprocessing
import time
from typing import Any

import pytest

from bench.writers import IMPORTED, WRITERS, write_at_once
from core.ground import db
from core.ground.access import system
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import unit_of_work
from tests.proofs.patto import MAIN

pytestmark = pytest.mark.proof
ACTOR = system("prova di scrittura")
SECONDS, HELD_SECONDS, PATIENCE = 12, 0.05, 5


def test_eight_writers_are_never_refused_and_lose_nothing(tmp_path, figure):
    outcome = write_at_once(tmp_path, main=MAIN)
    figure("scrittori (sqlite)", str(outcome))
    assert not outcome.refused and not outcome.lost
    assert outcome.imported == IMPORTED


# --- the queue itself ---------------------------------------------------------------------------------------


def write_again_and_again(url: str, told: Any) -> None:
    """Each act begins as soon as the one before has ended; tells how many, how many were refused, the longest wait."""
    database, end = Database(url), time.monotonic() + SECONDS
    acts, refused, longest = 0, 0, 0.0
    while (asked := time.monotonic()) < end:
        try:
            with unit_of_work(database, ACTOR, act="prova"):
                longest = max(longest, time.monotonic() - asked)
                time.sleep(HELD_SECONDS)
            acts += 1
        except RuleBroken:
            refused += 1
    database.dispose()
    told.put((acts, refused, longest))


@pytest.mark.parametrize("queue", [True, False], ids=["queue", "control"])
def test_whoever_waits_gets_a_turn_beside_those_who_write_again_and_again(queue, make_database, figure, monkeypatch):
    database = make_database("sqlite")
    database.dispose()
    monkeypatch.setattr(db, "BUSY_SECONDS", PATIENCE)
    if not queue:
        monkeypatch.setattr(db, "_turn_at", lambda *_about: None)
    context = multiprocessing.get_context("fork")
    told = context.Queue()
    writers = [context.Process(target=write_again_and_again, args=(database.url, told)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    acts, refused, longest = zip(*(told.get(timeout=300) for _ in writers), strict=True)
    for writer in writers:
        writer.join()
    figure("coda degli scrittori" if queue else "coda degli scrittori, controllo senza coda",
           f"{WRITERS} che scrivono sempre, {PATIENCE} s di pazienza: {sum(acts)} atti, da {min(acts)} a {max(acts)} "
           f"ciascuno, {sum(refused)} rifiutati{'' if queue else ': rosso'}; attesa più lunga {max(longest):.1f} s")
    assert (sum(refused) == 0) is queue
