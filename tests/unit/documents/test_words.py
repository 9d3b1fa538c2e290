from datetime import date
from decimal import Decimal

import pytest

from core.documents import grammar, words


@pytest.mark.parametrize(("day", "said"), [
    (date(2026, 1, 31), "31 gennaio 2026"),
    (date(2026, 5, 1), "1º maggio 2026"),
    (date(2028, 2, 29), "29 febbraio 2028"),
])
def test_a_date_is_written_as_in_a_letter(day, said):
    assert words.date_long(day) == said


def test_a_short_date_has_two_digits_for_day_and_month():
    assert words.date_short(date(2026, 7, 5)) == "05/07/2026"


@pytest.mark.parametrize(("day", "on", "by", "of"), [
    (date(2026, 1, 31), "il 31 gennaio", "entro il 31 gennaio", "del 31 gennaio"),
    (date(2026, 3, 8), "l'8 marzo", "entro l'8 marzo", "dell'8 marzo"),
    (date(2026, 6, 11), "l'11 giugno", "entro l'11 giugno", "dell'11 giugno"),
    (date(2026, 6, 18), "il 18 giugno", "entro il 18 giugno", "del 18 giugno"),
])
def test_eight_and_eleven_take_an_apostrophe(day, on, by, of):
    said = words.day_month(day)
    assert (words.on_day(said), words.by_day(said), words.of_day(said)) == (on, by, of)


@pytest.mark.parametrize(("day", "since", "until"), [
    (date(2026, 1, 1), "dal 1º gennaio", "al 1º gennaio"),
    (date(2026, 3, 8), "dall'8 marzo", "all'8 marzo"),
    (date(2026, 6, 11), "dall'11 giugno", "all'11 giugno"),
])
def test_a_period_runs_from_a_day_to_a_day(day, since, until):
    said = words.day_month(day)
    assert (words.from_day(said), words.to_day(said)) == (since, until)


def test_what_is_not_known_yet_leaves_a_line_to_fill_in():
    assert words.blank(None) == words.blank("") == words.BLANK
    assert words.blank("12") == "12"


def test_terms_are_written_in_words_and_binding_days_in_figures_too():
    assert words.months(6) == "sei mesi"
    assert words.months(1) == "un mese"
    assert words.years(3) == "tre anni"
    assert [words.span(n) for n in (0, 9, 12, 18, 120)] == ["zero mesi", "nove mesi", "un anno", "diciotto mesi",
                                                            "dieci anni"]
    assert words.days(15) == "15 (quindici) giorni"
    assert words.days(60) == "60 (sessanta) giorni"
    assert words.days(1) == "1 (un) giorno"


@pytest.mark.parametrize(("amount", "said"), [
    ("1234.56", "€ 1.234,56"), ("0", "€ 0,00"), ("1000000", "€ 1.000.000,00"), ("-5", "€ -5,00"),
])
def test_euro_have_two_decimals_and_points_for_thousands(amount, said):
    assert words.euro(Decimal(amount)) == said


def test_an_amount_in_words_ends_with_its_cents():
    assert words.euro_in_words(Decimal("5000.00")) == "€ 5.000,00 (cinquemila/00)"
    assert words.euro_in_words(Decimal("100.05")) == "€ 100,05 (cento/05)"


@pytest.mark.parametrize(("value", "said"), [("50", "50%"), ("33.330", "33,33%"), ("100", "100%"), ("0.50", "0,5%")])
def test_a_percentage_says_no_useless_zero(value, said):
    assert words.percent(Decimal(value)) == said


def test_ordinals_follow_gender():
    assert (words.ordinal(5), words.ordinal(5, "f")) == ("quinto", "quinta")


def test_letters_go_on_after_z():
    assert [words.letter(n) for n in (1, 26, 27)] == ["a", "z", "aa"]


def test_titles_have_roman_numbers():
    assert [words.roman(n) for n in (1, 4, 5, 9)] == ["I", "IV", "V", "IX"]


def test_an_iban_is_read_in_groups_of_four():
    assert words.iban("IT76Y0199920100000000123401") == "IT76 Y019 9920 1000 0000 0123 401"


@pytest.mark.parametrize(("noun", "the", "of_the", "to_the", "from_the"), [
    ("Comune di Melegnano", "il Comune di Melegnano", "del Comune di Melegnano", "al Comune di Melegnano",
     "dal Comune di Melegnano"),
    ("Unione", "l'Unione", "dell'Unione", "all'Unione", "dall'Unione"),
    ("Azienda", "l'Azienda", "dell'Azienda", "all'Azienda", "dall'Azienda"),
    ("Giunta comunale", "la Giunta comunale", "della Giunta comunale", "alla Giunta comunale",
     "dalla Giunta comunale"),
    ("Statuto", "lo Statuto", "dello Statuto", "allo Statuto", "dallo Statuto"),
    ("Città metropolitana", "la Città metropolitana", "della Città metropolitana", "alla Città metropolitana",
     "dalla Città metropolitana"),
    ("Comuni", "i Comuni", "dei Comuni", "ai Comuni", "dai Comuni"),
    ("Enti", "gli Enti", "degli Enti", "agli Enti", "dagli Enti"),
    ("presentazione del bilancio", "la presentazione del bilancio", "della presentazione del bilancio",
     "alla presentazione del bilancio", "dalla presentazione del bilancio"),
])
def test_articles_and_prepositions_follow_the_noun(noun, the, of_the, to_the, from_the):
    assert grammar.the(noun) == the
    assert grammar.of_the(noun) == of_the
    assert grammar.to_the(noun) == to_the
    assert grammar.from_the(noun) == from_the


@pytest.mark.parametrize(("noun", "said"), [
    ("determina", "della determina"), ("Camera di commercio", "della Camera di commercio"),
    ("Comunità montana", "della Comunità montana"), ("Programma", "del Programma"), ("decreto", "del decreto"),
])
def test_most_bodies_and_acts_that_end_in_a_are_feminine(noun, said):
    assert grammar.of_the(noun) == said


@pytest.mark.parametrize(("name", "sex", "said"), [
    ("dott.ssa Anna Rossi", "F", "dalla dott.ssa Anna Rossi"), ("dott. Ugo Neri", "M", "dal dott. Ugo Neri"),
    ("rag. Anna Rossi", "F", "dalla rag. Anna Rossi"), ("avv. Ugo Neri", "M", "dall'avv. Ugo Neri"),
])
def test_the_article_of_a_title_follows_the_person(name, sex, said):
    assert grammar.articulated(name, "da", sex) == said


def test_places_keep_the_full_preposition_unless_their_record_says_otherwise():
    assert grammar.of_place("Arese") == "di Arese"
    assert grammar.of_place("Spezia", "della") == "della Spezia"
    assert grammar.of_place("Aquila", "dell'") == "dell'Aquila"


def test_words_agree_with_bodies_and_with_persons():
    assert grammar.agree("Unione dei Comuni", "rappresentato", "rappresentata") == "rappresentata"
    assert grammar.agree("Comune di Dresano", "rappresentato", "rappresentata") == "rappresentato"
    assert grammar.by_sex("F", "nato", "nata") == "nata"
    assert grammar.by_sex("M", "nato", "nata") == "nato"


@pytest.mark.parametrize(("items", "said"), [
    ([], ""), (["A"], "A"), (["A", "B"], "A e B"), (["A", "B", "C"], "A, B e C"), (["Adda", "Enza"], "Adda ed Enza"),
])
def test_a_list_ends_with_a_conjunction(items, said):
    assert grammar.joined(items) == said
