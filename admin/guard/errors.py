"""What a person reads when something is refused: what happened, what it means, what to do."""

from __future__ import annotations

import logging

from flask import Flask, Response, current_app, g, render_template, request
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, SecurityError

from admin.guard import lost
from admin.web.words import said
from core.ground import outage
from core.ground.errors import NotAllowed, NotVisible, RuleBroken, Unavailable
from core.plugins.asking import PluginFailed

log = logging.getLogger("patto.web")
WORDS = {
    400: (lazy_gettext("Richiesta non leggibile"),
          lazy_gettext("Il programma non ha capito che cosa è stato chiesto. Tornare indietro e riprovare.")),
    403: (lazy_gettext("Pagina riservata"),
          lazy_gettext("Questa pagina spetta ad altri ruoli. Se serve per il proprio lavoro, chiedere "
                       "all'amministratore.")),
    404: (lazy_gettext("Pagina non trovata"),
          lazy_gettext("Quanto richiesto non esiste o non è più disponibile. Controllare l'indirizzo, oppure cercare "
                       "dall'inizio.")),
    405: (lazy_gettext("Qui si può solo leggere"),
          lazy_gettext("L'indirizzo esiste, ma non accetta questo tipo di richiesta. Tornare indietro e riprovare.")),
    413: (lazy_gettext("File troppo grande"),
          lazy_gettext("Il file supera i 25 MB: ridurlo, per esempio togliendo le immagini, e riprovare.")),
    429: (lazy_gettext("Troppe richieste"),
          lazy_gettext("Sono arrivate troppe richieste in poco tempo. Attendere un minuto e riprovare.")),
    500: (lazy_gettext("Qualcosa non ha funzionato"),
          lazy_gettext("Il programma si è fermato su un errore suo, che è stato annotato. I dati sono rimasti come "
                       "prima. Riprovare; se succede ancora, avvisare l'amministratore.")),
}
ASK_AGAIN = 30  # seconds after which who was told that the platform fails may ask again


def init_app(app: Flask) -> None:
    """Answer every refusal with a page in words."""
    app.register_error_handler(CSRFError, _expired)
    app.register_error_handler(NotVisible, lambda error: _page(404, said(error)))
    app.register_error_handler(NotAllowed, lambda error: _page(403, said(error)))
    app.register_error_handler(Unavailable, _unavailable)
    app.register_error_handler(PluginFailed, _of_a_plugin)
    app.register_error_handler(RuleBroken, lambda error: _page(400, said(error), _("Operazione rifiutata")))
    app.register_error_handler(SecurityError, _unknown_host)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)
    app.after_request(_ask_again)


def _http(error: HTTPException) -> tuple[str, int] | HTTPException:
    code = error.code or 500
    if code < 400:
        return error
    if code == 413 and (request.content_length or 0) <= current_app.config["MAX_CONTENT_LENGTH"]:
        return _page(413, _("Il modulo ha più righe o più testo di quanto si può registrare in una volta, e non è "
                            "stato registrato nulla. Tornare indietro, registrarne una parte e poi il resto."),
                     _("Modulo troppo lungo"))
    return _page(code)


def _expired(_error: CSRFError) -> tuple[str, int]:
    return lost.page(400)


def _unknown_host(_error: SecurityError) -> tuple[str, int]:
    return _plain(400, _("Indirizzo non previsto"),
                  _("Patto non risponde a questo nome: aprirlo con l'indirizzo indicato dall'amministratore, che è "
                    "scritto nell'impostazione PATTO_PUBLIC_URL."), styled=False)


def _unavailable(error: Unavailable) -> tuple[str, int]:
    """A page that asks nothing of the database, because that may be what is missing."""
    outage.told(error)
    return _plain(503, _("Patto si è fermato per poco"), said(error))


def _ask_again(response: Response) -> Response:
    """A form that is shown again because the platform failed is no success either: what was typed stays in it."""
    if isinstance(error := g.get("patto_refused"), Unavailable):
        outage.told(error)
        response.status_code = 503
    if response.status_code == 503:
        response.headers["Retry-After"] = str(ASK_AGAIN)
    return response


def _of_a_plugin(error: PluginFailed) -> tuple[str, int]:
    """A page of a plugin, or a reckoning that wants it: the rest of the program works as before, and says so."""
    text = _("Si è fermata la parte di un plugin, e nulla di quanto si stava facendo è stato registrato; il resto del "
             "programma lavora come prima. %(what)s", what=said(error))
    return _page(500, text, _("Un plugin non ha funzionato"))


def _unforeseen(error: Exception) -> tuple[str, int]:
    if (refusal := outage.meant(error)) is not None:
        return _unavailable(refusal)
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return _page(500)


def _page(code: int, text: str = "", title: str = "") -> tuple[str, int]:
    own_title, own_text = WORDS.get(code, WORDS[400 if code < 500 else 500])
    title, text = str(title or own_title), str(text or own_text)
    try:
        return render_template("web/error.html", code=code, title=title, text=text), code
    except DBAPIError as error:  # the page names the azienda
        refusal = outage.meant(error)
        return _plain(code, title, text) if refusal is None else _unavailable(refusal)


def _plain(code: int, title: str, text: str, *, styled: bool = True) -> tuple[str, int]:
    # not by Flask, which would look for who asks to tell the template
    page = current_app.jinja_env.get_template("web/plain.html")
    return page.render(title=title, text=text, styled=styled, language=str(get_locale())), code
