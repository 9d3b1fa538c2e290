"""Two states of a contract beside each other: its fields, its services, its clauses. Pure.

A snapshot is flat and plain: ``{"service/3/12": {"value": true, "shown": "Segretariato sociale", "of": "Dresano"}}``.
Flat, so that a field, a service and a clause are compared, and merged, by one rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.contracts.model import Conferral, Contract
from core.documents.comparing import Change
from core.ground.errors import RuleBroken

Snapshot = Mapping[str, Mapping[str, Any]]

NAMES = {
    "starts_on": "Decorrenza",
    "ends_on": "Ultimo giorno",
    "place": "Luogo della firma",
    "terms_id": "Condizioni contrattuali",
    "zone_plan_id": "Piano di Zona",
    "charter_id": "Carta dei servizi",
    "cig": "CIG",
    "cup": "CUP",
    "service": "Servizio",
    "signatory": "Firmatario",
    "clause": "Clausola",
    "act": "Atto allegato",
}
# what an amendment says of its own signing: it never passes to the contract that it amends
OF_THE_SIGNING = frozenset({"place", "signatory", "act"})


@dataclass(frozen=True)
class Difference:
    """A field that two snapshots say differently; ``of`` is the municipality or the party it belongs to."""

    key: str
    kind: Change
    of: str
    before: str
    after: str

    @property
    def field(self) -> str:
        """The part of the key that names the field: ``service``, ``ends_on``."""
        return field_of(self.key)


def field_of(key: str) -> str:
    """``service`` of ``service/3/12``."""
    return key.partition("/")[0]


# --- snapshots --------------------------------------------------------------------------------------------


def snapshot(contract: Contract) -> dict[str, dict[str, Any]]:
    """What a contract says, as plain data under stable keys; what it leaves open is left out.

    ``ends_on`` is its last day with extensions, because that is what two states of a contract differ in. The acts by
    which its parties approved it are marked: they are no content (see ``differences``).
    """
    return {key: fact for key, fact in _facts(contract) if fact["value"] not in (None, "")}


def _facts(contract: Contract) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "starts_on", _day(contract.starts_on)
    yield "ends_on", _day(contract.runs_to or contract.ends_on)
    for name in ("place", "cig", "cup"):
        value = getattr(contract, name)
        yield name, _fact(value, value or "")
    for name in ("terms", "zone_plan", "charter"):
        row = getattr(contract, name)
        yield f"{name}_id", _fact(None if row is None else row.id, str(row))
    for member in contract.parties:
        who = member.signatory
        shown = "" if who is None else f"{who.full_name}, {who.role}"
        since = "" if who is None else f"in carica dal {who.valid_from:%d/%m/%Y}"
        yield f"signatory/{member.party_id}", _fact(
            None if who is None else who.id, shown, member.party.name) | {"apart": since}
    for given in sorted(contract.conferrals, key=lambda c: (c.municipality.name, c.service.order)):
        yield service_key(given), _fact(True, given.service.name_on(contract.named_on), given.municipality.name)
    titles: list[str] = []
    for clause in contract.clauses:
        titles.append(clause.title)
        again = f" ({times})" if (times := titles.count(clause.title)) > 1 else ""
        yield f"clause/{clause.title}{again}", _fact(clause.text, clause.text, clause.title)
    for link in contract.acts:
        if link.role != "superseded":
            fact = _fact(True, str(link.act), link.act.party.name)
            yield f"act/{link.act.id}", fact | {"approval": True} if link.role == "approval" else fact


def service_key(given: Conferral) -> str:
    """What a conferral is called in a snapshot."""
    return f"service/{given.municipality_id}/{given.service_id}"


def _fact(value: Any, shown: str, of: str = "") -> dict[str, Any]:
    return {"value": value, "shown": shown, "of": of}


def _day(day: date) -> dict[str, Any]:
    return _fact(day.isoformat(), f"{day:%d/%m/%Y}")


def differences(before: Snapshot, after: Snapshot) -> list[Difference]:
    """The fields that differ, in the order of the newer snapshot; those that it lacks come last.

    An approval is of one text, and no change from a text to another that has its own.
    """
    keys = [key for key in [*after, *(key for key in before if key not in after)]
            if not any(snap.get(key, {}).get("approval") for snap in (before, after))]
    return [_difference(key, before.get(key), after.get(key)) for key in keys if _differ(key, before, after)]


def _differ(key: str, one: Snapshot, other: Snapshot) -> bool:
    return bool(_value(key, one) != _value(key, other))


def _value(key: str, snap: Snapshot) -> Any:
    return snap[key]["value"] if key in snap else None


def _difference(key: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Difference:
    kind = Change.ADDED if before is None else Change.REMOVED if after is None else Change.CHANGED
    of = (after or before or {})["of"]
    alike = before is not None and after is not None and before["shown"] == after["shown"]
    return Difference(key, kind, of, _shown(before, alike), _shown(after, alike))


def _shown(fact: Mapping[str, Any] | None, alike: bool) -> str:
    """A fact in words; two that read ``alike`` say what tells them apart."""
    if fact is None:
        return ""
    apart = fact.get("apart") or f"n. {fact['value']}" if alike else ""
    return f"{fact['shown']} ({apart})" if apart else str(fact["shown"])


# --- the merge of three -----------------------------------------------------------------------------------


def changes_to_merge(base: Snapshot, live: Snapshot, copy: Snapshot) -> dict[str, Any]:
    """What the copy changes since ``base``, as key -> value (None: taken away), where it may pass to ``live``.

    RuleBroken, naming the field, where the live value has changed too and differs (R62). What the amendment says of
    its own signing stays with it.
    """
    changed = [d.key for d in differences(base, copy) if d.field not in OF_THE_SIGNING]
    for key in changed:
        if _differ(key, base, live) and _differ(key, live, copy):
            raise _conflict(key, base, live, copy)
    return {key: _value(key, copy) for key in changed if _differ(key, live, copy)}


def _conflict(key: str, base: Snapshot, live: Snapshot, copy: Snapshot) -> RuleBroken:
    def shown(snap: Snapshot) -> str:
        return str(snap[key]["shown"]) if key in snap else "niente"

    of = next(snap[key]["of"] for snap in (copy, live, base) if key in snap)
    name = f"{NAMES[field_of(key)]} ({of})" if of else NAMES[field_of(key)]
    return RuleBroken(
        "La modifica non si può recepire: «%(name)s» nel frattempo è cambiato anche nel contratto. Era %(base)s, "
        "ora è %(live)s e la modifica vuole %(copy)s. Correggere il passaggio della firma, "
        "riportare la modifica in bozza e accordarsi di nuovo sul valore.",
        field=field_of(key), name=name, base=shown(base), live=shown(live), copy=shown(copy),
    )
