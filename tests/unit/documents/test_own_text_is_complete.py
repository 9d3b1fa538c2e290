"""Patto's own contract held against art. 24 D.lgs. 201/2022: it says all of it, and says it in its sentences."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from core.contracts.completeness import ANNEX, ARTICLE, CLAUSES, Presence, check, located
from core.contracts.context import ContractContext, InstalmentRow, ManagementForm
from core.documents.render import render
from core.documents.wordfile import read_text
from core.ground.paths import TEMPLATES_DOCS

TEMPLATE = TEMPLATES_DOCS / "service_contract.docx"
LETTERS = [clause.place for clause in CLAUSES]


@pytest.fixture
def text(contract: ContractContext) -> list[str]:
    """The paragraphs of the contract, its forms of management told."""
    return paragraphs(replace(contract, management=(ManagementForm("gestione diretta dell'Azienda", ("1", "2")),)))


def paragraphs(contract: ContractContext) -> list[str]:
    return read_text(render(TEMPLATE, contract))


def presence(lines: list[str]) -> dict[str, Presence]:
    return {answer.clause.place: answer.presence for answer in check(list(located(lines)))}


def test_the_own_text_lacks_nothing(text: list[str]) -> None:
    assert {place for place, found in presence(text).items() if found is not Presence.PRESENT} == set()


# what stands behind each letter in the text: emptied, the titles of the articles stay
DATA: dict[str, tuple[str, ...]] = {
    "c. 3, lett. a)": ("gestisce direttamente", "gestione diretta", "in concessione a terzi", "affidamento a terzi"),
    "c. 3, lett. b)": ("31 dicembre 2027",),
    "c. 3, lett. c)": ("equilibrio economico",),
    "c. 3, lett. d)": ("continuità dell'erogazione",),
    "c. 3, lett. e)": ("sovracompensazione",),
    "c. 3, lett. f)": ("standard di qualità", "standard di quantità e di qualità"),
    "c. 3, lett. g)": ("l'Azienda comunica", "l'Azienda fornisce"),
    "c. 3, lett. h)": ("€",),
    "c. 3, lett. i)": ("nuovo affidamento",),
    "c. 3, lett. l)": ("Le controversie con gli utenti", "conciliazione fra l'utente"),
    "c. 3, lett. m)": ("polizze",),
    "c. 3, lett. n)": ("indennizza l'Azienda", "determinare l'indennizzo"),
    "c. 3, lett. o)": ("50-quater", "I dati generati"),
    "c. 3, lett. p)": ("2016/679", "Protezione dei dati personali", "dati personali"),
    "c. 4": ("il loro aggiornamento",),
    "c. 5": ("piano economico-finanziario",),
}


@pytest.mark.parametrize("place", LETTERS)
def test_a_letter_whose_datum_is_a_line_to_fill_in_is_missing(text: list[str], place: str) -> None:
    blank = re.compile("|".join(re.escape(datum) for datum in DATA[place]))
    emptied = [line if is_heading(line) else blank.sub("________", line) for line in text]
    assert emptied != text
    found = presence(emptied)
    assert found[place] is Presence.MISSING
    assert set(DATA) == set(LETTERS)


@pytest.mark.parametrize("place", LETTERS)
def test_a_letter_is_not_in_the_titles(text: list[str], place: str) -> None:
    titles = [line for line in text if is_heading(line)]
    assert presence(titles)[place] is Presence.MISSING


def is_heading(line: str) -> bool:
    plain = re.sub(r"\s+", " ", line).strip()
    return bool(ARTICLE.fullmatch(plain) or ANNEX.fullmatch(plain)) or plain.startswith("TITOLO ")


Emptied = Callable[[ContractContext], ContractContext]
# the data of the contract that a letter rests on: emptied in the records, not in the text
RECORDS: dict[str, tuple[Emptied, str]] = {
    "no criteria of the share": (lambda c: replace(c, terms=replace(c.terms, share_criteria=())), "c. 3, lett. e)"),
    "no instalments": (lambda c: replace(c, terms=replace(c.terms, instalments=())), "c. 3, lett. e)"),
    "no penalties": (lambda c: without_penalties(c), "c. 3, lett. h)"),
}


def without_penalties(contract: ContractContext) -> ContractContext:
    return replace(contract, terms=replace(contract.terms, penalty_bands=(), penalty_minimum=Decimal(0),
                                           penalty_maximum=Decimal(0), penalty_payment_days=0))


@pytest.mark.parametrize("name", RECORDS)
def test_a_datum_that_is_empty_in_the_records_leaves_its_letter_missing(contract: ContractContext, name: str) -> None:
    empty, place = RECORDS[name]
    assert presence(paragraphs(empty(contract)))[place] is Presence.MISSING


def test_a_contract_without_penalties_names_none(contract: ContractContext) -> None:
    lines = paragraphs(without_penalties(contract))
    start = max(n for n, line in enumerate(lines) if line.startswith("Art. 24 – "))
    end = max(n for n, line in enumerate(lines) if line.startswith("Art. 24-bis – "))
    said = "\n".join(lines[start + 1:end])
    assert "4.\tLe parti non hanno convenuto penali." in said
    assert "5.\tResta fermo il diritto del Comune al risarcimento dei danni subiti." in said
    assert "6.\tPer il resto vale la disciplina civilistica dell'inadempimento." in said
    assert "€" not in said and "Da\tA" not in said


@pytest.mark.parametrize(("months", "said"), [
    ((1, 7), "in rate semestrali anticipate e a saldo"),
    ((3, 6, 9, 12), "in rate trimestrali anticipate e a saldo"),
    ((3, 6, 8, 11), "in rate anticipate e a saldo"),
    ((1,), "in rate anticipate e a saldo"),
])
def test_the_share_is_a_consideration_paid_in_instalments_as_the_plan_has_them(
    contract: ContractContext, months: tuple[int, ...], said: str
) -> None:
    """R87, R88: what the source calls it decides the tax (art. 20 c. 1 and 2)."""
    balance = contract.terms.instalments[-1]
    rows = tuple(InstalmentRow(f"Acconto {n}", "quota dell'anno", Decimal(10),
                               contract.terms.start.replace(month=month)) for n, month in enumerate(months, start=1))
    text = " ".join(paragraphs(replace(contract, terms=replace(contract.terms, instalments=(*rows, balance)))))
    assert f"Il Comune versa il corrispettivo {said}, secondo la tabella." in text
    assert "Questo corrispettivo comprende la ripartizione dei costi indiretti." in text


def test_the_contract_is_terminated_in_all_cases_of_payments_outside_banks_and_no_other(text: list[str]) -> None:
    """R112, as printed."""
    assert ("4.\tIl contratto si intende risolto in tutti i casi in cui le transazioni sono state eseguite senza "
            "avvalersi di banche o della società Poste Italiane S.p.A.") in text


@pytest.mark.parametrize(("roll", "said"), [
    ("holiday", "Ogni termine di questo contratto, anche per un pagamento, che scade in un giorno festivo, compreso"),
    ("saturday", "anche per un pagamento, che scade di sabato o in un giorno festivo, compreso quello del patrono"),
    ("none", "I termini di questo contratto, anche per i pagamenti, scadono nel giorno in cui terminano"),
])
def test_the_clause_on_holidays_is_of_every_term_of_the_contract(
    contract: ContractContext, roll: str, said: str
) -> None:
    lines = paragraphs(replace(contract, terms=replace(contract.terms, roll=roll)))
    place = next(n for n, line in enumerate(lines) if said in line)
    heading = next(line for line in reversed(lines[:place]) if line.startswith("Art. "))
    assert heading == "Art. 30 – Norme di chiusura"
    assert not any(said in line for line in lines[:place]), "it stands once, not in art. 24 too"


def test_who_is_controller_and_who_is_processor_is_said(text: list[str]) -> None:
    """GDPR, arts. 26 and 28."""
    said = " ".join(text)
    for words in ("sono contitolari ai sensi dell'art. 26 del regolamento",
                  "è responsabile ai sensi dell'art. 28 del regolamento",
                  "soltanto su istruzione documentata del Comune", "misure di sicurezza dell'art. 32",
                  "con autorizzazione scritta", "restituisce o cancella i dati"):
        assert words in said
