"""What may be done, found by the name of the act: the pages say themselves what is begun on them (``begins``) and which
passages their records have (``steps``), each with the roles that may do it. There is no second list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, request, url_for
from flask_admin.base import expose
from sqlalchemy import select

from admin.guard import policy
from admin.guard.session import db, principal
from admin.web.acts import Passages
from admin.web.base_view import Page
from core.ground.names import folded
from core.ground.states import UNDO

MOST = 20
LOOKED_AT = 60  # records in the right state, of which the days and the facts leave some
ENDINGS = "aeio"  # Italian says one and many by them


@dataclass(frozen=True)
class FoundAct:
    """An act by its name, the page that it belongs to, and where it is done."""

    word: str
    page: str
    url: str


class ActsToDo(Page):
    """The records on which an act that was found can be done now."""

    may_read = policy.LOGGED_IN
    in_menu = False

    @expose("/")
    def index(self) -> str:
        """Each record leads to the page of the act."""
        view, action = _view(request.args.get("pagina", "")), request.args.get("atto", "")
        if view is None or action not in entrusted(view):
            abort(404)
        rows = [(view.name_of(row), view.passage_url(row, action)) for row in ready(view, action)]
        return self.render("office/acts.html", verb=str(view.steps[action].verb), rows=rows, page=str(view.name),
                           url=url_for(f"{view.endpoint}.index_view"))


def found(text: str) -> Iterator[FoundAct]:
    """The pages and the acts whose names hold every word of ``text``, of those that are open to who asks."""
    words = [_stem(word) for word in folded(text).split()]
    for view in _views():
        name = str(view.name)
        if view.is_visible() and view.is_accessible() and _says(words, name):
            yield FoundAct(name, "", url_for(f"{view.endpoint}.{view._default_view}"))
        yield from (FoundAct(act.label, name, act.url) for act in view.may_begin() if _says(words, act.label))
        if isinstance(view, Passages):
            yield from (FoundAct(str(view.steps[action].verb), name,
                                 url_for("acts_to_do.index", pagina=view.endpoint, atto=action))
                        for action in entrusted(view) if _says(words, str(view.steps[action].verb)))


def entrusted(view: Any) -> list[str]:
    """The passages of the records of ``view`` that some state leaves to who asks."""
    if not view.may_write.admits(principal()):
        return []
    return [action for action in view.steps
            if action != UNDO and any(view.life.entrusts(one, principal()) for one in _actions(view, action))]


def ready(view: Any, action: str) -> list[Any]:
    """The newest records on which who asks may do ``action`` now."""
    wanted = _actions(view, action)
    states = {p.state for p in view.life.passages if p.action in wanted and principal().has(*p.roles)}
    newest = select(view.model).where(view.model.state.in_(states)).order_by(view.model.id.desc()).limit(LOOKED_AT)
    rows = db().scalars(newest.options(*(view.load_record or view.load))).unique()
    return [row for row in rows if action in view.offered(row)][:MOST]


def _actions(view: Any, action: str) -> set[str]:
    """The actions of the state table that the page of ``action`` does."""
    return {action, *(one for one, page in view.one_button.items() if page == action)}


def _says(words: list[str], name: str) -> bool:
    said = folded(name)
    return all(word in said for word in words)


def _stem(word: str) -> str:
    stem = word.rstrip(ENDINGS)
    return stem if len(word) > 4 and len(stem) > 2 else word


def _view(endpoint: str) -> Any:
    return next((view for view in _views() if view.endpoint == endpoint and isinstance(view, Passages)), None)


def _views() -> list[Any]:
    [admin] = current_app.extensions["admin"]
    return list(admin._views)
