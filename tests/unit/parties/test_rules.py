"""The names of bodies in acts."""

from __future__ import annotations

import pytest

from core.ground.errors import RuleBroken
from core.parties import rules


@pytest.mark.parametrize(("written", "body_kind", "form", "name"), [
    ("", "council", "comune", "Consiglio comunale"), (" ", "giunta", "unione", "Giunta dell'Unione"),
    ("", "assembly", "azienda", "Assemblea Consortile"), ("Commissario", "council", "comune", "Commissario"),
])
def test_an_act_names_its_body_even_when_nobody_wrote_it(written: str, body_kind: str, form: str, name: str) -> None:
    assert rules.body_name(written, body_kind=body_kind, form=form) == name


def test_a_body_without_a_usual_name_is_asked_for() -> None:
    with pytest.raises(RuleBroken) as refused:
        rules.body_name("", body_kind="other", form="comune")
    assert refused.value.field == "body"


@pytest.mark.parametrize(("text", "whole"), [("15140", "015140"), ("1514", "001514")])
def test_an_istat_code_that_lacks_a_digit_is_not_guessed(text, whole):
    with pytest.raises(RuleBroken) as refused:
        rules.istat(text)
    assert str(refused.value) == (
        f"Il codice ISTAT «{text}» ha {len(text)} cifre invece di sei. Se lo ha accorciato Excel, che toglie gli zeri "
        f"iniziali, è {whole}: controllarlo e scriverlo per intero.")


@pytest.mark.parametrize("text", ["000140", "015000"])
def test_an_istat_code_names_a_province_and_a_municipality(text):
    with pytest.raises(RuleBroken, match="non esiste"):
        rules.istat(text)


def test_a_pec_with_a_blank_of_no_width_is_refused_by_its_name():
    with pytest.raises(RuleBroken, match="invisibile") as refused:
        rules.pec("comune@pec.dresano\u200b.example")
    assert "spazio di larghezza zero" in str(refused.value)


@pytest.mark.parametrize("written", [
    "dott.ssa Anna Rossi", "notaio dott.ssa Anna Rossi", " Notaia  dott.ssa Anna Rossi",
    "il notaio dott.ssa Anna Rossi",
])
def test_a_notary_is_named_without_the_word_that_the_contract_writes(written: str) -> None:
    assert rules.notary(written) == "dott.ssa Anna Rossi"
