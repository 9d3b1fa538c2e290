"""Proof: what a person wrote is what the Word file says, and what is missing is never printed as nothing.

Generated texts hold everything that breaks XML, Jinja and docxtpl. The controls switch one guard off and
must find a counterexample; a proof that cannot fail proves nothing.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jinja2 import Undefined
from markupsafe import Markup

from core.documents import language, pour
from core.documents.blocks import Bullets, Heading, KeyValues, Paragraph, Table
from core.documents.markup import BREAK
from core.documents.render import render
from core.documents.wordfile import read_text
from core.ground.errors import RuleBroken

pytestmark = pytest.mark.proof

CASES = 250
FIELDS = ("subject", "name", "cell", "first", "second")

_PIECES = st.sampled_from([
    "&", "<", ">", '"', "'", "{{", "}}", "{%", "%}", "{#", "#}", "{_{", "}_}", "{_%", "%_}", "_", "{", "}", "%", "\n",
    "\t", "\U0001f469\u200d\U0001f467",
    "</w:t>", "<w:p/>", "]]>", "&amp;", "&#38;", "{{ name }}", "{% if x %}", "<!--", "Rossi & Figli", "👩‍👧", "🇮🇹",
    "שלום", "مرحبا", "\u202eabc", "è", " ", "  ",
])  # fmt: skip
_CHARACTERS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="￾￿"), max_size=12)
TEXTS = st.lists(st.one_of(_PIECES, _CHARACTERS), min_size=1, max_size=8).map("".join).filter(bool)
LETTERS = st.fixed_dictionaries(dict.fromkeys(FIELDS, TEXTS))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A letter with a field in a paragraph, beside another, in a loop, in a table and in poured blocks."""
    document = Document()
    document.add_paragraph("Oggetto: {{ subject }}.")
    document.add_paragraph("{{ name }}{{ subject }}")
    for line in ("{%p for item in items %}", "– {{ item }};", "{%p endfor %}"):
        document.add_paragraph(line)
    document.add_table(rows=1, cols=1).rows[0].cells[0].text = "{{ cell }}"
    document.add_paragraph("{{p parts|blocks }}")
    path = tmp_path_factory.mktemp("proof") / "letter.docx"
    document.save(str(path))
    return path


def context(letter: dict[str, str | None]) -> dict[str, object]:
    """The data of one letter, with the same texts in blocks."""
    first, second = letter["first"] or "", letter["second"] or ""
    parts = (Heading(first), Paragraph(second), Bullets((first,)), KeyValues(((first, second),)),
             Table((first,), ((second,),)))
    return {**letter, "items": (letter["first"], letter["second"]), "parts": parts}


def says(letter: dict[str, str]) -> list[str]:
    """The paragraphs that the letter must have: these and no other. The empty one parts two tables.

    The one sign that changes is the space of an amount, which does not break there.
    """
    subject, name, cell, first, second = (re.sub(r"€ (?=-?\d)", "€\N{NO-BREAK SPACE}", letter[field])
                                          for field in FIELDS)
    return [f"Oggetto: {subject}.", f"{name}{subject}", f"– {first};", f"– {second};", cell,
            first, second, first, first, second, "", first, second, ""]


def cases(strategy: st.SearchStrategy, check: Callable[..., None]) -> int:
    """Run ``check`` over generated cases and count them; the first failure is raised."""
    count = 0

    @settings(max_examples=CASES, database=None, derandomize=True, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))
    @given(strategy)
    def run(case: object) -> None:
        nonlocal count
        count += 1
        check(case)

    run()
    return count


def text_survives(template: Path) -> Callable[[dict[str, str]], None]:
    def check(letter: dict[str, str]) -> None:
        assert read_text(render(template, context(letter))) == says(letter)

    return check


def gap_is_refused(template: Path) -> Callable[[tuple[dict[str, str], str, bool]], None]:
    def check(case: tuple[dict[str, str], str, bool]) -> None:
        letter, field, dropped = case
        data = context({**letter, field: None})
        if dropped and field in data:
            del data[field]
        with pytest.raises(RuleBroken) as refusal:
            render(template, data)
        assert field in str(refusal.value) or "item" in str(refusal.value)

    return check


GAPS = st.tuples(LETTERS, st.sampled_from(("subject", "name", "cell", "first", "second")), st.booleans())


def report(capsys: pytest.CaptureFixture[str], what: str, count: int, started: float) -> None:
    with capsys.disabled():
        print(f"\nproof documents: {what}: {count} cases, 0 failures, {time.monotonic() - started:.1f} s")


def test_text_read_back_equals_the_value_and_no_paragraph_is_added(template, capsys):
    started = time.monotonic()
    report(capsys, "text read back equals the value", cases(LETTERS, text_survives(template)), started)


def test_a_missing_value_is_always_refused(template, capsys):
    started = time.monotonic()
    report(capsys, "missing value refused", cases(GAPS, gap_is_refused(template)), started)


def unescaped(text: str) -> Markup:
    return Markup(text.replace("\n", BREAK))


def escaped_for_html_only(text: str) -> Markup:
    return Markup.escape(text)


@pytest.mark.parametrize("broken", [unescaped, escaped_for_html_only])
def test_control_without_our_escaping_the_proof_goes_red(template, monkeypatch, broken):
    monkeypatch.setattr(language, "word_text", broken)
    monkeypatch.setattr(pour, "word_text", broken)
    with pytest.raises((AssertionError, RuleBroken)):
        cases(LETTERS, text_survives(template))


def test_control_without_the_gate_a_missing_value_prints_nothing(template, monkeypatch):
    monkeypatch.setattr(language, "StrictUndefined", Undefined)
    monkeypatch.setattr(language, "_printed", lambda value, _: "" if value is None else value)
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        cases(GAPS, gap_is_refused(template))
