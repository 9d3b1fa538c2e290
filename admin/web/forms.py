"""Forms from columns: each column type has its field, in Italian formats; a type without a field is an error, not a
field that vanishes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import g
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import JSON, Boolean, Column, Date, Integer, String, Table, Text
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # younger than the stubs
from wtforms.form import BaseForm
from wtforms.i18n import get_translations
from wtforms.validators import Length, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget, TextInput

from admin.web.places import Link, link_to
from admin.web.words import said
from admin.wording import labels
from core.ground.db import DayOfYear, Euro, Lines, Percent
from core.ground.errors import NotVisible, RuleBroken
from core.ground.money import exact_cents, parse_euro
from core.ground.written import one_line, several_lines

LONG = 20_000
SHORT = 500
BIGGEST = 2**31 - 1
WHOLE = re.compile(r"-?([0-9]{1,12}|[0-9]{1,3}(\.[0-9]{3}){1,3})")
THOUSANDS = re.compile(r"\d{1,3}(\.\d{3})+")
DAY_MONTH = re.compile(r"(\d{1,2})[/. ](\d{1,2})")
# 1.234,5 or 1234.5, in plain digits: what Python reads besides (1e3, 1_000) nobody means
DECIMAL = re.compile(r"[-+]?([0-9]{1,30}|[0-9]{1,3}(\.[0-9]{3}){1,9})(,[0-9]{1,30})?|[-+]?[0-9]{1,30}\.[0-9]{1,30}")
TWO_WAYS = re.compile(r"[1-9]\d{0,2}\.\d{3}")
LINE_END = re.compile(r"\r\n|\r|\n")
Choices = Sequence[tuple[Any, Any]]
MOST_CHOICES = 2000  # in one field: a browser still opens them at once
MOST_ROWS = 500  # of a table in a form


class PageForm(Form):
    """A form of ours; its protection against forged requests is the application's, once for all."""

    remedies: Sequence[Link] = ()  # where what the refusals miss is mended, if that is another page
    version: NumberField  # hidden, in the forms of what others may change meanwhile

    class Meta:
        """WTForms' own sentences in the reader's language; a field of one line holds one."""

        def bind_field(self, form: Form, unbound_field: Any, options: Any) -> Field:
            """The field in its form: what is typed in one line is read as one, whatever else its filters do."""
            field: Field = unbound_field.bind(form=form, **options)
            if isinstance(field, StringField) and not isinstance(field, TextAreaField | HiddenField):
                field.filters = [line, *field.filters]
            return field

        def get_translations(self, _form: Form) -> Any:
            """The catalogue of the reader's language."""
            return get_translations([str(get_locale())])

    def blame(self, error: RuleBroken) -> None:
        """Put a refused rule beside its field if it names one, else at the top; what was typed stays."""
        g.patto_refused = error
        if (link := link_to(error.at)) is not None:
            self.remedies = [*self.remedies, link]
        field = self._fields.get(error.field or "")
        if field is None:
            self.form_errors.append(said(error))
        else:
            field.errors = [*field.errors, said(error)]

    @contextmanager
    def blaming(self) -> Iterator[None]:
        """Do an act, say thank you and leave; refused by a rule, the form says why and is shown again.

        Somebody else's row is no fault of the form: it stays 404.
        """
        try:
            yield
        except NotVisible:
            raise
        except RuleBroken as error:
            self.blame(error)

    def every_error(self) -> list[tuple[Field | None, str]]:
        """All errors with their fields, for the summary at the top."""
        own = ((field, str(text)) for field in self for text in flat(field.errors))
        return [*((None, str(text)) for text in self.form_errors), *own]


def flat(errors: Any) -> Iterable[str]:
    """The sentences of a field, of rows within rows too."""
    if isinstance(errors, dict):
        errors = errors.values()
    for error in errors or ():
        if isinstance(error, str) or not isinstance(error, Iterable):
            yield str(error)
        else:
            yield from flat(error)


def clean(text: str | None) -> str | None:
    """Without space around it, every line end one character, else a blank line would no longer part paragraphs.

    ValueError for a character that no document can hold.
    """
    return None if text is None else _written(several_lines, text)


def line(text: Any) -> Any:
    """One line without space around it; what is no text stays. ValueError that names a character that nobody sees."""
    return _written(one_line, text) if isinstance(text, str) else text


def _written(rule: Callable[[str], str], text: str) -> str:
    try:
        return rule(text)
    except RuleBroken as error:
        raise ValueError(said(error)) from error


class Parsed(Field):
    """A field of one line that holds another thing than a text: nothing, when nothing was typed.

    ``data`` stays Any: what a required field holds is known after ``validate``, and no type says so.
    """

    widget = TextInput()


class DateField(Parsed):
    """A day: the browser's calendar where there is one, 31/07/2026 typed where there is none."""

    def _value(self) -> str:
        if self.raw_data and not isinstance(self.data, date):
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read 2026-07-31 or 31/07/2026."""
        text = line(valuelist[0]) if valuelist else ""
        self.data = None
        if not text:
            return
        for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                self.data = datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no zone
                return
            except ValueError:
                continue
        raise ValueError(_("«%(text)s» non è una data: scriverla come 31/07/2026.", text=text))


class DayOfYearField(StringField):
    """A day that comes back every year: 31/07 on the page, 07-31 in the records."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "/".join(reversed(self.data.split("-"))) if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read day and month; whether the day exists is for the core to say."""
        text = line(valuelist[0]) if valuelist else ""
        self.data = None
        if not text:
            return
        found = DAY_MONTH.fullmatch(text)
        if found is None:
            raise ValueError(_("«%(text)s» non è un giorno dell'anno: scriverlo come 31/07.", text=text))
        self.data = f"{int(found[2]):02}-{int(found[1]):02}"


class NumberField(Parsed):
    """A whole number."""

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else ("" if self.data is None else str(self.data))

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read digits; a dot may part the thousands."""
        text = (line(valuelist[0]) or "") if valuelist else ""
        self.data = None
        if not text:
            return
        if not WHOLE.fullmatch(text) or abs(int(text.replace(".", ""))) > BIGGEST:
            raise ValueError(_("«%(text)s» non è un numero intero.", text=text))
        self.data = int(text.replace(".", ""))


class DecimalField(Parsed):
    """A number with decimals, as Italians write it: 12,5."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:f}".replace(".", ",")

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read 1.234,5 or 1234.5; 1.234 alone may mean either, and is asked again."""
        text = line(valuelist[0]) if valuelist else ""
        self.data = None
        if not text:
            return
        if TWO_WAYS.fullmatch(text):
            raise ValueError(_("«%(text)s» si può leggere in due modi: scrivere %(whole)s, oppure %(decimals)s.",
                               text=text, whole=text.replace(".", ""), decimals=text.replace(".", ",")))
        if not DECIMAL.fullmatch(text):
            raise ValueError(_("«%(text)s» non è un numero: scriverlo come 12,5.", text=text))
        number = Decimal(text if text.count(".") == 1 and "," not in text else text.replace(".", "").replace(",", "."))
        if abs(number) > BIGGEST:
            raise ValueError(_("«%(text)s» non è un numero: scriverlo come 12,5.", text=text))
        self.data = number


class CountField(DecimalField):
    """How many of what is counted: 1.980 are nearly two thousand, and never one with three decimals."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read 1.980 as people write it, else as any number."""
        text = line(valuelist[0]) if valuelist else ""
        super().process_formdata([text.replace(".", "")] if text and THOUSANDS.fullmatch(text) else valuelist)


class EuroField(Parsed):
    """An amount: € 1.234,56 shown, several ways of writing it read, nothing rounded in silence."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return f"{exact_cents(self.data):,.2f}".translate(str.maketrans(",.", ".,"))

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the amount; the core says what is wrong with it."""
        text = line(valuelist[0]) if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            self.data = parse_euro(text)
        except RuleBroken as error:
            raise ValueError(said(error)) from error


class LinesField(TextAreaField):
    """A short list of texts, one a line."""

    data: Any

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else "\n".join(self.data or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """The lines that say something."""
        self.data = ()
        lines = (line(text) for text in LINE_END.split(valuelist[0] if valuelist else ""))
        self.data = tuple(text for text in lines if text)


class RowsField(FieldList):  # type: ignore[type-arg]  # generic in its stubs alone
    """A table of rows: as many as were sent are read, and more than ``MOST_ROWS`` are refused, never cut."""

    def validate(self, form: BaseForm, extra_validators: Any = ()) -> bool:
        """False, and a sentence, for a table that is too long."""
        fine: bool = super().validate(form, extra_validators)
        if len(self.entries) <= MOST_ROWS:
            return fine
        self.errors = [*self.errors, _("Le righe sono %(count)s: al massimo %(most)s in una volta.",
                                       count=len(self.entries), most=MOST_ROWS)]
        return False


class OneField(SelectField):
    """One of a few. An empty choice is left to the validators; one that is not in the list is refused in words."""

    def pre_validate(self, form: Any) -> None:
        """ValidationError for what the list does not offer."""
        try:
            if self.data is not None:
                super().pre_validate(form)
        except ValidationError as error:
            raise ValidationError(_("Scegliere una voce dell'elenco.")) from error


class ManyField(SelectMultipleField):
    """Several of a few: boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        """ValidationError for what the list does not offer."""
        try:
            super().pre_validate(form)
        except ValidationError as error:
            raise ValidationError(_("Scegliere una voce dell'elenco.")) from error


class Sentence:
    """Stops an empty required field with our own sentence."""

    field_flags = {"required": True}

    def __call__(self, _form: Form, field: Field) -> None:
        """Refuse nothing typed, zero is something."""
        if field.data is None or field.data in ("", ()):
            if not field.errors:
                raise StopValidation(_("Questo dato è necessario."))
            raise StopValidation()


def picks(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Pairs of value and word as the options of a field."""
    return [SelectChoice(value, word) for value, word in pairs]


def first_of(options: Choices) -> Choices:
    """The options of a query that asked for one more than ``MOST_CHOICES``: if it is there, the last line says so. Two
    that read alike say their numbers."""
    alike = {word for word, count in Counter(str(word) for _key, word in options).items() if count > 1}
    if alike:
        options = [(key, f"{word} (n. {key})" if str(word) in alike else word) for key, word in options]
    if len(options) <= MOST_CHOICES:
        return options
    return [*options[:MOST_CHOICES], ("", _("… l'elenco continua: qui stanno i primi %(count)s", count=MOST_CHOICES))]


def asked_of(view: Any, table: str, name: str) -> OneField:
    """A row to choose that nobody has chosen yet: its list begins empty, so that no first row is taken unseen."""
    return OneField(view.get_column_name(name), [Sentence()], coerce=number_or_none,
                    choices=lambda: picks([("", "–"), *view.choices(name)]), description=labels.help_for(table, name))


def number_or_none(value: Any) -> int | None:
    """The key behind an option; the empty option is none."""
    return None if value in (None, "", "None") else int(value)


def field_for(column: Column[Any], table: str, choices: Callable[[], Choices] | None = None) -> Field:
    """The field of one column. TypeError for a column type that no field can show."""
    required = not (column.nullable or _may_be_empty(column))
    common: dict[str, Any] = {
        "label": labels.column(table, column.name),
        "description": labels.help_for(table, column.name),
        "validators": [Sentence()] if required else [Optional()],
    }
    words = labels.CHOICES.get(f"{table}.{column.name}")
    if words:
        options = list(words.items()) if column.default is not None else [("", "–"), *words.items()]
        return OneField(choices=picks(options), filters=[lambda v: v or None], **common)
    if choices is not None:
        return OneField(choices=lambda: picks(choices()), coerce=number_or_none, **common)
    if isinstance(column.default, ScalarElementColumnDefault):
        common["default"] = column.default.arg
    kind, extra = _kind(column)
    common["validators"] += extra.pop("validators", [])
    return kind(**common, **extra)


def _may_be_empty(column: Column[Any]) -> bool:
    """True where nothing is a value: yes-or-no, and columns whose default is nothing."""
    default = getattr(column.default, "arg", None) if column.default is not None else None
    return isinstance(column.type, Boolean) or (column.default is not None and default in ("", ()))


def _kind(column: Column[Any]) -> tuple[type[Field], dict[str, Any]]:
    blank = None if column.nullable else ""
    text = {"filters": [clean, lambda value: value or blank]}
    for column_type, field, extra in (
        (Lines, LinesField, {}),
        (Euro, EuroField, {}),
        (Percent, DecimalField, {}),
        (Boolean, BooleanField, {}),
        (Date, DateField, {"render_kw": {"type": "date"}}),
        (DayOfYear, DayOfYearField, {"filters": [lambda value: value or blank]}),
        (Integer, NumberField, {"render_kw": {"inputmode": "numeric"}}),
        (Text, TextAreaField, {**text, "validators": [Length(max=LONG)], "render_kw": {"rows": 6}}),
        (String, StringField, {**text, "validators": [Length(max=SHORT)], "widget": TextInput()}),
    ):
        if isinstance(column.type, column_type):
            return field, extra
    if isinstance(column.type, JSON):
        raise TypeError(f"{column}: free JSON has no field; exclude it and give the form its own part")
    raise TypeError(f"{column}: no field for the type {column.type!r}")


def form_class(
    tables: Sequence[Table], names: Sequence[str], choices: Mapping[str, Callable[[], Choices]], versioned: bool
) -> type[PageForm]:
    """A form with a field for each of ``names``, columns of ``tables``, a key, and the version of what is edited."""
    fields: dict[str, Any] = {}
    for name in names:
        table = next(t for t in tables if name in t.columns)
        fields[name] = field_for(table.columns[name], table.name, choices.get(name))
    fields["request_key"] = HiddenField()
    if versioned:
        fields["version"] = NumberField(validators=[Optional()])
    return type("RecordForm", (PageForm,), fields)
