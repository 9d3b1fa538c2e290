"""A letter of the azienda about a dispute, sent from its own mailbox: what is asked of it."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from wtforms import StringField
from wtforms.validators import Length

from admin.web.acts import ActForm, needed_file
from admin.web.fields import day_field, file_field
from admin.web.forms import SHORT, OneField, Sentence, clean, picks
from admin.wording import labels
from core.disputes.operations import LetterDispatch


class DispatchForm(ActForm):
    """A letter of the azienda that has left: its file, how, when, under which number."""

    file = file_field(lazy_gettext("Lettera"))
    channel = OneField(lazy_gettext("Mezzo"), [Sentence()], choices=picks(labels.CHOICES["sending.channel"].items()))
    sent_on = day_field(lazy_gettext("Inviata il"))
    protocol_number = StringField(lazy_gettext("Numero di protocollo"), [Length(max=SHORT)], filters=[clean])


def dispatched(form: Any) -> LetterDispatch:
    """The letter as the core wants it."""
    return LetterDispatch(needed_file(form.file), form.channel.data or "", form.sent_on.data,
                          form.protocol_number.data or "")
