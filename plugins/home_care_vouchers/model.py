"""The tables of the vouchers: how many, and for how many hours, by municipality, month and package; and the providers
that had to stop.

Sums only: who receives them stays in the case files of the social service.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, Dialect, ForeignKey, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from core.plugin_api import Base, Municipality, OwnedByMunicipality, Versioned, month_name


class Hours(TypeDecorator[Decimal]):
    """Hours as ``Decimal`` in Python, whole hundredths of an hour in the column."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Hundredths for the column; a finer figure is a programming error, people's input is checked before."""
        if value is None:
            return None
        hundredths = value * 100
        if hundredths != int(hundredths):
            raise ValueError(f"{value} hours have more than two decimals")
        return int(hundredths)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Hours for Python."""
        return None if value is None else Decimal(value).scaleb(-2)


class VoucherUsage(Base, OwnedByMunicipality):
    """The vouchers of one package that a municipality used in a month, and the hours given for them."""

    __tablename__ = "home_care_vouchers_usage"
    __table_args__ = (
        UniqueConstraint("municipality_id", "year", "month", "package", name="uq_home_care_vouchers_usage_entry"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        CheckConstraint("vouchers >= 0", name="vouchers"),
        CheckConstraint("hours >= 0", name="hours"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    month: Mapped[int]
    package: Mapped[str]
    vouchers: Mapped[int]
    hours: Mapped[Decimal] = mapped_column(Hours)

    municipality: Mapped[Municipality] = relationship()

    def __str__(self) -> str:
        return f"Pacchetto {self.package}, {month_name(self.month)} {self.year}"


class VoucherStop(Base, OwnedByMunicipality, Versioned):
    """A unit that a municipality had chosen for its vouchers may not work from ``on`` (to ``until``, where it is said):
    until somebody says how care goes on, it waits."""

    __tablename__ = "home_care_vouchers_stop"
    __table_args__ = (
        UniqueConstraint("municipality_id", "unit_id", "on", name="uq_home_care_vouchers_stop_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("service_unit.id"), index=True)
    unit: Mapped[str]
    kind: Mapped[str]
    on: Mapped[date]
    until: Mapped[date | None]
    goes_on: Mapped[str] = mapped_column(Text, default="")

    municipality: Mapped[Municipality] = relationship()

    def __str__(self) -> str:
        return f"{self.unit}, dal {self.on:%d/%m/%Y}"
