"""The page of one act: what will happen, what it asks, the verb; sent twice it acts once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, request
from wtforms import HiddenField
from wtforms.validators import Optional

from admin.web.forms import NumberField, PageForm
from admin.web.once import new_key, once
from admin.web.uploads import filled
from core.ground.access import ScopedSession


class ActForm(PageForm):
    """What the form of an act carries unseen: the version that the person saw, and a key for what happens once."""

    version = NumberField(validators=[Optional()])
    request_key = HiddenField()


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


def act_form(form: type[ActForm], version: int | None = None, **proposed: Any) -> Any:
    """The form of an act: as it was sent, or with what is proposed."""
    return filled(form, **{"version": version, "request_key": new_key(), **proposed})


def attempt(name: str, form: ActForm, work: Callable[[ScopedSession], object]) -> str | None:
    """Do an act that was sent, once; its answer. None if it was not sent or is refused: then the form says why."""
    if request.method != "POST" or not form.validate():
        return None
    with form.blaming():
        return once(name, form.request_key.data or "", lambda session: str(work(session)))
    return None


def carry_out(
    view: Any,
    name: str,
    form: ActForm,
    page: ActPage,
    work: Callable[[ScopedSession], object],
    after: Callable[[str], str],
    done: str,
    template: str = "web/act.html",
    **context: Any,
) -> str | Response:
    """Show the page of an act, or do it: ``work`` gives the answer, ``after`` the page that it leads to."""
    answer = attempt(name, form, work)
    if answer is None:
        shown: str = view.render(template, form=form, page=page, **context)
        return shown
    if done:
        flash(done, "success")
    return redirect(after(answer))  # type: ignore[return-value]
