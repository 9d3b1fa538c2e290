"""Settings: read once from the environment, none required, an option on the command line wins."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from core.ground import private
from core.ground.errors import RuleBroken
from core.ground.paths import ROOT
from core.ground.refusals import reason_of

MODES = ("demo", "production")
LANGUAGES = ("it", "en")
ON_OFF = ("", "on", "off")
SAFE = 32  # characters of a secret at least
HOST = re.compile(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*", re.ASCII)
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
LOOPBACK = ("localhost", "127.0.0.1")
SERVED_AT = "http://127.0.0.1:8000"  # where ``patto serve`` answers if nothing else is said
MOST_PROXIES = 9


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
    heads_dir: Path | None = None
    heads_mail: tuple[str, ...] = ()
    tsa_url: str = ""
    tsa_roots: Path | None = None
    public_url: str = ""
    trusted_hosts: tuple[str, ...] = ()
    trusted_proxies: int = 0
    access_log: str = ""
    metrics_token: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""
    oidc_second_factor: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Where people find the program: for a link that is made while nobody asks for a page."""
        return self.public_url or SERVED_AT

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names under which it may be called, this machine's own among them; none if no public address is set."""
        public = (urlsplit(self.public_url).hostname or "",) if self.public_url else ()
        named = (*public, *self.trusted_hosts)
        return (*named, *LOOPBACK) if named else ()

    @property
    def logs_access(self) -> bool:
        """True if every answer gets its line in the log: unset, it does in production and not in demo."""
        return self.access_log == "on" or (self.access_log == "" and self.production)

    @property
    def providers_enter(self) -> bool:
        """True if people of providers may be invited and log in: unset, they may in demo and not in production."""
        return self.provider_access == "on" or (self.provider_access == "" and not self.production)

    @property
    def production(self) -> bool:
        """True where real data live: strict about secrets, calm about a broken plugin."""
        return self.mode == "production"

    @property
    def sends_heads(self) -> bool:
        """True if the heads of the history leave this machine."""
        return bool(self.heads_dir or self.heads_mail or self.tsa_url)

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
            heads_dir=Path(folder) if (folder := env.get("PATTO_HEADS_DIR")) else None,
            heads_mail=tuple(env.get("PATTO_HEADS_MAIL", "").replace(",", " ").split()),
            tsa_url=env.get("PATTO_TSA_URL", "").strip(),
            tsa_roots=Path(file) if (file := env.get("PATTO_TSA_ROOTS")) else None,
            public_url=_public(env.get("PATTO_PUBLIC_URL", "")),
            trusted_hosts=tuple(_host(name.strip()) for name in env.get("PATTO_TRUSTED_HOSTS", "").split(",")
                                if name.strip()),
            trusted_proxies=_proxies(env.get("PATTO_TRUSTED_PROXIES", "")),
            access_log=env.get("PATTO_ACCESS_LOG", ""),
            metrics_token=env.get("PATTO_METRICS_TOKEN", ""),
            oidc_issuer=env.get("PATTO_OIDC_ISSUER", "").strip(),
            oidc_client_id=env.get("PATTO_OIDC_CLIENT_ID", "").strip(),
            oidc_client_secret=env.get("PATTO_OIDC_CLIENT_SECRET", "").strip(),
            oidc_second_factor=tuple(env.get("PATTO_OIDC_SECOND_FACTOR", "").replace(",", " ").split()),
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
    if settings.access_log not in ON_OFF:
        raise RuleBroken("PATTO_ACCESS_LOG vale «%(value)s»: scegliere «on» o «off», o togliere la variabile.",
                         value=settings.access_log)
    if settings.production:
        _require_secret("PATTO_SECRET_KEY", settings.secret_key)
    if settings.metrics_token:
        _require_secret("PATTO_METRICS_TOKEN", settings.metrics_token)
    _require_provider(settings)
    _require_destinations(settings)
    if settings.production and settings.public_url.startswith("http:") and \
            urlsplit(settings.public_url).hostname not in LOOPBACK:
        raise RuleBroken("PATTO_PUBLIC_URL vale «%(url)s»: in produzione comincia con https://, perché le password non "
                         "viaggino in chiaro. Come si mette un proxy con TLS davanti a Patto è scritto in "
                         "docs/production.md.", url=settings.public_url)
    return settings


def _require_provider(settings: Settings) -> None:
    """Whoever lets people in by a provider of identities says which, who asks there and with which secret."""
    given = {"PATTO_OIDC_ISSUER": settings.oidc_issuer, "PATTO_OIDC_CLIENT_ID": settings.oidc_client_id,
             "PATTO_OIDC_CLIENT_SECRET": settings.oidc_client_secret}
    missing = tuple(name for name, value in given.items() if not value)
    if not missing and not settings.oidc_issuer.startswith("https://") and (
            settings.production or urlsplit(settings.oidc_issuer).hostname not in LOOPBACK):
        raise RuleBroken("PATTO_OIDC_ISSUER vale «%(url)s»: deve cominciare con https://, com'è scritto nel documento "
                         "del gestore di identità.", url=settings.oidc_issuer)
    if missing and (len(missing) < len(given) or settings.oidc_second_factor):
        raise RuleBroken("Per entrare con l'identità digitale mancano: %(names)s. Indicarle, o togliere tutte le "
                         "variabili PATTO_OIDC.", names=missing)


def _require_destinations(settings: Settings) -> None:
    """The heads of the history go to addresses that are some, and to a folder that does not lie among the data."""
    for address in settings.heads_mail:
        if not ADDRESS.fullmatch(address):
            raise RuleBroken("PATTO_HEADS_MAIL contiene «%(address)s», che non è un indirizzo di posta: scrivere gli "
                             "indirizzi separati da virgole, per esempio revisore@example.org.", address=address)
    if settings.heads_dir and settings.heads_dir.absolute().is_relative_to(settings.data_dir.absolute()):
        raise RuleBroken("PATTO_HEADS_DIR vale «%(path)s», che è nella cartella dei dati: chi può cambiare la storia "
                         "vi cambierebbe anche le teste. Indicare una cartella altrove.", path=settings.heads_dir)
    if settings.tsa_url and not (urlsplit(settings.tsa_url).scheme in ("http", "https")
                                 and urlsplit(settings.tsa_url).hostname):
        raise RuleBroken("PATTO_TSA_URL vale «%(url)s»: scrivere l'indirizzo dell'autorità di marcatura temporale per "
                         "intero, per esempio https://tsa.example.org.", url=settings.tsa_url)


def _require_secret(name: str, secret: str) -> None:
    how = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
    if not secret:
        raise RuleBroken("In produzione serve %(name)s, una chiave segreta lunga e casuale. Per farne una: %(how)s",
                         name=name, how=how)
    if len(secret) < SAFE:
        raise RuleBroken("%(name)s ha %(count)s caratteri e ne servono almeno %(least)s, scelti a caso. Per farne una: "
                         "%(how)s", name=name, count=len(secret), least=SAFE, how=how)


def ensure_data_dir(settings: Settings) -> Path:
    """Create the data directory and prove that it can be written; RuleBroken in words if it cannot.

    It is its owner's alone, with all that this process writes from here on.
    """
    try:
        private.folder(settings.data_dir)
        probe = settings.data_dir / ".scrivibile"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise RuleBroken(
            "Nella cartella dei dati %(path)s non si può scrivere (%(reason)s): "
            "scegliere un'altra cartella con --data-dir o correggere i permessi.",
            path=settings.data_dir,
            reason=reason_of(error),
        ) from error
    return settings.data_dir


def secret_key(settings: Settings) -> str:
    """The key that signs sessions; in demo it is made once and kept in the data directory (mode 600).

    RuleBroken if others may read it there.
    """
    if settings.secret_key:
        return settings.secret_key
    path = ensure_data_dir(settings) / "secret_key"
    if not path.exists():
        private.keep_once(path, secrets.token_urlsafe(48))
    if private.open_to_others(path):
        raise RuleBroken("La chiave segreta %(path)s si può leggere da altri utenti di questa macchina: toglierla, "
                         "perché Patto ne faccia una nuova, oppure chiuderla con: chmod 600 %(path)s", path=path)
    return path.read_text()


def _psycopg(url: str) -> str:
    """PostgreSQL addresses as people write them, spoken to by psycopg 3."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _public(url: str) -> str:
    """The public address without a closing slash. RuleBroken in words for one under which no page would be found."""
    if not url:
        return ""
    if url != "".join(url.split()):
        raise RuleBroken("PATTO_PUBLIC_URL vale «%(url)s» e contiene uno spazio: toglierlo.", url=url)
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise RuleBroken("PATTO_PUBLIC_URL vale «%(url)s»: scriverlo per intero, per esempio https://patto.example.org.",
                         url=url)
    if parts.path not in ("", "/") or parts.query or parts.fragment or "?" in url or "#" in url or "@" in parts.netloc:
        raise RuleBroken("PATTO_PUBLIC_URL vale «%(url)s»: oltre al nome del server non va scritto altro, perché le "
                         "pagine di Patto cominciano dalla radice. Per esempio https://patto.example.org.", url=url)
    try:
        port = parts.port
    except ValueError as error:
        raise RuleBroken("PATTO_PUBLIC_URL vale «%(url)s»: il numero dopo i due punti non è una porta.",
                         url=url) from error
    name = _host(parts.hostname or "")
    return f"{parts.scheme}://{name}" if port is None else f"{parts.scheme}://{name}:{port}"


def _host(name: str) -> str:
    """The name of a server in small letters; RuleBroken for what is none, or has a port."""
    if not HOST.fullmatch(name.lower()):
        raise RuleBroken("«%(name)s» non è il nome di un server: scriverlo con lettere senza accenti, cifre, punti e "
                         "trattini, per esempio patto.example.org.", name=name)
    return name.lower()


def _proxies(text: str) -> int:
    if text and not (text.isascii() and text.isdigit() and int(text) <= MOST_PROXIES):
        raise RuleBroken("PATTO_TRUSTED_PROXIES vale «%(text)s»: scrivere quanti proxy stanno davanti a Patto, per "
                         "esempio 1, o togliere la variabile.", text=text)
    return int(text or 0)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise RuleBroken("PATTO_TODAY vale «%(text)s»: scrivere un giorno come 2026-07-31.", text=text) from error
