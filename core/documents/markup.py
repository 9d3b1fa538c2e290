"""Text as WordprocessingML: the one place that escapes what a person wrote."""

from __future__ import annotations

import re

from markupsafe import Markup

BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
TAB = '</w:t><w:tab/><w:t xml:space="preserve">'

_AMOUNT = re.compile(r"€ (?=-?\d)")
_ESCAPES = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "'": "&#39;",
        # docxtpl turns {_{ and _} back into Jinja's braces after rendering: a value must not take part in that
        "_": "&#95;",
        "\n": BREAK,
        "\t": TAB,
    }
)


def word_text(text: str) -> Markup:
    """The text as it stands inside ``<w:t>``: escaped, new lines as line breaks of the same paragraph.

    An amount stays beside its sign: no line ends after ``€``.
    """
    joined = _AMOUNT.sub("€\N{NO-BREAK SPACE}", unify_newlines(text))
    return Markup(joined.translate(_ESCAPES))  # noqa: S704 (this is the escaping itself)


def unify_newlines(text: str) -> str:
    """The line ends of Windows, of old Macs and of Word (vertical tab) are all new lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n")
