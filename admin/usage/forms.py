"""The forms of the use: which month, its figures in a grid, one correction."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms.validators import Optional

from admin.guard.session import db, today
from admin.web.acts import ActForm, act_form
from admin.web.fields import why_field
from admin.web.forms import DecimalField, OneField, Sentence, number_or_none, picks
from core.ground.clock import add_months
from core.plugins.schema import UseMeasure
from core.usage.measures import services_with
from core.usage.months import Key, MonthFigures
from core.usage.rules import UseMonth, month_called, month_of

MONTHS_OFFERED = 25


class CorrectionForm(ActForm):
    """One figure of a closed month: which, its right value, and why."""

    municipality_id = OneField(lazy_gettext("Comune"), [Sentence()], coerce=number_or_none)
    measure = OneField(lazy_gettext("Misura"), [Sentence()])
    value = DecimalField(lazy_gettext("Valore corretto"), [Sentence()])
    why = why_field(help_text=lazy_gettext("Si legge nel calcolo delle quote: niente nomi di persone."))


def correction_form(found: MonthFigures, version: int) -> Any:
    """The form of a correction, with what the service counts and covers."""
    form = act_form(CorrectionForm, version)
    form.municipality_id.choices = picks([("", "–"), *found.covered.items()])
    form.measure.choices = picks([("", "–"), *((code, f"{measure.title} ({measure.unit})")
                                               for code, measure in typed_measures(found).items())])
    return form


def month_form(found: MonthFigures) -> Any:
    """A form with a box for each figure of a month that somebody may write, filled with what is there."""
    fields = {name_of(key, code): DecimalField(f"{name}, {measure.title}", [Optional()])
              for key, name in found.covered.items() for code, measure in typed_measures(found).items()}
    made: type[ActForm] = type("MonthForm", (ActForm,), fields)
    held = {name_of(*key): value for key, (_figure, value) in found.held.items()}
    return act_form(made, found.row.version if found.row else 0,
                    **{name: value for name, value in held.items() if name in fields})


def figures_of(form: Any, found: MonthFigures) -> dict[Key, Decimal | None]:
    """What was typed, figure by figure."""
    return {(key, code): form[name_of(key, code)].data for key in found.covered for code in typed_measures(found)}


def typed_measures(found: MonthFigures) -> Mapping[str, UseMeasure]:
    """What people write: not what the plugin of the service computes."""
    return {code: measure for code, measure in found.measures.items() if not measure.computed}


def name_of(municipality_id: int, code: str) -> str:
    """How a box of the grid is called, and how the core names what is wrong in it."""
    return f"{municipality_id}-{code}"


# --- which month ------------------------------------------------------------------------------------------


def offered_services() -> list[tuple[int, str]]:
    """The services that count something."""
    return [(service.id, service.title) for service in services_with(db(), month_of(today()).year)]


def offered_months() -> list[tuple[int, str]]:
    """The months that may be recorded, the last one that is over first."""
    first = today().replace(day=1)
    months = [month_of(add_months(first, -back)) for back in (*range(1, MONTHS_OFFERED), 0)]
    return [(month.code, str(month)) for month in months]


def month_asked(text: str) -> UseMonth:
    """The month of an address: 202602. RuleBroken for nonsense."""
    year, month = divmod(int(text), 100) if text.isascii() and text.isdigit() and len(text) == 6 else (None, None)
    return month_called(year, month)


def nothing_counted() -> str:
    """What is said where no service counts anything."""
    return _("Nessun servizio conta ancora un uso: si aggiungono le misure tra i campi della sua scheda.")
