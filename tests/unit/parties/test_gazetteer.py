"""What is registered of a comune, held against the list of ISTAT and the archive of the national register."""

from __future__ import annotations

import json
import tomllib
from datetime import date, timedelta

import pytest

from core.ground.errors import RuleBroken
from core.ground.paths import DEMO
from core.parties.gazetteer import gazetteer, proposals, remarks, require_agreement
from seed.gazetteer import rows

LOMBARDY = frozenset(["BG", "BS", "CO", "CR", "LC", "LO", "MB", "MI", "MN", "PV", "SO", "VA"])


def told(name: str, istat: str, form: str = "comune") -> list[str]:
    return [str(remark) for remark in remarks(name, istat, form=form)]


def test_the_list_has_its_days_and_every_comune_of_today_once() -> None:
    known = gazetteer()
    assert (known.listed_on, known.archived_on) == (date(2024, 12, 4), date(2026, 5, 8))
    living = [one for one in known.comuni if one.until is None]
    assert len(living) == len({one.cadastral for one in living}) == 7894
    assert len(known.by_istat) == sum(bool(one.istat) for one in living) == 7893
    assert known.by_istat["015101"].cadastral == "D367" and known.by_istat["015101"].code == "c_d367"
    assert len(known.provinces) == 107


def test_every_comune_of_the_demo_agrees_with_it() -> None:
    for row in tomllib.loads((DEMO / "district.toml").read_text(encoding="utf-8"))["municipalities"]:
        require_agreement(row["name"], row["istat"], row["cadastral"], "MI")
        assert told(row["name"], row["istat"]) == []


@pytest.mark.parametrize(("name", "istat"), [
    ("DRESANO", "015101"), ("Comune di Dresano", "015101"), ("S. Donato Milanese", "015192"), ("Bozen", "021008"),
    ("Bolzano - Bozen", "021008"), ("Sant’Angelo Lodigiano", "098050"), ("Castro (BG)", "016065"),
])
def test_a_name_is_known_however_it_is_written_in_either_language(name: str, istat: str) -> None:
    row = gazetteer().by_istat[istat]
    assert row in gazetteer().called(name) and told(name, istat) == []
    require_agreement(name, istat, row.cadastral, row.province)


@pytest.mark.parametrize(("text", "first", "among"), [
    ("san colombano", "San Colombano Belmonte (TO)", "San Colombano al Lambro (MI)"),
    ("SAN COLOMB LAMBRO", "San Colombano al Lambro (MI)", ""), ("certénoli", "San Colombano Certenoli (GE)", ""),
    ("sant'angelo lod", "Sant'Angelo Lodigiano (LO)", ""), ("boz", "", "Bolzano/Bozen (BZ)"),
])
def test_a_comune_is_found_by_how_the_words_of_its_name_begin(text: str, first: str, among: str) -> None:
    found = [str(one) for one in gazetteer().beginning(text, 30)]
    assert not first or found[0] == first
    assert not among or among in found


def test_the_beginning_of_no_name_and_a_comune_that_has_ceased_find_nothing() -> None:
    assert gazetteer().beginning("", 30) == gazetteer().beginning("lambro colombano san", 30) == []
    assert gazetteer().beginning("gironico", 30) == []
    assert len(gazetteer().beginning("san", 7)) == 7


@pytest.mark.parametrize(("name", "istat", "cadastral", "province", "field", "says"), [
    ("Dresano", "015140", None, "MI", "istat",
     "015140 è di Melegnano (MI), secondo l'elenco del 04/12/2024; Dresano (MI) ha 015101"),
    ("Dresano", "015101", None, "CO", "province", "è in provincia di MI, secondo l'elenco ISTAT del 04/12/2024"),
    ("Dresano", "015101", "F100", "MI", "cadastral", "Il codice catastale di Dresano (MI) è D367"),
])
def test_a_code_a_province_or_a_cadastral_code_of_another_is_refused(
    name: str, istat: str, cadastral: str | None, province: str, field: str, says: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        require_agreement(name, istat, cadastral, province)
    assert says in str(refused.value) and refused.value.field == field


def test_where_the_list_may_only_be_older_it_remarks_and_refuses_nothing() -> None:
    require_agreement("Valbruna", "015101", None, "MI")
    assert "015101 è di Dresano (MI), e non di «Valbruna»" in told("Valbruna", "015101")[0]
    require_agreement("Valbruna", "017901", None, "BS")
    assert "non è nell'elenco del 04/12/2024, e nemmeno «Valbruna»" in told("Valbruna", "017901")[0]
    assert "dove Dresano (MI) ha 015101" in told("Dresano", "015999")[0]
    require_agreement("Arzachena", "090006", None, "OT")  # a province that was made since is none that the list denies


def test_a_code_of_before_a_province_was_made_is_told_with_that_of_today() -> None:
    assert told("Lissone", "015123") == [
        "Il codice ISTAT 015123 è di prima della riforma delle province: oggi Lissone (MB) ha 108028."]


def test_a_comune_that_has_ceased_is_told_with_its_day_and_with_who_was_born_then() -> None:
    [merged] = told("Nanto", "024999")
    assert merged.startswith("Nanto (VI) è cessato il 20/02/2026") and "è nato Castegnero Nanto (VI)" in merged
    assert "che non dice chi ne ha preso il posto" in told("Amblar", "022999")[0]  # many were born on that day


@pytest.mark.parametrize(("name", "since", "heir"), [
    ("Gironico", "04/02/2014", "Colverde (CO), con il codice ISTAT 013251"),  # three were born on that day
    ("Cavallasca", "01/01/2017", "San Fermo della Battaglia (CO), con il codice ISTAT 013206"),  # not who was born
    ("Menarola", "25/11/2015", "Gordona (SO), con il codice ISTAT 014032"),  # nobody was born
])
def test_of_a_comune_of_lombardy_that_has_ceased_it_says_who_took_its_place_and_from_when(
    name: str, since: str, heir: str
) -> None:
    [said] = told(name, "013999")
    assert f"dal {since} al suo posto c'è {heir}" in said


def test_the_successors_are_all_of_lombardy_of_the_same_province_and_not_younger_than_the_next_day() -> None:
    known = gazetteer()
    lombard = {one.cadastral: one for one in known.comuni if one.until is not None and one.province in LOMBARDY}
    assert known.successors.keys() == lombard.keys() and len(lombard) == 73
    for code, gone in lombard.items():
        heir = known.successor(gone)
        assert heir is not None and heir.until is None and heir.province == gone.province, code
        assert heir.since is None or (gone.until is not None and heir.since <= gone.until + timedelta(days=1)), code


def test_a_union_stands_in_no_list_and_a_missing_code_is_proposed() -> None:
    assert told("Unione delle Terre Alte", "015101", form="unione") == []
    assert [str(one) for one in proposals("Dresano")] == ["Dresano (MI) ha 015101"]
    assert [str(one) for one in proposals("Castro")] == ["Castro (BG) ha 016065", "Castro (LE) ha 075096"]
    assert proposals("Valbruna") == ()


def test_the_file_is_made_of_the_two_lists_as_they_are_published() -> None:
    heads = ("Codice Comune formato alfanumerico", "Denominazione in italiano", "Denominazione altra lingua",
             "Sigla automobilistica", "Codice Comune numerico con 110 province (dal 2010 al 2016)",
             "Codice Catastale del \ncomune")
    listed = [";".join(f'"{head}"' for head in heads), "021008;Bolzano;Bozen;BZ;21008;A952",
              "108028;Lissone;;MB;15123;E617", "006113;Murisengo;;AL;6113;F814"]

    def kept(code: str, name: str, since: str, until: str = "") -> dict[str, object]:
        return {"code": code, "name": name, "name_alt": "", "province": "AL", "date_created": f"{since}T00:00:00",
                "date_deleted": until and f"{until}T00:00:00", "active": not until}

    archive = [kept("A952", "Bolzano", "1927-01-12"), kept("E617", "Lissone", "2009-06-30"),
               kept("E617", "Lissone", "1861-03-17", "2009-06-29"), kept("F814", "Murisengo Monferrato", "2025-10-10"),
               kept("X001", "Nuovo", "2026-02-21"), kept("X002", "Cessato", "1861-03-17", "2026-02-20"),
               kept("X003", "Cessato prima", "1861-03-17", "1928-01-01")]
    made = rows("\n".join(listed).encode("cp1252"), date(2024, 12, 4), json.dumps(archive).encode())
    assert list(made) == [
        ("A952", "021008", "Bolzano", "Bozen", "BZ", "", "", ""),
        ("E617", "108028", "Lissone", "", "MB", "015123", "", ""),
        ("F814", "006113", "Murisengo Monferrato", "", "AL", "", "2025-10-10", ""),
        ("X001", "", "Nuovo", "", "AL", "", "2026-02-21", ""),
        ("X002", "", "Cessato", "", "AL", "", "", "2026-02-20")]
