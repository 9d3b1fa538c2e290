"""What the vouchers promise, how it is measured, and where a sheet differs from R129."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from core.plugin_api import Finding, Indicator, Level, SheetData, Standard

EXPECTED_PACKAGES = 6
CENT = Decimal("0.01")

HOURS = Standard("hours", "Ore garantite",
                 "Chi ha un voucher riceve ogni mese le ore previste dal suo pacchetto.")
CHOICE = Standard("choice", "Libera scelta", "Il voucher si spende presso qualunque erogatore accreditato.")
STANDARDS = (HOURS, CHOICE)


def check(sheet: SheetData) -> tuple[Finding, ...]:
    """Packages that are missing, repeated or empty (R129)."""
    return tuple(_remarks(sheet))


def _remarks(sheet: SheetData) -> Iterator[Finding]:
    packages = sheet["packages"]
    if len(packages) != EXPECTED_PACKAGES:
        yield Finding("I pacchetti assistenziali previsti sono %(expected)s: la scheda ne elenca %(packages)s.",
                      {"expected": EXPECTED_PACKAGES, "packages": len(packages)}, source="R129")
    codes = Counter(package["code"] for package in packages)
    if repeated := [code for code, times in codes.items() if times > 1]:
        yield Finding("Due pacchetti hanno lo stesso codice: %(codes)s. Dare a ciascuno il suo.",
                      {"codes": ", ".join(repeated)}, Level.ERROR, source="R129")
    if empty := [package["code"] for package in packages if not package["hours_month"]]:
        yield Finding("Questi pacchetti non hanno ore: %(codes)s.", {"codes": ", ".join(empty)}, source="R129")


def _packages(sheet: SheetData) -> Decimal | None:
    return Decimal(len(sheet["packages"])) if sheet["packages"] else None


def _mean_hours(sheet: SheetData) -> Decimal | None:
    hours = [package["hours_month"] for package in sheet["packages"]]
    return (sum(hours, Decimal(0)) / len(hours)).quantize(CENT) if hours else None


def _value_of_an_hour(sheet: SheetData) -> Decimal | None:
    hours = sum((package["hours_month"] for package in sheet["packages"]), Decimal(0))
    value = sum((package["monthly_value"] for package in sheet["packages"]), Decimal(0))
    return (value / hours).quantize(CENT) if hours else None


INDICATORS = (
    Indicator("packages", "Pacchetti offerti", "pacchetti", _packages, standard=CHOICE.code),
    Indicator("mean_hours", "Ore medie di un pacchetto", "ore al mese", _mean_hours, standard=HOURS.code),
    Indicator("value_of_an_hour", "Valore medio di un'ora", "euro", _value_of_an_hour),
)
