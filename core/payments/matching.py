"""Bank statements taken in, and their credits matched with instalments. None of these commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, and_, func, or_, select

from core.documents.operations import keep
from core.ground import clock
from core.ground.access import ScopedSession
from core.ground.errors import Place, RuleBroken, said_later
from core.ground.files import Upload
from core.ground.states import Proof
from core.instalments.model import Instalment
from core.instalments.states import PAYABLE
from core.parties.model import Azienda, BankAccount, Municipality
from core.payments import proposals as proposing
from core.payments import rules
from core.payments.invoices import Invoice
from core.payments.model import BankStatement, Payment, StatementLine
from core.payments.operations import record, standing
from core.payments.proposals import Open, Payer, Proposal
from core.payments.rules import Credit
from core.payments.statements.lines import CAMT, LeftOut, Line, Statement, rows_of
from core.payments.statements.reading import read
from core.payments.states import LINE_LIFE, OFFICE, LineState

CHUNK = 500
PARTED = said_later("Un altro file della banca lo dice nelle sue parti, che sono state tenute al suo posto.")
MOST_CANDIDATES = 500
MOST_NAMED = 10


@dataclass(frozen=True)
class StatementReport:
    """What became of a file: the statements that were kept, one for each account that brought something new.

    How many of its credits are new, how many were known, and which rows are none.
    """

    statements: tuple[BankStatement, ...]
    new: int
    known: int
    left_out: tuple[LeftOut, ...]


def own_accounts(session: ScopedSession) -> list[BankAccount]:
    """The azienda's dedicated accounts (R111)."""
    mine = select(BankAccount).join(Azienda, BankAccount.party_id == Azienda.id)
    return list(session.scalars(mine.order_by(BankAccount.id)))


def take_in(session: ScopedSession, file: Upload, *, iban: str | None, today: date) -> StatementReport:
    """Keep a file and the credits in it that are not here yet; the same file twice changes nothing.

    An entry whose parts are here already is here; one that is here undivided and not matched yet gives way to its
    parts.

    ``iban`` is the account of a file that does not name its own. RuleBroken for whatever ``read`` refuses, a file
    without credits, or an account that is unknown or not the azienda's.
    """
    session.principal.require(*OFFICE)
    found = read(file.name, file.content, account=iban)
    own = {account.iban for account in own_accounts(session)}
    for one in found:
        _require_own(one, own)
    if not any(one.lines for one in found):
        raise RuleBroken("«%(file)s» non contiene accrediti: non c'è nulla da abbinare.", field="file", file=file.name)
    here = _here(session, [line.key for one in found for line in one.lines])
    here |= _told_otherwise(session, [line for one in found for line in one.lines if line.key not in here], today)
    kept = [_kept(session, file, one, here) for one in found if any(line.key not in here for line in one.lines)]
    told = [line.key for one in found for line in one.lines]
    known = sum(key in here for key in told)
    return StatementReport(tuple(kept), len(told) - known, known, tuple(row for one in found for row in one.left_out))


def _told_otherwise(session: ScopedSession, lines: Sequence[Line], today: date) -> set[str]:
    """The keys of what is here told otherwise: an entry by its parts, parts by their entry.

    An entry that nobody has touched is left out instead: its parts say who paid what.
    """
    told: dict[str, list[Line]] = {}
    for line in (line for line in lines if line.batch):
        told.setdefault(line.batch, []).append(line)
    held = _of_batches(session, sorted(told))
    known: set[str] = set()
    for batch, mine in told.items():
        wholes = [row for row in held.get(batch, ()) if row.whole is None]
        if len(wholes) < len(held.get(batch, ())):  # its parts are here, however this file tells them
            known |= {line.key for line in mine}
        elif wholes and mine[0].whole is not None:
            if any(row.state != LineState.OPEN for row in wholes):
                known |= {line.key for line in mine}
                continue
            for row in wholes:
                LINE_LIFE.move(session, row, "ignore", on=today, proof=Proof(why=PARTED))
    session.flush()
    return known


def _of_batches(session: ScopedSession, batches: Sequence[str]) -> dict[str, list[StatementLine]]:
    """What is here of these entries, whole or in parts."""
    held: dict[str, list[StatementLine]] = {}
    for start in range(0, len(batches), CHUNK):
        some = StatementLine.batch.in_(batches[start : start + CHUNK])
        for row in session.scalars(select(StatementLine).where(some).order_by(StatementLine.id)):
            held.setdefault(row.batch, []).append(row)
    return held


def _require_own(found: Statement, own: Collection[str]) -> None:
    if found.account is None:
        raise RuleBroken("Il file non dice di quale conto è: sceglierlo dall'elenco.", field="iban")
    if found.account not in own:
        raise RuleBroken("L'estratto conto è del conto %(iban)s, che non è tra i conti dedicati dell'azienda: "
                         "controllare il file, o registrare il conto.", field="file", iban=found.account).mended(
            Place("azienda.record", 0))


def _kept(session: ScopedSession, file: Upload, found: Statement, here: Collection[str]) -> BankStatement:
    """The statement of an account with its new lines; each has the whole file that it came with."""
    account = found.account or ""
    document = keep(session, Upload(_safe(file.name, found.format), file.content), kind="bank_statement",
                    folder=f"documents/statements/{account[-6:]}")
    statement = BankStatement(
        format=found.format, iban=account, from_day=found.from_day, to_day=found.to_day, imported_at=clock.now(),
        document=document, left_out={why.value: rows for why, rows in rows_of(found.left_out).items()})
    session.add(statement)
    session.flush()
    session.add_all(_line(statement.id, line) for line in found.lines if line.key not in here)
    session.flush()
    return statement


def _line(statement_id: int, line: Line) -> StatementLine:
    return StatementLine(
        statement_id=statement_id, key=line.key, booked_on=line.booked_on, amount=line.amount, payer=line.payer,
        payer_iban=line.payer_iban, reference=line.text, other_readings="\n".join(line.readings), remark=line.remark,
        batch=line.batch, whole=line.whole)


def _here(session: ScopedSession, keys: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(keys), CHUNK):
        some = keys[start : start + CHUNK]
        found.update(session.scalars(select(StatementLine.key).where(StatementLine.key.in_(some))))
    return found


def _safe(file_name: str, format: str) -> str:
    """The name that the file came with, without the folders that it may pretend."""
    name = file_name.replace("\\", "/").rpartition("/")[2].replace("\x00", "").strip()
    return name[-100:] or f"estratto-conto.{'xml' if format == CAMT else 'csv'}"


# --- proposals --------------------------------------------------------------------------------------------


def payers(session: ScopedSession) -> list[Payer]:
    """The municipalities as a bank may name them."""
    accounts: dict[int, set[str]] = {}
    for key, code in session.execute(select(BankAccount.party_id, BankAccount.iban)):
        accounts.setdefault(key, set()).add(code)
    rows = session.execute(select(Municipality.id, Municipality.name).order_by(Municipality.id))
    return [Payer(key, name, frozenset(accounts.get(key, ()))) for key, name in rows]


def credit_of(line: StatementLine) -> Credit:
    """A line as the bank tells it."""
    return Credit(line.booked_on, line.amount, line.payer, line.payer_iban, line.reference,
                  tuple(line.other_readings.splitlines()))


def proposals(session: ScopedSession, line: StatementLine, known: Sequence[Payer]) -> list[Proposal]:
    """How a credit may be settled, the best first; a bounded look at what is open, however much that is."""
    credit = credit_of(line)
    likely = proposing.may_pay(credit, known)
    named = [and_(Instalment.number == number, Instalment.year == year)
             for number, year in sorted(credit.named)[:MOST_NAMED]]
    invoices = sorted(credit.invoices)[:MOST_NAMED]
    waiting = select(Instalment).where(
        Instalment.state.in_(PAYABLE),
        or_(Instalment.municipality_id.in_(likely), Instalment.amount - Instalment.paid == line.amount, *named,
            func.lower(Instalment.invoice_number).in_(invoices), Instalment.sdi_id.in_(invoices)),
    )
    rows = session.scalars(waiting.order_by(Instalment.effective, Instalment.id).limit(MOST_CANDIDATES))
    found = [Open(row.id, row.number, row.year, row.municipality_id, row.left, row.effective, _invoice(row))
             for row in rows]
    return proposing.proposals(credit, found, known)


def _invoice(row: Instalment) -> Invoice | None:
    if row.invoice_number is None or row.invoice_on is None:
        return None
    return Invoice(row.invoice_number, row.invoice_on, row.sdi_id)


def recorded(session: ScopedSession, line: StatementLine, known: Sequence[Payer]) -> list[Payment]:
    """The payments that were recorded by hand and look like this credit: equal payer, day and amount, reference near.

    Not those that another credit has already been recognised as.
    """
    credit = credit_of(line)
    text = f"{line.payer} {line.reference}"
    paying = proposing.who_pays(credit, known)
    payers_of_it = [payer.municipality_id for payer in paying.known or paying.resembling]
    same = standing().where(Payment.received_on == line.booked_on, Payment.amount == line.amount,
                            Payment.id.not_in(_recognised()))
    if payers_of_it:
        same = same.where(Payment.municipality_id.in_(payers_of_it))
    found = session.scalars(same.order_by(Payment.id).limit(MOST_CANDIDATES))
    return [payment for payment in found if rules.near(payment.reference, text)]


def _recognised() -> Select[int | None]:
    return select(StatementLine.payment_id).where(StatementLine.payment_id.is_not(None))


def recognise(session: ScopedSession, line_id: int, *, payment_id: int, version: int, today: date) -> Payment:
    """Say that a credit is a payment that was recorded already: nothing is paid a second time.

    RuleBroken if the payment is of another day or amount, was taken back, or is another credit's.
    """
    line = _open_line(session, line_id, version)
    key = session.require(Payment, payment_id).id
    payment = session.scalars(select(Payment).where(Payment.id == key).with_for_update(of=Payment)).one()
    same = standing().where(Payment.id == key, Payment.received_on == line.booked_on, Payment.amount == line.amount,
                            Payment.id.not_in(_recognised()))
    if session.scalars(same).first() is None:
        raise RuleBroken("Il pagamento n. %(code)s non è questo accredito: ha un altro giorno o un altro importo, è "
                         "stornato, o è già abbinato. Ricaricare la pagina.", code=payment.code)
    line.payment_id = payment.id
    LINE_LIFE.move(session, line, "match", on=today)
    session.flush()
    return payment


def confirm(
    session: ScopedSession,
    line_id: int,
    *,
    municipality_id: int,
    parts: Mapping[int, Decimal],
    versions: Mapping[int, int],
    version: int,
    for_another: bool = False,
    again: bool = False,
    today: date,
) -> Payment:
    """Make the payment that a credit is, and settle ``parts`` with it; the rest is the municipality's credit.

    RuleBroken for whatever ``operations.record`` refuses, and if the line was matched or left out meanwhile. If it
    comes from another municipality, or only seems to come from one, a person must say that it is ``for_another``; if
    it looks like a payment that was recorded, that it arrived ``again``.
    """
    line = _open_line(session, line_id, version)
    known = payers(session)
    proposing.require_payer(credit_of(line), known, municipality_id, for_another=for_another)
    same = [payment for payment in ([] if again else recorded(session, line, known))
            if payment.municipality_id == municipality_id]
    if same:
        raise RuleBroken("Sembra il pagamento n. %(code)s, già registrato: collegarlo a quello; se è un altro "
                         "versamento, spuntare la conferma.", field="again", code=same[0].code)
    payment = record(
        session, municipality_id, received_on=line.booked_on, amount=line.amount, method="bank_transfer",
        reference=" – ".join(text for text in (line.payer, line.reference) if text), parts=parts, versions=versions,
        again=True, today=today,
    )
    line.payment_id = payment.id
    LINE_LIFE.move(session, line, "match", on=today)
    session.flush()
    return payment


def ignore(session: ScopedSession, line_id: int, *, why: str, version: int, today: date) -> StatementLine:
    """Leave out a credit that is no instalment (a refund, a contribution), with the reason."""
    line = _open_line(session, line_id, version)
    LINE_LIFE.move(session, line, "ignore", on=today, proof=Proof(why=why))
    return line


def take_up(session: ScopedSession, line_id: int, *, version: int, today: date) -> StatementLine:
    """Take up again a credit that was left out."""
    line = _held(session, line_id, version)
    if line.state != LineState.IGNORED:
        raise RuleBroken("Il movimento non è tra quelli esclusi: ricaricare la pagina.")
    if line.batch and any(row.whole is not None for row in _of_batches(session, [line.batch])[line.batch]):
        raise RuleBroken("Questo accredito è già tra i movimenti, diviso nelle sue parti: abbinare quelle.")
    LINE_LIFE.move(session, line, "reopen", on=today)
    return line


def _open_line(session: ScopedSession, line_id: int, version: int) -> StatementLine:
    line = _held(session, line_id, version)
    if line.state != LineState.OPEN:
        raise _changed()
    return line


def _held(session: ScopedSession, line_id: int, version: int) -> StatementLine:
    line = session.require(StatementLine, line_id)
    session.refresh(line, with_for_update=True)
    if line.version != version:
        raise _changed()
    return line


def _changed() -> RuleBroken:
    return RuleBroken("Nel frattempo il movimento è stato abbinato o escluso da qualcun altro: ricaricare la pagina.")
