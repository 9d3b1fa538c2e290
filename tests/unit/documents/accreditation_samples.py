"""A letter of the accreditation of each kind, with the characters that break careless templates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from core.accreditation.context import (
    Appeal,
    CompletionRequest,
    Decree,
    ExaminationStep,
    ExtensionNotice,
    FindingLine,
    Heard,
    InspectionMinutes,
    InspectionNotice,
    MeasureNotice,
    MeetingInvitation,
    MeetingMinutes,
    MonitoringReminder,
    Pact,
    PresenceLine,
    ProcedureOpening,
    RefusalForewarning,
    ServiceLine,
    UnitFacts,
    Unmet,
)
from core.documents.letters import Addressee, Letter, Sender

SENDER = Sender(
    name="Azienda Sociale Sud Est Milano", short_name="A.S.S.E.MI.", place="San Donato Milanese",
    letterhead=("Azienda Sociale Sud Est Milano", "via Sergnano 2, 20097 San Donato Milanese (MI)"),
    signatory="Dott.ssa Anna Rossi", role="Direttrice", iban="IT60X0542811101000000123456", bank="Banca dimostrativa",
)
PROVIDER = Addressee(
    title="Rossi & Figli <b>Cooperativa</b> Società \"Perché no\"", noun="Gestore", address="via Città di Castello 3/à",
    postal_code="20077", city="Melegnano", province="MI", pec="rossi&figli@pec.example",
    care=("alla cortese attenzione di Niccolò D'Àvalos",),
)
UNIT = UnitFacts(
    name="Nido Il Melograno & C.", type="Asilo nido", seat="via Roma 3, 20077 Melegnano (MI)", provider=PROVIDER.title,
    tax_code="99300000012", representative="Niccolò D'Àvalos", places=42,
)
FINDINGS = (
    FindingLine(1, "La planimetria esposta è <vecchia> & non riporta l'uscita sul cortile.", "Planimetria aggiornata",
                "Depositare la planimetria aggiornata, firmata da un tecnico abilitato.", date(2026, 5, 15)),
    FindingLine(2, "Il menù è esposto all'ingresso; l'orario settimanale c'è."),
    FindingLine(3, "Due educatrici su sette non hanno ancora completato le venti ore di formazione annuale.",
                "Formazione", "Completare la formazione e inviare gli attestati.", date(2026, 6, 30)),
)
COMMON = {"sender": SENDER, "addressee": PROVIDER, "day": date(2026, 4, 8), "code": "3/2026", "unit": UNIT,
          "requirements": "Requisiti degli asili nido, edizione 1", "source": "D.G.R. 9 marzo 2020, n. 2929"}

ACT = {"laws": ("art. 16 della legge regionale della Lombardia 12 marzo 2008, n. 3",
                "artt. 3 e 10-bis della legge 7 agosto 1990, n. 241"), "responsible": "Silvia D'Àvalos & C."}
SET_UP = {"set_up_by": "deliberazione dell'Assemblea Intercomunale n. 2 del 23 febbraio 2006"}
APPEAL = {"appeal": Appeal("Tribunale amministrativo regionale per la Lombardia", 60,
                           "Presidente della Repubblica", 120)}
UNMET = (Unmet("C.1", "Un educatore ogni 7 bambini", "Bambini: 30, educatori: 4, al massimo uno ogni 7"),
         Unmet("E.2", "Sicurezza & igiene", "manca il piano <di> emergenza"))
HEARD = Heard(date(2026, 4, 20), date(2026, 4, 21), date(2026, 4, 28), date(2026, 4, 30),
              ("La quinta educatrice è assunta a tempo parziale & non basta.",))
FOREWARNING = RefusalForewarning(
    **COMMON, **ACT, subject="comunicazione dei motivi che ostano all'accoglimento della domanda n. 3/2026",
    reasons=("Il personale non basta per i bambini presenti insieme.",), unmet=UNMET, days=10,
    filed_on=date(2026, 3, 2), resume_days=10)
OPENING = ProcedureOpening(
    **COMMON, **ACT, subject="avvio del procedimento di sospensione dell'accreditamento n. 3/2026",
    reasons=("In settembre tre classi sono rimaste scoperte.",), unmet=(), days=15, kind="suspension",
    decided_on=date(2026, 5, 4), number="12/2026", conclusion_days=30)
COMPLETION = CompletionRequest(
    **COMMON, subject="richiesta di integrazione della domanda di accreditamento n. 3/2026",
    filed_on=date(2026, 3, 2), missing=("polizza di responsabilità civile in corso di validità",
                                        "planimetria quotata & firmata, \"piano <terra>\"", "elenco del personale"),
    by=date(2026, 4, 30), examination_days=90)
APPOINTMENT = InspectionNotice(
    **COMMON, subject="avviso di sopralluogo – accreditamento n. 3/2026", appointed_for=date(2026, 4, 14), hour="9:30",
    inspectors="dott. Luca Bianchi e geom. Sara Verdi", purpose="verifica dei requisiti",
    papers=("registro delle presenze del mese", "contratti & turni del personale"))
MINUTES = InspectionMinutes(
    **COMMON, subject="verbale del sopralluogo del 14/04/2026 – accreditamento n. 3/2026", held_on=date(2026, 4, 14),
    inspectors="dott. Luca Bianchi e geom. Sara Verdi", purpose="verifica dei requisiti",
    present="Niccolò D'Àvalos, legale rappresentante", minutes=(
        "Si visitano le tre sezioni, la cucina e lo spazio esterno. Sono presenti 36 bambini e sette educatrici.",
        "Il rapporto tra educatrici e bambini corrisponde a quello dichiarato nella domanda."),
    findings=FINDINGS, prescribed=True)
STEPS = (ExaminationStep(date(2026, 4, 14), "sopralluogo"),
         ExaminationStep(date(2026, 4, 20), "seduta della commissione"))
DECREE = Decree(
    **COMMON, **ACT, **APPEAL, **SET_UP,
    subject="accreditamento con prescrizioni dell'unità d'offerta «Nido Il Melograno & C.»",
    outcome="granted_with_prescriptions", number="12/2026", decided_on=date(2026, 5, 4), filed_on=date(2026, 3, 2),
    complete_on=date(2026, 3, 20), steps=STEPS,
    reasons=("I requisiti sono soddisfatti, salvo due che si possono completare senza interrompere il servizio.",),
    prescriptions=(FINDINGS[0], FINDINGS[2]), months=36)
PACT = Pact(
    **COMMON, subject="patto di accreditamento n. 3/2026 – Nido Il Melograno & C.", number="12/2026",
    decided_on=date(2026, 5, 4), valid_from=date(2026, 5, 4), valid_to=date(2029, 5, 3),
    monitoring=("ogni sei mesi", "ogni anno"), extensions=1, extension_months=12, cig="B8D41C27A9",
    services=(ServiceLine("P1", "Ora di assistenza & <cura>", "ora", Decimal("22.50")),
              ServiceLine("P2", "Pasto a domicilio", "pasto", Decimal(6))),
    prescriptions=(FINDINGS[0], FINDINGS[2]))
SUSPENSION = MeasureNotice(
    **COMMON, **ACT, **APPEAL, **SET_UP, heard=HEARD, subject="sospensione dell'accreditamento n. 3/2026",
    kind="suspension", number="20/2026",
    on=date(2026, 9, 1), effective_on=date(2026, 9, 15), until=date(2026, 11, 15),
    reasons=("La prescrizione sulla formazione non è stata adempiuta entro il 30/06/2026.", "Manca l'assicurazione."))
FINE = replace(
    SUSPENSION, subject="sanzione amministrativa – accreditamento n. 3/2026", kind="fine", until=None,
    heard=None, appeal=Appeal("giudice ordinario del luogo in cui è stata commessa la violazione", 30),
    amount=Decimal("1250.50"), breach="accreditation_requirement", least=Decimal(250), most=Decimal(2500),
    fined_by="Comune di Melegnano")
REMINDER = MonitoringReminder(
    **COMMON, subject="sollecito del monitoraggio semestrale – accreditamento n. 3/2026", kind="half_year",
    first_day=date(2026, 1, 1), last_day=date(2026, 6, 30), due=date(2026, 7, 31), late=True, by=date(2026, 8, 31))

EXTENSION = ExtensionNotice(
    **COMMON, **ACT, **APPEAL, **SET_UP, cig="B8D41C27A9",
    subject="proroga dell'accreditamento n. 3/2026", granted=True, number="31/2029",
    decided_on=date(2029, 3, 1), reasons=("Il rinnovo è in corso & il servizio non si può interrompere.",),
    runs_to=date(2030, 5, 3))

MEETING = MeetingInvitation(
    sender=SENDER, addressee=PROVIDER, day=date(2026, 5, 20), subject="incontro con i gestori del 10/06/2026",
    title="Standard dichiarati & primo semestre", held_for=date(2026, 6, 10), hour="9:30",
    place="nella sede dell'azienda", agenda=("Esito dei monitoraggi", "Tariffe <2027>"))

MEETING_MINUTES = MeetingMinutes(
    sender=SENDER, addressee=PROVIDER, day=date(2026, 6, 12), subject="verbale dell'incontro n. 1/2026 con i gestori",
    title="Standard dichiarati & primo semestre", held_on=date(2026, 6, 10), hour="9:30",
    place="nella sede dell'azienda", agenda=("Esito dei monitoraggi", "Tariffe <2027>"),
    presences=(PresenceLine(PROVIDER.title, True, "Niccolò D'Àvalos, coordinatore"),
               PresenceLine("La Seconda & Figli", False)),
    minutes=("Si leggono gli esiti del semestre.", "Le tariffe restano quelle del 2026."))

SAMPLES: dict[str, tuple[str, Letter]] = {
    "completion": ("accreditation_completion", COMPLETION),
    "appointment": ("inspection_notice", APPOINTMENT),
    "minutes": ("inspection_minutes", MINUTES),
    "minutes_clean": ("inspection_minutes", replace(MINUTES, findings=(), prescribed=False)),
    "granted": ("accreditation_decree", replace(DECREE, outcome="granted", prescriptions=())),
    "prescribed": ("accreditation_decree", DECREE),
    "granted_until": ("accreditation_decree", replace(
        DECREE, outcome="granted", prescriptions=(), ends_on=date(2029, 12, 31), set_up_by="")),
    "refused": ("accreditation_decree", replace(DECREE, outcome="refused", prescriptions=(), unmet=UNMET, heard=HEARD)),
    "refused_in_silence": ("accreditation_decree", replace(
        DECREE, outcome="refused", prescriptions=(), heard=Heard(date(2026, 4, 20), date(2026, 4, 21)))),
    "forewarned": ("refusal_forewarning", FOREWARNING),
    "forewarned_extension": ("refusal_forewarning", replace(
        FOREWARNING, kind="extension", unmet=(), filed_on=date(2029, 2, 1), runs_to=date(2029, 5, 3),
        subject="comunicazione dei motivi che ostano alla proroga dell'accreditamento n. 3/2026")),
    "begun": ("procedure_opening", OPENING),
    "begun_revocation": ("procedure_opening", replace(
        OPENING, kind="revocation", unmet=UNMET,
        subject="avvio del procedimento di revoca dell'accreditamento n. 3/2026")),
    "urgent": ("accreditation_measure", replace(
        SUSPENSION, heard=None, urgent_why="L'uscita di sicurezza è chiusa & i bambini non possono restare.")),
    "pact": ("accreditation_pact", PACT),
    "suspension": ("accreditation_measure", SUSPENSION),
    "readmission": ("accreditation_measure", replace(SUSPENSION, kind="readmission", until=None,
                                                     subject="riammissione all'accreditamento n. 3/2026")),
    "revocation": ("accreditation_measure", replace(SUSPENSION, kind="revocation", until=None,
                                                    subject="revoca dell'accreditamento n. 3/2026")),
    "cancellation": ("accreditation_measure", replace(SUSPENSION, kind="cancellation", until=None,
                                                      subject="cancellazione dell'accreditamento n. 3/2026")),
    "fine": ("accreditation_measure", FINE),
    "extension": ("accreditation_extension", EXTENSION),
    "no_extension": ("accreditation_extension", replace(
        EXTENSION, granted=False, runs_to=date(2029, 5, 3), heard=HEARD,
        subject="diniego della proroga dell'accreditamento n. 3/2026")),
    "meeting": ("provider_meeting_invitation", MEETING),
    "meeting_minutes": ("provider_meeting_minutes", MEETING_MINUTES),
    "meeting_minutes_plain": ("provider_meeting_minutes", replace(MEETING_MINUTES, hour="", place="")),
    "reminder_early": ("monitoring_reminder", replace(REMINDER, kind="year", late=False, by=None)),
    "reminder": ("monitoring_reminder", REMINDER),
}
