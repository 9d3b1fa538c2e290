"""The heads of the history as the administrator sees them: which were made, where they lie, what was found last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from admin.guard.session import db, office
from admin.web.words import said
from admin.wording import labels
from core.ground import anchors
from core.ground.errors import Finding, RuleBroken
from core.ground.heads import FOLDER, STAMP, SignedHead, kept, read
from core.ground.outbox import OutboxMessage

SHOWN = 10


@dataclass(frozen=True)
class Sent:
    """A head, and for each place to which heads go whether it is there."""

    head: SignedHead
    places: list[str]


def attested() -> dict[str, Any]:
    """What the page tells of the heads: the last ones, what does not work, what the last verification found."""
    settings = office().settings
    standing = anchors.standing(settings.data_dir)
    verified = standing.verified
    return {
        "heads": [_sent(head, path) for path in reversed(kept(settings.data_dir / FOLDER)[-SHOWN:])
                  if (head := _head(path)) is not None],
        "leaving": settings.sends_heads,
        "unsent_heads": [said(one) for one in anchors.failing(standing.failures)],
        "verified": verified,
        "wrong": [_worded(one) for one in verified.wrong] if verified else [],
        "known": [_worded(one) for one in verified.notes] if verified else [],
    }


def _head(path: Path) -> SignedHead | None:
    try:
        return read(path)
    except RuleBroken:
        return None


def _sent(head: SignedHead, path: Path) -> Sent:
    settings, places = office().settings, list[str]()
    if settings.heads_dir is not None:
        places.append(_("nella cartella") if _is_there(settings.heads_dir / path.name) else _("non nella cartella"))
    if settings.heads_mail:
        keys = [f"{path.name} {address}" for address in settings.heads_mail]
        done = db().scalars(select(OutboxMessage.done_at).where(OutboxMessage.key.in_(keys))).all()
        places.append(_("per posta a %(count)s di %(all)s", count=sum(one is not None for one in done), all=len(keys)))
    if settings.tsa_url:
        stamped = _is_there(path.with_suffix(STAMP))
        places.append(_("con marca temporale") if stamped else _("senza marca temporale"))
    return Sent(head, places)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _worded(finding: Finding) -> str:
    """The sentence with the name that people give to the table."""
    table = labels.TABLES.get(str(finding.values.get("table")))
    return said(finding if table is None else replace(finding, values={**finding.values, "table": str(table[1])}))
