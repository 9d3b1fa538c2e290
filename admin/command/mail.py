"""Sending the mails of the outbox: by SMTP where a server is set, else into a mailbox folder, to be seen working."""

from __future__ import annotations

import hashlib
import os
import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from core.ground import clock
from core.ground.errors import RuleBroken
from core.ground.outbox import Handler
from core.ground.settings import Settings

FOLDER = "mailbox"
SENDER = "patto@localhost"
PORTS = {"smtp": 25, "smtps": 465}
TIMEOUT = 10  # seconds for each answer of the server
WHOLE = 30  # seconds for the whole conversation: a server that answers letter by letter would never be done
Send = Callable[[EmailMessage, str], None]


def sender(settings: Settings) -> Handler:
    """The handler of the kind ``mail``: its payload has key, to, subject and text.

    ``PATTO_SMTP_URL``: smtp://user:password@host:587/?from=ufficio@example.org, with STARTTLS where the server offers
    it, or smtps:// for a connection that is encrypted from its first word.
    """
    if settings.smtp_url:
        origin = parse_qs(urlsplit(settings.smtp_url).query).get("from", [""])[0]
        return lambda payload: _by_smtp(settings.smtp_url, message(payload, origin or SENDER, settings.public_url))
    folder = settings.data_dir / FOLDER
    return lambda payload: _into_folder(folder, message(payload, SENDER, settings.public_url), payload["key"])


def message(payload: dict[str, Any], origin: str, public_url: str = "") -> EmailMessage:
    """The mail behind a message of the outbox, with the address of the program below, if it has one.

    Its Message-ID comes from the key: sent again, it is the same mail.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = origin
    mail["To"] = payload["to"]
    mail["Subject"] = " ".join(payload["subject"].split())
    mail["Date"] = clock.now()
    mail["Message-ID"] = f"<{mark(payload['key'])}@{origin.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    below = f"\n\n-- \nPatto: {public_url}/admin/\n" if public_url else ""
    mail.set_content(payload["text"] + below)
    return mail


def mark(key: str) -> str:
    """The key of a message, as short as an address can hold it."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _into_folder(folder: Path, mail: EmailMessage, key: str) -> None:
    """One file for each key, written aside and given its name whole: a mail that is sent again takes its own place."""
    folder.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", key)[:60].strip("-")
    path = folder / f"{name}-{mark(key)[:8]}.eml"
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    with aside.open("wb") as file:
        file.write(bytes(mail))
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)


def _by_smtp(url: str, mail: EmailMessage, seconds: float = WHOLE) -> None:
    """Send, within ``seconds``. RuleBroken for a server that is not done by then: it is left to itself.

    If it takes the mail later all the same, the next attempt brings it the same Message-ID.
    """
    ended: Queue[Exception | None] = Queue(1)
    Thread(target=lambda: ended.put(_conversation(url, mail)), daemon=True).start()
    try:
        refused = ended.get(timeout=seconds)
    except Empty as error:
        raise RuleBroken("Il server della posta non ha risposto entro %(seconds)s secondi.",
                         seconds=f"{seconds:g}") from error
    if refused is not None:
        raise refused


def _conversation(url: str, mail: EmailMessage) -> Exception | None:
    try:
        with _server(url) as server:
            server.send_message(mail)
    except Exception as error:  # told to who waits, in the other thread
        return error
    return None


def greet(url: str) -> None:
    """Begin a conversation with the mail server and end it. What it raises says why no mail would leave."""
    with _server(url):
        pass


@contextmanager
def _server(url: str) -> Iterator[smtplib.SMTP]:
    """A conversation with the mail server of ``url``. RuleBroken for an address that is none."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise RuleBroken("PATTO_SMTP_URL non è un indirizzo di posta in uscita: scriverlo come "
                         "smtp://utente:password@server:587/?from=ufficio@example.org.")
    port, safe = parts.port or PORTS[parts.scheme], ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(parts.hostname, port, timeout=TIMEOUT, context=safe)
    else:
        server = smtplib.SMTP(parts.hostname, port, timeout=TIMEOUT)
    with server:
        if parts.scheme == "smtp":
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=safe)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        yield server
