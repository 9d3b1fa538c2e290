"""Imports of the money: this year's shares, instalments already asked and paid, opening balances."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from core.allocation.model import YearShare
from core.contracts.model import Conferral, Contract, InstalmentRule
from core.contracts.states import ContractState
from core.ground import clock
from core.ground.access import Role
from core.ground.clock import PatronDay, Roll
from core.ground.errors import RuleBroken
from core.ground.numbering import next_number
from core.ground.required import require_past
from core.ground.states import PassageLog
from core.imports import finding
from core.imports.operations import Desk, Import
from core.imports.rules import Column, Kind, Sheet
from core.instalments.model import Instalment
from core.instalments.rules import State, state_of
from core.parties.model import Municipality
from core.payments.operations import record

OFFICE = (Role.MANAGEMENT, Role.ACCOUNTING, Role.SYSTEM)
YEARS = range(2000, 2101)
WHY = "Già in corso all'arrivo del programma e importata."
KINDS = {"advance": "Acconto", "balance": "Saldo", "extra_project": "Progetto straordinario",
         "further_advance": "Ulteriore anticipazione"}
SHARE_KINDS = {"budget": "Di previsione", "final": "Definitiva", "chosen": "Concordata per gli acconti"}
METHODS = {"bank_transfer": "Bonifico bancario", "treasury": "Giroconto di tesoreria", "post": "Versamento alle Poste",
           "pagopa": "pagoPA"}
MUNICIPALITY = Column("municipality", "Comune", help="Il nome come nell'elenco dei comuni, o il codice ISTAT.",
                      example="Dresano")
CONTRACT = Column("contract", "Contratto", required=False, example="3/2026",
                  help="Numero e anno. Vuoto: l'unico contratto in corso in quel giorno.")

# --- shares -----------------------------------------------------------------------------------------------

SHARES_SHEET = Sheet(
    "shares", "Quote",
    (
        Column("year", "Anno", Kind.NUMBER, example="2026"),
        MUNICIPALITY,
        Column("kind", "Tipo", Kind.CHOICE, example="Di previsione",
               choices=SHARE_KINDS),
        Column("amount", "Importo", Kind.AMOUNT, help="In euro, mai negativo.", example="102.345,60"),
        Column("approved_on", "Approvata il", Kind.DAY, help="Il giorno dell'atto che la approva.",
               example="28/02/2026"),
        Column("note", "Nota", required=False, help="Da dove viene: atto, organo, numero.",
               example="Assemblea, delibera n. 2"),
    ),
    about="La quota di un comune per un anno: una riga per comune, anno e tipo.",
)


def apply_share(desk: Desk, facts: Mapping[str, Any]) -> str:
    """Record what a municipality owes for a year. RuleBroken for a negative share, or one without conferral (R87)."""
    year = _year(facts["year"])
    key = finding.municipality(desk, facts["municipality"])
    if facts["amount"] < 0:
        raise RuleBroken("La quota di un comune non può essere negativa.", field="amount")
    require_past(facts["approved_on"], desk.today, field="approved_on")
    _require_conferral(desk, key, year)
    same = select(func.count(YearShare.id)).where(
        YearShare.municipality_id == key, YearShare.year == year, YearShare.kind == facts["kind"])
    if desk.session.scalar(same):
        raise RuleBroken("Questa quota c'è già, o compare due volte nel file: togliere la riga.", field="year")
    desk.session.add(YearShare(
        municipality_id=key, year=year, kind=facts["kind"], amount=facts["amount"], approved_on=facts["approved_on"],
        origin="import", note=facts["note"] or ""))
    return f"{facts['municipality']} {year}, {SHARE_KINDS[facts['kind']].lower()}"


def _require_conferral(desk: Desk, municipality_id: int, year: int) -> None:
    held = select(func.count(Conferral.id)).join(Contract, Conferral.contract_id == Contract.id).where(
        Conferral.municipality_id == municipality_id, Contract.state != ContractState.CANCELLED,
        Contract.starts_on <= date(year, 12, 31), Contract.runs_to >= date(year, 1, 1),
        func.coalesce(Conferral.valid_from, Contract.starts_on) <= date(year, 12, 31),
        func.coalesce(Conferral.valid_to, Contract.runs_to) >= date(year, 1, 1))
    if not desk.session.scalar(held):
        raise RuleBroken("Nel %(year)s questo comune non conferisce alcun servizio: una quota non ha di che essere. "
                         "Importare prima il suo contratto.", field="municipality", year=year)


# --- instalments and their payments -----------------------------------------------------------------------

INSTALMENTS_SHEET = Sheet(
    "instalments", "Rate",
    (
        Column("year", "Anno", Kind.NUMBER, example="2026"),
        MUNICIPALITY,
        CONTRACT,
        Column("kind", "Tipo", Kind.CHOICE, choices=KINDS, example="Acconto"),
        Column("title", "Descrizione", required=False, example="Prima rata 2026"),
        Column("amount", "Importo", Kind.AMOUNT, example="51.172,80"),
        Column("due", "Scadenza", Kind.DAY, example="31/01/2026"),
        Column("requested_on", "Richiesta il", Kind.DAY, example="07/01/2026"),
        Column("paid", "Pagato", Kind.AMOUNT, required=False, help="Vuoto se non è ancora arrivato nulla.",
               example="51.172,80"),
        Column("paid_on", "Pagato il", Kind.DAY, required=False, example="29/01/2026"),
        Column("method", "Modo", Kind.CHOICE, required=False, choices=METHODS, example="Bonifico bancario",
               help="Solo banche o Poste (L. 136/2010)."),
        Column("reference", "Riferimento", required=False, help="La causale, o il numero del mandato.",
               example="Mandato n. 118"),
    ),
    about="Le rate già richieste, pagate del tutto, in parte o non ancora: una riga per rata.",
)


def apply_instalment(desk: Desk, facts: Mapping[str, Any]) -> str:
    """Register an instalment that was asked, and what was paid of it. RuleBroken for days or amounts out of order."""
    year = _year(facts["year"])
    key = finding.municipality(desk, facts["municipality"])
    contract_id = finding.contract(desk, key, facts["due"], facts["contract"])
    _require_sound(facts, year, desk.today)
    _require_not_there(desk, key, contract_id, facts)
    effective = _effective(desk, contract_id, key, facts["due"])
    row = _add_instalment(
        desk, municipality_id=key, contract_id=contract_id, year=year, kind=facts["kind"],
        title=facts["title"] or f"{KINDS[facts['kind']]} {year}", amount=facts["amount"],
        nominal=facts["due"], effective=effective, requested_on=facts["requested_on"],
        rule_id=_rule(desk, contract_id, facts),
    )
    if facts["paid"] is not None:
        record(desk.session, key, received_on=facts["paid_on"], amount=facts["paid"], method=facts["method"],
               parts={row.id: facts["paid"]}, reference=facts["reference"] or "", today=desk.today)
    return str(row)


def _require_sound(facts: Mapping[str, Any], year: int, today: date) -> None:
    paid, paid_on = facts["paid"], facts["paid_on"]
    if facts["amount"] <= 0:
        raise RuleBroken("L'importo di una rata richiesta è maggiore di zero: un credito va tra i saldi iniziali.",
                         field="amount")
    if facts["due"].year < year:
        raise RuleBroken("La scadenza viene prima dell'anno della rata: correggere l'una o l'altro.", field="due")
    require_past(facts["requested_on"], today, field="requested_on")
    if (paid is None) != (paid_on is None):
        missing = "paid_on" if paid_on is None else "paid"
        raise RuleBroken("Di un pagamento servono l'importo e il giorno.", field=missing)
    if paid is None:
        return
    if paid <= 0 or paid > facts["amount"]:
        raise RuleBroken("Il pagato va da più di zero all'importo della rata: quanto è arrivato in più va tra i saldi "
                         "iniziali, come credito.", field="paid")
    require_past(paid_on, today, field="paid_on")
    if facts["method"] is None:
        raise RuleBroken("Indicare come è stato pagato: solo banche o Poste (L. 136/2010).", field="method")


def _require_not_there(desk: Desk, municipality_id: int, contract_id: int, facts: Mapping[str, Any]) -> None:
    same = select(func.count(Instalment.id)).where(
        Instalment.municipality_id == municipality_id, Instalment.contract_id == contract_id,
        Instalment.year == facts["year"], Instalment.kind == facts["kind"], Instalment.nominal == facts["due"])
    if desk.session.scalar(same):
        raise RuleBroken("Una rata dello stesso tipo con la stessa scadenza c'è già, o compare due volte nel file.",
                         field="due")


def _rule(desk: Desk, contract_id: int, facts: Mapping[str, Any]) -> int | None:
    """The row of the contract's plan that this instalment carries out, so that the program does not plan it again."""
    contract = desk.session.require(Contract, contract_id)
    same = [rule for rule in contract.terms.instalments if rule.kind == facts["kind"] and _falls_on(rule, facts["due"])]
    return same[0].id if len(same) == 1 else None


def _falls_on(rule: InstalmentRule, due: date) -> bool:
    return rule.due is None or rule.due == f"{due:%m-%d}"


def _effective(desk: Desk, contract_id: int, municipality_id: int, nominal: date) -> date:
    contract = desk.session.require(Contract, contract_id)
    patron = PatronDay.parse(desk.session.require(Municipality, municipality_id).patron_day)
    return clock.roll_forward(nominal, Roll(contract.terms.roll_policy), patron)


def _add_instalment(desk: Desk, **columns: Any) -> Instalment:
    number = next_number(desk.session, "instalment", columns["year"])
    row = Instalment(number=number, state=State.PLANNED, paid=Decimal(0), **columns)
    row.state = state_of(row.amount, row.paid, row.requested_on, row.effective, desk.today)
    desk.session.add(row)
    desk.session.flush()
    desk.session.add(PassageLog(
        subject="instalment", subject_id=row.id, action="import", from_state=State.PLANNED, to_state=row.state,
        on=row.requested_on or desk.today, at=clock.now(), actor=desk.session.principal.name, why=WHY))
    desk.changed["instalment"].add(row.id)
    return row


# --- opening balances -------------------------------------------------------------------------------------

OPENING_SHEET = Sheet(
    "opening", "Saldi iniziali",
    (
        MUNICIPALITY,
        CONTRACT,
        Column("on", "Alla data", Kind.DAY, example="31/12/2025"),
        Column("amount", "Importo", Kind.AMOUNT, example="1.250,00",
               help="Quanto il comune deve ancora; con il segno meno, quanto gli spetta come credito."),
        Column("note", "Nota", required=False, example="Conguaglio 2024 non ancora versato"),
    ),
    about="Quanto ogni comune deve, o gli spetta, nel giorno in cui si comincia a usare il programma.",
)


def apply_opening(desk: Desk, facts: Mapping[str, Any]) -> str:
    """Record an opening balance: a debt still to pay, or (negative) a credit. RuleBroken for zero or a second one."""
    key = finding.municipality(desk, facts["municipality"])
    on: date = facts["on"]
    if facts["amount"] == 0:
        raise RuleBroken("Un saldo di zero non si importa: togliere la riga.", field="amount")
    require_past(on, desk.today, field="on")
    contract_id = finding.contract(desk, key, desk.today, facts["contract"])
    same = select(func.count(Instalment.id)).where(
        Instalment.municipality_id == key, Instalment.contract_id == contract_id, Instalment.kind == "opening")
    if desk.session.scalar(same):
        raise RuleBroken("Il saldo iniziale di questo comune c'è già, o compare due volte nel file.",
                         field="municipality")
    row = _add_instalment(
        desk, municipality_id=key, contract_id=contract_id, year=on.year, kind="opening",
        title=f"Saldo iniziale al {on:%d/%m/%Y}", amount=facts["amount"], nominal=on, effective=on,
        requested_on=on, reason=facts["note"] or "")
    return str(row)


def _year(year: int) -> int:
    if year not in YEARS:
        raise RuleBroken("L'anno va dal %(first)s al %(last)s.", field="year", first=YEARS[0], last=YEARS[-1])
    return year


SHARES = Import(
    "shares", "Quote dell'anno", "Quanto deve ogni comune per un anno: quote di previsione, definitive o concordate.",
    (SHARES_SHEET,), {SHARES_SHEET.name: apply_share}, OFFICE,
)
INSTALMENTS = Import(
    "instalments", "Rate già richieste", "Le rate già richieste ai comuni, con quanto ne è stato pagato.",
    (INSTALMENTS_SHEET,), {INSTALMENTS_SHEET.name: apply_instalment}, OFFICE,
)
OPENING = Import(
    "opening", "Saldi iniziali", "Debiti e crediti dei comuni nel giorno in cui si comincia.",
    (OPENING_SHEET,), {OPENING_SHEET.name: apply_opening}, OFFICE,
)
