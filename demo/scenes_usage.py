"""The use of the services in the story: recorded month by month, closed, corrected."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import select

from core.catalogue.model import Service
from core.parties.model import Municipality
from core.usage import operations
from core.usage.model import UsageMonth, UseFigure
from core.usage.months import Key, MonthFigures, month_figures
from core.usage.rules import UseMonth
from demo.load import Facts, read
from demo.scene import Scene

HUNDRED = Decimal(100)
HALF = Decimal("0.5")


def record_use(scene: Scene, facts: Facts) -> None:
    """The figures of some months are recorded for every service that counts something, and the months closed."""
    told = read("usage")
    residents = {row.id: row.populations[-1].residents for row in scene.session.scalars(select(Municipality))
                 if row.populations}
    codes = facts.get("services", list(told["per_thousand"]))
    services = scene.session.scalars(select(Service).where(Service.code.in_(codes)).order_by(Service.code)).all()
    for code in facts["months"]:
        for service in services:
            found = month_figures(scene.session, service, UseMonth(*divmod(code, 100)))
            row = operations.record(scene.session, service.id, found.month, dict(_figures(told, found, residents)),
                                    version=None, today=scene.today)
            if not facts.get("open"):
                operations.close(scene.session, row.id, version=row.version, today=scene.today)


def correct_use(scene: Scene, facts: Facts) -> None:
    """A figure of a closed month was too high, and is corrected with the reason."""
    month = UseMonth(*divmod(facts["month"], 100))
    [service] = scene.services([facts["service"]])
    row = scene.session.scalars(select(UsageMonth).where(
        UsageMonth.service_id == service, UsageMonth.year == month.year, UsageMonth.month == month.month)).one()
    place = scene.municipality(facts["municipality"]).id
    figure = scene.session.scalars(select(UseFigure).where(
        UseFigure.service_id == service, UseFigure.year == month.year, UseFigure.month == month.month,
        UseFigure.municipality_id == place, UseFigure.measure == facts["measure"])).one()
    operations.correct(scene.session, row.id, place, facts["measure"], figure.value - facts["fewer"], why=facts["why"],
                       version=row.version, today=scene.today)


def _figures(told: Facts, found: MonthFigures, residents: dict[int, int]) -> Iterator[tuple[Key, Decimal]]:
    """A figure for each municipality and measure, always the same for the same month."""
    rates, leaning = told["per_thousand"][found.service.code], told["leaning"]
    swing = told["swing"][found.month.month - 1] + (found.month.year - 2025) * 3
    for place, key in enumerate(found.covered):
        for turn, (code, rate) in enumerate(rates.items()):
            lean = leaning[(place + turn + len(found.service.code)) % len(leaning)]
            value = Decimal(rate) * residents[key] / 1000 * swing / HUNDRED * lean / HUNDRED
            step = Decimal(1) if found.measures[code].places == 0 or code in ("meetings", "days", "accesses") else HALF
            yield (key, code), (value / step).quantize(Decimal(1), ROUND_HALF_UP) * step


VERBS = (record_use, correct_use)
