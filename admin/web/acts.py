"""What a person does to a record: the page that says what will happen, asks what proves it, and acts once.

A subject writes its passages as rows (``Step``) and its view takes ``Passages`` beside ``BaseView``; an act that is no
passage of a state table calls ``carry_out``. Both are one page, one form, and one key against sending twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.wrappers import Response
from wtforms.validators import Optional

from admin.guard.session import db, principal, today
from admin.web.base_view import Act, BaseView
from admin.web.fields import file_field, why_field
from admin.web.forms import NumberField
from admin.web.sending import KeyedForm, new_key, recall
from admin.web.sending import attempt as attempt  # subjects take it from here
from core.ground.access import ScopedSession
from core.ground.files import Upload
from core.ground.states import UNDO, Life, of_the_offices

UNSEEN = ("version", "request_key")
TEXTS = frozenset({"StringField", "TextAreaField"})
PAGE = "web/act.html"

# --- the form ---------------------------------------------------------------------------------------------


class ActForm(KeyedForm):
    """What the form of an act carries unseen: the version that the person saw, and a key for what happens once.

    ``sections``: the titles and fields of the groups in which it is shown; all fields under one another without any.
    """

    version = NumberField(validators=[Optional()])
    sections: Sequence[tuple[Any, Sequence[str]]] = ()

    def offer(self, row: Any) -> None:
        """Fill the lists, and take away what this record does not ask."""

    def groups(self) -> Sequence[tuple[Any, Sequence[str]]]:
        """The fields as the page shows them."""
        return self.sections or ((None, [field.name for field in self if field.name not in UNSEEN]),)


class WhyForm(ActForm):
    """An act that asks why; who reads it is said by the page."""

    why = why_field()


class OthersForm(ActForm):
    """An act of the municipality: who works for the azienda records it on its behalf, with its document."""

    file = file_field(lazy_gettext("Documento dell'ente"), lazy_gettext(
        "L'atto o la lettera con cui l'ente l'ha deciso. PDF, P7M, Word, Excel, ODT, immagine, messaggio EML o "
        "archivio ZIP, fino a 25 MB."))

    def offer(self, row: Any) -> None:
        """The municipality itself is not asked for it."""
        if not of_the_offices(principal()):
            del self.file


class OthersWhyForm(OthersForm, WhyForm):
    """The same, with the reason."""


def act_form(
    form: type[ActForm], version: int | None = None, /, *, row: Any = None, read_by: Any = "", **proposed: Any
) -> Any:
    """The form of an act: as it was sent, files too, or with what ``row`` holds and is proposed.

    ``read_by`` says who reads the reason.
    """
    sent: CombinedMultiDict[str, Any] = CombinedMultiDict([request.files, request.form])
    made = form(sent if request.method == "POST" else None, obj=row,
                **{"version": version, "request_key": new_key(), **proposed})
    if request.method == "POST":
        recall(made)
    if read_by and isinstance(made, WhyForm):
        made.why.description = read_by
    return made


def file_of(field: Any) -> Upload | None:
    """The file that was chosen; None for none."""
    return Upload(field.data.filename or "", field.data.read()) if field.data else None


def needed_file(field: Any) -> Upload:
    """The file of a field that cannot stay empty."""
    return file_of(field) or Upload("", b"")


# --- the page ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ActPage:
    """How the page of an act reads: its title, its button, the way back, and what will happen."""

    heading: str
    verb: str
    back: str
    back_name: str
    effects: Sequence[str] = ()
    lead: str = ""
    tint: str = "primary"


def carry_out(
    view: Any,
    name: str,
    form: ActForm,
    page: ActPage,
    work: Callable[[ScopedSession], object],
    after: Callable[[str], str] | None = None,
    done: Any = "",
    template: str = PAGE,
    knows: Any = False,
    **context: Any,
) -> str | Response:
    """Show the page of an act, or do it: ``work`` gives the answer, ``after`` the page that it leads to, else back.

    ``done`` is what is said then, in words or by a function of the answer. ``knows``: see ``attempt``.
    """
    answer = attempt(name, form, work, knows=knows)
    if answer is None:
        shown: str = view.render(template, form=form, page=page, **context)
        return shown
    if done:
        flash(str(done(answer) if callable(done) else done), "success")  # a lazy word would pass for markup
    return redirect(after(answer) if after else page.back)


# --- the passages of a record -----------------------------------------------------------------------------

Work = Callable[[ScopedSession, Any, Any], object]


@dataclass(frozen=True)
class Step:
    """A passage as a row: the verb on the button, what is said at the end, what it does, what it asks, what happens.

    A ``rare`` one stands apart, so that nobody does it by mistake. ``shows`` gives what a ``template`` of its own
    wants.
    """

    verb: Any
    done: Any
    work: Work
    form: type[ActForm] = ActForm
    happens: Callable[[Any], Sequence[str]] = field(default=lambda _row: ())
    proposed: Callable[[Any], dict[str, Any]] = field(default=lambda _row: {})
    tint: str = "secondary"
    rare: bool = False
    template: str = PAGE
    shows: Callable[[Any], dict[str, Any]] = field(default=lambda _row: {})


if TYPE_CHECKING:
    Beside = BaseView
else:
    Beside = object  # a view here would hide the pages of its sibling with Flask-Admin's own


class Passages(Beside):
    """The passages of the records of a ``BaseView``: its ``acts`` and, apart, its ``other_acts``; the page is
    ``passage_view``. A view with acts of its own adds them to those.

    ``one_button``: actions of the table that one page does, the core decides which. The last passage can be taken back
    where ``steps`` has ``undo``, but for the actions ``for_good``. ``read_by``: who reads the reasons.
    ``closed``: what is said to who wants to change what is no draft any more.
    """

    life: Life
    steps: Mapping[str, Step] = {}
    one_button: Mapping[str, str] = {}
    read_by: Any = ""
    for_good: frozenset[str] = frozenset()
    closed: Any = ""
    writing_pages = BaseView.writing_pages | {"passage_view", "new_view"}

    def timely(self, row: Any, action: str) -> bool:
        """False for an action that the table allows and this very record does not ask for."""
        return True

    def offered(self, row: Any) -> Iterator[str]:
        """What who asks may do now, by the state table and by the record; taking back is the last."""
        if not self.may_write.admits(principal()):
            return
        actions = dict.fromkeys(self.one_button.get(p.action, p.action)
                                for p in self.life.possible(row.state, principal()))
        yield from (action for action in actions if action in self.steps and self.timely(row, action))
        if UNDO in self.steps and self.may_take_back(row):
            yield UNDO

    def may_take_back(self, row: Any) -> bool:
        """True if the last passage of a record was one that who asks may do, and so undo."""
        last = self.life.last(db(), row)
        if last is None or last.to_state != row.state or last.action in self.for_good:
            return False
        return self.life.may_undo(last, principal())

    def others_words(self, row: Any, action: str) -> Sequence[str]:
        """What is said where who asks can only record a passage on behalf of the municipality."""
        return others_words() if self.life.is_others(row.state, action, principal()) else ()

    def acts(self, row: Any) -> list[Act]:
        """The passages that are done commonly, as buttons: the one that is awaited first, in the strong colour."""
        found = self.passages(row, rare=False)
        return [*found[:1], *(Act(a.label, a.url, tint="secondary" if a.tint == "primary" else a.tint)
                              for a in found[1:])]

    def other_acts(self, row: Any) -> list[Act]:
        """The passages that are rarely wanted, taking back among them."""
        return self.passages(row, rare=True)

    def passages(self, row: Any, *, rare: bool) -> list[Act]:
        """The passages that are done commonly, or the ``rare`` ones."""
        return [Act(str(self.steps[action].verb), self.passage_url(row, action), tint=self.steps[action].tint)
                for action in self.offered(row) if self.steps[action].rare == rare]

    def draft(self) -> Any:
        """What the address names, while it is a draft; what is none any more shows its record."""
        row = self.get_one(request.args.get("id"))
        if row.state != "draft":
            flash(str(self.closed), "warning")
            abort(redirect(self.get_url(".details_view", id=row.id)))
        return row

    def passage_url(self, row: Any, action: str) -> str:
        """The page of a passage."""
        return self.get_url(".passage_view", id=row.id, atto=action)

    @expose("/passaggio/", methods=("GET", "POST"))
    def passage_view(self) -> str | Response:
        """Ask for what proves a passage, then do it once."""
        row, action = self.get_one(request.args.get("id")), request.args.get("atto", "")
        step = self.steps.get(action)
        if step is None:
            abort(404)
        back = self.get_url(".details_view", id=row.id)
        if request.method == "GET" and action not in self.offered(row):
            flash(_("Nello stato attuale questo passaggio non è previsto."), "warning")
            return redirect(back)
        form = act_form(step.form, row.version, read_by=self.read_by, **step.proposed(row))
        form.offer(row)
        page = ActPage(str(step.verb), str(step.verb), back, self.name_of(row),
                       [*step.happens(row), *self.others_words(row, action)],
                       tint="danger" if step.tint == "danger" else "primary")
        return carry_out(self, f"{row.__tablename__}.{action}", form, page,
                         lambda session: step.work(session, row, form), done=step.done, template=step.template,
                         **step.shows(row))


def others_words() -> Sequence[str]:
    """What an act of the municipality brings with it for who records it on its behalf."""
    return (_("È un atto dell'ente: l'azienda lo registra per suo conto, con il suo documento, e resta scritto così."),
            _("L'ente ne è avvisato nella sua prima pagina e per e-mail, e può opporsi: l'atto allora si ferma "
              "finché l'ente non decide."))


# --- what a row does --------------------------------------------------------------------------------------


def common(form: Any) -> dict[str, Any]:
    """What every operation on a record that is there asks beside its own; a form without a version has seen none of it.
    """
    return {"version": form.version.data or 0, "today": today()}


def typed(form: Any, *names: str, **named: str) -> dict[str, Any]:
    """What the form says, for the arguments ``names`` of an operation, and for those that bear another name than their
    field. A text that is not there is empty, a file comes whole."""
    fields = {**{name: form[name] for name in names}, **{name: form[asked] for name, asked in named.items()}}
    return {name: file_of(asked) if asked.type == "FileField" else asked.data or "" if asked.type in TEXTS
            else asked.data for name, asked in fields.items()}


def doing_others(verb: Callable[..., Any], *asked: str) -> Work:
    """The work of a step with an ``OthersForm``: its file is told as ``paper``, none where it was not asked."""
    def work(session: ScopedSession, row: Any, form: Any) -> object:
        return verb(session, row.id, paper=paper_of(form), **typed(form, *asked), **common(form))

    return work


def paper_of(form: Any) -> Upload | None:
    """The municipality's document, where it was asked for."""
    return file_of(form.file) if "file" in form else None


def doing(verb: Callable[..., Any], *asked: str, **named: str) -> Work:
    """The work of a step: the operation ``verb`` on the record, told what the form says in the fields that it asks."""
    return lambda session, row, form: verb(session, row.id, **typed(form, *asked, **named), **common(form))
