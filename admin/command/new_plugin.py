"""``patto plugins new``: five questions, and a project that passes the contract before a line of it is changed."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent

from admin.command.commands import OK
from core.ground.errors import RuleBroken
from core.ground.names import folded
from core.ground.paths import PLUGINS, ROOT
from core.ground.settings import Settings
from core.plugins.described import CODE
from core.plugins.loading import known
from core.plugins.tables import of_the_core

YES = ("s", "sì", "si", "y")


@dataclass(frozen=True)
class Answers:
    """What was answered."""

    title: str
    sector: str
    source: str
    field: str
    with_code: bool

    @property
    def name(self) -> str:
        """The name of the first field, from its label."""
        return re.sub(r"[^a-z0-9]+", "_", folded(self.field)).strip("_")[:40] or "units"


def new(_settings: Settings, options: argparse.Namespace) -> int:
    """Make the project, and say what to do with it. RuleBroken for a code that cannot be, or is taken."""
    code = options.name
    if not CODE.fullmatch(code):
        raise RuleBroken("«%(code)s» va scritto in lettere minuscole, cifre e trattini bassi, da 3 a 41.", code=code)
    if of_the_core(code):
        raise RuleBroken("Il codice «%(name)s» non va bene per un plugin: le sue tabelle si confonderebbero con "
                         "«%(table)s».", name=code, table=of_the_core(code)[0])
    if options.path is None and code in known():
        raise RuleBroken("C'è già un plugin «%(code)s»: scegliere un altro codice.", code=code)
    folder = PLUGINS / code if options.path is None else options.path / code
    if folder.exists():
        raise RuleBroken("«%(folder)s» c'è già: scegliere un'altra cartella o un altro codice.", folder=folder)
    answers = _defaults(code) if options.defaults else _asked(_defaults(code))
    files = _in_tree(code, answers) if options.path is None else _project(code, answers)
    root = ROOT if options.path is None else folder
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    plugin = PLUGINS / code if options.path is None else folder / code
    print(f"Fatto: {plugin}. Si controlla con «patto plugins check {plugin} --level excellent».")
    return OK


def _defaults(code: str) -> Answers:
    return Answers(code.replace("_", " ").capitalize(), "minors", "Da indicare", "Posti", with_code=False)


def _asked(usual: Answers) -> Answers:
    """The five questions, on standard error; an empty answer takes what is proposed."""
    return Answers(
        _ask("Come si chiama il servizio?", usual.title),
        _ask("In quale settore sta? (il codice)", usual.sector),
        _ask("Da quale atto vengono i campi della scheda?", usual.source),
        _ask("Qual è la prima quantità che la scheda chiede?", usual.field),
        _ask("Ha un comportamento da scrivere in Python? (sì/no)", "no").lower() in YES)


def _ask(question: str, usual: str) -> str:
    print(f"{question} [{usual}] ", end="", file=sys.stderr, flush=True)
    return " ".join(sys.stdin.readline().split()) or usual


# --- the files --------------------------------------------------------------------------------------------


def _project(code: str, answers: Answers) -> Mapping[str, str]:
    """Its own distribution."""
    package = {f"{code}/{name}": text for name, text in _plugin(code, answers).items()}
    return {**package, "pyproject.toml": _pyproject(code, answers), "README.md": _readme(code, answers),
            f"docs/{code}.md": _page(code, answers), f"tests/test_{code}.py": _tests(
                answers, f'Path(__file__).parents[1] / "{code}"')}


def _in_tree(code: str, answers: Answers) -> Mapping[str, str]:
    """A folder beside the others."""
    package = {f"plugins/{code}/{name}": text for name, text in _plugin(code, answers).items()}
    return {**package, f"plugins/{code}/README.md": _readme(code, answers), f"tests/plugins/test_{code}.py": _tests(
        answers, f'Path(__file__).parents[2] / "plugins" / "{code}"')}


def _plugin(code: str, answers: Answers) -> Mapping[str, str]:
    files = {"plugin.toml": _description(code, answers)}
    if answers.with_code:
        files["__init__.py"] = _code(answers)
    return files


def _quoted(text: str) -> str:
    """A text as TOML and Python write it."""
    return json.dumps(text, ensure_ascii=False)


def _description(code: str, answers: Answers) -> str:
    return dedent(f"""\
        # Che cosa chiede la scheda del servizio, che cosa promette e come si misura.
        [plugin]
        code = "{code}"
        title = {_quoted(answers.title)}
        sectors = [{_quoted(answers.sector)}]
        version = "1.0"
        source = {_quoted(answers.source)}
        tested_with = "0.1"

        [[fields]]
        name = "{answers.name}"
        label = {_quoted(answers.field[:1].upper() + answers.field[1:])}
        type = "integer"
        minimum = 0
        help = "Quanti ce ne sono nell'anno della scheda."

        [[rules]]
        says = {_quoted(f"Manca il dato «{answers.field}».")}
        source = {_quoted(answers.source)}
        filled = ["{answers.name}"]

        [[standards]]
        code = "offer"
        title = "Disponibilità"
        promise = {_quoted(f"{answers.field[:1].upper() + answers.field[1:]}: almeno uno.")}
        at_least = 1
        unit = "number"

        [[indicators]]
        code = "{answers.name}"
        title = {_quoted(answers.field[:1].upper() + answers.field[1:])}
        figure = "{answers.name}"
        standard = "offer"
        """)


def _code(answers: Answers) -> str:
    return dedent(f'''\
        """{answers.title.replace('"', "'")}: what no rule of the description can say."""

        from pathlib import Path

        from core.plugin_api import Finding, PluginDescription, SheetData, described, hookimpl

        MANY = 1000


        def check(sheet: SheetData) -> list[Finding]:
            """A quantity so large is mostly a slip."""
            found = sheet["{answers.name}"]
            return [Finding("La quantità è insolita: controllarla.", source={_quoted(answers.source)})
                    ] if found is not None and found > MANY else []


        @hookimpl
        def patto_service() -> PluginDescription:
            """Describe the service."""
            return described(Path(__file__).parent, check=check)
        ''')


def _pyproject(code: str, answers: Answers) -> str:
    return dedent(f"""\
        [build-system]
        requires = ["setuptools"]
        build-backend = "setuptools.build_meta"

        [project]
        name = "patto-{code.replace("_", "-")}"
        version = "1.0"
        description = {_quoted(answers.title)}
        requires-python = ">=3.11"

        [project.entry-points."patto.plugins"]
        {code} = "{code}"

        [tool.setuptools]
        packages = ["{code}"]

        [tool.setuptools.package-data]
        {code} = ["plugin.toml", "templates/**", "migrations/**"]
        """)


def _readme(code: str, answers: Answers) -> str:
    return dedent(f"""\
        # {answers.title}

        Un plugin di Patto per il servizio «{answers.title}»: i campi della sua scheda operativa, ciò che promette e
        come si misura. Fonte: {answers.source}.

        - Si controlla con `patto plugins check {code} --level excellent` (qui: il percorso della cartella con
          `plugin.toml`).
        - Si prova con `python -m pytest`.
        - Si abilita con `PATTO_PLUGINS` e si attacca al servizio nella pagina *Plugin*.
        """)


def _page(code: str, answers: Answers) -> str:
    return dedent(f"""\
        # {answers.title}: la scheda

        | campo | che cosa dice |
        |---|---|
        | {answers.field} | quanti ce ne sono nell'anno della scheda |

        La promessa «Disponibilità» si misura con lo stesso dato. Codice del plugin: `{code}`.
        """)


def _tests(answers: Answers, folder: str) -> str:
    return dedent(f'''\
        """{answers.title.replace('"', "'")}: the rules that it is held to, and one sheet written and printed."""

        from pathlib import Path

        import pytest

        from admin.plugin_testing import District, district, problems
        from core.plugin_api import RuleBroken

        FOLDER = {folder}


        @pytest.fixture
        def place(tmp_path: Path) -> District:
            """A small invented district with this service."""
            return district(FOLDER, tmp_path)


        def test_it_keeps_every_rule() -> None:
            assert problems(FOLDER, "excellent") == []


        def test_what_is_written_is_printed(place: District) -> None:
            place.write({answers.name}="12")
            assert "12" in place.annex()


        def test_less_than_nothing_is_refused(place: District) -> None:
            with pytest.raises(RuleBroken):
                place.write({answers.name}="-1")
        ''')
