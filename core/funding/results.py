"""The result of a service in a year, without any table: what the share-out and its calculator start from. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from core.ground import money

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class ServiceResult:
    """The figures of a service; ``general`` is its part of the indirect costs of all services."""

    direct: Decimal = ZERO
    indirect: Decimal = ZERO
    general: Decimal = ZERO
    fees: Decimal = ZERO
    revenues: Decimal = ZERO
    sources: Decimal = ZERO
    municipal: Decimal = ZERO

    @property
    def costs(self) -> Decimal:
        """All its costs."""
        return self.direct + self.indirect + self.general

    @property
    def income(self) -> Decimal:
        """All its revenues, the municipalities' own resources too."""
        return self.fees + self.revenues + self.sources + self.municipal

    @property
    def result(self) -> Decimal:
        """Income less costs: negative is a loss, positive a gain; never netted with another service's (R65)."""
        return self.income - self.costs

    @property
    def own_income(self) -> Decimal:
        """What it earns by itself: all income but what the municipalities pay."""
        return self.income - self.municipal


def spread_by(base: Mapping[str, Decimal], amount: Decimal) -> dict[str, Decimal]:
    """``amount`` spread in proportion to ``base``, in equal parts where the base is all zero; exact to the cent."""
    if not base:
        return {}
    return money.share(amount, base if any(base.values()) else dict.fromkeys(base, Decimal(1)))
