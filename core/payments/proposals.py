"""Which instalments a credit on the bank's statement probably settles, in what order, and why. Pure.

The order is amount, payer, due date, reference: an amount is never mistyped by who pays, a number often is. Nothing is
certain that a person would look at twice.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import groupby

from core.ground.errors import RuleBroken
from core.parties.names import understand
from core.payments.invoices import Invoice
from core.payments.references import Code
from core.payments.rules import Credit

NEAR = timedelta(days=30)
MOST_PROPOSALS = 5


class Reason(StrEnum):
    """What speaks for a proposal."""

    AMOUNT = "amount"
    SUM = "sum"
    IBAN = "iban"
    NAME = "name"
    DUE = "due"
    REFERENCE = "reference"
    INVOICE = "invoice"
    NUMBER = "number"


class Doubt(StrEnum):
    """What speaks against it, or what a person is to look at."""

    OTHER_AMOUNT = "other_amount"
    OTHER_NAME = "other_name"
    RESEMBLES = "resembles"
    UNKNOWN_PAYER = "unknown_payer"
    OTHER_INSTALMENT = "other_instalment"
    OTHER_INVOICE = "other_invoice"
    RIVAL = "rival"


@dataclass(frozen=True)
class Open:
    """An instalment that waits for money."""

    id: int
    number: int
    year: int
    municipality_id: int
    left: Decimal
    effective: date | None
    invoice: Invoice | None = None

    @property
    def code(self) -> Code:
        """Its number and year."""
        return (self.number, self.year)


@dataclass(frozen=True)
class Payer:
    """A municipality as a bank may name it: its name, and the accounts from which it pays."""

    municipality_id: int
    name: str
    ibans: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Paying:
    """Who paid, as far as the bank tells: who is known by account or name, else whoever the name only resembles.

    Several are known if they share an account. ``named`` is whom the name means, None if nobody.
    """

    known: tuple[Payer, ...] = ()
    resembling: tuple[Payer, ...] = ()
    by_account: bool = False
    named: int | None = None

    def is_known(self, municipality_id: int) -> bool:
        """True if this municipality paid."""
        return any(payer.municipality_id == municipality_id for payer in self.known)

    def may_be(self, municipality_id: int) -> bool:
        """True if the name resembles this municipality's, and nobody is known."""
        return any(payer.municipality_id == municipality_id for payer in self.resembling)

    def is_named_otherwise(self, credit: Credit) -> bool:
        """True if the account decides, and the name beside it is not its holder's."""
        return self.by_account and bool(credit.payer.strip()) and (self.named is None or not self.is_known(self.named))


@dataclass(frozen=True)
class Proposal:
    """A way to settle a credit: the parts in euros by instalment id, what speaks for it and what against.

    ``from_another``: the credit comes from another municipality than the one whose instalments these are. ``certain``:
    nobody would hesitate.
    """

    municipality_id: int
    parts: tuple[tuple[int, Decimal], ...]
    reasons: tuple[Reason, ...]
    doubts: tuple[Doubt, ...] = ()
    from_another: bool = False
    certain: bool = False


# --- who pays ---------------------------------------------------------------------------------------------


def who_pays(credit: Credit, payers: Collection[Payer]) -> Paying:
    """Who paid: a known account decides, else the name; what only resembles a name is told apart.

    The reference does not count here: who pays may write in it whatever they like.
    """
    found = understand(credit.payer, [(payer.municipality_id, payer.name) for payer in payers])
    account = _iban(credit.payer_iban)
    by_account = tuple(payer for payer in payers if account and account in map(_iban, payer.ibans))
    if by_account:
        one = tuple(payer for payer in by_account if payer.municipality_id == found.means)
        return Paying(one or by_account, by_account=True, named=found.means)
    if found.means is not None:
        return Paying(tuple(payer for payer in payers if payer.municipality_id == found.means), named=found.means)
    return Paying(resembling=tuple(payer for payer in payers if payer.municipality_id in found.resembles))


def require_payer(credit: Credit, payers: Collection[Payer], municipality_id: int, *, for_another: bool) -> None:
    """RuleBroken if the credit comes from another municipality or only seems to come from one, unless a person says
    that it is ``for_another``, that is for this one all the same.
    """
    paying = who_pays(credit, payers)
    if for_another or paying.is_known(municipality_id) or not (paying.known or paying.resembling):
        return
    name = next((payer.name for payer in payers if payer.municipality_id == municipality_id), "–")
    if paying.known:
        raise RuleBroken("Il versamento viene da %(payer)s, la rata è di %(name)s: se è giusto, spuntare la conferma; "
                         "altrimenti scegliere %(payer)s.", field="for_another", payer=paying.known[0].name, name=name)
    raise RuleBroken("L'ordinante «%(payer)s» somiglia soltanto a %(other)s: se il versamento è per le rate di "
                     "%(name)s, spuntare la conferma.", field="for_another", payer=credit.payer,
                     other=", ".join(payer.name for payer in paying.resembling), name=name)


def _iban(text: str) -> str:
    return re.sub(r"\s", "", text).upper()


def may_pay(credit: Credit, payers: Collection[Payer]) -> list[int]:
    """The municipalities to which something in ``credit`` points."""
    paying = who_pays(credit, payers)
    told = understand(credit.reference, [(payer.municipality_id, payer.name) for payer in payers])
    pointed = {payer.municipality_id for payer in (*paying.known, *paying.resembling)} | {*told.resembles, told.means}
    return [payer.municipality_id for payer in payers if payer.municipality_id in pointed]


# --- proposals --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Case:
    """What a credit says, understood once for all instalments: which it names, those of them by their invoice."""

    credit: Credit
    paying: Paying
    named: frozenset[Code]
    invoiced: frozenset[Code]
    mentioned: frozenset[Code]


@dataclass(frozen=True)
class _Weighed:
    """A proposal and the signs by which it is ordered; ``payer``: 2 is known, 1 may be, 0 is anybody."""

    proposal: Proposal
    amount: bool
    payer: int
    near: bool
    reference: int
    due: date | None

    @property
    def order(self) -> tuple[object, ...]:
        """The best first; of two that are alike the one that is due first."""
        made = self.proposal
        return (made.from_another, not self.amount, -self.payer, not self.near, -self.reference,
                self.due or date.max, len(made.parts), made.parts)


def proposals(credit: Credit, waiting: Sequence[Open], payers: Collection[Payer]) -> list[Proposal]:
    """The likely ways to settle ``credit``, the best first; only that one may be certain.

    What is another municipality's than the payer's comes last, whatever the reference says, and is never certain.
    """
    known = {payer.municipality_id for payer in payers}
    rows = [row for row in waiting if row.municipality_id in known]
    invoiced = frozenset(row.code for row in rows if row.invoice and credit.names_invoice(row.invoice))
    case = _Case(credit, who_pays(credit, payers), credit.named | invoiced, invoiced, credit.mentioned)
    found = [_weighed(case, [row], credit.amount == row.left) for row in rows]
    found += [_weighed(case, group, True) for group in _sums(case, rows)]
    likely = sorted((one for one in found if _is_likely(case, one)), key=lambda one: one.order)
    return _judged(likely)[:MOST_PROPOSALS]


def _sums(case: _Case, rows: Sequence[Open]) -> Iterator[list[Open]]:
    """One transfer for all that a municipality owes, or for those of its instalments that the text names."""
    for _key, group in groupby(sorted(rows, key=lambda row: row.municipality_id), lambda row: row.municipality_id):
        own = list(group)
        some = [row for row in own if row.code in case.named]
        for several in [own, some] if some != own else [own]:
            if len(several) > 1 and sum((row.left for row in several), Decimal(0)) == case.credit.amount:
                yield several


def _weighed(case: _Case, rows: Sequence[Open], amount: bool) -> _Weighed:
    key, codes = rows[0].municipality_id, {row.code for row in rows}
    days = [row.effective for row in rows if row.effective is not None]
    is_near = any(abs(case.credit.booked_on - day) <= NEAR for day in days)
    payer = 2 if case.paying.is_known(key) else int(case.paying.may_be(key))
    reference = 2 if codes & case.named else int(amount and payer == 2 and bool(codes & case.mentioned))
    return _Weighed(
        Proposal(key, tuple((row.id, row.left if len(rows) > 1 else min(row.left, case.credit.amount))
                            for row in rows),
                 tuple(_reasons(case, key, codes, amount, is_near, reference)),
                 tuple(_doubts(case, key, rows, amount)), bool(case.paying.known) and payer < 2),
        amount, payer, is_near, reference, min(days, default=None))


def _reasons(
    case: _Case, key: int, codes: Collection[Code], amount: bool, is_near: bool, reference: int
) -> Iterator[Reason]:
    if amount:
        yield Reason.SUM if len(codes) > 1 else Reason.AMOUNT
    if case.paying.is_known(key):
        if case.paying.by_account:
            yield Reason.IBAN
        if case.paying.named == key:
            yield Reason.NAME
    if is_near:
        yield Reason.DUE
    if not case.credit.named.isdisjoint(codes):
        yield Reason.REFERENCE
    if not case.invoiced.isdisjoint(codes):
        yield Reason.INVOICE
    if reference == 1:
        yield Reason.NUMBER


def _doubts(case: _Case, key: int, rows: Sequence[Open], amount: bool) -> Iterator[Doubt]:
    codes = {row.code for row in rows}
    if not amount:
        yield Doubt.OTHER_AMOUNT
    if case.paying.is_known(key) and case.paying.is_named_otherwise(case.credit):
        yield Doubt.OTHER_NAME
    if case.paying.may_be(key):
        yield Doubt.RESEMBLES
    elif not case.paying.known:
        yield Doubt.UNKNOWN_PAYER
    if case.named - codes:
        yield Doubt.OTHER_INSTALMENT
    if any(row.invoice and row.code not in case.invoiced for row in rows) and case.credit.invoices:
        yield Doubt.OTHER_INVOICE


def _is_likely(case: _Case, one: _Weighed) -> bool:
    """False for a guess, and guesses close the wrong instalment: the payer alone, where the text names another one;
    another's instalment, unless both amount and text say so.
    """
    if one.proposal.from_another:
        return one.amount and one.reference == 2
    return one.amount or one.reference == 2 or (one.payer == 2 and not case.named)


def _judged(likely: Sequence[_Weighed]) -> list[Proposal]:
    """Say which of the best others a person would take as well, and whether the best is certain."""
    if not likely:
        return []
    best, *others = likely
    first = best.proposal
    if any(_is_rival(best, other) for other in others):
        first = replace(first, doubts=(*first.doubts, Doubt.RIVAL))
    signs = {*first.reasons}
    sure = bool(signs & {Reason.REFERENCE, Reason.INVOICE, Reason.NUMBER}) or {Reason.IBAN, Reason.NAME} <= signs
    against = {*first.doubts} - {Doubt.OTHER_NAME}  # the account decides
    certain = best.amount and best.payer == 2 and sure and not against
    return [replace(first, certain=certain), *(other.proposal for other in others)]


def _is_rival(best: _Weighed, other: _Weighed) -> bool:
    """True if another way has the same amount and payer, and is due no later or owed by another municipality.

    A text that names the best one, and not the other, settles it.
    """
    if other.proposal.from_another or (best.amount, best.payer) != (other.amount, other.payer):
        return False
    if best.reference == 2 and other.reference < 2:
        return False
    another = other.proposal.municipality_id != best.proposal.municipality_id
    return another or (other.due or date.min) <= (best.due or date.max)

