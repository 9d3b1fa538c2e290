"""What a payment may be, and which instalments a credit on the bank's statement probably settles. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from core.documents.words import euro
from core.ground.errors import RuleBroken
from core.ground.money import exact_cents
from core.ground.required import require_past

METHODS = frozenset({"bank_transfer", "treasury", "post", "pagopa"})
OFFSET = "offset"  # a credit used against an instalment: no money moves
CODE = re.compile(r"(?<![\d/])(\d{1,6})\s*/\s*(20\d\d)(?![\d/])")
NEAR = timedelta(days=30)
ENOUGH = 40  # below this a proposal is a guess, and guesses close the wrong instalment
CERTAIN = 90
MOST_PROPOSALS = 5

class Reason(StrEnum):
    """What speaks for a proposal."""

    IBAN = "iban"
    NAME = "name"
    REFERENCE = "reference"
    AMOUNT = "amount"
    SUM = "sum"
    DUE = "due"


# what each sign is worth: no two of them are certain, amount with number or with payer nearly so
AMOUNT, REFERENCE, IBAN, NAME, DUE = 40, 40, 30, 20, 5
# a number may be mistyped, an account is not: another's money never pays an instalment by itself
ANOTHER = 40
SLIP = 20  # who pays wrote the number of another municipality's instalment: a person must look, no more


def require_payment(received_on: date, amount: Decimal, method: str, today: date) -> None:
    """RuleBroken for a payment from the future, of nothing, or by other ways than banks and Poste (R112)."""
    require_past(received_on, today, field="received_on")
    _require_money(amount, method)


def require_refund(paid_on: date, arose_on: date, amount: Decimal, method: str, today: date) -> None:
    """RuleBroken for money paid back before the credit arose or on a day to come, of nothing, or by other ways (R112).
    """
    if not arose_on <= paid_on <= today:
        raise RuleBroken("La restituzione va dal %(arose)s, quando il credito è nato, a oggi: correggere la data.",
                         field="received_on", arose=f"{arose_on:%d/%m/%Y}")
    _require_money(amount, method)


def _require_money(amount: Decimal, method: str) -> None:
    if exact_cents(amount, field="amount") <= 0:
        raise RuleBroken("L'importo deve essere maggiore di zero.", field="amount")
    if method not in METHODS:
        raise RuleBroken("Si accettano soltanto pagamenti per mezzo di banche o Poste: un pagamento con altri mezzi "
                         "risolve il contratto (L. 136/2010).", field="method")


@dataclass(frozen=True)
class Left:
    """What is left to pay of an instalment, in euros, at the version that was seen."""

    code: str
    municipality_id: int
    payable: bool
    left: Decimal
    version: int


def require_parts(
    amount: Decimal, parts: Mapping[int, Decimal], found: Mapping[int, Left], municipality_id: int,
    versions: Mapping[int, int],
) -> None:
    """RuleBroken unless ``parts`` (by instalment id, euros) may be settled with ``amount``.

    Each instalment is of the same municipality, has been asked for, is as the person saw it, and takes no more than is
    left; what is not settled stays to the municipality's credit.
    """
    for key, part in parts.items():
        held = found.get(key)
        if held is None or held.municipality_id != municipality_id:
            raise RuleBroken("Un pagamento salda soltanto rate dello stesso Comune: correggere la scelta.",
                             field=f"part_{key}")
        if key in versions and versions[key] != held.version:
            raise RuleBroken("Nel frattempo la rata n. %(code)s è cambiata: ora restano da pagare %(left)s. "
                             "Controllare e, se è giusto, registrare di nuovo.", field=f"part_{key}", code=held.code,
                             left=euro(held.left))
        if not held.payable:
            raise RuleBroken("La rata n. %(code)s non è da pagare: non è stata chiesta, o è già definita. L'importo "
                             "può restare a credito del Comune.", field=f"part_{key}", code=held.code)
        if exact_cents(part, field=f"part_{key}") <= 0:
            raise RuleBroken("L'importo attribuito a una rata deve essere maggiore di zero.", field=f"part_{key}")
        if part > held.left:
            raise RuleBroken("Sulla rata n. %(code)s restano da pagare %(left)s: attribuirle al massimo questa cifra. "
                             "Il resto resta a credito del Comune.", field=f"part_{key}", code=held.code,
                             left=euro(held.left))
    if sum(parts.values(), Decimal(0)) > amount:
        raise RuleBroken("Gli importi attribuiti alle rate superano il pagamento: ridurli.", field="amount")


# --- proposals for a credit of the statement --------------------------------------------------------------


@dataclass(frozen=True)
class Credit:
    """A credit on a statement, as the bank tells it; ``readings`` are other ways of joining its reference."""

    booked_on: date
    amount: Decimal
    payer: str = ""
    payer_iban: str = ""
    reference: str = ""
    readings: tuple[str, ...] = ()

    @property
    def codes(self) -> list[tuple[int, int]]:
        """The numbers with a year that its reference names, in whatever way it is read."""
        found = (pair for text in (self.reference, *self.readings) for pair in CODE.findall(text))
        return list(dict.fromkeys((int(number), int(year)) for number, year in found))


@dataclass(frozen=True)
class Open:
    """An instalment that waits for money."""

    id: int
    number: int
    year: int
    municipality_id: int
    left: Decimal
    effective: date | None


@dataclass(frozen=True)
class Payer:
    """A municipality as a bank may name it: its name, and the accounts from which it pays."""

    municipality_id: int
    name: str
    ibans: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Proposal:
    """A way to settle a credit: the parts in euros by instalment id, how sure it is (0-100), and why.

    ``from_another``: the credit comes from another municipality than the one whose instalments these are.
    """

    municipality_id: int
    parts: tuple[tuple[int, Decimal], ...]
    score: int
    reasons: tuple[Reason, ...]
    from_another: bool = False

    @property
    def certain(self) -> bool:
        """True if nobody would hesitate."""
        return self.score >= CERTAIN


def proposals(credit: Credit, waiting: Sequence[Open], payers: Collection[Payer]) -> list[Proposal]:
    """The likely ways to settle ``credit``, the best first; a tie means that a person must look.

    What is another municipality's than the payer's comes last, whatever the reference says, and is never certain.
    """
    known = {payer.municipality_id: payer for payer in payers}
    paying = {payer.municipality_id for payer in who_pays(credit, payers)}
    named = set(credit.codes)
    slips = {(row.number, row.year) for row in waiting if paying and row.municipality_id not in paying} & named
    found = [_single(credit, row, known[row.municipality_id], named, slips if row.municipality_id in paying else set())
             for row in waiting if row.municipality_id in known]
    found += _together(credit, waiting, known)
    found = [p if not paying or p.municipality_id in paying else _of_another(p) for p in found]
    likely = sorted((p for p in found if p.score >= ENOUGH),
                    key=lambda p: (p.from_another, -p.score, len(p.parts), p.parts))
    return _shaken(likely)[:MOST_PROPOSALS]


def who_pays(credit: Credit, payers: Collection[Payer]) -> list[Payer]:
    """The municipalities that the bank names as who paid: by the account, else by the name; none if it is a stranger.

    The reference does not count here: who pays may write in it whatever they like. Several if they share an account.
    """
    by_account = [payer for payer in payers if credit.payer_iban and credit.payer_iban in payer.ibans]
    return by_account or [payer for payer in payers if _names(payer.name, credit.payer)]


def require_payer(credit: Credit, payers: Collection[Payer], municipality_id: int, *, for_another: bool) -> None:
    """RuleBroken if the credit comes from another municipality, unless a person says that it pays ``for_another``."""
    paying = who_pays(credit, payers)
    if for_another or not paying or any(payer.municipality_id == municipality_id for payer in paying):
        return
    name = next((payer.name for payer in payers if payer.municipality_id == municipality_id), "–")
    raise RuleBroken("Il versamento viene da %(payer)s, la rata è di %(name)s: se è giusto, spuntare la conferma; "
                     "altrimenti scegliere %(payer)s.", field="for_another", payer=paying[0].name, name=name)


def _of_another(proposal: Proposal) -> Proposal:
    return replace(proposal, score=min(proposal.score - ANOTHER, CERTAIN - 1), from_another=True)


def _shaken(likely: list[Proposal]) -> list[Proposal]:
    """Two equally good proposals are certain neither the one nor the other."""
    if len(likely) < 2 or likely[0].score != likely[1].score:
        return likely
    top = likely[0].score
    return [replace(p, score=min(p.score, CERTAIN - 1)) if p.score == top else p for p in likely]


def _single(
    credit: Credit, row: Open, payer: Payer, named: set[tuple[int, int]], slips: set[tuple[int, int]]
) -> Proposal:
    score, reasons = _payer_signs(credit, payer)
    if (row.number, row.year) in named:
        score, reasons = score + REFERENCE, [*reasons, Reason.REFERENCE]
    elif named:
        score -= SLIP if named <= slips else REFERENCE  # it names another
    if credit.amount == row.left:
        score, reasons = score + AMOUNT, [*reasons, Reason.AMOUNT]
    if row.effective is not None and abs(credit.booked_on - row.effective) <= NEAR:
        score, reasons = score + DUE, [*reasons, Reason.DUE]
    part = min(credit.amount, row.left)
    return Proposal(row.municipality_id, ((row.id, part),), min(score, 100), tuple(reasons))


def _together(credit: Credit, waiting: Sequence[Open], known: Mapping[int, Payer]) -> Iterator[Proposal]:
    """One transfer for all that a municipality owes."""
    for key, group in groupby(sorted(waiting, key=lambda row: row.municipality_id), lambda row: row.municipality_id):
        rows = list(group)
        if key not in known or len(rows) < 2 or sum((row.left for row in rows), Decimal(0)) != credit.amount:
            continue
        score, reasons = _payer_signs(credit, known[key])
        reasons = [*reasons, Reason.SUM]
        yield Proposal(key, tuple((row.id, row.left) for row in rows), min(score + AMOUNT, 100), tuple(reasons))


def may_pay(credit: Credit, payer: Payer) -> bool:
    """True if something in ``credit`` points to this municipality."""
    return _payer_signs(credit, payer)[0] > 0


def _payer_signs(credit: Credit, payer: Payer) -> tuple[int, list[Reason]]:
    score, reasons = 0, list[Reason]()
    if credit.payer_iban and credit.payer_iban in payer.ibans:
        score, reasons = IBAN, [Reason.IBAN]
    if _names(payer.name, credit.payer) or _names(payer.name, credit.reference):
        score, reasons = score + NAME, [*reasons, Reason.NAME]
    return score, reasons


def _names(name: str, text: str) -> bool:
    """True if the words of a name stand one after the other in a text, whatever the capitals and the accents."""
    return f" {_words(name)} " in f" {_words(text)} "


def _words(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", plain))
