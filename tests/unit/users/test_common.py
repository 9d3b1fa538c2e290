"""Passwords that everybody guesses first are refused, dressed up or not; phrases are not."""

from __future__ import annotations

import pytest

from core.users.common import is_common


@pytest.mark.parametrize("text", [
    "password1234", "Password2026!", "P@ssw0rd!2026", "qwertyuiop12", "juventusjuventus", "ForzaJuve1897!!",
    "francesca1990", "ciaociaociao", "amoremio2024", "Milano-Napoli-1", "123456789012", "31/12/1999-31/12",
    "Benvenuto2026", "cambiami-cambiami", "passwordqwerty", "gennaio2026!!",
])
def test_what_everybody_tries_first_is_common(text: str) -> None:
    assert is_common(text)


@pytest.mark.parametrize("text", [
    "una frase che si ricorda", "un'altra frase da ricordare", "zafferano e bulloni d'ottone", "xK8#vbWq2!mLpz",
    "graffetta pioppo tornio", "Le rane cantano a Melegnano",
])
def test_a_phrase_is_not(text: str) -> None:
    assert not is_common(text)
