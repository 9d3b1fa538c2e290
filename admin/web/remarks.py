"""The remarks of the core's checks on what a page shows, each with the link to where it is mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from admin.guard.session import principal
from admin.web.places import Link, link_to
from admin.web.words import said
from core.ground.errors import Finding


@dataclass(frozen=True)
class Said:
    """A remark in words, and where it is mended."""

    text: str
    link: Link | None = None

    def __str__(self) -> str:
        return self.text


def remarks_for(find: Callable[[], Sequence[Finding]]) -> list[Said]:
    """The remarks in words, for those who can mend them: they compare what only the azienda sees whole."""
    return [Said(said(finding), link_to(finding.at)) for finding in find()] if principal().sees_all else []
