"""A signed head: the chain of the history as it stood on one day, in a few lines that leave this machine.

Whoever keeps one elsewhere can say later whether the history still begins so. The signature says which installation
wrote it; that nothing was rewritten since is said by the hash, and only as long as the head lies where who administers
this machine does not reach.
"""

from __future__ import annotations

import base64
import hashlib
import json
from binascii import Error as NoBase64
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from core.ground import clock, private
from core.ground.audit import Head
from core.ground.errors import RuleBroken
from core.ground.refusals import reason_of

FOLDER = "heads"  # of the data directory: the heads that were made here
KEY = "head_key"
ENDING, STAMP = ".json", ".tst"  # a head, and beside it the token of a time stamp over it
NAMES = f"testa-*{ENDING}"
LARGEST = 1_000_000  # bytes of a file that may be a head, or a mail with one


@dataclass(frozen=True)
class SignedHead:
    """What is signed: when, where, by which version; the last sealed entry and the hash over it and all before;
    how many files the history tells of, and the hash over the list of their hashes; the public key (Ed25519, base 64).
    """

    at: str
    installation: str
    version: str
    number: int
    hash: str
    documents: int
    documents_hash: str
    key: str
    signature: str = ""

    @property
    def head(self) -> Head:
        """The link that it stands for."""
        return Head(self.number, self.hash)

    @property
    def instant(self) -> datetime:
        """When it was made, by the clock of the installation."""
        return datetime.fromisoformat(self.at)

    @property
    def day(self) -> str:
        """The day on which it was made, in Rome, as people write it."""
        return f"{self.instant.astimezone(clock.ROME):%d/%m/%Y}"

    @property
    def name(self) -> str:
        """The name of its file: in the order of time."""
        return f"testa-{self.instant.astimezone(clock.ROME):%Y-%m-%d-%H%M%S}-{self.number:09}{ENDING}"

    @property
    def is_genuine(self) -> bool:
        """True if the owner of ``key`` has signed just this."""
        try:
            public = Ed25519PublicKey.from_public_bytes(base64.b64decode(self.key, validate=True))
            public.verify(base64.b64decode(self.signature, validate=True), _signed_bytes(self))
        except (InvalidSignature, NoBase64, ValueError):
            return False
        return True

    def text(self) -> str:
        """The head as it is written and sent."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"


def _signed_bytes(head: SignedHead) -> bytes:
    said = {name: value for name, value in asdict(head).items() if name != "signature"}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def signed(head: SignedHead, key: Ed25519PrivateKey) -> SignedHead:
    """The head with the key's public half and its signature."""
    named = replace(head, key=public_half(key))
    return replace(named, signature=base64.b64encode(key.sign(_signed_bytes(named))).decode())


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The key of an installation, made at its first use and kept in the data directory (mode 600).

    RuleBroken if others may read it, or if it is none.
    """
    path = folder / KEY
    if not path.exists():
        fresh = Ed25519PrivateKey.generate()
        private.keep_once(path, fresh.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
    if private.open_to_others(path):
        raise RuleBroken("La chiave che firma le teste della storia, %(path)s, si può leggere da altri utenti di "
                         "questa macchina: chiuderla con «chmod 600 %(path)s».", path=path)
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except ValueError as error:
        raise RuleBroken("Il file %(path)s non è la chiave che firma le teste della storia: recuperarla da un "
                         "salvataggio.", path=path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise RuleBroken("Il file %(path)s non è la chiave che firma le teste della storia: recuperarla da un "
                         "salvataggio.", path=path)
    return key


def public_half(key: Ed25519PrivateKey) -> str:
    """The public key as it stands in every head: 32 bytes in base 64."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def over_files(files: Iterable[tuple[str, str]]) -> str:
    """The hash over a list of files (path, SHA-256): of lines as ``sha256sum`` writes them, in the order of paths."""
    lines = "".join(f"{sha256}  {path}\n" for path, sha256 in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()


# --- files ------------------------------------------------------------------------------------------------


def kept(folder: Path) -> list[Path]:
    """The files of the heads in ``folder``, the oldest first; none if there is no such folder."""
    return sorted(folder.glob(NAMES)) if folder.is_dir() else []


def read(path: Path) -> SignedHead:
    """The head in a file: as it was written, or within the mail that brought it. RuleBroken if there is none."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST)
        text = _text_of(content)
        said = json.loads(text[text.index("{") : text.rindex("}") + 1])
        head = SignedHead(**{**said, "number": int(said["number"]), "documents": int(said["documents"])})
        if head.number < 0 or head.instant.tzinfo is None or not all(isinstance(v, str | int) for v in said.values()):
            raise ValueError
    except OSError as error:
        raise RuleBroken("Il file %(path)s non si può leggere (%(reason)s): controllare il nome e i permessi.",
                         path=path, reason=reason_of(error)) from error
    except (ValueError, KeyError, TypeError, LookupError, OverflowError) as error:
        raise RuleBroken("Il file %(path)s non contiene una testa della storia: indicare il file «testa-….json», o la "
                         "mail che l'ha portata, salvata per intero.", path=path) from error
    return head


def _text_of(content: bytes) -> str:
    """The text, of a saved mail that of its body."""
    if not content.lstrip().startswith(b"{") and b"\nContent-T" in content:
        body = message_from_bytes(content, policy=policy.default).get_body(("plain",))
        if body is not None:
            return str(body.get_content())
    return content.decode("utf-8-sig", errors="replace")


def found_in(places: Iterable[Path]) -> list[Path]:
    """The files of heads at ``places``, files or folders. RuleBroken for one that is not there, or holds none."""
    found: list[Path] = []
    for place in places:
        here = kept(place) if place.is_dir() else [place]
        if not here:
            raise RuleBroken("Nella cartella %(path)s non ci sono teste della storia (file «testa-….json»): "
                             "controllare quale sia.", path=place)
        found += here
    return found
