"""One worker at a time: a lease is held by one, renewed by its holder, and taken over from the dead.

Its time is the database's: what the clock of a program says is nothing to it.
"""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.ground import clock, lease
from core.ground.lease import Lease


@pytest.fixture
def later(unit):
    """``later(seconds=...)``: so much time has passed, as if every lease had been taken earlier."""

    def move(**by):
        with unit("tempo") as session:
            for row in session.scalars(select(Lease)):
                row.until -= timedelta(**by)

    return move


def test_of_two_workers_one_works(database):
    assert lease.take(database, "worker", "anna", 60)
    assert not lease.take(database, "worker", "bruno", 60)
    assert lease.take(database, "posta", "bruno", 60), "another kind of work is another lease"


def test_the_holder_renews_its_lease(database, later):
    assert lease.take(database, "worker", "anna", 60)
    later(seconds=50)
    assert lease.take(database, "worker", "anna", 60)
    later(seconds=50)
    assert not lease.take(database, "worker", "bruno", 60), "renewed until the 110th second"


def test_the_lease_of_a_dead_holder_runs_out(database, later):
    assert lease.take(database, "worker", "anna", 60)
    later(seconds=61)
    assert lease.take(database, "worker", "bruno", 60)
    assert not lease.take(database, "worker", "anna", 60)


def test_a_program_whose_clock_is_wrong_takes_and_keeps_its_lease_all_the_same(database, monkeypatch):
    assert lease.take(database, "worker", "anna", 60)
    for hours in (-24, 24):
        wrong = clock.now() + timedelta(hours=hours)
        monkeypatch.setattr(clock, "now", lambda wrong=wrong: wrong)
        assert not lease.take(database, "worker", "bruno", 60)
        assert lease.take(database, "worker", "anna", 60)


def test_a_lease_from_before_the_clock_was_set_back_stops_nobody(database, later):
    assert lease.take(database, "worker", "anna", 60)
    later(hours=-1)
    assert lease.take(database, "worker", "bruno", 60), "nobody takes a lease for an hour"


def test_a_lease_that_is_given_back_is_free_at_once_and_not_by_a_stranger(database):
    assert lease.take(database, "worker", "anna", 60)
    lease.release(database, "worker", "bruno")
    assert not lease.take(database, "worker", "bruno", 60)
    lease.release(database, "worker", "anna")
    assert lease.take(database, "worker", "bruno", 60)


def test_work_that_fails_gives_its_lease_back(database):
    with pytest.raises(ZeroDivisionError), lease.held(database, "worker", "anna", 60) as mine:
        assert mine
        raise ZeroDivisionError
    with lease.held(database, "worker", "bruno", 60) as mine:
        assert mine
        with lease.held(database, "worker", "anna", 60) as hers:
            assert not hers
    assert lease.take(database, "worker", "anna", 60), "who did not hold it did not give it back either"


def test_of_eight_who_ask_at_once_one_is_served(database):
    answers = []

    def ask(name):
        answers.append(lease.take(database, "worker", name, 60))

    threads = [threading.Thread(target=ask, args=(f"{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 7 + [True]
