"""How values look to a person, and what a person may type."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from werkzeug.datastructures import MultiDict

from admin.office.telling import joined
from admin.web import formats
from admin.web.base_view import own_address
from admin.web.formats import days_words
from admin.web.forms import DateField, DecimalField, EuroField, LinesField, NumberField, PageForm, clean
from admin.wording import catalogues


class Everything(PageForm):
    day = DateField()
    number = NumberField()
    quantity = DecimalField()
    amount = EuroField()
    lines = LinesField()


@pytest.fixture(autouse=True)
def italian() -> Iterator[None]:
    app = Flask("prova")
    Babel(app, default_locale="it")
    with app.test_request_context():
        yield


def typed(**data: str) -> Everything:
    form = Everything(MultiDict(data))
    form.validate()
    return form


def test_dates_amounts_and_answers_are_written_as_italians_write_them() -> None:
    assert formats.day(date(2026, 7, 31)) == "31/07/2026"
    assert formats.euro(Decimal("1234.56")) == "€\N{NO-BREAK SPACE}1.234,56"
    assert formats.decimal(32410) == "32.410"
    assert formats.moment(datetime(2026, 11, 22, 13, 5, tzinfo=UTC)) == "22/11/2026 14:05"
    assert (formats.yes_no(True), formats.yes_no(False), formats.yes_no(None)) == ("sì", "no", "")


def test_what_is_shown_is_never_read_as_markup() -> None:
    assert "<script>" not in formats.shown("<script>")
    assert "<b>" not in formats.shown(["<b>grassetto</b>"])
    assert "<i>" not in formats.paragraphs("<i>corsivo</i>")
    assert "<u>" not in formats.badge("contract", "<u>")


def test_a_badge_without_a_row_speaks_the_language_of_each_reader() -> None:
    catalogues.compile_missing()
    app = Flask("prova")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(catalogues.FOLDER)
    Babel(app, default_locale="it")
    formats.init_app(app)
    page = app.jinja_env.from_string('{{ "remark"|badge("warning") }}')
    with app.test_request_context():
        assert "Da verificare" in page.render()
        with force_locale("en"):
            assert "To be verified" in page.render()


@pytest.mark.parametrize("text", ["2026-07-31", "31/07/2026", " 31/7/2026 "])
def test_a_day_may_be_typed_or_picked(text: str) -> None:
    assert typed(day=text).day.data == date(2026, 7, 31)


@pytest.mark.parametrize(("name", "text"), [
    ("day", "31/02/2026"), ("day", "ieri"), ("number", "tre"), ("number", "9" * 30), ("number", "1,5"),
    ("number", "--1"), ("number", "²"), ("quantity", "molto"), ("quantity", "NaN"), ("quantity", "1e999"),
    ("quantity", "1e3"), ("quantity", "1_000"), ("quantity", "12.34,5"), ("quantity", "١٢"), ("quantity", ","),
    ("amount", "10,999"), ("amount", "tanto"),
])
def test_what_cannot_be_read_is_refused_and_stays_as_it_was_typed(name: str, text: str) -> None:
    form = typed(**{name: text})
    assert form[name].errors
    assert form[name]._value() == text


def test_amounts_and_numbers_are_read_in_both_ways_of_writing() -> None:
    assert typed(amount="1.234,56").amount.data == typed(amount="1234.56").amount.data == Decimal("1234.56")
    assert typed(quantity="12,5").quantity.data == typed(quantity="12.5").quantity.data == Decimal("12.5")
    assert typed(quantity="1.234.567").quantity.data == Decimal(1234567)
    assert typed(quantity="-1.234,5").quantity.data == Decimal("-1234.5")
    assert typed(number="3.050").number.data == 3050
    assert typed(lines="uno\r\n\r\n  due ").lines.data == ("uno", "due")


@pytest.mark.parametrize("text", ["12.3", "1.2345", ".5", "1..000", "110%", "1.234,5"])
def test_a_dot_that_parts_no_thousands_makes_no_whole_number(text: str) -> None:
    form = typed(number=text)
    assert form.number.data is None and form.number.errors == [f"«{text}» non è un numero intero."]


def test_a_number_that_has_two_meanings_is_asked_again() -> None:
    form = typed(quantity="1.234")
    assert not form.validate() and form.quantity.data is None
    assert form.quantity.errors == ["«1.234» si può leggere in due modi: scrivere 1234, oppure 1,234."]
    assert typed(quantity="0.335").quantity.data == Decimal("0.335")
    assert typed(quantity="1,234").quantity.data == Decimal("1.234")


@pytest.mark.parametrize("url", ["//altrove", "https://altrove", "/\\altrove", "/admin/\nx", "", None, "/altro"])
def test_only_our_own_addresses_lead_back(url: str | None) -> None:
    assert own_address(url) is None
    assert own_address("/admin/comuni/?page=2") == "/admin/comuni/?page=2"


def test_a_sentence_of_the_history_does_not_say_a_noun_twice() -> None:
    assert joined("il comune", "Dresano") == "il comune Dresano"
    assert joined("il contratto", "Contratto n. 3/2026") == "il contratto n. 3/2026"


def test_the_days_left_are_words() -> None:
    assert [days_words(d) for d in (None, 0, 1, 5, -1, -9)] == [
        "", "oggi", "domani", "tra 5 giorni", "da ieri", "da 9 giorni"]


def test_a_browsers_line_ends_leave_paragraphs_apart():
    assert clean("Primo.\r\n\r\nSecondo.\r\n") == "Primo.\n\nSecondo."
