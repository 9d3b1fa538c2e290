"""What the report of a year says to a municipality, as frozen data of its letter (R99)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from core.documents.letters import Letter
from core.documents.manifest import Told

NOT_RECORDED = "non rilevato"


@dataclass(frozen=True)
class LevelLine:
    """A promise or a quantity: how much of it, and what came of it."""

    what: Annotated[str, Told("Che cosa si promette o si prevede", "Risposta alla prima richiesta")]
    planned: Annotated[str, Told("Quanto, in cifre", "almeno 92%")]
    actual: Annotated[str, Told("Quanto si è misurato o svolto", "94,1%, promessa mantenuta")]


@dataclass(frozen=True)
class UseLine:
    """What the municipality had of a service by a measure."""

    what: Annotated[str, Told("Misura", "Minori seguiti")]
    own: Annotated[str, Told("Dato del Comune; per le persone il mese in cui erano di più", "12 persone")]
    whole: Annotated[str, Told("Dato di tutti i Comuni, dove si può sommare", "96,5 ore")]
    months: Annotated[str, Told("Di quanti mesi c'è il dato del Comune", "12 su 12")]


@dataclass(frozen=True)
class StaffTold:
    """A profession of the staff."""

    profession: Annotated[str, Told("Figura professionale", "Educatore professionale")]
    kind: Annotated[str, Told("Rapporto (art. 14)", "dipendenti dell'azienda")]
    planned: Annotated[str, Told("Persone previste dalla scheda", "4")]
    people: Annotated[str, Told("Persone effettive", "3")]
    full_time: Annotated[str, Told("Posti a tempo pieno", "2,5")]


@dataclass(frozen=True)
class InvestmentLine:
    """An investment."""

    what: Annotated[str, Told("Investimento", "Arredi della sede")]
    service: Annotated[str, Told("Servizio, o tutta l'azienda", "Spazio neutro")]
    planned: Annotated[str, Told("Importo previsto", "€ 4.500,00")]
    made: Annotated[str, Told("Importo realizzato", "€ 4.318,60")]
    source: Annotated[str, Told("Fonte e atto", "Risorse dei Comuni")]


@dataclass(frozen=True)
class ServiceTold:
    """A service in the report."""

    title: Annotated[str, Told("Servizio", "Spazio neutro")]
    levels: Annotated[tuple[LevelLine, ...], Told("Livello del servizio")] = ()
    use: Annotated[tuple[UseLine, ...], Told("Prestazioni e beneficiari residenti")] = ()
    staff: Annotated[tuple[StaffTold, ...], Told("Personale")] = ()
    lacks: Annotated[tuple[str, ...], Told("Che cosa non è stato rilevato", "personale")] = ()


@dataclass(frozen=True, kw_only=True)
class YearlyReportLetter(Letter):
    """The report of an exercise (R99 T 22.3): level of the services, staff, beneficiaries, investments."""

    exercise: Annotated[str, Told("Esercizio", "2025")]
    contract: Annotated[str, Told("Numero del contratto", "1/2025")]
    act: Annotated[str, Told("Numero della deliberazione che approva il bilancio d'esercizio", "5")]
    approved_on: Annotated[date, Told("Giorno di quella deliberazione", "2026-04-29")]
    services: Annotated[tuple[ServiceTold, ...], Told("Servizi affidati")]
    investments: Annotated[tuple[InvestmentLine, ...], Told("Investimenti")] = ()
    planned: Annotated[str, Told("Somma degli investimenti previsti", "€ 22.500,00")] = ""
    made: Annotated[str, Told("Somma degli investimenti realizzati", "€ 22.252,60")] = ""
