"""Every address that can be asked for: the rules of the application filled with ids, its own words, and nonsense."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product
from urllib.parse import urlencode

from flask import Flask
from werkzeug.routing import BuildError, IntegerConverter, Rule, ValidationError

from admin.contract_form import ContractForm
from admin.contract_passages import STEPS
from admin.exports import EXPORTS
from core.cases.model import CASES
from core.imports.subjects import IMPORTS
from tests.proofs.canaries import CANARY, Ids

NEVER = 987654
NONSENSE = ("'\"><b>", "99999999999999999999", "1,2", "-1", "%00", "à;è")
OWN_FEED = "gettone-della-prova"  # the address of the attacker's own calendar
# what the parameters of the routes may be; a new one that is not here makes the proof fail
WORDS = {
    "action": (*STEPS,),
    "code": ("it", "en"),
    "filename": ("patto.css", "../patto.sqlite3"),
    "kind": ("xlsx", "csv"),
    "letter": ("default_notice-0", "penalty_request-0", "accreditation_decree-0", "inspection_notice-1"),
    "slug": ("unita-1", "unita-99999999999999999999"),
    "step": (*ContractForm.STEPS, "check", "preview"),
    "subject": (*CASES, "document"),
    "token": (OWN_FEED,),
    "what": (*IMPORTS, *EXPORTS),
}
PICKED = ("id", "altra", "budget", "comune", "contract", "contract_id", "da", "dopo", "gruppo", "instalment",
          "municipality", "prima", "servizio", "una")  # fmt: skip
AROUND = {"anno": "2026", "year": "2026", "dal": "2026", "mese": "2026-05", "due": "2026-07-31", "formato": "xlsx",
          "name": "municipality", "q": CANARY[:6]}  # fmt: skip


def addresses(app: Flask, rule: Rule, ids: dict[str, Ids]) -> Iterator[str]:
    """The addresses of a rule: its parameters, or the queries that the views read, filled with ids and nonsense."""
    keys = candidates(ids)
    adapter = app.url_map.bind("localhost")
    if not rule.arguments:
        address = adapter.build(rule.endpoint, {}, method=_method(rule))
        yield address
        yield from (f"{address}?{urlencode(AROUND | dict.fromkeys(PICKED, str(key)))}" for key in keys)
        asked = (*PICKED, *AROUND, "search", "page", "sort", "stato", "giorno", "atto")
        yield from (f"{address}?{urlencode(dict.fromkeys(asked, word))}" for word in NONSENSE)
        return
    names = sorted(rule.arguments)
    for values in product(*(_values(rule, name, keys) for name in names)):
        try:
            yield adapter.build(rule.endpoint, dict(zip(names, values, strict=True)), method=_method(rule))
        except (BuildError, ValidationError, ValueError):
            continue  # the converter refuses the word: the address does not exist


def _values(rule: Rule, name: str, keys: Iterable[int]) -> tuple[object, ...]:
    if isinstance(rule._converters[name], IntegerConverter):
        return (*keys, *NONSENSE)
    return (*WORDS[name], *NONSENSE)


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
