"""Figures, papers, outcomes and what stops a decree: without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.accreditation import monitoring, rules
from core.accreditation.model import Accreditation, InspectionFinding, Requirement, RequirementCheck, RequirementSet
from core.ground.clock import add_months
from core.ground.errors import Place, RuleBroken
from core.providers.model import ProviderPaper, ServiceUnit

DAY = date(2026, 3, 2)


def requirement(kind: str = "check", **own: Any) -> Requirement:
    """A mandatory requirement whose source was read."""
    return Requirement(**{"id": 1, "order": 1, "code": "A.1", "title": "Rapporto", "text": "", "hint": "",
                          "evidence": "", "kind": kind, "measure": "", "per": "", "limit": None, "paper": "",
                          "mandatory": True, "monitored": "", "legal_source": "", "verified": True, **own})


def ratio(limit: int | None = 7, **own: Any) -> Requirement:
    """Children per educator."""
    return requirement("ratio", measure="bambini", per="educatori", limit=None if limit is None else Decimal(limit),
                       **own)


def judged(asked: Requirement, declared: dict[str, str] | None = None, check: RequirementCheck | None = None,
           papers: tuple[ProviderPaper, ...] = ()) -> rules.Judgement:
    """What is said of a requirement of unit 5 today."""
    return rules.judge(asked, check, declared or {}, papers, 5, DAY)


def paper(kind: str = "insurance", until: date | None = date(2026, 12, 31), unit: int | None = None,
          key: int = 1) -> ProviderPaper:
    """A paper since 2025."""
    return ProviderPaper(id=key, kind=kind, valid_from=date(2025, 1, 1), valid_to=until, unit_id=unit)


@pytest.mark.parametrize(("children", "staff", "outcome"), [
    ("28", "4", "met"), ("29", "4", "not_met"), ("0", "0", "to_verify"), ("3", "0", "not_met"), ("", "4", "to_verify")])
def test_a_ratio_is_computed_from_what_is_declared(children: str, staff: str, outcome: str):
    assert judged(ratio(), {"bambini": children, "educatori": staff}).outcome == outcome


@given(st.integers(0, 500), st.integers(1, 50), st.integers(1, 20))
def test_a_ratio_holds_exactly_when_the_staff_suffices(children: int, staff: int, limit: int):
    figure = rules.figure(ratio(limit), {"bambini": str(children), "educatori": str(staff)})
    assert figure.within == (children <= limit * staff)


def test_a_person_may_say_otherwise_with_a_reason() -> None:
    outside = rules.DeclaredFigure(Decimal(30), Decimal(4), Decimal("7.5"), Decimal(7), within=False)
    with pytest.raises(RuleBroken, match="fuori dal limite"):
        rules.require_outcome("met", " ", outside)
    rules.require_outcome("met", "Una quinta educatrice copre le ore di punta.", outside)


def test_a_figure_outside_its_limit_is_not_met_whatever_the_state_of_the_source():
    declared = {"bambini": "40", "educatori": "4"}
    assert judged(ratio(verified=False), declared).outcome == "not_met"
    assert judged(ratio(limit=None), declared).outcome == "to_verify"
    assert judged(ratio(verified=False), {"bambini": "28", "educatori": "4"}).outcome == "met"


@pytest.mark.parametrize(("kind", "value", "outcome"), [
    ("at_least", "11", "met"), ("at_least", "10", "not_met"), ("at_most", "11", "met"), ("at_most", "12", "not_met")])
def test_limits_are_inclusive(kind: str, value: str, outcome: str):
    asked = requirement(kind, measure="posti", limit=Decimal(11))
    assert judged(asked, {"posti": value}).outcome == outcome


def test_a_persons_word_wins_over_the_figure():
    check = RequirementCheck(outcome="not_applicable", computed=False, note="Non accoglie lattanti.")
    assert judged(ratio(), {"bambini": "40", "educatori": "1"}, check).outcome == "not_applicable"


def test_a_paper_holds_while_it_is_not_over():
    asked = requirement("paper", paper="insurance")
    assert judged(asked).outcome == "to_verify"
    assert judged(asked, papers=(paper(until=DAY),)).outcome == "met"
    over = judged(asked, papers=(paper(until=date(2026, 3, 1)),))
    assert (over.outcome, over.expired, over.favourable) == ("not_met", True, False)
    renewed = (paper(until=date(2026, 3, 1)), paper(until=date(2027, 3, 1), key=2))
    assert judged(asked, papers=renewed).expires_on == date(2027, 3, 1)


def test_the_paper_of_another_unit_helps_nobody():
    assert rules.paper_for([paper(unit=6)], "insurance", 5, DAY) is None
    assert list(rules.expired_papers([paper(until=date(2026, 1, 1), unit=6)], ("insurance",), 5, DAY)) == []


def test_a_paper_of_tomorrow_leaves_today_uncovered():
    later = ProviderPaper(id=2, kind="durc", valid_from=date(2026, 12, 1), valid_to=date(2027, 12, 1), unit_id=None)
    over = paper(kind="durc", until=date(2026, 1, 1))
    assert list(rules.expired_papers([over, later], ("durc",), 5, DAY)) == [("durc", date(2026, 1, 1))]


def test_a_document_that_is_over_stands_in_the_way_though_it_was_met():
    check = RequirementCheck(outcome="met", computed=False, note="", expires_on=date(2026, 3, 1), document_id=9)
    assert not judged(requirement(), check=check).favourable


def test_an_unmet_requirement_needs_its_own_prescription():
    said = [judged(ratio(), {"bambini": "40", "educatori": "4"})]
    of_it = InspectionFinding(requirement_id=1, text="Pochi educatori.", due_on=DAY, outcome="open")
    of_other = InspectionFinding(requirement_id=2, text="Cancello.", due_on=DAY, outcome="open")
    assert rules.obstacles(said, [of_it], with_prescriptions=True) == []
    assert len(rules.obstacles(said, [of_it], with_prescriptions=False)) == 2
    assert len(rules.obstacles(said, [of_other], with_prescriptions=True)) == 1
    done = InspectionFinding(requirement_id=1, text="Fatto.", due_on=DAY, outcome="satisfied")
    assert len(rules.obstacles(said, [done], with_prescriptions=True)) == 2


def test_what_is_not_mandatory_never_stops_a_decree():
    said = [judged(ratio(mandatory=False), {"bambini": "40", "educatori": "4"})]
    assert rules.obstacles(said, [], with_prescriptions=False) == []


def test_completeness_names_figures_documents_and_papers():
    the_set = RequirementSet(measures={"bambini": {"title": "Bambini"}, "educatori": {"title": "Educatori"}})
    said = [judged(ratio()), judged(requirement(evidence="Carta del servizio", code="B")),
            judged(requirement("paper", paper="durc", code="C"))]
    told = [str(finding) for finding in rules.missing(the_set, said, {"bambini": "3"})]
    assert told == ["Manca il dato «Educatori».", "B, Rapporto: manca il documento (Carta del servizio).",
                    "C, Rapporto: il documento non è registrato tra quelli del gestore."]


def test_the_application_says_what_the_notice_says_or_it_is_remarked():
    the_set = RequirementSet(measures={"posti": {"title": "Posti", "from": "capacity"}})
    unit = ServiceUnit(capacity=30)
    assert rules.proposed_figures(the_set, unit) == {"posti": "30"}
    [found] = rules.mismatches(Accreditation(id=1, set=the_set, unit=unit, declared={"posti": "35"}))
    assert str(found) == "«Posti»: la domanda dice 35, la comunicazione di esercizio 30."
    assert found.at == Place("accreditation.figures", 1, "posti")


@pytest.mark.parametrize(("value", "whole"), [("-1", True), ("1.5", True), ("1000001", True), ("0.1234", False)])
def test_figures_that_cannot_be_are_refused(value: str, whole: bool):
    with pytest.raises(RuleBroken):
        rules.declared_figures({"ore": {"title": "Ore", "whole": whole}}, {"ore": Decimal(value)})


@pytest.mark.parametrize(("outcome", "note", "holds"), [
    ("met", "", True), ("not_met", "", False), ("not_applicable", " ", False), ("not_met", "manca", True),
    ("forse", "x", False)])
def test_an_outcome_against_is_explained(outcome: str, note: str, holds: bool):
    if holds:
        rules.require_outcome(outcome, note)
    else:
        with pytest.raises(RuleBroken):
            rules.require_outcome(outcome, note)


def test_a_tree_keeps_the_order_of_its_file():
    rows = [requirement("group", id=1, order=1, code="A"), requirement(id=3, order=3, code="A.2", parent_id=1),
            requirement(id=2, order=2, code="A.1", parent_id=1), requirement(id=4, order=4, code="B")]
    [first, second] = rules.tree(rows)
    assert [node.requirement.code for node in first.children] == ["A.1", "A.2"]
    assert (second.requirement.code, len(rules.leaves(rows))) == ("B", 3)


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.integers(1, 60))
def test_periods_of_monitoring_join_without_a_gap_and_never_pass_the_end(first: date, months: int):
    end = add_months(first, months)
    found = list(monitoring.periods("half_year", first, end, end))
    assert found[0][0] == first and found[-1][1] == end
    assert all((later[0] - earlier[1]).days == 1 for earlier, later in pairwise(found))


def test_a_period_from_the_31st_begins_again_on_the_31st():
    found = list(monitoring.periods("half_year", date(2025, 8, 31), date(2027, 1, 1), date(2027, 1, 1)))
    assert [start for start, _end in found] == [date(2025, 8, 31), date(2026, 2, 28), date(2026, 8, 31)]
