"""What the passages of all cases share: the file that proves one, and the step that takes the last one back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.cases.diary import sentence
from admin.guard.session import db
from admin.web.acts import Step, WhyForm, doing, file_of
from core.cases.operations import add_file
from core.ground.access import ScopedSession
from core.ground.states import Life


def proof_of(session: ScopedSession, row: Any, form: Any, title: Any) -> int | None:
    """Keep the file that was chosen in the diary of a case, as ``title``; the key of its document, None for no file."""
    chosen = file_of(form.file)
    if chosen is None:
        return None
    return add_file(session, row.__tablename__, row.id, title=str(title), file=chosen).document_id


def undo_step(life: Life, verb: Callable[..., Any], done: Any) -> Step:
    """The step that takes the last passage back."""

    def happens(row: Any) -> Iterator[str]:
        last = life.last(db(), row)
        if last is not None:
            yield _("Si corregge questo passaggio: «%(passage)s»", passage=sentence(row.__tablename__, last))
        yield _("Si torna a com'era prima dell'ultimo passaggio.")
        yield _("Nulla si cancella: nel diario restano il passaggio, la correzione e il suo motivo.")

    return Step(lazy_gettext("Correggi l'ultimo passaggio"), done, doing(verb, "why"), WhyForm, rare=True,
                happens=lambda row: tuple(happens(row)))
