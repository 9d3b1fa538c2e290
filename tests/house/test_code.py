"""What the house asks of its code, and a machine can see."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core.ground.paths import ROOT

OURS = ("core", "admin", "plugins", "seed", "demo", "migrations", "templates_docs", "tests", "bench")
PROGRAM = ("core", "admin", "plugins", "seed", "demo", "migrations")
LONGEST_FILE = 600
CLOCK_READERS = {
    ("date", "today"), ("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("time", "time"),
    ("time", "localtime"), ("time", "gmtime"), ("dt", "now"),
}


def sources(*folders: str) -> list[Path]:
    """The Python files of some of our folders."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def name(path: Path) -> str:
    """A path as a reader of the checkout knows it."""
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    """A file as Python reads it: read once, however many rules look at it."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def by_kind(path: Path) -> dict[type[ast.AST], list[ast.AST]]:
    """The nodes of a file by their kind."""
    found = defaultdict(list)
    for node in ast.walk(tree(path)):
        found[type(node)].append(node)
    return found


def nodes(path: Path, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of some kinds in a file."""
    return (node for kind in kinds for node in by_kind(path).get(kind, ()))


def calls(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line, owner and name of every ``owner.name(...)`` in a file."""
    for node in nodes(path, ast.Call):
        if isinstance(node.func, ast.Attribute):
            owner = node.func.value
            yield node.lineno, getattr(owner, "id", getattr(owner, "attr", "")), node.func.attr


def test_no_file_is_longer_than_a_person_reads():
    long = {name(p): n for p in sources(*OURS) if (n := len(p.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE}
    assert not long


def test_only_the_clock_reads_the_clock():
    readers = [
        f"{name(path)}:{line}"
        for path in sources(*PROGRAM)
        if name(path) != "core/ground/clock.py"
        for line, owner, method in calls(path)
        if (owner, method) in CLOCK_READERS
    ]
    assert not readers, "today is a parameter: core/ground/clock.py alone knows what day it is"


def test_there_is_no_float_near_the_money():
    found = [
        f"{name(path)}:{node.lineno}"
        for path in sources("core", "plugins")
        for node in nodes(path, ast.Constant, ast.Name)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id in ("float", "Float"))
    ]
    assert not found, "money and measures are Decimal, columns are whole numbers"


def test_an_operation_never_commits():
    found = [
        f"{name(path)}:{line}"
        for path in sources("core", "plugins", "seed", "demo")
        if name(path) != "core/ground/unit_of_work.py"
        for line, _owner, method in calls(path)
        if method == "commit"
    ]
    assert not found, "whoever opened the unit of work closes it"


def test_only_the_scope_itself_can_switch_the_scope_off():
    users = [name(p) for p in sources(*PROGRAM) if "patto_as_system" in p.read_text(encoding="utf-8")]
    assert users == ["core/ground/access.py"], "everybody else says as_system(reason=...)"


def test_tables_are_named_without_their_scope_in_models_only():
    """A table inside an ORM statement is not scoped: only ``visible`` itself may say ``__table__``."""
    allowed = re.compile(r"(core|plugins)/\w+/model\.py|core/(access|models)\.py|admin/login\.py")
    found = [
        f"{name(path)}:{node.lineno}"
        for path in sources("core", "admin", "plugins", "seed", "demo")
        if not allowed.fullmatch(name(path))
        for node in nodes(path, ast.Attribute)
        if node.attr == "__table__"
    ]
    assert not found


def test_a_session_without_a_principal_is_opened_nowhere():
    found = [
        f"{name(path)}:{node.lineno}"
        for path in sources(*PROGRAM)
        for node in nodes(path, ast.Call)
        if isinstance(node.func, ast.Name) and node.func.id in ("Session", "sessionmaker", "scoped_session")
    ]
    assert not found, "ScopedSession(database, principal), or a unit of work"


def undocumented(module: ast.Module) -> Iterator[str]:
    """The public modules, classes and functions of a file that do not say what they are."""
    if not ast.get_docstring(module):
        yield "the file itself"
    bodies = [module, *(node for node in module.body if isinstance(node, ast.ClassDef))]
    for body in bodies:
        for node in body.body:
            named = isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
            if named and not ast.get_docstring(node) and not sets_a_property(node):
                yield node.name


def sets_a_property(node: ast.ClassDef | ast.FunctionDef) -> bool:
    """True for the second half of a property, which its first half has described."""
    return any(isinstance(d, ast.Attribute) and d.attr == "setter" for d in node.decorator_list)


def test_whoever_is_public_says_what_it_is():
    found = {
        name(path): missing
        for path in sources(*PROGRAM)
        if "/migrations/" not in name(path) and "/versions/" not in name(path)
        if (missing := list(undocumented(tree(path))))
    }
    assert not found


def test_nothing_is_swallowed_and_nothing_is_left_for_later():
    later = re.compile(r"\b(TO" + "DO|FIX" + r"ME)\b|assert " + "True")
    found = [name(p) for p in sources(*OURS) if later.search(p.read_text(encoding="utf-8"))]
    bare = [
        f"{name(path)}:{node.lineno}"
        for path in sources(*OURS)
        for node in nodes(path, ast.ExceptHandler)
        if node.type is None
    ]
    assert not found + bare


NO_SUBJECTS = {"ground", "imports", "plugins", "start", "tables"}  # they hold mechanism, or know all


@pytest.mark.parametrize("folder", ["core", "plugins"])
def test_every_subject_has_the_same_shape(folder):
    """Who knows one folder knows all: files of other names stand where the subject needs them, and say why."""
    for subject in (p for p in (ROOT / folder).iterdir() if (p / "__init__.py").exists()):
        if subject.name in NO_SUBJECTS:
            continue
        assert ast.get_docstring(tree(subject / "__init__.py")), name(subject)
        if folder == "core":
            began = {"model.py", "rules.py"} & {path.name for path in subject.glob("*.py")}
            assert began, f"{name(subject)} begins neither with its tables nor with its rules"
        else:
            assert (subject / "plugin.toml").exists(), f"{name(subject)} has no plugin.toml"


def test_functions_fit_in_a_hand():
    long = [
        f"{name(path)}: {node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for path in sources("core", "plugins")
        if "/migrations/" not in name(path) and "/versions/" not in name(path)
        for node in nodes(path, ast.FunctionDef)
        if node.end_lineno - node.lineno + 1 > 60
    ]
    assert not long


@pytest.mark.parametrize("folder", ["core", "admin"])
def test_no_two_public_classes_share_a_name(folder):
    found = Counter(
        (node.name, path.name == "context.py")  # a text tells of a municipality, too: its data have the names of tables
        for path in sources(folder) for node in nodes(path, ast.ClassDef) if not node.name.startswith("_"))
    assert {name for (name, _of_a_text), count in found.items() if count > 1} == set()


@pytest.mark.parametrize("path", sources("core", "admin", "plugins"), ids=name)
def test_a_preposition_before_a_name_agrees_with_it(path: Path) -> None:
    """«di Unione dei Comuni» is no Italian: a sentence with values agrees by itself, a text made by hand asks
    ``after`` of ``core.ground.articles``."""
    bare = re.compile(r"\b(di|a|da|per|con|su|in) \{[\w.]*(municipality|party|provider|azienda|row|body)\.name\}")
    found = [line for line in path.read_text(encoding="utf-8").splitlines() if bare.search(line)]
    assert not found, found


@pytest.mark.parametrize("path", sources("core", "admin", "plugins"), ids=name)
def test_an_amount_in_a_sentence_carries_its_sign_before_it(path: Path) -> None:
    """Everywhere «€ 1.234,56», as the pages and the letters write it."""
    after = re.compile(r"%\(\w+\)s euro\b")
    found = [line for line in path.read_text(encoding="utf-8").splitlines() if after.search(line)]
    assert not found, found
