"""Sheets, services and districts ready made, without a database."""

from __future__ import annotations

from datetime import date
from typing import Any

from core.catalogue.model import Coverage, OperationalSheet, Service
from core.catalogue.rules import Territory
from core.parties.model import Municipality

DAY = date(2026, 3, 1)
NAMES = {"dresano": "Dresano", "melegnano": "Melegnano", "san-giuliano-milanese": "San Giuliano Milanese"}
DISTRICT = Territory(DAY, NAMES, frozenset({"dresano", "melegnano"}))


def sheet(code: str = "desk", **changes: Any) -> OperationalSheet:
    """A sheet with nothing to remark."""
    texts: dict[str, Any] = {
        "code": code,
        "edition": 2026,
        "title": f"Servizio {code}",
        "mission": f"Accogliere chi cerca {code}.",
        "activities": ("Ascolto", "Orientamento"),
        "recipients": "Tutti i residenti.",
        "cost_to_user": "Gratuito.",
        "plugin": None,
        "schema": {},
        "data": {},
    }
    return OperationalSheet(**{**texts, **changes})


def service(code: str = "desk", *, sheets: tuple[OperationalSheet, ...] = (), covers: tuple[str, ...] = (),
            **changes: Any) -> Service:
    """A service of all members, or of the municipalities of ``covers``."""
    facts: dict[str, Any] = {
        "code": code,
        "title": f"Servizio {code}",
        "entry": f"Servizio {code}",
        "management_form": "accreditation",
        "essential_level": False,
        "cover_all": not covers,
        "cover_assumed": False,
        "order": 1,
        "source": "R140",
        "sheets": list(sheets),
    }
    made = Service(**{**facts, **changes})
    for slug in covers:
        made.coverage.append(Coverage(municipality=Municipality(slug=slug), valid_from=date(2015, 1, 1)))
    return made
