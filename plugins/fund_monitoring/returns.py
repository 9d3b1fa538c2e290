"""What the municipalities answer for a duty: received by workbook, or sent back to them. None of these commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from core.plugin_api import Municipality, RuleBroken, ScopedSession, at_version, require_past, require_text
from plugins.fund_monitoring.duties import kinds
from plugins.fund_monitoring.model import Duty, MunicipalReturn, ReturnFigure
from plugins.fund_monitoring.operations import LONGEST, WRITERS, settle

ASKED = {kind.code: kind.title for kind in kinds().values() if kind.asks}


def lay(session: ScopedSession, values: Mapping[str, Any], today: date) -> str:
    """Lay in a row of the workbook that a municipality has filled in; the same item again corrects it.

    RuleBroken for a municipality that was not asked for this duty, a row without a figure, a duty that was sent.
    """
    session.principal.require(*WRITERS)
    row = _asked(session, values)
    _still_gathered(row)
    title = require_text(values["title"], "Indicare la voce.", field="title", longest=LONGEST)
    amount, people = values["amount"], values["people"]
    if amount is None and people is None:
        raise RuleBroken("«%(title)s»: indicare l'importo, o quante persone conta la voce.", field="amount",
                         title=title)
    for name, figure in (("amount", amount), ("people", people)):
        if figure is not None and figure < 0:
            raise RuleBroken("«%(title)s»: una cifra non può essere negativa.", field=name, title=title)
    known = select(ReturnFigure).where(ReturnFigure.return_id == row.id, ReturnFigure.title == title)
    figure = session.scalars(known).one_or_none()
    if figure is None:
        figure = ReturnFigure(return_id=row.id, municipality_id=row.municipality_id, title=title)
        session.add(figure)
    figure.amount, figure.people = amount, people
    _received(session, row, today, today)
    return f"{row.municipality.name}, {title}"


def receive(session: ScopedSession, key: int, *, on: date, version: int | None, today: date) -> MunicipalReturn:
    """Record that a municipality has answered otherwise than by the workbook. RuleBroken before it was asked."""
    row = _mine(session, key, version)
    require_past(on, today, field="on")
    if on < row.asked_on:
        raise RuleBroken("È stato chiesto il %(day)s: indicare un giorno non precedente.", field="on",
                         day=f"{row.asked_on:%d/%m/%Y}")
    return _received(session, row, on, today)


def send_back(session: ScopedSession, key: int, *, on: date, why: str, version: int | None,
              today: date) -> MunicipalReturn:
    """Send an answer back to its municipality, which reads why. RuleBroken if there is none."""
    row = _mine(session, key, version)
    require_past(on, today, field="on")
    if row.state != "received" or row.received_on is None:
        raise RuleBroken("Non c'è una risposta da rimandare: il Comune non ha ancora risposto.")
    if on < row.received_on:
        raise RuleBroken("È arrivata il %(day)s: indicare un giorno non precedente.", field="on",
                         day=f"{row.received_on:%d/%m/%Y}")
    row.why = require_text(why, "Indicare che cosa è da correggere.", field="why", longest=LONGEST)
    row.state, row.sent_back_on = "sent_back", on
    session.flush()
    settle(session, row.duty_id, today=today)
    return row


def _received(session: ScopedSession, row: MunicipalReturn, on: date, today: date) -> MunicipalReturn:
    row.state, row.received_on, row.why = "received", on, ""
    session.flush()
    settle(session, row.duty_id, today=today)
    return row


def _mine(session: ScopedSession, key: int, version: int | None) -> MunicipalReturn:
    session.principal.require(*WRITERS)
    row = at_version(session.require(MunicipalReturn, key), version)
    _still_gathered(row)
    return row


def _still_gathered(row: MunicipalReturn) -> None:
    if row.duty.is_sent:
        raise RuleBroken("Il debito è già stato trasmesso: le risposte dei Comuni non cambiano più, finché non torna "
                         "indietro.")


def _asked(session: ScopedSession, values: Mapping[str, Any]) -> MunicipalReturn:
    asked = select(MunicipalReturn).join(MunicipalReturn.duty).join(MunicipalReturn.municipality).where(
        Duty.year == values["year"], Duty.code == values["duty"], Municipality.name == values["municipality"])
    row = session.scalars(asked).one_or_none()
    if row is None:
        raise RuleBroken("A «%(name)s» questo debito non è stato chiesto per il %(year)s: chiederlo prima, o scrivere "
                         "il Comune com'è nell'elenco.", field="municipality", name=values["municipality"],
                         year=values["year"])
    return row
