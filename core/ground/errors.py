"""The one exception for a broken rule, and the one record for a remark that does not stop anybody.

Messages are Italian sentences that serve as translation keys; ``%(name)s`` marks a value, which may be a sentence
itself, or several. They say what is wrong and what to do. The edge (command line, web) translates and shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from core.ground.articles import filled


@dataclass(frozen=True)
class Place:
    """Where a person mends what is missing: the kind of record, its key, and the field of its form.

    ``part``: the key, or the year, of what stands within the record, where its page asks for both. The edge knows the
    page of each kind; a sentence that says what blocks something is shown with the link to it.
    """

    kind: str
    key: int
    field: str = ""
    part: int = 0


class RuleBroken(Exception):
    """An act is refused: ``message`` says why and what to do, ``field`` names the form field if one is to blame.

    ``at``: where what is missing is mended, if that is another page (``mended``).
    """

    at: Place | None = None

    def __init__(self, message: str, *, field: str | None = None, **values: object) -> None:
        self.message = message
        self.field = field
        self.values = {name: _told(value) for name, value in values.items()}
        super().__init__(message)

    def mended(self, at: Place | None) -> Self:
        """The same refusal, which knows where what is missing is mended."""
        self.at = at
        return self

    def __str__(self) -> str:
        return _worded(self.message, self.values)


class Unavailable(RuleBroken):
    """The platform does not do its part for now, and nothing was done: the edge answers 503, to be asked again."""


class NotVisible(RuleBroken):
    """What was asked for does not exist for this principal: the edge answers 404 and never 403."""


class NotAllowed(RuleBroken):
    """The principal may see this but not do that: the edge answers 403."""


class Level(StrEnum):
    """How much a finding weighs: an error stops the act that asked, a warning never does."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """A remark of a check: a sentence, its values, where it was found and the rule behind it (R or X number).

    ``at``: where it is mended.
    """

    message: str
    values: dict[str, object] = field(default_factory=dict)
    level: Level = Level.WARNING
    where: str = ""
    source: str = ""
    at: Place | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", {name: _told(value) for name, value in self.values.items()})

    def __str__(self) -> str:
        return _worded(self.message, self.values)


def _told(value: object) -> object:
    """A record is told by the name that it has now: its session may be over when the sentence is read."""
    return str(value) if hasattr(value, "_sa_instance_state") else value


def _worded(message: str, values: Mapping[str, object]) -> str:
    """The sentence with its values; several are separated by commas."""
    told = {name: ", ".join(map(str, value)) if isinstance(value, tuple) else value for name, value in values.items()}
    return filled(message, told)


def said_later(text: str) -> str:
    """The text itself: what is said later, by its name, is collected for the catalogues where it is written."""
    return text
