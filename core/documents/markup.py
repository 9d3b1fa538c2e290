"""Text as WordprocessingML: the one place that escapes what a person wrote."""

from __future__ import annotations

from markupsafe import Markup

from core.documents.words import keep_amounts

BREAK = '</w:t><w:br/><w:t xml:space="preserve">'
TAB = '</w:t><w:tab/><w:t xml:space="preserve">'

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
    """The text as it stands inside ``<w:t>``: escaped, amounts unbroken, new lines as line breaks of one paragraph."""
    return Markup(keep_amounts(unify_newlines(text)).translate(_ESCAPES))  # noqa: S704 (this is the escaping itself)


def unify_newlines(text: str) -> str:
    """The line ends of Windows, of old Macs and of Word (vertical tab) are all new lines."""
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\v", "\n")
