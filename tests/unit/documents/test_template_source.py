"""The markup of the template sources: numbers, letters and references are computed."""

import pytest

from templates_docs.source import SourceError, read_source


@pytest.fixture
def source(tmp_path):
    def read(text):
        (tmp_path / "01.txt").write_text(text, encoding="utf-8")
        return [(piece.mark, piece.number, piece.text) for piece in read_source(tmp_path)]

    return read


def test_articles_commas_and_letters_are_counted(source):
    assert source("""
# Primo

## a: Oggetto

+ uno

* alfa

* beta

+ due
  che continua

* gamma

## b bis: Intruso

## c: Ultimo
""") == [("#", "I", "Primo"), ("##", "1", "Oggetto"), ("+", "1.", "uno"), ("*", "a)", "alfa"), ("*", "b)", "beta"),
         ("+", "2.", "due che continua"), ("*", "a)", "gamma"), ("##", "1-bis", "Intruso"), ("##", "2", "Ultimo")]


def test_a_letter_follows_what_is_printed_before_it(source):
    pieces = source("* uno\n\n% if x\n* forse\n% endif\n\n* due")
    assert [(number, text) for mark, number, text in pieces if mark == "*"] == [
        ("a)", "uno"), ("b)", "forse"), ("{% if x %}c{% else %}b{% endif %})", "due")]


def test_references_follow_the_structure(source):
    pieces = source("## a: A\n\n+ {#x} uno\n\n+ vedi [[b.y]] dell'art. [[b]]\n\n## b: B\n\n+ testo\n\n+ {#y} due")
    assert pieces[2][2] == "vedi 2 dell'art. 2"


def test_a_reference_that_leads_nowhere_stops_the_build(source):
    with pytest.raises(SourceError, match="leads nowhere"):
        source("## a: A\n\n+ vedi [[mancante]]")


def test_the_municipality_becomes_a_filter_that_agrees(source):
    assert source("<Il Comune> e <del Comune>") == [("", "", "{{ body|the|capital }} e {{ body|of_the }}")]
