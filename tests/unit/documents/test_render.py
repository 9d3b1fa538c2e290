"""The one function that makes documents: what goes in comes out, and nothing is lost in silence."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from docx import Document

from core.documents.render import render
from core.documents.wordfile import Properties, read_text
from core.ground.errors import RuleBroken


@pytest.fixture
def letter(tmp_path):
    """Makes a Word template of the paragraphs given."""

    def make(*paragraphs):
        document = Document()
        for paragraph in paragraphs:
            document.add_paragraph(paragraph)
        path = tmp_path / "lettera.docx"
        document.save(str(path))
        return path

    return make


@pytest.mark.parametrize("value", [
    "Rossi & Figli", "<b>grassetto</b>", "{{ 7 * 7 }}", "{% for x in y %}", "{_{ e }_} e {_% %_}", '"virgolette"',
    "l'ora", "a capo\nseconda riga", "colonna\tseconda", "👩‍👧 emoji", "שלום עולם", "]]>", "&amp;", "  spazi  ",
])
def test_text_comes_out_as_it_went_in(letter, value):
    assert read_text(render(letter("prima {{ testo }} dopo"), {"testo": value})) == [f"prima {value} dopo"]


def test_values_side_by_side_do_not_become_a_tag(letter):
    assert read_text(render(letter("{{ a }}{{ b }}"), {"a": "{", "b": "_{ x }"})) == ["{_{ x }"]


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\v"])
def test_every_kind_of_new_line_is_a_break_in_the_same_paragraph(letter, newline):
    assert read_text(render(letter("{{ testo }}"), {"testo": f"a{newline}b"})) == ["a\nb"]


@pytest.mark.parametrize("template", ["{{ assente }}", "{{ dati.assente }}", "{{ assente|capital }}",
                                      "{% if assente %}x{% endif %}", "{{ dati.assente.ancora }}"])
def test_an_unknown_field_is_refused(letter, template):
    with pytest.raises(RuleBroken, match=r"non esiste.*lettera\.docx|lettera\.docx.*non esiste"):
        render(letter(template), {"dati": {"presente": "x"}})


@pytest.mark.parametrize("template", ["{{ dati.data }}", "{{ dati.data|date_long }}",
                                      "del {{ dati.data|date_long|of_day }}"])
def test_a_missing_value_is_refused_by_its_name(letter, template):
    with pytest.raises(RuleBroken, match=r"Manca il dato «dati\.data") as refusal:
        render(letter(template), {"dati": {"data": None}})
    assert refusal.value.field.startswith("dati.data")


def test_a_gap_that_a_draft_may_leave_is_drawn_as_a_line(letter):
    assert read_text(render(letter("n. {{ numero|blank }}"), {"numero": None})) == ["n. ________"]


def test_dates_and_amounts_print_in_italian_even_without_a_filter(letter):
    assert read_text(render(letter("{{ giorno }} {{ importo }}"),
                            {"giorno": date(2026, 7, 31), "importo": Decimal("1234.50")})) == ["31/07/2026 1.234,50"]


@dataclass
class Mutable:
    name: str


class Row:
    name = "riga"


@pytest.mark.parametrize("value", [Row(), Mutable("x"), 1.5, len, {"a": Row()}, (1.5,), b"x", Row])
def test_only_plain_frozen_data_goes_in(letter, value):
    with pytest.raises(RuleBroken, match="dato «valore"):
        render(letter("fisso"), {"valore": value})


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x0c", "\ud800", "￾"])
def test_a_character_that_word_cannot_write_is_refused_with_its_place(letter, character):
    with pytest.raises(RuleBroken, match=r"«testo».*U\+.*posizione 3"):
        render(letter("{{ testo }}"), {"testo": f"ab{character}"})


@pytest.mark.parametrize("template", ["{{ ''.__class__ }}", "{{ testo.__class__.__mro__ }}", "{{ range(10) }}",
                                      "{{ testo.format }}", "{{ testo.upper }}"])
def test_a_template_cannot_reach_python(letter, template):
    with pytest.raises(RuleBroken):
        render(letter(template), {"testo": "x"})


@pytest.mark.parametrize("template", ["{% if x %}mai chiuso", "{{ x|inesistente }}", "{% include 'y' %}", "{{ x"])
def test_a_template_that_cannot_be_read_is_refused_in_a_sentence(letter, template):
    with pytest.raises(RuleBroken, match=r"lettera\.docx"):
        render(letter(template), {"x": "1"})


def test_a_template_that_is_no_word_file_is_refused_in_a_sentence(tmp_path):
    path = tmp_path / "lettera.docx"
    path.write_bytes(b"testo")
    with pytest.raises(RuleBroken, match="non si può leggere"):
        render(path, {})


def test_a_filter_on_the_wrong_kind_of_value_is_explained(letter):
    with pytest.raises(RuleBroken, match="filtro «date_long» non si può applicare al valore «ieri»"):
        render(letter("{{ giorno|date_long }}"), {"giorno": "ieri"})


def test_the_same_data_gives_the_same_bytes_and_the_properties_come_from_the_caller(letter, tmp_path):
    said = Properties(title="Lettera {{ x }}", author="Azienda", created=date(2026, 3, 2))
    first, second = (render(letter("{{ x }}"), {"x": "1"}, said) for _ in range(2))
    assert first == second
    path = tmp_path / "fatta.docx"
    path.write_bytes(first)
    properties = Document(str(path)).core_properties
    assert (properties.title, properties.author) == ("Lettera {{ x }}", "Azienda")
    assert properties.created.date() == date(2026, 3, 2)


def test_a_template_that_somebody_took_away_is_named(tmp_path):
    with pytest.raises(RuleBroken, match=r"Manca il modello «lettera\.docx».*templates_docs\.build"):
        render(tmp_path / "lettera.docx", {"testo": "x"})
