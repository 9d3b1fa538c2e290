"""The public register: ``/albo`` for people, ``/albo.csv``, ``/albo.json`` and ``/albo.xlsx`` for whoever reuses it.

Nobody logs in, and whoever is logged in reads the same: these pages read the register's own copies and no other table.
Nothing is kept by a browser or a proxy without asking again (``no-cache`` with a validator), so that a suspension shows
at once.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Flask, Response, abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from markupsafe import Markup
from sqlalchemy import select

from admin.guard import policy
from admin.guard.addresses import outside
from admin.guard.session import db, today
from admin.web import formats
from admin.web.base_view import small
from admin.web.words import decimal
from admin.web.workbooks import XLSX, csv_lines, pieces, stream, temporary
from admin.wording import labels
from core.parties.model import Azienda
from core.parties.rules import SLUG
from core.register import open_data, reading
from core.register.model import RegisterEntry
from core.register.states import PublicState

LONGEST_SEARCH = 200
LONGEST_SLUG = 100
PRINTED = 2000
SECTIONS = ("childhood", "minors", "disability", "elderly", "function")
# name in the address: what it is called, and the part of the question
FILTERS = {
    "sezione": (lazy_gettext("Sezione"), "section"),
    "tipo": (lazy_gettext("Tipo di unità"), "kind"),
    "comune": (lazy_gettext("Comune"), "town"),
    "stato": (lazy_gettext("Stato"), "state"),
}
SHEET = ("number", "unit", "section", "type_name", "provider", "provider_tax_code", "legal_form", "third_sector",
         "address", "city", "province", "municipality", "capacity", "min_age_months", "max_age_months", "phone",
         "email", "website", "decree", "decided_on", "valid_from", "valid_to", "state", "state_since",
         "updated_on")  # fmt: skip


def init_app(app: Flask) -> None:
    """The routes of the register, and what its templates say."""
    for rule, name, view in (("/albo", "index", index), ("/albo.csv", "csv", as_csv), ("/albo.json", "json", as_json),
                             ("/albo.xlsx", "xlsx", as_xlsx), ("/albo/<slug>", "unit", unit)):  # fmt: skip
        app.add_url_rule(rule, f"register_public.{name}", policy.allow(policy.PUBLIC)(view), methods=["GET"],
                         strict_slashes=False)
    app.jinja_env.filters.update(state_badge=state_badge, state_sentence=state_sentence, may_work=may_work)


# --- for people -------------------------------------------------------------------------------------------


def index() -> Response:
    """The list: searched, filtered, twenty at a time; all of it on one page to be printed."""
    choices = {"sezione": [(code, labels.CHOICES["register_entry.section"][code]) for code in SECTIONS],
               "tipo": reading.types(db()), "comune": [(town, town) for town in reading.towns(db())],
               "stato": labels.states("register_entry", PublicState)}  # fmt: skip
    wanted = asked(choices)
    whole = request.args.get("stampa") == "1"
    size = PRINTED if whole else reading.PAGE
    found = reading.count(db(), wanted, today())
    pages = max(1, -(-found // size))
    number = min(small(request.args.get("page")) or 0, 10**6)
    rows = reading.page(db(), wanted, today(), number, size) if number < pages else []
    chosen = {name: value for name, value in request.args.to_dict().items() if name in (*FILTERS, "search") and value}
    fields = [{"name": name, "label": label, "value": request.args.get(name, ""), "choices": choices[name]}
              for name, (label, _part) in FILTERS.items()]
    return _checked(render_template(
        "public/list.html", rows=rows, count=found, page=number, pages=pages, fields=fields, chosen=chosen, whole=whole,
        search=wanted.search, updated_on=reading.updated_on(db()), page_url=_page_url, **_frame()))


def unit(slug: str) -> Response:
    """One unit, like a sheet of paper: its data, its states with their acts. 404 for an address that nobody has."""
    entry = reading.by_slug(db(), slug) if len(slug) < LONGEST_SLUG and SLUG.fullmatch(slug) else None
    if entry is None:
        abort(404)
    return _checked(render_template("public/unit.html", entry=entry, facts=facts_of(entry), **_frame()))


def asked(choices: dict[str, Any]) -> reading.RegisterQuery:
    """What the address asks for; a word that no list offers asks for nothing."""
    args = request.args
    given = {part: args.get(name, "") for name, (_label, part) in FILTERS.items()
             if args.get(name, "") in {key for key, _word in choices[name]}}
    return reading.RegisterQuery(search=args.get("search", "").replace("\x00", "").strip()[:LONGEST_SEARCH], **given)


def facts_of(entry: RegisterEntry) -> list[tuple[Any, Any]]:
    """The data of a unit in the order in which a family asks for them."""
    seat = f"{entry.address}, {entry.city} ({entry.province})"
    pairs = [
        (_("Tipo di unità"), entry.type_name),
        (_("Sezione"), labels.choice("register_entry", "section", entry.section)), (_("Sede"), seat),
        (_("Comune del distretto"), entry.municipality or _("fuori dal distretto")),
        (_("Posti"), decimal(entry.capacity) if entry.capacity else ""), (_("Età"), ages(entry)),
        (_("Telefono"), entry.phone), (_("Posta elettronica"), entry.email), (_("Sito web"), web_link(entry.website)),
        (_("Gestore"), entry.provider), (_("Codice fiscale del gestore"), entry.provider_tax_code),
        (_("Forma giuridica"), labels.choice("provider", "legal_form", entry.legal_form)),
        (_("Terzo settore"), labels.choice("provider", "third_sector", entry.third_sector)),
        (_("Provvedimento"), _("n. %(number)s del %(day)s", number=entry.decree, day=formats.day(entry.decided_on))),
        (_("Validità"), _("dal %(first)s al %(last)s", first=formats.day(entry.valid_from),
                          last=formats.day(entry.valid_to))),
        (_("Numero nell'albo"), str(entry.number)),
        (_("Pubblicata il"), entry.published_on), (_("Aggiornata il"), entry.updated_on),
    ]  # fmt: skip
    return [(label, value if isinstance(value, Markup) else formats.shown(value))
            for label, value in pairs if value not in (None, "")]  # fmt: skip


def web_link(address: str) -> str | Markup:
    """A site as a link; what is no address of the web stays text."""
    if not address.startswith(("https://", "http://")):
        return address
    return Markup('<a href="{}" rel="external nofollow">{}</a>').format(address, address)


def state_badge(entry: RegisterEntry) -> Markup:
    """The state of today as a word in a tinted badge."""
    return formats.badge(entry, open_data.state_and_since(entry, today())[0])


def may_work(entry: RegisterEntry) -> bool:
    """True while a unit is accredited."""
    return open_data.state_and_since(entry, today())[0] == PublicState.ACCREDITED


def state_sentence(entry: RegisterEntry) -> str:
    """Where a unit stands, in words, with the day and, where there is one, the act."""
    state, since = open_data.state_and_since(entry, today())
    values = {"since": formats.day(since), "last": formats.day(entry.valid_to), "first": formats.day(entry.valid_from)}
    act = entry.history[-1].act if entry.history and state == entry.state else ""
    sentences = {
        PublicState.ACCREDITED: _("Accreditata dal %(first)s al %(last)s.", **values),
        PublicState.SUSPENDED: _("Accreditamento sospeso dal %(since)s: %(act)s.", act=act, **values),
        PublicState.REVOKED: _("Accreditamento revocato dal %(since)s: %(act)s.", act=act, **values),
        PublicState.RENOUNCED: _("Il gestore ha rinunciato all'accreditamento dal %(since)s: %(act)s.", act=act,
                                 **values),
        PublicState.EXPIRED: _("Accreditamento scaduto: l'ultimo giorno è stato il %(last)s.", **values),
    }
    return sentences[PublicState(state)]


def ages(entry: RegisterEntry) -> str:
    """The ages in words: «da 3 mesi a 3 anni»; empty where there is no limit."""
    least, most = entry.min_age_months, entry.max_age_months
    if least is not None and most is not None:
        return _("da %(least)s a %(most)s", least=months_words(least), most=months_words(most))
    if least is not None:
        return _("da %(least)s in su", least=months_words(least))
    return "" if most is None else _("fino a %(most)s", most=months_words(most))


def months_words(months: int) -> str:
    """An age: years where they are whole years, else months."""
    if months >= 12 and months % 12 == 0:
        return ngettext("%(num)s anno", "%(num)s anni", months // 12)
    return ngettext("%(num)s mese", "%(num)s mesi", months)


# --- for whoever reuses it --------------------------------------------------------------------------------


def as_csv() -> Response:
    """The whole register as open data: UTF-8, commas, a header; the columns of docs/albo.md."""
    rows = (list(open_data.record(entry, today()).values()) for entry in reading.entries(db(), _everything(), today()))
    return _open("text/csv; charset=utf-8", csv_lines(list(open_data.COLUMNS), rows, for_machines=True))


def as_json() -> Response:
    """The whole register as open data, with who publishes it, the licence, what each field says, and the states."""
    return _open("application/json; charset=utf-8", (piece.encode() for piece in _json_pieces()))


def as_xlsx() -> Response:
    """What the list shows, as a workbook for people."""
    choices = {"sezione": [(code, "") for code in SECTIONS], "tipo": reading.types(db()),
               "comune": [(town, town) for town in reading.towns(db())], "stato": [(s.value, "") for s in PublicState]}
    rows = (_told(entry) for entry in reading.entries(db(), asked(choices), today()))
    answer = stream("albo", [labels.column("register_entry", name) for name in SHEET], rows, XLSX)
    answer.headers["Cache-Control"] = "no-cache"
    return answer


def _told(entry: RegisterEntry) -> list[Any]:
    """An entry in the words that people read."""
    state, since = open_data.state_and_since(entry, today())
    told = {name: getattr(entry, name) for name in SHEET} | {
        "state": labels.state("register_entry", state), "state_since": since,
        "section": labels.choice("register_entry", "section", entry.section),
        "legal_form": labels.choice("provider", "legal_form", entry.legal_form),
        "third_sector": labels.choice("provider", "third_sector", entry.third_sector)}  # fmt: skip
    return [value if isinstance(value, (int, date)) else str(value or "") for value in told.values()]


def _json_pieces() -> Iterator[str]:
    """The document piece by piece, so that memory stays flat."""
    head = {
        "title": "Albo delle unità d'offerta accreditate", "format": open_data.FORMAT, **_publisher(),
        "license": {"name": open_data.LICENCE, "url": open_data.LICENCE_URL},
        "updated_on": day.isoformat() if (day := reading.updated_on(db())) else None,
        "read_on": today().isoformat(), "url": outside("register_public.json"),
        "fields": [{"name": name, "description": text} for name, text in open_data.COLUMNS.items()]
        + [{"name": open_data.HISTORY, "description": open_data.HISTORY_SAYS}],
    }  # fmt: skip
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "entries": ['
    for place, entry in enumerate(reading.entries(db(), _everything(), today())):
        told = open_data.record(entry, today()) | {open_data.HISTORY: open_data.history(entry)}
        yield (",\n" if place else "\n") + json.dumps(told, ensure_ascii=False)
    yield "\n]}\n"


def _everything() -> reading.RegisterQuery:
    return reading.RegisterQuery()


def _publisher() -> dict[str, str]:
    """Who publishes: the azienda and its site."""
    row = db().execute(select(Azienda.name, Azienda.website).limit(1)).first()
    site = row.website or "" if row else ""
    return {"publisher": row.name if row else "", "publisher_site": site if site.startswith("http") else ""}


def _frame() -> dict[str, str]:
    """What the frame of every public page wants."""
    return {**_publisher(), "licence": open_data.LICENCE, "licence_url": open_data.LICENCE_URL}


def _page_url(number: int) -> str:
    """The address of another page of the same search."""
    kept: dict[str, Any] = {name: request.args.get(name) or None for name in (*FILTERS, "search", "stampa")}
    return url_for("register_public.index", **kept, page=number or None)


def _open(content_type: str, content: Iterator[bytes]) -> Response:
    """Open data: anybody's page may read it; asked again each time, answered in a word if nothing changed.

    It is written to a file first: a reader on a slow line keeps no connection of the database.
    """
    figures = (*reading.mark(db()), today(), open_data.FORMAT, request.host, _publisher())
    validator = hashlib.sha256(repr(figures).encode()).hexdigest()[:32]
    answer = Response(content_type=content_type)
    answer.set_etag(validator)
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.headers["Access-Control-Allow-Origin"] = "*"
    if request.if_none_match.contains_weak(validator):
        answer.status_code = 304
        return answer
    file = temporary()
    file.writelines(content)
    answer.response = pieces(file)
    return answer


def _checked(page: str) -> Response:
    """A page that a browser asks for again each time; unchanged, the answer is a word."""
    answer = Response(page, content_type="text/html; charset=utf-8")
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer
