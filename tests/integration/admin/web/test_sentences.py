"""Sentences of pages, from Python and from templates: in Italian a preposition agrees with the name that follows it."""

from __future__ import annotations

import pytest
from flask import render_template_string, session
from flask_babel import gettext, lazy_gettext, ngettext

from tests.integration.admin.house import House

UNION = "Unione dei Comuni dell'Adda"
SAID = "{{ _('Recapiti di %(name)s', name=name) }}"


def test_python_and_templates_say_it_alike(house: House):
    with house.app.test_request_context("/"):
        assert gettext("Recapiti di %(name)s", name=UNION) == "Recapiti dell'Unione dei Comuni dell'Adda"
        assert str(lazy_gettext("Recapiti di %(name)s", name=UNION)) == "Recapiti dell'Unione dei Comuni dell'Adda"
        assert gettext("Recapiti di %(name)s", name="Melegnano") == "Recapiti di Melegnano"
        assert ngettext("Una rata di %(name)s", "%(num)s rate di %(name)s", 2, name=UNION) == (
            "2 rate dell'Unione dei Comuni dell'Adda")
        assert render_template_string(SAID, name="Unione <b>") == "Recapiti dell&#39;Unione &lt;b&gt;"


def test_english_has_no_articles_to_agree_with(house: House):
    with house.app.test_request_context("/"):
        session["language"] = "en"
        assert gettext("Recapiti di %(name)s", name=UNION) == f"Contacts of {UNION}"


@pytest.mark.parametrize("text", ["Il 50% di chi risponde", "100% dei costi"])
def test_a_percent_sign_stands_for_itself(house: House, text: str):
    with house.app.test_request_context("/"):
        assert gettext(text) == text
