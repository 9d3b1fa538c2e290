"""One worker at a time: a lease is held by one, renewed by its holder, and taken over from the dead."""

import threading
from datetime import timedelta

import pytest

from core.ground import clock, lease


@pytest.fixture
def later(monkeypatch):
    """``later(seconds=...)`` moves the clock on."""
    real = clock.now

    def move(**by):
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(**by))

    return move


def test_of_two_workers_one_works(database):
    assert lease.take(database, "worker", "anna", 60)
    assert not lease.take(database, "worker", "bruno", 60)
    assert lease.take(database, "posta", "bruno", 60), "another kind of work is another lease"


def test_the_holder_renews_its_lease(database, later):
    assert lease.take(database, "worker", "anna", 60)
    later(seconds=50)
    assert lease.take(database, "worker", "anna", 60)
    later(seconds=100)
    assert not lease.take(database, "worker", "bruno", 60), "renewed until the 110th second"


def test_the_lease_of_a_dead_holder_runs_out(database, later):
    assert lease.take(database, "worker", "anna", 60)
    later(seconds=61)
    assert lease.take(database, "worker", "bruno", 60)
    assert not lease.take(database, "worker", "anna", 60)


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
