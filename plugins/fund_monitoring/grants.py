"""What is paid out of the funds: decided by an act, paid, accounted for. None of these commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core.plugin_api import (
    Municipality,
    RuleBroken,
    ScopedSession,
    at_version,
    exercises,
    require_past,
    require_text,
)
from plugins.fund_monitoring.channels import channels
from plugins.fund_monitoring.model import Grant
from plugins.fund_monitoring.operations import FIRST_YEAR, LONGEST, LONGEST_LINE, WRITERS, shortly

MOST = Decimal(100_000_000)


@dataclass(frozen=True)
class GrantFacts:
    """What is decided: which fund of which exercise, by which act and criteria, to whom, how much in euros."""

    year: int
    channel: str
    act: str
    act_on: date
    criteria: str
    body: str
    amount: Decimal


def decide(session: ScopedSession, facts: GrantFacts, *, today: date) -> Grant:
    """Record that an act assigns a sum of a fund to a body: a municipality by its name, or another in words.

    RuleBroken for a fund, an act, an amount or a day that cannot be, and for what is recorded already.
    """
    session.principal.require(*WRITERS)
    if facts.channel not in {channel.code for channel in channels()}:
        raise RuleBroken("Scegliere il fondo, tra le sette fonti del budget unico.", field="channel")
    now = exercises(session).of(today).year
    if not FIRST_YEAR <= facts.year <= now:
        raise RuleBroken("Indicare un esercizio dal %(first)s al %(last)s.", field="year", first=FIRST_YEAR, last=now)
    require_past(facts.act_on, today, field="act_on")
    _euros(facts.amount, "amount")
    act = require_text(facts.act, "Indicare l'atto, con il suo numero.", field="act", longest=LONGEST_LINE)
    body = require_text(facts.body, "Indicare a chi va la somma.", field="body", longest=LONGEST_LINE)
    criteria = require_text(facts.criteria, "Indicare con quali criteri è assegnata.", field="criteria",
                            longest=LONGEST)
    same = (Grant.year == facts.year, Grant.channel == facts.channel, Grant.act == act, Grant.body == body)
    if session.scalars(select(Grant.id).where(*same)).first():
        raise RuleBroken("Questo atto assegna già una somma a %(body)s: aprire quella riga.", field="body", body=body)
    municipality_id = session.scalars(select(Municipality.id).where(Municipality.name == body)).first()
    row = Grant(year=facts.year, channel=facts.channel, act=act, act_on=facts.act_on, criteria=criteria, body=body,
                municipality_id=municipality_id, amount=facts.amount)
    session.add(row)
    session.flush()
    return row


def pay(session: ScopedSession, key: int, *, paid_on: date, version: int | None, today: date) -> Grant:
    """Record that a sum was paid. RuleBroken before its act, or if its account was rendered."""
    row = _mine(session, key, version)
    require_past(paid_on, today, field="paid_on")
    if paid_on < row.act_on:
        raise RuleBroken("L'atto è del %(day)s: si paga dopo.", field="paid_on", day=f"{row.act_on:%d/%m/%Y}")
    if row.account_on is not None:
        raise RuleBroken("Di questa somma è già stato reso conto: il pagamento non cambia più.", field="paid_on")
    row.paid_on = paid_on
    session.flush()
    return row


def account(session: ScopedSession, key: int, *, account_on: date, spent: Decimal, note: str, version: int | None,
            today: date) -> Grant:
    """Record the account that the body rendered: how much of the sum it spent; a second time corrects the first.

    RuleBroken before it was paid, for more than was paid, for a difference that nobody explains.
    """
    row = _mine(session, key, version)
    require_past(account_on, today, field="account_on")
    if row.paid_on is None or account_on < row.paid_on:
        raise RuleBroken("Il rendiconto viene dopo il pagamento: registrare prima quello.", field="account_on")
    if spent:
        _euros(spent, "spent")
    if not 0 <= spent <= row.amount:
        raise RuleBroken("La somma assegnata è di € %(amount)s: di altro qui non si rende conto.", field="spent",
                         amount=row.amount)
    if spent < row.amount and not note.strip():
        raise RuleBroken("Non è stato speso tutto: dire che cosa accade della differenza.", field="note")
    row.account_on, row.spent, row.note = account_on, spent, shortly(note, "note")
    session.flush()
    return row


def _mine(session: ScopedSession, key: int, version: int | None) -> Grant:
    session.principal.require(*WRITERS)
    return at_version(session.require(Grant, key), version)


def _euros(amount: Decimal, field: str) -> None:
    if not (0 < amount <= MOST and amount * 100 == int(amount * 100)):
        raise RuleBroken("Indicare un importo in euro con due decimali, maggiore di zero.", field=field)
