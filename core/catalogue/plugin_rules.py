"""The rules that ``patto plugins check`` holds a plugin to, by level; each remark names the file and the line to mend.

``base``: it works, and harms nothing. ``good``: others can use and look after it. ``excellent``: it is a model.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from core.catalogue import plugin_contract
from core.ground.errors import RuleBroken
from core.plugins import loading
from core.plugins.asking import PluginFailed
from core.plugins.described import FILE
from core.plugins.hookspecs import PluginDescription
from core.plugins.loading import LoadedPlugin
from core.plugins.schema import NUMBERS, SheetField
from core.plugins.tables import newest

FACADES = {"core": "core.plugin_api", "admin": "admin.plugin_api"}
OF_PERSONS = re.compile(r"surname|family_name|tax_code|birth|diagnos|citizen|cognome|codice_fiscale|nascita")
LINE = re.compile(r"riga (\d+)", re.IGNORECASE)
LONG_FILE, LONG_FUNCTION = 300, 40
WEB = "web.py"


class Grade(StrEnum):
    """How good a plugin is to be; each holds the rules of those before it."""

    BASE = "base"
    GOOD = "good"
    EXCELLENT = "excellent"


@dataclass(frozen=True)
class Remark:
    """What a plugin does not keep to: the rule, the file with its line, the sentence."""

    rule: str
    place: str
    says: str

    def __str__(self) -> str:
        return f"{self.place}: {self.says} [{self.rule}]"


@dataclass(frozen=True)
class PluginFiles:
    """A plugin as its files read, and as it was loaded."""

    folder: Path
    loaded: LoadedPlugin

    @property
    def plugin(self) -> PluginDescription:
        """What it says of itself."""
        return self.loaded.description

    @cached_property
    def modules(self) -> dict[str, ast.Module]:
        """Its Python files, but for the revisions."""
        paths = [path for path in sorted(self.folder.glob("**/*.py"))
                 if not {"migrations", "tests", "__pycache__"} & set(path.relative_to(self.folder).parts)]
        return {str(path.relative_to(self.folder)): ast.parse(path.read_text(encoding="utf-8")) for path in paths}

    def line(self, *words: str, file: str = FILE) -> str:
        """The file and the first line that says one of ``words``; the first of all if none does."""
        lines = (self.folder / file).read_text(encoding="utf-8").splitlines()
        found = (number for word in words for number, text in enumerate(lines, 1) if word in text)
        return f"{file}:{next(found, 1)}"

    def of_field(self, name: str) -> str:
        """Where a field of the sheet is described."""
        return self.line(f'name = "{name.rpartition(".")[2]}"')


Found = Iterator[tuple[str, str]]  # the place and the sentence
Rule = Callable[[PluginFiles], Found]
RULES: list[tuple[Grade, str, Rule]] = []


def rule(level: Grade, name: str) -> Callable[[Rule], Rule]:
    """A function that gives places and sentences is one rule, called ``name``."""
    def take(check: Rule) -> Rule:
        RULES.append((level, name, check))
        return check

    return take


def check(name: str, level: Grade = Grade.BASE) -> list[Remark]:
    """What the plugin ``name`` (a code, or the path of its folder) does not keep to, up to ``level``.

    One that cannot be loaded has one remark. UnknownPlugin for a name that nobody answers to.
    """
    folder = _folder(name)
    try:
        loaded = loading.load_one(name) if folder is None else loading.load_at(folder)
    except loading.UnknownPlugin:
        raise
    except RuleBroken as error:
        return [Remark("si carica", _place_of(error), str(error))]
    read, asked = PluginFiles(loaded.folder, loaded), list(Grade)[:list(Grade).index(level) + 1]
    return [Remark(title, place, says) for of, title, found in RULES if of in asked for place, says in found(read)]


def _folder(name: str) -> Path | None:
    """The folder that a path means: that of the plugin, or of the project around it; None for a code."""
    path = Path(name)
    if not path.is_dir() or ("/" not in name and name in loading.known()):
        return None
    inside = [file.parent for file in sorted(path.glob(f"*/{FILE}"))]
    return (inside[0] if inside and not (path / FILE).exists() else path).resolve()


def _place_of(error: RuleBroken) -> str:
    if isinstance(error, PluginFailed) and error.fault.where:
        return error.fault.where
    found = LINE.search(str(error))
    return f"{FILE}:{found[1] if found else 1}"


def _fields(read: PluginFiles) -> Iterator[SheetField]:
    for field in read.plugin.sheet.fields:
        yield field
        yield from field.columns


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.lineno, node.module or ""


def _calls(read: PluginFiles) -> Iterator[tuple[str, str]]:
    """Every call in its code, by place and by the words before the bracket."""
    for file, tree in read.modules.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield f"{file}:{node.lineno}", ast.unparse(node.func)


def _public(read: PluginFiles) -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    for file, tree in read.modules.items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                yield f"{file}:{node.lineno}", node


# --- base -------------------------------------------------------------------------------------------------


@rule(Grade.BASE, "contratto")
def keeps_the_contract(read: PluginFiles) -> Found:
    """Words, answers on an empty sheet and on a full one, tables: see ``plugin_contract``."""
    for says in plugin_contract.check(read.loaded):
        named = re.findall(r"«([^»]+)»", says)
        hook = says.split(" ")[0].rstrip(":").partition(".")[0]
        in_code = hook in ("check", "blocks", "computed")
        yield (read.line(f"def {hook}", hook, file="__init__.py") if in_code else
               read.line(*(f'"{word}"' for word in named), "[plugin]")), says


@rule(Grade.BASE, "facciate")
def imports_the_facades_only(read: PluginFiles) -> Found:
    """Nothing of Patto but the two facades, the one of the admin in ``web.py`` alone; no other plugin."""
    for file, tree in read.modules.items():
        for line, module in _imports(tree):
            top = module.partition(".")[0]
            if top in FACADES and module != FACADES[top]:
                yield f"{file}:{line}", f"«{module}» non è per i plugin: importare da {FACADES[top]}"
            elif top == "admin" and file != WEB:
                yield f"{file}:{line}", f"admin.plugin_api si importa soltanto in {WEB}"


@rule(Grade.BASE, "un plugin solo")
def knows_no_other_plugin(read: PluginFiles) -> Found:
    """What two plugins share belongs in the platform."""
    for file, tree in read.modules.items():
        for line, module in _imports(tree):
            if module.startswith("plugins.") and not f"{module}.".startswith(f"plugins.{read.plugin.code}."):
                yield f"{file}:{line}", f"«{module}» è un altro plugin: nessuno ne importa un altro"


@rule(Grade.BASE, "nessuna persona")
def keeps_no_persons(read: PluginFiles) -> Found:
    """A sheet holds services, quantities and standards, never citizens."""
    for field in _fields(read):
        if OF_PERSONS.search(field.name):
            yield read.of_field(field.name), f"«{field.name}» descrive una persona: le schede non ne tengono dati"


@rule(Grade.BASE, "transazione")
def never_commits(read: PluginFiles) -> Found:
    """Who calls an operation commits it, once."""
    for place, call in _calls(read):
        if call.endswith((".commit", ".rollback")):
            yield place, f"«{call}»: un'operazione non chiude la transazione, lo fa chi la chiama"


@rule(Grade.BASE, "ambito delle righe")
def goes_through_the_scope(read: PluginFiles) -> Found:
    """Statements of plain text go round the row scope."""
    for place, call in _calls(read):
        if call in ("text", "sqlalchemy.text") or call.endswith((".from_statement", ".connection")):
            yield place, f"«{call}» passa accanto all'ambito delle righe: usare select su una classe"


@rule(Grade.BASE, "denaro esatto")
def uses_no_floats(read: PluginFiles) -> Found:
    """Money and quantities are Decimal."""
    for file, tree in read.modules.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and type(node.value).__name__ == "float":
                yield f"{file}:{node.lineno}", f"{node.value!r} non è esatto: scrivere Decimal(\"{node.value!r}\")"
    yield from ((place, "float non è esatto: usare Decimal") for place, call in _calls(read) if call == "float")


@rule(Grade.BASE, "ultima revisione")
def names_its_newest_revision(read: PluginFiles) -> Found:
    """``newest`` beside the revisions: two people who add one meet there."""
    folder = read.loaded.migrations
    if folder is None:
        return
    held = folder / "newest"
    if not held.is_file() or not held.read_text(encoding="utf-8").startswith(newest(folder)):
        yield f"{folder.name}/newest:1", f"deve contenere il nome dell'ultima revisione, {newest(folder)}"


@rule(Grade.BASE, "pagine")
def guards_its_pages(read: PluginFiles) -> Found:
    """A view that does not say who may read it has no place in the application."""
    tree = read.modules.get(WEB)
    for node in tree.body if tree is not None else ():
        if isinstance(node, ast.ClassDef) and {ast.unparse(base) for base in node.bases} & {"BaseView", "Page"}:
            said = [part.targets[0] for part in node.body if isinstance(part, ast.Assign)]
            if "may_read" not in map(ast.unparse, said):
                yield f"{WEB}:{node.lineno}", f"«{node.name}» non dice chi la può leggere: manca may_read"


@rule(Grade.BASE, "modelli di pagina")
def keeps_its_templates_safe(read: PluginFiles) -> Found:
    """What people wrote is escaped."""
    for path in sorted((read.folder / "templates").glob("**/*")):
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines() if path.is_file() else (), 1):
            if "|safe" in text.replace(" ", ""):
                yield f"{path.relative_to(read.folder)}:{number}", "|safe mostra testo di altri come pagina: toglierlo"


# --- good -------------------------------------------------------------------------------------------------


@rule(Grade.GOOD, "fonte")
def names_its_source(read: PluginFiles) -> Found:
    """The act from which the fields come."""
    if not read.plugin.source:
        yield read.line("[plugin]"), "manca source: l'atto da cui vengono i campi"


@rule(Grade.GOOD, "aiuti")
def helps_who_fills_in(read: PluginFiles) -> Found:
    """Whoever fills in the sheet did not write the plugin."""
    for field in read.plugin.sheet.fields:
        if not field.help and not field.columns:
            yield read.of_field(field.name), f"il campo «{field.name}» non ha un aiuto (help)"


@rule(Grade.GOOD, "standard verificabili")
def says_who_checks(read: PluginFiles) -> Found:
    """A promise that nobody measures or checks is none (R33)."""
    measured = {indicator.standard for indicator in read.plugin.sheet.indicators}
    for standard in read.plugin.sheet.standards:
        if standard.code not in measured and not standard.checked_by:
            yield (read.line(f'code = "{standard.code}"'),
                   f"lo standard «{standard.code}» non ha un indicatore né chi lo verifica")


@rule(Grade.GOOD, "spiegazioni")
def explains_its_code(read: PluginFiles) -> Found:
    """Public functions and classes say what they do."""
    for place, node in _public(read):
        if ast.get_docstring(node) is None:
            yield place, f"«{node.name}» non ha una spiegazione (docstring)"


@rule(Grade.GOOD, "oggi è dato")
def is_told_the_day(read: PluginFiles) -> Found:
    """Today is a parameter."""
    for place, call in _calls(read):
        if call.endswith(("date.today", "datetime.now", "datetime.today", "time.time")):
            yield place, f"«{call}»: il giorno si riceve, non si legge dall'orologio"


@rule(Grade.GOOD, "prove")
def has_tests(read: PluginFiles) -> Found:
    """Tests beside it, in its project, or in the tests of this checkout."""
    code, beside = read.plugin.code, read.folder.parent
    places = (*read.folder.glob("tests/test_*.py"), *beside.glob("tests/test_*.py"),
              *beside.parent.glob("tests/plugins/test_*.py"))
    if not places:
        yield f"{FILE}:1", f"non ci sono prove: scrivere tests/test_{code}.py"


@rule(Grade.GOOD, "dati del pacchetto")
def packs_its_data(read: PluginFiles) -> Found:
    """A wheel without ``plugin.toml`` is a plugin that does not load."""
    project = read.folder.parent / "pyproject.toml"
    if project.is_file() and "patto.plugins" in (said := project.read_text(encoding="utf-8")) and FILE not in said:
        yield "../pyproject.toml:1", "il pacchetto non porta con sé plugin.toml: dirlo in package-data"


@rule(Grade.GOOD, "errori in parole")
def hides_no_errors(read: PluginFiles) -> Found:
    """An error that is swallowed is found by nobody."""
    for file, tree in read.modules.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and (node.type is None or ast.unparse(node.type) == "BaseException"):
                yield f"{file}:{node.lineno}", "except senza un nome nasconde ogni errore: dire quale"


# --- excellent --------------------------------------------------------------------------------------------


@rule(Grade.EXCELLENT, "provato con")
def says_what_it_was_tried_with(read: PluginFiles) -> Found:
    """For whoever updates Patto: information, never a refusal."""
    if not read.plugin.tested_with:
        yield read.line("[plugin]"), "manca tested_with: le versioni di Patto con cui è stato provato"


@rule(Grade.EXCELLENT, "limiti")
def bounds_its_numbers(read: PluginFiles) -> Found:
    """A number without a least value takes a slip for a fact."""
    for field in _fields(read):
        if field.type in NUMBERS and field.minimum is None:
            yield read.of_field(field.name), f"«{field.name}» non ha un minimo (minimum)"


@rule(Grade.EXCELLENT, "standard misurati")
def measures_every_promise(read: PluginFiles) -> Found:
    """Each promise has an indicator."""
    measured = {indicator.standard for indicator in read.plugin.sheet.indicators}
    for standard in read.plugin.sheet.standards:
        if standard.code not in measured:
            yield read.line(f'code = "{standard.code}"'), f"lo standard «{standard.code}» non ha un indicatore"


@rule(Grade.EXCELLENT, "documentazione")
def is_documented(read: PluginFiles) -> Found:
    """A page that says whom it serves."""
    if not [path for folder in (read.folder, read.folder.parent) for path in folder.glob("README*")]:
        yield f"{FILE}:1", "manca README.md: a chi serve, che cosa chiede, che cosa misura"


@rule(Grade.EXCELLENT, "tipi")
def is_typed(read: PluginFiles) -> Found:
    """Public functions say what they take and give."""
    for place, node in _public(read):
        if isinstance(node, ast.FunctionDef) and (
                node.returns is None or any(each.annotation is None for each in node.args.args)):
            yield place, f"«{node.name}» non dice i tipi di ciò che riceve o dà"


@rule(Grade.EXCELLENT, "file brevi")
def is_short(read: PluginFiles) -> Found:
    """What does not fit in the head is not looked after."""
    for file in read.modules:
        count = len((read.folder / file).read_text(encoding="utf-8").splitlines())
        if count > LONG_FILE:
            yield f"{file}:{LONG_FILE}", f"il file ha {count} righe: dividerlo, al più {LONG_FILE}"


@rule(Grade.EXCELLENT, "funzioni brevi")
def has_short_functions(read: PluginFiles) -> Found:
    """The same of a function."""
    for file, tree in read.modules.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= LONG_FUNCTION:
                yield f"{file}:{node.lineno}", f"«{node.name}» ha più di {LONG_FUNCTION} righe: dividerla"
