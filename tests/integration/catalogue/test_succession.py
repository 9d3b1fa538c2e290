"""A service that changed what it does is another one, which took the place of the first: since when, and why (D5)."""

from __future__ import annotations

from datetime import date

import pytest

from core.catalogue import structure, succession
from core.catalogue.model import Service
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from tests.integration.catalogue.test_structure import opened


def both(session: ScopedSession) -> tuple[Service, Service]:
    centre = opened(session, title="Centro affidi")
    return centre, structure.add_service(session, {"title": "Centro adozioni e affidi"}, centre.sector_ids)


def test_a_succession_has_a_predecessor_and_a_reason_and_its_day_may_come_later(session: ScopedSession) -> None:
    centre, before = both(session)
    whole = {"service_id": centre.id, "predecessor_id": before.id, "reason": "Solo l'affido familiare."}
    for lacking, field in (({"predecessor_id": None}, "predecessor_id"), ({"reason": " "}, "reason"),
                           ({"predecessor_id": centre.id}, "predecessor_id")):
        with pytest.raises(RuleBroken) as refused:
            succession.add_succession(session, {**whole, **lacking})
        assert refused.value.field == field
    row = succession.add_succession(session, whole)
    assert centre.follows == [row] and before.followed == [row] and centre.names == []
    assert "Non è scritto da quale giorno" in str(next(succession.succession_findings(centre)))
    succession.edit_succession(session, row.id, {"since": date(2012, 1, 1)}, version=row.version)
    [remark] = succession.succession_findings(centre)
    assert remark.at is not None and (remark.at.kind, remark.at.key) == ("service.edit", before.id)


def test_one_pair_stands_once_and_nobody_follows_who_came_after(session: ScopedSession) -> None:
    centre, before = both(session)
    row = succession.add_succession(session, {
        "service_id": centre.id, "predecessor_id": before.id, "reason": "Solo l'affido."})
    with pytest.raises(RuleBroken, match="È già registrato"):
        succession.add_succession(session, {
            "service_id": centre.id, "predecessor_id": before.id, "reason": "Un altro motivo."})
    with pytest.raises(RuleBroken, match="prima e dopo"):
        succession.add_succession(session, {
            "service_id": before.id, "predecessor_id": centre.id, "reason": "Il contrario."})
    succession.remove_succession(session, row.id)
    session.expire_all()
    assert centre.follows == []


def test_an_act_declares_an_essential_level_only_if_the_service_is_one(session: ScopedSession) -> None:
    centre, _before = both(session)
    columns = {name: getattr(centre, name) for name in structure.SERVICE}
    with pytest.raises(RuleBroken, match="segnare anche «Livello essenziale»"):
        structure.edit_service(session, centre.id, {**columns, "essential_number": "n. 12"}, centre.sector_ids,
                               version=centre.version)
