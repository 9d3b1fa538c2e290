"""A refusal that names a record is read when its session is over."""

from __future__ import annotations

from datetime import date

import pytest

from core.ground.errors import RuleBroken
from core.parties import bodies
from tests.conftest import UnitFactory

FACTS = {"given_name": "Anna", "family_name": "Rossi", "role": "Presidente", "valid_from": date(2024, 7, 1)}


def test_the_record_is_told_by_the_name_that_it_had(unit: UnitFactory) -> None:
    with unit("organo") as session:
        body = bodies.add_body(session, {"name": "Assemblea", "kind": "assembly", "owner": "azienda"}).id
        bodies.add_member(session, {**FACTS, "body_id": body})
        other = bodies.add_member(session, {**FACTS, "body_id": body, "given_name": "Bice"})
        session.flush()
        key, version = other.id, other.version
    with pytest.raises(RuleBroken) as refused, unit("organo") as session:
        bodies.edit_member(session, key, {"given_name": "Anna"}, version=version)
    assert str(refused.value).startswith("Anna Rossi siede già in questo organo")
