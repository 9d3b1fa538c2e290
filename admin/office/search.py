"""One search box over every kind of record, each as far as who asks may see it, and over what may be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from flask import request, url_for
from flask_admin.base import expose
from flask_babel import gettext as _

from admin.guard import contained, policy
from admin.office import acts
from admin.office.kinds import address, found_by, kinds
from admin.web.base_view import COUNTED, BaseView, Page
from core.ground.search import TRIGRAM

MOST = 5
MOST_ACTS = 12


@dataclass(frozen=True)
class FoundKind:
    """What was found of a kind: its first records as (words, address), and the list with all of them."""

    title: str
    hits: list[tuple[str, str]]
    count: int
    url: str

    @property
    def more(self) -> str:
        """What the link to the others says; empty if there are none."""
        if self.count <= len(self.hits):
            return ""
        return _("Tutti: oltre 5.000") if self.count > COUNTED else _("Tutti: %(count)s", count=self.count)


class Search(Page):
    """The page of the search box."""

    may_read = policy.LOGGED_IN
    in_menu = False

    @expose("/")
    def index(self) -> str:
        """What was found, by kind; what can be found, where nothing was typed."""
        text = request.args.get("q", "").replace("\x00", "").strip()[:100]
        asked = is_enough(text)
        return self.render(
            "office/search.html", text=text, asked=asked, groups=list(found(text)) if asked else [],
            acts=list(acts.found(text))[:MOST_ACTS] if asked else [],
            table=[] if asked else [(view.title or view.name, found_by(view)) for view in kinds()])


def is_enough(text: str) -> bool:
    """True for words that an index can be asked for: three letters, or a number."""
    return len(text) >= TRIGRAM or any(sign.isdigit() for sign in text)


def found(text: str) -> Iterator[FoundKind]:
    """The kinds of which something is called by ``text``, as who asks sees them: at most one page of each is read."""
    for view in kinds():
        yield from contained.from_view(view, "search", partial(_of_kind, view, text))


def _of_kind(view: BaseView, text: str) -> list[FoundKind]:
    count, rows = view.get_list(0, None, None, text, None)
    return [] if not rows else [FoundKind(
        str(view.title or view.name), [(view.told_apart(row), address(view, row, text)) for row in rows[:MOST]], count,
        url_for(f"{view.endpoint}.index_view", search=text))]
