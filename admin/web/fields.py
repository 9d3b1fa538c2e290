"""Fields that the forms of many subjects ask for: a day, an hour, a text, a reason, a file."""

from __future__ import annotations

import re
from datetime import time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, Optional

from admin.web.forms import LONG, SHORT, DateField, Parsed, Sentence, clean, line

HOUR = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")
ACCEPTED = ".pdf,.p7m,.docx,.xlsx,.odt,.png,.jpg,.jpeg,.eml,.zip"
KEPT = lazy_gettext("PDF, P7M, Word, Excel, ODT, immagine, messaggio EML o archivio ZIP, fino a 25 MB.")
REASON = lazy_gettext("Motivo")
IN_THE_DIARY = lazy_gettext("Resta nel diario, che anche il Comune legge.")


def day_field(label: Any, help_text: Any = "", *, needed: bool = True) -> DateField:
    """A day."""
    return DateField(label, [Sentence()] if needed else [Optional()], description=help_text,
                     render_kw={"type": "date"})


class HourField(Parsed):
    """An hour of the day: 10:30, or 10.30 as deeds write it."""

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else ("" if self.data is None else f"{self.data:%H:%M}")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read 10:30."""
        text = (line(valuelist[0]) or "") if valuelist else ""
        self.data = None
        if text:
            match = HOUR.fullmatch(text)
            if match is None:
                raise ValueError(_("«%(text)s» non è un'ora: scriverla come 10:30.", text=text))
            self.data = time(int(match[1]), int(match[2]))


def line_field(label: Any, help_text: Any = "", *, needed: bool = True) -> StringField:
    """A short text on one line."""
    return StringField(label, _checks(SHORT, needed), filters=[clean], description=help_text)


def text_field(label: Any, help_text: Any = "", *, longest: int = LONG, needed: bool = True) -> TextAreaField:
    """A long text."""
    return TextAreaField(label, _checks(longest, needed), filters=[clean], description=help_text)


def why_field(label: Any = REASON, help_text: Any = IN_THE_DIARY, *, needed: bool = True) -> TextAreaField:
    """A reason, which stays in the diary."""
    return text_field(label, help_text, longest=2000, needed=needed)


def file_field(label: Any, help_text: Any = KEPT, *, needed: bool = True) -> FileField:
    """A file of a kind that an office keeps."""
    return FileField(label, [Sentence()] if needed else [], description=help_text, render_kw={"accept": ACCEPTED})


def _checks(longest: int, needed: bool) -> list[Any]:
    return [*([Sentence()] if needed else []), Length(max=longest)]
