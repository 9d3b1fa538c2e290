"""The letters of penalties and accreditation: what each says, what it refuses to leave blank, that Word opens it."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import MISSING, fields, is_dataclass, replace
from decimal import Decimal
from itertools import pairwise

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph

from core.documents.blocks import Bullets, Heading, Table
from core.documents.check import check_template
from core.documents.fields import collect
from core.documents.letters import Letter, require_filled
from core.documents.manifest import load_manifest
from core.documents.reading import blocks_of
from core.documents.render import render
from core.documents.template import WordTemplate
from core.documents.wordfile import read_text
from core.ground.errors import RuleBroken
from core.ground.paths import TEMPLATES_DOCS
from core.penalties.context import NoticeLetter
from templates_docs.build import TEMPLATES, build
from tests.unit.documents import accreditation_samples as accreditation
from tests.unit.documents import penalty_samples as penalties
from tests.unit.documents import reporting_samples as reporting

SAMPLES = {**accreditation.SAMPLES, **penalties.SAMPLES, **reporting.SAMPLES}
LETTERS = {template for template, _letter in SAMPLES.values()}
# what every letter may say and one of them need not: the account, the addressee's short name, days of the whole act
NOT_EVERYWHERE = {
    "addressee.noun", "addressee.care[]", "addressee.pec", "sender.iban", "sender.bank", "unit.provider",
    "unit.representative", "unit.places", "day",
}
# letters that are acts of two sides, or that stand without an addressee of their own
WITHOUT_ADDRESS = {"inspection_minutes", "hearing_minutes", "provider_meeting_minutes"}
ADDRESS = {"addressee.title", "addressee.address", "addressee.postal_code", "addressee.city", "addressee.province",
           "sender.role", "sender.signatory", "sender.place"}
# a letter says which default it is about, not every figure of it
PARTLY = ("findings[].", "finding.", "penalty.", "penalties[].", "prescriptions[].")


def text(template: str, letter: Letter) -> str:
    return " ".join(" ".join(read_text(render(TEMPLATES_DOCS / f"{template}.docx", letter))).split())


def said(name: str) -> str:
    return text(*SAMPLES[name])


def used(template: str) -> set[str]:
    word = WordTemplate(TEMPLATES_DOCS / f"{template}.docx")
    environment = word.environment()
    return {path for source in word.sources() for path in collect(environment.parse(source)).paths}


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_lists_and_tables_hold_together_on_the_page(name):
    """The space after a list stands below its last line; no table leaves its head, its total or its words behind."""
    document = Document(TEMPLATES_DOCS / f"{name}.docx")
    for style in ("Trattino", "Elenco numerato", "List Bullet", "Carta intestata"):
        assert document.styles[style].element.pPr.find(qn("w:contextualSpacing")) is not None
        assert document.styles[style].paragraph_format.space_after >= Pt(8)
    for before, item in pairwise(document.iter_inner_content()):
        if not isinstance(item, WordTable) or "{%tr" in item.rows[0].cells[0].text:
            continue
        assert all(p.paragraph_format.keep_with_next for p in item.rows[0].cells[0].paragraphs), item.rows[0]
        if isinstance(before, WordParagraph) and before.text and "{%p" not in before.text:
            assert before.paragraph_format.keep_with_next or before.style.paragraph_format.keep_with_next, before.text
        if "{%tr endfor" in item.rows[-2].cells[0].text:
            assert item.rows[-2].cells[0].paragraphs[0].paragraph_format.keep_with_next


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_the_files_are_those_of_the_source_and_name_no_unknown_field(name):
    for file, content in build(name).items():
        assert (TEMPLATES_DOCS / file).read_bytes() == content, "run python -m templates_docs.build"
    manifest = load_manifest(TEMPLATES_DOCS / f"{name}.toml")
    assert check_template(TEMPLATES_DOCS / f"{name}.docx", manifest) == []


@pytest.mark.parametrize("name", sorted(LETTERS))
def test_every_field_of_a_manifest_is_said(name):
    paths = {path.replace("[]", "") for path in used(name)}
    allowed = NOT_EVERYWHERE | (ADDRESS if name in WITHOUT_ADDRESS else set())
    silent = {
        entry.path for entry in load_manifest(TEMPLATES_DOCS / f"{name}.toml").fields
        if entry.path.replace("[]", "") not in paths and entry.type != "gruppo di campi"
        and entry.path not in allowed and not entry.path.startswith(PARTLY)
    }
    assert silent == set()


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_letter_keeps_awkward_characters_and_leaves_no_gap(name):
    letter = SAMPLES[name][1]
    require_filled(letter)
    whole = said(name)
    assert "{{" not in whole and "{%" not in whole
    for gap in ("()", "( ", " ,", " .", "«»", "None", "  ", "da verificare", "dal dal", "del del"):
        assert gap not in whole, gap
    assert ("D'Àvalos" in whole and "<b>Cooperativa</b>" in whole) if name in accreditation.SAMPLES else \
        "Azienda Sociale Sud Est Milano" in whole


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_no_heading_stands_alone_and_a_signature_keeps_its_text(name, tmp_path):
    template, letter = SAMPLES[name]
    path = tmp_path / "lettera.docx"
    path.write_bytes(render(TEMPLATES_DOCS / f"{template}.docx", letter))
    document = Document(str(path))
    items = [item for item in document.iter_inner_content() if not hasattr(item, "text") or item.text.strip()]
    paragraphs = [p for p in document.paragraphs if p.text.strip()]
    for heading, following in pairwise(items):
        if hasattr(heading, "text") and heading.style.name.startswith("Heading"):
            assert not (hasattr(following, "text") and following.style.name.startswith("Heading")), heading.text
            assert heading.style.paragraph_format.keep_with_next
    signed = next(n for n, p in enumerate(paragraphs) if p.text.startswith(("Distinti saluti", "San Donato Milanese,",
                                                                            "Sede comunale")))
    assert all(p.paragraph_format.keep_with_next or p.style.paragraph_format.keep_with_next
               for p in paragraphs[signed - 1:-1])


@pytest.mark.parametrize(("name", "sentences"), [
    ("completion", ["Con la domanda presentata il 2 marzo 2026", "entro il 30 aprile 2026", "90 (novanta) giorni",
                    "planimetria quotata & firmata, \"piano <terra>\""]),
    ("appointment", ["il 14 aprile 2026, alle ore 9:30", "dott. Luca Bianchi e geom. Sara Verdi",
                     "verifica dei requisiti"]),
    ("minutes", ["Il 14 aprile 2026 si è svolto un sopralluogo", "15/05/2026", "42 posti", "Letto e sottoscritto"]),
    ("minutes_clean", ["Non si formulano rilievi."]),
    ("granted", ["Decreto n. 12/2026 del 4 maggio 2026", "LA DIRETTRICE", "ACCREDITA", "tre anni",
                 "D.G.R. 9 marzo 2020, n. 2929", "seduta della commissione del 20 aprile 2026"]),
    ("prescribed", ["ACCREDITA", "concesso con le prescrizioni", "30/06/2026"]),
    ("refused", ["NON ACCOGLIE", "per i motivi esposti", "Un educatore ogni 7 bambini", "manca il piano <di> emergenza",
                 "avvisato con la comunicazione del 20 aprile 2026, ricevuta il 21 aprile 2026",
                 "La quinta educatrice è assunta a tempo parziale & non basta.", "legge 7 agosto 1990, n. 241",
                 "Responsabile del procedimento: Silvia D'Àvalos & C.",
                 "Tribunale amministrativo regionale per la Lombardia entro 60 (sessanta) giorni",
                 "ricorso straordinario al Presidente della Repubblica entro 120 (centoventi) giorni"]),
    ("refused_in_silence", ["Nel termine assegnato non ha risposto."]),
    ("forewarned", ["non può essere accolta", "Un educatore ogni 7 bambini", "Entro 10 (dieci) giorni da quando riceve",
                    "il termine per concludere il procedimento è sospeso", "non è ancora una decisione"]),
    ("begun", ["è avviato il procedimento per sospendere", "Entro 15 (quindici) giorni",
               "può chiedere di essere sentito", "si conclude entro 30 (trenta) giorni"]),
    ("begun_revocation", ["per revocare", "manca il piano <di> emergenza"]),
    ("urgent", ["per una ragione d'urgenza. L'uscita di sicurezza", "chiedere di essere sentito"]),
    ("pact", ["dal 4 maggio 2026 al 3 maggio 2029", "ogni sei mesi e ogni anno", "una volta, per non più di un anno",
              "6. Inadempienze e fine del patto"]),
    ("suspension", ["è sospeso dal 15 settembre 2026 al 15 novembre 2026", "Manca l'assicurazione."]),
    ("readmission", ["è riammessa all'accreditamento n. 3/2026"]),
    ("revocation", ["è revocato dal 15 settembre 2026"]),
    ("cancellation", ["Si prende atto della rinuncia"]),
    ("fine", ["€ 1.250,50 (milleduecentocinquanta/50)", "da € 250,00 a € 2.500,00", "comma 3-ter",
              "Comune di Melegnano (comma 3-quater", "al giudice ordinario", "entro 30 (trenta) giorni"]),
    ("extension", ["è prorogato al 3 maggio 2030"]),
    ("no_extension", ["non è accolta la richiesta", "L'accreditamento scade il 3 maggio 2029"]),
    ("reminder", ["monitoraggio semestrale", "è scaduto il 31 luglio 2026", "entro il 31 agosto 2026"]),
    ("reminder_early", ["monitoraggio annuale", "è attesa entro il 31 luglio 2026"]),
    ("notice", ["Il Comune di Melegnano ha affidato servizi all'Azienda", "Assemblea Consortile dell'Azienda",
                "entro 20 (venti) giorni", "entro 15 (quindici) giorni", "decorrono entrambi dal ricevimento",
                "da € 100,00 a € 1.000,00, limiti compresi", "art. 24", "risarcimento dei danni ulteriori",
                "passa al primo giorno successivo non festivo", "Perché nessuno giudichi in causa propria"]),
    ("notice_day", ["entro l'8 maggio 2026", "Per adempiere è fissato un giorno", "di sabato o in un giorno festivo"]),
    ("receipt", ["il 10 aprile 2026", "27 aprile 2026 (i giorni finiscono il 25 aprile 2026",
                 "protocollo n. 1234/2026"]),
    ("summons", ["convocate il 29 aprile 2026, alle ore 10:00", "ha presentato le proprie deduzioni il 20 aprile"]),
    ("summons_silence", ["Nel termine previsto l'Azienda non ha risposto."]),
    ("hearing", ["Elena D'Àvila & Rossi, Sindaca", "contestazione n. 1/2026, formalizzata il 20 febbraio 2026",
                 "Che cosa hanno detto le parti", "Per il Comune di Melegnano"]),
    ("decision", ["la decisione presa il 4 maggio 2026", "confermata", "non confermata", "€ 800,00",
                  "60 (sessanta) giorni dal ricevimento"]),
    ("decision_early", ["prima che il procedimento fosse completo", "ha rinunciato per iscritto al termine"]),
    ("decision_nothing", ["nessuna inadempienza è confermata, non si applicano penali"]),
    ("request", ["€ 700,00 (settecento/00) entro 60 (sessanta) giorni dal ricevimento",
                 "come ridotto dopo la decisione",
                 "IBAN IT34 J019 9933 4000 0000 0556 602", "interessi legali (art. 1284", "non si compensa da sola"]),
    ("closing", ["è chiuso dal 5 ottobre 2026", "pagata", "Resta aperta, a parte, la richiesta di risarcimento"]),
    ("withdrawn", ["ritirato il 5 ottobre 2026", "Nessun termine decorre più"]),
])
def test_a_letter_says_what_its_step_needs(name, sentences):
    whole = said(name)
    assert [sentence for sentence in sentences if sentence not in whole] == []


def test_a_fixed_day_and_a_term_in_days_never_stand_together():
    assert "decorrono entrambi" not in said("notice_day")
    assert "danni ulteriori" not in said("notice_day")
    assert "danni ulteriori" not in said("request_plain")
    assert "festivo" not in said("request_plain")


def test_an_unverified_source_is_not_cited_and_the_decree_says_so():
    template, letter = SAMPLES["granted"]
    told = text(template, replace(letter, source=""))
    assert "2929" not in told and "edizione 1 (fonte da verificare)" in told


def test_the_article_is_that_of_the_contract_template():
    headings = [p.text for p in Document(str(TEMPLATES_DOCS / "service_contract.docx")).paragraphs
                if p.style.name == "Heading 2"]
    [article] = [h for h in headings if h.endswith("Contestazioni, inadempienze e penali")]
    default = next(f.default for f in fields(NoticeLetter) if f.name == "article")
    assert article.startswith(f"Art. {default} ")


# one sample of each template
PLAIN = {"granted", "notice", "receipt", "summons", "hearing", "decision", "request", "closing", "completion",
         "appointment", "minutes", "pact", "suspension", "extension", "reminder", "forewarned", "begun"}


def needed() -> list[tuple[str, str]]:
    """Every field without a default, of every letter: the sample and the field."""
    found = []
    for name, (template, letter) in SAMPLES.items():
        if name in PLAIN:
            found += [(name, entry.name) for entry in fields(letter)
                      if not is_dataclass(getattr(letter, entry.name)) and isinstance(
                          getattr(letter, entry.name), str | tuple) and entry.name in required(letter)]
        assert template in TEMPLATES
    return found


def required(letter: Letter) -> set[str]:
    """The fields that every letter of this kind must fill."""
    return {entry.name for entry in fields(letter) if entry.default is MISSING}


@pytest.mark.parametrize(("name", "field"), needed())
def test_a_missing_value_is_refused_by_name(name, field):
    _template, letter = SAMPLES[name]
    empty = () if isinstance(getattr(letter, field), tuple) else "  "
    with pytest.raises(RuleBroken) as refused:
        require_filled(replace(letter, **{field: empty}))
    assert refused.value.field == field
    assert "manca questo dato" in str(refused.value)


def test_a_value_missing_below_is_refused_too():
    _template, letter = SAMPLES["granted"]
    with pytest.raises(RuleBroken, match="Sede dell'unità"):
        require_filled(replace(letter, unit=replace(letter.unit, seat="")))
    _template, notice = SAMPLES["notice"]
    with pytest.raises(RuleBroken, match="Fatti precisi"):
        require_filled(replace(notice, findings=(replace(notice.findings[0], facts=" "),)))


def test_a_prescription_without_a_term_does_not_become_a_dash():
    template, letter = SAMPLES["prescribed"]
    bare = replace(letter, prescriptions=(replace(letter.prescriptions[0], due=None),))
    with pytest.raises(RuleBroken, match=r"Manca il dato «row\.due"):
        text(template, bare)


def test_a_letter_is_read_back_as_blocks():
    template, letter = SAMPLES["prescribed"]
    blocks = blocks_of(render(TEMPLATES_DOCS / f"{template}.docx", letter))
    [table] = [b for b in blocks if isinstance(b, Table)]
    assert table.headers == ("N.", "Rilievo", "Prescrizione", "Entro il")
    assert table.rows[0][3] == "15/05/2026"
    steps, laws = [b for b in blocks if isinstance(b, Bullets)]
    assert len(laws.items) == 2
    assert len(steps.items) == 2 and not steps.items[0].startswith("–")
    assert any(isinstance(b, Heading) and b.text.startswith("Decreto n. 12/2026") for b in blocks)


def test_a_debt_in_words_is_exact_to_the_cent():
    template, letter = SAMPLES["request"]
    assert "€ 1.234,05 (milleduecentotrentaquattro/05)" in text(template, replace(letter, left=Decimal("1234.05")))


def test_office_programs_open_every_letter(tmp_path):
    """Each letter becomes a PDF of as many pages as a letter has."""
    soffice, pages = shutil.which("soffice"), shutil.which("pdfinfo")
    if soffice is None or pages is None:
        pytest.skip("LibreOffice and poppler are not here: no letter is turned into a PDF")
    for name, (template, letter) in SAMPLES.items():
        (tmp_path / f"{name}.docx").write_bytes(render(TEMPLATES_DOCS / f"{template}.docx", letter))
    files = sorted(map(str, tmp_path.glob("*.docx")))
    subprocess.run([soffice, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", "pdf",
                    "--outdir", str(tmp_path), *files], check=True, capture_output=True, timeout=300)
    for name in SAMPLES:
        told = subprocess.run([pages, str(tmp_path / f"{name}.pdf")], check=True, capture_output=True, text=True).stdout
        [count] = [int(line.split()[1]) for line in told.splitlines() if line.startswith("Pages:")]
        assert 1 <= count <= 2, name


def test_a_yearly_report_says_what_was_not_recorded_and_of_people_no_sum() -> None:
    full, empty = said("report"), said("report_empty")
    assert "deliberazione n. 7/A & <b> del 28 aprile 2027" in full
    assert "Minori seguiti 12 non si somma 12 su 12" in full
    assert "Totale – € 100,10 € 99,05 –" in full
    assert "Non rilevato: livello del servizio, personale e beneficiari." in empty
    assert "Per questo esercizio non sono stati rilevati investimenti." in empty
