"""The azienda owes and does not judge itself: what it records for the municipality is marked, told, and can be stopped.

Every story is told from the municipality's side: it finds on its home what it has not decided.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.deadlines.waiting import waiting
from core.ground.access import Principal, Role, ScopedSession, system
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.ground.outbox import OutboxMessage
from core.ground.states import PassageLog
from core.penalties import behalf, damages, operations, penalties, undoing
from core.penalties.model import DamageClaim, DefaultNotice, OnBehalf, Penalty
from core.penalties.operations import Outcome
from core.users.model import MunicipalityGrant, RoleGrant, User
from tests.factories import clerk_of, filled
from tests.integration.penalties.conftest import DECIDED, RECEIVED, SENT

DAY = date(2026, 9, 1)
LATER = date(2026, 9, 3)
WHY = "Non l'abbiamo deciso noi."


@pytest.fixture
def office(quarrel):
    """People with an address: the municipality's clerk, another municipality's, and the manager."""
    with quarrel.unit("persone") as session:
        for place, role, own in (("comune@dresano.example", Role.MUNICIPALITY, quarrel.municipality),
                                 ("altro@comune.example", Role.MUNICIPALITY, quarrel.stranger),
                                 ("direzione@azienda.example", Role.MANAGEMENT, None)):
            user = filled(User, email=place, active=True, fs_uniquifier=place, feed_token=place)
            user.grants = [RoleGrant(role=role)]
            user.municipality_grants = [] if own is None else [MunicipalityGrant(municipality_id=own)]
            session.add(user)
    return quarrel


def mails(quarrel) -> list[tuple[str, str, str]]:
    """What is on its way: to whom, subject, text."""
    with ScopedSession(quarrel.database, system("prova")) as session:
        sent = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "mail").order_by(OutboxMessage.id))
        return [(mail.payload["to"], mail.payload["subject"], mail.payload["text"]) for mail in sent]


def home(quarrel, who: Principal | None = None) -> list[str]:
    """What the first page of the municipality says of it."""
    with ScopedSession(quarrel.database, who or quarrel.comune) as session:
        return [str(item.what) for item in waiting(session, DAY) if item.kind == "on_behalf"]


def cancelled(quarrel) -> int:
    """A penalty of 500 euros that the azienda has cancelled on the municipality's behalf."""
    key = quarrel.asked()
    quarrel.do(penalties.cancel, DAY, who=quarrel.manager, key=key, why="Delibera n. 4.", paper=quarrel.paper)
    return key


def reduced(quarrel, to: str = "300.00", on: date = DAY, **by: str) -> None:
    """The azienda records a reduction."""
    quarrel.do(penalties.reduce, on, who=quarrel.manager, key=quarrel.penalties[0], to=Decimal(to), on=on,
               why="Accordo.", paper=quarrel.paper, **{"by": "agreement", **by})


def answer(quarrel, verb, today=LATER, who=None, **said):
    """What the municipality answers to the newest act."""
    quarrel.do(verb, today, key=quarrel.last_told(), who=who, **said)


def standing(quarrel, key):
    """State and euros owed of a penalty."""
    return quarrel.look(key, lambda p: (p.state, p.owed))


# --- marked and told --------------------------------------------------------------------------------------


def test_without_the_municipalitys_document_the_azienda_reduces_and_cancels_nothing(quarrel):
    key = quarrel.asked()
    with pytest.raises(RuleBroken, match="È un atto dell'ente"):
        quarrel.do(penalties.cancel, DAY, who=quarrel.manager, key=key, why="Ci pare giusto.")
    with pytest.raises(RuleBroken):
        quarrel.do(penalties.reduce, DAY, who=quarrel.manager, key=key, to=Decimal(1), by="agreement", on=DAY,
                   why="Ci pare giusto.", paper=replace(quarrel.paper, content=b""))
    assert standing(quarrel, key) == ("requested", 500)
    assert quarrel.told() == []


def test_what_is_recorded_on_its_behalf_is_marked_and_the_municipality_is_told_at_home_and_by_mail(office):
    key = cancelled(office)
    with ScopedSession(office.database, office.comune) as session:
        passage = session.scalars(select(PassageLog).where(PassageLog.action == "cancel")).one()
        assert passage.on_behalf and passage.document_id and passage.actor == office.manager.name
    assert home(office) == ["L'azienda ha registrato per conto dell'ente: l'annullamento della penale. Prenderne "
                            "atto, o opporsi."]
    [(to, subject, text)] = mails(office)
    assert (to, subject) == ("comune@dresano.example", "Patto: l'annullamento della penale, Penale n. 1/2026")
    assert "per conto del Comune" in text and "prova.pdf" in text and "Delibera n. 4." in text and "opporre" in text
    assert home(office, clerk_of(office.stranger)) == []
    assert standing(office, key) == ("cancelled", 500)


def test_what_the_municipality_does_itself_is_its_own_and_told_to_nobody(office):
    key = office.asked()
    office.do(penalties.cancel, DAY, key=key, why="Decisa per errore.")
    with ScopedSession(office.database, office.comune) as session:
        assert not session.scalars(select(PassageLog).where(PassageLog.action == "cancel")).one().on_behalf
    assert (office.told(), home(office), mails(office)) == ([], [], [])


@pytest.mark.parametrize("office_role", [Role.MANAGEMENT, Role.ACCOUNTING, Role.ADMINISTRATOR])
def test_who_works_for_the_azienda_never_speaks_for_the_creditor_whatever_other_role_they_hold(quarrel, office_role):
    key = quarrel.asked()
    both = Principal("Due Cappelli", frozenset({office_role, Role.MUNICIPALITY}), user_id=9,
                     municipality_ids=frozenset({quarrel.municipality}))
    with pytest.raises(RuleBroken, match="È un atto dell'ente"):
        quarrel.do(penalties.cancel, DAY, who=both, key=key, why="Come Comune.")
    quarrel.do(penalties.cancel, DAY, who=both, key=key, why="Come Comune.", paper=quarrel.paper)
    assert quarrel.told() == [("cancel", "told")]
    for verb, said in ((behalf.accept, {}), (behalf.object_to, {"why": WHY})):
        with pytest.raises(NotAllowed):
            answer(quarrel, verb, who=both, **said)


def test_the_municipality_takes_note_and_its_home_is_empty_again(quarrel):
    key = cancelled(quarrel)
    answer(quarrel, behalf.accept)
    assert home(quarrel) == []
    assert standing(quarrel, key) == ("cancelled", 500)
    with pytest.raises(NotAllowed):
        answer(quarrel, behalf.accept, who=quarrel.manager)


def test_another_municipality_neither_sees_the_act_nor_answers_it(quarrel):
    cancelled(quarrel)
    other = clerk_of(quarrel.stranger)
    assert quarrel.told(who=other) == []
    with pytest.raises(NotVisible):
        answer(quarrel, behalf.object_to, who=other, why=WHY)


# --- objection, confirmation, taking back -----------------------------------------------------------------


def test_an_objection_stops_the_cancelling_and_the_penalty_is_owed_as_before(office):
    key = cancelled(office)
    with pytest.raises(RuleBroken, match="motivo"):
        answer(office, behalf.object_to, why=" ")
    answer(office, behalf.object_to, why=WHY)
    assert standing(office, key) == ("requested", 500)
    assert office.waits("penalty", LATER, key)["penalty_payment"][0] == "open"
    assert home(office) == ["Decidere sull'atto a cui l'ente si è opposto (l'annullamento della penale): "
                            "confermarlo o annullarlo."]
    to, _subject, text = mails(office)[-1]
    assert to == "direzione@azienda.example" and WHY in text
    with pytest.raises(RuleBroken, match="prima di registrarne un altro"):
        reduced(office, on=LATER)


def test_while_it_is_stopped_time_goes_on_and_an_unpaid_penalty_is_overdue(quarrel):
    key = cancelled(quarrel)
    late = date(2026, 10, 20)
    answer(quarrel, behalf.object_to, late, why=WHY)
    assert standing(quarrel, key) == ("overdue", 500)


def test_taken_back_the_penalty_stands_as_it_was_and_the_diary_keeps_everything(quarrel):
    key = cancelled(quarrel)
    answer(quarrel, behalf.object_to, why=WHY)
    answer(quarrel, behalf.take_back, why="La delibera non esiste.")
    assert standing(quarrel, key) == ("requested", 500)
    assert quarrel.told() == [("cancel", "taken_back")] and home(quarrel) == []
    with ScopedSession(quarrel.database, quarrel.comune) as session:
        told = session.scalars(select(PassageLog.action).where(PassageLog.subject == "penalty").order_by(PassageLog.id))
        assert told.all() == ["apply", "request", "receive", "cancel", "stop"]
    quarrel.pay(key, LATER, "500.00")
    assert standing(quarrel, key) == ("paid", 500)


def test_confirmed_the_act_is_done_again_as_the_municipalitys_own(quarrel):
    key = cancelled(quarrel)
    answer(quarrel, behalf.object_to, why="Da verificare.")
    answer(quarrel, behalf.confirm)
    assert standing(quarrel, key) == ("cancelled", 500)
    assert quarrel.told() == [("cancel", "confirmed")]
    with ScopedSession(quarrel.database, quarrel.comune) as session:
        first, again = session.scalars(select(PassageLog).where(PassageLog.action == "cancel").order_by(PassageLog.id))
        assert (first.on_behalf, again.on_behalf) == (True, False)
        assert (first.document_id, first.why) == (again.document_id, again.why)


def test_a_cancelling_that_no_longer_can_be_is_not_confirmed(quarrel):
    key = cancelled(quarrel)
    answer(quarrel, behalf.object_to, why=WHY)
    quarrel.pay(key, LATER, "100.00")
    with pytest.raises(RuleBroken, match="stornarli"):
        answer(quarrel, behalf.confirm)
    assert quarrel.told() == [("cancel", "objected")]


def test_a_reduction_that_was_paid_already_is_stopped_and_the_rest_is_owed_again(quarrel):
    key = quarrel.asked()
    reduced(quarrel, "100.00")
    quarrel.pay(key, DAY, "100.00")
    assert standing(quarrel, key) == ("paid", 100)
    answer(quarrel, behalf.object_to, why=WHY)
    assert standing(quarrel, key) == ("part_paid", 500)
    assert quarrel.look(key, lambda p: (p.left, p.settled_on)) == (400, None)
    answer(quarrel, behalf.confirm)
    assert standing(quarrel, key) == ("paid", 100)


def test_the_second_reduction_is_stopped_down_to_the_first_and_the_first_only_after_it(quarrel):
    key = quarrel.asked()
    reduced(quarrel, "300.00")
    first = quarrel.last_told()
    reduced(quarrel, "200.00")
    with pytest.raises(RuleBroken, match="prima opporsi a quello"):
        quarrel.do(behalf.object_to, LATER, key=first, why=WHY)
    answer(quarrel, behalf.object_to, why=WHY)
    assert standing(quarrel, key) == ("reduced", 300)
    answer(quarrel, behalf.take_back, why=WHY)
    quarrel.do(behalf.object_to, LATER, key=first, why=WHY)
    assert standing(quarrel, key) == ("requested", 500)


def test_a_contest_that_a_reduction_had_ended_is_open_again(quarrel):
    key = quarrel.asked()
    quarrel.do(penalties.contest, DAY, who=quarrel.manager, key=key, kind="court", on=DAY, why="Eccessiva.")
    reduced(quarrel, by="court")
    answer(quarrel, behalf.object_to, why="La sentenza non c'è.")
    assert quarrel.look(key, lambda p: (p.state, p.contest, p.contested_on, p.owed)) == ("contested", "court", DAY, 500)


def test_the_azienda_corrects_what_it_recorded_in_error_until_the_municipality_answers(office):
    key = cancelled(office)
    answer(office, behalf.correct, who=office.manager, why="Era un'altra penale.")
    assert standing(office, key) == ("requested", 500)
    assert office.told() == [("cancel", "corrected")] and home(office) == []
    assert [to for to, _subject, _text in mails(office)] == ["comune@dresano.example"] * 2
    office.do(penalties.cancel, LATER, who=office.manager, key=key, why="Delibera n. 5.", paper=office.paper)
    answer(office, behalf.accept)
    with pytest.raises(RuleBroken, match="non è previsto"):
        answer(office, behalf.correct, who=office.manager, why="Ci abbiamo ripensato.")


# --- the notice -------------------------------------------------------------------------------------------


def delivered(quarrel) -> None:
    """A notice that the azienda has received."""
    quarrel.open()
    quarrel.send()
    quarrel.receive()


def test_a_notice_withdrawn_on_its_behalf_comes_back_with_its_terms(quarrel):
    delivered(quarrel)
    with pytest.raises(RuleBroken, match="È un atto dell'ente"):
        quarrel.do(operations.withdraw, RECEIVED, who=quarrel.manager, why="Si sono sbagliati.")
    quarrel.do(operations.withdraw, RECEIVED, who=quarrel.manager, why="Lettera del Comune.", paper=quarrel.paper)
    assert quarrel.see(lambda n: n.state) == "withdrawn"
    answer(quarrel, behalf.object_to, date(2026, 4, 12), why=WHY)
    assert quarrel.see(lambda n: (n.state, n.closed_on)) == ("received", None)
    assert quarrel.waits("default_notice", date(2026, 4, 12))["notice_reply"] == ("open", date(2026, 4, 27))
    answer(quarrel, behalf.confirm, date(2026, 4, 13))
    assert quarrel.see(lambda n: n.state) == "withdrawn"


def test_a_decision_taken_early_on_its_behalf_is_stopped_with_all_its_outcomes(quarrel):
    delivered(quarrel)
    early, why = date(2026, 4, 14), "Il Comune rinuncia."
    with pytest.raises(RuleBroken, match="È un atto dell'ente"):
        quarrel.decide(early, False, decided_on=early, override_why=why, who=quarrel.manager)
    quarrel.decide(early, False, decided_on=early, override_why=why, who=quarrel.manager, paper=quarrel.paper)
    assert quarrel.told() == [("decide_early", "told")]
    answer(quarrel, behalf.object_to, date(2026, 4, 15), why=WHY)
    assert quarrel.see(lambda n: (n.state, n.decided_on, n.override_why)) == ("received", None, "")
    assert quarrel.see(lambda n: [f.outcome for f in n.findings]) == ["open"]
    answer(quarrel, behalf.confirm, date(2026, 4, 16))
    assert quarrel.see(lambda n: (n.state, n.decided_on, n.override_why)) == ("decided", early, why)
    assert quarrel.see(lambda n: [f.outcome for f in n.findings]) == ["not_upheld"]


def test_the_azienda_does_not_take_back_what_the_municipality_decided(quarrel):
    quarrel.decided()
    with pytest.raises(NotAllowed):
        quarrel.do(undoing.undo, DECIDED, who=quarrel.manager, why="Decisione ingiusta.")
    assert quarrel.see(lambda n: n.state) == "decided"
    quarrel.do(undoing.undo, DECIDED, why="Data sbagliata.")
    assert quarrel.see(lambda n: n.state) == "heard"


def test_what_was_recorded_on_its_behalf_is_stopped_and_not_undone(quarrel):
    delivered(quarrel)
    quarrel.do(operations.withdraw, RECEIVED, who=quarrel.manager, why="Lettera.", paper=quarrel.paper)
    for who in (quarrel.manager, quarrel.comune):
        with pytest.raises(NotAllowed):
            quarrel.do(undoing.undo, RECEIVED, who=who, why="Errore.")


def test_a_low_penalty_decided_and_paid_on_its_behalf_is_stopped_and_another_can_be_decided(quarrel):
    quarrel.decided()
    with pytest.raises(RuleBroken, match="È un atto dell'ente"):
        quarrel.apply(amount="100.00", who=quarrel.manager)
    low = quarrel.apply(amount="100.00", who=quarrel.manager, paper=quarrel.paper)
    quarrel.pay(low, DECIDED, "100.00")
    answer(quarrel, behalf.object_to, why="Il Comune ha deciso 900 euro.")
    assert quarrel.look(low, lambda p: (p.state, p.paid)) == ("cancelled", 100)
    answer(quarrel, behalf.take_back, why="Importo mai deciso.")
    right = quarrel.apply(amount="900.00")
    assert standing(quarrel, right) == ("decided", 900)


def test_a_penalty_decided_on_its_behalf_and_confirmed_stands_again_as_its_money_says(quarrel):
    quarrel.decided()
    key = quarrel.apply(who=quarrel.manager, paper=quarrel.paper)
    quarrel.pay(key, DECIDED, "200.00")
    answer(quarrel, behalf.object_to, why="Da verificare.")
    answer(quarrel, behalf.confirm)
    assert standing(quarrel, key) == ("part_paid", 500)


def test_a_chain_of_acts_on_its_behalf_is_stopped_from_the_last_to_the_first(quarrel):
    quarrel.decided()
    key = quarrel.apply()
    quarrel.do(penalties.cancel, DECIDED, who=quarrel.manager, key=key, why="Lettera.", paper=quarrel.paper)
    first = quarrel.last_told()
    quarrel.do(operations.close, DECIDED, who=quarrel.manager, why="Lettera.", paper=quarrel.paper)
    with pytest.raises(RuleBroken, match="opporsi alla chiusura"):
        quarrel.do(behalf.object_to, DECIDED, key=first, why=WHY)
    answer(quarrel, behalf.object_to, DECIDED, why=WHY)
    quarrel.do(behalf.object_to, DECIDED, key=first, why=WHY)
    assert quarrel.see(lambda n: (n.state, n.closed_on)) == ("decided", None)
    assert standing(quarrel, key) == ("decided", 500)


def test_a_decision_from_which_a_penalty_has_come_is_stopped_after_the_penalty(quarrel):
    delivered(quarrel)
    quarrel.summon()
    quarrel.hear()
    quarrel.decide(who=quarrel.manager, paper=quarrel.paper)
    decision = quarrel.last_told()
    quarrel.apply(who=quarrel.manager, paper=quarrel.paper)
    with pytest.raises(RuleBroken, match=r"penale n\. 1/2026"):
        quarrel.do(behalf.object_to, DECIDED, key=decision, why=WHY)
    answer(quarrel, behalf.object_to, DECIDED, why=WHY)
    quarrel.do(behalf.object_to, DECIDED, key=decision, why=WHY)
    assert quarrel.see(lambda n: n.state) == "heard"


@pytest.mark.parametrize(("verb", "said"), [
    (damages.settle, {"amount": Decimal(1)}), (damages.reject, {}), (damages.withdraw, {})])
def test_the_end_of_a_claim_of_damages_is_the_municipalitys_too(quarrel, verb, said):
    delivered(quarrel)
    key = quarrel.claim(RECEIVED, amount=Decimal(120))
    with pytest.raises(RuleBroken, match="È un atto dell'ente"):
        quarrel.do(verb, DECIDED, who=quarrel.manager, key=key, on=DECIDED, why="Basta così.", **said)
    quarrel.do(verb, DECIDED, who=quarrel.manager, key=key, on=DECIDED, why="Lettera.", paper=quarrel.paper, **said)
    answer(quarrel, behalf.object_to, why=WHY)
    ended = quarrel.see(lambda n: [(d.state, d.settled_on, d.settled_amount) for d in n.damages])
    assert ended == [("open", None, None)]
    answer(quarrel, behalf.confirm)
    with ScopedSession(quarrel.database, quarrel.comune) as session:
        damage = session.get_one(DamageClaim, key)
        assert damage.state != "open" and damage.settled_amount == said.get("amount")


# --- the kind of a default --------------------------------------------------------------------------------


def test_the_decision_finds_another_kind_among_those_contested_and_its_band_holds(quarrel):
    quarrel.open(quarrel.finding(), quarrel.finding(kind="harm", happened_on=date(2026, 3, 5)))
    quarrel.send(sent_on=SENT)
    quarrel.receive()
    quarrel.summon()
    quarrel.hear()
    late, harm = quarrel.see(lambda n: [f.id for f in n.findings])
    said = {late: Outcome(True, "Ha danneggiato gli utenti.", "harm"), harm: Outcome(False, "Non provata.")}
    quarrel.do(operations.decide, DECIDED, outcomes=said, decided_on=DECIDED)
    assert quarrel.see(lambda n: [(f.kind, f.found_kind) for f in n.findings]) == [("delay", "harm"), ("harm", "harm")]
    with pytest.raises(RuleBroken, match="sotto il minimo"):
        quarrel.apply(amount="500.00")
    key = quarrel.apply(amount="1500.00")
    assert quarrel.look(key, lambda p: (p.kind, p.minimum)) == ("harm", 1000)


def test_nobody_is_found_to_have_done_what_the_notice_did_not_contest(quarrel):
    quarrel.open()
    quarrel.send()
    quarrel.receive()
    quarrel.summon()
    quarrel.hear()
    finding = quarrel.see(lambda n: n.findings[0].id)
    with pytest.raises(RuleBroken, match="non è contestato") as refused:
        quarrel.do(operations.decide, DECIDED, outcomes={finding: Outcome(True, "Più grave.", "harm")},
                   decided_on=DECIDED)
    assert refused.value.field == f"kind_{finding}"


def test_one_fact_is_not_upheld_twice_as_the_same_kind(quarrel):
    quarrel.open(quarrel.finding(), quarrel.finding(kind="harm"))
    quarrel.send()
    quarrel.receive()
    quarrel.summon()
    quarrel.hear()
    late, harm = quarrel.see(lambda n: [f.id for f in n.findings])
    said = {late: Outcome(True, "Danno.", "harm"), harm: Outcome(True, "Danno.")}
    with pytest.raises(RuleBroken, match="stesso tipo"):
        quarrel.do(operations.decide, DECIDED, outcomes=said, decided_on=DECIDED)


def test_the_rows_of_what_was_recorded_name_case_and_municipality(quarrel):
    key = cancelled(quarrel)
    with ScopedSession(quarrel.database, quarrel.comune) as session:
        row = session.scalars(select(OnBehalf)).one()
        assert behalf.case_of(session, row) is session.get_one(Penalty, key)
        assert str(behalf.name_of(row)) == "l'annullamento della penale"
        assert session.get_one(DefaultNotice, quarrel.notice).state == "decided"
