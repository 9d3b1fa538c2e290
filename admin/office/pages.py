"""The menu, and the page that lists every page by subject: what the menu has no room for stands behind its subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, request, url_for
from flask_admin.base import expose
from flask_babel import get_locale, lazy_gettext

from admin.guard import policy
from admin.guard.session import office, principal
from admin.web.base_view import Page

MOST = 15  # links that a person looks through at once
SUBJECTS = {
    "work": lazy_gettext("Contratti e scadenze"),
    "disputes": lazy_gettext("Contestazioni"),
    "accreditation": lazy_gettext("Accreditamento"),
    "money": lazy_gettext("Conti"),
    "catalogue": lazy_gettext("Servizi"),
    "parties": lazy_gettext("Enti"),
    "house": lazy_gettext("Ufficio"),
}


@dataclass(frozen=True)
class MenuLink:
    """A page in the menu: the view that it belongs to, its name, its address."""

    endpoint: str
    name: str
    url: str


@dataclass(frozen=True)
class MenuSubject:
    """A subject in the menu: its pages, those that people open most first, and how many of them have room there.

    ``always``: its pages are shown whatever is open, because whoever asks has so few that all fit.
    """

    code: str
    name: str
    url: str
    pages: tuple[MenuLink, ...]
    room: int
    always: bool

    def opened(self, endpoint: str) -> tuple[MenuLink, ...]:
        """The pages that the menu shows while one of them is open: that one always."""
        first, rest = self.pages[:self.room], self.pages[self.room:]
        here = tuple(page for page in rest if page.endpoint == endpoint)
        return (*first[:self.room - len(here)], *here)


Menu = tuple[MenuSubject, ...]


class Pages(Page):
    """Every page that one may open, by subject; or those of one subject."""

    may_read = policy.LOGGED_IN
    in_menu = False

    @expose("/")
    def index(self) -> str:
        """The pages by subject, of one that the address names."""
        code = request.args.get("argomento", "")
        chosen = [subject for subject in menu() if code in ("", subject.code)]
        if not chosen:
            abort(404)
        return self.render("office/pages.html", subjects=chosen, only=chosen[0] if code else None)


def menu() -> Menu:
    """The menu of who asks: the subjects with the pages that they may open.

    It hangs on the roles and the language only, and stands on every page: built once for each of these.
    """
    caller = principal()
    built: dict[Any, Menu] = current_app.extensions.setdefault("patto_menus", {})
    detached = frozenset(code for code, setup in office().registry.setups.items() if not setup.attached)
    key = caller.user_id is not None, caller.roles, str(get_locale()), request.script_root, detached
    if key not in built:
        built[key] = tuple(_subjects())
    return built[key]


def _subjects() -> Iterator[MenuSubject]:
    [admin] = current_app.extensions["admin"]
    open_to_me = sorted((v for v in admin._views if v.is_visible() and v.is_accessible()), key=lambda view: view.aside)
    held = {code: [view for view in open_to_me if view.group == code] for code in SUBJECTS}
    shown = {code: views for code, views in held.items() if views}
    room = MOST - 1 - len(shown)  # what waits, and the subjects, are links too
    always = sum(map(len, shown.values())) <= room
    for code, views in shown.items():
        links = (MenuLink(view.endpoint, str(view.name), url_for(f"{view.endpoint}.{view._default_view}"))
                 for view in views)
        yield MenuSubject(code, str(SUBJECTS[code]), url_for("pages.index", argomento=code), tuple(links), room,
                          always)
