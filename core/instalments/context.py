"""What the letter that asks for an instalment says: plain frozen data for the Word template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from core.documents.letters import Letter
from core.documents.manifest import Told

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class CommitmentLine:
    """A commitment of the municipality, as the letter recalls it."""

    number: Annotated[str, Told("Numero dell'impegno di spesa", "128")]
    year: Annotated[int, Told("Anno dell'impegno", "2026")]
    act: Annotated[str, Told("Atto di impegno, vuoto se non comunicato", "determinazione n. 15 del 20/01/2026")] = ""
    cig: Annotated[str | None, Told("CIG, se richiesto", "B1234567A9")] = None


@dataclass(frozen=True)
class CreditLine:
    """A credit of the municipality that is open while the letter is written."""

    name: Annotated[str, Told("Da dove viene il credito", "saldo, rata n. 3/2025")]
    amount: Annotated[Decimal, Told("Quanto ne resta", "1200.00")]


@dataclass(frozen=True)
class Correction:
    """What a final share was and is, and what was asked and paid on it: for the letter that replaces a request."""

    replaces: Annotated[str, Told("Lettera che questa sostituisce", "la richiesta della rata n. 5/2026, prot. n. 105")]
    act: Annotated[str, Told("Deliberazione che la corregge", "deliberazione n. 11 del 05/07/2027")]
    body: Annotated[str, Told("Organo che la adotta, senza articolo", "Assemblea Consortile")]
    before: Annotated[Decimal, Told("Quota definitiva di prima", "82500.00")]
    reason: Annotated[str, Told("Perché si corregge", "Residenti di un comune aggiornati")]
    paid: Annotated[Decimal, Told("Quanto è stato versato per l'anno", "74250.00")]
    left: Annotated[Decimal, Told("Quanto resta per l'anno con la rettifica; negativo è un credito", "9250.00")]
    set_off: Annotated[Decimal, Told("Quanto del credito riduce la rata corretta, ancora aperta", "500.00")] = ZERO
    kept: Annotated[Decimal, Told("Quanto del credito resta", "300.00")] = ZERO


@dataclass(frozen=True, kw_only=True)
class InstalmentRequest(Letter):
    """The request of one instalment (R87-R93), or the notice of a credit where the balance is negative."""

    code: Annotated[str, Told("Numero della rata", "3/2026")]
    title: Annotated[str, Told("Nome della rata", "Primo acconto")]
    year: Annotated[str, Told("Anno della quota", "2026")]
    contract: Annotated[str, Told("Numero del contratto", "1/2026")]
    amount: Annotated[Decimal, Told("Importo chiesto, sempre positivo", "41250.00")]
    credit: Annotated[bool, Told("Non si chiede: è un credito dell'ente")]
    due: Annotated[date | None, Told("Ultimo giorno per pagare; manca dove non c'è un giorno fissato", "2026-02-02")]
    nominal: Annotated[date | None, Told("Scadenza prima dello slittamento", "2026-01-31")]
    days: Annotated[int | None, Told("Giorni per pagare, se non c'è un giorno fissato", "30")] = None
    counts_from: Annotated[str, Told("Da dove si contano: receipt, invoice; vuoto se c'è il giorno", "receipt")] = ""
    kind: Annotated[str, Told("Tipo: advance, balance, correction, extra_project, further_advance", "advance")]
    base: Annotated[Decimal | None, Told("Importo su cui si calcola", "82500.00")] = None
    base_name: Annotated[str, Told("Che importo è", "quota dell'anno precedente")] = ""
    percent: Annotated[Decimal | None, Told("Percentuale; manca per il saldo", "50")] = None
    asked_before: Annotated[Decimal | None, Told("Per il saldo: quanto si è già chiesto", "74250.00")] = None
    reason: Annotated[str, Told("Ragioni o incarico, vuoto se non servono", "Progetto estivo")] = ""
    act: Annotated[str, Told("Atto che lo approva, vuoto se non serve", "deliberazione n. 4 del 10/06/2026")] = ""
    commitments: Annotated[tuple[CommitmentLine, ...], Told("Impegni di spesa comunicati")] = ()
    cig: Annotated[str | None, Told("CIG del contratto, se c'è", "B1234567A9")] = None
    cup: Annotated[str | None, Told("CUP del contratto, se c'è", "E51B21000000001")] = None
    invoice: Annotated[str, Told("Fattura, vuota se non c'è", "n. 12/PA del 15/01/2026")] = ""
    sdi: Annotated[str, Told("Identificativo della fattura nel Sistema di Interscambio", "7652341290")] = ""
    correction: Annotated[Correction | None, Told("Per una rettifica: che cosa cambia")] = None
    credits: Annotated[tuple[CreditLine, ...], Told("Crediti aperti dell'ente")] = ()
    credit_use: Annotated[Decimal, Told("Quanto dei crediti si propone di usare per la rata", "1200.00")] = ZERO
    credit_rest: Annotated[Decimal, Told("Quanto resterebbe da versare della rata", "40050.00")] = ZERO
    interest: Annotated[str, Told("Interessi di ritardo: none, legal, commercial", "legal")] = "none"
    interest_points: Annotated[Decimal | None, Told("Punti in più sul tasso", "2")] = None
