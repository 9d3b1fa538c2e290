"""A letter of a notice of default of each kind, with the characters that break careless templates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from core.documents.letters import Addressee, Letter, Sender
from core.penalties.context import (
    ClosingLetter,
    DecisionLetter,
    DefaultLetter,
    DelayLine,
    FindingFacts,
    HearingMinutes,
    PenaltyLine,
    PenaltyRequest,
    ReceiptLetter,
    SummonsLetter,
)

COMUNE = Sender(
    name="Comune di Melegnano", short_name="Comune di Melegnano", place="Melegnano",
    letterhead=("Comune di Melegnano", "piazza Risorgimento 1, 20077 Melegnano (MI)", "PEC: comune@pec.example"),
    signatory="Elena D'Àvila & Rossi <b>", role="Sindaca", iban="IT34J0199933400000000556602",
    bank="Banca dimostrativa",
)
AZIENDA = Sender(
    name="Azienda Sociale Sud Est Milano", short_name="A.S.S.E.MI.", place="San Donato Milanese",
    letterhead=("Azienda Sociale Sud Est Milano", "via Sergnano 2, 20097 San Donato Milanese (MI)"),
    signatory="Dott.ssa Anna Rossi", role="Direttrice",
)
ASSEMBLY = Addressee(
    title="Assemblea Consortile dell'Azienda Sociale Sud Est Milano", noun="Assemblea Consortile",
    address="via Sergnano 2", postal_code="20097", city="San Donato Milanese", province="MI",
    pec="protocollo@pec.example", care=("presso Azienda Sociale Sud Est Milano",),
)
TO_COMUNE = Addressee(
    title="Comune di Melegnano", noun="Comune", address="piazza Risorgimento 1", postal_code="20077",
    city="Melegnano", province="MI", pec="comune@pec.example",
)
FINDINGS = (
    FindingFacts(
        1, "Spazio neutro «Incontriamoci qui»", "gravi ritardi o interruzioni nei servizi affidati", date(2026, 3, 2),
        "Il servizio è rimasto chiuso cinque giorni & nessuno ha avvisato <le famiglie>.", Decimal(100), Decimal(1000),
        date(2026, 3, 6)),
    FindingFacts(
        2, "Assistenza domiciliare", "condotte gravi che ledono gli utenti e le loro famiglie", date(2026, 3, 8),
        "Un'operatrice ha lasciato da sola la persona assistita per l'intero turno.", Decimal(1000), Decimal(3000)),
)
DECIDED = (
    replace(FINDINGS[0], upheld=True, reasons="La chiusura è ammessa dall'Azienda; il preavviso non è provato."),
    replace(FINDINGS[1], upheld=False, reasons="Il registro delle presenze smentisce la segnalazione."),
)
PENALTY = PenaltyLine("2/2026", 1, Decimal("800.00"), Decimal(100), Decimal(1000),
                      "Cinque giorni di chiusura, sette famiglie coinvolte, nessun precedente.", Decimal(0),
                      "da pagare")
COMMON = {"day": date(2026, 4, 8), "code": "3/2026", "contract": "1/2026", "municipality": "Comune di Melegnano",
          "azienda": "Azienda Sociale Sud Est Milano"}
OURS = {"sender": COMUNE, "addressee": ASSEMBLY, **COMMON}

NOTICE = DefaultLetter(
    **OURS, subject="diffida n. 3/2026 – contratto di servizio n. 1/2026",
    facts=("Nella prima settimana di marzo due servizi affidati non sono stati resi come il contratto prevede.",
           "Il Comune ne ha chiesto conto per telefono & per iscritto, senza risposta."),
    findings=FINDINGS, reply_days=15, comply_days=20, roll="holiday",
    evidence=("verbale della visita del 09/03/2026", "lettera di \"alcune\" famiglie"),
    conflict="il rappresentante del Comune di Melegnano non partecipa al voto dell'Assemblea.")
RECEIPT = ReceiptLetter(
    sender=AZIENDA, addressee=TO_COMUNE, **COMMON, subject="ricevimento della diffida n. 3/2026",
    received_on=date(2026, 4, 10), reply_days=15, reply_due=date(2026, 4, 27), reply_nominal=date(2026, 4, 25),
    comply_due=date(2026, 4, 30), channel="posta elettronica certificata", protocol="1234/2026")
SUMMONS = SummonsLetter(
    **OURS, subject="convocazione in contraddittorio – diffida n. 3/2026", received_on=date(2026, 4, 10),
    summoned_for=date(2026, 4, 29), place="sede comunale, sala giunta, piazza Risorgimento 1", findings=FINDINGS,
    hour="10:00", answer="rebuttal", answered_on=date(2026, 4, 20))
MINUTES = HearingMinutes(
    **OURS, subject="verbale del contraddittorio del 29/04/2026 – diffida n. 3/2026", held_on=date(2026, 4, 29),
    place="sede comunale, sala giunta", present=("Elena D'Àvila & Rossi, Sindaca", "Dott.ssa Anna Rossi, Direttrice"),
    minutes=("Il Comune ripercorre i fatti e mostra le segnalazioni.",
             "L'Azienda ammette la chiusura, dovuta a un guasto, e nega il secondo fatto con il registro."),
    findings=FINDINGS, answer="rebuttal", answered_on=date(2026, 4, 20),
    answer_text=("La chiusura è dipesa da un guasto; il secondo fatto non è avvenuto.",),
    delays=(DelayLine("1/2026", "Ritardo nell'invio degli elenchi", date(2026, 2, 20)),))
DECISION = DecisionLetter(
    **OURS, subject="decisione sulla diffida n. 3/2026", received_on=date(2026, 4, 10), decided_on=date(2026, 5, 4),
    findings=DECIDED, payment_days=60, held_on=date(2026, 4, 29), answer="rebuttal", penalties=(PENALTY,), upheld=True)
REQUEST = PenaltyRequest(
    **OURS, subject="richiesta di pagamento della penale n. 2/2026", penalty=replace(PENALTY, paid=Decimal(100)),
    finding=DECIDED[0], decided_on=date(2026, 5, 4), left=Decimal("700.00"), payment_days=60,
    iban="IT34J0199933400000000556602", roll="holiday", reduced=True)
CLOSING = ClosingLetter(
    **OURS, subject="chiusura della diffida n. 3/2026", closed_on=date(2026, 10, 5), withdrawn=False,
    reasons=("La penale è pagata e il servizio è ripreso regolarmente.",), findings=DECIDED,
    penalties=(replace(PENALTY, paid=Decimal(800), state="pagata"),), damages=True)

SAMPLES: dict[str, tuple[str, Letter]] = {
    "notice": ("default_notice", NOTICE),
    "notice_day": ("default_notice", replace(NOTICE, comply_days=None, comply_by=date(2026, 5, 8), roll="saturday",
                                             evidence=(), conflict="", damages=False)),
    "receipt": ("notice_receipt", RECEIPT),
    "summons": ("hearing_summons", SUMMONS),
    "summons_silence": ("hearing_summons", replace(SUMMONS, answer="silence", answered_on=None, hour="")),
    "hearing": ("hearing_minutes", MINUTES),
    "decision": ("notice_decision", DECISION),
    "decision_early": ("notice_decision", replace(DECISION, penalties=(), held_on=None, answer="",
                                                  override="l'Azienda ha rinunciato per iscritto al termine.")),
    "decision_nothing": ("notice_decision", replace(DECISION, penalties=(), upheld=False, findings=DECIDED[1:])),
    "request": ("penalty_request", REQUEST),
    "request_plain": ("penalty_request", replace(REQUEST, penalty=PENALTY, left=Decimal("800.00"), reduced=False,
                                                 roll="none", damages=False)),
    "closing": ("notice_closing", CLOSING),
    "withdrawn": ("notice_closing", replace(CLOSING, withdrawn=True, findings=FINDINGS, penalties=(), damages=False)),
}
