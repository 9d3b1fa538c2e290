"""Before an act against a provider: it is told, it answers, it is heard; only then the office decides (L. 241/1990)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.accreditation import decree, forewarnings, measures, operations, undoing
from core.accreditation.decree import DecidingAct
from core.accreditation.measures import Ruling
from core.accreditation.model import Accreditation, Forewarning, Observation
from core.cases.corrections import correct_receipt
from core.cases.model import Sending
from core.cases.operations import record_receipt
from core.deadlines.model import Deadline, DeadlineRule
from core.deadlines.operations import follow
from core.deadlines.waiting import waiting
from core.documents.model import Document
from core.ground.access import Principal, system
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.ground.states import PassageLog
from tests.integration.accreditation.conftest import MANAGER, OFFICER, PDF, TODAY, Procedure, provider_of

DAY = timedelta(days=1)
LAST = date(2026, 3, 12)  # ten days from the receipt of the second of March
NIGHT = system("notte")
NO = "I requisiti non sono rispettati."


def refused(words: str) -> pytest.RaisesContext[RuleBroken]:
    """What a person reads."""
    return pytest.raises(RuleBroken, match=words)


def no(on: date, answer: str = "") -> DecidingAct:
    """A decree that refuses."""
    return DecidingAct("5", on, NO, PDF, answer)


def term(procedure: Procedure, code: str) -> Deadline | None:
    """The last deadline of a rule."""
    with procedure.unit() as session:
        query = select(Deadline).join(DeadlineRule).where(DeadlineRule.code == code).order_by(Deadline.id.desc())
        return session.scalars(query.limit(1)).first()


def resumed(procedure: Procedure, key: int) -> date | None:
    """The first day that counts again of the term that a notice had stopped."""
    with procedure.unit() as session:
        return session.get_one(Forewarning, key).resumed_on


def night(procedure: Procedure, day: date) -> None:
    """What the worker does on a day."""
    with procedure.unit("notte", NIGHT) as session:
        measures.advance(session, day, measures.awaiting(session, day))
        follow(session, "forewarning", None, today=day)
        follow(session, "accreditation", None, today=day)


# --- before a refusal -------------------------------------------------------------------------------------


def test_nobody_is_refused_without_having_been_told_the_reasons(procedure: Procedure):
    procedure.examined()
    with refused("10 giorni per le osservazioni"):
        procedure.step(decree.refuse, no(TODAY))
    key = procedure.step(forewarnings.open_forewarning, kind="refusal", reasons=NO)
    with refused("preparare il preavviso di rigetto"):  # a draft tells nobody
        procedure.step(decree.refuse, no(TODAY))
    procedure.sent(key)
    with refused("Manca la ricevuta"):
        procedure.step(decree.refuse, no(LAST + DAY), on=LAST + DAY)
    assert procedure.row().state == "under_examination"


def test_the_ten_days_are_the_providers_and_silence_ends_them(procedure: Procedure):
    procedure.examined()
    procedure.warned()
    with refused("può rispondere fino al 12/03/2026"):
        procedure.step(decree.refuse, no(LAST), on=LAST)
    procedure.step(decree.refuse, no(LAST + DAY), on=LAST + DAY, actor=MANAGER)
    row = procedure.row()
    assert (row.state, row.decree_answer) == ("refused", "")
    with procedure.unit() as session:
        assert session.scalars(select(Forewarning.state)).one() == "concluded"


def test_an_application_may_still_be_granted_after_the_notice(procedure: Procedure):
    procedure.examined()
    procedure.warned()
    procedure.step(decree.grant, DecidingAct("5", TODAY, "", PDF))
    assert procedure.row().state == "granted"
    with procedure.unit() as session:
        assert session.scalars(select(Forewarning.state)).one() == "concluded"


def test_the_term_of_the_decree_stands_still_until_the_tenth_day_after_the_observations(procedure: Procedure):
    procedure.examined()  # sixty days: the first of May, a holiday, so the second
    assert term(procedure, "accreditation_decree").effective == date(2026, 5, 2)
    key = procedure.warned(on=date(2026, 3, 4))
    assert term(procedure, "accreditation_decree").state == "suspended"
    procedure.told(forewarnings.observe, key, actor=procedure.place.person, on=date(2026, 3, 10), text="C'è tutto.")
    night(procedure, date(2026, 3, 20))  # the tenth day stands still to its end
    assert term(procedure, "accreditation_decree").state == "suspended"
    night(procedure, date(2026, 3, 22))  # a night was missed: the term goes on from its own day all the same
    found = term(procedure, "accreditation_decree")
    assert (found.state, found.effective) == ("open", date(2026, 5, 18))  # sixteen days: the seventeenth is a Sunday
    assert resumed(procedure, key) == date(2026, 3, 21)
    night(procedure, date(2026, 3, 23))
    assert term(procedure, "accreditation_decree").effective == date(2026, 5, 18)  # run twice, it changes nothing


def test_without_observations_the_term_goes_on_the_day_after_their_days(procedure: Procedure):
    procedure.examined()
    key = procedure.warned()
    night(procedure, LAST)  # the provider may still answer today
    assert term(procedure, "accreditation_decree").state == "suspended"
    assert term(procedure, "forewarning_observations").state == "open"
    night(procedure, LAST + DAY)
    found = term(procedure, "accreditation_decree")
    # it stopped on the day on which it had begun: the sixty days run anew from the last of the ten
    assert (found.state, found.nominal, found.effective) == ("open", date(2026, 5, 1), LAST + 60 * DAY)
    assert resumed(procedure, key) == LAST + DAY
    assert term(procedure, "forewarning_observations").state == "cancelled"  # who does not answer has missed nothing


@pytest.mark.parametrize(("received", "observed", "last", "ends"), [
    # the tenth day is Sunday the fifteenth of March: the provider has the Monday too, and so long the term stands still
    (date(2026, 3, 5), None, date(2026, 3, 16), date(2026, 5, 12)),
    # the tenth after the observations is Easter: nobody has anything to do on it, and it is not moved
    (date(2026, 3, 19), date(2026, 3, 26), date(2026, 4, 5), date(2026, 5, 18)),
    # observations of the provider's last day, a Monday after the nominal Sunday, are in time
    (date(2026, 3, 5), date(2026, 3, 16), date(2026, 3, 26), date(2026, 5, 22)),
    # a day later they stop nothing more
    (date(2026, 3, 5), date(2026, 3, 17), date(2026, 3, 16), date(2026, 5, 12)),
])
def test_a_holiday_at_the_end_moves_what_the_provider_may_do_and_no_more(
    procedure: Procedure, received: date, observed: date | None, last: date, ends: date
):
    procedure.examined()
    key = procedure.warned(on=received)
    if observed is not None:
        procedure.told(forewarnings.observe, key, actor=procedure.place.person, on=observed, text="C'è tutto.")
    night(procedure, last)
    assert term(procedure, "accreditation_decree").state == "suspended"
    night(procedure, last + DAY)
    found = term(procedure, "accreditation_decree")
    assert (found.state, found.effective, resumed(procedure, key)) == ("open", ends, last + DAY)


def test_observations_in_time_of_which_the_office_hears_late_move_what_went_on_already(procedure: Procedure):
    procedure.examined()
    key = procedure.warned()
    night(procedure, LAST + DAY)
    assert term(procedure, "accreditation_decree").effective == date(2026, 5, 11)
    with procedure.unit("posta", OFFICER) as session:  # by post, of the last day
        forewarnings.observe(session, key, text="Per posta.", on=LAST, version=None, today=LAST + 3 * DAY)
    assert term(procedure, "accreditation_decree").state == "suspended"
    night(procedure, LAST + 11 * DAY)
    found = term(procedure, "accreditation_decree")
    assert (found.state, found.effective) == ("open", date(2026, 5, 21))  # twenty days
    assert resumed(procedure, key) == LAST + 11 * DAY


def test_a_notice_that_is_withdrawn_lets_the_term_go_on(procedure: Procedure):
    procedure.examined()
    key = procedure.warned()
    procedure.told(forewarnings.withdraw, key, why="I requisiti ci sono.", on=TODAY + 3 * DAY)
    found = term(procedure, "accreditation_decree")
    assert (found.state, found.effective) == ("open", date(2026, 5, 4))
    with refused("preparare il preavviso"):
        procedure.step(decree.refuse, no(LAST + DAY), on=LAST + DAY)


def test_the_receipt_of_a_notice_of_the_reasons_is_corrected_and_the_term_follows(procedure: Procedure):
    procedure.examined()
    key = procedure.warned(on=date(2026, 3, 6))

    def correct(day: date, today: date, who: Principal = OFFICER) -> None:
        with procedure.unit("correzione", who) as session:
            letter = session.get_one(Forewarning, key).sending_id
            correct_receipt(session, letter, received_on=day, why="Letta male la PEC.", version=None, today=today)

    with pytest.raises(NotAllowed, match="lo corregge chi l'ha inviata"):  # the provider does not move its own term
        correct(date(2026, 3, 10), date(2026, 3, 10), procedure.place.person)
    correct(date(2026, 3, 9), date(2026, 3, 10))  # while the term stands still
    with procedure.unit() as session:
        told = session.get_one(Forewarning, key)
        assert (told.received_on, told.due_on, told.resumed_on) == (date(2026, 3, 9), date(2026, 3, 19), None)
    assert term(procedure, "accreditation_decree").state == "suspended"
    night(procedure, date(2026, 3, 20))
    assert term(procedure, "accreditation_decree").effective == date(2026, 5, 11)  # ten days, from the right one
    procedure.told(forewarnings.observe, key, actor=procedure.place.person, on=date(2026, 3, 19), text="C'è tutto.")
    correct(date(2026, 3, 12), date(2026, 3, 25))  # after it went on: now the observations came in time
    with procedure.unit() as session:
        told = session.get_one(Forewarning, key)
        assert (told.due_on, told.resumed_on) == (date(2026, 3, 23), None)  # the twenty-second is a Sunday
    assert term(procedure, "accreditation_decree").state == "suspended"
    night(procedure, date(2026, 3, 30))
    assert term(procedure, "accreditation_decree").effective == date(2026, 5, 18)  # seventeen days
    procedure.step(decree.refuse, no(date(2026, 3, 30), "No."), on=date(2026, 3, 30))
    with refused("Il procedimento è concluso"):
        correct(date(2026, 3, 13), date(2026, 3, 31))


def test_before_more_time_is_refused_the_provider_reads_why_and_answers(procedure: Procedure):
    procedure.accredited()
    with refused("non ha chiesto una proroga"):
        procedure.step(forewarnings.open_forewarning, kind="extension", reasons=NO)
    procedure.step(measures.ask_extension, why="Serve tempo.", actor=procedure.place.person)
    with procedure.unit("scadenze", NIGHT) as session:
        follow(session, "accreditation", None, today=TODAY)
    assert term(procedure, "accreditation_extension").effective == date(2026, 4, 1)
    key = procedure.warned("extension")
    assert term(procedure, "accreditation_extension").state == "suspended"
    procedure.told(forewarnings.observe, key, actor=procedure.place.person, text="Il bando è fermo.", asks_hearing=True)
    day = LAST + DAY
    with refused("perché non si accolgono"):
        procedure.ruled(measures.refuse_extension, day)
    procedure.ruled(measures.refuse_extension, day, answer="Il bando è chiuso.")
    with procedure.unit() as session:
        assert session.get_one(Forewarning, key).state == "concluded"
    procedure.step(undoing.undo, why="Era un altro accreditamento.", on=day)
    with procedure.unit() as session:
        assert session.get_one(Forewarning, key).state == "received"


# --- the weaker side --------------------------------------------------------------------------------------


def test_the_provider_reads_the_reasons_once_they_left_and_sees_until_when_it_may_answer(procedure: Procedure):
    procedure.examined().settle("E.2", "not_met", "manca il piano di emergenza")
    own, key = procedure.place.person, procedure.step(forewarnings.open_forewarning, kind="refusal", reasons=NO)
    with procedure.unit("lettura", own) as session:
        assert session.get(Forewarning, key) is None  # a draft is the office's own
    procedure.sent(key)
    procedure.told(forewarnings.receive, key, received_on=TODAY, paper=PDF)
    with procedure.unit("lettura", own) as session:
        seen = session.get(Forewarning, key)
        assert (seen.reasons, seen.due_on) == (NO, LAST)
        assert seen.unmet == [{"code": "E.2", "title": "Sicurezza e igiene", "found": "manca il piano di emergenza"}]
        assert session.get(Document, session.get(Sending, seen.sending_id).document_id) is not None
        [mine] = [item for item in waiting(session, TODAY) if item.due == LAST]
        assert (mine.kind, mine.key) == ("forewarning", key) and "Osservazioni" in str(mine.what)
    with procedure.unit("lettura", provider_of(procedure.place.provider + 1000)) as session:
        assert session.get(Forewarning, key) is None


def test_the_providers_observations_are_its_own_and_the_decree_must_answer_them(procedure: Procedure):
    procedure.examined()
    key, own = procedure.warned(), procedure.place.person
    with refused("Scrivere le osservazioni"):
        procedure.told(forewarnings.observe, key, actor=own, text=" ")
    procedure.told(forewarnings.observe, key, actor=own, text="Il piano c'è: si allega.", file=PDF, on=TODAY + DAY)
    procedure.told(forewarnings.observe, key, actor=own, text="E anche il collaudo.", on=TODAY + 2 * DAY)
    with pytest.raises(NotVisible):
        procedure.told(forewarnings.observe, key, actor=provider_of(procedure.place.provider + 1000), text="Io no.")
    with pytest.raises(NotAllowed):
        procedure.told(forewarnings.withdraw, key, actor=own, why="No.")
    with refused("perché non si accolgono") as lacks:
        procedure.step(decree.refuse, no(LAST + DAY), on=LAST + DAY)
    assert lacks.value.field == "answer"
    procedure.step(decree.refuse, no(LAST + DAY, "Il piano allegato è scaduto."), on=LAST + DAY)
    assert procedure.row().decree_answer == "Il piano allegato è scaduto."
    with procedure.unit("lettura", own) as session:
        said = session.scalars(select(Observation).order_by(Observation.id)).all()
        assert [row.text for row in said] == ["Il piano c'è: si allega.", "E anche il collaudo."]
        assert said[0].document is not None
        assert session.get(Accreditation, procedure.id).decree_answer


def test_the_office_may_record_observations_of_another_day_and_a_provider_only_todays(procedure: Procedure):
    procedure.examined()
    key, later = procedure.warned(), TODAY + 5 * DAY
    with procedure.unit("posta", OFFICER) as session:
        forewarnings.observe(session, key, text="Per posta.", on=TODAY + DAY, version=None, today=later)
    with procedure.unit("qui", procedure.place.person) as session:
        forewarnings.observe(session, key, text="Da qui.", on=TODAY, version=None, today=later)
    with procedure.unit() as session:
        assert session.scalars(select(Observation.on).order_by(Observation.id)).all() == [TODAY + DAY, later]
    with procedure.unit("posta", OFFICER) as session, refused("non era ancora partita"):
        forewarnings.observe(session, key, text="Prima.", on=TODAY - DAY, version=None, today=later)


# --- before a suspension and a revocation -----------------------------------------------------------------


def test_a_revocation_comes_after_the_start_was_told_and_the_memoirs_answered(procedure: Procedure):
    procedure.accredited()
    with refused("intanto si sospende d'urgenza"):
        procedure.ruled(measures.revoke, TODAY)
    key = procedure.warned("revocation", days=15)
    assert term(procedure, "forewarning_decision").effective == date(2026, 4, 1)
    procedure.told(forewarnings.observe, key, actor=procedure.place.person, text="Chiediamo un incontro.",
                   asks_hearing=True)
    day = TODAY + 16 * DAY
    with refused("può rispondere fino al 17/03/2026"):
        procedure.ruled(measures.revoke, day - DAY, answer="No.")
    with refused("ha chiesto di essere sentito"):
        procedure.ruled(measures.revoke, day, answer="No.")
    procedure.told(forewarnings.hear, key, held_on=day, present="Carla Neri", minutes="Spiega i fatti.", file=PDF,
                   on=day)
    with refused("perché non si accolgono"):
        procedure.ruled(measures.revoke, day)
    procedure.ruled(measures.revoke, day, answer="I fatti si ripetono.")
    assert procedure.row().state == "revoked"
    assert term(procedure, "forewarning_decision").state == "met"


def test_a_suspension_that_cannot_wait_says_why_and_every_act_has_its_signed_file(procedure: Procedure):
    procedure.accredited()
    with refused("indicare il motivo dell'urgenza"):
        procedure.ruled(measures.suspend, TODAY, until=None, heard=True)
    bare = Ruling("7", TODAY, TODAY, "Fatti.", None, urgent_why="Il soffitto perde.")
    with refused("Allegare il file"):
        procedure.step(measures.suspend, bare, until=None)
    procedure.ruled(measures.suspend, TODAY, until=None)
    with procedure.unit() as session:
        [measure] = session.get(Accreditation, procedure.id).measures
        assert (measure.urgent_why, measure.forewarning_id) == ("Le classi sono senza educatori.", None)


def test_a_procedure_begun_for_a_revocation_may_end_in_less(procedure: Procedure):
    procedure.accredited()
    procedure.warned("revocation")
    procedure.ruled(measures.suspend, LAST + DAY, until=None, heard=True)
    assert procedure.row().state == "suspended"
    with refused("Prima di revocare"):
        procedure.ruled(measures.revoke, LAST + 2 * DAY)


def test_memoirs_have_at_least_the_days_of_the_office(procedure: Procedure):
    procedure.accredited()
    with refused("va da 10 a 180 giorni"):
        procedure.step(forewarnings.open_forewarning, kind="suspension", reasons=NO, days=3)
    with refused("non è previsto"):
        procedure.step(forewarnings.open_forewarning, kind="refusal", reasons=NO)
    with pytest.raises(NotAllowed):
        procedure.step(forewarnings.open_forewarning, kind="suspension", reasons=NO, actor=procedure.place.person)


# --- mistakes and other pages -----------------------------------------------------------------------------


def test_a_refusal_taken_back_awaits_its_decree_again_with_what_was_said(procedure: Procedure):
    procedure.examined()
    procedure.warned()
    day = LAST + DAY
    procedure.step(decree.refuse, no(day), on=day)
    procedure.step(undoing.undo, why="Unità sbagliata.", on=day)
    with procedure.unit() as session:
        told = session.scalars(select(Forewarning)).one()
        assert (told.state, told.due_on) == ("received", LAST)
        actions = session.scalars(select(PassageLog.action).where(PassageLog.subject == "forewarning")).all()
        assert actions[-2:] == ["conclude", "undo"]
    procedure.step(decree.refuse, no(day), on=day)


def test_while_a_refusal_is_told_completion_is_not_asked_and_a_second_notice_not_written(procedure: Procedure):
    procedure.examined()
    procedure.warned()
    with refused("È in corso: Preavviso di rigetto del 02/03/2026"):
        procedure.step(operations.ask_completion, why="Manca.", due=TODAY + 20 * DAY)
    with refused("È in corso"):
        procedure.step(forewarnings.open_forewarning, kind="refusal", reasons=NO)
    with refused("È in corso"):
        procedure.step(undoing.undo, why="Ripensamento.")
    procedure.step(operations.cancel, why="Ci si ripensa.", actor=procedure.place.person)
    with procedure.unit() as session:
        assert session.scalars(select(Forewarning.state)).one() == "concluded"


def test_a_receipt_recorded_among_the_letters_starts_the_days_too(procedure: Procedure):
    procedure.examined()
    key = procedure.step(forewarnings.open_forewarning, kind="refusal", reasons=NO)
    procedure.sent(key)
    with procedure.unit("lettere", OFFICER) as session:
        sending = session.get(Forewarning, key).sending_id
        record_receipt(session, sending, received_on=TODAY, today=TODAY)
    with procedure.unit() as session:
        told = session.get(Forewarning, key)
        assert (told.state, told.due_on) == ("received", LAST)
    assert term(procedure, "accreditation_decree").state == "suspended"
