"""The types of unit: the regional list and what the azienda adds, each with its limits, its source and its days."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup
from sqlalchemy import func, or_, select

from admin.guard import policy
from admin.guard.session import db, today
from admin.parties.views import period_state
from admin.web import formats
from admin.web.base_view import Act, BaseView, Filter, small
from admin.web.searching import worded
from admin.wording import labels
from admin.wording.providers import AREAS
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.providers import types
from core.providers.model import ServiceUnit, UnitType

COPIED = ("name", "area", "regional", "provides_at", "min_places", "max_places", "min_age_months", "max_age_months",
          "limits_verified", "legal_source", "code")


def _holds() -> Any:
    return (UnitType.valid_from <= today()) & or_(UnitType.valid_to.is_(None), UnitType.valid_to >= today())


class UnitTypes(BaseView):
    """Dated data: a newer row of the same code takes the place of the older one from its own day (R51)."""

    may_read = policy.STAFF
    may_write = policy.ACCREDITATION_OR_MANAGEMENT
    group = "accreditation"
    aside = True
    new_title = lazy_gettext("Nuovo tipo di unità")
    lead = lazy_gettext("I tipi previsti dalla Regione e le funzioni che l'azienda accredita. Un limite verificato "
                        "sulla fonte vincola; uno da verificare avvisa soltanto.")
    empty = lazy_gettext("Nessun tipo di unità è ancora registrato: si prendono dagli insiemi di partenza (Per "
                         "cominciare), o se ne aggiunge uno qui.")
    can_create = True
    can_edit = True
    details_template = "providers/unit_type.html"
    column_list = ("name", "limits", "verified", "legal_source", "period")
    column_labels = {"limits": lazy_gettext("Posti ed età"), "verified": lazy_gettext("Limiti"),
                     "period": lazy_gettext("Validità")}
    shown = {
        "limits": lambda row: limits_words(row) or formats.shown(None),
        "verified": lambda row: verified_badge(row),
        "period": lambda row: formats.badge(row, period_state(row, today())),
    }
    sorted_by = {"name": UnitType.name}
    searched = (worded,)
    filtered = (
        Filter("area", lazy_gettext("Area"), lambda: list(AREAS.items()), lambda value: UnitType.area == value),
        Filter("regione", lazy_gettext("Previsto dalla Regione"), lambda: [("1", _("sì")), ("0", _("no"))],
               lambda value: UnitType.regional if value == "1" else ~UnitType.regional),
        Filter("validi", lazy_gettext("Validità"), lambda: [("1", _("in vigore oggi")), ("0", _("non in vigore"))],
               lambda value: _holds() if value == "1" else ~_holds()),
    )
    details = ("code", "area", "regional", "provides_at", "min_places", "max_places", "min_age_months",
               "max_age_months", "valid_from", "valid_to", "legal_source")
    form_sections = (
        (lazy_gettext("Che tipo è"), ("name", "code", "area", "regional", "provides_at")),
        (lazy_gettext("Limiti"), ("min_places", "max_places", "min_age_months", "max_age_months", "limits_verified")),
        (lazy_gettext("Fonte e validità"), ("legal_source", "valid_from", "valid_to")),
    )
    left_out = frozenset({"id", "version"})
    numeric = frozenset()

    def state_of(self, row: UnitType) -> str:
        """In force, to come, ended."""
        return period_state(row, today())

    def where_it_stands(self, row: UnitType) -> str:
        """What its limits do."""
        if not limits_words(row):
            return _("Non ha limiti di posti o di età.")
        if row.limits_verified:
            return _("I limiti sono verificati sulla fonte: fuori di essi un'unità non si registra.")
        return _("I limiti sono da verificare sulla fonte: per ora avvisano soltanto.")

    def acts(self, row: UnitType) -> list[Act]:
        """A newer row begins as a copy of this one."""
        if not self.may_change():
            return []
        return [Act(_("Aggiungi una nuova versione"), self.get_url(".create_view", versione=row.id))]

    def proposed(self) -> dict[str, Any]:
        """A new version is filled with the one before; its day is asked."""
        before = db().get(UnitType, small(request.args.get("versione")) or 0)
        return {} if before is None else {name: getattr(before, name) for name in COPIED}

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> UnitType:
        """See the operation."""
        return types.add_type(session, facts)

    def update(self, session: ScopedSession, row: UnitType, version: int, facts: dict[str, Any]) -> UnitType:
        """See the operation; what names a row stays."""
        for name in ("code", "valid_from"):
            if facts[name] != getattr(row, name):
                raise RuleBroken("Il codice e il primo giorno non si modificano: per un cambiamento aggiungere una "
                                 "nuova versione.", field=name)
        own = {name: facts[name] for name in types.EDITED}
        return types.edit_type(session, row.id, own, version=version)

    def context(self, row: UnitType) -> dict[str, Any]:
        """The other rows of its code, and how many units are of it."""
        rows = select(UnitType).where(UnitType.code == row.code).order_by(UnitType.valid_from.desc())
        family = db().scalars(rows).all()
        open_ones = select(func.count(ServiceUnit.id)).where(
            ServiceUnit.type_id.in_([other.id for other in family]), ServiceUnit.state != "closed")
        units = db().scalar(open_ones) or 0
        return {"family": [(other, period_state(other, today())) for other in family], "units": units,
                "verified": verified_badge(row)}


def limits_words(row: UnitType) -> str:
    """The limits of a type in words; empty if it has none."""
    parts = []
    if row.min_places is not None or row.max_places is not None:
        parts.append(places_words(row.min_places, row.max_places))
    if row.min_age_months is not None or row.max_age_months is not None:
        parts.append(ages_words(row.min_age_months, row.max_age_months))
    return ", ".join(parts)


def places_words(least: int | None, most: int | None) -> str:
    """Limits of places as people say them."""
    if most is None:
        return _("da %(least)s posti in su", least=least)
    if least is None:
        return _("fino a %(most)s posti", most=most)
    return _("da %(least)s a %(most)s posti", least=least, most=most)


def ages_words(least: int | None, most: int | None) -> str:
    """Ages as people say them: da 3 mesi a 3 anni; empty for none."""
    if least is None and most is None:
        return ""
    if least is None:
        return _("fino a %(age)s", age=age_words(most))
    if most is None:
        return _("da %(age)s", age=age_words(least))
    return _("da %(least)s a %(most)s", least=age_words(least), most=age_words(most))


def age_words(months: int | None) -> str:
    """An age in months as people say it: years where they are whole."""
    if months is None:
        return ""
    if months >= 12 and months % 12 == 0:
        years = months // 12
        return _("1 anno") if years == 1 else _("%(num)s anni", num=years)
    return _("%(num)s mesi", num=months)


def verified_badge(row: UnitType) -> Markup | str:
    """Whether the limits bind or only warn; nothing where there are none."""
    if not limits_words(row):
        return formats.shown(None)
    return formats.badge(row, "verified" if row.limits_verified else "to_verify")


def area_name(area: str) -> str:
    """An area in words."""
    return str(labels.choice("unit_type", "area", area))


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [UnitTypes(UnitType, lazy_gettext("Tipi di unità"), endpoint="unit_type", url="tipi-di-unita")]
