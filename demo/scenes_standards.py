"""What is counted each month to see whether the services keep what they promise."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from core.catalogue.model import Service
from core.usage.operations import record
from core.usage.rules import UseMonth
from demo.load import Facts
from demo.scene import Scene

ENDS = {"percent": ("good", "of"), "days": ("sum", "of")}  # what the two measures of an indicator are called


def count_promises(scene: Scene, facts: Facts) -> None:
    """A month is counted: for each municipality how many cases went well, or the days that they took, and of how many.
    """
    month = UseMonth(facts["month"].year, facts["month"].month)
    for code, indicators in facts["counts"].items():
        figures = {(scene.municipality(slug).id, f"{indicator}_{end}"): Decimal(number)
                   for indicator, counted in indicators.items() for slug, pair in counted["of"].items()
                   for end, number in zip(ENDS[counted["unit"]], pair, strict=True)}
        record(scene.session, _service(scene, code).id, month, figures, version=None, today=scene.today)


def _service(scene: Scene, code: str) -> Service:
    return scene.session.scalars(select(Service).where(Service.code == code)).one()


VERBS = (count_promises,)
