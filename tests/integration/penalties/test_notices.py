"""A notice of default from the draft to its closing: who does what, on which day, and what is refused in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from core.cases.model import CaseFile, Sending
from core.cases.operations import record_receipt
from core.contracts.model import Conferral, Contract
from core.ground.access import ScopedSession
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.ground.states import PassageLog
from core.penalties import counting, operations, penalties, procedure, undoing
from core.penalties.model import DefaultNotice, NoticeFinding
from core.penalties.operations import Outcome
from tests.factories import clerk_of
from tests.integration.penalties.conftest import ACCOUNTANT, DECIDED, FACTS, HEARD, RECEIVED, SENT


def test_a_municipality_goes_the_whole_way_from_the_draft_to_the_decision(quarrel):
    quarrel.decided()
    notice = quarrel.see(lambda n: (n.state, n.code, n.reply_due_nominal, n.reply_due_effective, n.decided_on))
    assert notice == ("decided", "1/2026", date(2026, 4, 25), date(2026, 4, 27), DECIDED)
    assert quarrel.see(lambda n: [f.outcome for f in n.findings]) == ["upheld"]


def test_both_terms_start_at_the_receipt_whichever_page_recorded_it(quarrel):
    quarrel.open()
    quarrel.send()
    letter = quarrel.see(lambda n: n.sending_id)
    with quarrel.unit("ricevuta", quarrel.comune) as session:
        record_receipt(session, letter, received_on=RECEIVED, today=RECEIVED)
    assert quarrel.see(lambda n: (n.state, n.received_on)) == ("received", RECEIVED)
    assert quarrel.see(lambda n: n.compliance_due_effective) == date(2026, 4, 30)


@pytest.mark.parametrize(("received", "effective"), [
    (date(2026, 12, 17), date(2027, 1, 2)),  # 1 January is a holiday, 2 January a Saturday and none
    (date(2028, 2, 14), date(2028, 2, 29)),  # a leap year's day
    (date(2026, 3, 14), date(2026, 3, 30)),  # the Sunday on which the clocks change
    (date(2026, 6, 9), date(2026, 6, 25)),  # 24 June is the patron's here
])
def test_the_term_for_answering_is_moved_off_holidays_over_years_clocks_and_patrons(quarrel, received, effective):
    with quarrel.unit("patrono") as session:
        contract = session.get_one(Contract, quarrel.contract)
        contract.starts_on, contract.ends_on = date(2026, 1, 1), date(2030, 12, 31)
        contract.runs_to = contract.ends_on
        contract.municipality_parties[0].party.patron_day = "06-24"
    early = date(2026, 1, 5)
    quarrel.open(quarrel.finding(happened_on=early))
    quarrel.send(sent_on=date(2026, 1, 7), today=received)
    quarrel.receive(today=received, received_on=received)
    assert quarrel.see(lambda n: n.reply_due_effective) == effective
    assert quarrel.waits("default_notice", received)["notice_reply"] == ("open", effective)


def test_the_deadlines_follow_the_notice_and_say_whose_turn_it_is(quarrel):
    quarrel.open()
    quarrel.send()
    assert quarrel.waits("default_notice", SENT)["notice_receipt"][0] == "open"
    quarrel.receive()
    assert quarrel.waits("default_notice", RECEIVED)["notice_compliance"] == ("open", date(2026, 4, 30))
    late = date(2026, 4, 28)
    assert quarrel.waits("default_notice", late)["notice_reply"][0] == "missed"
    quarrel.summon()
    assert quarrel.waits("default_notice", late)["notice_hearing"] == ("open", HEARD)
    quarrel.hear()
    quarrel.decide()
    waits = quarrel.waits("default_notice", DECIDED)
    assert waits["notice_decision"][0] == "met"
    assert waits["notice_reply"][0] == "cancelled"


def test_the_azienda_answers_with_a_document_and_the_municipality_answers_nothing_for_it(quarrel):
    quarrel.open()
    quarrel.send()
    quarrel.receive()
    assert quarrel.waits("default_notice", RECEIVED)["notice_reply"] == ("open", date(2026, 4, 27))
    said = {"kind": "rebuttal", "answered_on": date(2026, 4, 15), "text": "I ritardi furono due.",
            "paper": quarrel.paper}
    with pytest.raises(NotAllowed):
        quarrel.do(operations.answer, date(2026, 4, 15), **said)
    quarrel.do(operations.answer, date(2026, 4, 15), who=quarrel.manager, **said)
    assert quarrel.see(lambda n: (n.state, n.answer)) == ("answered", "rebuttal")
    assert quarrel.waits("default_notice", date(2026, 4, 15))["notice_reply"][0] == "met"
    with pytest.raises(RuleBroken, match="già registrata"):
        quarrel.do(operations.answer, date(2026, 4, 16), who=quarrel.manager, **said)


def test_silence_is_recorded_after_the_term_and_a_late_answer_is_recorded_all_the_same(quarrel):
    quarrel.open()
    quarrel.send()
    quarrel.receive()
    with pytest.raises(RuleBroken, match="non è ancora passato"):
        quarrel.do(operations.note_silence, date(2026, 4, 27))
    quarrel.do(operations.note_silence, date(2026, 4, 28))
    assert quarrel.see(lambda n: (n.state, n.answer)) == ("silent", "silence")  # and does not read as answered
    quarrel.do(operations.answer, date(2026, 4, 30), who=quarrel.manager, kind="compliance",
               answered_on=date(2026, 4, 30), text="Consegne di nuovo puntuali.", paper=quarrel.paper)
    assert quarrel.see(lambda n: (n.state, n.answer, n.complied_on)) == ("answered", "compliance", date(2026, 4, 30))
    assert [r.where for r in quarrel.see(procedure.remarks)] == ["answered_on"]


@pytest.mark.parametrize(("verb", "values", "words"), [
    (operations.answer, {"kind": "rebuttal", "answered_on": date(2026, 4, 9), "text": "No."}, "giorno precedente"),
    (operations.hear, {"held_on": date(2026, 4, 9), "present": ["A"], "minutes": "x"}, "giorno precedente"),
    (operations.hear, {"held_on": date(2026, 4, 12), "present": [], "minutes": "x"}, "chi era presente"),
    (operations.hear, {"held_on": date(2026, 5, 12), "present": ["A"], "minutes": "x"}, "non è ancora arrivato"),
])
def test_nothing_is_answered_or_heard_before_the_receipt_or_in_the_future(quarrel, verb, values, words):
    quarrel.open()
    quarrel.send()
    quarrel.receive()
    quarrel.summon()
    with pytest.raises(RuleBroken, match=words):
        quarrel.do(verb, date(2026, 4, 20), who=quarrel.manager, paper=quarrel.paper, **values)


def test_before_the_receipt_is_recorded_nobody_answers_and_nobody_is_summoned(quarrel):
    quarrel.open()
    quarrel.send()
    with pytest.raises(RuleBroken, match="non risulta ricevuta"):
        quarrel.summon()
    with pytest.raises(RuleBroken, match="non risulta ricevuta"):
        quarrel.do(operations.answer, SENT, who=quarrel.manager, kind="rebuttal", answered_on=SENT, text="No.",
                   paper=quarrel.paper)


@pytest.mark.parametrize(("facts", "words"), [
    ({"facts": "   "}, "senza fatti"),
    ({"addressee": ""}, "a chi è rivolta"),
    ({"compliance_days": None}, "termine per adempiere"),
    ({"compliance_by": date(2026, 6, 1)}, "termine per adempiere"),
    ({"compliance_days": 0}, "da 1 a"),
])
def test_a_notice_says_facts_addressee_and_one_term_for_complying(quarrel, facts, words):
    with pytest.raises(RuleBroken, match=words):
        quarrel.open(**facts)


@pytest.mark.parametrize(("changes", "words"), [
    ({"facts": ""}, "fatti precisi"),
    ({"kind": "unknown"}, "tipo di inadempienza"),
    ({"happened_on": date(2026, 5, 1)}, "giorno futuro"),
    ({"happened_on": date(2025, 12, 31)}, "non era in vigore"),
    ({"happened_to": date(2026, 3, 1)}, "prima di cominciare"),
])
def test_a_finding_is_exact_and_of_a_day_on_which_the_contract_held(quarrel, changes, words):
    with pytest.raises(RuleBroken, match=words):
        quarrel.open(quarrel.finding(**changes))


def test_without_findings_there_is_no_notice(quarrel):
    with pytest.raises(RuleBroken, match="almeno un'inadempienza"), quarrel.unit("x", quarrel.comune) as session:
        operations.open_notice(session, quarrel.contract, quarrel.municipality, quarrel.facts(), [], today=SENT)


def test_a_service_that_was_not_conferred_that_day_cannot_be_contested(quarrel):
    with quarrel.unit("fine") as session:
        for row in session.scalars(select(Conferral)):
            row.valid_to = FACTS - timedelta(days=1)
    with pytest.raises(RuleBroken, match="non era conferito"):
        quarrel.open()


def test_facts_of_the_continuity_after_the_expiry_are_still_of_the_contract(quarrel):
    with quarrel.unit("scade") as session:
        contract = session.get_one(Contract, quarrel.contract)
        contract.state, contract.runs_to = "continuity", date(2026, 2, 28)
    assert quarrel.open()


def test_the_same_default_is_not_contested_twice_unless_the_first_notice_was_withdrawn(quarrel):
    with pytest.raises(RuleBroken, match="due volte"):
        quarrel.open(quarrel.finding(), quarrel.finding(facts="Di nuovo."))
    first = quarrel.open()
    with pytest.raises(RuleBroken, match=r"diffida n\. 1/2026"):
        quarrel.open()
    quarrel.do(operations.withdraw, SENT, key=first, why="Errore nel servizio.")
    quarrel.open()
    assert quarrel.see(lambda n: n.code) == "2/2026"


@pytest.mark.parametrize(("values", "words"), [
    ({"channel": "by_hand"}, "PEC o per raccomandata"),
    ({"protocol_number": " "}, "protocollo"),
    ({"sent_on": date(2026, 3, 1)}, "non può essere partita"),
    ({"sent_on": SENT + timedelta(days=1)}, "non è ancora arrivato"),
])
def test_a_notice_leaves_by_pec_or_registered_post_with_its_number_and_after_the_facts(quarrel, values, words):
    quarrel.open()
    with pytest.raises(RuleBroken, match=words):
        quarrel.send(**values)


def test_a_notice_without_a_file_that_proves_the_sending_does_not_leave(quarrel):
    quarrel.open()
    for content in (b"", b"MZ programma"):
        with pytest.raises(RuleBroken):
            quarrel.send(paper=replace(quarrel.paper, content=content))
    assert quarrel.see(lambda n: n.state) == "draft"


def test_a_receipt_before_the_sending_is_refused_and_leaves_the_notice_as_it_was(quarrel):
    quarrel.open()
    quarrel.send()
    with pytest.raises(RuleBroken, match="non può essere stata ricevuta"):
        quarrel.receive(received_on=SENT - timedelta(days=1))
    assert quarrel.see(lambda n: (n.state, n.received_on)) == ("sent", None)


def test_a_draft_is_corrected_with_its_findings_and_a_notice_that_left_is_not(quarrel):
    key = quarrel.open()
    with quarrel.unit("corregge", quarrel.comune) as session:
        operations.edit_notice(session, key, quarrel.facts(compliance_days=None, compliance_by=date(2026, 6, 1)), [
            quarrel.finding(facts="Alle 15."), quarrel.finding(kind="harm")], version=1, today=SENT)
    assert quarrel.see(lambda n: next(f.facts for f in n.findings)) == "Alle 15."
    with pytest.raises(RuleBroken, match="Nel frattempo"), quarrel.unit("stantia", quarrel.comune) as session:
        operations.edit_notice(session, key, quarrel.facts(), [quarrel.finding()], version=1, today=SENT)
    quarrel.send()
    with pytest.raises(RuleBroken, match="già partita"), quarrel.unit("tardi", quarrel.comune) as session:
        operations.edit_notice(session, key, quarrel.facts(), [quarrel.finding()], version=None, today=SENT)


def test_it_is_decided_after_the_term_and_after_the_hearing_even_if_the_rebuttal_came_early(quarrel):
    quarrel.open()
    quarrel.send()
    quarrel.receive()
    quarrel.do(operations.answer, date(2026, 4, 12), who=quarrel.manager, kind="rebuttal",
               answered_on=date(2026, 4, 12), text="No.", paper=quarrel.paper)
    quarrel.summon(summoned_for=date(2026, 4, 20))
    with pytest.raises(RuleBroken, match="sentite in contraddittorio"):
        quarrel.decide(DECIDED)
    quarrel.hear(today=date(2026, 4, 20), held_on=date(2026, 4, 20))
    with pytest.raises(RuleBroken, match="prima che scada il termine"):
        quarrel.decide(date(2026, 4, 27), decided_on=date(2026, 4, 27))
    quarrel.decide(date(2026, 4, 28), decided_on=date(2026, 4, 28))
    assert quarrel.see(lambda n: n.override_why) == ""


def test_the_municipality_decides_early_with_a_reason_that_stays_for_everybody(quarrel):
    quarrel.open()
    quarrel.send()
    quarrel.receive()
    early, why = date(2026, 4, 14), "I fatti sono ammessi per iscritto."
    with pytest.raises(RuleBroken, match="sentite in contraddittorio"):
        quarrel.decide(early, decided_on=early, override_why="  ")
    quarrel.decide(early, decided_on=early, override_why=why)
    with ScopedSession(quarrel.database, quarrel.comune) as session:
        assert session.get_one(DefaultNotice, quarrel.notice).override_why == why
        told = session.scalars(select(PassageLog).where(PassageLog.action == "decide_early")).one()
        assert (told.why, told.on_behalf) == (why, False)


def test_every_finding_needs_its_outcome_and_its_reasons(quarrel):
    quarrel.open(quarrel.finding(), quarrel.finding(kind="harm"))
    quarrel.send()
    quarrel.receive()
    quarrel.summon()
    quarrel.hear()
    first = quarrel.see(lambda n: n.findings[0].id)
    with pytest.raises(RuleBroken, match="Ogni inadempienza"):
        quarrel.do(operations.decide, DECIDED, outcomes={first: Outcome(True, "Sì.")}, decided_on=DECIDED)
    quarrel.decide(DECIDED, True, False)
    assert quarrel.see(lambda n: [f.outcome for f in n.findings]) == ["upheld", "not_upheld"]


def test_repeated_defaults_point_to_the_ground_for_termination(quarrel):
    quarrel.open(quarrel.finding(), quarrel.finding(kind="harm"))
    quarrel.send()
    quarrel.receive()
    quarrel.summon()
    quarrel.hear()
    quarrel.decide(DECIDED, True, False)
    with ScopedSession(quarrel.database, quarrel.manager) as session:
        assert counting.repeated(session, quarrel.contract) is None
    quarrel.do(undoing.undo, DECIDED, why="Errore.")
    quarrel.decide(DECIDED, True, True)
    with ScopedSession(quarrel.database, quarrel.comune) as session:
        assert counting.repeated(session, quarrel.contract).values == {"count": 2}


def test_a_finding_is_passed_on_to_the_provider_by_the_azienda_alone(quarrel):
    quarrel.open()
    finding = quarrel.see(lambda n: n.findings[0].id)
    values = {"key": finding, "provider_id": quarrel.provider, "on": SENT, "note": "Chiesti chiarimenti."}
    with pytest.raises(RuleBroken, match="bozza"):
        quarrel.do(operations.pass_on, SENT, who=quarrel.manager, **values)
    quarrel.send()
    with pytest.raises(NotAllowed):
        quarrel.do(operations.pass_on, SENT, **values)
    with pytest.raises(RuleBroken, match="da quello dei fatti"):
        quarrel.do(operations.pass_on, SENT, who=quarrel.manager, **{**values, "on": date(2026, 3, 1)})
    quarrel.do(operations.pass_on, SENT, who=quarrel.manager, **values)
    assert quarrel.see(lambda n: n.findings[0].passed_on) == SENT


def test_what_is_contested_is_counted_by_service_and_by_provider_and_year(quarrel):
    quarrel.decided()
    quarrel.apply()
    finding = quarrel.see(lambda n: n.findings[0].id)
    with ScopedSession(quarrel.database, quarrel.manager) as session:
        table = counting.by_provider(session, range(2025, 2027))
        assert [(key, tallies[2026].upheld) for key, _name, tallies in table.rows] == [(None, 1)]
    quarrel.do(operations.pass_on, DECIDED, who=quarrel.manager, key=finding, provider_id=quarrel.provider,
               on=DECIDED, note="")
    with ScopedSession(quarrel.database, quarrel.manager) as session:
        [row] = counting.by_provider(session, range(2025, 2027)).rows
        assert row[1:] == ("Cooperativa Uno", {2026: counting.Tally(1, 1, 500)})
        assert counting.by_service(session, range(2025, 2027)).total(2026) == counting.Tally(1, 1, 500)


def test_a_withdrawn_notice_waits_for_nobody_and_keeps_its_number(quarrel):
    quarrel.open()
    quarrel.send()
    quarrel.receive()
    with pytest.raises(RuleBroken, match="motivo"):
        quarrel.do(operations.withdraw, RECEIVED, why=" ")
    quarrel.do(operations.withdraw, RECEIVED, why="Il ritardo fu del Comune.")
    assert {state for state, _day in quarrel.waits("default_notice", RECEIVED).values()} <= {"cancelled", "met"}
    assert quarrel.see(lambda n: procedure.turn(n, RECEIVED)) is None


def test_a_notice_is_closed_when_no_penalty_is_left_to_pay(quarrel):
    quarrel.decided()
    key = quarrel.apply()
    with pytest.raises(RuleBroken, match=r"penale n\. 1/2026"):
        quarrel.do(operations.close, DECIDED, why="Finita.")
    quarrel.do(penalties.cancel, DECIDED, key=key, why="Accordo.")
    quarrel.do(operations.close, DECIDED, why="Finita.")
    assert quarrel.see(lambda n: (n.state, n.closed_on)) == ("closed", DECIDED)


@pytest.mark.parametrize(("steps", "state"), [
    (("receive",), "sent"), (("receive", "summon"), "received"),
    (("receive", "summon", "hear"), "summoned"), (("receive", "summon", "hear", "decide"), "heard"),
])
def test_a_mistaken_step_is_taken_back_with_a_reason_and_what_it_wrote_goes(quarrel, steps, state):
    quarrel.open()
    quarrel.send()
    for step in steps:
        getattr(quarrel, step)()
    quarrel.do(undoing.undo, DECIDED, why="Data sbagliata.")
    last = {"receive": "received_on", "summon": "summoned_for", "hear": "held_on", "decide": "decided_on"}[steps[-1]]
    assert quarrel.see(lambda n: (n.state, getattr(n, last))) == (state, None)
    getattr(quarrel, steps[-1])()  # and it is done again, the receipt too
    assert quarrel.see(lambda n: n.state) != state


def test_a_notice_that_left_is_withdrawn_and_its_sending_is_not_undone(quarrel):
    quarrel.open()
    quarrel.send()
    with pytest.raises(RuleBroken, match="si ritira"):
        quarrel.do(undoing.undo, SENT, why="Ci ho ripensato.")
    assert quarrel.see(lambda n: n.state) == "sent"


def test_a_withdrawal_is_not_taken_back_once_the_same_default_is_contested_again(quarrel):
    first = quarrel.open()
    quarrel.do(operations.withdraw, SENT, why="Il ritardo fu del Comune.")
    quarrel.open()
    with pytest.raises(RuleBroken, match="non si contesta due"):
        quarrel.do(undoing.undo, SENT, key=first, why="Ci ho ripensato.")
    quarrel.do(operations.withdraw, SENT, why="Doppia.")
    quarrel.do(undoing.undo, SENT, key=first, why="Ci ho ripensato.")
    quarrel.notice = first
    assert quarrel.see(lambda n: (n.state, n.closed_on)) == ("draft", None)


def test_an_answer_taken_back_leaves_the_compliance_that_was_recorded_before_it(quarrel):
    quarrel.open()
    quarrel.send()
    quarrel.receive()
    quarrel.do(operations.comply, DECIDED, complied_on=date(2026, 4, 15), paper=quarrel.paper)
    quarrel.do(operations.answer, DECIDED, who=quarrel.manager, kind="compliance", answered_on=date(2026, 4, 17),
               text="Fatto.", paper=quarrel.paper)
    quarrel.do(undoing.undo, DECIDED, who=quarrel.manager, why="Documento sbagliato.")
    assert quarrel.see(lambda n: (n.answer, n.complied_on)) == (None, date(2026, 4, 15))


def test_another_municipality_sees_nothing_and_can_do_nothing(quarrel):
    quarrel.open()
    quarrel.send()
    other = clerk_of(quarrel.stranger)
    with ScopedSession(quarrel.database, other) as session:
        for entity in (DefaultNotice, NoticeFinding, Sending, CaseFile, PassageLog):
            assert session.scalar(select(func.count()).select_from(entity)) == 0
    with pytest.raises(NotVisible):
        quarrel.receive(who=other)
    with pytest.raises(NotVisible):
        quarrel.open(who=other)
    with pytest.raises(NotAllowed):
        quarrel.open(who=ACCOUNTANT)


def test_a_contract_of_others_is_refused_in_words(quarrel):
    with pytest.raises(RuleBroken, match="non è parte"), quarrel.unit("x", quarrel.manager) as session:
        operations.open_notice(session, quarrel.contract, quarrel.stranger, quarrel.facts(), [quarrel.finding()],
                               today=SENT)
