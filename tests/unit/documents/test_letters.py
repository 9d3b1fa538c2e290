"""The request letter: what it says for an advance, a balance, a credit, and what it refuses to leave blank."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.documents.letters import Addressee, Sender, organ
from core.documents.render import render
from core.documents.wordfile import read_text
from core.ground.errors import RuleBroken
from core.ground.paths import TEMPLATES_DOCS
from core.instalments.context import CommitmentLine, Correction, CreditLine, InstalmentRequest
from core.parties.model import Azienda

TEMPLATE = TEMPLATES_DOCS / "instalment_request.docx"
SENDER = Sender(
    name="Azienda Sociale Sud Est Milano", short_name="A.S.S.E.MI.", place="San Donato Milanese",
    letterhead=("Azienda Sociale Sud Est Milano", "via Sergnano 2, 20097 San Donato Milanese (MI)"),
    signatory="Dott.ssa Anna Rossi", role="Direttrice", iban="IT60X0542811101000000123456", bank="Banca dimostrativa",
)
ADDRESSEE = Addressee(
    title="Comune di Melegnano", noun="Comune", address="piazza Risorgimento 1", postal_code="20077",
    city="Melegnano", province="MI", pec="comune@pec.melegnano.example",
)
ADVANCE = InstalmentRequest(
    sender=SENDER, addressee=ADDRESSEE, day=date(2027, 1, 8), subject="richiesta della rata n. 3/2027 – Primo acconto",
    code="3/2027", title="Primo acconto", year=2027, contract="1/2026", amount=Decimal("100000.00"), credit=False,
    due=date(2027, 2, 1), nominal=date(2027, 1, 31), kind="advance", base=Decimal("200000.00"),
    base_name="quota dell'anno precedente", percent=Decimal(50),
    commitments=(CommitmentLine("128", 2027, "determinazione n. 15 del 04/01/2027", "B1234567A9"),),
    interest="legal",
)


def text(letter: InstalmentRequest) -> str:
    return " ".join(" ".join(read_text(render(TEMPLATE, letter))).split())


def test_a_request_says_how_much_by_when_why_and_where_to_pay():
    said = text(ADVANCE)
    assert "si chiede al Comune di Melegnano di versare € 100.000,00 (centomila/00) entro il 1º febbraio 2027." in said
    assert "50% di € 200.000,00 (quota dell'anno precedente)" in said
    assert "il termine del 31 gennaio 2027 cade in un giorno in cui non scade" in said
    assert "n. 128/2027, determinazione n. 15 del 04/01/2027 – CIG B1234567A9" in said
    assert "IBAN IT60 X054 2811 1010 0000 0123 456 – Banca dimostrativa" in said
    assert "Rata n. 3/2027 – Primo acconto 2027" in said
    assert "decorrono gli interessi legali." in said


def test_a_municipality_that_has_committed_nothing_yet_is_asked_for_it():
    bare = text(replace(ADVANCE, commitments=(), interest="none"))
    assert "Si chiede di comunicare il numero e l'atto dell'impegno di spesa" in bare
    assert "interessi" not in bare


def test_a_balance_says_what_was_asked_before():
    balance = replace(ADVANCE, kind="balance", title="Saldo", amount=Decimal("20500.50"), base=Decimal("205000.50"),
                      base_name="quota definitiva", percent=None, asked_before=Decimal("184500.00"),
                      nominal=date(2028, 5, 2), due=date(2028, 5, 2))
    said = text(balance)
    assert "€ 205.000,50 per l'anno 2027" in said
    assert "€ 184.500,00 con gli acconti" in said
    assert "€ 20.500,50 (ventimilacinquecento/50)" in said
    assert "entro il 2 maggio 2028" in said


def test_a_negative_balance_is_a_credit_and_nothing_is_asked():
    credit = replace(ADVANCE, kind="balance", title="Saldo", amount=Decimal("1200.00"), credit=True, percent=None,
                     asked_before=Decimal("206200.00"), due=None, nominal=None)
    said = text(credit)
    assert "si comunica un credito di € 1.200,00 (milleduecento/00)" in said
    assert "si chiede" not in said
    assert "IBAN" not in said


def test_a_letter_agrees_with_a_union():
    union = replace(ADDRESSEE, title="Unione dei Comuni Basiano e Masate", noun="Unione")
    assert "si chiede all'Unione dei Comuni Basiano e Masate di versare" in text(replace(ADVANCE, addressee=union))


@pytest.mark.parametrize(("lacks", "name"), [
    ({"sender": replace(SENDER, iban=None)}, r"sender\.iban"),
    ({"base": None}, "base"),
])
def test_a_missing_value_is_refused_by_name(lacks, name):
    with pytest.raises(RuleBroken, match=f"Manca il dato «{name}"):
        render(TEMPLATE, replace(ADVANCE, **lacks))


def test_where_no_term_is_given_none_is_printed():
    said = text(replace(ADVANCE, due=None, nominal=None))
    assert "Scadenza" not in said and "Oltre la scadenza" not in said


CORRECTION = replace(
    ADVANCE, kind="correction", title="Rettifica del saldo", code="9/2026", year=2026, amount=Decimal("2500.00"),
    base=Decimal("207500.00"), base_name="quota definitiva", percent=None, nominal=date(2027, 7, 5),
    due=date(2027, 7, 5), act="deliberazione n. 11 del 05/07/2027 – Assemblea Consortile", interest="none",
    correction=Correction("la richiesta della rata n. 3/2026, prot. n. 103 del 03/05/2027",
                          "deliberazione n. 11 del 05/07/2027", "Assemblea Consortile", Decimal("205000.00"),
                          "Residenti di un comune aggiornati", Decimal("205000.00"), Decimal("2500.00")))


def test_a_correction_says_what_it_replaces_which_act_and_what_was_paid():
    said = text(CORRECTION)
    assert "L'Assemblea Consortile, con deliberazione n. 11 del 05/07/2027, ha corretto la quota" in said
    assert "da € 205.000,00 a € 207.500,00. Motivo: Residenti di un comune aggiornati." in said
    assert "Questa lettera sostituisce la richiesta della rata n. 3/2026, prot. n. 103 del 03/05/2027" in said
    assert "Differenza € 2.500,00 (duemilacinquecento/00)" in said
    assert "Già versato per l'anno € 205.000,00" in said
    assert "Ancora da versare per l'anno € 2.500,00, compresa questa rettifica" in said


def test_a_correction_that_is_a_credit_tells_how_it_is_used():
    assert CORRECTION.correction is not None
    credit = replace(CORRECTION, credit=True, amount=Decimal("800.00"), base=Decimal("204200.00"),
                     correction=replace(CORRECTION.correction, left=Decimal("-300.00"), set_off=Decimal("500.00"),
                                        kept=Decimal("300.00")))
    said = text(credit)
    assert "La differenza è un credito di € 800,00 (ottocento/00) del Comune di Melegnano." in said
    assert "Di esso € 500,00 riducono la rata corretta" in said
    assert "Il credito che resta, € 300,00, sarà portato in diminuzione" in said
    assert "A credito per l'anno € 300,00" in said
    assert "IBAN" not in said


def test_an_open_credit_is_told_with_the_proposal_to_use_it():
    two = (CreditLine("pagamento n. 4/2026", Decimal("100.00")), CreditLine("saldo, rata n. 6/2025", Decimal("50.00")))
    said = text(replace(ADVANCE, credits=two, credit_use=Decimal("150.00"), credit_rest=Decimal("99850.00")))
    assert ("Risultano aperti a favore del Comune di Melegnano € 100,00 (pagamento n. 4/2026) e € 50,00 (saldo, rata "
            "n. 6/2025). Si propone di usarne € 150,00 per questa rata, per la quale resterebbero da versare "
            "€ 99.850,00") in said
    whole = text(replace(ADVANCE, credits=two[:1], credit_use=ADVANCE.amount))
    assert "Risulta aperto a favore" in whole
    assert "che resterebbe pagata per intero" in whole


def test_the_invoice_and_a_term_that_counts_from_another_day_are_told():
    said = text(replace(ADVANCE, invoice="n. 12/PA del 15/01/2027", sdi="7652341290"))
    assert "Fattura n. 12/PA del 15/01/2027 – identificativo SdI 7652341290" in said
    counted = replace(ADVANCE, due=None, nominal=None, days=30, counts_from="receipt")
    assert "(centomila/00) entro 30 (trenta) giorni dal ricevimento di questa lettera." in text(counted)
    assert "Scadenza 30 (trenta) giorni dalla data della fattura" in text(replace(counted, counts_from="invoice"))


@pytest.mark.parametrize(("name", "title"), [
    ("Assemblea Consortile", "Assemblea Consortile dell'Azienda Sociale Sud Est Milano"),
    ("Assemblea Consortile di A.S.S.E.MI.", "Assemblea Consortile di A.S.S.E.MI."),
])
def test_an_organ_is_named_with_its_azienda_once(name, title):
    azienda = Azienda(name="Azienda Sociale Sud Est Milano", short_name="A.S.S.E.MI.", address="via Uno 1",
                      postal_code="20097", city="San Donato Milanese", province="MI")
    assert organ(name, azienda).title == title
