"""The allocation of a year for 600 districts of 13 municipalities and 25 services: seconds and memory, in one run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from decimal import Decimal

from bench.measure import median_seconds, memory_row, peak_mib, row
from core.allocation.plan import Cost, KeyKind, Plan, PlanGroup, PlanKey
from core.allocation.sharing import share_out
from core.funding.results import ServiceResult
from core.ground import money

DISTRICTS, MUNICIPALITIES, SERVICES = 600, 13, 25
PARTIES = tuple(f"comune-{number:02}" for number in range(MUNICIPALITIES))
RESIDENTS, USE = Decimal(60), Decimal(40)  # percent, of every service


def main() -> None:
    """Print the time of the exact allocation, of a plain loop that rounds each share on its own, and the memory."""
    print(f"The allocation of {DISTRICTS} districts x {MUNICIPALITIES} municipalities x {SERVICES} services")
    plain = median_seconds(lambda: sum(map(_lost_cents, _plans())), runs=3)
    exact = median_seconds(_all, runs=3)
    row("a plain loop, each share rounded on its own", plain)
    row("the allocation, with its explanation line by line", exact, exact / plain, "the plain loop")
    memory_row("the allocation, memory above the start", peak_mib(_all))
    print(f"  the plain loop loses or invents {sum(map(_lost_cents, _plans()))} cents, the allocation none")


def _all() -> None:
    for plan in _plans():
        pool = sum((group.cost.pool for group in plan.groups), Decimal())
        assert sum(share_out(plan).totals.values(), Decimal()) == pool, "a cent is lost"


def _plans() -> Iterator[Plan]:
    """One district after the other; none is kept."""
    chance = random.Random(20260101)
    for _ in range(DISTRICTS):
        people = {party: Decimal(chance.randint(900, 39_000)) for party in PARTIES}
        yield Plan(365, PARTIES, tuple(_group(number, people, chance) for number in range(SERVICES)),
                   names={party: party for party in PARTIES})


def _group(number: int, people: dict[str, Decimal], chance: random.Random) -> PlanGroup:
    use = {party: Decimal(chance.randint(0, 900)) for party in PARTIES}
    cost = Cost(ServiceResult(direct=Decimal(chance.randint(1_000_000, 90_000_000)) / 100))
    return PlanGroup(f"servizio {number}", cost, dict.fromkeys(PARTIES, 365), (
        PlanKey(KeyKind.RESIDENTS, "abitanti", RESIDENTS, people), PlanKey(KeyKind.USAGE, "uso", USE, use)))


def _lost_cents(plan: Plan) -> int:
    """What everybody would write first: each share rounded by itself. How many cents it is wrong by."""
    lost = 0
    for group in plan.groups:
        shares = Decimal()
        for party in PARTIES:
            for key in group.keys:
                whole = sum(key.values.values(), Decimal())
                shares += money.round_cents(group.cost.pool * key.weight / 100 * key.values[party] / whole)
        lost += abs(int((shares - group.cost.pool) * 100))
    return lost


if __name__ == "__main__":
    main()
