"""Settings: read once from the environment, none required, an option on the command line wins."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from core.ground.errors import RuleBroken
from core.ground.paths import ROOT

MODES = ("demo", "production")
LANGUAGES = ("it", "en")
ON_OFF = ("", "on", "off")


@dataclass(frozen=True)
class Settings:
    """What an installation chooses. ``plugins`` is None for "all in-tree"; ``today`` plays another day."""

    mode: str = "demo"
    data_dir: Path = ROOT / "data"
    database_url: str = ""
    plugins: tuple[str, ...] | None = None
    secret_key: str = ""
    queue_url: str = ""
    smtp_url: str = ""
    lang: str = "it"
    today: date | None = None
    provider_access: str = ""
    backup_dir: Path | None = None
    backup_key: str = ""

    @property
    def providers_enter(self) -> bool:
        """True if people of providers may be invited and log in: unset, they may in demo and not in production."""
        return self.provider_access == "on" or (self.provider_access == "" and not self.production)

    @property
    def production(self) -> bool:
        """True where real data live: strict about secrets, calm about a broken plugin."""
        return self.mode == "production"

    @property
    def url(self) -> str:
        """The database address; SQLite inside the data directory when none is set."""
        return self.database_url or f"sqlite:///{self.data_dir / 'patto.sqlite3'}"

    def with_options(self, **options: object) -> Settings:
        """The same settings with the command line's options laid over them; None leaves a setting as it is."""
        chosen = {name: value for name, value in options.items() if value is not None}
        return checked(replace(self, **chosen))  # type: ignore[arg-type]


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """Read ``PATTO_*``. Raises RuleBroken in words for a value that cannot be used."""
    env = os.environ if environ is None else environ
    plugins = env.get("PATTO_PLUGINS")
    return checked(
        Settings(
            mode=env.get("PATTO_MODE", "demo"),
            data_dir=Path(env.get("PATTO_DATA_DIR") or ROOT / "data"),
            database_url=_psycopg(env.get("PATTO_DATABASE_URL", "")),
            plugins=None if plugins is None else tuple(p.strip() for p in plugins.split(",") if p.strip()),
            secret_key=env.get("PATTO_SECRET_KEY", ""),
            queue_url=env.get("PATTO_QUEUE_URL", ""),
            smtp_url=env.get("PATTO_SMTP_URL", ""),
            lang=env.get("PATTO_LANG", "it"),
            today=_day(env.get("PATTO_TODAY", "")),
            provider_access=env.get("PATTO_PROVIDER_ACCESS", ""),
            backup_dir=Path(folder) if (folder := env.get("PATTO_BACKUP_DIR")) else None,
            backup_key=env.get("PATTO_BACKUP_KEY", ""),
        )
    )


def checked(settings: Settings) -> Settings:
    """The settings themselves, or RuleBroken for a combination that must not run."""
    if settings.mode not in MODES:
        raise RuleBroken("PATTO_MODE vale «%(mode)s»: scegliere «demo» o «production».", mode=settings.mode)
    if settings.lang not in LANGUAGES:
        raise RuleBroken("PATTO_LANG vale «%(lang)s»: scegliere «it» o «en».", lang=settings.lang)
    if settings.provider_access not in ON_OFF:
        raise RuleBroken("PATTO_PROVIDER_ACCESS vale «%(value)s»: scegliere «on» o «off», o togliere la variabile.",
                         value=settings.provider_access)
    if settings.database_url and not settings.database_url.startswith(("sqlite:", "postgresql+psycopg:")):
        raise RuleBroken("PATTO_DATABASE_URL non è un indirizzo che Patto sappia usare: scriverlo come "
                         "postgresql://utente@server/banca-dati, o togliere la variabile per usare SQLite.")
    if settings.production and settings.today:
        raise RuleBroken("PATTO_TODAY non si può usare in produzione: togliere la variabile e riavviare.")
    if settings.production and not settings.secret_key:
        raise RuleBroken("In produzione serve PATTO_SECRET_KEY: impostare una chiave segreta lunga e casuale.")
    return settings


def ensure_data_dir(settings: Settings) -> Path:
    """Create the data directory and prove that it can be written; RuleBroken in words if it cannot."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        probe = settings.data_dir / ".scrivibile"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise RuleBroken(
            "Nella cartella dei dati %(path)s non si può scrivere (%(reason)s): "
            "scegliere un'altra cartella con --data-dir o correggere i permessi.",
            path=settings.data_dir,
            reason=error.strerror or error,
        ) from error
    return settings.data_dir


def secret_key(settings: Settings) -> str:
    """The key that signs sessions; in demo it is made once and kept in the data directory (mode 600)."""
    if settings.secret_key:
        return settings.secret_key
    path = ensure_data_dir(settings) / "secret_key"
    if not path.exists():
        _make_key(path)
    return path.read_text()


def _make_key(path: Path) -> None:
    """Write the key aside and give it its name whole: two processes that start together read the same one."""
    aside = path.with_name(f".{path.name}-{os.getpid()}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        path.hardlink_to(aside)
    except FileExistsError:
        pass  # the process beside this one was first
    finally:
        aside.unlink()


def _psycopg(url: str) -> str:
    """PostgreSQL addresses as people write them, spoken to by psycopg 3."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RuleBroken("PATTO_TODAY vale «%(text)s»: scrivere un giorno come 2026-07-31.", text=text) from error
