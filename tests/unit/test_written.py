"""What is typed or pasted: an invisible character is refused by its name, and nothing else is."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ground.errors import RuleBroken
from core.ground.written import UNSEEN, one_line, several_lines


@pytest.mark.parametrize(("text", "said"), [
    ("Via\u200b Roma 3", "dopo «Via»: spazio di larghezza zero (U+200B)"),
    ("Via Roma\x0c3", "dopo «Via Roma»: salto di pagina (U+000C)"),
    ("\ufeffDresano", "all'inizio: segno d'inizio di un file (BOM) (U+FEFF)"),
    ("comune@pec.dre\u00adsano.example", "dopo «comune@pec.dre»: trattino facoltativo (U+00AD)"),
    ("Dresano\u200f", "dopo «Dresano»: segno di direzione del testo (U+200F)"),
    ("Dre\x00sano", "dopo «Dre»: carattere nullo (U+0000)"),
    ("Dre\x1bsano", "dopo «Dre»: carattere di controllo (U+001B)"),
    ("Dresano\u2028MI", "dopo «Dresano»: separatore di riga (U+2028)"),
    ("Dresano\x0b", "dopo «Dresano»: tabulazione verticale (U+000B)"),
    ("Dre\u3164sano", "dopo «Dre»: hangul filler (U+3164)"),
    ("\x0c", "all'inizio: salto di pagina (U+000C)"),
])
def test_a_character_that_nobody_sees_is_refused_by_its_name_and_place(text: str, said: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        one_line(text, field="name")
    assert refused.value.field == "name"
    assert str(refused.value) == f"C'è un carattere invisibile {said}. Cancellarlo, o riscrivere il testo a mano."


@pytest.mark.parametrize(("text", "kept"), [
    ("  Via Roma, 3 \r\n", "Via Roma, 3"), ("Via\tRoma\n3", "Via Roma 3"), ("n.\u00a012", "n. 12"), ("", ""),
    ("Azienda  Val \u00a0d’Ònera", "Azienda Val d’Ònera"),
    ("Sant’Angelo – Città «è» 12 € ½", "Sant’Angelo – Città «è» 12 € ½"), ("e\u0301 x", "e\u0301 x"),
])
def test_what_is_seen_stays_as_it_was_typed(text: str, kept: str) -> None:
    assert one_line(text) == kept


def test_a_long_text_keeps_its_lines_and_refuses_what_no_document_can_hold() -> None:
    assert several_lines(" Primo.\r\n\r\n\tSecondo.\rTerzo. ") == "Primo.\n\n\tSecondo.\nTerzo."
    with pytest.raises(RuleBroken, match="salto di pagina"):
        several_lines("Prima pagina\x0cseconda")


@given(st.text())
def test_whatever_is_typed_becomes_one_line_that_stays_so_or_is_refused(text: str) -> None:
    try:
        kept = one_line(text)
    except RuleBroken as refusal:
        assert "U+" in str(refusal)
        return
    assert kept == one_line(kept)
    assert not [c for c in kept if unicodedata.category(c) in UNSEEN], "nothing invisible is left"
