"""CAMT of ISO 20022: statements (053), reports of the day (052) and notices (054), in every version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError  # only the names: the parser is defusedxml's

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from core.ground.errors import RuleBroken
from core.ground.money import exact_cents
from core.payments.statements import refusals
from core.payments.statements.lines import CAMT, UNDIVIDED, LeftOut, Line, Statement, Why, statement
from core.payments.statements.texts import clean, iban, joined, told

ACCOUNTS = {"Stmt": "BOOK", "Rpt": "", "Ntfctn": ""}  # with the state of an entry that says none: a statement is booked
YES, NO = ("true", "1"), ("", "false", "0")


def read(file: str, content: bytes, account: str | None) -> tuple[Statement, ...]:
    """The statements of a file, one for each account; ``account`` is that of a statement which names none.

    RuleBroken, in words, for broken XML or one with entities, another currency, and an entry that is not understood.
    """
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise refusals.broken(file) from error
    found = [one for one in root.iter() if _name(one) in ACCOUNTS]
    if not found:
        raise refusals.no_statement(file)
    taken: dict[str | None, _Taken] = {}
    number = 0
    for one in found:
        code = iban(_text(one, "Acct/Id/IBAN")) or account
        if (currency := _text(one, "Acct/Ccy")) not in ("", "EUR"):
            raise refusals.other_currency(file, currency)
        for entry in _children(one, "Ntry"):
            number += 1
            if number > refusals.MOST_LINES:
                raise refusals.too_long(file)
            taken.setdefault(code, _Taken()).add(_Entry(file, entry, number, ACCOUNTS[_name(one)]))
        taken.setdefault(code, _Taken())
    return tuple(statement(CAMT, code, of.lines, of.left_out) for code, of in taken.items())


@dataclass
class _Taken:
    """What was taken of an account so far."""

    lines: list[Line] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    def add(self, entry: _Entry) -> None:
        """The credits of an entry, or why it is none."""
        why = entry.why()
        if why:
            self.left_out.append(LeftOut(entry.number, why))
            return
        for found in entry.lines():
            if isinstance(found, Line):
                self.lines.append(found)
            else:
                self.left_out.append(LeftOut(entry.number, found))


class _Entry:
    """An entry of a statement: money that moved at once, of one payer or of several."""

    def __init__(self, file: str, entry: Element, number: int, state: str) -> None:
        self.file, self.entry, self.number = file, entry, number
        self.state = _text(entry, "Sts/Cd") or _text(entry, "Sts/Prtry") or _text(entry, "Sts") or state
        self.amount = self._amount(_child(entry, "Amt"))
        self.details = [one for group in _children(entry, "NtryDtls") for one in _children(group, "TxDtls")]

    def why(self) -> Why | None:
        """Why it is no credit, None if it is one. RuleBroken for a direction or a reversal that is not understood."""
        direction, reversal = _text(self.entry, "CdtDbtInd"), _text(self.entry, "RvslInd").lower()
        if direction not in ("CRDT", "DBIT"):
            raise refusals.wrong_entry_mark(self.file, self.number, "CdtDbtInd", direction)
        if reversal not in YES + NO:
            raise refusals.wrong_entry_mark(self.file, self.number, "RvslInd", reversal)
        if self.amount == 0:
            return Why.ZERO
        if reversal in YES:
            return Why.REVERSAL
        if direction == "DBIT":
            return Why.DEBIT
        if self.amount < 0:
            return Why.REVERSAL
        return None if self.state == "BOOK" else Why.NOT_BOOKED

    def lines(self) -> Iterator[Line | Why]:
        """The credits that it is: one, or as many as it gathers, if their amounts make it up."""
        if len(self.details) < 2 and self._gathered() < 2:
            yield self._line(self.details[0] if self.details else self.entry, self.amount)
            return
        parts = [self._part(detail) for detail in self.details]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts) or sum(known, Decimal(0)) != self.amount or not known:
            yield self._undivided()
            return
        for detail, part in zip(self.details, known, strict=True):
            yield self._line(detail, part, self.amount) if part > 0 else Why.DEBIT if part < 0 else Why.ZERO

    def _gathered(self) -> int:
        """How many payments it says that it gathers, though it may tell of fewer."""
        texts = [text for group in _children(self.entry, "NtryDtls") for text in _texts(group, "Btch/NbOfTxs")]
        return sum(int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 10)

    def _part(self, detail: Element) -> Decimal | None:
        """What one payment adds to the entry, in euros; None if it does not say so."""
        amounts = [*_children(detail, "Amt"), *_path(detail, "AmtDtls/TxAmt/Amt"),
                   *_path(detail, "AmtDtls/CntrValAmt/Amt"), *_path(detail, "AmtDtls/InstdAmt/Amt")]
        euros = next((one for one in amounts if one.get("Ccy", "EUR") == "EUR"), None)
        if euros is None:
            return None
        part = self._amount(euros)
        return -part if _text(detail, "CdtDbtInd") == "DBIT" else part

    def _line(self, detail: Element, amount: Decimal, whole: Decimal | None = None) -> Line:
        said, readings = self._said(detail)
        text = _with(said, *_besides(detail))
        payer = _payer(detail)
        refusals.require_lengths(self.file, self.number, payer, text)
        account = iban(_text(detail, "RltdPties/DbtrAcct/Id/IBAN"))
        return Line(self.number, self._day(), amount, payer, account, text, said, readings=readings, whole=whole)

    def _said(self, detail: Element) -> tuple[str, tuple[str, ...]]:
        """What the payer wrote, else what the bank did; with the other ways of joining it."""
        pieces = [*_raw(detail, "RmtInf/Ustrd")]
        written, readings = joined(pieces)
        references = _texts(detail, "RmtInf/Strd/CdtrRefInf/Ref")
        more = " ".join(references or ([] if written else _texts(detail, "AddtlTxInf")
                                       or _texts(self.entry, "AddtlNtryInf")))
        return _with(told(written), told(more)), readings

    def _undivided(self) -> Line:
        """One credit of nobody: who paid what is told in its text."""
        told_by = [": ".join(part for part in (_payer(one), self._said(one)[0]) if part) for one in self.details]
        said = "; ".join(dict.fromkeys(part for part in told_by if part)) or self._said(self.entry)[0]
        text = _with(said, *(part for one in self.details for part in _besides(one)))
        refusals.require_lengths(self.file, self.number, "", text)
        return Line(self.number, self._day(), self.amount, text=text, said=said, remark=UNDIVIDED)

    def _day(self) -> date:
        text = next((found for path in ("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
                     if (found := _text(self.entry, path))), "")
        try:
            return date.fromisoformat(text[:10])
        except ValueError as error:
            raise refusals.wrong_entry_day(self.file, self.number) from error

    def _amount(self, found: Element | None) -> Decimal:
        if found is not None and found.get("Ccy", "EUR") != "EUR":
            raise refusals.foreign_entry(self.file, self.number, found.get("Ccy", ""))
        try:
            return exact_cents(Decimal((found.text or "").strip() if found is not None else ""))
        except (InvalidOperation, RuleBroken) as error:
            raise refusals.wrong_entry_amount(self.file, self.number) from error


def _payer(detail: Element) -> str:
    """Who paid, in the older and the newer versions; on whose behalf, if only that is told."""
    parties = ("Dbtr/Nm", "Dbtr/Pty/Nm", "UltmtDbtr/Nm", "UltmtDbtr/Pty/Nm")
    return next((name for path in parties if (name := told(_text(detail, f"RltdPties/{path}")))), "")


def _besides(detail: Element) -> Iterator[str]:
    """What else a payment tells: on whose behalf, its own identifier, the amount in the payer's currency."""
    behalf = told(_text(detail, "RltdPties/UltmtDbtr/Nm") or _text(detail, "RltdPties/UltmtDbtr/Pty/Nm"))
    yield behalf if behalf != _payer(detail) else ""
    yield told(_text(detail, "Refs/EndToEndId"))
    for one in detail.iter():
        if _name(one) == "Amt" and one.get("Ccy", "EUR") != "EUR":
            yield clean(f"{one.get('Ccy')} {one.text or ''}")


def _with(text: str, *others: str) -> str:
    """A text and what else there is to tell, each thing once."""
    for other in others:
        if other and other.casefold() not in text.casefold():
            text = f"{text} {other}".strip()
    return text


# --- XML --------------------------------------------------------------------------------------------------


def _name(element: Element) -> str:
    """A tag without its namespace: the versions of the format differ by nothing else that matters here."""
    return str(element.tag).rpartition("}")[2]


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if _name(child) == name]


def _child(element: Element, name: str) -> Element | None:
    return next(iter(_children(element, name)), None)


def _path(element: Element, path: str) -> Sequence[Element]:
    found = [element]
    for name in path.split("/"):
        found = [child for parent in found for child in _children(parent, name)]
    return found


def _raw(element: Element, path: str) -> list[str]:
    return [found.text or "" for found in _path(element, path)]


def _texts(element: Element, path: str) -> list[str]:
    return [text for raw in _raw(element, path) if (text := clean(raw))]


def _text(element: Element, path: str) -> str:
    return next(iter(_texts(element, path)), "")
