"""The form of the staff of a service: a row for each profession and kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import FormField, StringField
from wtforms.validators import Length

from admin.web.acts import ActForm
from admin.web.forms import SHORT, DecimalField, NumberField, OneField, PageForm, RowsField, clean, picks
from admin.wording import labels
from core.reporting.rules import StaffFacts, StaffLine

BLANK_ROWS = 3


class StaffRowForm(PageForm):
    """A profession in one kind."""

    profession = StringField(_("Figura professionale"), [Length(max=SHORT)], filters=[clean])
    kind = OneField(_("Rapporto"), choices=lambda: picks([("", "–"), *labels.CHOICES["staff_figure.kind"].items()]))
    people = NumberField(_("Persone"), render_kw={"inputmode": "numeric"})
    full_time = DecimalField(_("Posti a tempo pieno"), render_kw={"inputmode": "decimal"})


class StaffForm(ActForm):
    """All staff of a service in an exercise, with room for a few rows more."""

    rows = RowsField(FormField(StaffRowForm), label=_("Personale"))

    def room(self) -> None:
        """Blank rows at the end."""
        for _number in range(sum(not _is_written(row.form) for row in self.rows), BLANK_ROWS):
            self.rows.append_entry()

    def facts(self) -> list[StaffFacts]:
        """The rows of which something is written."""
        return [StaffFacts(row.form.profession.data or "", row.form.kind.data or "", row.form.people.data,
                           row.form.full_time.data) for row in self.rows if _is_written(row.form)]


def _is_written(row: Any) -> bool:
    return bool(row.profession.data or row.people.data is not None or row.full_time.data is not None
                or any(row.people.raw_data or ()) or any(row.full_time.raw_data or ()))


def proposed(lines: Iterable[StaffLine], recorded: bool) -> Iterator[dict[str, Any]]:
    """The rows with which the form opens: what is recorded; before that, the professions that the sheet plans."""
    for line in lines:
        if not recorded or line.people is not None:
            yield {"profession": line.profession, "kind": line.kind, "people": line.people, "full_time": line.full_time}
