"""Encryption of a backup, as it flows: the format of age with a passphrase, so that ``age --decrypt`` opens it too.

The format is public (https://c2sp.org/age): scrypt makes a key of the passphrase, which wraps the key of the file;
ChaCha20-Poly1305 encrypts 64 KiB at a time, each piece with its number and whether it is the last. So none can be
altered, moved, or left out at the end.
"""

from __future__ import annotations

import io
import re
import secrets
from base64 import b64decode, b64encode
from functools import lru_cache
from typing import BinaryIO

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

INTRO = b"age-encryption.org/v1\n"
LABEL = b"age-encryption.org/v1/scrypt"
HEADER = re.compile(rb"(-> scrypt ([\w+/]{22}) (\d\d?)\n([\w+/]{43})\n---) ([\w+/]{43})\n", re.ASCII)
LONGEST_HEADER = 200  # bytes
WORK = 17  # scrypt works on 2**17 blocks of 1 KiB: 128 MiB, a third of a second
MOST_WORK = 20
CHUNK = 64 * 1024
TAG = 16


class WrongKey(Exception):
    """The key opens nothing here."""


class Altered(Exception):
    """Not one byte of this is to be believed: it was changed, or cut short."""


class Encrypting:
    """Encrypts what is written to it, into ``target``; ``finish`` writes the last piece."""

    def __init__(self, target: BinaryIO, key: str) -> None:
        self._target, self._rest, self._count = target, bytearray(), 0
        file_key, salt, nonce = secrets.token_bytes(16), secrets.token_bytes(16), secrets.token_bytes(16)
        wrapped = _wrapping(key, salt, WORK).encrypt(bytes(12), file_key, None)
        header = INTRO + b"-> scrypt %s %d\n%s\n---" % (_text(salt), WORK, _text(wrapped))
        target.write(header + b" %s\n" % _text(_mac(file_key, header).finalize()) + nonce)
        self._cipher = _payload(file_key, nonce)

    def write(self, content: bytes) -> int:
        """Take what comes; the last piece is held back, because it is marked as such."""
        self._rest += content
        while len(self._rest) > CHUNK:
            self._put(bytes(self._rest[:CHUNK]), last=False)
            del self._rest[:CHUNK]
        return len(content)

    def finish(self) -> None:
        """Write the last piece."""
        self._put(bytes(self._rest), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        self._target.write(self._cipher.encrypt(_nonce(self._count, last), piece, None))
        self._count += 1


class Decrypting(io.RawIOBase):
    """What ``source`` holds, in clear. WrongKey at once; Altered when the reading comes to such a place."""

    def __init__(self, source: BinaryIO, key: str) -> None:
        head = source.read(LONGEST_HEADER)
        found = HEADER.match(head.removeprefix(INTRO))
        if found is None or int(found[3]) > MOST_WORK:
            raise Altered
        salt, wrapped, mac = (_bytes(found[group]) for group in (2, 4, 5))
        file_key = _unwrapped(key, salt, int(found[3]), wrapped)
        try:
            _mac(file_key, INTRO + found[1]).verify(mac)
        except InvalidSignature as error:
            raise Altered from error
        source.seek(len(INTRO) + found.end())
        self._source, self._rest, self._count, self._done = source, b"", 0, False
        self._cipher = _payload(file_key, source.read(16))
        self._next = source.read(CHUNK + TAG)

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes; 0 after the piece that is marked as the last."""
        if not self._rest and not self._done:
            piece, self._next = self._next, self._source.read(CHUNK + TAG)
            self._done = not self._next
            try:
                self._rest = self._cipher.decrypt(_nonce(self._count, self._done), piece, None)
            except InvalidTag as error:
                raise Altered from error
            self._count += 1
        given = self._rest[: len(buffer)]
        buffer[: len(given)], self._rest = given, self._rest[len(given) :]
        return len(given)


@lru_cache(maxsize=1)  # a backup is read twice, and this takes its time on purpose
def _wrapping(key: str, salt: bytes, work: int) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(Scrypt(salt=LABEL + salt, length=32, n=2**work, r=8, p=1).derive(key.encode()))


def _unwrapped(key: str, salt: bytes, work: int, wrapped: bytes) -> bytes:
    try:
        return _wrapping(key, salt, work).decrypt(bytes(12), wrapped, None)
    except InvalidTag as error:
        raise WrongKey from error


def _derived(file_key: bytes, salt: bytes | None, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, purpose).derive(file_key)


def _payload(file_key: bytes, nonce: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(_derived(file_key, nonce, b"payload"))


def _mac(file_key: bytes, header: bytes) -> HMAC:
    made = HMAC(_derived(file_key, None, b"header"), SHA256())
    made.update(header)
    return made


def _nonce(count: int, last: bool) -> bytes:
    return count.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _text(content: bytes) -> bytes:
    return b64encode(content).rstrip(b"=")


def _bytes(text: bytes) -> bytes:
    """What ``_text`` wrote. Altered if it would have been written otherwise: the last letter has bits to spare."""
    content = b64decode(text + b"=" * (-len(text) % 4))
    if _text(content) != text:
        raise Altered
    return content
