"""An accreditation from first letter to last: what each says, when it is offered, who reads it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.accreditation import decree, forewarnings, inspections, measures, monitoring, operations
from core.accreditation.decree import DecidingAct
from core.accreditation.measures import Ruling
from core.accreditation.model import Accreditation, Inspection, Monitoring
from core.cases import letters
from core.documents.model import Document
from core.ground.access import ScopedSession
from core.ground.errors import NotVisible, RuleBroken
from core.parties.capacities import add_capacity
from core.parties.model import Signatory
from tests.factories import municipality
from tests.integration.accreditation.conftest import MANAGER, OFFICER, PDF, TODAY
from tests.integration.letters.conftest import signs, text_of, titles
from tests.integration.providers.conftest import provider_of

SUBJECT = "accreditation"


@pytest.fixture
def file(office, procedure, write, database):
    """``file(key, **given)`` prepares a letter of the nido's accreditation; its text as the provider reads it."""

    def prepared(key, on=TODAY, actor=OFFICER, reader=office.person, **given):
        document = write(SUBJECT, procedure.id, key, actor, on, **given)
        return text_of(database, document, reader)

    return prepared


@pytest.fixture
def offers(office, procedure, database):
    """The letters that the accreditation offers on a day."""

    def found(on=TODAY, actor=OFFICER):
        with ScopedSession(database, actor) as session:
            case = session.get_one(Accreditation, procedure.id)
            return letters.offered(session, SUBJECT, case, today=on)

    return found


def codes(found):
    return [offer.code + "*" * offer.awaited for offer in found]


def test_what_is_missing_is_asked_for(procedure, file, offers, office, database):
    procedure.open().fill()
    assert offers() == []
    procedure.step(operations.file)
    assert codes(offers()) == ["accreditation_completion"]
    procedure.step(operations.ask_completion, why="Manca la planimetria.\nManca il DURC <nuovo> & valido.",
                   due=TODAY + timedelta(days=20))
    [offer] = offers()
    proposed = {ask.name: ask.proposed for ask in offer.asks}
    assert offer.awaited and proposed["by"] == TODAY + timedelta(days=20)
    text = file("accreditation_completion-0", **proposed)
    assert "– Manca il DURC <nuovo> & valido." in text
    assert "Nido" in text and "Distinti saluti." in text and "Marta Rossi & Figli" in text
    assert "da verificare" not in text.lower()
    assert titles(database, SUBJECT, procedure.id, provider_of(office.provider + 100)) == []
    with pytest.raises(RuleBroken, match="giorno futuro") as late:
        file("accreditation_completion-0", missing="Tutto.", by=TODAY)
    assert late.value.field == "by"


def test_an_inspection_is_announced_and_its_minutes_list_the_prescriptions(procedure, file, offers, unit):
    procedure.examined()
    visit = procedure.act(inspections.appoint, purpose="requirements", appointed_for=TODAY)
    assert codes(offers())[0] == "inspection_notice*"
    text = file(f"inspection_notice-{visit}", hour="9:30", inspectors="Ada & Bo", papers="registro\npiano <b>")
    assert "alle ore 9:30" in text and "verifica dei requisiti" in text and "– piano <b>" in text
    with pytest.raises(NotVisible):
        file(f"inspection_minutes-{visit}", present="Nessuno")
    with unit("visita", OFFICER) as session:
        inspections.hold(session, visit, held_on=TODAY, inspectors="Ada & Bo", minutes="Si è visto tutto.", file=PDF,
                         version=None, today=TODAY)
        for due in (TODAY + timedelta(days=30), None):
            inspections.add_finding(session, visit, text="Manca il piano.", prescription="Scriverlo." if due else "",
                                    due_on=due, today=TODAY)
    text = file(f"inspection_minutes-{visit}", present="Carla Neri")
    assert "Si è visto tutto." in text and "Scriverlo." in text and "nessuna" in text
    assert f"{TODAY + timedelta(days=30):%d/%m/%Y}" in text


def test_the_decree_is_written_before_it_is_signed(procedure, file, offers):
    procedure.examined()
    [offer] = [o for o in offers() if o.code == "accreditation_decree"]
    proposed = {ask.name: ask.proposed for ask in offer.asks}
    assert proposed["outcome"] == "granted"
    with pytest.raises(RuleBroken) as lacks:
        file("accreditation_decree-0", **proposed)
    assert lacks.value.field == "number"
    text = file("accreditation_decree-0", reader=OFFICER, **{**proposed, "number": "12/2026"})
    assert "Decreto n. 12/2026" in text and "ACCREDITA" in text and "dal giorno indicato nel patto" in text
    with pytest.raises(RuleBroken, match="motivi") as reasons:
        file("accreditation_decree-0", reader=OFFICER, **{**proposed, "number": "12/2026", "outcome": "refused"})
    assert reasons.value.field == "reasons"
    with pytest.raises(RuleBroken, match="prescrizione aperta"):
        file("accreditation_decree-0", reader=OFFICER,
             **{**proposed, "number": "12", "outcome": "granted_with_prescriptions"})
    with pytest.raises(RuleBroken, match="voce dell'elenco"):
        file("accreditation_decree-0", reader=OFFICER, **{**proposed, "number": "12", "outcome": "forse"})
    refused = file("accreditation_decree-0", reader=OFFICER, **{
        **proposed, "number": "12/2026", "outcome": "refused", "reasons": "Manca il giardino."})
    assert "NON ACCOGLIE" in refused and "Manca il giardino." in refused


def test_a_decree_with_prescriptions_lists_those_that_are_open(procedure, file, offers):
    procedure.examined()
    procedure.inspected(prescription="Scriverlo.", due_on=TODAY + timedelta(days=30))
    [offer] = [o for o in offers() if o.code == "accreditation_decree"]
    proposed = {ask.name: ask.proposed for ask in offer.asks}
    assert proposed["outcome"] == "granted_with_prescriptions"
    text = file("accreditation_decree-0", reader=OFFICER, **{**proposed, "number": "12/2026"})
    assert "concesso con le prescrizioni" in text and "Scriverlo." in text and "sopralluogo del" in text
    decided = DecidingAct("12/2026", TODAY, "Tutto il resto è in ordine.", PDF)
    procedure.step(decree.grant, decided, with_prescriptions=True)
    assert codes(offers())[-2:] == ["accreditation_decree*", "accreditation_pact*"]
    assert "Tutto il resto è in ordine." in file("accreditation_decree-0")
    pact = file("accreditation_pact-0", valid_from=TODAY)
    assert "6. Inadempienze e fine del patto" in pact and "Scriverlo." in pact


def test_a_decree_that_is_not_adopted_yet_stays_in_the_office(procedure, office, offers, write, database):
    procedure.examined()
    [offer] = [o for o in offers() if o.code == "accreditation_decree"]
    proposed = {ask.name: ask.proposed for ask in offer.asks}
    draft = write(SUBJECT, procedure.id, "accreditation_decree-0", OFFICER, TODAY, **{**proposed, "number": "9"})
    assert len(titles(database, SUBJECT, procedure.id, OFFICER)) == 1
    assert titles(database, SUBJECT, procedure.id, office.person) == []
    with ScopedSession(database, office.person) as session:
        assert session.get(Document, draft) is None


def test_the_pact_says_the_period(procedure, file, offers, database):
    procedure.granted()
    text = file("accreditation_pact-0", valid_from=date(2026, 7, 1))
    with ScopedSession(database, OFFICER) as session:
        years = session.get_one(Accreditation, procedure.id).set.months // 12
    assert f"dal 1º luglio 2026 al 30 giugno {2026 + years}" in text
    assert "12" in text and "5. Inadempienze e fine del patto" in text
    procedure.step(decree.sign_pact, signed_on=TODAY, valid_from=TODAY, file=PDF)
    assert [o.asks for o in offers() if o.code == "accreditation_pact"] == [()]
    assert "Vale dal" in file("accreditation_pact-0")


def test_every_measure_is_told_to_the_provider(procedure, file, offers):
    procedure.accredited()
    later = TODAY + timedelta(days=10)
    procedure.ruled(measures.suspend, later, until=later + timedelta(days=30))
    procedure.ruled(measures.readmit, later + timedelta(days=5))
    on = later + timedelta(days=6)
    procedure.step(measures.fine, Ruling("9", on, on, "Manca la formazione.", PDF), kind="accreditation_requirement",
                   amount=Decimal("300.00"), on=on)
    procedure.revoked(end := on + timedelta(days=20))
    told = [offer for offer in offers(end) if offer.code == "accreditation_measure"]
    assert len(told) == 4 and all(offer.awaited for offer in told)
    texts = [file(offer.key, end) for offer in told]
    assert "per una ragione d'urgenza. Le classi sono senza educatori." in texts[0]
    assert "Nel termine assegnato non ha risposto." in texts[3]
    for text in texts:
        assert "Responsabile del procedimento: " in text and "si può ricorrere al" in text
    for text, sentence in zip(texts, ("sospeso", "riammessa", "€ 300,00 (trecento/00)", "revocato"), strict=True):
        assert sentence in text
    assert "da € 250,00 a € 2.500,00" in texts[2] and "comma 3-quater" in texts[2]


def test_more_time_is_given_and_refused_by_letter(procedure, file, offers):
    procedure.accredited()
    end = procedure.row().runs_to
    on = end - timedelta(days=30)
    procedure.step(measures.ask_extension, why="Serve tempo.", on=on - timedelta(days=20))
    procedure.warned("extension", on - timedelta(days=16))
    procedure.step(measures.refuse_extension, Ruling("31", on, on, "Non ci sono ragioni.", PDF), on=on)
    [refused] = [offer for offer in offers(on) if offer.code == "accreditation_extension"]
    assert refused.asks == ()  # the act was recorded with its number: nobody types it again
    text = file(refused.key, on)
    assert "Con l'atto n. 31" in text and "non è accolta" in text and "Non ci sono ragioni." in text
    assert "Nel termine assegnato non ha risposto." in text
    procedure.step(measures.extend, decided_on=on, number="32", to_day=end + timedelta(days=60),
                   why="Il rinnovo è in corso.", on=on)
    given = [o for o in offers(on) if o.code == "accreditation_extension" and o.row_id]
    assert "è prorogato" in file(given[0].key, on)


def test_a_monitoring_that_is_late_is_asked_for_with_a_new_term(procedure, file, offers, unit, database):
    procedure.accredited()
    with ScopedSession(database, OFFICER) as session:
        rows = session.get_one(Accreditation, procedure.id).monitorings
        first = min(rows, key=lambda row: (row.first_day, row.kind))
    early = [o for o in offers(first.first_day) if o.code == "monitoring_reminder"]
    assert early and not any(offer.awaited or offer.asks for offer in early)
    assert "è attesa" in file(early[0].key, first.first_day)
    late = first.due_on + timedelta(days=1)
    with unit("scadenze") as session:
        monitoring.fall_late(session, late, session.scalars(select(Monitoring.accreditation_id)).all())
    [offer] = [o for o in offers(late) if o.code == "monitoring_reminder" and o.row_id == first.id]
    assert offer.awaited
    by = late + timedelta(days=15)
    assert "è scaduto" in file(offer.key, late, by=by)
    with pytest.raises(RuleBroken, match="giorno futuro"):
        file(offer.key, late, by=late)


def test_before_a_refusal_the_letter_lists_what_is_not_met_and_the_decree_answers(procedure, file, offers, write,
                                                                                   database, office):
    procedure.examined().settle("E.2", "not_met", "manca il piano <di> emergenza")
    key = procedure.step(forewarnings.open_forewarning, kind="refusal", reasons="Il piano di emergenza non c'è.")
    draft = write("forewarning", key, "refusal_forewarning-0", OFFICER, TODAY)
    with ScopedSession(database, office.person) as session:
        assert session.get(Document, draft) is None  # not sent yet, it stays in the office
    text = text_of(database, draft, OFFICER)
    assert "Il piano di emergenza non c'è." in text and "manca il piano <di> emergenza" in text
    assert "Entro 10 (dieci) giorni" in text and "Responsabile del procedimento: Ada Accredita" in text
    procedure.sent(key)
    procedure.told(forewarnings.receive, key, received_on=TODAY, paper=PDF)
    assert "art" in text_of(database, write("forewarning", key, "refusal_forewarning-0", OFFICER, TODAY), office.person)
    procedure.told(forewarnings.observe, key, actor=office.person, text="Lo stiamo scrivendo.")
    day = TODAY + timedelta(days=11)
    [offer] = [o for o in offers(day) if o.code == "accreditation_decree"]
    proposed = {ask.name: ask.proposed for ask in offer.asks}
    assert (proposed["outcome"], proposed["reasons"]) == ("refused", "Il piano di emergenza non c'è.")
    given = {**proposed, "number": "12/2026"}
    with pytest.raises(RuleBroken, match="perché non si accolgono") as lacks:
        file("accreditation_decree-0", day, reader=OFFICER, **given)
    assert lacks.value.field == "answer"
    text = file("accreditation_decree-0", day, reader=OFFICER, **{**given, "answer": "Oggi non c'è ancora."})
    assert "Oggi non c'è ancora." in text and "manca il piano <di> emergenza" in text
    assert "entro 60 (sessanta) giorni" in text and "Ha risposto per iscritto il 2 marzo 2026" in text


def test_a_provider_prepares_no_letter_and_a_stranger_sees_none(procedure, office, offers, write, database):
    procedure.examined()
    assert offers(actor=office.person) == []
    with pytest.raises(NotVisible):
        write(SUBJECT, procedure.id, "accreditation_decree-0", office.person, TODAY)
    with pytest.raises(NotVisible):
        write(SUBJECT, procedure.id, "accreditation_decree-0", provider_of(office.provider + 100), TODAY)


def test_the_management_signs_decrees_and_leaves_the_visits_to_the_unit(procedure, offers):
    procedure.examined()
    procedure.act(inspections.appoint, purpose="requirements", appointed_for=TODAY)
    assert "accreditation_decree*" in codes(offers(actor=MANAGER))
    assert "inspection_notice*" not in codes(offers(actor=MANAGER))


def test_minutes_without_a_text_are_refused_by_name(procedure, file, unit):
    procedure.examined()
    procedure.inspected()
    with unit("guasto") as session:
        visit = session.scalars(select(Inspection)).one()
        visit.minutes = " "
        key = visit.id
    with pytest.raises(RuleBroken, match="Che cosa si è visto"):
        file(f"inspection_minutes-{key}", present="Carla Neri")


def test_nobody_in_office_stops_a_letter_in_words(procedure, file, unit):
    procedure.granted()
    with unit("fine mandato") as session:
        session.scalars(select(Signatory)).one().valid_to = TODAY - timedelta(days=1)
    with pytest.raises(RuleBroken, match="nessuno firma per l'azienda"):
        file("accreditation_decree-0")


def test_a_lead_municipality_that_accredits_writes_the_decree_in_its_own_name(procedure, file, offers, unit):
    with unit("veste") as session:
        town = municipality("Breno", postal_code="25043", province="BS", city="Breno", address="piazza Uno 1")
        session.add(town)
        session.flush()
        session.add(signs(town.id, "Anna", "Responsabile del servizio"))
        add_capacity(session, {"municipality_id": town.id, "kind": "accrediting", "valid_from": date(2020, 1, 1)})
        key = town.id
    procedure.examined()
    [offer] = [o for o in offers() if o.code == "accreditation_decree"]
    assert offer.sender_id == key
    text = file("accreditation_decree-0", reader=OFFICER, **{
        **{ask.name: ask.proposed for ask in offer.asks}, "number": "12/2026"})
    assert "Comune di Breno" in text and "IL RESPONSABILE DEL SERVIZIO" in text and "DIRETTRICE" not in text
