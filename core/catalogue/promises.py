"""What a sheet promises and what it says of it: figures, words, the table of the annex (R33, R212). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from core.catalogue.fields import is_empty
from core.documents import words
from core.documents.blocks import Block, Heading, Table
from core.plugins.columns import PROMISE_UNITS
from core.plugins.figures import SheetData, rounded
from core.plugins.schema import Indicator, MeasuredBy, Promise, PromisePeriod, PromiseUnit, SheetSchema, Standard

Measured = Mapping[str, Fraction | None]  # the exact figures of the indicators, by code; None: not measured
NOT_MEASURED = "non misurato"
KEPT, MISSED = "promessa mantenuta", "promessa non mantenuta"
EVERY = {PromisePeriod.MONTH: "ogni mese", PromisePeriod.QUARTER: "ogni trimestre",
         PromisePeriod.HALF_YEAR: "ogni semestre", PromisePeriod.YEAR: "ogni anno"}
ELSEWHERE = {  # what no sheet says: it is counted while the year goes on
    MeasuredBy.USE: "si misura dall'uso del servizio", MeasuredBy.COUNT: "si misura contando i casi",
    MeasuredBy.SURVEY: "si misura con un'indagine",
}
HEADERS = ("Fattore di qualità", "Che cosa si promette", "In cifre", "Misura", "Chi può verificarlo")
WIDTHS = (2, 4, 2, 3, 2)


def figure(value: Fraction, unit: PromiseUnit | None, otherwise: str = "") -> str:
    """A value with its unit, at two decimals: ``92,5%``, ``10 giorni``; ``otherwise`` is the unit of a free text."""
    shown = rounded(value)
    assert shown is not None
    if unit is PromiseUnit.EURO:
        return words.euro(shown)
    if unit is PromiseUnit.PERCENT:
        return f"{words.number(shown)}%"
    unit_word = "" if unit is PromiseUnit.NUMBER else otherwise if unit is None else PROMISE_UNITS[unit]
    return f"{words.number(shown)} {unit_word}".strip()


def promised_words(standard: Standard, promise: Promise | None) -> str:
    """How much is promised, ``almeno 92%``; empty where no figure is promised."""
    if promise is None:
        return ""
    if promise.at_least is not None:
        return f"almeno {figure(promise.at_least, standard.unit)}"
    assert promise.at_most is not None
    return f"al più {figure(promise.at_most, standard.unit)}"


def promise_blocks(schema: SheetSchema, data: SheetData, measured: Measured) -> tuple[Block, ...]:
    """The quality standards as a table: the factor, the promise, what its indicators say and whether it was kept."""
    if not schema.standards:
        return ()
    told = [(standard.title, standard.promise, _promise(schema, standard, data),
             "; ".join(_measures(schema, standard, data, measured)), standard.checked_by)
            for standard in schema.standards]
    says = [place for place in range(len(HEADERS)) if any(not is_empty(row[place]) for row in told)]
    return Heading("Standard di qualità"), Table(
        tuple(HEADERS[place] for place in says), tuple(tuple(row[place] or "-" for place in says) for row in told),
        tuple(WIDTHS[place] for place in says))


def measuring(schema: SheetSchema, standard: Standard) -> list[Indicator]:
    """The indicators of a standard."""
    return [indicator for indicator in schema.indicators if indicator.standard == standard.code]


def _promise(schema: SheetSchema, standard: Standard, data: SheetData) -> str:
    if standard.unit is None:
        return ""
    found = promised_words(standard, standard.promised(data)) or "valore non ancora indicato"
    counted = any(indicator.by in ELSEWHERE for indicator in measuring(schema, standard))
    return f"{found}, {EVERY[standard.period]}" if counted else found


def _measures(schema: SheetSchema, standard: Standard, data: SheetData, measured: Measured) -> Iterator[str]:
    own = measuring(schema, standard)
    for indicator in own:
        yield f"{indicator.title}: {_measure(schema, indicator, standard.promised(data), measured)}"
    if not own:
        yield NOT_MEASURED


def _measure(schema: SheetSchema, indicator: Indicator, promise: Promise | None, measured: Measured) -> str:
    value = measured.get(indicator.code)
    if value is None:
        return ELSEWHERE.get(indicator.by, NOT_MEASURED)
    said = figure(value, None if indicator.unit else schema.unit_of(indicator), indicator.unit)
    if promise is None or not answers(schema, indicator):
        return said
    return f"{said}, {KEPT if promise.kept_by(value) else MISSED}"


def answers(schema: SheetSchema, indicator: Indicator) -> bool:
    """True if an indicator is written in the unit of its standard, so that one can be held against the other.

    An indicator in a unit of its own (``ore alla settimana``) only tells more, unless a plain number is promised.
    """
    unit = schema.unit_of(indicator)
    return unit is PromiseUnit.NUMBER or (unit is not None and indicator.unit in ("", PROMISE_UNITS[unit]))
