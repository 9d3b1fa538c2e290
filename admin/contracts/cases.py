"""What the pages of the cases under a contract share: whose it is, which services, filters, the head of the record."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from wtforms import SelectField, StringField
from wtforms.validators import Length
from wtforms.widgets import TextInput

from admin.contracts.choices import conferring
from admin.guard.session import db
from admin.parties.choices import by_municipality
from admin.web.acts import ActForm
from admin.web.base_view import Filter
from admin.web.filters import by_year
from admin.web.forms import SHORT, OneField, Sentence, clean, number_or_none, picks
from admin.wording import labels
from core.catalogue.model import Service
from core.contracts.model import Conferral
from core.ground.order import in_order

NO_NAMES = lazy_gettext("Niente nomi di cittadini né dati sulla loro salute: bastano parole generali.")


class NewForm(ActForm):
    """What every new case under a contract asks: whose it is, what it is about."""

    party = OneField(lazy_gettext("Comune e contratto"), [Sentence()])
    title = StringField(lazy_gettext("Oggetto"), [Sentence(), Length(max=SHORT)], filters=[clean], widget=TextInput())


def service_field() -> SelectField:
    """The service that a case concerns."""
    return OneField(lazy_gettext("Servizio"), coerce=number_or_none, description=lazy_gettext(
        "Uno di quelli affidati con il contratto; vuoto se riguarda tutti."))


def party_choices() -> Any:
    """Each signed contract with each of its municipalities; the only one is chosen already."""
    pairs = list(conferring())
    return picks(pairs if len(pairs) == 1 else [("", "–"), *pairs])


def party_named(text: str | None) -> str | None:
    """The contract and municipality that the address asks for, if they are among the choices."""
    return text if text in {value for value, _word in conferring()} else None


def conferred_services() -> Any:
    """The services of the contracts that who asks sees."""
    held = select(Conferral.service_id)
    rows = db().execute(select(Service.id, Service.title).where(Service.id.in_(held)).order_by(in_order(Service.title)))
    return picks([("", "–"), *((key, name) for key, name in rows)])


def filters(entity: Any, states: type[StrEnum], *columns: str) -> tuple[Filter, ...]:
    """State, municipality, year, and the coded columns of a case."""
    table = entity.__tablename__
    return (
        Filter("stato", lazy_gettext("Stato"), lambda: labels.states(table, states),
               lambda value: entity.state == value),
        by_municipality(entity.municipality_id),
        by_year(entity.year),
        *(_coded(entity, column) for column in columns),
    )


def _coded(entity: Any, column: str) -> Filter:
    table = entity.__tablename__
    return Filter(column, labels.column(table, column), lambda: list(labels.CHOICES[f"{table}.{column}"].items()),
                  lambda value: getattr(entity, column) == value)


def header(row: Any) -> list[tuple[Any, str, str | None]]:
    """Whose case it is, under which contract, about which service: label, value, address."""
    service = getattr(row, "service", None)
    found: list[tuple[Any, str, str | None]] = [
        (_("Comune"), row.municipality.name, url_for("municipality.details_view", id=row.municipality_id)),
        (_("Contratto"), _("n. %(code)s", code=row.contract.code),
         url_for("contract.details_view", id=row.contract_id)),
    ]
    if service is not None:
        found.append((_("Servizio"), service.title, url_for("service.details_view", id=service.id)))
    return found
