"""The letter of the yearly report: with everything, and where next to nothing was recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from core.documents.letters import Letter
from core.reporting.context import InvestmentLine, LevelLine, ServiceTold, StaffTold, UseLine, YearlyReportLetter
from tests.unit.documents.penalty_samples import AZIENDA, TO_COMUNE

REPORT = YearlyReportLetter(
    sender=AZIENDA, addressee=TO_COMUNE, day=date(2027, 5, 3), subject="relazione annuale 2026 sui servizi affidati",
    exercise="2026", contract="1/2026", act="7/A & <b>", approved_on=date(2027, 4, 28),
    services=(
        ServiceTold(
            "Spazio neutro «Incontriamoci qui» & altro",
            (LevelLine("Prima risposta", "almeno 92%", "94,1%, promessa mantenuta"),),
            (UseLine("Minori seguiti", "12", "non si somma", "12 su 12"),
             UseLine("Ore di ascolto", "250,5 ore", "261 ore", "12 su 12")),
            (StaffTold("Educatore <professionale>", "altre forme contrattuali", "4", "3", "2,5"),)),
        ServiceTold("Tutela legale", lacks=("livello del servizio", "personale", "beneficiari"))),
    investments=(InvestmentLine("Arredi", "tutta l'azienda", "€ 100,10", "€ 99,05", "non indicata"),),
    planned="€ 100,10", made="€ 99,05")
SAMPLES: dict[str, tuple[str, Letter]] = {
    "report": ("yearly_report", REPORT),
    "report_empty": ("yearly_report", replace(REPORT, services=REPORT.services[1:], investments=())),
}
