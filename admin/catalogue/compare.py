"""The page of two editions of a sheet beside each other."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.guard.session import db, principal
from admin.web.base_view import small
from core.catalogue import compare, editions
from core.catalogue.model import OperationalSheet
from core.catalogue.operations import municipality_names
from core.documents.comparing import words
from core.ground.states import of_the_offices

MOST_SAME = 3  # of a longer unchanged stretch only the ends are shown, the rest folds
KINDS = {
    "same": lazy_gettext("Invariato"), "added": lazy_gettext("Aggiunto"), "removed": lazy_gettext("Tolto"),
    "changed": lazy_gettext("Cambiato"), "moved": lazy_gettext("Spostato"),
}
WHAT = {
    compare.FIELD: lazy_gettext("Campo"), compare.COLUMN: lazy_gettext("Colonna di una tabella"),
    compare.RULE: lazy_gettext("Regola"), compare.STANDARD: lazy_gettext("Standard"),
    compare.INDICATOR: lazy_gettext("Indicatore"),
}


def shown(row: OperationalSheet) -> dict[str, Any]:
    """What the page says: the editions to choose from, the two that are chosen, and what differs."""
    offered = editions.editions_of(db(), row.code)
    before, after = _chosen(offered, row)
    found = None
    if before is not None and after is not None:
        found = compare.compare(before, after, municipality_names(db()), office=of_the_offices(principal()))
    return {"offered": [(one.id, _("edizione %(year)s", year=one.edition)) for one in reversed(offered)],
            "before": before, "after": after, "found": found, "kinds": KINDS, "what": WHAT, "words": words,
            "most_same": MOST_SAME}


def _chosen(offered: list[OperationalSheet], row: OperationalSheet
            ) -> tuple[OperationalSheet | None, OperationalSheet | None]:
    """The two that the address names, else this edition and the one before it, else the first two. 404 for a stranger.
    """
    if len(offered) < 2:
        return None, None
    here = max(1, next((place for place, one in enumerate(offered) if one.id == row.id), len(offered) - 1))
    by_id = {one.id: one for one in offered}
    chosen = []
    for name, proposed in (("prima", offered[here - 1]), ("dopo", offered[here])):
        key = small(request.args.get(name)) if name in request.args else proposed.id
        if key not in by_id:
            abort(404)
        chosen.append(by_id[key])
    return chosen[0], chosen[1]
