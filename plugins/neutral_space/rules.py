"""What the neutral space promises, how it is measured, and where a sheet differs from R123."""

from collections.abc import Iterator
from decimal import Decimal

from core.plugin_api import Finding, Indicator, SheetData, Standard

PROTOCOL_STEPS = 11
REPORT_MONTHS = 6
SUPERVISION_MONTHS = 1
COORDINATOR = "coordina"

REPORTS = Standard("reports", "Relazioni al servizio inviante",
                   "Per ogni percorso il servizio inviante riceve una relazione scritta ogni sei mesi.")
SUPERVISION = Standard("supervision", "Supervisione", "L'équipe ha una supervisione ogni mese.")
PATH = Standard("path", "Percorso concordato", "Ogni percorso segue gli undici passi del protocollo.")
STANDARDS = (REPORTS, SUPERVISION, PATH)


def check(sheet: SheetData) -> tuple[Finding, ...]:
    """Where team, protocol and rhythms differ from what the service is (R123)."""
    return tuple(_remarks(sheet))


def coordinators(sheet: SheetData) -> int:
    """How many coordinators the team counts."""
    return sum(member["count"] for member in sheet["team"] if COORDINATOR in member["role"].casefold())


def _remarks(sheet: SheetData) -> Iterator[Finding]:
    if (count := coordinators(sheet)) != 1:
        yield Finding("L'équipe deve avere un solo coordinatore: la scheda ne indica %(count)s.", {"count": count},
                      source="R123")
    if (steps := len(sheet["protocol_steps"])) != PROTOCOL_STEPS:
        yield Finding("Il protocollo ha %(expected)s passi: la scheda ne elenca %(steps)s.",
                      {"expected": PROTOCOL_STEPS, "steps": steps}, source="R123")
    if sheet["report_months"] != REPORT_MONTHS:
        yield Finding("La relazione al servizio inviante è semestrale: nella scheda indicare 6 mesi.", source="R123")
    if sheet["supervision_months"] != SUPERVISION_MONTHS:
        yield Finding("La supervisione è mensile: nella scheda indicare 1 mese.", source="R123")
    if not sheet["tariffs"]:
        yield Finding("Mancano le tariffe dedicate, a cui rinvia il costo per l'utenza.", source="R123")


def _operators(sheet: SheetData) -> Decimal | None:
    return Decimal(sum(member["count"] for member in sheet["team"])) if sheet["team"] else None


def _reports_a_year(sheet: SheetData) -> Decimal | None:
    return _times_a_year(sheet["report_months"])


def _supervisions_a_year(sheet: SheetData) -> Decimal | None:
    return _times_a_year(sheet["supervision_months"])


def _times_a_year(months: int | None) -> Decimal | None:
    return (Decimal(12) / months).quantize(Decimal("0.01")).normalize() + 0 if months else None


INDICATORS = (
    Indicator("operators", "Operatori dell'équipe", "persone", _operators),
    Indicator("reports", "Relazioni dovute per percorso", "all'anno", _reports_a_year, standard=REPORTS.code),
    Indicator("supervisions", "Incontri di supervisione", "all'anno", _supervisions_a_year, standard=SUPERVISION.code),
)
