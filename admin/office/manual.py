"""The manual: what each page is for and how the work is done there, in Italian; a text for each page of the menu.

The texts are ``admin/manual/<endpoint>.md``. Their pictures are taken by the stories of the browser tests
(``make manual``), so that they show the program as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import abort, current_app, url_for
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import lazy_gettext
from markupsafe import Markup

from admin.guard import policy
from admin.office.pages import MenuLink, menu
from admin.web.base_view import Page
from admin.web.static import FOLDERS, static_url
from core.ground.paths import MANUAL

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

FIRST = ("admin", "search", "own_access")  # what everybody has, before the subjects
# pages that are opened from another one, whose text speaks of them
WITHIN = {
    "contract": ("contract_form", "amendment", "contract_final", "contract_compare", "attachment", "contract_codes",
                 "case", "letters", "case_event"),
    "accreditation": ("inspection",),
    "provider": ("provider_paper",),
    "requirement_set": ("requirement_draft",),
    "instalment": ("instalment_plan",),
    "bank_statement": ("statement_line",),
    "funding_source": ("source_name",),
    "service": ("service_agreement", "service_succession"),
    "zone_plan": ("kept_service",),
    "area": ("sector",),
    "bank_account": ("delegate",),
    "municipality": ("population", "membership", "party_capacity", "district_member"),
    "azienda": ("district",),
    "body": ("body_member", "body_name"),
    "imports": ("ipa",),
    "login_record": ("download_record", "retention"),
    "usage_month": ("use_year",),
    "voucher_usage": ("voucher_entry",),
    "social_work_system_meeting": ("plugin_letters",),
    "search": ("acts_to_do", "pages", "manual"),
}
SPOKEN_OF = {endpoint: page for page, endpoints in WITHIN.items() for endpoint in endpoints}


@dataclass(frozen=True)
class Section:
    """What the manual says of a page: where it stands, the text as HTML."""

    page: MenuLink
    text: Markup


class Manual(Page):
    """The chapters by subject; each tells of the pages that its reader may open."""

    may_read = policy.LOGGED_IN
    in_menu = False

    @expose("/")
    def index(self) -> str:
        """The contents, and what everybody has."""
        return self.render("office/manual.html", chapter=None, chapters=menu(), sections=_sections(_everybodys()))

    @expose("/<chapter>/")
    def chapter(self, chapter: str) -> str:
        """The pages of one subject."""
        found = next((subject for subject in menu() if subject.code == chapter), None)
        if found is None:
            abort(404)
        return self.render("office/manual.html", chapter=found, chapters=menu(), sections=_sections(found.pages))


def help_url(endpoint: str) -> str:
    """Where the manual speaks of a page: in its chapter, or among its first words for who does not open that page."""
    page = SPOKEN_OF.get(endpoint, endpoint)
    chapter = next((subject.code for subject in menu() if any(link.endpoint == page for link in subject.pages)), None)
    anchor = page if (MANUAL / f"{page}.md").is_file() else None
    if chapter is None:
        return url_for("manual.index", _anchor=anchor)
    return url_for("manual.chapter", chapter=chapter, _anchor=anchor)


def _everybodys() -> tuple[MenuLink, ...]:
    [admin] = current_app.extensions["admin"]
    held = {view.endpoint: view for view in admin._views if view.is_accessible()}
    return tuple(MenuLink(name, str(held[name].name), url_for(f"{name}.{held[name]._default_view}"))
                 for name in FIRST if name in held)


def _sections(pages: tuple[MenuLink, ...]) -> list[Section]:
    return [Section(page, _text(page.endpoint)) for page in pages if (MANUAL / f"{page.endpoint}.md").is_file()]


@cache
def _renderer() -> MarkdownIt:
    """CommonMark and tables; markup of its own is text, pictures are ours."""
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _text(name: str) -> Markup:
    """The text of a page: its pictures by their address of today, its links to other pages where those are told of."""
    renderer = _renderer()
    tokens = renderer.parse((MANUAL / f"{name}.md").read_text(encoding="utf-8"))
    for token in (child for block in tokens for child in block.children or ()):
        if token.type == "image":
            _show(token)
        elif token.type == "link_open" and str(token.attrs["href"]).startswith("page:"):
            token.attrs["href"] = help_url(str(token.attrs["href"]).removeprefix("page:"))
    return Markup(renderer.renderer.render(tokens, renderer.options, {}))  # noqa: S704 (texts of ours, no HTML in them)


def _show(token: Any) -> None:
    name = f"manual/{token.attrs['src']}"
    if (FOLDERS["static"] / name).is_file():
        token.attrs |= {"src": static_url(name), "loading": "lazy"}


def views() -> list[AdminBaseView]:
    """The views of this module."""
    return [Manual(lazy_gettext("Manuale"), endpoint="manual", url="manuale")]
