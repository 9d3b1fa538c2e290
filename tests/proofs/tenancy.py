"""Attacking every route: who asks for what is not theirs, with which words, and how a leak or a change shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.routing import Rule

from admin.policy import policies
from tests.proofs.addresses import addresses
from tests.proofs.canaries import CANARY, LOGIN_TABLES, Ids, shows

FORMS_EACH = 3  # pages of a route whose forms are tried field by field
DOORS_TRIED = 10


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


def attack(
    app: Flask, client: FlaskClient, engine: Engine, ids: dict[str, Ids], who: str, come_back: Callable[[], None],
    only: Callable[[Rule], bool] = lambda _rule: True, forms_each: int = FORMS_EACH,
) -> Findings:  # fmt: skip
    """Every rule with every id, own and foreign and none; then every form that is shown, field by field.

    ``come_back`` logs in again: some routes end the log-in, and an attacker outside proves nothing.
    """
    findings = Findings()
    last = last_entry(engine)
    for rule in filter(only, app.url_map.iter_rules()):
        come_back()
        token = _token(client)
        shut = 0
        for address in addresses(app, rule, ids):
            status, page = _ask(client, "GET", address, None, findings)
            shut += status in (302, 403)
            if shut > DOORS_TRIED:
                break  # the policy asks who and which route, whatever the id
            if "POST" in (rule.methods or ()) and len(findings.forms[rule.endpoint]) < forms_each:
                for form in _forms(client, address, page, ids, findings.forms[rule.endpoint]):
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


def _ask(
    client: FlaskClient, method: str, address: str, form: dict[str, str] | None, findings: Findings
) -> tuple[int, str]:
    """One request, judged; gives its status, and the page that came back."""
    answer = client.open(address, method=method, data=form, buffered=True)
    findings.requests += 1
    where = f"{method} {address} {sorted(form) if form else ''}"
    if answer.status_code >= 500:
        findings.crashes.add(f"{answer.status_code} {where}")
    typed = form and any(CANARY in value for value in form.values())
    if not typed and shows(answer.get_data() + str(answer.headers).encode()):
        findings.leaks.add(where)
    answer.close()
    return answer.status_code, answer.get_data().decode("utf-8", "replace") if answer.status_code == 200 else ""


def _token(client: FlaskClient) -> dict[str, str]:
    """The form token of this browser, so that what is behind the token is attacked too."""
    for address in ("/accesso/password", "/accesso/entra"):
        for form in forms_in(client.get(address).get_data(as_text=True)):
            if "csrf_token" in form:
                return {"csrf_token": form["csrf_token"]}
    return {}


def _forms(
    client: FlaskClient, address: str, page: str, ids: dict[str, Ids], seen: set[str]
) -> Iterator[dict[str, str]]:
    """The words of a POST: nothing, the fields that the page shows, each in turn aimed at somebody else.

    ``seen`` remembers the pages of a route that showed a form: a few of them, field by field, are enough.
    """
    foreign = sorted({key for known in ids.values() for key in known.foreign[:1]})[-1:]
    yield {}
    yield {"id": str(foreign[0]) if foreign else "0", "rowid": "1", "action": "delete", "list_form_pk": "1"}
    shown = forms_in(page)
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
