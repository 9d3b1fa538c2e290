"""Attacking every route: who asks for what is not theirs, with which words, and how a leak or a change shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from werkzeug.routing import Rule

from admin.guard.policy import policies
from tests.proofs.addresses import NEVER, TABLES, Addresses, ToldRequest, links_in
from tests.proofs.canaries import CANARY, LOGIN_TABLES, Ids, shows

FORMS_EACH = 3  # pages of a route whose forms are tried field by field
EVERY = 10_000  # addresses of a route
DOORS_TRIED = 4
DOOR = "/accesso/entra"
WORDS = ("'\"><b>€\x00", "99999999999999999999")  # markup, what no keyboard writes, more than a column holds
FORGED = {"rowid": "1", "action": "delete", "list_form_pk": "1"}  # what a page never shows, and a library may heed


@dataclass
class Findings:
    """What the attack found; everything here must stay empty but the counts."""

    requests: int = 0
    routes: int = 0
    leaks: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    crashes: set[str] = field(default_factory=set)
    answers: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    @property
    def shown(self) -> set[str]:
        """The endpoints that showed something: an attack on shut doors would prove little."""
        return {endpoint for endpoint, answers in self.answers.items() if answers & {200, 302}}

    @property
    def clean(self) -> bool:
        """True if nothing leaked, nothing foreign changed and nothing answered 500."""
        return not (self.leaks or self.changes or self.crashes)

    def __repr__(self) -> str:
        return "\n".join(sorted(self.leaks)[:30] + sorted(self.changes)[:30] + sorted(self.crashes)[:30])


class Attacker:
    """A browser in which somebody is logged in, and what they try.

    ``come_back`` logs in again: some routes end the log-in, and an attacker outside proves nothing.
    """

    def __init__(
        self, app: Flask, client: FlaskClient, ids: dict[str, Ids], come_back: Callable[[], None],
        shown: Iterable[str] = (), forms_each: int = FORMS_EACH, forged_each: int = EVERY,
    ) -> None:  # fmt: skip
        app.request_class = ToldRequest
        self.client, self.ids, self.come_back = client, ids, come_back
        self.forms_each, self.forged_each = forms_each, forged_each
        self.addresses = Addresses(app, ids, shown)
        self.findings = Findings()
        self.foreign = max((key for known in ids.values() for key in known.foreign[:1]), default=NEVER)
        self.public = False

    def attack(self, rule: Rule, addresses: Iterable[str]) -> None:
        """Addresses of a rule, read and written to; then every form that they show, field by field."""
        writes, shut, forms, forged = "POST" in (rule.methods or ()), 0, 0, 0
        for address in addresses:
            status, page = self.ask("GET", address)
            self.findings.answers[rule.endpoint].add(status)
            for link in links_in(page):
                self.addresses.find(link)
            shut += status == 403 or self.turned_away
            if writes:
                if forged < self.forged_each:
                    self.ask("POST", address, {"id": str(self.foreign), **FORGED})
                    forged += 1
                if forms < self.forms_each:
                    forms += self.try_forms(address, page)
            if shut >= DOORS_TRIED:
                break  # the policy asks who and which route, whatever the id

    def try_forms(self, address: str, page: str) -> bool:
        """Send each form as it is shown, then each field in turn aimed at somebody else; False if there is none."""
        shown = forms_in(page)
        for place, form in enumerate(shown):
            stale = self.goes_through(address, form)
            for name in [name for name in form if name != "csrf_token"]:
                for word in (self.another(name), *WORDS):
                    if stale:  # a form that went through has made the one before stale
                        _status, page = self.ask("GET", address)
                        fresh = forms_in(page)
                        form = fresh[place] if place < len(fresh) else form
                    stale = self.goes_through(address, {**form, name: word})
        return bool(shown)

    def goes_through(self, address: str, form: dict[str, str]) -> bool:
        """Send a form; True if it led elsewhere, False if it was shown again with a sentence or refused."""
        return self.ask("POST", address, form)[0] == 302

    def another(self, name: str) -> str:
        """A key of somebody else for a field."""
        known = self.ids.get(TABLES.get(name, name.removesuffix("_id")))
        return str(known.foreign[0] if known and known.foreign else self.foreign)

    def ask(self, method: str, address: str, form: dict[str, str] | None = None) -> tuple[int, str]:
        """One request, judged; gives its status, and the page that came back. Once more from inside if turned away."""
        status, page = self._ask(method, address, form)
        if self.turned_away and not self.public:
            self.come_back()
            status, page = self._ask(method, address, form)
        return status, page

    def _ask(self, method: str, address: str, form: dict[str, str] | None) -> tuple[int, str]:
        answer = self.client.open(address, method=method, data=form, buffered=True)
        body = answer.get_data()
        self.findings.requests += 1
        where = f"{method} {address} {form or ''}"
        if answer.status_code >= 500:
            self.findings.crashes.add(f"{answer.status_code} {where}")
        typed = form and any(CANARY in value for value in form.values())
        if not typed and shows(body + str(answer.headers).encode()):
            self.findings.leaks.add(where)
        self.turned_away = answer.location is not None and answer.location.startswith(DOOR)
        answer.close()
        html = answer.status_code == 200 and answer.mimetype == "text/html"
        return answer.status_code, body.decode("utf-8", "replace") if html else ""


def attack(
    app: Flask, client: FlaskClient, engine: Engine, ids: dict[str, Ids], who: str,
    come_back: Callable[[], None] | None, only: Callable[[Rule], bool] = lambda _rule: True,
    shown: Iterable[str] = (), forms_each: int = FORMS_EACH, forged_each: int = EVERY,
) -> Findings:  # fmt: skip
    """Every rule with every id, own and foreign and none; the public has no way to ``come_back``.

    ``forms_each`` and ``forged_each``: of how many addresses of a route the forms are tried, and a forged one is sent.
    """
    attacker = Attacker(app, client, ids, come_back or (lambda: None), shown, forms_each, forged_each)
    attacker.public = come_back is None
    attacker.come_back()
    last = last_entry(engine)
    rules = [rule for rule in app.url_map.iter_rules() if only(rule)]
    attacker.findings.routes = len(rules)
    for addresses in (attacker.addresses.of, attacker.addresses.found_for):
        for rule in rules:
            attacker.attack(rule, addresses(rule))
    foreign = {(name, str(key)) for name, known in ids.items() for key in known.foreign}
    for entry, table, row_id, actor in _entries_after(engine, last):
        if (table, row_id) in foreign and table not in LOGIN_TABLES and who in actor:
            attacker.findings.changes.add(f"{table} {row_id} ({entry})")
    return attacker.findings


def writes(engine: Engine, since: int, who: str) -> list[str]:
    """What ``who`` changed after the entry ``since``, log-in aside."""
    return [f"{table} {row_id}" for _e, table, row_id, actor in _entries_after(engine, since)
            if who in actor and table not in LOGIN_TABLES]


def undeclared(app: Flask) -> set[str]:
    """The endpoints that have no policy."""
    return {rule.endpoint for rule in app.url_map.iter_rules()} - set(policies(app))


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
    parser.feed(page[page.find("<main"):])  # the frame has the way out only
    return parser.forms


def last_entry(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text("SELECT coalesce(max(id), 0) FROM audit_entry")) or 0)


def _entries_after(engine: Engine, last: int) -> list[Any]:
    statement = text("SELECT id, table_name, row_id, actor FROM audit_entry WHERE id > :last")
    with engine.connect() as connection:
        return list(connection.execute(statement, {"last": last}))
