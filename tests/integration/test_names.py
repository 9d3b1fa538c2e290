"""A municipality is one however it is written: to whoever searches, to an import, to whoever registers it again."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.ground.errors import RuleBroken
from core.ground.search import holds
from core.imports.finding import called, municipality
from core.imports.operations import Desk
from core.parties.model import Municipality
from core.parties.operations import add_municipality, edit_municipality
from core.parties.rules import slug_of
from tests.conftest import UnitFactory
from tests.factories import body_tax_code
from tests.factories import municipality as known

TODAY = date(2026, 3, 2)


@pytest.fixture
def places(unit: UnitFactory) -> dict[str, int]:
    """Sant'Orso, Riva and Bolzano/Bozen, by slug."""
    with unit("comuni") as session:
        rows = [known(name, slug=slug_of(name)) for name in ("Sant'Orso", "Riva", "Bolzano/Bozen")]
        session.add_all(rows)
        session.flush()
        return {row.slug: row.id for row in rows}


@pytest.mark.parametrize("typed", ["s. orso", "Sant’Orso", "SANT`ORSO", "comune di s. orso", "orso sant"])
def test_who_searches_finds_it(unit: UnitFactory, places: dict[str, int], typed: str) -> None:
    with unit("cerca") as session:
        found = session.scalars(select(Municipality.id).where(holds(session, Municipality, typed))).all()
    assert found == [places["sant-orso"]]


@pytest.mark.parametrize(("written", "slug"), [
    ("C.ne di S. Orso", "sant-orso"), ("BOZEN", "bolzano-bozen"), ("comune di riva (TN)", "riva"), ("riva", "riva"),
    ("bolzano-bozen", "bolzano-bozen"),
])
def test_an_import_understands_it(unit: UnitFactory, places: dict[str, int], written: str, slug: str) -> None:
    with unit("importa") as session:
        assert municipality(Desk(session, TODAY), written) == places[slug]


def test_an_import_takes_nobody_who_only_carries_the_name(unit: UnitFactory, places: dict[str, int]) -> None:
    with unit("importa") as session:
        assert called(Desk(session, TODAY), "Provincia di Riva") is None
        with pytest.raises(RuleBroken, match="non è tra gli enti registrati"):
            municipality(Desk(session, TODAY), "Farmacia Riva snc")


def facts(name: str) -> dict[str, str]:
    return {"name": name, "tax_code": body_tax_code(), "istat": "015998", "address": "Via Roma, 1",
            "postal_code": "20070", "city": name, "province": "MI"}


@pytest.mark.parametrize("name", ["S. Orso", "SANT’ORSO", "Comune di Sant'Orso", "Bozen"])
def test_nobody_registers_it_again_under_another_spelling(
    unit: UnitFactory, places: dict[str, int], name: str
) -> None:
    with unit("registra") as session, pytest.raises(RuleBroken, match="è già registrato") as refusal:
        add_municipality(session, facts(name))
    assert refusal.value.field == "name"


def test_its_own_spelling_may_be_corrected_and_another_s_not_taken(unit: UnitFactory, places: dict[str, int]) -> None:
    with unit("registra") as session:
        add_municipality(session, facts("Riva di Sotto"))
    with unit("corregge") as session:
        row = session.get_one(Municipality, places["sant-orso"])
        edit_municipality(session, row.id, {**facts("Sant’Orso"), "istat": "015997"}, version=row.version)
    with unit("corregge") as session, pytest.raises(RuleBroken, match="è già registrato"):
        row = session.get_one(Municipality, places["sant-orso"])
        edit_municipality(session, row.id, {"name": "RIVA"}, version=row.version)
