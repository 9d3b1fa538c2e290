"""What a subject has to say to those above it, which it does not know: they register, and do their part at once.

The subjects stand in one order, and each knows only those below. Where one below must ask or tell upwards (may this
budget be reopened? the shares have changed) it declares an ``Upward``; a function above registers with it as a
decorator and answers in the same transaction: what it raises stops the act.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Upward(Generic[P, R]):
    """A question, or a piece of news, for whoever has registered."""

    def __init__(self) -> None:
        self._answers: list[Callable[P, R]] = []

    def __call__(self, answer: Callable[P, R]) -> Callable[P, R]:
        """Register the function below."""
        self._answers.append(answer)
        return answer

    def tell(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """What each that has registered answers. RuntimeError if nobody has: a check must not be left out unseen."""
        if not self._answers:
            raise RuntimeError("nobody has registered: import core.registrations before working")
        return [answer(*args, **kwargs) for answer in self._answers]
