"""What happens in the core and plugins are told: frozen facts, one kind for each hook, without rows of the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class ContractSigned:
    """A contract, or an amendment of one, was signed on ``on``; its services run from ``first_day`` to ``last_day``.

    ``conferred``: by the id of a municipality, the codes of the services that it confers. ``amends``: the key of the
    contract that it changes.
    """

    contract_id: int
    code: str
    on: date
    first_day: date
    last_day: date
    conferred: Mapping[int, frozenset[str]]
    today: date
    amends: int | None = None

    def conferring(self, service: str) -> frozenset[int]:
        """The ids of the municipalities that confer a service by it."""
        return frozenset(key for key, codes in self.conferred.items() if service in codes)


@dataclass(frozen=True)
class SheetEdition:
    """The sheet of a service was written for the year ``edition``, or copied to it, and holds from then on."""

    sheet_id: int
    code: str
    services: frozenset[str]
    edition: int


@dataclass(frozen=True)
class ProviderStopped:
    """The accreditation of a unit was suspended (``until`` a day, or until it is readmitted) or revoked, from ``on``.

    ``kind``: ``suspension`` or ``revocation``.
    """

    accreditation_id: int
    unit_id: int
    unit: str
    provider_id: int
    provider: str
    kind: str
    on: date
    until: date | None
    today: date


@dataclass(frozen=True)
class MonthClosed:
    """The use that a service made of a month is closed: its figures are those of shares and accounts from now on."""

    service: str
    year: int
    month: int
    today: date


Happened = ContractSigned | SheetEdition | ProviderStopped | MonthClosed
