"""The invoice of an instalment.

The accounting program of the azienda makes the invoice and sends it through the exchange system (SdI, D.M. 55/2013);
here stands what letters and statements of account recall of it.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from core.contracts.agreed import CountsFrom
from core.deadlines.operations import follow
from core.ground.access import ScopedSession
from core.ground.edits import at_version
from core.ground.errors import Place, RuleBroken
from core.ground.required import require_past
from core.instalments.model import Instalment
from core.instalments.operations import refresh
from core.instalments.rules import State
from core.instalments.states import OFFICE
from core.instalments.term import count

LONGEST_SDI = 36  # as the exchange system writes it in its notices


def set_invoice(
    session: ScopedSession,
    instalment_id: int,
    *,
    number: str | None,
    on: date | None,
    sdi_id: str | None,
    version: int | None,
    today: date,
) -> Instalment:
    """Record, correct or (all empty) take away the invoice of an instalment; what was invoiced keeps its figures.

    Where the contract counts the days for paying from the invoice, the due date follows. RuleBroken for what
    ``checked`` refuses; for an instalment that is cancelled, has no amount, or stands in requests that are being
    prepared.
    """
    session.principal.require(*OFFICE)
    row = at_version(session.require(Instalment, instalment_id), version)
    _require_invoiceable(row)
    row.invoice_number, row.invoice_on, row.sdi_id = checked(
        session, row.municipality_id, number, on, sdi_id, besides=row.id, today=today)
    session.flush()
    if row.state == State.PLANNED:
        refresh(session, row.year, today=today)  # its term follows; what is invoiced no more follows the shares again
    elif row.counts_from == CountsFrom.INVOICE:
        count(session, row, on, today)
    follow(session, "instalment", [row.id], today=today)
    return row


def checked(
    session: ScopedSession, municipality_id: int, number: str | None, on: date | None, sdi_id: str | None, *,
    besides: int | None = None, today: date,
) -> tuple[str | None, date | None, str | None]:
    """Number, day and identifier of an invoice as they are kept; ``besides`` is the id of the instalment that has it.

    RuleBroken for a part of an invoice, a day to come, an identifier that is no number or that another invoice has, an
    invoice of another municipality.
    """
    number, sdi_id = " ".join((number or "").split()) or None, "".join((sdi_id or "").split()) or None
    if number or on or sdi_id:
        _require_whole(number, on, sdi_id, today)
        _require_own(session, municipality_id, number, on, sdi_id, besides)
    return number, on, sdi_id


def _require_invoiceable(row: Instalment) -> None:
    if row.state == State.CANCELLED:
        raise RuleBroken("La rata n. %(code)s è annullata: non ha una fattura.", code=row.code)
    if row.amount is None:
        raise RuleBroken("La rata n. %(code)s non ha ancora un importo: la fattura si registra quando lo ha.",
                         code=row.code)
    if row.round_id is not None and row.requested_on is None:
        raise RuleBroken("La richiesta della rata n. %(code)s è già preparata, e la lettera non nomina la fattura: "
                         "sciogliere la richiesta, poi registrare la fattura.", code=row.code).mended(
            Place("request_round", row.round_id))


def _require_whole(number: str | None, on: date | None, sdi_id: str | None, today: date) -> None:
    if number is None:
        raise RuleBroken("Indicare il numero della fattura, per esempio 12/PA.", field="number")
    if on is None:
        raise RuleBroken("Indicare la data della fattura.", field="on")
    require_past(on, today, field="on")
    if sdi_id is not None and not (sdi_id.isascii() and sdi_id.isdigit() and len(sdi_id) <= LONGEST_SDI):
        raise RuleBroken("L'identificativo SdI è il numero che il Sistema di Interscambio dà alla fattura, fatto di "
                         "sole cifre: «%(text)s» non va bene.", field="sdi_id", text=sdi_id)


def _require_own(
    session: ScopedSession, municipality_id: int, number: str | None, on: date | None, sdi_id: str | None,
    besides: int | None,
) -> None:
    """An invoice is to one body, and of an identifier there is one invoice."""
    with session.no_autoflush:
        same = select(Instalment).where(Instalment.id.is_distinct_from(besides), or_(
            (Instalment.invoice_number == number) & (Instalment.invoice_on == on),
            (Instalment.sdi_id == sdi_id) & Instalment.sdi_id.is_not(None)))
        others = list(session.scalars(same.order_by(Instalment.id)))
    for other in others:
        if (other.invoice_number, other.invoice_on) != (number, on):
            raise RuleBroken("L'identificativo SdI %(sdi)s è già della fattura %(invoice)s: controllarlo.",
                             field="sdi_id", sdi=sdi_id, invoice=other.invoice).mended(
                Place("instalment.invoice", other.id))
        if other.municipality_id != municipality_id:
            raise RuleBroken("La fattura %(invoice)s è già della rata n. %(code)s di un altro ente: controllare "
                             "numero e data.", field="number", invoice=other.invoice, code=other.code).mended(
                Place("instalment.invoice", other.id))
