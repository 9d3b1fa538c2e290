"""Options of a field: what a long list leaves out is said."""

from __future__ import annotations

from flask import Flask
from flask_babel import Babel

from admin.web.forms import MOST_CHOICES, first_of


def test_a_short_list_of_options_stays_as_it_is():
    options = [(1, "Dresano"), (2, "Melegnano")]
    assert first_of(options) == options


def test_where_a_list_of_options_is_cut_its_last_line_says_so():
    app = Flask("prova")
    Babel(app, default_locale="it")
    with app.test_request_context():
        offered = first_of([(n, f"n. {n}") for n in range(MOST_CHOICES + 1)])
    assert len(offered) == MOST_CHOICES + 1
    assert offered[-1] == ("", "… l'elenco continua: qui stanno i primi 2000")


def test_two_options_that_read_alike_are_told_apart():
    assert first_of([(3, "Maria Rossi"), (4, "Ugo Neri"), (9, "Maria Rossi")]) == [
        (3, "Maria Rossi (n. 3)"), (4, "Ugo Neri"), (9, "Maria Rossi (n. 9)")]
