"""A receipt of another day than the one that was recorded: its terms run anew, and both days can be read."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.cases.corrections import correct_receipt
from core.cases.model import Note, Sending
from core.ground.access import Role, ScopedSession
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.ground.states import PassageLog
from core.penalties import operations, penalties
from tests.factories import clerk_of
from tests.integration.admin.house import invite
from tests.integration.penalties.conftest import ACCOUNTANT, HEARD, RECEIVED

LATER = date(2026, 4, 14)  # the right day of the receipt
TODAY = date(2026, 4, 15)


def letter_of(quarrel):
    return quarrel.see(lambda notice: notice.sending_id)


def correct(quarrel, who=None, *, on=LATER, why="La ricevuta dice il 14.", today=TODAY, version=None, letter=None):
    with quarrel.unit("corregge", who or quarrel.comune) as session:
        correct_receipt(session, letter or letter_of(quarrel), received_on=on, why=why, version=version, today=today)


@pytest.fixture
def received(quarrel):
    quarrel.notice = quarrel.reach("received", lambda: notify(quarrel))
    return quarrel


def notify(quarrel):
    quarrel.open()
    quarrel.send()
    quarrel.receive()
    return quarrel.notice


def test_the_azienda_moves_its_own_term_to_an_earlier_day_only_where_the_sender_is_here(received):
    with received.unit("accesso") as session:
        invite(session, "dresano", Role.MUNICIPALITY, municipality_ids=[received.municipality])
    with pytest.raises(NotAllowed, match="lo corregge chi l'ha inviata"):
        correct(received, received.manager)
    correct(received, received.manager, on=date(2026, 4, 9))
    assert received.see(lambda n: n.received_on) == date(2026, 4, 9)
    correct(received, received.comune)
    assert received.see(lambda n: n.received_on) == LATER


@pytest.mark.parametrize("who", ["comune", "manager"])
def test_both_terms_of_a_notice_run_from_the_right_day_and_the_wrong_one_stays_to_be_read(received, who):
    before = received.waits("default_notice", TODAY)
    correct(received, getattr(received, who))
    assert received.see(lambda n: (n.state, n.received_on, n.reply_due_nominal, n.compliance_due_effective)) == (
        "received", LATER, date(2026, 4, 29), date(2026, 5, 4))
    after = received.waits("default_notice", TODAY)
    assert before["notice_reply"] == ("open", date(2026, 4, 27))
    assert after["notice_reply"] == ("open", date(2026, 4, 29))
    with ScopedSession(received.database, received.comune) as session:
        assert session.get_one(Sending, letter_of(received)).received_on == LATER
        [told] = session.execute(select(Note.text, Note.actor)).all()
        assert told.text == ("Corretta la data di ricevimento di «Diffida n. 1/2026»: non il 10/04/2026 ma il "
                             "14/04/2026. Motivo: La ricevuta dice il 14.")
        assert told.actor == getattr(received, who).name
        recorded = select(PassageLog.received_on).where(PassageLog.action == "receive")
        assert session.scalars(recorded).all() == [RECEIVED]


@pytest.mark.parametrize(("on", "why", "sentence"), [
    (RECEIVED, "Motivo.", "È già registrato"),
    (date(2026, 4, 8), "Motivo.", "non può essere stata ricevuta"),
    (date(2026, 4, 16), "Motivo.", "non è ancora arrivato"),
    (LATER, "  ", "Indicare il motivo"),
])
def test_a_correction_is_refused_in_words(received, on, why, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        correct(received, on=on, why=why)


def test_nobody_corrects_who_could_not_have_recorded_it(received):
    with pytest.raises(NotAllowed, match="altro ufficio"):
        correct(received, ACCOUNTANT)
    with pytest.raises(NotVisible):
        correct(received, clerk_of(received.stranger))


def test_of_two_who_correct_the_same_day_the_second_is_told(received):
    with ScopedSession(received.database, received.manager) as session:
        seen = session.get_one(Sending, letter_of(received)).version
    correct(received, version=seen)
    with pytest.raises(RuleBroken, match="Nel frattempo"):
        correct(received, on=date(2026, 4, 13), version=seen)


def test_what_happened_since_must_fit_the_right_day(received):
    received.do(operations.answer, date(2026, 4, 13), who=received.manager, kind="rebuttal",
                answered_on=date(2026, 4, 13), text="Non è così.", paper=received.paper)
    with pytest.raises(RuleBroken, match=r"un atto del 13/04/2026"):
        correct(received)
    correct(received, on=date(2026, 4, 13))
    assert received.see(lambda n: n.received_on) == date(2026, 4, 13)


def test_a_silence_that_was_none_yet_is_taken_back_first(received):
    today = date(2026, 4, 28)
    received.do(operations.note_silence, today)
    with pytest.raises(RuleBroken, match="si può ancora riscontrare"):
        correct(received, today=today)
    correct(received, on=date(2026, 4, 9), today=today)
    assert received.see(lambda n: n.reply_due_effective) == date(2026, 4, 24)


def test_the_term_for_paying_a_penalty_runs_from_the_right_day(quarrel):
    key = quarrel.asked(sent_on=date(2026, 8, 4), received_on=date(2026, 8, 5))
    late = date(2026, 10, 6)
    with quarrel.unit("notte") as session:
        penalties.turn(session, late, [key])
    assert quarrel.look(key, lambda p: (p.state, p.due_effective)) == ("overdue", date(2026, 10, 5))
    letter = quarrel.look(key, lambda p: p.request_id)
    with pytest.raises(NotAllowed, match="altri ruoli"):  # it pays, and does not say from when it has to
        correct(quarrel, ACCOUNTANT, on=date(2026, 8, 10), today=late, letter=letter)
    correct(quarrel, on=date(2026, 8, 10), today=late, letter=letter)
    assert quarrel.look(key, lambda p: (p.state, p.request_received_on, p.due_nominal)) == (
        "requested", date(2026, 8, 10), date(2026, 10, 9))
    assert quarrel.waits("penalty", late, key)["penalty_payment"][1] == date(2026, 10, 9)


def test_a_notice_that_was_heard_keeps_its_state(quarrel):
    quarrel.open()
    quarrel.send()
    quarrel.receive()
    quarrel.summon()
    quarrel.hear()
    assert quarrel.see(lambda n: n.held_on) == HEARD
    correct(quarrel, today=HEARD)
    assert quarrel.see(lambda n: (n.state, n.received_on)) == ("heard", LATER)


def test_what_was_paid_covers_more_once_the_term_began_later(quarrel):
    key = quarrel.asked(sent_on=date(2026, 8, 4), received_on=date(2026, 8, 5))
    late = date(2026, 10, 20)
    quarrel.pay(key, late, "500.00")
    assert quarrel.look(key, lambda p: p.left) > 0  # the interest since the fifth came first
    letter = quarrel.look(key, lambda p: p.request_id)
    correct(quarrel, on=date(2026, 8, 25), today=late, letter=letter)
    assert quarrel.look(key, lambda p: (p.left, p.state)) == (0, "paid")
