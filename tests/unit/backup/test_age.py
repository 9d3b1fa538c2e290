"""What is encrypted is read again with its key, by age itself too; and not one byte of it can be changed."""

from __future__ import annotations

import io
from base64 import b64decode

import pytest

from admin.command.backup import age
from admin.command.backup.age import CHUNK, Altered, Decrypting, Encrypting, WrongKey

KEY = "una chiave lunga, con è"
# written by the reference of the format: pyrage 1.4.0 (rage), passphrase «chiave di prova»
BY_AGE = b64decode(
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBaZjB6L2pRUkp0MFQ2M3JGVWNpR2tBIDEzCjFjcm5wZHZ3NTlsNm9HSFFi"
    "MExaMENQUkk2UEQ3RUVuUy9nS3pCWUVpdTgKLS0tIDFxc3pqcm1uWXhQUzBxR3lNdngvZGlJeUhld2IzNXQ4N1h2SWVPcDc4ZGMK"
    "/OtqrHEwIyQaWuNRRqgLz6ZDC4cs9bm50wXNx83PxB2FdukVMjMv6qZkBO0t801OmAOv469AHFSBYDu7njk="
)
SAID = b"scritto da un altro programma\n"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(age, "WORK", 4)


def encrypted(content: bytes, key: str = KEY) -> bytes:
    """``content``, written a little at a time."""
    target = io.BytesIO()
    into = Encrypting(target, key)
    for start in range(0, len(content), 1000):
        into.write(content[start : start + 1000])
    into.finish()
    return target.getvalue()


def decrypted(content: bytes, key: str = KEY) -> bytes:
    return io.BufferedReader(Decrypting(io.BytesIO(content), key)).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_what_goes_in_comes_out(size: int) -> None:
    content = bytes(number % 251 for number in range(size))
    assert decrypted(encrypted(content)) == content
    # a single byte stands among random ones by chance
    assert size < 20 or content[:20] not in encrypted(content)


def test_a_file_of_age_itself_is_read() -> None:
    assert decrypted(BY_AGE, "chiave di prova") == SAID


def test_another_key_opens_nothing() -> None:
    with pytest.raises(WrongKey):
        decrypted(encrypted(b"dati"), "un'altra")


def test_no_byte_can_be_changed_and_none_left_out() -> None:
    whole = encrypted(b"dati dell'ufficio" * 3)
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        with pytest.raises((Altered, WrongKey)):
            decrypted(bytes(changed))
        with pytest.raises((Altered, WrongKey)):
            decrypted(whole[:place])
    with pytest.raises(Altered):
        decrypted(whole + b"x")


def test_pieces_cannot_be_moved_nor_the_last_ones_left_out() -> None:
    whole = encrypted(bytes(3 * CHUNK))
    end = len(whole) - (3 * (CHUNK + age.TAG))
    pieces = [whole[end + number * (CHUNK + age.TAG) :][: CHUNK + age.TAG] for number in range(3)]
    for order in ((1, 0, 2), (0, 1), (0, 2), (0, 1, 1, 2)):
        with pytest.raises(Altered):
            decrypted(whole[:end] + b"".join(pieces[number] for number in order))


def test_a_file_cannot_ask_for_more_memory_than_a_machine_has() -> None:
    whole = encrypted(b"dati").replace(b" 4\n", b" 63\n")
    with pytest.raises(Altered):
        decrypted(whole)
