"""Who speaks for the azienda and its municipalities: acts, who signs, dedicated accounts and who operates them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import select

from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.imports.operations import Desk
from core.imports.start.part import PARTY, Facts, FilePart, given, name_of, parties, party_id, told
from core.parties import operations
from core.parties.model import Act, BankAccount
from core.parties.rules import iban
from core.parties.signatories import CONTRACTS, signer
from core.tables.cells import CellKind, Column, Sheet

BODY_KINDS = {"council": "Consiglio", "giunta": "Giunta", "board": "Consiglio di Amministrazione",
              "assembly": "Assemblea Consortile", "founding": "Atto fondativo", "other": "Altro"}
SIGNS = {"all": "Contratti e lettere", "contracts": "Solo contratti",
         "letters": "Solo diffide, lettere e altri atti di gestione",
         "lead": "Solo come capofila del distretto", "accrediting": "Solo come ente che accredita",
         "other": "Solo in un'altra veste dell'ente"}
ACT = ("act_body_kind", "act_kind", "act_number", "act_date")
PERSON = (
    Column("title", "Titolo di cortesia", required=False, example="dott.ssa"),
    Column("given_name", "Nome", example="Livia"),
    Column("family_name", "Cognome", example="Corsini"),
    Column("sex", "Sesso", CellKind.CHOICE, choices={"F": "Femmina", "M": "Maschio"}, example="Femmina"),
    Column("birth_place", "Luogo di nascita", example="Brescia"),
    Column("birth_province", "Provincia di nascita", required=False, help="Manca per chi è nato all'estero.",
           example="BS"),
    Column("birth_date", "Data di nascita", CellKind.DAY, example="12/05/1970"),
    Column("tax_code", "Codice fiscale", help="Sedici caratteri.", example="CRSLVI70E52B157W"),
)

ACTS_SHEET = Sheet("acts", "Atti", (
    PARTY,
    Column("body_kind", "Tipo di organo", CellKind.CHOICE, choices=BODY_KINDS, example="Consiglio"),
    Column("body", "Organo", required=False, example="Consiglio comunale"),
    Column("kind", "Tipo di atto", example="deliberazione"),
    Column("number", "Numero", required=False, example="14"),
    Column("date", "Data", CellKind.DAY, required=False, example="10/11/2025"),
    Column("title", "Oggetto", example="Approvazione del contratto di servizio"),
    Column("unanimous", "Approvato all'unanimità", CellKind.YES_NO, required=False),
    Column("constitutes", "Prende atto della costituzione dell'azienda", CellKind.YES_NO, required=False),
    Column("recalled_order", "Posto nelle premesse", CellKind.NUMBER, required=False,
           help="Soltanto per un atto che le premesse del contratto richiamano."),
    Column("recalled_text", "Testo nelle premesse", CellKind.PROSE, required=False),
), about="Deliberazioni e altri atti che i contratti citano o allegano; numero e data possono mancare ancora.")

SIGNATORIES_SHEET = Sheet("signatories", "Firmatari", (
    PARTY, *PERSON,
    Column("role", "Ruolo", example="Direttrice generale e legale rappresentante"),
    Column("signs", "Che cosa firma", CellKind.CHOICE, required=False, choices=SIGNS, example="Contratti e lettere"),
    Column("valid_from", "In carica dal", CellKind.DAY, example="01/07/2024"),
    Column("valid_to", "In carica fino al", CellKind.DAY, required=False),
    Column("act_body_kind", "Atto di nomina: tipo di organo", CellKind.CHOICE, required=False, choices=BODY_KINDS),
    Column("act_kind", "Atto di nomina: tipo", required=False, example="deliberazione",
           help="L'atto che conferisce il potere di firma; se non è tra gli atti dell'ente, vi si aggiunge."),
    Column("act_number", "Atto di nomina: numero", required=False, example="7"),
    Column("act_date", "Atto di nomina: data", CellKind.DAY, required=False, example="20/06/2024"),
), about="Chi firma per l'azienda e per ogni comune.")

ACCOUNTS_SHEET = Sheet("accounts", "Conti dedicati", (
    PARTY,
    Column("iban", "IBAN", example="IT60X0542811101000000123456"),
    Column("bank", "Banca", example="Banca della Valle"),
    Column("branch", "Filiale", example="Breno"),
    Column("treasury", "Conto di tesoreria", CellKind.YES_NO, required=False),
    Column("opened_on", "Aperto il", CellKind.DAY, required=False),
    Column("first_used_on", "Usato la prima volta il", CellKind.DAY, required=False),
    Column("communicated_on", "Comunicato il", CellKind.DAY, required=False),
    Column("changed_on", "Cambiato dopo la comunicazione il", CellKind.DAY, required=False),
), about="I conti dedicati ai sensi dell'art. 3 della L. 136/2010.")

DELEGATES_SHEET = Sheet("delegates", "Delegati sui conti", (
    Column("account", "Conto", help="L'IBAN di un conto del foglio dei conti.", example="IT60X0542811101000000123456"),
    *(replace(column, required=False) for column in PERSON),
    Column("role", "Ruolo", required=False, example="Responsabile della contabilità"),
), about="Chi può operare su ciascun conto. Se è chi firma i contratti dell'ente, basta l'IBAN.")
OF_A_DELEGATE = {column.name: column.label for column in DELEGATES_SHEET.columns if column.name not in (
    "account", "title", "birth_province")}


def _act(desk: Desk, facts: Facts) -> str:
    return operations.add_act(desk.session, {**given(facts, "party"), "party_id": party_id(desk, facts)}).title


def _signatory(desk: Desk, facts: Facts) -> str:
    party = party_id(desk, facts)
    signatory = operations.add_signatory(desk.session, {
        **given(facts, "party", *ACT), "party_id": party, "act_id": _appointment(desk, party, facts)})
    return signatory.full_name


def _appointment(desk: Desk, party: int, facts: Facts) -> int | None:
    """The act that appoints: the party's own with this kind, number and day, or one more."""
    kind, number, day = (facts[name] for name in ACT[1:])
    if not any((kind, number, day)):
        return None
    if not kind:
        raise RuleBroken("Indicare il tipo dell'atto di nomina, per esempio «decreto».", field="act_kind")
    same = select(Act.id).where(Act.party_id == party, Act.kind == kind, Act.number == number, Act.date == day)
    held = desk.session.scalars(same.order_by(Act.id)).first()
    if held is None:
        act = operations.add_act(desk.session, {
            "party_id": party, "body_kind": facts["act_body_kind"] or "other", "kind": kind, "number": number,
            "date": day, "title": "Nomina"})
        desk.session.flush()
        held = act.id
    return held


def _account(desk: Desk, facts: Facts) -> str:
    row = operations.add_account(desk.session, {**given(facts, "party", "changed_on"), "party_id": party_id(
        desk, facts)}, today=desk.today)
    row.changed_on = facts["changed_on"]
    return row.iban


def _delegate(desk: Desk, facts: Facts) -> str:
    account = desk.session.scalars(select(BankAccount).where(BankAccount.iban == iban(facts["account"]))).one_or_none()
    if account is None:
        raise RuleBroken("Nessun conto ha questo IBAN: scriverlo prima tra i conti.", field="account")
    stood = account.communicated_on, account.changed_on
    delegate = operations.add_delegate(desk.session, {**_operating(desk, account, facts), "account_id": account.id},
                                       today=desk.today)
    account.communicated_on, account.changed_on = stood  # the file says both as they stand, delegates and all
    return delegate.full_name


def _operating(desk: Desk, account: BankAccount, facts: Facts) -> Facts:
    """Who may operate on an account, as the row says it; who signs for the party, if it says only the account.

    RuleBroken for a person of whom only a part is written, and where nobody signs.
    """
    written = given(facts, "account")
    if missing := [label for name, label in OF_A_DELEGATE.items() if name not in written]:
        if written:
            raise RuleBroken("Di chi può operare sul conto manca: %(missing)s. Scriverlo, o lasciare soltanto l'IBAN "
                             "se è chi firma per l'ente.", field="account", missing=", ".join(missing))
        desk.session.expire(account.party, ["signatories"])  # rows of this file may have been added since
        person = signer(account.party, CONTRACTS, desk.today)
        if person is None:
            raise RuleBroken("Il conto di %(name)s non ha un delegato, e nessuno firma per l'ente: scrivere qui chi "
                             "può operarvi, o registrare prima chi firma.", field="account", name=account.party.name)
        return {name: getattr(person, name) for name in (*operations.PERSON, "role")}
    return written


def _acts(session: ScopedSession) -> Iterator[Facts]:
    for party in parties(session):
        for row in sorted(party.acts, key=lambda act: act.id):
            yield told(ACTS_SHEET, row, party=name_of(party))


def _signatories(session: ScopedSession) -> Iterator[Facts]:
    for party in parties(session):
        for row in party.signatories:
            act = row.act
            yield told(SIGNATORIES_SHEET, row, party=name_of(party), act_body_kind=act and act.body_kind,
                       act_kind=act and act.kind, act_number=act and act.number, act_date=act and act.date)


def _accounts(session: ScopedSession) -> Iterator[Facts]:
    for party in parties(session):
        for row in party.accounts:
            yield told(ACCOUNTS_SHEET, row, party=name_of(party))


def _delegates(session: ScopedSession) -> Iterator[Facts]:
    for party in parties(session):
        for account in party.accounts:
            for row in account.delegates:
                yield told(DELEGATES_SHEET, row, account=account.iban)


PARTS = (
    FilePart(ACTS_SHEET, _act, _acts),
    FilePart(SIGNATORIES_SHEET, _signatory, _signatories),
    FilePart(ACCOUNTS_SHEET, _account, _accounts),
    FilePart(DELEGATES_SHEET, _delegate, _delegates),
)
