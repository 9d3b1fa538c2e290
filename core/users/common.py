"""Passwords that everybody guesses first: two shipped lists, and what people do to a word to make it look like none."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

LISTS = ("common_passwords.txt", "italian_passwords.txt")
SHORTEST = 4  # letters of a word that counts as a half
AS_LETTERS = str.maketrans("@4301!$57+", "aaeoiissst")
NO_LETTER = re.compile(r"[^a-z]+")


def is_common(text: str) -> bool:
    """True for a password that is in the lists, also dressed up: with figures and signs around or between, with signs
    for letters, a word said again, two words of the lists together. And for one without any letter."""
    plain = text.casefold()
    return not NO_LETTER.sub("", plain) or any(_is_made_of_words(word) for word in _undressed(plain))


def _undressed(plain: str) -> set[str]:
    """A password without what was put around and between its letters, read both ways: 0 is a figure, or an o."""
    return {plain, NO_LETTER.sub("", plain), NO_LETTER.sub("", plain.translate(AS_LETTERS)),
            NO_LETTER.sub("", re.sub(r"[\d\W_]+$", "", plain).translate(AS_LETTERS))}


def _is_made_of_words(word: str) -> bool:
    again = re.fullmatch(r"(.+?)\1+", word)
    once = again[1] if again else word
    halves = ((once[:at], once[at:]) for at in range(SHORTEST, len(once) - SHORTEST + 1))
    return once in _words() or any(half in _words() and other in _words() for half, other in halves)


@cache
def _words() -> frozenset[str]:
    lines = (line for name in LISTS for line in (Path(__file__).parent / name).read_text("utf-8").splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))
