"""The manual: a chapter for every subject, in ``manual.toml``; each page of the program links that of its own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import abort, request, url_for
from flask_admin.base import expose

from admin.guard import policy
from admin.office import pages
from admin.web.base_view import Page

FILE = Path(__file__).with_name("manual.toml")
START = "start"
PICTURES = Path(__file__).parents[1] / "static" / "manual"


@dataclass(frozen=True)
class Chapter:
    """A chapter as it is read: its pages as (name, address, what it is for), its procedures as (title, steps)."""

    code: str
    title: str
    lead: str
    pages: list[tuple[str, str, str]]
    how: list[tuple[str, list[str]]]
    picture: str


class Manual(Page):
    """The manual, of the pages that who reads it may open."""

    may_read = policy.LOGGED_IN
    in_menu = False

    @expose("/")
    def index(self) -> str:
        """All chapters, or the one that the address names."""
        code = request.args.get("argomento", "")
        chosen = [chapter for chapter in chapters() if code in ("", chapter.code)]
        if not chosen:
            abort(404)
        return self.render("office/manual.html", chapters=chosen, only=chosen[0] if code else None)


@cache
def written() -> dict[str, Any]:
    """The text, read once."""
    return tomllib.loads(FILE.read_text("utf-8"))


def chapters() -> list[Chapter]:
    """How one finds one's way, then a chapter for each subject of one's menu."""
    text = written()
    told = [Chapter(START, str(text[START]["title"]), text[START]["lead"], [], _how(text[START]), _picture(START))]
    for subject in pages.menu():
        chapter = text[subject.code]
        lines = [(page.name, page.url, chapter["pages"][page.endpoint]) for page in subject.pages
                 if page.endpoint in chapter["pages"]]
        told.append(Chapter(subject.code, subject.name, chapter["lead"], lines, _how(chapter),
                            _picture(subject.code)))
    return told


def help_url(group: str) -> str:
    """The chapter of a subject; all of it for a page that belongs to none."""
    known = any(subject.code == group for subject in pages.menu())
    return url_for("manual.index", argomento=group) if known else url_for("manual.index")


def pictured() -> dict[str, str]:
    """The page of which each chapter shows a picture."""
    return {code: chapter["picture"] for code, chapter in written().items()}


def _picture(code: str) -> str:
    """The name of a chapter's picture among the static files; empty while it has not been taken."""
    return f"manual/{code}.jpg" if (PICTURES / f"{code}.jpg").is_file() else ""


def _how(chapter: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(one["title"], one["steps"]) for one in chapter.get("how", ())]
