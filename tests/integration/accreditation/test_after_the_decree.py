"""From the pact on: the period, more time, suspension and its end, fines, monitoring, renewal, mistakes taken back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.accreditation import decree, follow_up, inspections, measures, monitoring, operations, undoing
from core.accreditation.model import Accreditation, Monitoring
from core.accreditation.passages import standing_measures
from core.deadlines.model import Deadline, DeadlineRule
from core.deadlines.operations import follow
from core.deadlines.waiting import waiting
from core.ground.access import system
from core.ground.errors import NotAllowed, RuleBroken
from core.ground.states import PassageLog
from core.register.model import RegisterEntry
from core.register.operations import publish
from tests.integration.accreditation.conftest import MANAGER, OFFICER, PDF, TODAY, Procedure

END = date(2029, 3, 1)  # thirty-six months from the pact
LATER = TODAY + timedelta(days=30)
NIGHT = system("notte")


def refused(words: str) -> pytest.RaisesContext[RuleBroken]:
    """What the office reads."""
    return pytest.raises(RuleBroken, match=words)


def night(procedure: Procedure, day: date) -> int:
    """What the worker does on a day."""
    with procedure.unit("notte", NIGHT) as session:
        return measures.advance(session, day)


def state_in_the_register(procedure: Procedure) -> tuple[str, date]:
    """What the public reads."""
    with procedure.unit() as session:
        entry = session.scalars(select(RegisterEntry)).one()
        return entry.state, entry.valid_to


def published(procedure: Procedure) -> Procedure:
    """Accredited and in the register."""
    procedure.accredited()
    procedure.act(publish)
    return procedure


def open_terms(procedure: Procedure, code: str) -> list[Deadline]:
    """The deadlines of a rule that are still open."""
    with procedure.unit() as session:
        query = select(Deadline).join(DeadlineRule).where(DeadlineRule.code == code, Deadline.state == "open")
        return list(session.scalars(query.order_by(Deadline.id)))


# --- the period -------------------------------------------------------------------------------------------


def test_the_pact_begins_a_period_of_the_months_of_the_set(procedure: Procedure):
    row = procedure.accredited().row()
    assert (row.state, row.valid_from, row.valid_to, row.runs_to) == ("accredited", TODAY, END, END)
    assert [term.effective for term in open_terms(procedure, "accreditation_end")] == [END]


def test_a_pact_comes_after_its_decree_and_has_its_file(procedure: Procedure):
    procedure.granted()
    before = TODAY - timedelta(days=1)
    for signed, first, file, words in ((before, TODAY, PDF, "precede"), (TODAY, before, PDF, "precede"),
                                       (TODAY, TODAY, None, "Allegare")):
        with refused(words):
            procedure.step(decree.sign_pact, signed_on=signed, valid_from=first, file=file)


def test_more_time_is_given_once_and_within_the_months_of_the_set(procedure: Procedure):
    published(procedure)
    more = {"number": "9", "decided_on": TODAY, "why": "Bando in corso."}
    with refused("al massimo 6 mesi: al più tardi il 01/09/2029"):
        procedure.step(measures.extend, to_day=date(2029, 9, 2), **more)
    procedure.step(measures.extend, to_day=date(2029, 9, 1), **more)
    assert (procedure.row().valid_to, procedure.row().runs_to) == (END, date(2029, 9, 1))
    assert state_in_the_register(procedure) == ("accredited", date(2029, 9, 1))
    with refused("ce ne sono già 1"):
        procedure.step(measures.extend, to_day=date(2029, 12, 1), **more)
    procedure.step(measures.ask_extension, why="Serve ancora tempo.", actor=procedure.place.person)
    with procedure.unit() as session:
        follow(session, "accreditation", [procedure.id], today=TODAY)  # what the worker does after a provider
    assert len(open_terms(procedure, "accreditation_extension")) == 1
    with refused("10 giorni per le osservazioni"):
        procedure.ruled(measures.refuse_extension, TODAY)
    procedure.warned("extension")
    later = TODAY + timedelta(days=14)
    with refused("Allegare|documento"):
        unsigned = measures.Ruling("31", later, later, "Le proroghe sono finite.")
        procedure.step(measures.refuse_extension, unsigned, on=later)
    procedure.ruled(measures.refuse_extension, later, actor=MANAGER)
    assert open_terms(procedure, "accreditation_extension") == []
    assert procedure.row().runs_to == date(2029, 9, 1)


def test_what_is_over_expires_and_the_register_says_so(procedure: Procedure):
    published(procedure)
    assert night(procedure, END) > 0  # monitoring has begun and fallen late; the accreditation still holds
    assert procedure.row().state == "accredited"
    night(procedure, END + timedelta(days=1))
    assert procedure.row().state == "expired"
    assert state_in_the_register(procedure)[0] == "expired"
    assert night(procedure, END + timedelta(days=1)) == 0  # run twice, it changes nothing


def test_a_renewal_begins_where_the_first_one_ends(procedure: Procedure):
    old = published(procedure).id
    later = date(2028, 11, 2)
    procedure.id = procedure.step(operations.renew, on=later)
    assert procedure.row().renews_id == old
    new = procedure.id
    assert procedure.row().declared["bambini"] == "28"
    procedure.fill()
    with procedure.unit() as session:
        for paper in session.get(Accreditation, new).unit.provider.papers:
            paper.valid_to = date(2030, 1, 1)
    procedure.step(operations.file, on=later)
    procedure.step(operations.find_complete, on=later)
    for asked in procedure.requirements():
        if asked.kind == "check":
            procedure.step(operations.assess, asked.id, outcome="met", on=later)
    procedure.step(decree.grant, decree.DecidingAct("40", later, "", PDF), on=later)
    with refused("due accreditamenti non si sovrappongono"):
        procedure.step(decree.sign_pact, signed_on=later, valid_from=later, file=PDF, on=later)
    procedure.step(decree.sign_pact, signed_on=later, valid_from=END + timedelta(days=1), file=PDF,
                   on=later)
    procedure.id = old
    with refused("due accreditamenti non si sovrappongono"):  # more time would run into the renewal
        procedure.step(measures.extend, number="5", decided_on=later, to_day=END + timedelta(days=30),
                       why="Per chiudere.", on=later, actor=MANAGER)
    night(procedure, END + timedelta(days=1))
    with procedure.unit() as session:
        assert session.get(Accreditation, old).state == "renewed"
        assert session.get(Accreditation, new).state == "accredited"
        entry = session.scalars(select(RegisterEntry)).one()
        assert (entry.accreditation_id, entry.decree, entry.state, entry.valid_from) == (
            new, "40", "accredited", END + timedelta(days=1))
        assert [told.state for told in entry.history] == ["accredited", "accredited"]


# --- measures ---------------------------------------------------------------------------------------------


def test_a_suspension_shows_at_once_and_is_lifted(procedure: Procedure):
    published(procedure)
    procedure.ruled(measures.suspend, TODAY, until=TODAY + timedelta(days=60))
    assert state_in_the_register(procedure)[0] == "suspended"
    assert len(open_terms(procedure, "accreditation_suspension")) == 1
    procedure.ruled(measures.readmit, TODAY)
    assert state_in_the_register(procedure)[0] == "accredited"
    assert open_terms(procedure, "accreditation_suspension") == []


def test_a_revocation_ends_it_the_day_before_and_closes_what_nobody_answers(procedure: Procedure):
    published(procedure)
    procedure.revoked(TODAY + timedelta(days=30))
    row = procedure.row()
    assert (row.state, row.runs_to, row.valid_to) == ("revoked", TODAY + timedelta(days=29), END)
    assert state_in_the_register(procedure)[0] == "revoked"
    with procedure.unit() as session:
        assert {m.state for m in session.scalars(select(Monitoring))} == {"skipped"}


def test_the_provider_gives_it_up_by_itself_and_suspends_nothing(procedure: Procedure):
    published(procedure)
    own = procedure.place.person
    with pytest.raises(NotAllowed):
        procedure.ruled(measures.suspend, TODAY, until=None, actor=own)
    with refused("rinuncia da oggi"):
        procedure.step(measures.renounce, why="Si chiude.", effective_on=TODAY, file=PDF, actor=own,
                       on=TODAY + timedelta(days=9))
    procedure.step(measures.renounce, why="Si chiude.", effective_on=TODAY, file=PDF, actor=own)
    assert (procedure.row().state, state_in_the_register(procedure)[0]) == ("renounced", "renounced")


def test_a_measure_of_tomorrow_waits_for_its_day(procedure: Procedure):
    procedure.accredited()
    with refused("registrarlo quel giorno"):
        procedure.step(measures.suspend, measures.Ruling(
            "1", TODAY, TODAY + timedelta(days=1), "Fatti.", PDF, urgent_why="Subito."), until=None)


@pytest.mark.parametrize(("kind", "amount", "holds"), [
    ("no_notice", "2500.00", True), ("no_notice", "25000.00", True), ("no_notice", "2499.99", False),
    ("no_requirements", "500.00", True), ("no_requirements", "5000.01", False),
    ("accreditation_requirement", "250.00", True), ("accreditation_requirement", "2500.01", False),
    ("accreditation_requirement", "249.99", False), ("parking", "300.00", False)])
def test_fines_keep_the_limits_of_the_law_both_included(kind: str, amount: str, holds: bool):
    if holds:
        measures.require_fine(kind, Decimal(amount))
    else:
        with pytest.raises(RuleBroken):
            measures.require_fine(kind, Decimal(amount))


def test_a_fine_is_recorded_and_changes_no_state(procedure: Procedure):
    procedure.accredited()
    procedure.ruled(measures.fine, TODAY, kind="accreditation_requirement", amount=Decimal("300.00"))
    with procedure.unit() as session:
        row = session.get(Accreditation, procedure.id)
        [fine] = standing_measures(session, row)
        assert (fine.kind, fine.amount, row.state) == ("fine", Decimal("300.00"), "accredited")


# --- mistakes ---------------------------------------------------------------------------------------------


def test_a_suspension_by_mistake_is_taken_back_and_both_stay_written(procedure: Procedure):
    published(procedure)
    procedure.ruled(measures.suspend, TODAY, until=None)
    procedure.step(undoing.undo, why="Unità sbagliata.")
    assert state_in_the_register(procedure)[0] == "accredited"
    with procedure.unit() as session:
        assert standing_measures(session, session.get(Accreditation, procedure.id)) == []
        actions = session.scalars(select(PassageLog.action).where(PassageLog.subject == "accreditation")).all()
        assert actions[-2:] == ["suspend", "undo"]


def test_a_revocation_by_mistake_gives_the_period_back(procedure: Procedure):
    procedure.accredited()
    procedure.revoked(LATER)
    procedure.step(undoing.undo, why="Numero sbagliato.", on=LATER)
    assert (procedure.row().state, procedure.row().runs_to) == ("accredited", END)


def test_a_revocation_taken_back_asks_again_for_the_monitoring_that_it_closed(procedure: Procedure):
    procedure.accredited()
    procedure.revoked(LATER)
    procedure.step(undoing.undo, why="Numero sbagliato.", on=LATER)
    with procedure.unit() as session:
        assert {(m.state, m.why) for m in session.scalars(select(Monitoring))} == {("draft", "")}


def test_a_revocation_is_not_taken_back_once_the_unit_has_applied_again(procedure: Procedure):
    first, later = procedure.accredited().id, TODAY + timedelta(days=30)
    procedure.revoked(later)
    procedure.granted()
    second = procedure.id
    with refused("due accreditamenti non si sovrappongono"):  # recorded late, it would have held beside the first
        procedure.step(decree.sign_pact, signed_on=TODAY, valid_from=TODAY, file=PDF, on=later)
    procedure.step(decree.sign_pact, signed_on=TODAY, valid_from=later, file=PDF, on=later)
    procedure.id = first
    with refused("due accreditamenti non si sovrappongono"):
        procedure.step(undoing.undo, why="Ripensamento.")
    procedure.id = second
    assert procedure.row().state == "accredited"


def test_a_unit_that_closes_signs_no_pact_and_stands_among_what_the_office_must_do(procedure: Procedure):
    procedure.granted()
    with procedure.unit() as session:
        session.get(Accreditation, procedure.id).unit.state = "closed"
    with refused("non è in esercizio"):
        procedure.step(decree.sign_pact, signed_on=TODAY, valid_from=TODAY, file=PDF)
    with procedure.unit() as session:
        session.get(Accreditation, procedure.id).unit.state = "operating"
    procedure.step(decree.sign_pact, signed_on=TODAY, valid_from=TODAY, file=PDF)
    with procedure.unit() as session:
        session.get(Accreditation, procedure.id).unit.state = "closed"
    with procedure.unit("lettura", OFFICER) as session:
        told = [str(item.what) for item in waiting(session, TODAY) if item.kind == "accreditation"]
    assert any("ha chiuso e risulta ancora accreditata" in words for words in told)


def test_a_decree_and_a_pact_by_mistake_are_taken_back_while_nothing_hangs_on_them(procedure: Procedure):
    procedure.accredited()
    procedure.step(undoing.undo, why="Patto di un'altra unità.")
    row = procedure.row()
    assert (row.state, row.valid_from, row.runs_to) == ("granted", None, None)
    procedure.step(undoing.undo, why="Decreto di un'altra unità.")
    row = procedure.row()
    assert (row.state, row.decided_on, row.decree_number, row.decree_id) == ("under_examination", None, "", None)


def test_a_published_pact_is_not_taken_back(procedure: Procedure):
    published(procedure)
    with refused("pubblicato nell'albo"):
        procedure.step(undoing.undo, why="Ripensamento.")
    with pytest.raises(NotAllowed):
        procedure.step(undoing.undo, why="Ripensamento.", actor=procedure.place.person)


def test_a_completion_asked_by_mistake_lets_the_clock_go_on(procedure: Procedure):
    procedure.examined()
    procedure.step(operations.ask_completion, why="Manca un documento.", due=TODAY + timedelta(days=9))
    assert open_terms(procedure, "accreditation_decree") == []
    procedure.step(undoing.undo, why="C'era.")
    assert [t.effective for t in open_terms(procedure, "accreditation_decree")] == [date(2026, 5, 2)]


# --- monitoring -------------------------------------------------------------------------------------------


def periods(procedure: Procedure) -> list[tuple[str, date, date, str]]:
    """Kind, first and last day, state."""
    with procedure.unit() as session:
        return [(m.kind, m.first_day, m.last_day, m.state)
                for m in session.scalars(select(Monitoring).order_by(Monitoring.first_day, Monitoring.kind))]


def full(session, key: int) -> dict[str, dict[str, object]]:
    """An answer to everything that is asked."""
    lines = monitoring.asked_form(session.get(Monitoring, key))
    return {line["code"]: {"answer": "met", "note": "", "figures": {
        figure["code"]: Decimal(4) for figure in line["figures"]}} for line in lines}


def test_periods_are_generated_from_the_day_of_the_pact(procedure: Procedure):
    procedure.accredited()
    assert periods(procedure) == [("half_year", TODAY, date(2026, 9, 1), "draft"),
                                  ("year", TODAY, date(2027, 3, 1), "draft")]
    night(procedure, date(2026, 9, 2))
    assert ("half_year", date(2026, 9, 2), date(2027, 3, 1), "draft") in periods(procedure)
    night(procedure, date(2026, 10, 2))
    assert periods(procedure)[0][3] == "late"


def test_an_answer_is_sent_after_its_period_whole_and_its_form_is_frozen(procedure: Procedure):
    procedure.accredited()
    own, day = procedure.place.person, date(2026, 9, 5)
    with procedure.unit() as session:
        key = session.scalars(select(Monitoring.id).where(Monitoring.kind == "half_year")).one()
    with procedure.unit("prova", own) as session, refused("Il periodo finisce il 01/09/2026"):
        monitoring.send(session, key, version=None, today=TODAY)
    with procedure.unit("prova", own) as session, refused("Manca la risposta a «Polizza assicurativa»"):
        monitoring.send(session, key, version=None, today=day)
    with procedure.unit("prova", own) as session:
        monitoring.save(session, key, full(session, key), version=None)
        monitoring.send(session, key, version=None, today=day)
    with procedure.unit() as session:
        sent = session.get(Monitoring, key)
        assert (sent.state, sent.sent_on) == ("sent", day)
        assert [line["code"] for line in sent.form] == ["A.1", "A.2", "B.2", "C.1"]
        assert follow_up.within(sent.form[3], sent.answers["C.1"]) is True
        assert session.scalars(follow_up.of_monitoring(key)).all() == []
    with procedure.unit("prova", own) as session, refused("non si modifica più"):
        monitoring.save(session, key, {}, version=None)
    with procedure.unit("prova", OFFICER) as session:
        monitoring.reopen(session, key, why="Un dato è di un'altra unità.", version=None, today=day)
        monitoring.skip(session, key, why="Unità chiusa per lavori.", version=None, today=day)
        assert session.get(Monitoring, key).state == "skipped"


def test_a_monitoring_out_of_limits_opens_its_follow_up(procedure: Procedure):
    procedure.accredited()
    own, day = procedure.place.person, date(2026, 9, 5)
    with procedure.unit() as session:
        key = session.scalars(select(Monitoring.id).where(Monitoring.kind == "half_year")).one()
    with procedure.unit("prova", own) as session:
        said = full(session, key)
        said["C.1"]["figures"]["bambini"] = Decimal(40)  # four educators: at most 28
        said["B.2"] = {**said["B.2"], "answer": "not_met", "note": "Un bagno è chiuso."}
        monitoring.save(session, key, said, version=None)
        monitoring.send(session, key, version=None, today=day)
    with procedure.unit("ufficio", OFFICER) as session:
        second, first = session.scalars(follow_up.of_monitoring(key)).all()
        assert "Bambini presenti insieme: 40, Educatori presenti insieme: 4 (limite: al massimo 7)" in first.text
        assert second.text.endswith("Un bagno è chiuso.") and first.requirement.code == "C.1"
        [item] = [item for item in waiting(session, day) if item.kind == "monitoring"]
        assert item.key == key and "fuori dai limiti" in str(item.what)
        with refused("giorno futuro"):
            follow_up.prescribe(session, first.id, prescription="Un educatore in più.", due_on=day, version=None,
                                today=day)
        follow_up.prescribe(session, first.id, prescription="Un educatore in più.", due_on=date(2026, 10, 5),
                            version=None, today=day)
        follow_up.close_finding(session, second.id, why="Riaperto ieri.", version=None, today=day)
        with refused("già la sua prescrizione"):
            follow_up.close_finding(session, first.id, why="No.", version=None, today=day)
        assert [item for item in waiting(session, day) if item.kind == "monitoring"] == []
        ids = (first.id, second.id)
    [asked] = open_terms(procedure, "accreditation_prescription")
    assert asked.effective == date(2026, 10, 5)
    with procedure.unit("prova", own) as session:
        inspections.answer(session, ids[0], text="Assunta.", file=PDF, version=None, today=day)
    with procedure.unit("ufficio", OFFICER) as session:
        inspections.verify(session, ids[0], satisfied=True, verified_on=day, version=None, today=day)
        monitoring.reopen(session, key, why="Un numero è sbagliato.", version=None, today=day)
        assert len(session.scalars(follow_up.of_monitoring(key)).all()) == 2  # what was acted on stays


def test_a_finding_on_which_nobody_acted_goes_with_the_answers_that_are_given_back(procedure: Procedure):
    procedure.accredited()
    day = date(2026, 9, 5)
    with procedure.unit("ufficio", OFFICER) as session:
        key = session.scalars(select(Monitoring.id).where(Monitoring.kind == "half_year")).one()
        said = full(session, key)
        said["C.1"]["figures"]["bambini"] = Decimal(40)
        monitoring.save(session, key, said, version=None)
        monitoring.send(session, key, version=None, today=day)
        assert len(session.scalars(follow_up.of_monitoring(key)).all()) == 1
        monitoring.reopen(session, key, why="Un numero è sbagliato.", version=None, today=day)
        assert session.scalars(follow_up.of_monitoring(key)).all() == []


def test_the_pact_bears_its_cig_and_its_correction_forgets_it(procedure: Procedure):
    procedure.granted()
    with refused("Il CIG «12» non è valido") as told:
        procedure.step(decree.sign_pact, signed_on=TODAY, valid_from=TODAY, file=PDF, cig="12")
    assert told.value.field == "cig"
    procedure.step(decree.sign_pact, signed_on=TODAY, valid_from=TODAY, file=PDF, cig="b8d4 1c27a9")
    assert procedure.row().cig == "B8D41C27A9"
    procedure.step(undoing.undo, why="Patto di un altro.")
    assert procedure.row().cig == ""


def test_the_deadline_of_monitoring_is_the_providers(procedure: Procedure):
    procedure.accredited()
    terms = open_terms(procedure, "accreditation_monitoring")
    assert {(t.owner_role, t.shared) for t in terms} == {("provider", True)}
    assert sorted(t.nominal for t in terms) == [date(2026, 10, 1), date(2027, 3, 31)]
