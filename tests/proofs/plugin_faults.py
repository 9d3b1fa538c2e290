"""Plugins of other people, each with one fault: written to a folder as installed packages are, with what is said of it.

``at``: what must go on without it. ``load``: the plugin is set aside; ``pages``: its pages are missing; ``answer``:
what it is asked is missing; ``upgrade``: its tables stay as they were; ``page``: one page of it is an error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

HEAD = """
from pathlib import Path

from core.plugin_api import (
    Base, Finding, Indicator, Municipality, PluginDescription, Scoped, SheetSchema, described, hookimpl)

HERE = Path(__file__).parent
"""
PLAIN = """
@hookimpl
def patto_service():
    return described(HERE{})
"""
MODEL = """
from sqlalchemy import Column, ForeignKey, Integer, Table, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.plugin_api import Base, Municipality, OwnedByMunicipality, Scoped


"""
REVISION = '''
"""First."""
import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    {}


def downgrade():
    pass
'''
WITH_TABLES = PLAIN.format(', models="model", migrations="migrations", requires_core="0002"')
VIEWS = """
@hookimpl
def patto_admin_views():
    from {module}.web import views

    return views()
"""
WEB = """
import time

from flask_admin.base import expose

from admin.plugin_api import Page, policy


class One(Page):
    may_read = policy.LOGGED_IN

    @expose("/")
    def index(self):
        {}


class Open(Page):
    @expose("/")
    def index(self):
        return ""


def views():
    return {}
"""


@dataclass(frozen=True)
class Faulty:
    """One plugin: what its files say, where it must be named, and a word of what is said there."""

    at: str
    says: str
    code: str = PLAIN.format("")
    files: dict[str, str] = field(default_factory=dict)
    toml: str = ""
    hook: str = ""


def tables(model: str, says: str, at: str = "load", revision: str = "pass") -> Faulty:
    """One whose fault lies in its tables."""
    files = {"model.py": MODEL + dedent(model), "migrations/0001_first.py": REVISION.format(revision)}
    return Faulty(at, says, WITH_TABLES, files)


def pages(views: str, says: str, body: str = 'return "va"', at: str = "pages", hook: str = "") -> Faulty:
    """One whose fault lies in its pages."""
    return Faulty(at, says, PLAIN.format("") + VIEWS, {"web.py": WEB.format(body, views)}, hook=hook)


def answering(behaviour: str, given: str, says: str, hook: str) -> Faulty:
    """One that breaks off when it is asked."""
    return Faulty("answer", says, dedent(behaviour) + PLAIN.format(f", {given}"), hook=hook)


MEASURING = "sheet=SheetSchema(indicators=(Indicator('use', 'Uso', 'ore'),)), computed={{'use': value}}"


OWN = """
class Own(Base, OwnedByMunicipality):
    __tablename__ = "{module}_own"

    id: Mapped[int] = mapped_column(primary_key=True)
"""
COMPUTED = ', computed={{"units": {}}}'
FAULTS: dict[str, Faulty] = {
    # while it is loaded
    "raises": Faulty("load", "manca il listino", 'raise LookupError("manca il listino")'),
    "does_not_parse": Faulty("load", "SyntaxError", "def patto_service(:"),
    "exits": Faulty("load", "SystemExit", "import sys; sys.exit(3)"),
    "ends_the_process": Faulty("load", "SystemExit", "import os; os._exit(3)"),
    "hangs": Faulty("load", "nessuna risposta", "while True: pass"),
    "is_slow": Faulty("load", "nessuna risposta", "import time; time.sleep(3)"),
    "wants_what_is_not_there": Faulty("load", "ModuleNotFoundError", "import non_installato_mai"),
    "misspells_the_hook": Faulty("load", "patto_service", "@hookimpl\ndef patto_servise():\n    pass"),
    "misspells_another": Faulty("load", "patto_admin_views", PLAIN.format("") + "@hookimpl\ndef patto_admin_wiews():\n"
                                "    return []"),
    "forgets_the_mark": Faulty("load", "@hookimpl", "def patto_service():\n    return described(HERE)"),
    "asks_too_much": Faulty("load", "PluginValidationError", "@hookimpl\ndef patto_service(registry):\n    pass"),
    "describes_nothing": Faulty("load", "PluginDescription", "@hookimpl\ndef patto_service():\n    return None"),
    "has_a_bad_file": Faulty("load", "riga", toml='[[fields]]\nname = "ore"\nlabel = "Ore"\ntype = "orario"\n'),
    "has_another_code": Faulty("load", "devono coincidere", PLAIN.format(', code="un_altro"')),
    "is_newer": Faulty("load", "versione 99", PLAIN.format(", api=99")),
    "is_older": Faulty("load", "versione 0", PLAIN.format(", api=0")),
    "wants_a_newer_core": Faulty("load", "più recente", PLAIN.format(', requires_core="9999"')),
    "is_twice": Faulty("load", "più pacchetti"),
    "forgets_the_scope": tables("""
        class Own(Base):
            __tablename__ = "{module}_own"
            id: Mapped[int] = mapped_column(primary_key=True)
        """, "Scoped"),
    "leaves_its_prefix": tables("""
        class Own(Base, OwnedByMunicipality):
            __tablename__ = "voucher_altrui"
            id: Mapped[int] = mapped_column(primary_key=True)
        """, "deve chiamarsi"),
    "takes_a_table_of_the_core": tables("""
        class Own(Base, OwnedByMunicipality):
            __tablename__ = "service"
            id: Mapped[int] = mapped_column(primary_key=True)
        """, "already defined"),
    "inherits_the_core": tables("""
        class Own(Municipality):
            colour: Mapped[str]
        """, "cannot inherit"),
    "points_beside_the_key": tables("""
        class Own(Base, OwnedByMunicipality):
            __tablename__ = "{module}_own"
            id: Mapped[int] = mapped_column(primary_key=True)
            name: Mapped[str] = mapped_column(ForeignKey("municipality.slug"))
        """, "chiave primaria"),
    "points_to_nothing": tables("""
        class Own(Base, OwnedByMunicipality):
            __tablename__ = "{module}_own"
            id: Mapped[int] = mapped_column(primary_key=True)
            other: Mapped[int] = mapped_column(ForeignKey("tabella_che_manca.id"))
        """, "non c'è"),
    "relates_to_nothing": tables("""
        class Own(Base, OwnedByMunicipality):
            __tablename__ = "{module}_own"
            id: Mapped[int] = mapped_column(primary_key=True)
            other = relationship("ClasseCheManca")
        """, "ClasseCheManca"),
    "reaches_into_the_core": tables("""
        class Own(Base, OwnedByMunicipality):
            __tablename__ = "{module}_own"
            id: Mapped[int] = mapped_column(primary_key=True)
            place_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"))
            place = relationship(Municipality, foreign_keys=[place_id], backref="own_rows")
        """, "backref"),
    "has_no_migrations": Faulty("load", "non c'è", WITH_TABLES, {"model.py": MODEL + OWN}),
    # its tables
    "is_not_upgraded": tables(OWN, "migrazioni da applicare", "standing", "op.create_table('{module}_own', "
                              "sa.Column('id', sa.Integer(), primary_key=True))"),
    "breaks_while_upgrading": tables(OWN, "manca una colonna", "upgrade", "raise LookupError('manca una colonna')"),
    "clears_what_is_not_its_own": tables(OWN, "non sono sue", "upgrade", "op.execute('DELETE FROM coverage')"),
    "changes_what_is_not_its_own": tables(OWN, "non sono sue", "upgrade",
                                          "op.add_column('service', sa.Column('colour', sa.String()))"),
    # its pages
    "raises_for_its_pages": pages("1 / 0", "ZeroDivisionError"),
    "exits_for_its_pages": pages("exit()", "SystemExit"),
    "gives_no_pages": pages("[object()]", "BaseView"),
    "mounts_twice": pages('[One(endpoint="{module}", url="{module}"), One(endpoint="{module}", url="{module}/2")]',
                          "ValueError"),
    "takes_an_address_of_its_own_twice": pages(
        '[One(endpoint="{module}", url="{module}"), One(endpoint="{module}_2", url="{module}")]', "già di un'altra"),
    "takes_a_name_of_the_core": pages('[One(endpoint="contract", url="{module}")]', "già il nome"),
    "takes_an_address_of_the_core": pages('[One(endpoint="{module}", url="cerca")]', "già di un'altra"),
    "leaves_the_administration": pages('[One(endpoint="{module}", url="/albo/mio")]', "sotto /admin/"),
    "forgets_who_may_read": pages('[Open(endpoint="{module}", url="{module}")]', "may_read"),
    "raises_on_its_page": pages('[One(endpoint="{module}", url="{module}")]', "manca il mese",
                                'raise LookupError("manca il mese")', "page", "{module}.index"),
    "hangs_on_its_page": pages('[One(endpoint="{module}", url="{module}")]', "nessuna risposta", "while True: pass",
                               "page", "{module}.index"),
    "exits_on_its_page": pages('[One(endpoint="{module}", url="{module}")]', "SystemExit", "raise SystemExit(1)",
                               "page", "{module}.index"),
    "has_a_bad_template": Faulty(
        "page", "TemplateSyntaxError", PLAIN.format("") + VIEWS,
        {"web.py": WEB.format('return self.render("{module}/one.html")', '[One(endpoint="{module}", url="{module}")]'),
         "templates/one.html": "{{% if %}}"}, hook="{module}.index"),
    # its answers
    "raises_on_a_sheet": answering("def check(sheet):\n    return sheet['ore']\n", "check=check", "KeyError", "check"),
    "hangs_on_a_sheet": answering("def check(sheet):\n    while True: pass\n", "check=check", "nessuna risposta",
                                  "check"),
    "exits_on_a_sheet": answering("def check(sheet):\n    raise SystemExit\n", "check=check", "SystemExit", "check"),
    "remarks_in_plain_text": answering("def check(sheet):\n    return ['no']\n", "check=check", "TypeError", "check"),
    "prints_nonsense": answering("def blocks(sheet):\n    return sheet.blocks\n", "blocks=blocks", "AttributeError",
                                 "blocks"),
    "measures_nothing": answering("def value(sheet):\n    return 1 / 0\n", MEASURING, "ZeroDivisionError",
                                  "computed.use"),
    "measures_in_words": answering("def value(sheet):\n    return 'molti'\n", MEASURING, "TypeError", "computed.use"),
}


def write(folder: Path, names: list[str]) -> tuple[str, ...]:
    """Write the packages of these faults and how they announce themselves; gives their codes."""
    for name in names:
        fault = FAULTS[name]
        module = code_of(name)
        package = folder / module
        files = {"__init__.py": HEAD + fault.code, **fault.files,
                 "plugin.toml": f'[plugin]\ncode = "{module}"\ntitle = "Guasto"\nsectors = ["minors"]\n'
                                f'version = "1.0"\n\n{fault.toml}'}
        for file, text in files.items():
            (package / file).parent.mkdir(parents=True, exist_ok=True)
            plain = file == "plugin.toml" or ("{module}" not in text and "{{" not in text)
            (package / file).write_text(text if plain else text.replace("{module}", module).replace("{{", "{")
                                        .replace("}}", "}"))
        for copy in range(2 if name == "is_twice" else 1):
            installed = folder / f"{module}_{copy}-1.0.dist-info"
            installed.mkdir()
            (installed / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}-{copy}\nVersion: 1.0\n")
            (installed / "entry_points.txt").write_text(f"[patto.plugins]\n{module} = {module}\n")
    return tuple(code_of(name) for name in names)


def code_of(name: str) -> str:
    """The code of the plugin with a fault."""
    return f"guasto_{name}"[:41]
