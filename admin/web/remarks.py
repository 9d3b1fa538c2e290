"""The remarks of the core's checks on what a page shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from admin.guard.session import principal
from admin.web.words import said
from core.ground.errors import Finding


def remarks_for(find: Callable[[], Sequence[Finding]]) -> list[str]:
    """The remarks in words, for those who can mend them: they compare what only the azienda sees whole."""
    return [said(finding) for finding in find()] if principal().sees_all else []
