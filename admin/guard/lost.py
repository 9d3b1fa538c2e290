"""A form that arrives after its log-in has ended: nothing is recorded, and what was written is given back to copy.

It cannot be sent on by itself: whoever sends it now is not known, and another site may have made them send it.
"""

from __future__ import annotations

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

SECRET = ("password", "code", "token", "key")


def written() -> list[str]:
    """The sentences of the form at hand, longest first: not what was chosen from a list, hidden, or is secret."""
    told = (value.strip() for name, value in request.form.items(multi=True) if not any(s in name for s in SECRET))
    return sorted(dict.fromkeys(text for text in told if " " in text or "\n" in text), key=len, reverse=True)


def again() -> str:
    """The address of the form, if it is a page that can be opened; after the log-in one comes back to it."""
    rule = request.url_rule
    return request.full_path.rstrip("?") if rule is not None and "GET" in (rule.methods or ()) else ""


def page(code: int) -> tuple[str, int]:
    """Say that the form is of a log-in that has ended, and lead back to it."""
    if current_user.is_authenticated or not request.path.startswith("/admin/"):
        where, word = again(), _("Riapri la pagina")
        text = _("Questo modulo è di prima che si entrasse, o è rimasto aperto troppo a lungo: non è stato registrato "
                 "nulla. Riaprire la pagina e inviare di nuovo.")
    else:
        where, word = url_for("security.login", next=again() or None), _("Entra di nuovo")
        text = _("L'accesso si è chiuso mentre la pagina era aperta, e non è stato registrato nulla. Entrare di nuovo "
                 "e rifare l'invio.")
    return render_template("web/lost.html", title=_("Modulo scaduto"), text=text, written=written(),
                           where=where or url_for("admin.index"), word=word), code
