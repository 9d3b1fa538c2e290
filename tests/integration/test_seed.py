"""The seed without the demo: what an empty installation may start from, and what it has to choose first."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from core.catalogue.model import Area, Coverage, OperationalSheet, Sector, Service
from core.catalogue.rules import Territory, service_findings
from core.contracts.model import InstalmentRule, PenaltyBand
from core.funding.model import FundingSource
from core.ground.access import ScopedSession
from core.ground.errors import Place, RuleBroken
from core.parties.model import Body, BodyMember, Municipality
from core.plugins.loading import Registry
from seed import load as seed


def count(session: ScopedSession, *kinds: type[Any]) -> tuple[int, ...]:
    """How many rows there are of each kind."""
    session.flush()
    return tuple(session.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds)


def chosen_catalogue() -> seed.Facts:
    """The catalogue with a form of management for every service of which the source says none."""
    facts = seed.read("catalogue")
    forms = {s["code"]: {"management_form": "contract"} for s in facts["services"] if "management_form" not in s}
    return seed.laid_over(facts, {"services": forms})


def test_bodies_and_sources_stand_by_themselves(session: ScopedSession) -> None:
    seed.add_bodies(session, seed.read("bodies")["bodies"])
    seed.add_funding_sources(session, seed.read("funding")["sources"])
    assert count(session, Body, BodyMember, FundingSource) == (29, 0, 9)


def test_the_catalogue_comes_whole_and_says_of_which_services_the_form_of_management_is_left_open(
    session: ScopedSession,
) -> None:
    services = seed.add_catalogue(session, seed.read("catalogue"))
    assert count(session, Area, Sector, Service) == (3, 11, 24)
    assert "children_and_families" in {code for code, held in services.items() if held.management_form is None}
    district = Territory(date(2026, 1, 1), {}, frozenset())
    remarks = list(service_findings(services["children_and_families"], district))
    assert [remark.at for remark in remarks if remark.source == "R39"] == [
        Place("service.edit", services["children_and_families"].id, "management_form")]


def test_the_catalogue_brings_no_municipality_and_no_answer_that_the_source_does_not_give(
    session: ScopedSession,
) -> None:
    services = seed.add_catalogue(session, chosen_catalogue())
    assert count(session, Municipality, Coverage) == (0, 0)
    assert [area.responsible for area in session.scalars(select(Area).order_by(Area.order))] == [
        "Direttore Generale", "", ""]
    without_tasks = session.scalars(select(Sector).order_by(Sector.order)).all()
    assert [s.code for s in without_tasks if not s.tasks] == ["disability_elderly", "inclusion"]
    assert [code for code, service in services.items() if service.essential_level] == ["home_care_vouchers"]


def test_the_sheets_of_2015_come_with_what_the_source_says_of_their_plugins(
    session: ScopedSession, registry: Registry
) -> None:
    services = seed.add_catalogue(session, chosen_catalogue())
    seed.add_sheets(session, seed.sheets().values(), services, registry)
    sheets = {sheet.code: sheet for sheet in session.scalars(select(OperationalSheet))}
    assert len(sheets) == 18
    assert {sheet.edition for sheet in sheets.values()} == {2015}
    assert not [code for code, sheet in sheets.items() if sheet.coverage or sheet.pasted_mission]
    assert sheets["home_care_vouchers"].data == {"costs": [{"kind": "municipal"}]}
    assert sheets["access_desk"].data == {"costs": [{"kind": "free"}], "aggregated_demand_report": True}
    assert len(sheets["neutral_space"].protocol) == 11


def test_the_terms_wait_until_somebody_says_of_what_the_second_advance_is_a_part(session: ScopedSession) -> None:
    facts = seed.read("terms")
    with pytest.raises(RuleBroken, match=r"Secondo acconto.*su quale importo si calcola"):
        seed.add_terms(session, facts)
    chosen = {"instalments": {"second_advance": {"base": "annual_share"}}}
    terms = seed.add_terms(session, seed.laid_over(facts, chosen))
    assert count(session, InstalmentRule, PenaltyBand) == (3, 3)
    assert (terms.instalments[1].base, terms.instalments[2].due_days) == ("annual_share", None)


def test_a_choice_goes_into_the_row_of_its_code_and_leaves_the_others() -> None:
    facts = {"title": "Uno", "rows": [{"code": "a", "n": 1}, {"code": "b", "n": 2}], "part": {"x": 1}}
    laid = seed.laid_over(facts, {"title": "Due", "rows": {"b": {"m": 3}}, "part": {"y": 2}, "new": [4]})
    assert laid == {"title": "Due", "rows": [{"code": "a", "n": 1}, {"code": "b", "n": 2, "m": 3}],
                    "part": {"x": 1, "y": 2}, "new": [4]}
    assert facts["rows"] == [{"code": "a", "n": 1}, {"code": "b", "n": 2}]


def test_a_choice_about_a_row_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(KeyError, match="zzz"):
        seed.laid_over({"rows": [{"code": "a"}]}, {"rows": {"zzz": {"m": 3}}})
