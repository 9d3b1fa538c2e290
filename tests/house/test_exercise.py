"""Only ``core/ground/exercise.py`` knows when an exercise begins and ends: elsewhere no calendar year is taken for one.

What is of the calendar, by law or by nature, stands in ``CALENDAR`` as it is written, with why.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.ground.paths import ROOT

FOLDERS = ("core", "admin", "plugins")
READER = "core/ground/exercise.py"
# what a day is mostly called here
DAYS = frozenset({"today", "day", "on", "due", "end", "first", "last", "since", "start", "found", "date"})
NUMBERS = "a yearly register is numbered by the calendar, as the protocol is (DPR 445/2000 art. 57)"
SHEETS = "the edition of a sheet is a calendar year, as its title says it"
SANE = "whether a year is one at all"
ZONE_PLAN = "a zone plan is of calendar years, those of the region's programming (L. 328/2000 art. 19)"
COUNTED = "findings and penalties are counted by the calendar year of the facts"
CALENDAR: dict[str, tuple[set[str], str]] = {
    "admin/catalogue/remarks.py": ({"OperationalSheet.edition <= day.year"}, SHEETS),
    "core/accreditation/operations.py": ({"today.year"}, NUMBERS),
    "core/accreditation/provider_meetings.py": ({"today.year"}, NUMBERS),
    "core/allocation/assemble.py": (
        {"date(year - 1, 12, 31)"}, "ISTAT counts the residents on 31 December, whenever an exercise begins"),
    "core/catalogue/rules.py": ({"territory.day.year"}, SHEETS),
    "core/contracts/amendments.py": ({"live.starts_on.year"}, NUMBERS),
    "core/contracts/annexes.py": ({"contract.starts_on.year"}, SHEETS),
    "core/contracts/deadlines.py": (
        {"today.year", "ZonePlan.last_year >= today.year", "date(row.first_year, 1, 1)", "date(year, 1, 1)",
         "end.year"},
        f"a rent is agreed by the calendar year; {ZONE_PLAN}"),
    "core/contracts/model.py": ({"dt.date(self.last_year, 12, 31)", "dt.date(self.first_year, 1, 1)"}, ZONE_PLAN),
    "core/contracts/operations.py": ({"starts_on.year"}, NUMBERS),
    "core/contracts/plans.py": (
        {"date(plan.last_year, 12, 31)", "date(plan.first_year, 1, 1)", "date(row.first_year, 1, 1)"}, ZONE_PLAN),
    "core/contracts/rules.py": (
        {"contract.starts_on.year != contract.year", "contract.starts_on.year < plan.first_year"},
        f"{NUMBERS}; {ZONE_PLAN}"),
    "core/controls/operations.py": ({"today.year"}, NUMBERS),
    "core/disputes/arbitrations.py": ({"today.year"}, NUMBERS),
    "core/disputes/operations.py": ({"today.year"}, NUMBERS),
    "core/documents/words.py": ({"day.year"}, "a date is written with its year"),
    "core/ground/clock.py": ({"day.year", "start.year"}, "months and holidays are of the calendar"),
    "core/imports/money.py": ({"on.year"}, NUMBERS),
    "core/imports/providers.py": ({"told[1] != day.year"}, NUMBERS),
    "core/tables/cells.py": ({"FIRST_YEAR <= found.year <= LAST_YEAR"}, SANE),
    "core/instalments/interest.py": (
        {"date(first.year, 12, 31)", "day.year", "rate.valid_from.year == day.year"},
        "the legal rate is set for each calendar year (art. 1284 c.c.)"),
    "core/instalments/term.py": ({"due.year > today.year + MOST_YEARS"}, SANE),
    "core/parties/rules.py": ({"day.year > LAST_YEAR"}, SANE),
    "core/payments/invoices.py": (
        {"invoice.on.year", "int(found['of']) == invoice.on.year"},
        "an invoice is numbered by its calendar year (DPR 633/1972 art. 21)"),
    "core/payments/operations.py": ({"on.year", "paid_on.year", "today.year", "received_on.year"}, NUMBERS),
    "core/payments/statements/days.py": ({"FIRST_YEAR <= found.year <= LAST_YEAR"}, SANE),
    "core/penalties/counting.py": ({"day.year", "day.year in years"}, COUNTED),
    "core/penalties/operations.py": ({"today.year"}, NUMBERS),
    "core/penalties/penalties.py": ({"today.year"}, NUMBERS),
    "core/providers/operating_notices.py": ({"given.received_on.year"}, NUMBERS),
    "core/usage/rules.py": ({"day.year"}, "use is recorded by the month of the calendar"),
    "admin/catalogue/sheets.py": ({"today().year"}, SHEETS),
    "admin/command/backup/nightly.py": ({"day.year"}, "backups are kept by the month"),
    "admin/command/calc.py": ({"day.year not in YEARS"}, SANE),
    "admin/contracts/plans.py": ({"row.first_year > today().year"}, ZONE_PLAN),
    "admin/deadlines/month.py": ({"day.year"}, "a sheet of the calendar"),
    "admin/penalties/default_notices/trends.py": ({"today().year"}, COUNTED),
    "plugins/disability_day_centres/beside.py": ({"today.year"}, "attendance is recorded by the month of the calendar"),
    "plugins/disability_day_centres/operations.py": (
        {"FIRST_YEAR <= year <= today.year", "day.year", "last.year", "valid_from.year"},
        "attendance is recorded by the month of the calendar"),
    "plugins/disability_day_centres/web.py": (
        {"today().year", "date(year - 1, 1, 1)", "date(year, 12, 31)"}, "the months of two years may be recorded"),
    "plugins/fund_monitoring/operations.py": ({"day.year"}, "the same day a year later"),
    "plugins/legal_protection/beside.py": ({"today.year"}, "guardians render account by the calendar"),
    "plugins/legal_protection/deadlines.py": ({"date(row.year, 1, 1)"}, "guardians render account by the calendar"),
    "plugins/legal_protection/operations.py": (
        {"FIRST_YEAR <= year <= today.year", "today.year"},
        "guardians render account by the calendar"),
    "plugins/legal_protection/web.py": ({"today().year"}, "guardians render account by the calendar"),
    "plugins/neutral_space/deadlines.py": ({"today.year"}, "the half-years of the reports"),
    "plugins/neutral_space/model.py": ({"date(self.year, 12, 31)"}, "the half-years of the reports"),
    "plugins/neutral_space/operations.py": ({"first.year", "last.year"}, "the half-years of the reports"),
    "plugins/neutral_space/panels.py": ({"today.year"}, "the half-years of the reports"),
    "plugins/social_work_system/beside.py": ({"row.meeting.on.year"}, "training is counted by the calendar"),
    "plugins/home_care_vouchers/operations.py": (
        {"today.year", "FIRST_YEAR <= year <= today.year"},
        "use is recorded by the month of the calendar"),
    "plugins/home_care_vouchers/web.py": (
        {"today().year", "date(year - 1, 1, 1)", "date(year, 12, 31)"},
        "the months of two years may still be recorded"),
}


def hits(source: str) -> Iterator[str]:
    """Where a calendar year may be taken for an exercise, as it is written; the widest expression of each."""
    waiting: list[ast.AST] = [ast.parse(source)]
    while waiting:
        node = waiting.pop()
        if _ends_a_year(node) or _year_of_a_day(node) or _compares(node):
            yield ast.unparse(node)
        else:
            waiting.extend(ast.iter_child_nodes(node))


def _ends_a_year(node: ast.AST) -> bool:
    """``date(year, 1, 1)`` or ``date(year, 12, 31)``, but no day that is written out whole."""
    if not (isinstance(node, ast.Call) and ast.unparse(node.func).endswith("date") and len(node.args) == 3):
        return False
    year, *rest = node.args
    ends = [part.value if isinstance(part, ast.Constant) else None for part in rest]
    return not isinstance(year, ast.Constant) and ends in ([1, 1], [12, 31])


def _year_of_a_day(node: ast.AST) -> bool:
    """``today.year``, ``today().year``, ``contract.starts_on.year``."""
    if not (isinstance(node, ast.Attribute) and node.attr == "year"):
        return False
    held = node.value.func if isinstance(node.value, ast.Call) else node.value
    called = held.attr if isinstance(held, ast.Attribute) else held.id if isinstance(held, ast.Name) else ""
    return called in DAYS or called.endswith(("_on", "_from", "_to"))


def _compares(node: ast.AST) -> bool:
    """A comparison with the year of a day."""
    return isinstance(node, ast.Compare) and any(map(_year_of_a_day, (node.left, *node.comparators)))


def sources() -> list[Path]:
    """The files of the program."""
    return sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def test_no_calendar_year_is_taken_for_an_exercise():
    found = {path.relative_to(ROOT).as_posix(): set(hits(path.read_text(encoding="utf-8"))) for path in sources()}
    del found[READER]
    new = {name: held for name, written in found.items() if (held := written - CALENDAR.get(name, (set(), ""))[0])}
    assert not new, "ask core/ground/exercise.py, or say in CALENDAR why it is the calendar's"
    old = {name: held for name, (written, _why) in CALENDAR.items() if (held := written - found.get(name, set()))}
    assert not old, "no longer there: take it out of CALENDAR"


@pytest.mark.parametrize("written", [
    "date(year, 1, 1)", "date(plan.year - 1, 12, 31)", "dt.date(budget.year, 12, 31)", "today.year", "today().year",
    "contract.starts_on.year <= year", "conferral.valid_to.year", "due.year < year", "paid_on.year",
])
def test_such_a_year_would_be_found(written):
    assert list(hits(f"found = other({written})")) == [written]


@pytest.mark.parametrize("written", [
    "date(2026, 1, 1)", "date(year, month, 1)", "Budget.year == plan.year", "exercises(session).of(today).year",
    "exercise.starts_on", "row.year",
])
def test_what_is_no_such_year_is_let_be(written):
    assert not list(hits(f"found = other({written})"))
