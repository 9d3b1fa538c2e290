"""What the letters of the accreditation say: plain frozen data for the Word templates.

A legal source stands in a letter only where it is verified; what may be missing has a default.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from core.documents.letters import Letter
from core.documents.manifest import Told


@dataclass(frozen=True)
class UnitFacts:
    """The unit that a letter is about, and who runs it."""

    name: Annotated[str, Told("Nome dell'unità d'offerta", "Nido Il Melograno")]
    type: Annotated[str, Told("Tipo dell'unità", "Asilo nido")]
    seat: Annotated[str, Told("Sede dell'unità", "via Roma 3, 20077 Melegnano (MI)")]
    provider: Annotated[str, Told("Gestore", "Il Melograno Società Cooperativa Sociale")]
    tax_code: Annotated[str, Told("Codice fiscale del gestore", "99300000012")]
    representative: Annotated[str, Told("Legale rappresentante del gestore", "Carla Neri")]
    places: Annotated[int | None, Told("Posti, se l'unità ne ha", "42")] = None


@dataclass(frozen=True, kw_only=True)
class AccreditationLetter(Letter):
    """What every letter of the procedure says."""

    code: Annotated[str, Told("Numero dell'accreditamento", "3/2026")]
    unit: Annotated[UnitFacts, Told("L'unità d'offerta")]
    requirements: Annotated[str, Told("Requisiti con cui si esamina", "Requisiti degli asili nido, edizione 1")]
    source: Annotated[str, Told("Fonte dei requisiti, vuota se non è verificata", "D.G.R. 2929/2020")] = ""


@dataclass(frozen=True)
class Appeal:
    """Where and until when an act is appealed (L. 241/1990, art. 3 c. 4)."""

    court: Annotated[str, Told("A chi si ricorre", "Tribunale amministrativo regionale per la Lombardia")]
    days: Annotated[int, Told("Entro quanti giorni", "60")]
    extraordinary: Annotated[str, Told("A chi va il ricorso straordinario, vuoto se non c'è",
                                       "Presidente della Repubblica")] = ""
    extraordinary_days: Annotated[int, Told("Entro quanti giorni, per il ricorso straordinario", "120")] = 0


@dataclass(frozen=True)
class Unmet:
    """A requirement that is not met, and what was found."""

    code: Annotated[str, Told("Codice del requisito", "C.1")]
    title: Annotated[str, Told("Requisito", "Un educatore ogni 7 bambini")]
    found: Annotated[str, Told("Che cosa si è accertato", "30 bambini con 4 educatori presenti insieme")]


@dataclass(frozen=True)
class Heard:
    """What the provider was told before the act, and what it answered (L. 241/1990, arts. 7, 10, 10-bis)."""

    sent_on: Annotated[date, Told("Giorno in cui la comunicazione è partita", "2026-04-20")]
    received_on: Annotated[date, Told("Giorno in cui il gestore l'ha ricevuta", "2026-04-21")]
    observed_on: Annotated[date | None, Told("Giorno delle osservazioni, se ne sono arrivate", "2026-04-28")] = None
    held_on: Annotated[date | None, Told("Giorno dell'audizione, se c'è stata", "2026-04-30")] = None
    answer: Annotated[tuple[str, ...], Told("Che cosa si risponde alle osservazioni, per paragrafi")] = ()


@dataclass(frozen=True, kw_only=True)
class AccreditationAct(AccreditationLetter):
    """What every decree and measure names: its laws, who answers for the procedure, where it is appealed (art. 3)."""

    laws: Annotated[tuple[str, ...], Told("Norme in base a cui si provvede", "art. 16 della L.R. 3/2008")]
    responsible: Annotated[str, Told("Responsabile del procedimento", "dott.ssa Silvia Barbaglio")]
    appeal: Annotated[Appeal, Told("Come si ricorre")]
    set_up_by: Annotated[str, Told("Atto che ha istituito l'unità di accreditamento, vuoto se non è registrato",
                                   "deliberazione dell'Assemblea Intercomunale n. 2 del 23 febbraio 2006")] = ""


@dataclass(frozen=True)
class ServiceLine:
    """What the unit delivers at a price that the requirements fix."""

    code: Annotated[str, Told("Codice della prestazione", "P1")]
    title: Annotated[str, Told("Prestazione", "Ora di assistenza con operatore qualificato")]
    unit: Annotated[str, Told("Per che cosa si paga", "ora")]
    price: Annotated[Decimal, Told("Prezzo", "22.50")]


@dataclass(frozen=True, kw_only=True)
class Warned(AccreditationLetter):
    """What the provider is told before an act against it, while it can still answer."""

    laws: Annotated[tuple[str, ...], Told("Norme in base a cui si provvederà", "art. 16 della L.R. 3/2008")]
    responsible: Annotated[str, Told("Responsabile del procedimento", "dott.ssa Silvia Barbaglio")]
    reasons: Annotated[tuple[str, ...], Told("Motivi, per paragrafi")]
    unmet: Annotated[tuple[Unmet, ...], Told("Requisiti non rispettati, con quanto accertato")] = ()
    days: Annotated[int, Told("Giorni per rispondere, dal ricevimento", "10")]


@dataclass(frozen=True, kw_only=True)
class RefusalForewarning(Warned):
    """The notice of the reasons before a refusal, of the accreditation or of more time (L. 241/1990, art. 10-bis)."""

    kind: Annotated[str, Told("Che cosa si rifiuta: refusal (la domanda), extension (la proroga)",
                              "refusal")] = "refusal"
    runs_to: Annotated[date | None, Told("Ultimo giorno dell'accreditamento, se si rifiuta la proroga",
                                         "2029-05-03")] = None
    filed_on: Annotated[date, Told("Giorno della domanda, o della richiesta di proroga", "2026-03-02")]
    resume_days: Annotated[int, Told("Giorni dopo cui il termine riprende, dalle osservazioni", "10")]


@dataclass(frozen=True, kw_only=True)
class ProcedureOpening(Warned):
    """The communication that the procedure of a suspension or a revocation begins (L. 241/1990, arts. 7 and 8)."""

    kind: Annotated[str, Told("Provvedimento che si prepara: suspension, revocation", "suspension")]
    decided_on: Annotated[date, Told("Giorno del decreto di accreditamento", "2026-05-04")]
    number: Annotated[str, Told("Numero del decreto di accreditamento", "12/2026")]
    conclusion_days: Annotated[int, Told("Giorni entro cui il procedimento si conclude, dall'avvio", "30")]


@dataclass(frozen=True, kw_only=True)
class CompletionRequest(AccreditationLetter):
    """What is missing in an application, and by when it is awaited; the clock starts at completeness."""

    filed_on: Annotated[date, Told("Giorno della domanda", "2026-03-02")]
    missing: Annotated[tuple[str, ...], Told("Che cosa manca", "polizza di responsabilità civile in corso")]
    by: Annotated[date, Told("Ultimo giorno per completare", "2026-03-31")]
    examination_days: Annotated[int, Told("Giorni dell'esame, dalla completezza", "90")]


@dataclass(frozen=True, kw_only=True)
class InspectionNotice(AccreditationLetter):
    """The appointment of an inspection."""

    appointed_for: Annotated[date, Told("Giorno del sopralluogo", "2026-04-14")]
    inspectors: Annotated[str, Told("Chi lo svolge", "dott. Luca Bianchi e geom. Sara Verdi")]
    purpose: Annotated[str, Told("Scopo del sopralluogo", "verifica dei requisiti")]
    hour: Annotated[str, Told("Ora, vuota se non fissata", "9:30")] = ""
    papers: Annotated[tuple[str, ...], Told("Che cosa tenere a disposizione", "registro delle presenze")] = ()


@dataclass(frozen=True)
class FindingLine:
    """What an inspection found; with a prescription it says what is to be done and by when."""

    number: Annotated[int, Told("Numero del rilievo", "1")]
    text: Annotated[str, Told("Che cosa si è rilevato", "Manca la planimetria aggiornata del piano terra.")]
    requirement: Annotated[str, Told("Requisito, vuoto se non riferito a uno", "Planimetria")] = ""
    prescription: Annotated[str, Told("Prescrizione, vuota se non c'è", "Depositare la planimetria.")] = ""
    due: Annotated[date | None, Told("Termine della prescrizione", "2026-05-15")] = None


@dataclass(frozen=True, kw_only=True)
class InspectionMinutes(AccreditationLetter):
    """The minutes of an inspection, with its findings and prescriptions (R150)."""

    held_on: Annotated[date, Told("Giorno del sopralluogo", "2026-04-14")]
    inspectors: Annotated[str, Told("Chi lo ha svolto", "dott. Luca Bianchi e geom. Sara Verdi")]
    purpose: Annotated[str, Told("Scopo del sopralluogo", "verifica dei requisiti")]
    present: Annotated[str, Told("Chi era presente per il gestore", "Carla Neri, legale rappresentante")]
    minutes: Annotated[tuple[str, ...], Told("Che cosa si è visto, per paragrafi")]
    findings: Annotated[tuple[FindingLine, ...], Told("Rilievi, con le prescrizioni")] = ()
    prescribed: Annotated[bool, Told("C'è almeno una prescrizione con il suo termine")] = False


@dataclass(frozen=True)
class ExaminationStep:
    """Something of the examination that the decree recalls, in order of day."""

    day: Annotated[date, Told("Giorno", "2026-04-20")]
    what: Annotated[str, Told("Che cosa", "seduta della commissione")]


@dataclass(frozen=True, kw_only=True)
class Decree(AccreditationAct):
    """The act that ends the examination (R147, R150): granted, granted with prescriptions, or refused."""

    outcome: Annotated[str, Told("Esito: granted, granted_with_prescriptions, refused", "granted")]
    number: Annotated[str, Told("Numero del decreto", "12/2026")]
    decided_on: Annotated[date, Told("Giorno del decreto", "2026-05-04")]
    filed_on: Annotated[date, Told("Giorno della domanda", "2026-03-02")]
    complete_on: Annotated[date, Told("Giorno in cui la domanda è risultata completa", "2026-03-20")]
    steps: Annotated[tuple[ExaminationStep, ...], Told("Sopralluoghi e riunioni dell'esame")] = ()
    reasons: Annotated[tuple[str, ...], Told("Motivi, per paragrafi")] = ()
    prescriptions: Annotated[tuple[FindingLine, ...], Told("Prescrizioni, con i termini")] = ()
    heard: Annotated[Heard | None, Told("Che cosa è stato comunicato prima, se c'è")] = None
    unmet: Annotated[tuple[Unmet, ...], Told("Requisiti non rispettati, con quanto accertato")] = ()
    months: Annotated[int, Told("Mesi di durata, dalla firma del patto", "36")]
    ends_on: Annotated[date | None, Told("Ultimo giorno, se è lo stesso per tutti", "2029-12-31")] = None


@dataclass(frozen=True, kw_only=True)
class Pact(AccreditationLetter):
    """What provider and azienda promise each other after the decree."""

    number: Annotated[str, Told("Numero del decreto", "12/2026")]
    decided_on: Annotated[date, Told("Giorno del decreto", "2026-05-04")]
    valid_from: Annotated[date, Told("Primo giorno dell'accreditamento", "2026-05-04")]
    valid_to: Annotated[date, Told("Ultimo giorno dell'accreditamento", "2029-05-03")]
    monitoring: Annotated[tuple[str, ...], Told("Con quale cadenza si controlla", "ogni sei mesi")]
    extensions: Annotated[int, Told("Quante proroghe sono possibili", "1")]
    extension_months: Annotated[int, Told("Mesi di ogni proroga, al massimo", "12")]
    cig: Annotated[str, Told("Codice identificativo di gara, vuoto se il patto non comporta pagamenti",
                             "B1234567A9")] = ""
    services: Annotated[tuple[ServiceLine, ...], Told("Prestazioni con il loro prezzo, se i requisiti lo fissano")] = ()
    prescriptions: Annotated[tuple[FindingLine, ...], Told("Prescrizioni da adempiere, con i termini")] = ()


@dataclass(frozen=True, kw_only=True)
class MeasureNotice(AccreditationAct):
    """A measure after the decree: suspension, readmission, revocation, cancellation, or a fine (law B3)."""

    kind: Annotated[str, Told("Tipo: suspension, readmission, revocation, cancellation, fine", "suspension")]
    number: Annotated[str, Told("Numero dell'atto", "20/2026")]
    on: Annotated[date, Told("Giorno dell'atto", "2026-09-01")]
    effective_on: Annotated[date, Told("Giorno da cui ha effetto", "2026-09-15")]
    reasons: Annotated[tuple[str, ...], Told("Motivi, per paragrafi")]
    heard: Annotated[Heard | None, Told("Che cosa è stato comunicato prima, se c'è")] = None
    urgent_why: Annotated[str, Told("Perché non si è potuto attendere, vuoto se si è sentito il gestore",
                                    "L'unità ospita utenti senza personale.")] = ""
    until: Annotated[date | None, Told("Ultimo giorno della sospensione, se fissato", "2026-11-15")] = None
    amount: Annotated[Decimal | None, Told("Importo della sanzione", "1000.00")] = None
    breach: Annotated[str, Told("Che cosa si sanziona: no_notice, no_requirements, accreditation_requirement",
                                "no_notice")] = ""
    least: Annotated[Decimal | None, Told("Sanzione minima", "250.00")] = None
    most: Annotated[Decimal | None, Told("Sanzione massima", "2500.00")] = None
    fined_by: Annotated[str, Told("Comune che la applica, vuoto se fuori dal distretto", "Comune di Melegnano")] = ""


@dataclass(frozen=True, kw_only=True)
class MonitoringReminder(AccreditationLetter):
    """The reminder of a period of monitoring that has not been answered (R150, R157)."""

    kind: Annotated[str, Told("Cadenza: half_year, year", "half_year")]
    first_day: Annotated[date, Told("Primo giorno del periodo", "2026-01-01")]
    last_day: Annotated[date, Told("Ultimo giorno del periodo", "2026-06-30")]
    due: Annotated[date, Told("Termine per rispondere", "2026-07-31")]
    late: Annotated[bool, Told("Il termine è già passato")]
    by: Annotated[date | None, Told("Nuovo termine, se il primo è passato", "2026-08-31")] = None


@dataclass(frozen=True, kw_only=True)
class ExtensionNotice(AccreditationAct):
    """A longer period that was given by an act, or refused with its reasons."""

    granted: Annotated[bool, Told("La proroga è concessa")]
    number: Annotated[str, Told("Numero dell'atto", "31/2029")]
    decided_on: Annotated[date, Told("Giorno dell'atto", "2029-03-01")]
    reasons: Annotated[tuple[str, ...], Told("Motivi, per paragrafi")]
    runs_to: Annotated[date, Told("Ultimo giorno dell'accreditamento, con la proroga se è concessa", "2030-05-03")]
    cig: Annotated[str, Told("Codice identificativo di gara del patto, vuoto se non c'è", "B1234567A9")] = ""
    heard: Annotated[Heard | None, Told("Che cosa è stato comunicato prima di un diniego")] = None


@dataclass(frozen=True)
class PresenceLine:
    """Whether a provider came to a meeting, and who for it."""

    provider: Annotated[str, Told("Gestore invitato", "Il Melograno Società Cooperativa Sociale")]
    came: Annotated[bool, Told("È venuto")]
    people: Annotated[str, Told("Chi è venuto, vuoto se nessuno", "Rosa Bianchi, coordinatrice")] = ""


@dataclass(frozen=True, kw_only=True)
class MeetingMinutes(Letter):
    """The minutes of a periodic meeting (R150), to be signed: who came, what was said."""

    title: Annotated[str, Told("Oggetto dell'incontro", "Standard dichiarati nel primo semestre")]
    held_on: Annotated[date, Told("Giorno dell'incontro", "2026-06-10")]
    agenda: Annotated[tuple[str, ...], Told("Ordine del giorno, un punto per riga")]
    presences: Annotated[tuple[PresenceLine, ...], Told("Gestori invitati, con le presenze")]
    minutes: Annotated[tuple[str, ...], Told("Che cosa si è detto, per paragrafi")]
    hour: Annotated[str, Told("Ora, vuota se non fissata", "9:30")] = ""
    place: Annotated[str, Told("Luogo, vuoto se non fissato", "nella sede dell'azienda")] = ""


@dataclass(frozen=True, kw_only=True)
class MeetingInvitation(Letter):
    """The invitation of a provider to a periodic meeting (R150)."""

    title: Annotated[str, Told("Oggetto dell'incontro", "Standard dichiarati nel primo semestre")]
    held_for: Annotated[date, Told("Giorno dell'incontro", "2026-06-10")]
    agenda: Annotated[tuple[str, ...], Told("Ordine del giorno, un punto per riga")]
    hour: Annotated[str, Told("Ora, vuota se non fissata", "9:30")] = ""
    place: Annotated[str, Told("Luogo, vuoto se non fissato", "nella sede dell'azienda")] = ""
