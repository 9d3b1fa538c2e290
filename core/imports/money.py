"""Imports of the money: this year's shares, instalments already asked and paid, opening balances."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.allocation.conferred import conferred_days
from core.allocation.model import YearShare
from core.contracts.model import InstalmentRule
from core.ground import clock
from core.ground.access import Role, ScopedSession
from core.ground.clock import PatronDay
from core.ground.errors import RuleBroken
from core.ground.exercise import Exercise
from core.ground.exercises import exercises
from core.ground.required import require_past
from core.imports import finding
from core.imports.invoices import INVOICE
from core.imports.operations import Desk, Import
from core.instalments.invoices import checked
from core.instalments.model import Instalment
from core.instalments.operations import turned_on
from core.instalments.rules import State, state_of
from core.instalments.states import VERBS
from core.parties.model import Municipality
from core.payments.model import Payment, Settlement
from core.payments.rules import require_payment
from core.tables.cells import OF_EXERCISE, CellKind, Column, Sheet

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
        Column("year", "Anno", CellKind.NUMBER, example="2026", help=OF_EXERCISE),
        MUNICIPALITY,
        Column("kind", "Tipo", CellKind.CHOICE, example="Di previsione",
               choices=SHARE_KINDS),
        Column("amount", "Importo", CellKind.AMOUNT, help="In euro, mai negativo.", example="102.345,60"),
        Column("approved_on", "Approvata il", CellKind.DAY, help="Il giorno dell'atto che la approva.",
               example="28/02/2026"),
        Column("note", "Nota", required=False, help="Da dove viene: atto, organo, numero.",
               example="Assemblea, delibera n. 2"),
    ),
    about="La quota di un ente per un anno: una riga per ente, anno e tipo.",
)


def apply_share(desk: Desk, facts: Mapping[str, Any]) -> str:
    """Record what a municipality owes for a year. RuleBroken for a negative share, or one without conferral (R87)."""
    year = _year(facts["year"])
    key = finding.municipality(desk, facts["municipality"])
    if facts["amount"] < 0:
        raise RuleBroken("La quota di un ente non può essere negativa.", field="amount")
    require_past(facts["approved_on"], desk.today, field="approved_on")
    if key not in desk.known(f"conferring {year}", lambda: _conferring(desk.session, year)):
        raise RuleBroken("Nel %(year)s questo ente non conferisce alcun servizio: una quota non ha di che essere. "
                         "Importare prima il suo contratto.", field="municipality", year=year)
    here = desk.known(f"shares {year}", lambda: _shares(desk.session, year))
    if (key, facts["kind"]) in here:
        raise RuleBroken("Questa quota c'è già, o compare due volte nel file: togliere la riga.", field="year")
    here.add((key, facts["kind"]))
    desk.session.add(YearShare(
        municipality_id=key, year=year, kind=facts["kind"], amount=facts["amount"], approved_on=facts["approved_on"],
        origin="import", note=facts["note"] or ""))
    return f"{facts['municipality']} {year}, {SHARE_KINDS[facts['kind']].lower()}"


def _shares(session: ScopedSession, year: int) -> set[tuple[int, str]]:
    rows = session.execute(select(YearShare.municipality_id, YearShare.kind).where(YearShare.year == year))
    return {(key, kind) for key, kind in rows}


def _conferring(session: ScopedSession, year: int) -> set[int]:
    """The municipalities that confer a service on some day of a year that counts."""
    days, _drafts = conferred_days(session, year)
    return {key for members in days.values() for key in members}


# --- instalments and their payments -----------------------------------------------------------------------

INSTALMENTS_SHEET = Sheet(
    "instalments", "Rate",
    (
        Column("year", "Anno", CellKind.NUMBER, example="2026", help=OF_EXERCISE),
        MUNICIPALITY,
        CONTRACT,
        Column("kind", "Tipo", CellKind.CHOICE, choices=KINDS, example="Acconto"),
        Column("title", "Descrizione", required=False, example="Prima rata 2026"),
        Column("amount", "Importo", CellKind.AMOUNT, example="51.172,80"),
        Column("due", "Scadenza", CellKind.DAY, example="31/01/2026"),
        Column("requested_on", "Richiesta il", CellKind.DAY, example="07/01/2026"),
        Column("paid", "Pagato", CellKind.AMOUNT, required=False, help="Vuoto se non è ancora arrivato nulla.",
               example="51.172,80"),
        Column("paid_on", "Pagato il", CellKind.DAY, required=False, example="29/01/2026"),
        Column("method", "Modo", CellKind.CHOICE, required=False, choices=METHODS, example="Bonifico bancario",
               help="Solo banche o Poste (L. 136/2010)."),
        Column("reference", "Riferimento", required=False, help="La causale, o il numero del mandato.",
               example="Mandato n. 118"),
        *(replace(column, required=False) for column in INVOICE),
    ),
    about="Le rate già richieste, pagate del tutto, in parte o non ancora: una riga per rata.",
)


def apply_instalment(desk: Desk, facts: Mapping[str, Any]) -> str:
    """Register an instalment that was asked, and what was paid of it. RuleBroken for days or amounts out of order."""
    year = _year(facts["year"])
    key = finding.municipality(desk, facts["municipality"])
    contract = finding.contract(desk, key, facts["due"], facts["contract"])
    exercise = exercises(desk.session).named(year)
    _require_sound(facts, exercise, desk.today)
    here = desk.known(f"instalments {year}", lambda: _asked(desk.session, year))
    same = (key, contract.id, facts["kind"], facts["due"])
    if same in here:
        raise RuleBroken("Una rata dello stesso tipo con la stessa scadenza c'è già, o compare due volte nel file.",
                         field="due")
    patron = desk.known("patrons", lambda: _patrons(desk.session))[key]
    if facts["number"]:
        desk.session.flush()  # the same invoice may stand in a row above
    number, on, sdi_id = checked(desk.session, key, facts["number"], facts["on"], facts["sdi_id"], today=desk.today)
    row = _add_instalment(
        desk, municipality_id=key, contract_id=contract.id, year=year, kind=facts["kind"],
        title=facts["title"] or f"{KINDS[facts['kind']]} {exercise}", amount=facts["amount"],
        nominal=facts["due"], effective=clock.roll_forward(facts["due"], contract.roll, patron),
        requested_on=facts["requested_on"], rule_id=_rule(desk, contract, facts),
        invoice_number=number, invoice_on=on, sdi_id=sdi_id,
    )
    if facts["paid"] is not None:
        _pay(desk, row, facts)
    here.add(same)
    return str(row)


def _pay(desk: Desk, row: Instalment, facts: Mapping[str, Any]) -> None:
    """What was paid of a new instalment, by a payment that settles nothing else, and the state to which it leads."""
    on: date = facts["paid_on"]
    require_payment(on, facts["paid"], facts["method"], desk.today)
    row.paid = facts["paid"]
    desk.session.add(Payment(
        municipality_id=row.municipality_id, year=on.year, number=desk.number("payment", on.year), received_on=on,
        amount=row.paid, method=facts["method"], reference=(facts["reference"] or "").strip(),
        settlements=[Settlement(instalment=row, amount=row.paid)]))
    before, after = row.state, state_of(row.amount, row.paid, row.requested_on, row.effective, desk.today)
    if after != before:
        row.state, row.settled_on = after, on if after is State.PAID else None
        desk.log(row, VERBS[after], before=before, on=turned_on(row, after, desk.today))


def _require_sound(facts: Mapping[str, Any], exercise: Exercise, today: date) -> None:
    paid, paid_on = facts["paid"], facts["paid_on"]
    if facts["amount"] <= 0:
        raise RuleBroken("L'importo di una rata richiesta è maggiore di zero: un credito va tra i saldi iniziali.",
                         field="amount")
    if facts["due"] < exercise.starts_on:
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


def _asked(session: ScopedSession, year: int) -> set[tuple[int, int, str, date | None]]:
    """What is there of a year: municipality, contract, kind and day."""
    held = select(Instalment.municipality_id, Instalment.contract_id, Instalment.kind, Instalment.nominal)
    return {(key, contract, kind, day)
            for key, contract, kind, day in session.execute(held.where(Instalment.year == year))}


def _patrons(session: ScopedSession) -> dict[int, PatronDay | None]:
    rows = session.execute(select(Municipality.id, Municipality.patron_day))
    return {key: PatronDay.parse(day) for key, day in rows}


def _rule(desk: Desk, contract: finding.Held, facts: Mapping[str, Any]) -> int | None:
    """The row of the contract's plan that this instalment carries out, so that the program does not plan it again."""
    rules = desk.known("plans", lambda: list(desk.session.scalars(select(InstalmentRule).order_by(InstalmentRule.id))))
    same = [rule.id for rule in rules if rule.terms_id == contract.terms_id and rule.kind == facts["kind"]
            and rule.due in (None, f"{facts['due']:%m-%d}")]
    return same[0] if len(same) == 1 else None


def _add_instalment(desk: Desk, **columns: Any) -> Instalment:
    number = desk.number("instalment", columns["year"])
    row = Instalment(number=number, state=State.PLANNED, paid=Decimal(0), **columns)
    row.state = state_of(row.amount, row.paid, row.requested_on, row.effective, desk.today)
    desk.session.add(row)
    desk.log(row, "import", before=State.PLANNED, on=row.requested_on or desk.today, why=WHY)
    return row


# --- opening balances -------------------------------------------------------------------------------------

OPENING_SHEET = Sheet(
    "opening", "Saldi iniziali",
    (
        MUNICIPALITY,
        CONTRACT,
        Column("on", "Alla data", CellKind.DAY, example="31/12/2025"),
        Column("amount", "Importo", CellKind.AMOUNT, example="1.250,00",
               help="Quanto l'ente deve ancora; con il segno meno, quanto gli spetta come credito."),
        Column("note", "Nota", required=False, example="Conguaglio 2024 non ancora versato"),
    ),
    about="Quanto ogni ente deve, o gli spetta, nel giorno in cui si comincia a usare il programma.",
)


def apply_opening(desk: Desk, facts: Mapping[str, Any]) -> str:
    """Record an opening balance: a debt still to pay, or (negative) a credit. RuleBroken for zero or a second one."""
    key = finding.municipality(desk, facts["municipality"])
    on: date = facts["on"]
    if facts["amount"] == 0:
        raise RuleBroken("Un saldo di zero non si importa: togliere la riga.", field="amount")
    require_past(on, desk.today, field="on")
    contract_id = finding.contract(desk, key, desk.today, facts["contract"]).id
    here = desk.known("openings", lambda: _openings(desk.session))
    if (key, contract_id) in here:
        raise RuleBroken("Il saldo iniziale di questo ente c'è già, o compare due volte nel file.",
                         field="municipality")
    row = _add_instalment(
        desk, municipality_id=key, contract_id=contract_id, year=exercises(desk.session).of(on).year, kind="opening",
        title=f"Saldo iniziale al {on:%d/%m/%Y}", amount=facts["amount"], nominal=on, effective=on,
        requested_on=on, reason=facts["note"] or "")
    here.add((key, contract_id))
    return str(row)


def _openings(session: ScopedSession) -> set[tuple[int, int]]:
    held = select(Instalment.municipality_id, Instalment.contract_id).where(Instalment.kind == "opening")
    return {(key, contract) for key, contract in session.execute(held)}


def _year(year: int) -> int:
    if year not in YEARS:
        raise RuleBroken("L'anno va dal %(first)s al %(last)s.", field="year", first=YEARS[0], last=YEARS[-1])
    return year


SHARES = Import(
    "shares", "Quote dell'anno", "Quanto deve ogni ente per un anno: quote di previsione, definitive o concordate.",
    (SHARES_SHEET,), {SHARES_SHEET.name: apply_share}, "allocation_plan", OFFICE,
)
INSTALMENTS = Import(
    "instalments", "Rate già richieste", "Le rate già richieste agli enti, con quanto ne è stato pagato.",
    (INSTALMENTS_SHEET,), {INSTALMENTS_SHEET.name: apply_instalment}, "instalment", OFFICE,
)
OPENING = Import(
    "opening", "Saldi iniziali", "Debiti e crediti degli enti nel giorno in cui si comincia.",
    (OPENING_SHEET,), {OPENING_SHEET.name: apply_opening}, "instalment", OFFICE,
)
