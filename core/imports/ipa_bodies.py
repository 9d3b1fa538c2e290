"""Municipalities and bodies that are not registered yet, taken from the index of public administrations by one yes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from sqlalchemy import select

from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.names import folded
from core.imports.ipa import EDITORS, IndexRow
from core.parties import bodies, gazetteer, operations
from core.parties.gazetteer import Comune
from core.parties.model import Body, Municipality, Party
from core.parties.names import same_place

MOST_FOUND = 20
FORMS = ("comune", "unione")
NO_LETTERS = re.compile(r"[^a-z0-9]+")


def search(session: ScopedSession, rows: Collection[IndexRow], text: str) -> list[IndexRow]:
    """The bodies of the file that are not registered and whose name holds all words of ``text``, or whose code it is.

    At most ``MOST_FOUND`` of them, those whose name is shortest first: «Lodi» before «Provincia di Lodi».
    """
    words, code = folded(text).split(), text.strip().casefold()
    if not words:
        return []
    tax_codes = set(session.scalars(select(Party.tax_code)))
    names = {folded(name) for name in session.scalars(select(Body.name))}
    codes = set(session.scalars(select(Municipality.ipa)))
    found = [row for row in rows
             if (code in (row.said["ipa"].casefold(), row.said["tax_code"]) or _holds(row.said["name"], words))
             and row.said["tax_code"] not in tax_codes and row.said["ipa"].lower() not in codes
             and folded(row.said["name"]) not in names]
    return sorted(found, key=lambda row: (len(row.said["name"]), row.line))[:MOST_FOUND]


def _holds(name: str, words: Collection[str]) -> bool:
    return set(words) <= set(folded(name).split())


def kinds_of(row: IndexRow) -> tuple[str, ...]:
    """What a row may be registered as: a comune is one; another body is a union or one of the kinds of bodies."""
    return ("comune",) if row.is_comune else ("unione", *sorted(bodies.KINDS))


def add(session: ScopedSession, rows: Collection[IndexRow], chosen: Mapping[str, str]) -> int:
    """Register the bodies ``chosen``, by their codes of the index, each as what (``kinds_of``); how many.

    All or none. RuleBroken, with its name, for one that is not in the file or stands there twice, that is dissolved, of
    which the province is not known, and for whatever the pages would refuse.
    """
    session.principal.require(*EDITORS)
    if not chosen:
        raise RuleBroken("Scegliere almeno un ente, e come registrarlo.", field="chosen")
    for code, kind in chosen.items():
        own = [row for row in rows if row.said["ipa"].casefold() == code.casefold()]
        if len(own) != 1 or kind not in kinds_of(own[0]):
            raise RuleBroken("L'ente «%(code)s» non si può prendere così dal file: cercarlo di nuovo.", field="chosen",
                             code=code)
        try:
            _add(session, own[0], kind)
        except RuleBroken as refusal:
            raise RuleBroken("%(name)s, riga %(line)s dell'Indice: %(why)s", field="chosen", name=own[0].said["name"],
                             line=own[0].line, why=refusal).mended(refusal.at) from refusal
        session.flush()
    return len(chosen)


def _add(session: ScopedSession, row: IndexRow, kind: str) -> None:
    if row.is_dissolved:
        raise RuleBroken("è un ente in liquidazione, e non si registra.")
    if kind not in FORMS:
        bodies.add_body(session, {"name": row.said["name"], "kind": kind, "owner": "external",
                                  "code": NO_LETTERS.sub("_", row.said["ipa"].lower())})
        return
    said, place = row.said, seat(row)
    if not (said["province"] or place):
        raise RuleBroken("l'Indice non dice in che provincia ha sede: registrarlo dalla pagina dei comuni.")
    facts = {
        "form": kind, "name": said["name"], "tax_code": said["tax_code"], "ipa": said["ipa"],
        "pec": said["pec"] or None, "address": said["address"], "postal_code": said["postal_code"],
        "city": said["city"] or (place.name if place else said["name"]),
        "province": said["province"] or (place.province if place else "")}
    if kind == "comune":
        facts |= {"name": _name(said["name"], place), "istat": said["istat"] or (place.istat if place else ""),
                  "cadastral": said["cadastral"] or (place.cadastral if place else None)}
    operations.add_municipality(session, facts)


def _name(written: str, place: Comune | None) -> str:
    """As the list writes it, if it is that one; else as the index does, without «Comune di»."""
    if place is not None and same_place(written, str(place)):
        return place.name
    return re.sub(r"^comune di\s+", "", written, flags=re.IGNORECASE)


def seat(row: IndexRow) -> Comune | None:
    """The comune in which a body has its seat, by the codes that the index gives, else (a comune) by its own."""
    known, said = gazetteer.gazetteer(), row.said
    cadastral = said["cadastral"] or (said["ipa"].removeprefix("c_") if row.is_comune else "")
    found = known.by_istat.get(said["istat"]) or known.by_cadastral.get(cadastral.upper())
    return found if found is not None and found.until is None else None

