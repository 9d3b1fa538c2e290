"""How promised and measured values are said: figures with their unit, and why there is none."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from flask_babel import gettext as _

from admin.web import formats
from admin.web.words import decimal
from core.catalogue.promises import ELSEWHERE
from core.plugins.columns import PERIODS, PROMISE_UNITS, WAYS
from core.plugins.figures import rounded as shown_whole
from core.plugins.schema import Promise, PromiseUnit
from core.standards.rules import PromiseOutcome, ToldRow, Verdict, WhySilent, rounded
from core.standards.years import OTHERS, StandardOfYear

STEP = Decimal("0.1")  # of what was measured; what is promised is said as it was written


def with_unit(value: Decimal, unit: PromiseUnit | None, otherwise: str = "") -> str:
    """A figure as people write it: ``92,5%``, ``10 giorni``."""
    if unit is PromiseUnit.EURO:
        return str(formats.euro(value))
    if unit is PromiseUnit.PERCENT:
        return f"{decimal(value)}%"
    word = otherwise if unit in (None, PromiseUnit.NUMBER) else _(PROMISE_UNITS[unit])
    return f"{decimal(value)} {word}".strip()


def promised(row: StandardOfYear) -> str:
    """What is promised in figures, or that none is."""
    if row.standard.unit is None:
        return _("a parole")
    limit = limit_of(row.promise)
    if limit is None:
        return _("valore non ancora indicato nella scheda")
    said = with_unit(limit, row.standard.unit, _unit_text(row))
    assert row.promise is not None
    return _("almeno %(value)s", value=said) if row.promise.at_least is not None else _("al più %(value)s", value=said)


def limit_of(promise: Promise | None) -> Decimal | None:
    """The figure of a promise, whatever its direction."""
    if promise is None:
        return None
    return shown_whole(promise.at_least if promise.at_least is not None else promise.at_most, 4)


def measured(row: StandardOfYear, verdict: Verdict) -> str:
    """What was measured in all, or why nothing is said. A value that is rounded to the promise it misses says so."""
    if verdict.value is None:
        return _("pochi casi: non si dice") if verdict.outcome is PromiseOutcome.SMALL else _("non misurato")
    shown = figure(row, verdict.value)
    said = with_unit(shown, row.standard.unit, _unit_text(row))
    if verdict.outcome is PromiseOutcome.MISSED and shown == limit_of(row.promise):
        assert row.promise is not None
        return _("%(value)s (appena sotto)", value=said) if row.promise.at_least is not None else _(
            "%(value)s (appena sopra)", value=said)
    return said


def told(row: StandardOfYear, one: ToldRow) -> str:
    """The value of a period or a municipality, or why it has none. What protects others is not told from what is small.
    """
    if one.value is not None:
        return with_unit(figure(row, one.value), row.standard.unit, _unit_text(row))
    return _("non misurato") if one.why is WhySilent.EMPTY else _("pochi casi: non si dice")


def row_name(row: StandardOfYear, one: ToldRow) -> str:
    """What a row is called."""
    return _("Altri Comuni, insieme") if one.row == OTHERS else row.names[one.row]


def figure(row: StandardOfYear, value: Fraction) -> Decimal:
    """A value as it is shown: what was counted in steps, what a sheet says as it is."""
    exact = shown_whole(value)
    assert exact is not None
    return rounded(value, STEP) if row.periods.rows else exact


def services(row: StandardOfYear) -> str:
    """The services that a sheet describes."""
    return ", ".join(service.title for service in row.services)


def unit_word(row: StandardOfYear) -> str:
    """The unit of a chart."""
    unit = row.standard.unit
    if unit is PromiseUnit.PERCENT:
        return "%"
    return _unit_text(row) if unit in (None, PromiseUnit.NUMBER) else _(PROMISE_UNITS[unit])


def measured_how(row: StandardOfYear) -> str:
    """How a standard is measured, in words."""
    if row.indicator is None:
        return _("nessun indicatore: nessuno lo misura")
    way = _(WAYS[row.indicator.by])
    return f"{row.indicator.title} ({way})"


def period(row: StandardOfYear) -> str:
    """Of which time it is told whether the promise was kept."""
    counted = row.indicator is not None and row.indicator.by in ELSEWHERE
    return _(PERIODS[row.standard.period]) if counted else _("edizione della scheda")


def _unit_text(row: StandardOfYear) -> str:
    return row.indicator.unit if row.indicator is not None else ""
