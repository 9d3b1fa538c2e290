"""What the access desk promises, how it is measured, and what a sheet should not leave open."""

from collections.abc import Iterator
from decimal import Decimal

from core.plugin_api import Finding, Indicator, SheetData, Standard

APPOINTMENT = Standard("appointment", "Tempo per il primo colloquio",
                       "Il primo colloquio si tiene entro il numero di giorni indicato nella scheda.")
OPENING = Standard("opening", "Apertura al pubblico",
                   "Ogni sede è aperta nei giorni e nelle ore indicati nella scheda, con accesso libero e gratuito.")
OBSERVATORY = Standard("observatory", "Osservatorio della domanda",
                       "Le domande ricevute sono raccolte in forma aggregata e portate alla programmazione.")
STANDARDS = (APPOINTMENT, OPENING, OBSERVATORY)


def check(sheet: SheetData) -> tuple[Finding, ...]:
    """What is missing for citizens to find the desk (R140) and for the district to learn from it (R157)."""
    return tuple(_remarks(sheet))


def _remarks(sheet: SheetData) -> Iterator[Finding]:
    if not sheet["sites"]:
        yield Finding("Il segretariato sociale non ha sedi: indicarne almeno una.", source="R140")
    if closed := [site["municipality"] for site in sheet["sites"] if not site["opening"]]:
        yield Finding("Mancano gli orari di apertura di: %(sites)s.", {"sites": ", ".join(closed)}, source="R140")
    if not sheet["weekly_opening_hours"]:
        yield Finding("Mancano le ore di apertura alla settimana.", source="R140")
    if sheet["appointment_days"] is None:
        yield Finding("Manca il numero di giorni entro cui si tiene il primo colloquio.", source="R33")
    if not sheet["aggregated_demand_report"]:
        yield Finding("Il segretariato deve rendere conto delle domande ricevute, in forma aggregata.", source="R157")


def _sites(sheet: SheetData) -> Decimal | None:
    return Decimal(len(sheet["sites"])) if sheet["sites"] else None


def _hours_per_site(sheet: SheetData) -> Decimal | None:
    hours, sites = sheet["weekly_opening_hours"], len(sheet["sites"])
    return (hours / sites).quantize(Decimal("0.01")) if hours is not None and sites else None


def _appointment_days(sheet: SheetData) -> Decimal | None:
    days = sheet["appointment_days"]
    return None if days is None else Decimal(days)


INDICATORS = (
    Indicator("sites", "Sedi aperte", "sedi", _sites, standard=OPENING.code),
    Indicator("hours_per_site", "Ore di apertura per sede", "ore alla settimana", _hours_per_site,
              standard=OPENING.code),
    Indicator("appointment_days", "Attesa massima per il primo colloquio", "giorni", _appointment_days,
              standard=APPOINTMENT.code),
)
