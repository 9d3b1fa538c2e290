"""What the letters of a notice of default and of a penalty say: plain frozen data for the Word templates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from core.documents.letters import Letter
from core.documents.manifest import Told


@dataclass(frozen=True)
class FindingFacts:
    """A default as the letters recall it: the service, the kind that decides the band (X8), the exact facts (R102)."""

    number: Annotated[int, Told("Numero dell'inadempienza nella diffida", "1")]
    service: Annotated[str, Told("Servizio", "Spazio neutro")]
    kind: Annotated[str, Told("Tipo di inadempienza, dalle condizioni; dopo la decisione, quello trovato",
                              "gravi ritardi o interruzioni nei servizi")]
    first_day: Annotated[date, Told("Giorno dei fatti, il primo se sono più d'uno", "2026-03-02")]
    facts: Annotated[str, Told("Fatti precisi", "Il servizio è rimasto chiuso senza preavviso.")]
    least: Annotated[Decimal | None, Told("Penale minima della fascia", "100.00")] = None
    most: Annotated[Decimal | None, Told("Penale massima della fascia", "1000.00")] = None
    last_day: Annotated[date | None, Told("Ultimo giorno dei fatti, se sono più d'uno", "2026-03-06")] = None
    upheld: Annotated[bool | None, Told("Confermata dopo il contraddittorio; manca prima della decisione")] = None
    reasons: Annotated[str, Told("Motivi della decisione, vuoti prima", "I fatti non sono contestati.")] = ""
    contested_as: Annotated[str, Told("Tipo contestato, se la decisione ne ha trovato un altro; se no vuoto",
                                      "condotte gravi")] = ""


@dataclass(frozen=True, kw_only=True)
class NoticeLetter(Letter):
    """What every letter of the procedure says of the notice."""

    code: Annotated[str, Told("Numero della diffida", "3/2026")]
    contract: Annotated[str, Told("Numero del contratto", "1/2026")]
    municipality: Annotated[str, Told("Ente che ha diffidato, senza articolo", "Comune di Melegnano")]
    azienda: Annotated[str, Told("Azienda, senza articolo", "Azienda Sociale Sud Est Milano")]
    article: Annotated[str, Told("Articolo del contratto su inadempienze e penali", "24")] = "24"


@dataclass(frozen=True, kw_only=True)
class DefaultLetter(NoticeLetter):
    """The notice of default itself (R101-R103), with its two terms, both from the receipt (X26)."""

    facts: Annotated[tuple[str, ...], Told("Fatti, per paragrafi", "Il servizio non è stato reso.")]
    findings: Annotated[tuple[FindingFacts, ...], Told("Inadempienze contestate")]
    reply_days: Annotated[int, Told("Giorni per rispondere, dal ricevimento", "15")]
    comply_by: Annotated[date | None, Told("Giorno entro cui adempiere, se è fissato", "2026-04-30")] = None
    comply_days: Annotated[int | None, Told("Giorni per adempiere dal ricevimento, se sono fissati", "20")] = None
    roll: Annotated[str, Told("Se un termine slitta dai giorni festivi: none, holiday, saturday", "holiday")] = "none"
    damages: Annotated[bool, Told("Il contratto lascia il risarcimento dei danni ulteriori (R108)")] = True
    evidence: Annotated[tuple[str, ...], Told("File che provano i fatti", "verbale della visita")] = ()
    conflict: Annotated[str, Told("Come chi valuta non giudica in causa propria, vuoto se non scritto",
                                  "Il rappresentante del Comune si astiene.")] = ""


@dataclass(frozen=True, kw_only=True)
class ReceiptLetter(NoticeLetter):
    """The azienda says that it received the notice, and until when each side has time."""

    received_on: Annotated[date, Told("Giorno del ricevimento", "2026-04-10")]
    reply_days: Annotated[int, Told("Giorni per rispondere", "15")]
    reply_due: Annotated[date, Told("Ultimo giorno per rispondere", "2026-04-27")]
    reply_nominal: Annotated[date, Told("Lo stesso giorno prima dello slittamento", "2026-04-25")]
    comply_due: Annotated[date, Told("Ultimo giorno per adempiere", "2026-04-30")]
    channel: Annotated[str, Told("Mezzo con cui è arrivata", "posta elettronica certificata")]
    protocol: Annotated[str, Told("Protocollo di chi ha scritto, vuoto se non indicato", "1234/2026")] = ""


@dataclass(frozen=True, kw_only=True)
class SummonsLetter(NoticeLetter):
    """The summons of both sides to the hearing (R101)."""

    received_on: Annotated[date, Told("Giorno in cui la diffida è stata ricevuta", "2026-04-10")]
    summoned_for: Annotated[date, Told("Giorno del contraddittorio", "2026-04-29")]
    place: Annotated[str, Told("Luogo del contraddittorio", "sede comunale, sala giunta")]
    findings: Annotated[tuple[FindingFacts, ...], Told("Inadempienze contestate")]
    hour: Annotated[str, Told("Ora, vuota se non fissata", "10:00")] = ""
    answer: Annotated[str, Told("Risposta: rebuttal, compliance, silence, vuota se manca ancora", "rebuttal")] = ""
    answered_on: Annotated[date | None, Told("Giorno della risposta", "2026-04-20")] = None


@dataclass(frozen=True)
class DelayLine:
    """A delay of the municipality that the azienda has contested and formalised (R96): it is shown at the hearing."""

    number: Annotated[str, Told("Numero della contestazione", "1/2026")]
    title: Annotated[str, Told("Che cosa riguarda", "Ritardo nell'invio degli elenchi")]
    formalised_on: Annotated[date, Told("Giorno in cui è stata formalizzata", "2026-02-20")]


@dataclass(frozen=True, kw_only=True)
class HearingMinutes(NoticeLetter):
    """The minutes of the hearing (R101)."""

    held_on: Annotated[date, Told("Giorno del contraddittorio", "2026-04-29")]
    place: Annotated[str, Told("Luogo", "sede comunale, sala giunta")]
    present: Annotated[tuple[str, ...], Told("Chi era presente", "Elena Colnaghi, Sindaca")]
    minutes: Annotated[tuple[str, ...], Told("Che cosa hanno detto le parti, per paragrafi")]
    findings: Annotated[tuple[FindingFacts, ...], Told("Inadempienze discusse")]
    answer: Annotated[str, Told("Risposta: rebuttal, compliance, silence, vuota se manca ancora", "rebuttal")] = ""
    answered_on: Annotated[date | None, Told("Giorno della risposta", "2026-04-20")] = None
    answer_text: Annotated[tuple[str, ...], Told("Risposta in breve, per paragrafi")] = ()
    delays: Annotated[tuple[DelayLine, ...], Told("Ritardi del Comune contestati dall'azienda")] = ()


@dataclass(frozen=True)
class PenaltyLine:
    """A penalty as a letter lists it, in euros."""

    code: Annotated[str, Told("Numero della penale", "2/2026")]
    finding: Annotated[int, Told("Numero dell'inadempienza", "1")]
    amount: Annotated[Decimal, Told("Importo dovuto", "800.00")]
    least: Annotated[Decimal, Told("Limite minimo della fascia", "100.00")]
    most: Annotated[Decimal, Told("Limite massimo della fascia", "1000.00")]
    gravity: Annotated[str, Told("Perché l'importo corrisponde alla gravità", "Chiusura di cinque giorni.")]
    paid: Annotated[Decimal, Told("Quanto è già pagato", "0.00")]
    state: Annotated[str, Told("Come sta, in parole", "pagata")]


@dataclass(frozen=True, kw_only=True)
class DecisionLetter(NoticeLetter):
    """What was decided of each finding, with reasons, and the penalties (R101-R107)."""

    received_on: Annotated[date, Told("Giorno in cui la diffida è stata ricevuta", "2026-04-10")]
    decided_on: Annotated[date, Told("Giorno della decisione", "2026-05-04")]
    findings: Annotated[tuple[FindingFacts, ...], Told("Inadempienze, con esito e motivi")]
    payment_days: Annotated[int, Told("Giorni per pagare, dal ricevimento della richiesta", "60")]
    held_on: Annotated[date | None, Told("Giorno del contraddittorio, se si è tenuto", "2026-04-29")] = None
    answer: Annotated[str, Told("Risposta: rebuttal, compliance, silence, vuota se manca", "rebuttal")] = ""
    penalties: Annotated[tuple[PenaltyLine, ...], Told("Penali applicate")] = ()
    upheld: Annotated[bool, Told("Almeno un'inadempienza è confermata")] = False
    override: Annotated[str, Told("Perché si è deciso prima del termine o senza contraddittorio, vuoto se no",
                                  "L'azienda ha rinunciato al termine.")] = ""
    damages: Annotated[bool, Told("Il contratto lascia il risarcimento dei danni ulteriori (R108)")] = True


@dataclass(frozen=True, kw_only=True)
class PenaltyRequest(NoticeLetter):
    """The request to pay a penalty: the term runs from its receipt (R109)."""

    penalty: Annotated[PenaltyLine, Told("La penale")]
    finding: Annotated[FindingFacts, Told("L'inadempienza")]
    decided_on: Annotated[date, Told("Giorno della decisione", "2026-05-04")]
    left: Annotated[Decimal, Told("Importo da pagare", "800.00")]
    payment_days: Annotated[int, Told("Giorni per pagare, dal ricevimento", "60")]
    iban: Annotated[str, Told("IBAN su cui si paga", "IT60X0542811101000000123456")]
    roll: Annotated[str, Told("Se un termine slitta dai giorni festivi: none, holiday, saturday", "holiday")] = "none"
    reduced: Annotated[bool, Told("L'importo è stato ridotto dopo la decisione")] = False
    damages: Annotated[bool, Told("Il contratto lascia il risarcimento dei danni ulteriori (R108)")] = True


@dataclass(frozen=True, kw_only=True)
class ClosingLetter(NoticeLetter):
    """The end of a notice: closed after the decision, or withdrawn before it."""

    closed_on: Annotated[date, Told("Giorno della chiusura", "2026-10-05")]
    withdrawn: Annotated[bool, Told("La diffida è ritirata")]
    reasons: Annotated[tuple[str, ...], Told("Motivi, per paragrafi", "La penale è pagata.")]
    findings: Annotated[tuple[FindingFacts, ...], Told("Inadempienze, con l'esito se c'è")]
    penalties: Annotated[tuple[PenaltyLine, ...], Told("Penali applicate")] = ()
    damages: Annotated[bool, Told("Resta aperta una richiesta di danni")] = False
