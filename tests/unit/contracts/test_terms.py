"""What a version of the contract terms may be, and what it may not: said in words, without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.contracts import terms as rules
from core.contracts.model import ContractTerms, InstalmentRule, PenaltyBand
from core.ground.errors import RuleBroken

ADVANCE = {"title": "Acconto", "kind": "advance", "percent": Decimal(50), "base": "annual_share", "due": "01-31",
           "event": None}
BALANCE = {"title": "Saldo", "kind": "balance", "percent": None, "base": None, "due": None,
           "event": "accounts_approved", "due_days": 30}
DELAY = {"kind": "ritardo", "description": "gravi ritardi", "minimum": Decimal(100), "maximum": Decimal(1000)}


def version(*, plan: tuple[dict[str, Any], ...] = (ADVANCE, BALANCE), bands: tuple[dict[str, Any], ...] = (DELAY,),
            **fields: Any) -> ContractTerms:
    """Terms that may stand; the test says what it changes."""
    plain: dict[str, Any] = {
        "title": "Condizioni", "edition": 1, "valid_from": date(2026, 1, 1), "legal_source": "delibera 3/2026",
        "duration_months": None, "tacit_renewal": False, "tacit_renewal_months": None, "tacit_renewal_times": None,
        "notice_months": None, "renewal_assessment_months": 3, "renewal_direction": "before", "continuity_months": 6,
        "share_criteria": ("popolazione residente",), "extra_projects_month": 9, "coordinated": "instalments",
        "own_charter_months": 6, "reply_days": 15, "penalty_min": Decimal(100), "penalty_max": Decimal(5000),
        "penalty_payment_days": 60, "further_damages": True, "account_notice_days": 7, "arbitration": True,
        "arbitrators": 3, "court": "Milano", "roll_policy": "holiday", "registration_cost": "azienda",
        "interest": "none", "interest_points": None,
    }
    return ContractTerms(**{**plain, **fields}, instalments=[InstalmentRule(**row) for row in plan],
                         bands=[PenaltyBand(**band) for band in bands])


def refusal(**changes: Any) -> RuleBroken:
    with pytest.raises(RuleBroken) as refused:
        rules.require_sound(version(**changes))
    return refused.value


def test_terms_in_order_are_accepted() -> None:
    rules.require_sound(version())


def advances(*percents: int) -> tuple[dict[str, Any], ...]:
    return tuple({**ADVANCE, "title": f"Acconto {n}", "percent": Decimal(p)} for n, p in enumerate(percents, start=1))


def test_four_quarterly_advances_of_25_percent_and_a_balance_are_a_plan() -> None:
    rules.require_sound(version(plan=(*advances(25, 25, 25, 25), BALANCE)))


@pytest.mark.parametrize(("plan", "said"), [
    ((*advances(60, 41), BALANCE), "più di cento"),
    (advances(50, 50), "una riga di saldo, e una sola"),
    ((*advances(50), BALANCE, BALANCE), "una riga di saldo, e una sola"),
    ((), "una riga di saldo"),
    ((*advances(101), BALANCE), "«101» non va bene"),
    ((*advances(0), BALANCE), "«0» non va bene"),
    (({**ADVANCE, "due": "02-30"}, BALANCE), "«30/02» non esiste"),
    (({**ADVANCE, "due": "02-29"}, BALANCE), "«29/02» non esiste in tutti gli anni"),
    (({**ADVANCE, "due": "13-01"}, BALANCE), "«01/13» non esiste"),
    (({**ADVANCE, "due": None}, BALANCE), "indicare l'uno o l'altro"),
    (({**ADVANCE, "event": "accounts_approved"}, BALANCE), "indicare l'uno o l'altro"),
    (({**ADVANCE, "percent": None}, BALANCE), "Ogni acconto ha una percentuale"),
    (({**ADVANCE, "percent": Decimal("33.3333")}, BALANCE), "più di tre decimali"),
    (({**ADVANCE, "base": None}, BALANCE), "su quale importo si calcola"),
    (({**ADVANCE, "title": " "}, BALANCE), "Ogni rata ha un nome"),
    ((ADVANCE, {**ADVANCE, "due": "06-30"}, BALANCE), "Due rate si chiamano «Acconto»"),
    (({**ADVANCE, "kind": None}, BALANCE), "se è un acconto o il saldo"),
    ((*advances(50), {**BALANCE, "base": "annual_share"}), "il saldo non ha una base"),
    ((*advances(50), {**BALANCE, "percent": Decimal(10)}), "il saldo non ne ha"),
    (({**ADVANCE, "due_days": 30}, BALANCE), "soltanto per una rata che dipende da un evento"),
    (({**ADVANCE, "counts_from": "invoice"}, BALANCE), "entro quanti giorni si paga"),
    (({**ADVANCE, "due_days": 30, "counts_from": "domani"}, BALANCE), "da quando si contano"),
    (({**ADVANCE, "due_days": 366, "counts_from": "receipt"}, BALANCE), "da 0 a 365: «366»"),
    ((*advances(50), {**BALANCE, "due_days": -1}), "da 0 a 365: «-1»"),
    ((*advances(50), {**BALANCE, "due_days": 366}), "da 0 a 365: «366»"),
])
def test_a_plan_in_disorder_is_refused_in_words(plan: tuple[dict[str, Any], ...], said: str) -> None:
    refused = refusal(plan=plan)
    assert refused.field == "plan"
    assert said in str(refused)


@pytest.mark.parametrize(("band", "said"), [
    ({"minimum": Decimal(900), "maximum": Decimal(100)}, "il minimo sopra il massimo"),
    ({"minimum": Decimal(-1)}, "un limite negativo"),
    ({"minimum": Decimal(50)}, "esce dai limiti generali"),
    ({"maximum": Decimal(6000)}, "esce dai limiti generali"),
    ({"maximum": None}, "bisogno dei due limiti"),
    ({"kind": ""}, "Ogni fascia ha un tipo"),
])
def test_a_band_stays_within_the_general_limits(band: dict[str, Any], said: str) -> None:
    refused = refusal(bands=({**DELAY, **band},))
    assert refused.field == "bands"
    assert said in str(refused)


def test_the_kind_decides_the_band_so_it_has_only_one() -> None:
    assert "ha due fasce" in str(refusal(bands=(DELAY, DELAY)))


def test_bands_may_touch_and_their_limits_are_inclusive() -> None:
    harm = {**DELAY, "kind": "danno", "minimum": Decimal(1000), "maximum": Decimal(5000)}
    rules.require_sound(version(bands=(DELAY, harm)))


@pytest.mark.parametrize(("changes", "field"), [
    ({"legal_source": " "}, "legal_source"),
    ({"title": ""}, "title"),
    ({"court": ""}, "court"),
    ({"share_criteria": ()}, "share_criteria"),
    ({"continuity_months": -1}, "continuity_months"),
    ({"reply_days": -15}, "reply_days"),
    ({"reply_days": 99_999}, "reply_days"),
    ({"duration_months": 0}, "duration_months"),
    ({"duration_months": -12}, "duration_months"),
    ({"extra_projects_month": 13}, "extra_projects_month"),
    ({"tacit_renewal": True, "notice_months": 6}, "tacit_renewal_months"),
    ({"tacit_renewal": True, "tacit_renewal_months": 24}, "notice_months"),
    ({"tacit_renewal": True, "tacit_renewal_months": 6, "notice_months": 6}, "notice_months"),
    ({"tacit_renewal": True, "tacit_renewal_months": 24, "notice_months": 6, "tacit_renewal_times": 0},
     "tacit_renewal_times"),
    ({"notice_months": 6}, "notice_months"),
    ({"tacit_renewal_months": 24}, "tacit_renewal_months"),
    ({"arbitrators": 4}, "arbitrators"),
    ({"arbitrators": 0}, "arbitrators"),
    ({"arbitrators": None}, "arbitrators"),
    ({"penalty_min": Decimal(-1)}, "penalty_min"),
    ({"penalty_min": Decimal(6000)}, "penalty_min"),
    ({"bands": ()}, "bands"),
    ({"interest_points": Decimal(2)}, "interest_points"),
    ({"interest": "legal", "interest_points": Decimal(-2)}, "interest_points"),
    ({"renewal_direction": "sideways"}, "renewal_direction"),
    ({"registration_cost": None}, "registration_cost"),
])
def test_what_a_version_cannot_be_is_said_beside_its_field(changes: dict[str, Any], field: str) -> None:
    assert refusal(**changes).field == field


def test_ten_years_of_tacit_renewal_with_two_years_notice_are_possible() -> None:
    rules.require_sound(version(duration_months=120, tacit_renewal=True, tacit_renewal_months=120, notice_months=24))


def test_without_arbitration_nobody_counts_arbitrators() -> None:
    rules.require_sound(version(arbitration=False, arbitrators=0))


def test_the_readings_that_differ_from_the_usual_are_remarked() -> None:
    assert rules.remarks(version()) == []
    found = rules.remarks(version(renewal_direction="after", coordinated="projects", arbitrators=5))
    assert [finding.source for finding in found] == ["X5", "X7", "X9"]


def test_the_end_is_proposed_from_the_duration_else_from_the_plan_else_from_the_year() -> None:
    assert rules.proposed_end(date(2027, 1, 1), 120, date(2027, 12, 31)) == date(2036, 12, 31)
    assert rules.proposed_end(date(2027, 3, 31), 11, None) == date(2028, 2, 28)  # the month is cut: 29/02, less a day
    assert rules.proposed_end(date(2027, 2, 1), 35, None) == date(2029, 12, 31)
    assert rules.proposed_end(date(2027, 1, 1), None, date(2029, 6, 30)) == date(2029, 6, 30)
    assert rules.proposed_end(date(2027, 1, 1), None, None) == date(2027, 12, 31)


def test_a_contract_without_penalties_is_possible() -> None:
    nothing = {"penalty_min": Decimal(0), "penalty_max": Decimal(0), "penalty_payment_days": 0}
    rules.require_sound(version(bands=(), **nothing))


@pytest.mark.parametrize(("changes", "field", "said"), [
    ({"bands": ()}, "bands", "lasciare vuote anche la minima e la massima"),
    ({"penalty_min": Decimal(0), "penalty_max": Decimal(0)}, "penalty_max", "o togliere le fasce"),
    ({"penalty_payment_days": None}, "penalty_payment_days", "Con le fasce delle penali questo dato è necessario"),
    ({"penalty_max": None}, "penalty_max", "Con le fasce delle penali questo dato è necessario"),
])
def test_penalties_are_there_whole_or_not_at_all(changes: dict[str, Any], field: str, said: str) -> None:
    refused = refusal(**changes)
    assert refused.field == field and said in str(refused)
