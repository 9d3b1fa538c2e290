"""The pages of the meetings: the list, a new one, its letters, who came."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response
from wtforms.validators import Optional

from admin.plugin_api import (
    Act,
    ActForm,
    ActPage,
    BaseView,
    Begin,
    NumberField,
    OneField,
    Sentence,
    act_form,
    carry_out,
    day_field,
    db,
    letter_acts,
    line_field,
    picks,
    policy,
    today,
    written,
)
from core.plugin_api import Role, ScopedSession
from plugins.social_work_system import operations
from plugins.social_work_system.model import KINDS, WorkersCame, WorkMeeting

KIND_WORDS = {"training": lazy_gettext("Formazione"), "supervision": lazy_gettext("Supervisione"),
              "case_table": lazy_gettext("Tavolo del case management")}
assert KIND_WORDS.keys() == KINDS.keys()


class MeetingForm(ActForm):
    """What kind of meeting, when, where, about what."""

    kind = OneField(lazy_gettext("Che incontro è"), [Sentence()])
    on = day_field(lazy_gettext("Giorno"))
    hours = NumberField(lazy_gettext("Ore"), [Sentence()])
    place = line_field(lazy_gettext("Luogo"))
    about = line_field(lazy_gettext("Argomento"), lazy_gettext("Mai il nome di una persona seguita."))

    def offer(self, _row: Any) -> None:
        """The kinds."""
        self.kind.choices = picks([("", "–"), *KIND_WORDS.items()])


class Meetings(BaseView):
    """The meetings of the district's social workers."""

    may_read = policy.roles(Role.MANAGEMENT, Role.AUDITOR, Role.MUNICIPALITY)
    may_write = policy.MANAGEMENT
    writing_pages = BaseView.writing_pages | {"new_view", "count_view"}
    group = "catalogue"
    title = lazy_gettext("Formazione e supervisione")
    lead = lazy_gettext("Gli incontri degli assistenti sociali del distretto: si convocano con una lettera a ogni "
                        "Comune, poi si conta quanti operatori hanno partecipato.")
    empty = lazy_gettext("Nessun incontro è stato ancora convocato.")
    begins = (Begin(lazy_gettext("Convoca un incontro"), ".new_view"),)
    on_records = {"count_view": lazy_gettext("Registra chi ha partecipato")}
    searched = (written("about", "place"),)
    column_list = ("on", "kind", "hours", "place", "workers")
    details = ("on", "kind", "hours", "place", "about", "workers")
    column_labels = {"on": lazy_gettext("Giorno"), "kind": lazy_gettext("Incontro"), "hours": lazy_gettext("Ore"),
                     "place": lazy_gettext("Luogo"), "about": lazy_gettext("Argomento"),
                     "workers": lazy_gettext("Operatori presenti")}
    shown = {"kind": lambda row: KIND_WORDS[row.kind],
             "workers": lambda row: sum(came.workers for came in row.came) or "–"}
    unsorted = frozenset({"kind", "hours", "place"})
    newest_first = True
    newest_by = ("on",)
    load = (selectinload(WorkMeeting.came),)
    load_record = (selectinload(WorkMeeting.came).selectinload(WorkersCame.municipality),)
    numeric = frozenset({"hours", "workers"})

    def acts(self, row: WorkMeeting) -> Sequence[Act]:
        """The invitations before it, who came after it."""
        if not self.may_change():
            return ()
        return letter_acts(row) if row.on > today() else (self.button("count_view", row, tint="primary"),)

    @expose("/nuovo", methods=("GET", "POST"))
    def new_view(self) -> str | Response:
        """Call a meeting."""
        form: Any = act_form(MeetingForm)
        form.offer(None)
        page = ActPage(_("Convoca un incontro"), _("Registra"), self.get_url(".index_view"), str(self.title), effects=(
            _("Poi si preparano le lettere di invito, una per Comune."),))

        def work(session: ScopedSession) -> str:
            return str(operations.call(session, kind=form.kind.data, on=form.on.data, hours=form.hours.data,
                                       place=form.place.data, about=form.about.data).id)

        return carry_out(self, "social_work_system.call", form, page, work, self.stands_on,
                         done=_("L'incontro è registrato."))

    @expose("/<int:id>/presenti", methods=("GET", "POST"))
    def count_view(self, id: int) -> str | Response:
        """Count who came, municipality by municipality."""
        row = self.get_one(str(id))
        names = operations.invited(db(), row.on)
        held = {f"workers-{came.municipality_id}": came.workers for came in row.came}
        fields = {f"workers-{key}": NumberField(name, [Optional()]) for key, name in names.items()}
        form: Any = act_form(type("CameForm", (ActForm,), fields), row.version, **held)
        page = ActPage(_("Registra chi ha partecipato"), _("Registra"), self.stands_on(id), self.name_of(row), lead=_(
            "Quanti operatori di ogni Comune; vuoto vuol dire nessuno."))

        def work(session: ScopedSession) -> str:
            told = {key: form[f"workers-{key}"].data or 0 for key in names}
            return str(operations.count(session, id, told, version=form.version.data, today=today()).id)

        return carry_out(self, "social_work_system.count", form, page, work, done=_("Le presenze sono registrate."))


def views() -> Sequence[object]:
    """The list stands in the menu."""
    return (Meetings(WorkMeeting, lazy_gettext("Formazione e supervisione"), endpoint="social_work_system_meeting",
                     url="formazione-supervisione"),)
