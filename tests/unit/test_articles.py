"""A preposition before a value agrees with it: the names of bodies take the article, those of comuni do not."""

from __future__ import annotations

import csv

import pytest

from core.ground.articles import filled, takes_article
from core.ground.errors import Finding, RuleBroken
from seed.gazetteer import FILE


@pytest.mark.parametrize(("name", "said"), [
    ("Melegnano", "Manca il conto di Melegnano."),
    ("Unione dei Comuni Alta Valle", "Manca il conto dell'Unione dei Comuni Alta Valle."),
    ("Azienda Sociale Sud Est Milano", "Manca il conto dell'Azienda Sociale Sud Est Milano."),
    ("Fondazione Casa Aperta ETS", "Manca il conto della Fondazione Casa Aperta ETS."),
    ("Consorzio Servizi", "Manca il conto del Consorzio Servizi."),
    ("Ente Parco", "Manca il conto dell'Ente Parco."),
    ("Opera", "Manca il conto di Opera."),
    ("Unione", "Manca il conto di Unione."),
])
def test_a_sentence_takes_the_article_that_its_value_wants(name, said):
    assert filled("Manca il conto di %(name)s.", {"name": name}) == said
    assert str(RuleBroken("Manca il conto di %(name)s.", name=name)) == said
    assert str(Finding("Manca il conto di %(name)s.", {"name": name})) == said


def test_each_place_of_a_name_has_its_own_preposition():
    said = filled("Per %(name)s: scrivere a %(name)s, non a %(other)s. Vale da %(count)s giorni.",
                  {"name": "Distretto Nord", "other": "Opera", "count": 3})
    assert said == "Per il Distretto Nord: scrivere al Distretto Nord, non a Opera. Vale da 3 giorni."


def test_no_comune_of_italy_takes_an_article():
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader((line for line in lines if not line.startswith("#")), delimiter=";"))
    assert len(rows) > 7_000
    assert [row["name"] for row in rows if takes_article(row["name"])] == []


def test_a_sentence_without_values_keeps_its_percent():
    assert filled("Il 50% di %(name)s", {}) == "Il 50% di %(name)s"
