"""The passages of any case in the browser: which buttons a record has now, and the one page that does each of them.

A view of records takes ``Passages`` beside ``BaseView`` and says its ``life`` and its ``steps``. A page says what will
happen, asks for what proves it, and carries the verb; sent twice it acts once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, abort, flash, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms.validators import Optional

from admin.cases.diary import sentence
from admin.contracts.passages import PassageForm, Step, why_field
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web.act_page import ActPage, act_form, carry_out
from admin.web.base_view import Act, BaseView
from admin.web.forms import NumberField
from admin.web.uploads import file_of, store
from core.cases.operations import add_file
from core.ground.access import ScopedSession
from core.ground.states import UNDO, Life

IN_THE_DIARY = lazy_gettext("Resta nel diario, che anche il Comune legge.")


class CaseForm(PassageForm):
    """What every passage of a case carries; a form without a version is the first of its case."""

    version = NumberField(validators=[Optional()])


class WhyForm(CaseForm):
    """A passage that asks why."""

    why = why_field(help_text=IN_THE_DIARY)


class Passages:
    """The passages of the records of a ``BaseView``: ``acts`` adds ``passage_acts``, the page is ``passage_view``.

    ``one_button``: actions of the table that one page does, the core decides which. The last passage can be taken back
    where ``steps`` has ``undo``.
    """

    life: Life
    steps: Mapping[str, Step] = {}
    one_button: Mapping[str, str] = {}
    writing_pages = BaseView.writing_pages | {"passage_view", "new_view"}

    def may_open(self) -> bool:
        """True if who asks may begin a new case, on the page ``new_view``."""
        return policy.may(principal(), f"{self.endpoint}.new_view", "POST")  # type: ignore[attr-defined]

    def timely(self, row: Any, action: str) -> bool:
        """False for an action that the table allows and this very record does not ask for."""
        return True

    def offered(self, row: Any) -> Iterator[str]:
        """What who asks may do now, by the state table and by the record; taking back is the last."""
        if not self.may_write.admits(principal()):  # type: ignore[attr-defined]
            return
        actions = dict.fromkeys(self.one_button.get(p.action, p.action)
                                for p in self.life.possible(row.state, principal()))
        yield from (action for action in actions if action in self.steps and self.timely(row, action))
        if UNDO in self.steps and self.may_take_back(row):
            yield UNDO

    def may_take_back(self, row: Any) -> bool:
        """True if the last passage of a record was one that who asks may do, and so undo."""
        last = self.life.last(db(), row)
        return last is not None and last.to_state == row.state and any(
            p.action == last.action for p in self.life.possible(last.from_state, principal()))

    def passage_acts(self, row: Any) -> list[Act]:
        """The passages as buttons: the one that is awaited first, in the strong colour; those that are rare last."""
        found = sorted(((self.steps[action], action) for action in self.offered(row)), key=lambda pair: pair[0].rare)
        return [Act(str(step.verb), self.passage_url(row, action),
                    tint="secondary" if place and step.tint == "primary" else step.tint)
                for place, (step, action) in enumerate(found)]

    def passage_url(self, row: Any, action: str) -> str:
        """The page of a passage."""
        return self.get_url(".passage_view", id=row.id, atto=action)  # type: ignore[attr-defined,no-any-return]

    @expose("/passaggio/", methods=("GET", "POST"))
    def passage_view(self) -> str | Response:
        """Ask for what proves a passage, then do it once."""
        row, action = self.get_one(request.args.get("id")), request.args.get("atto", "")  # type: ignore[attr-defined]
        step = self.steps.get(action)
        if step is None:
            abort(404)
        back = self.get_url(".details_view", id=row.id)  # type: ignore[attr-defined]
        if request.method == "GET" and action not in self.offered(row):
            flash(_("Nello stato attuale questo passaggio non è previsto."), "warning")
            return redirect(back)  # type: ignore[return-value]
        form = act_form(step.form, row.version, **step.proposed(row))
        form.offer(row)
        page = ActPage(str(step.verb), str(step.verb), back, self.name_of(row),  # type: ignore[attr-defined]
                       [*self._taken_back(row, action), *step.happens(row)],
                       tint="danger" if step.tint == "danger" else "primary")
        return carry_out(self, f"{row.__tablename__}.{action}", form, page,
                         lambda session: step.work(session, row, form), lambda _key: back, str(step.done))

    def _taken_back(self, row: Any, action: str) -> Iterator[str]:
        """Which passage is corrected, in words."""
        last = self.life.last(db(), row) if action == UNDO else None
        if last is not None:
            yield _("Si corregge questo passaggio: «%(passage)s»", passage=sentence(row.__tablename__, last))


def common(form: Any) -> dict[str, Any]:
    """What every operation on a case that is there asks beside its own."""
    return {"version": form.version.data, "today": today()}


def with_why(verb: Any) -> Any:
    """The work of a step whose operation asks only why."""
    return lambda session, row, form: verb(session, row.id, why=form.why.data or "", **common(form))


def proof_of(session: ScopedSession, row: Any, form: Any, title: Any) -> int | None:
    """Keep the file that was chosen in the diary of a case, as ``title``; the key of its document, None for no file."""
    chosen = file_of(form.file)
    if chosen is None:
        return None
    return add_file(session, row.__tablename__, row.id, title=str(title), file_name=chosen[0], content=chosen[1],
                    store=store()).document_id


def undo_step(verb: Any, done: Any) -> Step:
    """The step that takes the last passage back."""
    return Step(lazy_gettext("Correggi l'ultimo passaggio"), done, with_why(verb), WhyForm, rare=True,
                happens=lambda _row: (
                    _("Si torna a com'era prima dell'ultimo passaggio."),
                    _("Nulla si cancella: nel diario restano il passaggio, la correzione e il suo motivo.")))
