"""Whom each municipality chose from the register for a service, with its own contract (R132, R133, R147)."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import Length

from admin.cases import diary
from admin.deadlines.views import case_deadlines
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.public.albo import state_badge, state_sentence
from admin.register.chosen import LOAD, deliverable_services, municipality_of
from admin.web import formats
from admin.web.acts import ActForm, ActPage, act_form, carry_out
from admin.web.base_view import Act, BaseView, Filter
from admin.web.fields import day_field
from admin.web.forms import Choices, Sentence, clean
from admin.web.searching import named
from core.catalogue.model import Service
from core.ground.access import Role, ScopedSession
from core.ground.order import in_order
from core.parties.model import Municipality
from core.register import choices
from core.register.model import ProviderChoice, RegisterEntry
from core.register.open_data import state_and_since
from core.register.states import PublicState

NO_RIGHT = lazy_gettext("Essere accreditati non dà da solo diritto a lavorare: lavora chi un Comune ha scelto, con un "
                        "proprio contratto. Si possono scegliere più unità per lo stesso servizio, e la famiglia è "
                        "libera di scegliere tra quelle.")  # fmt: skip


class EndForm(ActForm):
    """With which day a choice ends, and why."""

    ended_on = day_field(lazy_gettext("Ultimo giorno"), lazy_gettext("L'ultimo giorno in cui l'unità lavora."))
    ended_why = TextAreaField(lazy_gettext("Motivo"), [Sentence(), Length(max=2000)], filters=[clean],
                              description=lazy_gettext("Resta agli atti: lo leggono anche l'azienda e il gestore."))


def own_title() -> str:
    """What the list is called: by who reads it."""
    if principal().sees_all:
        return _("Gestori scelti dai Comuni")
    return _("Gestori scelti") if principal().has(Role.MUNICIPALITY) else _("Comuni che ci hanno scelto")


class ProviderChoices(BaseView):
    """A municipality writes its own; management for any; a provider reads who chose it."""

    may_read = policy.STAFF_AND_ALL_PARTIES
    may_write = policy.MANAGEMENT_AND_MUNICIPALITIES
    group = "accreditation"
    aside = True
    title = LazyString(own_title)
    new_title = lazy_gettext("Scegli un gestore")
    lead = NO_RIGHT
    empty = lazy_gettext("Nessun gestore è ancora stato scelto dall'albo.")
    can_create = True
    list_template = "register/choices.html"
    create_template = "register/choose.html"
    details_template = "register/choice.html"
    newest_first = True
    newest_by = ("valid_from",)
    searched = (named(ProviderChoice.municipality_id, Municipality.id),
                named(ProviderChoice.entry_id, RegisterEntry.id), named(ProviderChoice.service_id, Service.id))
    column_list = ("entry", "provider", "service", "municipality", "period", "state")
    column_labels = {"entry": lazy_gettext("Unità"), "provider": lazy_gettext("Gestore"),
                     "service": lazy_gettext("Servizio"), "municipality": lazy_gettext("Comune"),
                     "period": lazy_gettext("Contratto"), "state": lazy_gettext("Accreditamento")}  # fmt: skip
    shown = {
        "entry": lambda row: row.entry.unit,
        "provider": lambda row: row.entry.provider,
        "municipality": lambda row: municipality_of(row),
        "period": lambda row: Markup('{}<br><span class="muted">{}</span>').format(
            formats.badge(row, standing(row)), period_words(row)),
        "state": lambda row: state_badge(row.entry),
    }
    filtered = (
        Filter("servizio", lazy_gettext("Servizio"), lambda: deliverable_services(),
               lambda value: ProviderChoice.service_id == int(value)),
        Filter("stato", lazy_gettext("Scelta"), lambda: [("1", _("in corso o futura")), ("0", _("conclusa"))],
               lambda value: choices.holding(today()) if value == "1" else ~choices.holding(today())),
    )
    load = LOAD
    form_columns = ("municipality_id", "service_id", "entry_id", "contract_number", "contract_date", "valid_from",
                    "valid_to", "note")  # fmt: skip
    left_out = frozenset({"id", "version", "chosen_on", "ended_on", "ended_why"})
    numeric = frozenset()
    on_records = {"end_view": lazy_gettext("Concludi la scelta")}

    def name_of(self, row: ProviderChoice) -> str:
        """The unit, and for whom."""
        return _("%(unit)s per %(municipality)s", unit=row.entry.unit, municipality=municipality_of(row))

    def state_of(self, row: ProviderChoice) -> str:
        """For the badge beside the title."""
        return standing(row)

    def where_it_stands(self, row: ProviderChoice) -> str:
        """What the register says of the unit today; a warning says it where the unit may not work."""
        return "" if self.warning(row) else state_sentence(row.entry)

    def warning(self, row: ProviderChoice) -> str:
        """Why the unit may not work, with day and act; empty while it may, and for a choice that has ended."""
        lost = state_and_since(row.entry, today())[0] != PublicState.ACCREDITED
        return state_sentence(row.entry) if lost and standing(row) != "ended" else ""

    def acts(self, row: ProviderChoice) -> list[Act]:
        """To read the unit's page; to end the choice."""
        found = [Act(_("Apri la scheda nell'albo"), self.get_url("register_public.unit", slug=row.entry.slug))]
        if self.may_change() and standing(row) != "ended" and row.ended_on is None:
            found.append(self.button("end_view", row, tint="danger"))
        return found

    def context(self, row: ProviderChoice) -> dict[str, Any]:
        """The facts of the choice, and a warning while the unit may not work."""
        return {"facts": facts_of(row), "no_right": NO_RIGHT, "warning": self.warning(row),
                "deadlines": case_deadlines("provider_choice", row.id),
                **diary.context(db(), "provider_choice", row.id)}

    def choices(self, name: str) -> Choices:
        """Services that some type delivers; units that may be chosen today. What was sent is judged by the rule."""
        if name == "service_id":
            return [("", "–"), *deliverable_services()]
        if name == "entry_id":
            offered = select(RegisterEntry).order_by(in_order(RegisterEntry.unit), RegisterEntry.id)
            offered = offered if request.method == "POST" else choices.may_be_chosen(today())
            units = ((str(row.id), f"{row.unit}, {row.provider} ({row.type_name})") for row in db().scalars(offered))
            return [("", "–"), *units]
        return super().choices(name)

    def proposed(self) -> dict[str, Any]:
        """One's own municipality, where there is one only."""
        own = principal().municipality_ids
        mine = {"municipality_id": next(iter(own))} if len(own) == 1 and not principal().sees_all else {}
        return {"valid_from": today(), **mine, **super().proposed()}

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> ProviderChoice:
        """See the operation."""
        return choices.choose(session, facts, today=today())

    @expose("/concludi/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT_AND_MUNICIPALITIES, policy.MANAGEMENT_AND_MUNICIPALITIES)
    def end_view(self) -> str | Response:
        """End a choice, with its last day and the reason."""
        row = self.get_one(request.args.get("id"))
        form = act_form(EndForm, row.version, ended_on=today())
        page = ActPage(_("Concludi la scelta di %(unit)s", unit=row.entry.unit), _("Concludi la scelta"),
                       self.after(row.id), self.name_of(row), [
            _("Dal giorno dopo l'unità non figura più tra i gestori del Comune per questo servizio."),
            _("Il contratto e le sue date restano agli atti, con il motivo."),
            _("Non parte alcuna lettera: avvisare il gestore.")], tint="danger")  # fmt: skip
        return carry_out(self, "provider_choice.end", form, page, lambda session: choices.end_choice(
            session, row.id, on=form.ended_on.data, why=form.ended_why.data or "", version=form.version.data or 0,
            today=today()).id, self.after, _("La scelta è conclusa."))


def standing(row: ProviderChoice, day: date | None = None) -> str:
    """The badge of a choice: it holds, it begins later, it has ended."""
    day = day or today()
    if row.last_day is not None and row.last_day < day:
        return "ended"
    return "future" if row.valid_from > day else "holds"


def period_words(row: ProviderChoice) -> str:
    """Number and period of the contract."""
    values = {"number": row.contract_number, "first": formats.day(row.valid_from), "last": formats.day(row.last_day)}
    if row.last_day is None:
        return _("n. %(number)s, dal %(first)s", **values)
    return _("n. %(number)s, dal %(first)s al %(last)s", **values)


def facts_of(row: ProviderChoice) -> list[tuple[Any, Any]]:
    """The data of a choice in the order in which a person asks for them."""
    contract = _("n. %(number)s del %(day)s", number=row.contract_number, day=formats.day(row.contract_date))
    pairs = [
        (_("Comune"), municipality_of(row)), (_("Servizio"), row.service.title), (_("Unità"), row.entry.unit),
        (_("Gestore"), row.entry.provider), (_("Contratto tra il Comune e il gestore"), contract),
        (_("In vigore dal"), row.valid_from), (_("In vigore fino al"), row.valid_to or _("senza una fine")),
        (_("Scelta registrata il"), row.chosen_on), (_("Nota"), row.note),
        (_("Conclusa, ultimo giorno"), row.ended_on), (_("Motivo della conclusione"), row.ended_why),
    ]  # fmt: skip
    return [(label, formats.shown(value)) for label, value in pairs if value not in (None, "")]


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [ProviderChoices(ProviderChoice, LazyString(own_title), endpoint="provider_choice", url="gestori-scelti")]
