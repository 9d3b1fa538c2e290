"""What a payment may be, what it may settle, and which other payment it looks like. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.documents.words import euro
from core.ground.errors import Place, RuleBroken
from core.ground.money import exact_cents
from core.ground.names import folded
from core.ground.required import require_past
from core.payments import invoices, references
from core.payments.invoices import Invoice
from core.payments.references import Code

METHODS = frozenset({"bank_transfer", "treasury", "post", "pagopa"})
OFFSET = "offset"  # a credit used against an instalment: no money moves


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
            raise RuleBroken("Un pagamento salda soltanto rate dello stesso ente: correggere la scelta.",
                             field=f"part_{key}")
        if key in versions and versions[key] != held.version:
            raise RuleBroken("Nel frattempo la rata n. %(code)s è cambiata: ora restano da pagare %(left)s. "
                             "Controllare e, se è giusto, registrare di nuovo.", field=f"part_{key}", code=held.code,
                             left=euro(held.left))
        if not held.payable:
            raise RuleBroken("La rata n. %(code)s non è da pagare: non è stata chiesta, o è già definita. L'importo "
                             "può restare a credito dell'ente.", field=f"part_{key}", code=held.code).mended(
                Place("instalment", key))
        if exact_cents(part, field=f"part_{key}") <= 0:
            raise RuleBroken("L'importo attribuito a una rata deve essere maggiore di zero.", field=f"part_{key}")
        if part > held.left:
            raise RuleBroken("Sulla rata n. %(code)s restano da pagare %(left)s: attribuirle al massimo questa cifra. "
                             "Il resto resta a credito dell'ente.", field=f"part_{key}", code=held.code,
                             left=euro(held.left))
    if sum(parts.values(), Decimal(0)) > amount:
        raise RuleBroken("Gli importi attribuiti alle rate superano il pagamento: ridurli.", field="amount")


# --- a credit of the statement ----------------------------------------------------------------------------


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
    def named(self) -> frozenset[Code]:
        """The instalments that its reference names, in whatever way it is read."""
        return frozenset().union(*(references.named(text) for text in (self.reference, *self.readings)))

    def names_invoice(self, invoice: Invoice) -> bool:
        """True if its reference names this invoice, in whatever way it is read."""
        return any(invoices.names(text, invoice) for text in (self.reference, *self.readings))

    @property
    def invoices(self) -> frozenset[str]:
        """The numbers that stand in its reference as an invoice's, in whatever way it is read."""
        return frozenset().union(*(invoices.numbers(text) for text in (self.reference, *self.readings)))

    @property
    def mentioned(self) -> frozenset[Code]:
        """The numbers in it that may be instalments', in whatever way it is read."""
        return frozenset().union(*(references.mentioned(text) for text in (self.reference, *self.readings)))


def near(one: str, other: str) -> bool:
    """True if two references may be the same payment's: nothing speaks against it, or half of the words are the same.

    An empty one says nothing; two that name different instalments are never one.
    """
    words, others = set(folded(one).split()), set(folded(other).split())
    if not words or not others:
        return True
    mine, theirs = references.named(one), references.named(other)
    if mine and theirs:
        return not mine.isdisjoint(theirs)
    return 2 * len(words & others) >= min(len(words), len(others))
