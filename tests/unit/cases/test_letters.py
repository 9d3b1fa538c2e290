"""Only a letter that its subject declared is offered: of another nobody has asked whether people have words for it."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from core.cases import letters
from core.cases.letters import Asked, Offer
from core.ground.access import system

DAY = date(2026, 3, 2)
ASKS = {"reminder": (Asked("by", "day"), Asked("tone", "choice", options=("kind", "plain")))}


def offered(monkeypatch: pytest.MonkeyPatch, offer: Offer) -> list[Offer]:
    def never(*_given: Any) -> Any:
        raise AssertionError("nobody writes it")

    monkeypatch.setitem(letters.LETTERS, "thing", (ASKS, lambda *_asked: [offer], never))
    session: Any = SimpleNamespace(principal=system("prova"))
    return letters.offered(session, "thing", None, today=DAY)


def test_a_declared_letter_is_offered_with_its_proposals(monkeypatch: pytest.MonkeyPatch) -> None:
    offer = Offer("reminder", asks=letters.proposing(ASKS["reminder"], by=DAY), roles=frozenset(system("x").roles))
    assert offered(monkeypatch, offer) == [offer]
    assert [ask.proposed for ask in offer.asks] == [DAY, None]


@pytest.mark.parametrize("offer", [
    Offer("invitation"), Offer("reminder", asks=(Asked("place"),)),
    Offer("reminder", asks=(Asked("tone", "choice", options=("kind", "sharp")),)),
])
def test_a_letter_an_ask_or_an_option_that_nobody_declared_is_a_mistake(
    monkeypatch: pytest.MonkeyPatch, offer: Offer
) -> None:
    with pytest.raises(LookupError, match="not declared"):
        offered(monkeypatch, Offer(offer.code, asks=offer.asks, roles=frozenset(system("x").roles)))
