"""What the azienda says of itself to everybody: accessibility, privacy, contacts. Its own texts, written on its page in
the browser, and linked at the foot of every page; a text that is not written has no page and no link.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, abort, render_template, url_for
from flask_babel import lazy_gettext
from sqlalchemy import select

from admin.guard import policy
from admin.guard.session import db
from core.ground.access import ScopedSession, asked_once
from core.parties.model import Azienda

# name in the address: what it is called, and the column of its text
TEXTS = {
    "accessibilita": (lazy_gettext("Accessibilità"), Azienda.accessibility),
    "privacy": (lazy_gettext("Privacy"), Azienda.privacy),
    "contatti": (lazy_gettext("Contatti"), Azienda.contacts),
}
SAID = select(Azienda.name, *(column for _name, column in TEXTS.values())).limit(1)


@dataclass(frozen=True)
class FootLink:
    """A link at the foot of a page."""

    name: str
    url: str


def init_app(app: Flask) -> None:
    """The pages of the texts, and their links for every template."""
    app.add_url_rule("/informazioni/<what>", "about.page", policy.allow(policy.PUBLIC)(page), methods=["GET"])
    app.jinja_env.globals.update(foot_links=foot_links)


def page(what: str) -> str:
    """One of the texts, paragraph by paragraph."""
    if what not in TEXTS:
        abort(404)
    title, column = TEXTS[what]
    text = db().scalar(select(column).limit(1)) or abort(404)
    return render_template("public/about.html", title=title, paragraphs=[p for p in text.split("\n\n") if p.strip()])


def foot_links() -> list[FootLink]:
    """The texts that are written."""
    _called, *texts = _said(db())
    return [FootLink(str(name), url_for("about.page", what=what))
            for (what, (name, _column)), text in zip(TEXTS.items(), texts, strict=False) if text]


def azienda_name() -> str:
    """The azienda's name, for the head of every page; empty before it is loaded."""
    return _said(db())[0]


@asked_once
def _said(session: ScopedSession) -> tuple[str, ...]:
    """The name, then the texts: head and foot of a page ask together."""
    return tuple(session.execute(SAID).first() or ("",))
