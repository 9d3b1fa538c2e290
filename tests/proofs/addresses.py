"""Every address that can be asked for: the rules of the application filled with ids, its own words, and nonsense;
and the addresses that its own pages show to those who see everything."""

from __future__ import annotations

import html
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import product
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError, IntegerConverter, MapAdapter, Rule, ValidationError

from admin.contracts.guided import ContractForm
from admin.office import pages
from admin.office.exports import EXPORTS
from admin.public.about import TEXTS
from core.ground.owners import CASES, PROVIDER_CASES
from core.imports.subjects import IMPORTS
from tests.proofs.canaries import CANARY, Ids

NEVER = 987654
NONSENSE = ("'\"><b>", "99999999999999999999", "1,2", "-1", "%00", "à;è")
OWN_FEED = "gettone-della-prova"  # the address of the attacker's own calendar
SUBJECTS = sorted({*CASES, *PROVIDER_CASES, "document"})
# what the parameters of the routes may be; a new one that is not here makes the proof fail
WORDS = {
    "chapter": tuple(pages.SUBJECTS),
    "code": ("it", "en"),
    "file": ("seats.css", "../plugin.toml"),
    "filename": ("patto.css", "../patto.sqlite3"),
    "kind": ("xlsx", "csv"),
    "letter": ("default_notice-0", "accreditation_decree-0"),
    "plugin": ("disability_day_centres", "niente"),
    "slug": ("unita-1", "unita-99999999999999999999"),
    "step": (*ContractForm.STEPS, "check", "preview"),
    "subject": SUBJECTS,
    "token": (OWN_FEED,),
    "what": (*IMPORTS, *EXPORTS, *TEXTS),
}
# the table whose keys a parameter holds, where its name does not say it
TABLES = {
    "accreditation": "accreditation", "comune": "municipality", "contract": "contract", "contratto": "contract",
    "control": "control", "danno": "damage_claim", "diffida": "default_notice", "finding_id": "inspection_finding",
    "gestore": "provider", "gruppo": "allocation_group", "instalment": "instalment", "key": "municipality",
    "municipality": "municipality", "pagamento": "penalty_payment", "penale": "penalty", "provider": "provider",
    "rilievo": "notice_finding", "site": "unit_site", "unit": "service_unit",
}  # fmt: skip
AROUND = {"anno": "2026", "atto": "undo", "year": "2026", "dal": "2026", "mese": "2026-05",
          "due": "2026-07-31", "formato": "xlsx", "name": "municipality", "q": CANARY[:6],
          "search": CANARY[:6], "page": "0", "sort": "0"}  # fmt: skip
FRAME = {"q", "url"}  # read by the frame of every page, and by every form for the way back
ORDER = {"url", "sort", "desc", "page", "search", "q"}  # the same page in another order
LINK = re.compile(r'(?:href|action)="(/[^"#]*)')
SHOWN_EACH = 4  # addresses of a route with the same words that are tried, of those that pages show
KINDS_EACH = 30  # kinds of address of a route: an action each, a state each
VISITED_EACH = 6  # pages of a route that the walk opens


class Query(ImmutableMultiDict[str, str]):
    """The query of an address, which tells what is asked of it: other words in it would say nothing."""

    asked: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return super().__getitem__(name)

    def get(self, name, default=None, type=None):  # type: ignore[no-untyped-def, override]
        self.asked.add(name)
        return super().get(name, default, type)

    def getlist(self, name, type=None):  # type: ignore[no-untyped-def, override]
        self.asked.add(name)
        return super().getlist(name, type)

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)


class ToldRequest(Request):
    """A request whose query tells what is asked of it."""

    @property
    def args(self):  # type: ignore[no-untyped-def, override]
        if "told" not in self.environ:
            self.environ["told"] = Query(parse_qsl(self.query_string.decode("latin-1"), keep_blank_values=True,
                                                   encoding="utf-8", errors="replace"))
        return self.environ["told"]


class Addresses:
    """The addresses of an application for an attacker: own, foreign and no id, words of the program, nonsense."""

    def __init__(self, app: Flask, ids: dict[str, Ids], shown: Iterable[str] = ()) -> None:
        self.adapter = app.url_map.bind("localhost")
        self.ids = ids
        self.keys = candidates(ids)
        self.models = {view.endpoint: view.model.__tablename__ for view in app.extensions["admin"][0]._views
                       if hasattr(view, "model")}
        self.shown: dict[str, Signs] = defaultdict(Signs)
        self.found: dict[str, Signs] = defaultdict(Signs)
        self.seen = set[str]()
        for address in shown:
            self._keep(self.shown, address)

    def find(self, address: str) -> None:
        """Keep an address that the attacker's own pages show, if it is one of a few of its kind."""
        self._keep(self.found, address)

    def _keep(self, where: dict[str, Signs], address: str) -> None:
        if endpoint := endpoint_of(self.adapter, address):
            where[endpoint].keep(address, SHOWN_EACH)

    def of(self, rule: Rule) -> Iterator[str]:
        """The addresses of a rule; those with a query are made while the rule is attacked: it tells what it reads."""
        yield from self._fresh(self._with_path(rule) if rule.arguments else self._with_query(rule))

    def found_for(self, rule: Rule) -> Iterator[str]:
        """What the attacker's own pages have led to since, and own cases with something of another's in them."""
        found = list(self.found[rule.endpoint])
        yield from self._fresh((*found, *self._children(rule, found)))

    def _fresh(self, addresses: Iterable[str]) -> Iterator[str]:
        for address in addresses:
            if address not in self.seen:
                self.seen.add(address)
                yield address

    def _with_query(self, rule: Rule) -> Iterator[str]:
        """Alone; with each name that it reads, own, foreign and no key; with all of them; with nonsense."""
        plain = self.adapter.build(rule.endpoint, {}, method=_method(rule))
        Query.asked.clear()
        yield plain
        keys = self.values(rule, "id")
        if "id" not in Query.asked:  # a shut door tells nothing
            yield from (f"{plain}?id={key}" for key in (keys[0], *keys[-2:]))
        tried = set[str]()
        while names := Query.asked - tried - FRAME:  # a page that finds its record may ask for more
            tried |= names
            around = {name: AROUND[name] for name in tried & AROUND.keys()}
            told = [name for name in sorted(names - AROUND.keys())
                    if name == "id" or TABLES.get(name, name.removesuffix("_id")) in self.ids]
            for name in told:
                yield from (f"{plain}?{urlencode(around | {name: key})}" for key in self.values(rule, name))
            together = sorted(tried - AROUND.keys())
            if together != told:  # filters, and pages that want two keys
                yield from (f"{plain}?{urlencode(around | dict.fromkeys(together, key))}" for key in self.keys)
        asked = sorted(tried | FRAME)
        for word in NONSENSE if tried or rule.endpoint.startswith("search.") else NONSENSE[:1]:
            strange = dict.fromkeys(asked, word)
            yield f"{plain}?{urlencode(strange)}"
            if "id" in tried:
                yield f"{plain}?{urlencode(strange | {'id': keys[0]})}"
        shown = list(self.shown[rule.endpoint])
        yield from (*shown, *self._children(rule, shown))

    def _children(self, rule: Rule, shown: list[str]) -> Iterator[str]:
        """An address that a page shows with two keys: its first kept, the others own, another's, nobody's, nonsense."""
        for address in shown[:2]:
            path, query = address.partition("?")[::2]
            told = dict(parse_qsl(query))
            for name in [name for name, value in told.items() if name != "id" and name not in AROUND]:
                values = (*self.values(rule, name), *NONSENSE[:2])
                yield from (f"{path}?{urlencode(told | {name: value})}" for value in values)

    def _with_path(self, rule: Rule) -> Iterator[str]:
        """Those that pages show; every word with own, foreign and no key; nonsense in each place in turn."""
        yield from list(self.shown[rule.endpoint])
        names = sorted(rule.arguments)
        usual = {name: self._values(rule, name) for name in names}
        combinations = [dict(zip(names, values, strict=True)) for values in product(*usual.values())]
        if {"subject", "subject_id"} <= usual.keys():
            combinations = [{**one, "subject_id": key} for one in combinations if one["subject_id"] == NEVER
                            for key in self.keys_of(str(one["subject"]))]
        strange = [{**combinations[0], name: word} for name in names for word in NONSENSE]
        for values in (*combinations, *strange):
            try:
                yield self.adapter.build(rule.endpoint, values, method=_method(rule))
            except (BuildError, ValidationError, ValueError):
                continue  # the converter refuses the word: the address does not exist

    def _values(self, rule: Rule, name: str) -> tuple[object, ...]:
        if not isinstance(rule._converters[name], IntegerConverter):
            return tuple(WORDS[name])
        return (NEVER,) if name == "subject_id" else tuple(self.values(rule, name))

    def values(self, rule: Rule, name: str) -> list[int]:
        """The keys that a parameter may hold: of its table, or those that reach every table."""
        table = self.models.get(rule.endpoint.split(".")[0]) if name == "id" else TABLES.get(name)
        return self.keys_of(table or name.removesuffix("_id"))

    def keys_of(self, table: str) -> list[int]:
        """Own, foreign and no key of a table, one of each state."""
        known = self.ids.get(table)
        return self.keys if known is None else [*known.some_own, *known.some_foreign, NEVER]


class Signs:
    """Addresses of one route, a few of each kind: alike are those that differ in their numbers only."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], list[str]] = {}

    def keep(self, address: str, most: int) -> bool:
        """Add an address; False if it is here, or enough are like it."""
        kept = self._kept.setdefault(_sign(address), [])
        if address in kept or len(kept) >= most or len(self._kept) > KINDS_EACH:
            return False
        kept.append(address)
        return True

    def __iter__(self) -> Iterator[str]:
        for kept in self._kept.values():
            yield from kept


def _sign(address: str) -> tuple[object, ...]:
    told = urlsplit(address)
    words = sorted((name, re.sub(r"\d+", "", value)) for name, value in parse_qsl(told.query) if name not in ORDER)
    return re.sub(r"\d+", "", told.path), *words


def links_in(page: str) -> set[str]:
    """Where the body of a page leads, the menu aside."""
    return {html.unescape(link) for link in LINK.findall(page[page.find("<main"):])}


def endpoint_of(adapter: MapAdapter, address: str) -> str | None:
    """The endpoint of an address of the application."""
    for method in ("GET", "POST"):
        try:
            return str(adapter.match(urlsplit(address).path, method=method)[0])
        except HTTPException:
            continue
    return None


def walk(app: Flask, client: FlaskClient) -> list[str]:
    """The addresses that the pages show to ``client``, who only reads: every kind of page opened a few times.

    AssertionError for a page that breaks: what it would have shown would not be tried.
    """
    adapter = app.url_map.bind("localhost")
    seen, opened = set[str](), defaultdict[str, Signs](Signs)
    ahead = [rule.rule for rule in app.url_map.iter_rules() if not rule.arguments and "GET" in (rule.methods or ())]
    while ahead:
        address = ahead.pop()
        endpoint = endpoint_of(adapter, address)
        once = endpoint is None or not endpoint.endswith((".index", ".index_view", ".details_view", ".case_view"))
        if endpoint is None or not opened[endpoint].keep(address, 1 if once else VISITED_EACH):
            continue
        with client.get(address) as answer:
            assert answer.status_code < 500, address
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            fresh = links_in(answer.get_data(as_text=True)) - seen
        seen |= fresh
        ahead += sorted(fresh)
    return sorted(seen)


def candidates(ids: dict[str, Ids]) -> list[int]:
    """A few ids that reach every table, one that the attacker owns and one that is another's: most count from one."""
    halves = [set(half) for name, known in ids.items() if not name.startswith("audit_")
              for half in (known.own, known.foreign) if half]
    chosen = {NEVER}
    while halves:
        [(best, _times)] = Counter(key for half in halves for key in half).most_common(1)
        chosen.add(best)
        halves = [half for half in halves if best not in half]
    return sorted(chosen)


def _method(rule: Rule) -> str:
    methods = rule.methods or set()
    return "GET" if "GET" in methods else sorted(methods)[0]
