"""What the office is told about the words of a sheet: each remark says the section, and blocks nothing."""

from __future__ import annotations

from typing import Any

import pytest

from core.catalogue.rules import findings
from core.catalogue.sheets import kept
from core.catalogue.texts import Shelf, heading_findings, repeated, text_findings
from core.documents.blocks import Heading, Paragraph
from core.ground.errors import Finding, Level
from core.ground.paths import PLUGINS
from core.plugins.described import described
from core.plugins.loading import Registry
from tests.unit.catalogue.making import DISTRICT, service, sheet


def remarks(*beside: Any, **texts: Any) -> list[Finding]:
    one = sheet(id=7, **texts)
    return list(text_findings(one, Shelf((one, *beside))))


@pytest.mark.parametrize(("section", "text", "words"), [
    ("mission", "Attualmente il servizio ha due sedi.", "Attualmente"),
    ("mission", "Dal prossimo anno le sedi saranno tre.", "prossimo anno"),
    ("recipients", "Chi ha fatto domanda negli ultimi mesi.", "ultimi mesi"),
    ("activities", ("Ascolto", "Sportello in fase di attivazione"), "in fase di attivazione"),
    ("protocol", ("Si applica la procedura dell'anno in corso.",), "anno in corso"),
    ("notes", ("Pacchetti in corso di revisione.",), "in corso di revisione"),
])
def test_words_of_relative_time_are_reported_in_the_section_that_has_them(section: str, text: Any, words: str) -> None:
    [remark] = remarks(**{section: text})
    assert remark.values["words"] == words and remark.level is Level.WARNING
    assert remark.at is not None and (remark.at.kind, remark.at.key, remark.at.field) == ("sheet", 7, section)


@pytest.mark.parametrize(("text", "day"), [
    ("Fino al 30 giugno vale la tariffa del Comune.", "30 giugno"), ("Gratuito dal 1º luglio.", "1º luglio"),
    ("Vale la tariffa del Comune fino al 30/6, poi quella del distretto.", "30/6"),
])
def test_a_day_without_its_year_is_reported_wherever_it_stands(text: str, day: str) -> None:
    for section in ("cost_to_user", "mission", "recipients"):
        [remark] = remarks(**{section: text})
        assert remark.source == "X11" and remark.values["day"] == day


@pytest.mark.parametrize("text", [
    "Gratuito fino al 30 giugno 2027.", "Entro il 31 marzo di ogni anno presenta il rendiconto annuale.",
    "Il contributo si chiede entro il 30 novembre dell'anno precedente.", "Legge 8 novembre 2000, n. 328.",
    "La borsa dura un anno e si rinnova per l'anno successivo.", "Segue il minore nel corso dell'anno scolastico.",
    "Aperto dal 30/6/2026.", "Il progetto si rivede ogni sei mesi, oggetto di un colloquio.",
])
def test_what_holds_in_any_year_is_not(text: str) -> None:
    assert remarks(mission=text) == []


@pytest.mark.parametrize(("text", "words"), [
    ("Per la presa in carico si veda la scheda n. 2.", "scheda n. 2"), ("Vedi allegato n. 14.", "allegato n. 14"),
    ("Si veda il servizio sociale professionale (link).", "(link)"),
])
def test_a_reference_by_number_or_to_an_empty_link_is_reported(text: str, words: str) -> None:
    [remark] = remarks(notes=(text,))
    assert (remark.source, remark.values["words"]) == ("X25", words)


def test_a_reference_by_title_holds_while_that_sheet_is_there() -> None:
    other = sheet("other", title="Segretariato sociale")
    said = "Si veda la scheda «Segretariato Sociale»."
    assert remarks(other, mission=said) == []
    [remark] = remarks(mission=said)
    assert remark.source == "X25" and "che non c'è" in str(remark)


def test_the_words_of_the_services_own_fields_are_read_too() -> None:
    plugin = described(PLUGINS / "disability_day_centres")
    centres = sheet(id=7, **kept(plugin, {"collected_by": "Per ora l'azienda"}))
    [remark] = text_findings(centres, Shelf((centres,)))
    assert remark.values["words"] == "Per ora" and remark.at is not None and remark.at.field == "collected_by"


def test_in_a_contract_only_the_sheets_that_it_annexes_are_there() -> None:
    pointing = sheet("one", mission="Si veda la scheda «Servizio two».")
    one, two = service("one", sheets=(pointing,)), service("two", sheets=(sheet("two"),))
    assert findings([one, two], DISTRICT, Registry()) == []
    [remark] = findings([one], DISTRICT, Registry())
    assert "«Servizio two», che non è allegata al contratto" in str(remark)


def test_an_announcement_or_a_heading_with_nothing_below_is_reported() -> None:
    [remark] = remarks(activities=("Ascolto", "Il servizio offre inoltre:"))
    assert "annunciando qualcosa che manca («Il servizio offre inoltre:»)" in str(remark)
    assert remarks(mission="Il servizio offre:\n\nascolto e orientamento.") == []
    found = heading_findings(sheet(), (Heading("Pacchetti"), Heading("Orari"), Paragraph("9-12"), Heading("Sedi")))
    assert [remark.values["heading"] for remark in found] == ["Pacchetti", "Sedi"]
    assert list(heading_findings(sheet(), (Heading("Sedi"), Heading("Melegnano", 2), Paragraph("via Roma")))) == []


def test_a_long_sentence_in_two_sheets_is_pointed_out_once() -> None:
    pasted = "Previene le dipendenze e i comportamenti a rischio dei giovani delle scuole secondarie."
    school = sheet("school", mission=f"Sta accanto ai ragazzi. {pasted}")
    centre = sheet("centre", mission=f"Accoglie adulti con disabilità grave.\n\n{pasted}")
    [remark] = repeated([centre], Shelf((school, centre)))
    assert remark.source == "X11" and remark.where == "centre" and "previene le dipendenze" in str(remark)
    assert list(repeated([school], Shelf((school, centre)))) == [remark], "either sheet says it"
    assert list(repeated([sheet("third")], Shelf((school, centre)))) == []


def test_short_words_may_stand_in_two_sheets() -> None:
    both = [sheet(code, mission=f"Missione di {code}. Lavora con le famiglie.") for code in ("one", "two")]
    assert list(repeated(both, Shelf(both))) == []


def test_a_sheet_that_is_called_otherwise_than_its_entry_is_reported() -> None:
    other = sheet(title="Interventi individuali")
    [remark] = findings([service(sheets=(other,), entry="Servizio desk")], DISTRICT, Registry())
    assert remark.source == "X12" and "«Servizio desk»" in str(remark) and "«Interventi individuali»" in str(remark)
    assert remark.at is not None and remark.at.field == "title"
    longer = sheet(title="Servizio desk per adulti e anziani")
    by_entry = sheet(title="Sportello")
    assert findings([service(sheets=(longer,), entry="Servizio desk")], DISTRICT, Registry()) == []
    assert findings([service(sheets=(by_entry,), entry="Sportello sociale")], DISTRICT, Registry()) == []


def test_a_sheet_of_two_services_has_a_title_of_its_own() -> None:
    shared = sheet(title="Voucher e fondo")
    both = [service(code, sheets=(shared,), entry=f"Servizio {code}") for code in ("one", "two")]
    assert findings(both, DISTRICT, Registry()) == []
