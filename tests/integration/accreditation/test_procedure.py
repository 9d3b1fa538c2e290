"""From the application to the decree: who may, what is missing, when the clock runs, what stops a favourable act."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from core.accreditation import decree, inspections, operations, undoing
from core.accreditation.decree import DecidingAct
from core.accreditation.model import Accreditation, InspectionFinding, RequirementCheck
from core.accreditation.passages import judged
from core.deadlines.model import Deadline, DeadlineRule
from core.deadlines.operations import follow
from core.documents.model import Document
from core.ground.access import Principal, ScopedSession
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.ground.states import PassageLog
from core.providers.model import ProviderPaper
from tests.factories import clerk_of
from tests.integration.accreditation.conftest import (
    MANAGER,
    OFFICER,
    PDF,
    TODAY,
    Place,
    Procedure,
    add_paper,
    provider_of,
)

DECREE = DecidingAct("12", TODAY, "", PDF)
SOON = TODAY + timedelta(days=20)


def refused(words: str) -> pytest.RaisesContext[RuleBroken]:
    """What the office reads."""
    return pytest.raises(RuleBroken, match=words)


def terms(session: ScopedSession, code: str) -> list[Deadline]:
    """The deadlines of one rule."""
    query = select(Deadline).join(DeadlineRule).where(DeadlineRule.code == code).order_by(Deadline.id)
    return list(session.scalars(query))


# --- opening ----------------------------------------------------------------------------------------------


def test_a_unit_without_notice_of_operation_cannot_apply(unit, place: Place):
    with refused("non è in esercizio"), unit(principal=OFFICER) as session:
        operations.open_application(session, place.planned, today=TODAY)


def test_a_unit_has_one_procedure_at_a_time(procedure: Procedure):
    procedure.open()
    with refused("ha già il procedimento n. 1/2026"):
        Procedure(procedure.unit, procedure.place, procedure.reach).open()


def test_two_accreditations_of_one_unit_do_not_overlap(procedure: Procedure):
    procedure.accredited()
    with refused("due accreditamenti non si sovrappongono"):
        Procedure(procedure.unit, procedure.place, procedure.reach).open()


def test_an_application_begins_with_what_the_notice_of_operation_says(procedure: Procedure):
    assert procedure.open().row().declared == {"posti": "30", "eta_minima": "3", "eta_massima": "36"}


# --- the provider's own part ------------------------------------------------------------------------------


def test_the_providers_person_fills_in_and_files_its_own(procedure: Procedure):
    own = procedure.place.person
    procedure.open(own).fill(own)
    procedure.step(operations.file, filed_on=date(2026, 2, 2), actor=own)
    assert (procedure.row().state, procedure.row().filed_on) == ("filed", TODAY)
    with procedure.unit("lettura", own) as session:
        documents = session.scalars(select(Document)).all()
        assert len(documents) == len(session.scalars(select(RequirementCheck)).all()) > 0


def test_after_filing_only_the_office_changes_the_figures(procedure: Procedure):
    own = procedure.place.person
    procedure.open(own)
    procedure.step(operations.file, actor=own)
    with refused("si completa quando l'ufficio lo chiede"):
        procedure.step(operations.declare, {}, actor=own)


def test_another_provider_finds_nothing(procedure: Procedure):
    procedure.open()
    stranger = provider_of(procedure.place.provider + 1000)
    with pytest.raises(NotVisible):
        procedure.step(operations.file, actor=stranger)
    with procedure.unit("lettura", stranger) as session:
        assert session.scalars(select(Accreditation)).all() == []


def test_a_municipality_sees_no_procedure_and_a_provider_decides_nothing(procedure: Procedure):
    procedure.examined()
    with procedure.unit("lettura", clerk_of(1)) as session:
        assert session.scalars(select(Accreditation)).all() == []
    with pytest.raises(NotAllowed):
        procedure.step(decree.grant, DECREE, actor=procedure.place.person)


# --- completeness and its clock ---------------------------------------------------------------------------


def test_what_is_missing_is_said_in_words(procedure: Procedure):
    procedure.open()
    procedure.step(operations.file)
    with refused("Manca il dato «Bambini presenti insieme»"):
        procedure.step(operations.find_complete)


def test_the_clock_starts_at_completeness_and_stands_still_while_completion_is_asked(procedure: Procedure):
    procedure.open().fill()
    procedure.step(operations.file)
    procedure.step(operations.find_complete, on=date(2026, 3, 10))
    with procedure.unit() as session:
        [term] = terms(session, "accreditation_decree")
        assert term.nominal == date(2026, 5, 9)  # sixty days from completeness
    procedure.step(operations.ask_completion, why="Serve il piano aggiornato.", due=date(2026, 4, 20),
                   on=date(2026, 3, 20))
    with procedure.unit() as session:
        assert [t.state for t in terms(session, "accreditation_decree")] == ["suspended"]
        [asked] = terms(session, "accreditation_completion")
        assert (asked.effective, asked.owner_role) == (date(2026, 4, 20), "provider")
    procedure.step(operations.complete, actor=procedure.place.person, on=date(2026, 4, 1))
    procedure.step(operations.find_complete, complete_on=date(2026, 4, 1), on=date(2026, 4, 3))
    with procedure.unit() as session:
        [term] = terms(session, "accreditation_decree")
        assert (term.state, term.effective) == ("open", date(2026, 5, 21))  # twelve days later
    assert procedure.row().complete_on == date(2026, 3, 10)


# --- the decree -------------------------------------------------------------------------------------------


def test_an_examined_application_is_accredited_by_the_management(procedure: Procedure):
    procedure.examined()
    procedure.step(decree.grant, DECREE, actor=MANAGER)
    row = procedure.row()
    assert (row.state, row.decree_number, row.decided_on) == ("granted", "12", TODAY)


def test_what_was_computed_stays_as_it_was_for_the_decree(procedure: Procedure):
    procedure.granted()
    with procedure.unit() as session:
        for paper in session.scalars(select(ProviderPaper)):
            paper.valid_to = date(2026, 3, 1)
        said = {j.requirement.code: j.outcome for j in judged(session, session.get(Accreditation, procedure.id), TODAY)}
        assert (said["A.1"], said["C.1"]) == ("met", "met")


def test_before_completeness_nothing_is_decided(procedure: Procedure):
    procedure.open()
    procedure.step(operations.file)
    with refused("non è ancora riconosciuta completa"):
        procedure.step(decree.grant, DECREE)


def test_too_many_children_for_the_staff_stop_the_decree(procedure: Procedure):
    procedure.examined(bambini=30, educatori=4)
    with refused(r"C.1, Un educatore ogni 7 bambini: non è rispettato"):
        procedure.step(decree.grant, DECREE)


def test_sixty_one_places_are_no_nido(procedure: Procedure):
    procedure.examined(posti=61)
    with refused("B.2, Al massimo 60 posti: non è rispettato"):
        procedure.step(decree.grant, DECREE)


@pytest.mark.parametrize("kind", ["insurance", "durc"])
def test_a_paper_that_is_over_stops_the_decree(procedure: Procedure, kind: str):
    procedure.examined()
    with procedure.unit() as session:
        session.scalars(select(ProviderPaper).where(ProviderPaper.kind == kind)).one().valid_to = date(2026, 3, 1)
    with refused("è scaduto il 01/03/2026"):
        procedure.step(decree.grant, DECREE)
    with procedure.unit() as session:
        add_paper(session, procedure.place.provider, kind, date(2027, 3, 1))
    procedure.step(decree.grant, DECREE)


def test_a_word_on_a_paper_does_not_make_an_expired_one_hold(procedure: Procedure):
    procedure.examined()
    papers = [asked for asked in procedure.requirements() if asked.paper == "durc"]
    for asked in papers:
        procedure.step(operations.assess, asked.id, outcome="not_applicable", note="Non serve.")
    with procedure.unit() as session:
        session.scalars(select(ProviderPaper).where(ProviderPaper.kind == "durc")).one().valid_to = date(2026, 3, 1)
    with refused("è scaduto il 01/03/2026"):
        procedure.step(decree.grant, DECREE)


def test_a_decree_has_number_file_and_a_day_that_has_come(procedure: Procedure):
    procedure.examined()
    for wrong, words in ((DecidingAct("", TODAY, "", PDF), "numero"), (DecidingAct("1", TODAY, "", None), "Allegare"),
                         (DecidingAct("1", SOON, "", PDF), "non è ancora arrivato"),
                         (DecidingAct("1", TODAY - timedelta(days=1), "", PDF), "precede")):
        with refused(words):
            procedure.step(decree.grant, wrong)
    with refused("ragioni del diniego"):
        procedure.step(decree.refuse, DECREE)


def test_two_officers_decide_at_once_and_the_second_gets_a_sentence(procedure: Procedure):
    procedure.examined()
    procedure.warned()
    later, seen = TODAY + timedelta(days=11), procedure.row().version
    procedure.act(decree.grant, DECREE, version=seen, on=later)
    with refused("qualcun altro ha modificato"):
        procedure.act(decree.refuse, DecidingAct("2", later, "No.", PDF), version=seen, actor=MANAGER, on=later)
    row = procedure.row()
    assert (row.state, row.decree_number) == ("granted", "12")


def test_two_officers_at_the_same_instant_leave_one_decree_and_nothing_half_written(procedure: Procedure):
    procedure.examined()
    seen, start = procedure.row().version, Barrier(2)

    def decide(actor: Principal, number: str) -> str:
        try:
            with procedure.unit("prova", actor) as session:
                session.get(Accreditation, procedure.id)
                start.wait(timeout=5) if session.get_bind().dialect.name == "postgresql" else None
                decree.grant(session, procedure.id, DecidingAct(number, TODAY, "", PDF), version=seen, today=TODAY)
            return "fatto"
        except RuleBroken as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        told = [work.result() for work in [pool.submit(decide, OFFICER, "1"), pool.submit(decide, MANAGER, "2")]]
    [sentence] = [words for words in told if words != "fatto"]
    assert "qualcun altro ha modificato gli stessi dati" in sentence
    with procedure.unit() as session:
        passages = session.scalars(select(PassageLog).where(PassageLog.action == "grant")).all()
        assert len(passages) == 1
        assert session.scalar(select(func.count(Document.id)).where(Document.kind == "decree")) == 1


# --- inspections ------------------------------------------------------------------------------------------


def test_an_open_finding_stops_the_decree_unless_it_is_prescribed(procedure: Procedure):
    procedure.examined()
    procedure.settle("E.2", "not_met", "manca il piano")
    procedure.inspected(requirement_id=procedure.requirement("E.2").id, prescription="Fare il piano.", due_on=SOON)
    with refused("rilievo aperto"):
        procedure.step(decree.grant, DECREE)
    procedure.step(decree.grant, DECREE, with_prescriptions=True)
    assert procedure.row().state == "granted_with_prescriptions"


def test_an_unmet_requirement_without_its_prescription_stops_it_all_the_same(procedure: Procedure):
    procedure.examined().settle("E.2", "not_met", "manca il piano")
    procedure.inspected(prescription="Rifare il cancello.", due_on=SOON)
    with refused("E.2, Sicurezza e igiene: non è rispettato"):
        procedure.step(decree.grant, DECREE, with_prescriptions=True)


def test_the_provider_answers_a_prescription_and_the_office_verifies_it(procedure: Procedure):
    procedure.examined()
    finding, own = procedure.inspected(prescription="Fare il piano.", due_on=SOON), procedure.place.person
    with procedure.unit() as session:
        [term] = terms(session, "accreditation_prescription")
        assert (term.effective, term.owner_role, term.shared) == (date(2026, 3, 23), "provider", True)  # after Sunday
    with procedure.unit("risposta", own) as session:
        inspections.answer(session, finding, text="Il piano è affisso.", file=PDF, version=None, today=TODAY)
    with procedure.unit("lettura", own) as session:
        answered = session.get(InspectionFinding, finding)
        assert answered.outcome == "answered" and answered.answer_file is not None
    with procedure.unit("verifica", OFFICER) as session:
        inspections.verify(session, finding, satisfied=False, due_on=SOON + timedelta(days=10), verified_on=TODAY,
                           version=None, today=TODAY)
        inspections.verify(session, finding, satisfied=True, verified_on=TODAY, version=None, today=TODAY)
        [term] = terms(session, "accreditation_prescription")
        assert term.state == "met"


def test_a_prescription_has_a_term_and_an_inspection_its_minutes(procedure: Procedure):
    procedure.examined()
    visit = procedure.act(inspections.appoint, purpose="requirements", appointed_for=SOON)
    with procedure.unit("prova", OFFICER) as session, refused("registrare prima il verbale"):
        inspections.add_finding(session, visit, text="Manca.", today=TODAY)
    with refused("Una prescrizione ha un termine"):
        procedure.inspected(prescription="Fare il piano.")
    with refused("viene dopo il sopralluogo"):
        procedure.inspected(prescription="Fare il piano.", due_on=TODAY)


def test_a_completeness_found_by_mistake_is_taken_back_with_its_clock(procedure: Procedure):
    procedure.open().fill()
    procedure.step(operations.file)
    procedure.step(operations.find_complete)
    procedure.step(undoing.undo, why="Domanda di un'altra unità.")
    row = procedure.row()
    assert (row.state, row.complete_on) == ("filed", None)
    procedure.step(operations.find_complete)
    procedure.step(operations.ask_completion, why="Manca un documento.", due=SOON)
    procedure.step(operations.complete, on=SOON)
    procedure.step(operations.find_complete, on=SOON)
    procedure.step(undoing.undo, why="Il documento era un altro.", on=SOON)
    assert procedure.row().complete_on == TODAY  # the first completeness stands
    with procedure.unit() as session:
        assert [t.state for t in terms(session, "accreditation_decree") if t.state != "cancelled"] == ["suspended"]


def test_an_application_that_is_withdrawn_asks_nothing_of_anybody_any_more(procedure: Procedure):
    procedure.open().fill()
    procedure.step(operations.file)
    procedure.step(operations.cancel, why="Ci si ripensa.", actor=procedure.place.person)
    with procedure.unit() as session:
        follow(session, "accreditation", [procedure.id], today=TODAY)
        mine = select(Deadline.state).where(Deadline.subject == "accreditation")
        assert set(session.scalars(mine)) == {"cancelled"}
    procedure.open()
    assert procedure.row().code == "2/2026"


def test_a_document_of_the_checklist_that_runs_out_is_a_deadline_of_the_provider(procedure: Procedure):
    procedure.open().fill()
    procedure.step(operations.attach, procedure.requirement("E.2").id, file=PDF, expires_on=SOON)
    with refused("è scaduto"):
        procedure.step(operations.attach, procedure.requirement("E.2").id, file=PDF,
                       expires_on=TODAY - timedelta(days=1))
    with procedure.unit() as session:
        [term] = terms(session, "accreditation_document")
        assert (term.effective, term.owner_role) == (SOON, "provider")
