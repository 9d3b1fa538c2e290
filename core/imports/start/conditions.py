"""By which terms contracts are made: conditions with their instalments and penalties, Zone Plans, charters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import select

from core.catalogue.model import Service
from core.contracts import plans
from core.contracts.kept import add_kept
from core.contracts.model import ContractTerms, InstalmentRule, KeptService, PenaltyBand, ServiceCharter, ZonePlan
from core.contracts.terms import PAPERS, add_version
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.imports.operations import Desk
from core.imports.start.catalogue import NO_SERVICE, SERVICE
from core.imports.start.part import (
    DISTRICT,
    MUNICIPALITY,
    Facts,
    FilePart,
    coded,
    district_id,
    given,
    municipality_id,
    named_district,
    told,
)
from core.tables.cells import CellKind, Column, Sheet

OWNERS = {"azienda": "Azienda", "district": "Distretto"}
BASES = {
    "previous_year_or_approved_budget": "Anno precedente o, se già approvato, bilancio di previsione",
    "previous_year": "Importo dell'anno precedente", "annual_share": "Quota dell'anno",
    "budget": "Bilancio di previsione", "chosen": "Importo concordato",
}
EVENTS = {
    "accounts_approved": "Approvazione del bilancio d'esercizio e del riparto",
    "budget_approved": "Approvazione del bilancio di previsione e del riparto",
    "contract_signed": "Firma del contratto", "exercise_ended": "Chiusura dell'esercizio",
}
NUMBER, YES_NO = CellKind.NUMBER, CellKind.YES_NO
TERMS = Column("terms", "Condizioni", help="Il titolo delle condizioni.", example="Condizioni 2026")
EDITION = Column("edition", "Versione", NUMBER, required=False, help="Se manca: 1.")

PLANS_SHEET = Sheet("zone_plans", "Piani di Zona", (
    Column("title", "Titolo", example="Piano di Zona"),
    DISTRICT,
    Column("ordinal", "Numero del triennio", NUMBER, required=False),
    Column("first_year", "Primo anno", NUMBER, example="2025"),
    Column("last_year", "Ultimo anno", NUMBER, example="2027"),
    Column("extended_to", "Prorogato fino al", CellKind.DAY, required=False, help="Se vale oltre il suo ultimo anno."),
    Column("extended_by", "Atto di proroga", required=False),
    Column("agreement_date", "Data dell'Accordo di Programma", CellKind.DAY, required=False),
    Column("budget_article", "Articolo dell'Accordo sul budget unico", required=False),
    Column("founding", "In vigore alla costituzione dell'azienda", YES_NO, required=False),
), about="I piani di cui i contratti sono attuazione; possono mancare.")

KEPT_SHEET = Sheet("kept_services", "Servizi in economia", (
    Column("plan", "Piano di Zona", help="Il titolo del piano.", example="Piano di Zona"),
    Column("first_year", "Primo anno del piano", NUMBER, example="2025"),
    MUNICIPALITY, SERVICE,
    Column("article", "Dove il Piano lo dice", example="art. 7"),
), about="I servizi che un piano lascia ai Comuni, che li gestiscono da sé; possono mancare.")

CHARTERS_SHEET = Sheet("charters", "Carte dei servizi", (
    Column("title", "Carta dei servizi", example="Carta dei servizi dell'ambito"),
    Column("owner", "Di chi è", CellKind.CHOICE, choices=OWNERS, example="Distretto"),
    DISTRICT,
    Column("valid_from", "Dal", CellKind.DAY, example="01/01/2024"),
    Column("valid_to", "Fino al", CellKind.DAY, required=False),
), about="Gli standard che valgono, del distretto finché l'azienda non ha i propri.")

TERMS_SHEET = Sheet("terms", "Condizioni", (
    Column("title", "Titolo", example="Condizioni 2026"),
    EDITION,
    Column("valid_from", "Decorre dal", CellKind.DAY, example="01/01/2026"),
    Column("legal_source", "Fonte", CellKind.PROSE, example="Deliberazione dell'Assemblea n. 8 del 13/11/2025"),
    Column("duration_months", "Durata (mesi)", NUMBER, required=False, example="36"),
    Column("tacit_renewal", "Rinnovo tacito", YES_NO, example="no"),
    Column("tacit_renewal_months", "Rinnovo tacito: mesi", NUMBER, required=False),
    Column("tacit_renewal_times", "Rinnovo tacito: quante volte", NUMBER, required=False),
    Column("notice_months", "Preavviso della disdetta (mesi)", NUMBER, required=False),
    Column("renewal_assessment_months", "Mesi per valutare il rinnovo", NUMBER, example="3"),
    Column("renewal_direction", "La valutazione del rinnovo si conta", CellKind.CHOICE,
           choices={"before": "Prima della scadenza", "after": "Dopo la scadenza"}, example="Prima della scadenza"),
    Column("continuity_months", "Mesi di continuità dopo la scadenza", NUMBER, example="6"),
    Column("share_criteria", "Criteri della quota", CellKind.LINES, required=False),
    Column("extra_projects_month", "Mese entro cui si liquidano i progetti straordinari", NUMBER, example="9"),
    Column("coordinated", "Le norme contabili si coordinano con", CellKind.CHOICE, required=False, choices={
        "instalments": "Scadenze delle rate", "projects": "Progetti straordinari",
        "both": "Scadenze delle rate e progetti straordinari"}),
    Column("own_charter_months", "Mesi per la Carta dell'azienda", NUMBER, example="6"),
    Column("reply_days", "Giorni per rispondere alla diffida", NUMBER, example="15"),
    Column("penalty_min", "Penale minima", CellKind.AMOUNT, required=False, help="Manca dove non ci sono penali."),
    Column("penalty_max", "Penale massima", CellKind.AMOUNT, required=False),
    Column("penalty_payment_days", "Giorni per pagare la penale", NUMBER, required=False),
    Column("further_damages", "Resta dovuto anche il danno ulteriore", YES_NO, example="sì"),
    Column("account_notice_days", "Giorni per comunicare il conto dedicato", NUMBER, example="7"),
    Column("arbitration", "Arbitrato", YES_NO, example="no"),
    Column("arbitrators", "Arbitri", NUMBER, required=False),
    Column("court", "Foro competente", example="Brescia"),
    Column("roll_policy", "Se un termine scade in un giorno festivo", CellKind.CHOICE, choices={
        "none": "La scadenza non si sposta", "holiday": "Si sposta dai giorni festivi",
        "saturday": "Si sposta dai giorni festivi e dal sabato"}, example="Si sposta dai giorni festivi"),
    Column("registration_cost", "Spese di registrazione", CellKind.CHOICE, choices={
        "azienda": "A carico dell'azienda", "municipality": "A carico del Comune",
        "shared": "Divise in parti uguali"}, example="A carico dell'azienda"),
    Column("interest", "Interessi di ritardo", CellKind.CHOICE, required=False, choices={
        "none": "Nessuno", "legal": "Legali", "commercial": "Transazioni commerciali"}),
    Column("interest_points", "Punti in più", CellKind.PERCENT, required=False),
    Column("municipality_papers", "Atti e documenti del Comune", CellKind.LINES, required=False),
    Column("azienda_papers", "Atti e documenti dell'azienda", CellKind.LINES, required=False),
    Column("public_papers", "Atti e documenti di un altro ente pubblico", CellKind.LINES, required=False),
    Column("third_sector_papers", "Atti e documenti di un ente del terzo settore", CellKind.LINES, required=False),
), about="Le condizioni dei contratti, una riga per versione, con le rate e le penali dei due fogli che seguono.")

INSTALMENTS_SHEET = Sheet("instalments", "Rate", (
    TERMS, EDITION,
    Column("title", "Rata", example="Primo acconto"),
    Column("kind", "Tipo", CellKind.CHOICE, choices={"advance": "Acconto", "balance": "Saldo"}, example="Acconto"),
    Column("percent", "Percentuale", CellKind.PERCENT, required=False, help="Soltanto per un acconto.", example="50"),
    Column("base", "Base di calcolo", CellKind.CHOICE, required=False, choices=BASES),
    Column("due", "Giorno e mese", required=False, help="Mese e giorno, come 01-31.", example="01-31"),
    Column("event", "Evento", CellKind.CHOICE, required=False, others=True, choices=EVENTS,
           help="O il codice di un evento dell'ufficio."),
    Column("due_days", "Giorni per pagare", NUMBER, required=False),
    Column("counts_from", "I giorni si contano", CellKind.CHOICE, required=False,
           choices={"receipt": "dal ricevimento della richiesta", "invoice": "dalla data della fattura"}),
    Column("with_forecast", "Con i dati di preconsuntivo", YES_NO, required=False),
), about="Le rate di ogni versione delle condizioni, in ordine; una è il saldo.")

PERCENTS_SHEET = Sheet("instalment_percents", "Percentuali dei comuni", (
    TERMS, EDITION,
    Column("title", "Rata", help="Il nome di un acconto del foglio delle rate.", example="Primo acconto"),
    MUNICIPALITY,
    Column("percent", "Percentuale", CellKind.PERCENT, example="30"),
), about="Soltanto per i comuni che versano un acconto in una misura diversa dagli altri.")

BANDS_SHEET = Sheet("penalty_bands", "Fasce delle penali", (
    TERMS, EDITION,
    Column("kind", "Tipo di inadempienza", help="Una parola.", example="ritardo"),
    Column("description", "Inadempienza", CellKind.PROSE, example="gravi ritardi nei servizi affidati"),
    Column("minimum", "Minimo", CellKind.AMOUNT, example="100,00"),
    Column("maximum", "Massimo", CellKind.AMOUNT, example="1.000,00"),
), about="Le fasce delle penali di ogni versione; possono mancare.")


def _plan(desk: Desk, facts: Facts) -> str:
    return str(plans.add_plan(desk.session, {**given(facts, "district"), "district_id": district_id(desk, facts)}))


def _kept(desk: Desk, facts: Facts) -> str:
    plan = next((row for row in desk.session.scalars(select(ZonePlan).order_by(ZonePlan.id))
                 if (row.title, row.first_year) == (facts["plan"], facts["first_year"])), None)
    if plan is None:
        raise RuleBroken("«%(plan)s %(year)s» non è tra i Piani di Zona: scriverlo prima, con lo stesso titolo e lo "
                         "stesso primo anno.", field="plan", plan=facts["plan"], year=facts["first_year"])
    return str(add_kept(desk.session, {
        "zone_plan_id": plan.id, "municipality_id": municipality_id(desk, facts),
        "service_id": coded(desk, Service, facts["service"], NO_SERVICE).id, "article": facts["article"]}))


def _charter(desk: Desk, facts: Facts) -> str:
    own = {**given(facts, "district"), "district_id": district_id(desk, facts)}
    return plans.add_charter(desk.session, own).title


def _terms(desk: Desk, facts: Facts) -> str:
    """A version is made whole: with its rows of the other two sheets."""
    own = _called(facts["title"], facts["edition"])
    rows, bands = ([{"with_forecast": False, **given(row, "terms", "edition")} if sheet is INSTALMENTS_SHEET
                    else given(row, "terms", "edition")
                    for row in desk.rows.get(sheet.name, ()) if _called(row["terms"], row["edition"]) == own]
                   for sheet in (INSTALMENTS_SHEET, BANDS_SHEET))
    lists = {name: facts[name] or () for name in ("share_criteria", *PAPERS)}
    percents = [{"title": row["title"], "municipality_id": municipality_id(desk, row), "percent": row["percent"]}
                for row in desk.rows.get(PERCENTS_SHEET.name, ()) if _called(row["terms"], row["edition"]) == own]
    made = add_version(desk.session, {
        "coordinated": "instalments", "interest": "none", **given(facts, "edition"), **lists}, rows, bands,
        percents=percents, backdated=True)
    if made.edition != own[1]:
        raise RuleBroken("Questa versione sarebbe la %(edition)s: scriverle tutte, in ordine, dalla prima.",
                         field="edition", edition=made.edition)
    return str(made)


def _called(title: str | None, edition: int | None) -> tuple[str, int]:
    return " ".join((title or "").split()), 1 if edition is None else edition


def _of_terms(desk: Desk, facts: Facts) -> str:
    """It went in with its version, which must be in the file."""
    if _called(facts["terms"], facts["edition"]) not in {
            _called(row["title"], row["edition"]) for row in desk.rows.get(TERMS_SHEET.name, ())}:
        raise RuleBroken("«%(terms)s» non è tra le condizioni del file, con questa versione.", field="terms",
                         terms=facts["terms"])
    return str(facts.get("title") or facts.get("kind"))


def _plans(session: ScopedSession) -> Iterator[Facts]:
    for row in session.scalars(select(ZonePlan).order_by(ZonePlan.id)):
        yield told(PLANS_SHEET, row, district=named_district(session, row))


def _all_kept(session: ScopedSession) -> Iterator[Facts]:
    for row in session.scalars(select(KeptService).order_by(KeptService.id)):
        yield told(KEPT_SHEET, row, plan=row.zone_plan.title, first_year=row.zone_plan.first_year,
                   municipality=row.municipality.name, service=row.service.code)


def _charters(session: ScopedSession) -> Iterator[Facts]:
    for row in session.scalars(select(ServiceCharter).order_by(ServiceCharter.id)):
        of = named_district(session, row) if row.owner == "district" else None
        yield told(CHARTERS_SHEET, row, district=of)


def _versions(session: ScopedSession) -> Iterator[tuple[ContractTerms, int]]:
    """The versions that hold or will, each with its place under its title: a withdrawn one leaves no gap there."""
    places: Counter[str] = Counter()
    living = select(ContractTerms).where(~ContractTerms.withdrawal.has())
    for terms in session.scalars(living.order_by(ContractTerms.id)).all():
        places[terms.title] += 1
        yield terms, places[terms.title]


def _all_terms(session: ScopedSession) -> Iterator[Facts]:
    for row, edition in _versions(session):
        yield told(TERMS_SHEET, row, edition=edition)


def _instalments(session: ScopedSession) -> Iterator[Facts]:
    for terms, edition in _versions(session):
        rows: list[InstalmentRule] = terms.instalments
        for row in rows:
            yield told(INSTALMENTS_SHEET, row, terms=terms.title, edition=edition)


def _percents(session: ScopedSession) -> Iterator[Facts]:
    for terms, edition in _versions(session):
        for row in terms.instalments:
            for own in row.percents:
                yield told(PERCENTS_SHEET, own, terms=terms.title, edition=edition, title=row.title,
                           municipality=own.municipality.name)


def _bands(session: ScopedSession) -> Iterator[Facts]:
    for terms, edition in _versions(session):
        rows: list[PenaltyBand] = terms.bands
        for row in rows:
            yield told(BANDS_SHEET, row, terms=terms.title, edition=edition)


PARTS = (
    FilePart(PLANS_SHEET, _plan, _plans), FilePart(KEPT_SHEET, _kept, _all_kept),
    FilePart(CHARTERS_SHEET, _charter, _charters),
    FilePart(TERMS_SHEET, _terms, _all_terms), FilePart(INSTALMENTS_SHEET, _of_terms, _instalments),
    FilePart(PERCENTS_SHEET, _of_terms, _percents), FilePart(BANDS_SHEET, _of_terms, _bands),
)
