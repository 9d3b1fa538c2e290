"""Whom a text means: a municipality as banks, offices and persons write it, and whoever only carries its name."""

from __future__ import annotations

import pytest

from core.parties.names import same_place, understand, written_otherwise
from core.parties.rules import slug_of

DISTRICT = ("Riva", "Riva di Sotto", "Sant'Orso", "San Donato Milanese", "Lodi", "Lodi Vecchio", "Castello",
            "Città di Castello", "L'Aquila", "Bolzano/Bozen", "Santi Cosma e Damiano", "Forlì", "Gattico-Veruno")


def understood(payer: str, names: tuple[str, ...] = DISTRICT) -> tuple[str | None, list[str]]:
    found = understand(payer, [(slug_of(name), name) for name in names])
    return found.means, list(found.resembles)


@pytest.mark.parametrize(("payer", "means"), [
    ("Riva", "riva"), ("COMUNE DI RIVA", "riva"), ("Comune Riva", "riva"), ("RIVA, COMUNE DI", "riva"),
    ("C.NE DI RIVA", "riva"), ("Cne. di Riva", "riva"), ("COM. DI RIVA", "riva"), ("COM.DI RIVA", "riva"),
    ("CITTA' DI RIVA", "riva"), ("Citta\N{COMBINING GRAVE ACCENT} di Riva", "riva"), ("MUNICIPIO DI RIVA", "riva"),
    ("AMMINISTRAZIONE COMUNALE DI RIVA", "riva"), ("AMM.NE COM.LE RIVA", "riva"), ("RIVA - RAGIONERIA", "riva"),
    ("TESORERIA COMUNALE DI RIVA", "riva"), ("TESORERIA DEL COMUNE DI RIVA", "riva"),
    ("SERVIZIO DI TESORERIA COMUNE DI RIVA", "riva"), ("COMUNE DI RIVA (TN)", "riva"), ("Comune di Riva.", "riva"),
    ("COMUNE DI S.ORSO - SERVIZIO TESORERIA", "sant-orso"), ("COMUNE DI S. ORSO", "sant-orso"),
    ("COMUNE DI S ORSO", "sant-orso"), ("Sant’Orso", "sant-orso"), ("SANTʼORSO", "sant-orso"),
    ("SANT`ORSO", "sant-orso"), ("SANT ORSO", "sant-orso"), ("SANT-ORSO", "sant-orso"),
    ("S.DONATO M.SE", "san-donato-milanese"), ("SAN DONATO MIL.SE", "san-donato-milanese"),
    ("S. Donato Mse.", "san-donato-milanese"),
    ("SS. COSMA E DAMIANO", "santi-cosma-e-damiano"),
    ("COMUNE DELL'AQUILA", "l-aquila"), ("COMUNE DE L'AQUILA", "l-aquila"), ("COMUNE DI L'AQUILA", "l-aquila"),
    ("BOLZANO", "bolzano-bozen"), ("Comune di Bozen", "bolzano-bozen"), ("BOLZANO - BOZEN", "bolzano-bozen"),
    ("COMUNE DI FORLI'", "forli"), ("GATTICO VERUNO", "gattico-veruno"),
])
def test_a_municipality_is_known_however_it_is_written(payer: str, means: str) -> None:
    assert understood(payer) == (means, [])


@pytest.mark.parametrize(("payer", "means", "resembles"), [
    ("COMUNE DI RIVA DI SOTTO", "riva-di-sotto", ["riva"]),
    ("COMUNE DI LODI VECCHIO", "lodi-vecchio", ["lodi"]),
    ("CITTA' DI CASTELLO", "citta-di-castello", ["castello"]),
    ("COMUNE DI CITTA' DI CASTELLO", "citta-di-castello", ["castello"]),
])
def test_the_longest_name_wins_whole_words(payer: str, means: str, resembles: list[str]) -> None:
    assert understood(payer) == (means, resembles)


@pytest.mark.parametrize(("payer", "resembles"), [
    ("FARMACIA RIVA SNC", ["riva"]), ("FARMACIA COMUNALE DI RIVA", ["riva"]), ("PROVINCIA DI RIVA", ["riva"]),
    ("TESORERIA PROVINCIALE DI RIVA", ["riva"]), ("CITTA METROPOLITANA DI RIVA", ["riva"]),
    ("UNIONE DEI COMUNI DI RIVA", ["riva"]), ("A.S.L. RIVA", ["riva"]), ("RIVA MARIO", ["riva"]),
    ("FONDAZIONE LODI VECCHIO", ["lodi", "lodi-vecchio"]), ("COMUNE DI RIVA - COMUNE DI LODI", ["riva", "lodi"]),
    ("COMUNE DI S. DONATO MIL.", ["san-donato-milanese"]),  # cut off, not abbreviated
    ("COMUNE DI GATTICO", ["gattico-veruno"]),  # what it was before they became one
    ("RIVAROLO", []), ("COMUNE DI RIVANAZZANO", []), ("TESORERIA COMUNALE", []), ("S. DONATO", []), ("", []), ("-", []),
])
def test_what_holds_a_name_and_something_else_is_nobody_and_only_resembles(payer: str, resembles: list[str]) -> None:
    assert understood(payer) == (None, resembles)


def test_lodi_vecchio_is_not_lodi_though_nobody_knows_lodi_vecchio() -> None:
    assert understood("COMUNE DI LODI VECCHIO", ("Lodi",)) == (None, ["lodi"])


@pytest.mark.parametrize(("payer", "names", "means"), [
    ("COMUNE DI C.NO", ("Castano", "Dresano"), "castano"),
    ("COMUNE DI C.NO", ("Castano", "Cerano"), None),
    ("COMUNE DI S. ROCCO", ("San Rocco", "Santo Rocco"), None),
    ("COMUNE DI SAN ROCCO", ("San Rocco", "Santo Rocco"), "san-rocco"),
    ("COMUNE DI RIVA.", ("Riva", "Rivoltella"), "riva"),  # written out, it abbreviates nothing
    ("COMUNE DI C.NE", ("Cassine",), None),  # that is «comune» again
    ("COMUNE DI CASTRO (LE)", ("Castro (BG)", "Castro (LE)"), "castro-le"),
    ("COMUNE DI CASTRO", ("Castro (BG)", "Castro (LE)"), None),
    ("COMUNE DI CASTRO (LE)", ("Castro",), "castro"),
    ("COMUNE DI MERAN", ("Merano/Meran", "Meran"), "meran"),
])
def test_an_abbreviation_counts_if_one_municipality_only_is_left(
    payer: str, names: tuple[str, ...], means: str | None
) -> None:
    assert understood(payer, names)[0] == means


@pytest.mark.parametrize(("one", "other", "same"), [
    ("Sant'Orso", "S. ORSO", True), ("Riva", "Comune di Riva", True), ("Bozen", "Bolzano/Bozen", True),
    ("Forlì", "FORLI'", True), ("Riva", "Riva di Sotto", False), ("Lodi", "Lodi Vecchio", False),
    ("Gattico", "Gattico-Veruno", False), ("Castro (BG)", "Castro (LE)", False), ("Castro (BG)", "Castro", True),
])
def test_two_names_of_one_municipality(one: str, other: str, same: bool) -> None:
    assert same_place(one, other) is same_place(other, one) is same


def test_who_searches_may_write_it_in_another_way() -> None:
    assert {"s", "comune"} <= {*written_otherwise("Sant'Orso")}
    assert {"ss"} <= {*written_otherwise("Santi Cosma e Damiano")}
    assert {"sant", "san"} <= {*written_otherwise("S. Orso")}
    assert "dell" in written_otherwise("L'Aquila")


@pytest.mark.parametrize(("name", "slug"), [
    ("San Donato Milanese", "san-donato-milanese"), ("Sant’Orso", "sant-orso"), ("Sant'Orso", "sant-orso"),
    ("Bolzano/Bozen", "bolzano-bozen"), ("Forlì", "forli"), ("L'Aquila", "l-aquila"), ("Hône", "hone"),
    ("Duino Aurisina-Devin Nabrežina", "duino-aurisina-devin-nabrezina"),
])
def test_the_slug_is_the_whole_name_and_every_other_sign_a_hyphen(name: str, slug: str) -> None:
    assert slug_of(name) == slug
