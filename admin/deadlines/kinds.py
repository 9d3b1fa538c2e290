"""The events that the office defines itself: what they are called, where they happen, who records them, who counts from
them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from admin.guard import policy
from admin.guard.session import db
from admin.web.base_view import BaseView, Filter
from admin.web.forms import OneField, PageForm, Sentence, clean, picks
from admin.web.searching import worded
from admin.web.sending import attempt, new_key
from admin.wording import labels
from core.deadlines import kinds
from core.deadlines.facts import WITH_DIARY
from core.deadlines.model import EventKind
from core.ground.access import Role, ScopedSession

EDITED = ("name", "recorded_by", "shared", "help", "active")
MADE = ("code", "subject", "yearly")


class NewKindForm(PageForm):
    """What is said of an event once, when it is defined; the rest may be changed later."""

    code = StringField(labels.column("event_kind", "code"), [Sentence(), Length(max=60)], filters=[clean],
                       description=labels.help_for("event_kind", "code"))
    subject = OneField(labels.column("event_kind", "subject"), [Sentence()])
    yearly = BooleanField(labels.column("event_kind", "yearly"), description=labels.help_for("event_kind", "yearly"))


NEW_KIND = (
    (lazy_gettext("Che cosa avviene"), ("name", "code", "subject", "yearly")),
    (lazy_gettext("Chi lo registra e chi lo legge"), ("recorded_by", "shared", "help", "active")),
)


def _subjects() -> list[tuple[str, Any]]:
    """What may have events of the office's own, in the order of the filters."""
    return [(code, word) for code, word in labels.CHOICES["deadline_rule.subject"].items() if code in WITH_DIARY]


class EventKinds(BaseView):
    """Rows that rules and terms name: made once, called otherwise later."""

    may_read = policy.STAFF
    may_write = policy.roles(Role.MANAGEMENT, Role.ADMINISTRATOR)
    group = "house"
    new_title = lazy_gettext("Nuovo evento dell'ufficio")
    lead = lazy_gettext("Fatti che il programma non conosce e l'ufficio segna sul fascicolo in cui avvengono: un "
                        "collaudo, una relazione consegnata. Da questi giorni si contano le scadenze delle regole "
                        "dell'ufficio.")
    empty = lazy_gettext("Nessun evento dell'ufficio: definirne uno, poi scrivere la regola che conta da lì.")
    can_create = True
    can_edit = True
    column_list = ("name", "subject", "recorded_by", "yearly", "active")
    searched = (worded,)
    sorted_by = {"name": EventKind.name}
    filtered = (
        Filter("oggetto", lazy_gettext("Avviene in"), _subjects, lambda value: EventKind.subject == value),
    )
    details = ("code", "subject", "recorded_by", "yearly", "shared", "active", "help")
    form_columns = EDITED
    left_out = frozenset({"id", "version", *MADE})
    numeric = frozenset()

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> str | Response:
        """An event of the office's own: in which cases it happens is said once."""
        made = type("OwnEventForm", (NewKindForm, self.get_form()), {})
        form = made(request.form or None, active=True, request_key=new_key())
        form.subject.choices = picks([("", "–"), *_subjects()])
        facts = {name: form[name].data for _title, names in NEW_KIND for name in names}
        key = attempt("event_kind.create", form, lambda session: kinds.add_kind(session, facts).id)
        if key is not None:
            flash(_("L'evento è definito: si registra dal diario dei fascicoli in cui avviene."), "success")
            return redirect(self.after(key))
        return self.render(self.create_template, form=form, row=None, sections=NEW_KIND, back=self.came_from(),
                           heading=self.new_title)

    def where_it_stands(self, row: EventKind) -> str:
        """Which rules count from it."""
        if not row.active:
            return _("Non è in uso: non si registra più; quanto è registrato resta.")
        rules = ", ".join(f"«{rule.title}»" for rule in kinds.used_by(db(), row))
        said = [_("Ne dipendono le regole %(rules)s.", rules=rules)] if rules else []
        if contracts := kinds.awaiting(db(), row):
            said.append(_("Una rata lo aspetta: %(contracts)s.", contracts=", ".join(contracts)))
        return " ".join(said) or _("Nessuna regola delle scadenze e nessuna rata ne dipende ancora.")

    def update(self, session: ScopedSession, row: EventKind, version: int, facts: dict[str, Any]) -> EventKind:
        """See the operation."""
        return kinds.set_kind(session, row.id, facts, version=version)


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [EventKinds(EventKind, lazy_gettext("Eventi dell'ufficio"), endpoint="event_kind", url="eventi")]
