"""Where the installed checkout keeps its files. The product is an application: it runs from its checkout."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES_DOCS = ROOT / "templates_docs"
MIGRATIONS = ROOT / "migrations"
PLUGINS = ROOT / "plugins"
SEED = ROOT / "seed"
DEMO = ROOT / "demo"
MANUAL = ROOT / "admin" / "manual"
