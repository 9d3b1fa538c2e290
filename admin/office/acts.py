"""What may be done, found by the name of the act: the pages say themselves what is begun on them (``begins``), which
passages their records have (``steps``), what else is done on a page of a record (``on_records``) and to ticked rows
(``together``), each with the roles that may do it. There is no second list.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import abort, current_app, request, url_for
from flask_admin.base import expose
from sqlalchemy import select
from werkzeug.exceptions import MethodNotAllowed

from admin.guard import policy
from admin.guard.session import db, principal
from admin.web.acts import Passages
from admin.web.base_view import BaseView, Page
from admin.web.together import Ticked
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
        if view is None:
            abort(404)
        if action in done_on_pages(view):
            verb, rows = view.on_records[action], offered_on(view, action)
        elif isinstance(view, Passages) and action in entrusted(view):
            verb = view.steps[action].verb
            rows = [(view.name_of(row), view.passage_url(row, action)) for row in ready(view, action)]
        else:
            abort(404)
        return self.render("office/acts.html", verb=str(verb), rows=rows, page=str(view.name),
                           url=url_for(f"{view.endpoint}.index_view"))


def found(text: str) -> Iterator[FoundAct]:
    """The pages and the acts whose names hold every word of ``text``, of those that are open to who asks."""
    words = [_stem(word) for word in folded(text).split()]
    for view in _views():
        name = str(view.name)
        if view.is_visible() and view.is_accessible() and _says(words, name):
            yield FoundAct(name, "", url_for(f"{view.endpoint}.{view._default_view}"))
        yield from (FoundAct(act.label, name, act.url) for act in view.may_begin() if _says(words, act.label))
        yield from (FoundAct(verb, name, url) for verb, url in _on_records(view) if _says(words, verb))


def _on_records(view: Any) -> Iterator[tuple[str, str]]:
    """What who asks may do on the records of a view, each verb once, and where they choose on which."""
    chosen = {page: view.on_records[page] for page in done_on_pages(view)}
    if isinstance(view, Passages):
        chosen |= {action: view.steps[action].verb for action in entrusted(view)}
    told = {str(verb): url_for("acts_to_do.index", pagina=view.endpoint, atto=act) for act, verb in chosen.items()}
    if isinstance(view, Ticked):
        told = {verb: url_for(f"{view.endpoint}.index_view") for _code, verb in view.ticked_acts()} | told
    yield from told.items()


def done_on_pages(view: Any) -> list[str]:
    """The pages of records on which who asks does something that is no passage."""
    return [page for page in view.on_records if policy.may(principal(), _endpoint(view, page), "POST")]


def _leads_to(path: str) -> str:
    """The endpoint of the page at a path of this house."""
    routes = current_app.url_map.bind("")
    try:
        endpoint: str = routes.match(path)[0]
    except MethodNotAllowed:  # a button that sends at once
        endpoint = routes.match(path, method="POST")[0]
    return endpoint


def _endpoint(view: Any, page: str) -> str:
    """The endpoint of one of ``on_records``: the view's own page, or another's."""
    place = page.partition("?")[0]
    return place if "." in place else f"{view.endpoint}.{place}"


def offered_on(view: Any, page: str) -> list[tuple[str, str]]:
    """The newest records that offer this page now, each with its address."""
    newest = select(view.model).order_by(view.model.id.desc()).limit(LOOKED_AT)
    rows = db().scalars(newest.options(*(view.load_record or view.load))).unique()
    wanted, query = _endpoint(view, page), set(parse_qsl(page.partition("?")[2]))
    found = []
    for row in rows:
        for act in (*view.acts(row), *view.other_acts(row), *view.acts_within(row)):
            address = urlsplit(act.url)
            if query <= set(parse_qsl(address.query)) and _leads_to(address.path) == wanted:
                found.append((view.name_of(row), act.url))
    return found[:MOST]


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
    return next((view for view in _views() if view.endpoint == endpoint and isinstance(view, BaseView)), None)


def _views() -> list[Any]:
    [admin] = current_app.extensions["admin"]
    return list(admin._views)
