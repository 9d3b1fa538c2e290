"""A contract without penalties: its defaults are contested, heard and decided all the same, and cost nothing more."""

from __future__ import annotations

from datetime import date

import pytest

from core.contracts.model import Contract, ContractTerms
from core.ground.errors import RuleBroken
from core.penalties import procedure
from tests.factories import filled
from tests.integration.penalties.conftest import DECIDED


def without_penalties(quarrel) -> None:
    """Put the contract under terms that have none."""
    with quarrel.unit("condizioni") as session:
        session.get_one(Contract, quarrel.contract).terms = filled(
            ContractTerms, title="Senza penali", valid_from=date(2026, 1, 1), reply_days=15, roll_policy="holiday",
            renewal_direction="before", further_damages=True)


def test_a_default_is_contested_and_found_and_no_penalty_follows(quarrel):
    without_penalties(quarrel)
    quarrel.open(quarrel.finding(kind=procedure.ANY_DEFAULT))
    quarrel.send()
    quarrel.receive()
    quarrel.summon()
    quarrel.hear()
    quarrel.decide()
    assert quarrel.see(lambda notice: (notice.state, notice.findings[0].outcome)) == ("decided", "upheld")
    with pytest.raises(RuleBroken, match="il contratto non prevede una fascia di penale"):
        quarrel.apply(DECIDED)
    assert quarrel.see(lambda notice: notice.penalties) == []


def test_a_kind_of_penalty_that_the_contract_does_not_have_is_not_contested(quarrel):
    without_penalties(quarrel)
    with pytest.raises(RuleBroken, match="tipo di inadempienza") as refusal:
        quarrel.open(quarrel.finding(kind="delay"))
    assert refusal.value.field == "findings-0-kind"
