"""A postal code and a province that exist."""

from __future__ import annotations

import holidays
import pytest

from core.ground.errors import RuleBroken
from core.parties import places


@pytest.mark.parametrize("code", ["00010", "00185", "20077", "20070", "98168", "39100", " 26841 "])
def test_a_postal_code_that_exists_is_kept_in_its_five_digits(code: str) -> None:
    assert places.postal_code(code) == code.strip()


@pytest.mark.parametrize("code", ["99999", "00000", "00009", "98169", "49100", "69010", "77010", "20001"])
def test_a_postal_code_of_no_zone_does_not_exist(code: str) -> None:
    with pytest.raises(RuleBroken, match=f"Il CAP {code} non esiste"):
        places.postal_code(code)


@pytest.mark.parametrize("code", ["2007", "200700", "2007O", "MI", "", "٢٠٠٧٠"])
def test_a_postal_code_has_five_digits(code: str) -> None:
    with pytest.raises(RuleBroken, match="cinque cifre") as refused:
        places.postal_code(code)
    assert refused.value.field == "postal_code"


def test_the_list_of_provinces_is_that_of_iso_and_the_four_of_sardinia() -> None:
    known = {sign for sign in holidays.Italy.subdivisions if len(sign) == 2}
    assert known <= places.PROVINCES
    assert places.PROVINCES - known == {"CI", "OG", "OT", "VS"}


@pytest.mark.parametrize("sign", ["XX", "Milano", "M", "", "FU", "EE"])
def test_a_seat_lies_in_a_province_that_exists(sign: str) -> None:
    with pytest.raises(RuleBroken, match="non è la sigla di una provincia"):
        places.province(sign)


def test_signs_are_kept_in_capitals_and_people_were_born_abroad_and_in_provinces_that_are_no_more() -> None:
    assert (places.province("mi"), places.birth_province("ee"), places.birth_province("FU")) == ("MI", "EE", "FU")
