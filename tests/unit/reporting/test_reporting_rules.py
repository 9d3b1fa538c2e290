"""Staff by service, profession and the four kinds of R78: what may be written, and how it stands beside the sheet."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.ground.errors import RuleBroken
from core.ground.exercise import CALENDAR
from core.plugins.described import common
from core.reporting.rules import (
    KINDS,
    StaffFacts,
    StaffKind,
    StaffLine,
    beside,
    of_kind,
    planned_of,
    require_amounts,
    require_begun,
    require_staff,
    total,
)

TEAM = [
    {"profession": "Educatore", "kind": "own", "count": 3, "coordinates": None},
    {"profession": "educatore", "kind": "own", "count": 2, "coordinates": None},
    {"profession": "Psicologo", "kind": None, "count": None, "coordinates": None},
    {"profession": "Assistente sociale", "count": 4},  # of an edition that had no kind
]


def test_what_the_sheet_plans_stands_beside_what_was_there() -> None:
    lines = beside(planned_of(TEAM), [StaffFacts("Educatore", "own", 4, Decimal("3.5")),
                                      StaffFacts("Assistente sociale", "assigned", 2),
                                      StaffFacts("Autista", "outside", 0)])
    assert lines == [
        StaffLine("Educatore", "own", 5, 4, Decimal("3.5")),
        StaffLine("Psicologo", "", None, None, None),
        StaffLine("Assistente sociale", "", 4, None, None),
        StaffLine("Assistente sociale", "assigned", None, 2, None),
        StaffLine("Autista", "outside", None, 0, None),
    ]
    assert total(line.planned for line in lines) == 9
    assert total(line.people for line in lines) == 6
    assert (of_kind(lines, "own"), of_kind(lines, "outside"), of_kind(lines, "contract")) == (4, 0, None)


def test_of_what_nobody_has_said_there_is_no_sum() -> None:
    assert total([None, None]) is None
    assert total([None, 0]) == 0


@pytest.mark.parametrize(("row", "sentence"), [
    (StaffFacts(" ", "own", 2), "senza nomi di persone"),
    (StaffFacts("Educatore", "", 2), "scegliere il tipo di rapporto"),
    (StaffFacts("Educatore", "friend", 2), "scegliere il tipo di rapporto"),
    (StaffFacts("Educatore", "own", None), "indicare quante persone"),
    (StaffFacts("Educatore", "own", -1), "da 0 a 9999"),
    (StaffFacts("Educatore", "own", 2, Decimal("2.5")), "da 0 al numero delle persone, 2"),
    (StaffFacts("Educatore", "own", 2, Decimal("-1")), "da 0 al numero delle persone, 2"),
])
def test_a_row_that_cannot_be_is_refused_with_what_to_do(row: StaffFacts, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence):
        require_staff([row])


def test_the_same_profession_stands_once_in_each_kind() -> None:
    rows = [StaffFacts("Educatore", "own", 2), StaffFacts("Educatore", "contract", 1)]
    assert require_staff(rows) == rows
    with pytest.raises(RuleBroken, match="sommare le due") as refused:
        require_staff([*rows, StaffFacts("EDUCATORE", "own", 1)])
    assert refused.value.field == "rows-2-profession"
    with pytest.raises(RuleBroken, match="almeno una riga"):
        require_staff([])


def test_an_exercise_that_has_not_begun_is_not_told() -> None:
    require_begun(CALENDAR.named(2026), date(2026, 1, 1), field="rows")
    with pytest.raises(RuleBroken, match="comincia il 01/01/2027"):
        require_begun(CALENDAR.named(2027), date(2026, 12, 31), field="rows")


@pytest.mark.parametrize(("planned", "made", "field"), [
    (None, None, "planned"), (Decimal("-1"), None, "planned"), (Decimal(5), Decimal("-0.01"), "made"),
])
def test_an_investment_has_an_amount_and_none_below_zero(planned: Decimal | None, made: Decimal | None, field: str
                                                         ) -> None:
    with pytest.raises(RuleBroken) as refused:
        require_amounts(planned, made)
    assert refused.value.field == field
    require_amounts(None, Decimal(0))


def test_the_sheets_plan_by_the_same_four_kinds() -> None:
    """R78: own, other contract forms, assigned by members, the forms of art. 8."""
    team = common().field("team")
    assert team is not None
    [kind] = [column for column in team.columns if column.name == "kind"]
    assert dict(kind.choices) == dict(KINDS)
    assert set(KINDS) == set(StaffKind)
