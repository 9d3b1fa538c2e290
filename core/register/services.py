"""Which services of the catalogue a type of unit can deliver: data, in ``services.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("services.toml")


@lru_cache
def services_by_type() -> Mapping[str, frozenset[str]]:
    """The codes of the services by code of unit type."""
    found: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["types"]
    return {row["unit_type"]: frozenset(row["services"]) for row in found}


def delivers(type_code: str, service_code: str) -> bool:
    """True if units of this type can deliver the service."""
    return service_code in services_by_type().get(type_code, frozenset())


def deliverable() -> frozenset[str]:
    """The codes of the services that some type of unit delivers."""
    return frozenset().union(*services_by_type().values())


def types_for(service_code: str) -> frozenset[str]:
    """The codes of the unit types that can deliver the service."""
    return frozenset(code for code, services in services_by_type().items() if service_code in services)
