"""A remark of the core's checks, or a refusal, as a page prints it: in words, with the link to where it is mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup, escape

from admin.guard.session import principal
from admin.web.places import Link, link_to
from admin.web.words import said
from core.ground.errors import Finding, RuleBroken


class Said(str):
    """A remark in words; a template that prints it prints also the link to where it is mended."""

    link: Link | None = None

    def __html__(self) -> Markup:
        """The words, then the link."""
        words = escape(str(self))
        if self.link is None:
            return words
        return Markup('{} <a href="{}">{}</a>').format(words, self.link.url, self.link.word)


def remark(what: Finding | RuleBroken) -> Said:
    """A remark or a refusal with its link, where there is one that who asks may open."""
    told = Said(said(what))
    told.link = link_to(what.at)
    return told


def remarks_for(find: Callable[[], Sequence[Finding]]) -> list[Said]:
    """The remarks in words, for those who can mend them: they compare what only the azienda sees whole."""
    return [remark(finding) for finding in find()] if principal().sees_all else []
