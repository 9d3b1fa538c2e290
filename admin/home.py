"""Home: what waits for you, sorted by day, one button each; when nothing waits, the next sensible act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, url_for
from flask_admin import AdminIndexView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from admin import labels, policy
from admin.base_view import Guarded
from admin.session import db, principal, today
from admin.words import said
from core import waiting
from core.access import Principal, Role

# kind of case: (page, word on the button)
PAGES = {
    "contract": ("contract.details_view", lazy_gettext("Apri il contratto")),
    "municipality": ("municipality.details_view", lazy_gettext("Apri il comune")),
    "sheet": ("sheet.details_view", lazy_gettext("Apri la scheda")),
    "user": ("user.details_view", lazy_gettext("Apri l'utente")),
}
FIGURES: dict[str, Callable[[int], str]] = {
    "drafts": lambda count: ngettext("contratto in bozza", "contratti in bozza", count),
    "members": lambda count: ngettext("comune socio", "comuni soci", count),
    "services": lambda count: ngettext("servizio nel catalogo", "servizi nel catalogo", count),
}
# role: (what to do when nothing waits, the page where it is done)
NEXT = (
    (Role.MANAGEMENT, lazy_gettext("Si può preparare un nuovo contratto."), "contract.index_view",
     lazy_gettext("Vai ai contratti")),
    (Role.ADMINISTRATOR, lazy_gettext("Si può invitare una persona."), "user.create_view",
     lazy_gettext("Invita una persona")),
    (Role.AUDITOR, lazy_gettext("Si può leggere la storia delle modifiche."), "history.index",
     lazy_gettext("Apri la storia")),
    (Role.MUNICIPALITY, lazy_gettext("Si possono leggere i propri contratti."), "contract.index_view",
     lazy_gettext("Vai ai contratti")),
    (Role.ACCOUNTING, lazy_gettext("Si possono leggere i contratti e le loro rate."), "contract.index_view",
     lazy_gettext("Vai ai contratti")),
    (Role.ACCREDITATION, lazy_gettext("Si possono leggere i servizi e le schede operative."), "service.index_view",
     lazy_gettext("Vai ai servizi")),
)


class Home(Guarded, AdminIndexView):
    """The first page after the door."""

    may_read = policy.LOGGED_IN
    in_menu = False

    @expose("/")
    def index(self) -> str:
        """What waits for who asks."""
        items = [self._item(item) for item in waiting.waiting(db(), today())]
        figures = [(figure.value, FIGURES[figure.kind](figure.value)) for figure in waiting.figures(db(), today())]
        return self.render("patto/home.html", items=items, figures=figures, next=next_act(principal()))

    def _item(self, item: waiting.Waiting) -> dict[str, Any]:
        endpoint, word = PAGES[item.kind]
        days = item.days_left(today())
        return {"due": item.due, "left": days_words(days), "late": days is not None and days < 0, "case": item.case,
                "what": said(item.what), "who": labels.ROLES[item.role.value], "word": word,
                "url": url_for(endpoint, id=item.key) if endpoint in current_app.view_functions else None}


def days_words(days: int | None) -> str:
    """How long there is, in words."""
    if days is None:
        return ""
    if days < 0:
        return _("da %(days)s giorni", days=-days) if days < -1 else _("da ieri")
    return {0: _("oggi"), 1: _("domani")}.get(days) or _("tra %(days)s giorni", days=days)


def next_act(caller: Principal) -> tuple[str, str, str] | None:
    """What could be done when nothing waits: a sentence, an address, the word on the button."""
    for role, sentence, endpoint, word in NEXT:
        if caller.has(role) and endpoint in current_app.view_functions:
            return str(sentence), url_for(endpoint), str(word)
    return None
