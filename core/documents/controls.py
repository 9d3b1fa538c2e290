"""The places of a Word text that wait for a datum: content controls that the template puts there, and blanks. Pure.

A datum that is not known yet is printed as its ``open`` words, inside a content control that bears its key. The control
lives through what people do to the file by hand, so the datum finds its place when it comes, and nothing else changes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from io import BytesIO
from typing import Annotated, Any
from zipfile import ZipFile

from markupsafe import Markup

from core.documents.manifest import Told
from core.documents.markup import unify_newlines, word_text
from core.documents.wordfile import DOCUMENT, EDGE, W, part, plain, read_text, repacked, runs, walk

PREFIX = "patto:"
MOST_NAME = 64  # Word takes no longer title of a control
BLANK = re.compile(r"_{3,}|…{2,}|\.{5,}")
SIGN_HERE = re.compile(r"\s*_{12,}\s*")  # a line that is nothing but a line is there to sign on
EMPTY_LIST = re.compile(r"(?<!\w)(?:di|del|dello|della|dei|degli|delle|da|dal|dalla|dai|tra|fra|con|per|nel|nella) ?"
                        r"(?=[,;.])(?!\.\.)", re.IGNORECASE)
DRAFT = re.compile(r"\bBOZZA\b")
_DRAWN = frozenset({f"{W}pict", f"{W}drawing", f"{W}object",
                    "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"})
_AROUND = 40


@dataclass(frozen=True)
class Late:
    """A datum that may come after the text was approved. ``text`` is empty while it is not known."""

    key: Annotated[str, Told("Chiave del dato, per il programma", "act/3/council")]
    name: Annotated[str, Told("Nome del dato per chi legge", "Deliberazione della Giunta – Comune di Dresano")]
    open: Annotated[str, Told("Che cosa si stampa finché non si sa", "n. ________ del ________")]
    text: Annotated[str, Told("Che cosa si stampa quando si sa, altrimenti vuoto", "n. 12 del 19 febbraio 2026")] = ""


@dataclass(frozen=True)
class ContentControl:
    """A content control as it stands in a text: ours has a key, unless a program that is not Word has dropped it."""

    key: str
    name: str
    text: str


@dataclass(frozen=True)
class Spot:
    """A piece of a paragraph that waits to be written: where it is, its words, what stands around them.

    ``before`` and ``after`` are the rest of its paragraph. ``key`` and ``name`` are those of the control that it stands
    in, empty for none.
    """

    paragraph: int
    start: int
    end: int
    text: str
    before: str
    after: str
    key: str = ""
    name: str = ""

    @property
    def code(self) -> str:
        """The place, as a form carries it."""
        return f"{self.paragraph}-{self.start}-{self.end}"

    @property
    def around(self) -> str:
        """The words of the place and the nearest ones, for a sentence that names it."""
        before, after = self.before[-_AROUND:], self.after[:_AROUND]
        if len(self.before) > _AROUND:
            before = f"…{before.partition(' ')[2]}"
        if len(self.after) > _AROUND:
            after = f"{after.rpartition(' ')[0]}…"
        return " ".join(f"{before}{self.text}{after}".split())

    @property
    def opens_list(self) -> bool:
        """True where a list came out empty: the preposition before it stays."""
        return EMPTY_LIST.match(f"{self.text},") is not None


def late(datum: Late) -> str | Markup:
    """``{{ act.reference|late }}``: the datum, or its open words in a content control that waits for it."""
    if datum.text:
        return datum.text
    return Markup('</w:t></w:r><w:sdt><w:sdtPr><w:alias w:val="{}"/><w:tag w:val="{}"/><w:lock w:val="sdtLocked"/>'
                  '<w:text w:multiLine="1"/></w:sdtPr><w:sdtContent><w:r><w:t xml:space="preserve">{}</w:t></w:r>'
                  '</w:sdtContent></w:sdt><w:r><w:t xml:space="preserve">').format(
                      word_text(short_name(datum)), word_text(PREFIX + datum.key), word_text(datum.open))


def short_name(datum: Late) -> str:
    """The name of a datum as the title of its control."""
    name = " ".join(datum.name.split())
    return name if len(name) <= MOST_NAME else f"{name[:MOST_NAME - 1]}…"


def named(data: Mapping[str, Late]) -> dict[str, str]:
    """The keys of data by the titles of their controls, where a title is of one datum alone."""
    titles = [short_name(datum) for datum in data.values()]
    return {title: key for title, key in zip(titles, data, strict=True) if titles.count(title) == 1}


def lates(value: object) -> Iterator[Late]:
    """Every late datum in a document's data, in their order."""
    if isinstance(value, Late):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for entry in fields(value):
            yield from lates(getattr(value, entry.name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from lates(item)


def open_keys(data: Any) -> set[str]:
    """The keys of the data that were not known when a document was made, from the JSON that is kept beside it."""
    if isinstance(data, Mapping):
        mine = {data["key"]} if data.get("") == Late.__name__ and not data["text"] else set()
        return mine.union(*(open_keys(item) for item in data.values()))
    if isinstance(data, Sequence) and not isinstance(data, str):
        return set().union(*(open_keys(item) for item in data))
    return set()


# --- reading ----------------------------------------------------------------------------------------------


def controls(data: bytes) -> list[ContentControl]:
    """The content controls in the body of a Word file that are ours or have a title, in reading order."""
    return [_control(found) for found in _controls(part(data, DOCUMENT))]


def blanks(data: bytes, phrases: Collection[str] = ()) -> list[Spot]:
    """What is left to be written in the body: the ``phrases`` where they stand, else each blank.

    A line that is nothing but a line is there to sign on. A list that came out empty («i Comuni di ,») is a blank too.
    """
    wanted = re.compile("|".join([*map(re.escape, sorted(phrases, key=len, reverse=True)), BLANK.pattern]))
    lines = read_text(data)
    spans = {number: sorted({match.span() for form in (wanted, EMPTY_LIST) for match in form.finditer(line)})
             for number, line in enumerate(lines) if not SIGN_HERE.fullmatch(line)}
    paragraphs = list(walk(part(data, DOCUMENT))) if any(spans.values()) else []
    within = {number: _within(paragraphs[number]) for number, found in spans.items() if found}
    return [_spot(number, lines[number], start, end, within[number])
            for number, found in spans.items() for start, end in found]


def _spot(number: int, line: str, start: int, end: int, within: Sequence[tuple[int, int, ContentControl]]) -> Spot:
    held = next((control for first, last, control in within if first <= start < last), ContentControl("", "", ""))
    return Spot(number, start, end, line[start:end], line[:start], line[end:], held.key, held.name)


def _within(paragraph: Any) -> list[tuple[int, int, ContentControl]]:
    """From where to where the text of a paragraph stands in controls of ours."""
    found, place = [], 0
    held = {node: _control(control) for control in _around(paragraph) for node, _text in _said(control)}
    for node, text in runs(paragraph):
        if node in held:
            found.append((place, place + len(text), held[node]))
        place += len(text)
    return found


def _around(paragraph: Any) -> Iterator[Any]:
    """The controls in a paragraph, and those that hold it whole."""
    yield from (found for found in paragraph.iterancestors(f"{W}sdt") if _is_one(found))
    yield from _controls(paragraph)


def _control(found: Any) -> ContentControl:
    return ContentControl(_key(found), _name(found), _text(found))


def _controls(root: Any) -> Iterator[Any]:
    yield from (found for found in root.iter(f"{W}sdt") if _is_one(found))


def _is_one(found: Any) -> bool:
    """LibreOffice 7.4 keeps the title of a control and drops its tag, so the title alone will do."""
    tag = _property(found, "tag")
    return tag.startswith(PREFIX) or (not tag and bool(_name(found)))


def _key(control: Any) -> str:
    return _property(control, "tag").removeprefix(PREFIX)


def _name(control: Any) -> str:
    return _property(control, "alias")


def _property(control: Any, name: str) -> str:
    node = control.find(f"{W}sdtPr/{W}{name}")
    return "" if node is None else str(node.get(f"{W}val"))


def _text(control: Any) -> str:
    return "".join(text for _node, text in _said(control))


def _said(control: Any) -> Iterator[tuple[Any, str]]:
    """What a control says, whether it stands in a paragraph or holds some."""
    content = control.find(f"{W}sdtContent")
    yield from runs(content)
    for paragraph in walk(content):
        yield from runs(paragraph)


# --- writing ----------------------------------------------------------------------------------------------


def filled(data: bytes, known: Mapping[str, Late], placed: Mapping[Spot, str]) -> bytes:
    """The same file with what is ``known`` by key in its controls, and the texts ``placed`` at its blanks.

    A control in which a hand wrote something stays as it is (see ``waits``). The word BOZZA goes from the edges of the
    pages, with what is drawn there of it. Nothing else of the file changes.
    """
    body = part(data, DOCUMENT)
    paragraphs = list(walk(body))
    for spot in sorted(placed, key=lambda spot: (spot.paragraph, spot.start), reverse=True):
        _write(paragraphs[spot.paragraph], spot, placed[spot])
    keys = named(known)
    for control in _controls(body):
        datum = known.get(_key(control) or keys.get(_name(control), ""))
        if datum is not None and datum.text and waits(_text(control), datum):
            _fill(control, datum.text)
    changed = {DOCUMENT: body}
    with ZipFile(BytesIO(data)) as package:
        edges = [name for name in package.namelist() if EDGE.fullmatch(name)]
    for name in edges:
        changed[name] = root = part(data, name)
        _undraft(root)
    return repacked(data, changed)


def waits(text: str, datum: Late) -> bool:
    """True if what stands in a control is still to be written; False if a hand has written there."""
    return bool(BLANK.search(text)) or plain(text) in ("", plain(datum.open))


def _fill(control: Any, text: str) -> None:
    """The whole text in the first run, with its form; what else stood there is gone."""
    for mark in control.findall(f"{W}sdtPr/{W}showingPlcHdr"):
        mark.getparent().remove(mark)
    nodes = [node for node, _text in _said(control)]
    written = next((node for node in nodes if node.tag == f"{W}t"), None)
    for node in nodes:
        if node is not written:
            node.getparent().remove(node)
    if written is None:
        written = _first_run(control)
    _say(written, text)


def _first_run(control: Any) -> Any:
    """A run to write in, where a hand has emptied the control."""
    content = control.find(f"{W}sdtContent")
    home = next(iter(content.iter(f"{W}p")), content)
    run = home.makeelement(f"{W}r", {})
    home.append(run)
    text = run.makeelement(f"{W}t", {})
    run.append(text)
    return text


def _write(paragraph: Any, spot: Spot, text: str) -> None:
    """The text in place of the words of a spot, in the form of the run in which they begin."""
    place, rest = 0, text
    for node, text_of in list(runs(paragraph)):
        first, last = max(spot.start - place, 0), min(spot.end - place, len(text_of))
        place += len(text_of)
        if first >= last:
            continue
        if node.tag == f"{W}t":
            _say(node, text_of[:first] + rest + text_of[last:])
            rest = ""
        else:
            node.getparent().remove(node)


def _say(node: Any, text: str) -> None:
    """The text in a text element; a new line is a break of the same paragraph."""
    first, *rest = unify_newlines(text).split("\n")
    node.text = first
    node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    for line in reversed(rest):
        more = node.makeelement(f"{W}t", {})
        node.addnext(more)
        node.addnext(node.makeelement(f"{W}br", {}))
        _say(more, line)


def _undraft(root: Any) -> None:
    for drawn in [node for node in root.iter() if node.tag in _DRAWN]:
        said = (text for node in drawn.iter() for text in (node.text or "", *node.attrib.values()))
        if drawn.getparent() is not None and any(DRAFT.search(str(text)) for text in said):
            drawn.getparent().remove(drawn)
    for node in root.iter(f"{W}t"):
        if node.text and DRAFT.search(node.text):
            _say(node, DRAFT.sub("", node.text))

