"""What has changed in the records since a text was made that goes round for approval: what the text says, and what the
records say today.

The data that a text was made of lie beside it; they are held against those of today, field by field. The text is never
changed by that: a person decides whether it stays as it was approved.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from core.contracts import papers
from core.contracts.assemble import contract_document
from core.contracts.context import ContractContext
from core.contracts.model import Contract, ContractDocument
from core.contracts.operations import GENERATED
from core.contracts.rules import signatory_on
from core.documents.controls import Late
from core.documents.grammar import body_title
from core.documents.manifest import FieldEntry, manifest_of
from core.documents.operations import canonical
from core.documents.wordfile import plain, read_text
from core.documents.words import date_long, iban
from core.ground.access import ScopedSession
from core.parties.model import Signatory, within
from core.plugins.loading import Registry

# what follows the state, or the contract's own number and terms, and what a late datum beside it says already
LEFT_OUT = frozenset({"number", "programme_year", "draft", "standing", "signing", "terms", "cig", "cup", "acts",
                      "attached", "coordinates", "amends", "cover"})
# an account is late only while there is none; an act that the text does not cite is told beside what was late
LATE_OF_THEIR_OWN = ("accounts/", "act/")
PERSON = "person"
DAY = "data"  # how the manifest calls a field that holds a day


@dataclass(frozen=True)
class Drifted:
    """A datum whose record has changed: its name with whose it is, what the text says and what the records say today.

    A long one, the sheet of a service for instance, gives only the lines that differ.
    """

    key: str
    name: str
    said: tuple[str, ...]
    says: tuple[str, ...]


@dataclass(frozen=True)
class Fact:
    """What a text was told of one datum; ``many``: a list, to which something may be added."""

    name: str
    lines: tuple[str, ...]
    many: bool = False


def made_of(session: ScopedSession, contract: Contract, text: ContractDocument) -> Any:
    """The data that a text, or the one that it was negotiated from, was made of; None for one that was not made here.
    """
    made = [version for version in contract.documents
            if version.origin == GENERATED and version.version_number <= text.version_number]
    path = made[-1].document.data_path if made else None
    return json.loads(session.files.get(path)) if path else None


def drifted(
    session: ScopedSession, contract: Contract, text: ContractDocument, registry: Registry, *, today: date
) -> tuple[Drifted, ...]:
    """What ``text`` says and the records do not say any more; what a hand has written there otherwise is not told."""
    data = made_of(session, contract, text)
    if data is None or not text.document.file_name.endswith(".docx"):
        return ()
    then, now = facts_of(data), facts_of(json.loads(canonical(contract_document(session, contract, registry))))
    said = " ".join(map(plain, read_text(session.files.get(text.document.path)))).casefold()
    return (*_signatories(contract, today), *_differing(then, now, said))


def facts_of(data: Mapping[str, Any]) -> dict[str, Fact]:
    """The data of a contract's document, as they are kept beside it, under stable keys."""
    late = {f"late/{one['key']}": Fact(one["name"], (one["text"],)) for one in _lates(data)
            if one["text"] and not one["key"].startswith(LATE_OF_THEIR_OWN)}
    return {**dict(_facts(data, "", "", "")), **late}


def in_quotes(lines: Sequence[str]) -> str:
    """What a text or the records say of a datum, in a sentence."""
    return f"«{'; '.join(lines)}»" if lines else "niente"


def _differing(then: Mapping[str, Fact], now: Mapping[str, Fact], said: str) -> Iterator[Drifted]:
    for key, before in then.items():
        after = now.get(key, Fact(before.name, ()))
        gone = [line for line in _less(before.lines, after.lines) if _stands_in(said, line)]
        come = _less(after.lines, before.lines)
        added = before.many and before.lines and any(not _stands_in(said, line) for line in come)
        if gone or added:
            yield Drifted(key, before.name, tuple(gone), tuple(come))


def _signatories(contract: Contract, today: date) -> Iterator[Drifted]:
    """Who was to sign and is not in office any more, with who is: on the day that decides it for a draft too."""
    day = max(today, contract.starts_on)
    for member in contract.parties:
        who = member.signatory
        if who is not None and member.valid_to is None and not within(day, who.valid_from, who.valid_to):
            now = signatory_on(member.party, day)
            yield Drifted(f"signatory/{member.party_id}", f"Chi firma – {papers.name_of(member.party)}",
                          (_in_office(who),), (_in_office(now),) if now is not None else ())


def _in_office(who: Signatory) -> str:
    return f"{who.full_name}, {who.role}"


def _less(lines: Sequence[str], others: Sequence[str]) -> list[str]:
    """The lines without the others, each as often as it stands there more."""
    left, found = Counter(lines) - Counter(others), []
    for line in lines:
        if left[line]:
            left[line] -= 1
            found.append(line)
    return found


def _stands_in(said: str, line: str) -> bool:
    """True if a text, in small letters, holds a line as words of its own."""
    return re.search(rf"(?<!\w){re.escape(plain(line).casefold())}(?!\w)", said) is not None


# --- the data as facts ------------------------------------------------------------------------------------


def _facts(value: Any, path: str, key: str, of: str) -> Iterator[tuple[str, Fact]]:
    """Each leaf, and each list as one fact; the parties and the annexes are told one by one."""
    if isinstance(value, Mapping):
        if value.get("") == Late.__name__:
            return
        of = _of(value) or of
        for name, item in value.items():
            if name and name not in LEFT_OUT:
                yield from _facts(item, f"{path}.{name}" if path else name, f"{key}/{name}" if key else name, of)
    elif isinstance(value, list):
        yield from _list(value, f"{path}[]", key, of)
    elif value not in (None, "") and not isinstance(value, bool):
        yield key, Fact(_name(path, of), (_written(value, path),))


def _list(value: Sequence[Any], path: str, key: str, of: str) -> Iterator[tuple[str, Fact]]:
    if key == "municipalities":
        for number, item in enumerate(value):
            yield from _facts(item, path, f"{key}/{number}", of)
    elif key == "annexes":
        for item in value:
            yield (f"{key}/{'+'.join(item['service_codes']) or item['title']}",
                   Fact(f"Allegato n. {item['number']} – {item['title']}", tuple(_lines(item, path)), many=True))
    else:
        yield key, Fact(_name(path, of), tuple(_lines(value, path)), many=True)


def _lines(value: Any, path: str) -> Iterator[str]:
    """Every text in a value, in order; numbers and days of it are those of something that is named beside."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name and not _is_day(f"{path}.{name}"):
                yield from _lines(item, f"{path}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from _lines(item, path)
    elif isinstance(value, str) and plain(value):
        yield _written(value, path)


def _lates(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        if value.get("") == Late.__name__:
            yield value
        else:
            for item in value.values():
                yield from _lates(item)
    elif isinstance(value, list):
        for item in value:
            yield from _lates(item)


def _of(value: Mapping[str, Any]) -> str:
    """The party whose data these are; empty for data of nobody."""
    if value.get("") == "Azienda":
        return str(value["short_name"])
    if value.get("") == "Municipality":
        return body_title(value["kind"], value["name"], value["connector"])
    return ""


def _written(value: Any, path: str) -> str:
    """A leaf as the text prints it."""
    if _is_day(path):
        return date_long(date.fromisoformat(value))
    return iban(value) if path.endswith(".iban") else plain(str(value))


def _is_day(path: str) -> bool:
    return path in _entries() and _entries()[path].type.startswith(DAY)


def _name(path: str, of: str) -> str:
    """What the manifest calls a field, with the group in which it stands if that is not the party itself."""
    outer = [part for part in path.split(".")[:-1] if part != PERSON]
    found = _meaning(path)
    if len(outer) > 1:
        found = f"{found} ({_meaning('.'.join(outer)).casefold()})"
    return f"{found} – {of}" if of else found


def _meaning(path: str) -> str:
    """The first words of what the manifest says of a field: the rest is for whoever edits the template."""
    entry = _entries().get(path)
    return re.split("[,;:]", entry.description)[0] if entry is not None else path.rpartition(".")[2]


@cache
def _entries() -> dict[str, FieldEntry]:
    return {entry.path: entry for entry in manifest_of("", ContractContext).fields}
