"""What import contracts cannot see: that the engines know every subject, wherever people or the night work."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from core.ground.paths import ROOT
from tests.house.test_code import PROGRAM, name, nodes, sources, tree

REGISTRARS = {"source_of", "letters_of", "waits_for", "figure_of", "answered_at", "on_receipt", "case_of",
              "provider_case_of", "seen_through", "kept_by"}
REGISTRATIONS = "core.registrations"


def module_of(path: Path) -> str:
    """The name by which a file is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def called(module: ast.Module) -> Iterator[str]:
    """The names of the functions that a module calls when it is imported: in a line of its own, or as a decorator."""
    for node in module.body:
        found = [node.value] if isinstance(node, ast.Expr) else getattr(node, "decorator_list", [])
        for expression in found:
            function = expression.func if isinstance(expression, ast.Call) else expression
            if isinstance(function, ast.Name):
                yield function.id


def upward(module: ast.Module) -> Iterator[str]:
    """The names that a module declares for those above it."""
    for node in module.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None \
                and ast.unparse(node.value) == "Upward()":
            yield node.target.id


def test_whatever_registers_is_imported_by_the_registrations():
    trees = {module_of(path): tree(path) for path in sources("core")}
    known = REGISTRARS | {declared for read in trees.values() for declared in upward(read)}
    register = {module for module, read in trees.items() if known & set(called(read))}
    assert len(register) > 20, "the registrars have other names now"
    listed = f"import sys, {REGISTRATIONS}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", listed], cwd=ROOT, check=True, capture_output=True, text=True)
    assert register <= set(loaded.stdout.split()), register - set(loaded.stdout.split())


def test_every_declaration_has_somebody_above_who_answers():
    trees = [tree(path) for path in sources("core", "admin")]
    declared = {one for read in trees for one in upward(read)}
    assert declared and declared <= {one for read in trees for one in called(read)}


def test_whoever_opens_a_database_has_imported_the_registrations():
    openers, without = 0, []
    for path in sources(*PROGRAM):
        made = {getattr(node.func, "id", "") for node in nodes(path, ast.Call)}
        imported = {alias.name for node in nodes(path, ast.Import) for alias in node.names}
        if "Database" in made:
            openers += 1
            without += [name(path)] if REGISTRATIONS not in imported else []
    assert openers and not without
