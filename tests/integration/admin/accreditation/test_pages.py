"""The whole procedure in the browser, as the office and as the provider's person; who sees nothing of it."""

from __future__ import annotations

import re
from typing import Any

import lxml.html
import pytest
from sqlalchemy import select

from core.accreditation.model import InspectionFinding, Monitoring
from tests.integration.accreditation.conftest import FIGURES, Procedure
from tests.integration.admin.browser import Person, pdf

BASE = "/admin/accreditamenti"


def send(person: Person, url: str, **data: Any) -> Any:
    """Fill in a page as it stands and send it; the answer, which leads elsewhere when all is well."""
    person.get(url)
    return person.send(follow_redirects=False, **data)


def test_from_the_application_to_the_pact_in_the_browser(house, procedure: Procedure, person):
    office, own, management = person("accreditamento"), person("gestore"), person("direzione")
    opened = send(own, f"{BASE}/nuova/", unit_id=procedure.place.unit)
    key = int(re.search(r"id=(\d+)", opened.location)[1])
    record, passage = f"{BASE}/details/?id={key}", f"{BASE}/passaggio/?id={key}&atto="
    figures = {f"dato_{code}": str(value) for code, value in FIGURES.items()}
    assert send(own, f"{BASE}/dati/?id={key}", **figures).status_code == 302
    assert "Mancano ancora" in own.read(record)
    procedure.id = key
    papers = [asked for asked in procedure.requirements() if asked.evidence]
    assert all(f"/requisito/?id={key}&amp;requisito={asked.id}" in own.page for asked in papers)
    for asked in procedure.requirements():
        if asked.evidence:
            url = f"{BASE}/requisito/?id={key}&requisito={asked.id}"
            assert send(own, url, file=pdf()).status_code == 302
    assert "si può presentare" in own.read(record)
    assert send(own, f"{passage}file").status_code == 302
    assert "Sembra che non manchi nulla" in office.read(record)
    assert send(office, f"{passage}find_complete").status_code == 302
    for heading in "ABCDE":
        url = f"{BASE}/esame/?id={key}&titolo={heading}"
        fields = {name: "met" for name, value in office.fields(url).items()
                  if name.startswith("outcome_") and value == "to_verify"}
        assert send(office, url, **fields).status_code == 302
    text = management.read(record)
    assert "requisiti su" in text and "uno ogni 7" in text
    assert "di 11 requisiti su 19 non è stata letta la fonte" in text and "stata letta la fonte" not in own.read(record)
    refused = send(management, f"{passage}grant", number="", file=pdf())
    assert "Non è stato registrato nulla" in refused.text
    granted = send(management, f"{passage}grant", number="12/2026", file=pdf())
    assert granted.status_code == 302, lxml.html.fromstring(granted.text).text_content()
    assert "manca la firma del patto" in own.read(record)
    assert send(office, f"{passage}sign_pact", file=pdf()).status_code == 302
    assert "Accreditata dal 02/03/2026 al 01/03/2029" in own.read(record)
    assert "02/03/2026 – 01/09/2026" in own.read(record)


def test_an_unmet_requirement_is_named_and_the_form_stays_as_typed(procedure: Procedure, person):
    procedure.examined(bambini=30, educatori=4)
    url = f"{BASE}/passaggio/?id={procedure.id}&atto=grant"
    told = send(person("accreditamento"), url, number="12/2026", file=pdf())
    assert "non è rispettato" in told.text and 'value="12/2026"' in told.text
    assert "Vai al requisito" in told.text


def test_the_provider_answers_its_prescription(house, procedure: Procedure, person):
    procedure.examined()
    finding = procedure.inspected(prescription="Fare il piano.", due_on=procedure.row().complete_on.replace(day=30))
    own = person("gestore")
    record = f"{BASE}/details/?id={procedure.id}"
    assert "Rispondi" in own.read(record) and "Verifica la prescrizione" not in own.read(record)
    url = f"{BASE}/sopralluoghi/rilievo/{finding}/risposta/"
    assert send(own, url, text="Fatto il piano.", file=pdf()).status_code == 302
    with house.session() as session:
        assert session.get(InspectionFinding, finding).outcome == "answered"
    files = [a.get("href") for a in lxml.html.fromstring(own.get(record).text).iter("a")
             if "/casi/documento/" in a.get("href", "")]
    assert files and all(own.get(f).status_code == 200 for f in files)
    assert all(person("altro").get(f).status_code == 404 for f in files)


def test_who_has_no_part_in_it_finds_no_page(procedure: Procedure, person):
    procedure.accredited()
    for name, expected in (("contabilita", 403), ("dresano", 403), ("altro", 404), ("revisore", 200)):
        assert person(name).get(f"{BASE}/details/?id={procedure.id}").status_code == expected, name


def test_an_auditor_reads_and_has_no_button(procedure: Procedure, person):
    procedure.accredited()
    page = lxml.html.fromstring(person("revisore").get(f"{BASE}/details/?id={procedure.id}").text)
    assert not [a for a in page.iter("a") if "passaggio" in a.get("href", "")]


def test_suspension_extension_and_fine_by_their_pages(procedure: Procedure, person):
    procedure.accredited()
    office = person("accreditamento")
    passage, record = f"{BASE}/passaggio/?id={procedure.id}&atto=", f"{BASE}/details/?id={procedure.id}"
    told = send(office, f"{passage}suspend", number="3", reasons="Locali chiusi.", file=pdf())
    assert "Prima di sospendere si comunica al gestore" in told.text
    urgent = {"reasons": "Locali chiusi.", "urgent_why": "Il soffitto perde."}
    assert send(office, f"{passage}suspend", number="3", **urgent).status_code == 200
    assert send(office, f"{passage}suspend", number="3", file=pdf(), **urgent).status_code == 302
    assert "Sospesa dal 02/03/2026, finché non si riammette: Locali chiusi." in office.read(record)
    assert send(office, f"{passage}undo", why="Unità sbagliata.").status_code == 302
    assert "corretto in seguito" in office.read(record)
    assert send(office, f"{passage}suspend", number="4", file=pdf(), **urgent).status_code == 302
    assert send(office, f"{passage}readmit", number="5", reasons="Riaperti.", file=pdf()).status_code == 302
    over = send(office, f"{passage}fine", number="6", reasons="Rapporto.", kind="accreditation_requirement",
                amount="2.500,01")
    assert "da € 250,00 a € 2.500,00" in over.text
    assert send(office, f"{passage}fine", number="6", reasons="Rapporto.", kind="accreditation_requirement",
                amount="2.500,00").status_code == 302
    far = send(office, f"{passage}extend", number="7", to_day="2030-03-01", why="Bando.")
    assert "Una proroga dura al massimo 6 mesi" in far.text
    assert send(office, f"{passage}extend", number="7", why="Bando.").status_code == 302
    again = send(office, f"{passage}extend", number="8", why="Bando.")
    assert "ce ne sono già 1" in again.text
    untold = send(office, f"{passage}refuse_extension", number="9", reasons="Non ammessa.", file=pdf())
    assert "Prima di rifiutare una proroga si comunicano al gestore i motivi" in untold.text
    assert "preavviso di diniego" not in office.read(record)  # nobody has asked for more time
    assert send(person("gestore"), f"{passage}ask_extension", why="Serve tempo.").status_code == 302
    assert "Prepara il preavviso di diniego della proroga" in office.read(record)


def test_a_refusal_is_told_answered_and_decided_by_its_pages(house, procedure: Procedure, person):
    procedure.examined()
    office, own, record = person("accreditamento"), person("gestore"), f"{BASE}/details/?id={procedure.id}"
    refuse = f"{BASE}/passaggio/?id={procedure.id}&atto=refuse"
    untold = send(office, refuse, number="5", reasons="No.", file=pdf()).text
    assert "preparare il preavviso di rigetto" in untold
    assert f"/admin/preavvisi/nuova/?accreditamento={procedure.id}&amp;tipo=refusal" in untold
    assert "Prepara il preavviso di rigetto" in office.read(record) and "Prepara il preavviso" not in own.read(record)
    new = f"/admin/preavvisi/nuova/?accreditamento={procedure.id}&tipo=refusal"
    assert own.get(new).status_code == 403
    made = send(office, new, reasons="Mancano gli spazi all'aperto.")
    key = int(re.search(r"id=(\d+)", made.location)[1])
    page, passage = f"/admin/preavvisi/details/?id={key}", f"/admin/preavvisi/passaggio/?id={key}&atto="
    assert own.get(page).status_code == 404 and "il gestore non la vede" in office.read(page)
    assert send(office, f"{passage}send", channel="pec", protocol_number="9", file=pdf()).status_code == 302
    assert "Mancano gli spazi all'aperto." in own.read(page) and person("altro").get(page).status_code == 404
    assert send(office, f"{passage}receive", file=pdf()).status_code == 302
    assert "il gestore può rispondere fino al 12/03/2026" in own.read(record)
    assert "Il termine per decidere è sospeso fino al 12/03/2026" in own.read(page)
    assert "Preavviso di rigetto" in own.read("/admin/")
    assert send(own, f"{passage}observe", text="Il cortile è nostro.", file=pdf()).status_code == 302
    assert "Il cortile è nostro." in office.read(record)
    early = send(office, refuse, number="5", reasons="No.", answer="Non basta.", file=pdf())
    assert "può rispondere fino al 12/03/2026" in early.text and "Non basta." in early.text
    assert send(office, f"{BASE}/responsabile/?id={procedure.id}", responsible="Silvia Barbaglio").status_code == 302
    assert "Silvia Barbaglio" in own.read(record)


def test_what_was_typed_for_the_letter_is_not_typed_again_for_the_record(house, procedure: Procedure, person):
    procedure.examined()
    office, passage = person("accreditamento"), f"{BASE}/passaggio/?id={procedure.id}&atto="
    letters = f"/admin/lettere/accreditation/{procedure.id}/"
    decree = {"outcome": "granted", "number": "12/2026", "reasons": "I requisiti ci sono."}
    assert send(office, f"{letters}accreditation_decree-0/", do="prepare", **decree).status_code == 302
    fields = office.fields(f"{passage}grant")
    assert (fields["number"], fields["reasons"].strip(), fields["on"]) == (
        "12/2026", "I requisiti ci sono.", "2026-03-02")
    assert office.fields(f"{passage}refuse")["number"] == ""  # the letter says another outcome
    assert office.fields(f"{letters}accreditation_decree-0/")["number"] == "12/2026"  # nor for the next version
    assert send(office, f"{passage}grant", file=pdf()).status_code == 302
    pact = send(office, f"{letters}accreditation_pact-0/", do="prepare", cig="B8D41C27A9", valid_from="2026-03-09")
    assert pact.status_code == 302
    fields = office.fields(f"{passage}sign_pact")
    assert (fields["cig"], fields["valid_from"]) == ("B8D41C27A9", "2026-03-09")


def test_monitoring_is_filled_in_by_the_provider_and_sent_after_its_period(house, procedure: Procedure, person):
    procedure.accredited()
    with house.session() as session:
        key = session.scalars(select(Monitoring.id).where(Monitoring.kind == "half_year")).one()
    own, record = person("gestore"), f"/admin/monitoraggi/details/?id={key}"
    url = f"/admin/monitoraggi/risposte/?id={key}"
    fields = {n: "met" for n in own.fields(url) if n.startswith("answer_")}
    figures = {n: "4" for n in own.fields(url) if n.startswith("figure_")}
    assert send(own, url, **fields, **figures).status_code == 302
    assert "Si invia dal 01/09/2026" in own.read(record) and "Educatori presenti insieme: 4" in own.read(record)
    early = own.get(f"/admin/monitoraggi/passaggio/?id={key}&atto=send")
    assert early.status_code == 302 and "Bozza" in own.read(record)


@pytest.mark.parametrize("name", ["accreditamento", "gestore", "revisore"])
def test_lists_and_trees_open_for_all_who_may_read(procedure: Procedure, person, name: str):
    procedure.accredited()
    someone = person(name)
    for url in ("/admin/", f"{BASE}/", f"{BASE}/?search=chiocciola&stato=accredited&tipo=nido&anno=2026",
                "/admin/monitoraggi/", "/admin/requisiti/", "/admin/requisiti/details/?id=1",
                f"{BASE}/?search=99999999999/1&anno=x&gestore=zz"):
        assert someone.get(url).status_code == 200, url
