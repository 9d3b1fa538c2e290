"""What leaves after the commit: once, again after a failure, and never for an act that did not happen."""

import time
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


def test_the_first_failure_is_already_seen_and_may_be_tried_at_once(unit, database):
    post(unit, "letter")
    deliver_due(database, {"mail": refusing})
    with unit() as session:
        [message] = session.scalars(select(OutboxMessage).where(outbox.failing()))
        assert (message.attempts, message.error) == (1, "server spento")
        outbox.try_again(session, message.id)
    sent = []
    assert deliver_due(database, {"mail": sent.append}) == 1
    with unit() as session, pytest.raises(RuleBroken, match="già partito"):
        outbox.try_again(session, message.id)


def test_a_failure_without_words_is_kept_by_its_kind(unit, database):
    post(unit, "letter")

    def silent(_payload):
        raise TimeoutError

    deliver_due(database, {"mail": silent})
    assert state(database) == (1, "TimeoutError", False)


def test_a_server_that_hangs_holds_up_no_other_work_and_no_round_for_long(unit, database):
    post(unit, *(f"letter {n}" for n in range(5)))
    with unit() as session:
        outbox.post(session, "job", {}, key="job")
    done, tried = [], []

    def hanging(payload):
        tried.append(payload["subject"])
        time.sleep(0.03)
        raise TimeoutError("timed out")

    assert deliver_due(database, {"mail": hanging, "job": done.append}, span=timedelta(milliseconds=50)) == 1
    assert done == [{}] and 1 <= len(tried) < 5, "the others wait for the next round"


def test_what_never_failed_goes_before_what_did(unit, database, later):
    post(unit, "bad")
    deliver_due(database, {"mail": refusing})
    later(hours=1)
    post(unit, "good")
    order = []
    deliver_due(database, {"mail": lambda payload: order.append(payload["subject"])})
    assert order == ["good", "bad"]


def refusing(_payload):
    raise OSError("server spento")
