"""Attacking every route: who asks for what is not theirs, with which words, and how a leak or a change shows."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import product
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, Table, select, text
from werkzeug.routing import BuildError, Rule, ValidationError

from admin.policy import policies
from core.access import OWN_MUNICIPALITIES, OWN_PROVIDERS, scoped_tables
from core.db import Base
from core.documents.model import Document
from core.documents.store import FileStore

CANARY = "CANARINO"
FREE_TEXT = {
    "name", "address", "mission", "principles", "family_name", "given_name", "bank", "branch", "note", "why", "title",
    "text", "file_name", "source", "birth_place", "letterhead", "recalled_text", "place", "before", "after",
}  # fmt: skip
NEVER = 987654
KNOWN_TO_ALL = {("party", "name")}  # every contract names all the members in its premises
LOGIN_TABLES = {"user"}  # a log-in writes its own counters there
FORMS_EACH = 3
KNOWN_WORDS = ("municipality", "services", "terms", "check", "preview", "access_desk", "melegnano", "it")
WORDS = ("'\"><b>", "99999999999999999999", "1,2", "-1", "%00", "à;è")


@dataclass(frozen=True)
class Ids:
    """Ids of one table: some that the attacker owns, some that are somebody else's."""

    own: tuple[int, ...]
    foreign: tuple[int, ...]


@dataclass
class Findings:
    """What the attack found; everything here must stay empty but the counts."""

    requests: int = 0
    leaks: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    crashes: set[str] = field(default_factory=set)
    forms: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def clean(self) -> bool:
        """True if nothing leaked, nothing foreign changed and nothing answered 500."""
        return not (self.leaks or self.changes or self.crashes)


def ids_of(engine: Engine, own: Iterable[int]) -> dict[str, Ids]:
    """For every scoped table with an integer key: what belongs to ``own`` municipalities, and what does not."""
    parameters = {OWN_MUNICIPALITIES.key: sorted(own), OWN_PROVIDERS.key: []}
    found: dict[str, Ids] = {}
    with engine.connect() as connection:
        for entity in scoped_tables():
            table: Table = entity.__table__
            if "id" not in table.c:
                continue
            everything = set(connection.scalars(select(table.c.id)))
            seen = set(connection.scalars(select(entity.id).where(entity.visible()), parameters))
            found[table.name] = Ids(tuple(sorted(seen)), tuple(sorted(everything - seen)))
    return found


def release_canaries(engine: Engine, store: FileStore, ids: dict[str, Ids]) -> int:
    """Write the canary into every free text, and every file, that the attacker must not see; how many were set."""
    released = 0
    with engine.begin() as connection:
        for name, known in ids.items():
            if name in LOGIN_TABLES or name.startswith("audit_"):
                continue
            table = Base.metadata.tables[name]
            columns = [c.name for c in table.c if c.name in FREE_TEXT and (name, c.name) not in KNOWN_TO_ALL]
            for column in columns:
                statement = text(f'UPDATE "{name}" SET "{column}" = :canary WHERE id = :id')
                for key in known.foreign:
                    connection.execute(statement, {"canary": f"{CANARY} {name} {key}", "id": key})
                    released += 1
        paths = select(Document.path).where(Document.id.in_(ids["document"].foreign))
        for path in connection.scalars(paths).all():
            store.locate(path).write_bytes(f"{CANARY} {path}".encode())
            released += 1
    return released


def attack(
    app: Flask, client: FlaskClient, engine: Engine, ids: dict[str, Ids], who: str, come_back: Callable[[], None],
    only: Callable[[Rule], bool] = lambda _rule: True,
) -> Findings:  # fmt: skip
    """Every rule with every id, own and foreign and none; then every form that is shown, field by field.

    ``come_back`` logs in again: some routes end the log-in, and an attacker outside proves nothing.
    """
    findings = Findings()
    last = last_entry(engine)
    for rule in filter(only, app.url_map.iter_rules()):
        come_back()
        token = _token(client)
        for address in _addresses(app, rule, ids):
            _ask(client, "GET", address, None, findings)
            if "POST" in (rule.methods or ()) and len(findings.forms[rule.endpoint]) < FORMS_EACH:
                for form in _forms(client, address, ids, findings.forms[rule.endpoint]):
                    _ask(client, "POST", address, token | form, findings)
    foreign = {(name, str(key)) for name, known in ids.items() for key in known.foreign}
    for entry, table, row_id, actor in _entries_after(engine, last):
        if (table, row_id) in foreign and table not in LOGIN_TABLES and who in actor:
            findings.changes.add(f"{table} {row_id} ({entry})")
    return findings


def writes(engine: Engine, since: int, who: str) -> list[str]:
    """What ``who`` changed after the entry ``since``, log-in aside."""
    return [f"{table} {row_id}" for _e, table, row_id, actor in _entries_after(engine, since)
            if who in actor and table not in LOGIN_TABLES]


def undeclared(app: Flask) -> set[str]:
    """The endpoints that have no policy."""
    return {rule.endpoint for rule in app.url_map.iter_rules()} - set(policies(app))


def _ask(client: FlaskClient, method: str, address: str, form: dict[str, str] | None, findings: Findings) -> None:
    answer = client.open(address, method=method, data=form, buffered=True)
    findings.requests += 1
    where = f"{method} {address} {sorted(form) if form else ''}"
    if answer.status_code >= 500:
        findings.crashes.add(f"{answer.status_code} {where}")
    body = answer.get_data().decode("utf-8", "replace") + str(answer.headers)
    if CANARY in body and not (form and any(CANARY in value for value in form.values())):
        findings.leaks.add(where)
    answer.close()


def _addresses(app: Flask, rule: Rule, ids: dict[str, Ids]) -> Iterator[str]:
    """The addresses of a rule: its arguments, or the query that Flask-Admin reads, filled with ids and nonsense."""
    candidates = list(_candidates(ids))
    adapter = app.url_map.bind("localhost")
    names = sorted(rule.arguments)
    if not names:
        address = adapter.build(rule.endpoint, {}, method=_method(rule))
        yield address
        for value in (*candidates, *WORDS):
            yield f"{address}?id={value}&search={value}&page={value}&flt0_0={value}&q={CANARY[:6]}&name=municipality"
        return
    # a name that ends in _id takes ids, any other the words that our routes know, and nonsense
    words = {name: (*candidates, *WORDS) if name.endswith("_id") else (*KNOWN_WORDS, *WORDS) for name in names}
    for values in product(*words.values()):
        try:
            yield adapter.build(rule.endpoint, dict(zip(names, values, strict=True)), method=_method(rule))
        except (BuildError, ValidationError, ValueError):
            continue  # the converter refuses the word: the address does not exist


def _candidates(ids: dict[str, Ids]) -> list[int]:
    """A few ids that matter, own and foreign, of every table: most tables count from one, so few are many."""
    chosen = {NEVER}
    for known in ids.values():
        chosen |= {*known.own[:1], *known.foreign[:1]}
    return sorted(chosen)


def _method(rule: Rule) -> str:
    methods = rule.methods or set()
    return "GET" if "GET" in methods else sorted(methods)[0]


def _token(client: FlaskClient) -> dict[str, str]:
    """The form token of this browser, so that what is behind the token is attacked too."""
    for address in ("/accesso/password", "/accesso/entra"):
        for form in forms_in(client.get(address).get_data(as_text=True)):
            if "csrf_token" in form:
                return {"csrf_token": form["csrf_token"]}
    return {}


def _forms(client: FlaskClient, address: str, ids: dict[str, Ids], seen: set[str]) -> Iterator[dict[str, str]]:
    """The words of a POST: nothing, the fields that the page shows, each in turn aimed at somebody else.

    ``seen`` remembers the pages of a route that showed a form: a few of them, field by field, are enough.
    """
    foreign = sorted({key for known in ids.values() for key in known.foreign[:1]})[-1:]
    yield {}
    yield {"id": str(foreign[0]) if foreign else "0", "rowid": "1", "action": "delete", "list_form_pk": "1"}
    shown = _shown(client, address)
    if shown:
        seen.add(address)
    for place, form in enumerate(shown):
        yield form
        for name in form:
            for word in (*map(str, foreign), "'\"><b>€"):
                fresh = _shown(client, address)  # a form that went through has made the one before stale
                yield {**(fresh[place] if place < len(fresh) else form), name: word}


def _shown(client: FlaskClient, address: str) -> list[dict[str, str]]:
    with client.get(address, buffered=True) as page:
        return forms_in(page.get_data().decode("utf-8", "replace")) if page.status_code == 200 else []


class _Fields(HTMLParser):
    """The fields of every form of a page that posts, with the values that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._form: dict[str, str] | None = None
        self._name = self._tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = {} if given.get("method", "get").lower() == "post" else None
            self.forms += [self._form] if self._form is not None else []
        elif self._form is None:
            return
        elif tag in ("input", "button") and "name" in given:
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self._form[given["name"]] = given.get("value", "on")
        elif tag in ("select", "textarea") and "name" in given:
            self._name, self._tag = given["name"], tag
            self._form.setdefault(self._name, "")
        elif tag == "option" and self._tag == "select" and ("selected" in given or not self._form[self._name]):
            self._form[self._name] = given.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._tag == "textarea":
            self._form[self._name] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == self._tag:
            self._name = self._tag = ""
        if tag == "form":
            self._form = None


def forms_in(page: str) -> list[dict[str, str]]:
    """The fields of every posting form of a page."""
    parser = _Fields()
    parser.feed(page)
    return parser.forms


def last_entry(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT coalesce(max(id), 0) FROM audit_entry")) or 0)


def _entries_after(engine: Engine, last: int) -> list[Any]:
    statement = text("SELECT id, table_name, row_id, actor FROM audit_entry WHERE id > :last")
    with engine.connect() as connection:
        return list(connection.execute(statement, {"last": last}))


def fingerprint(engine: Engine, ids: dict[str, Ids]) -> dict[str, str]:
    """A hash of everything that is not the attacker's, by table: it must be the same after the attack."""
    prints: dict[str, str] = {}
    with engine.connect() as connection:
        for name, known in ids.items():
            if name in LOGIN_TABLES or name.startswith("audit_"):
                continue
            table = Base.metadata.tables[name]
            rows = connection.execute(select(table).where(table.c.id.in_(known.foreign)).order_by(table.c.id)).all()
            prints[name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return prints
