"""What leaves after the commit: once, again after a failure, and never for an act that did not happen."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.ground import clock, outbox
from core.ground.access import ScopedSession, system
from core.ground.errors import RuleBroken
from core.ground.outbox import OutboxMessage, deliver_due
from core.ground.unit_of_work import unit_of_work


@pytest.fixture
def later(monkeypatch):
    """``later(minutes=...)`` moves the clock on."""
    real = clock.now

    def move(**by):
        monkeypatch.setattr(clock, "now", lambda: real() + timedelta(**by))

    return move


def post(unit, *keys, principal=None):
    with unit(principal=principal) as session:
        for key in keys:
            outbox.post(session, "mail", {"subject": key}, key=key)


def test_a_message_leaves_once(unit, database):
    sent = []
    post(unit, "first", "second")
    assert deliver_due(database, {"mail": sent.append}) == 2
    assert deliver_due(database, {"mail": sent.append}) == 0
    assert sent == [{"subject": "first"}, {"subject": "second"}], "the oldest first"


def test_the_same_thing_asked_for_twice_leaves_once(unit, database):
    sent = []
    post(unit, "request 3/2026")
    post(unit, "request 3/2026", "request 4/2026")
    deliver_due(database, {"mail": sent.append})
    assert [message["subject"] for message in sent] == ["request 3/2026", "request 4/2026"]


def test_a_message_of_an_act_that_did_not_happen_never_leaves(unit, database):
    with pytest.raises(RuleBroken), unit() as session:
        outbox.post(session, "mail", {}, key="never")
        raise RuleBroken("basta")
    assert deliver_due(database, {"mail": lambda _payload: pytest.fail("it left")}) == 0


def test_a_municipalitys_act_may_send_a_mail_that_the_municipality_does_not_see(unit, database, municipality_user):
    post(unit, "notice", principal=municipality_user)
    with ScopedSession(database, municipality_user) as session:
        assert session.scalars(select(OutboxMessage)).all() == []
    assert deliver_due(database, {"mail": lambda _payload: None}) == 1


def test_a_failure_is_kept_with_its_reason_and_tried_again_later(unit, database, later):
    post(unit, "letter")
    sent = []

    def broken(_payload):
        raise OSError("server di posta irraggiungibile")

    assert deliver_due(database, {"mail": broken}) == 0
    assert state(database) == (1, "server di posta irraggiungibile", False)
    assert deliver_due(database, {"mail": sent.append}) == 0, "not at once"
    later(minutes=3)
    assert deliver_due(database, {"mail": sent.append}) == 1
    assert state(database) == (2, "", True)


def test_after_eight_failures_it_is_left_to_a_person(unit, database, later):
    post(unit, "letter")
    tries = []

    def broken(payload):
        tries.append(payload)
        raise OSError("no")

    for hour in range(1, 13):
        later(hours=hour * 5)
        deliver_due(database, {"mail": broken})
    assert len(tries) == outbox.MAX_ATTEMPTS


def test_one_broken_message_does_not_hold_up_the_others(unit, database):
    post(unit, "bad", "good")

    def picky(payload):
        if payload["subject"] == "bad":
            raise ValueError("indirizzo errato")

    assert deliver_due(database, {"mail": picky}) == 1


def test_a_message_that_nobody_can_handle_waits(unit, database):
    post(unit, "letter")
    assert deliver_due(database, {"job": print}) == 0
    assert state(database) == (0, "", False)


def test_a_handler_may_write_while_it_works(unit, database):
    post(unit, "job")

    def job(_payload):
        with unit_of_work(database, system("lavoro"), act="job") as session:
            outbox.post(session, "other", {}, key="follow-up")

    assert deliver_due(database, {"mail": job}) == 1


def test_two_workers_send_it_once(unit, database):
    post(unit, "letter")
    sent = []

    def slow(payload):
        sent.append(payload)
        assert deliver_due(database, {"mail": sent.append}) == 0, "the second worker, meanwhile"

    assert deliver_due(database, {"mail": slow}) == 1
    assert len(sent) == 1


def state(database):
    with ScopedSession(database, system("prova")) as session:
        [message] = session.scalars(select(OutboxMessage))
        return message.attempts, message.error, message.done_at is not None
