"""The sentences of the pages with their values in them: in Italian a preposition agrees with the name that follows it.

Flask-Babel and Jinja put values into a translation by ``%``; here both do it by ``core.ground.articles``.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from flask import Flask
from flask_babel import Babel, Domain, get_locale, get_translations
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from core.ground.articles import agreed


class Agreeing(Domain):
    """What Python says to a person."""

    def gettext(self, string: str, **variables: Any) -> str:
        """A sentence in the reader's language."""
        return put(self.get_translations().ugettext(string), variables)

    def ngettext(self, singular: str, plural: str, num: int, **variables: Any) -> str:
        """A sentence that counts."""
        return put(self.get_translations().ungettext(singular, plural, num), {"num": num, **variables})

    def pgettext(self, context: str, string: str, **variables: Any) -> str:
        """A word that means something else elsewhere."""
        return put(self.get_translations().upgettext(context, string), variables)

    def npgettext(self, context: str, singular: str, plural: str, num: int, **variables: Any) -> str:
        """Such a word, counted."""
        return put(self.get_translations().unpgettext(context, singular, plural, num), {"num": num, **variables})


class Speaking(Babel):
    """Flask-Babel with sentences that agree."""

    @cached_property
    def domain_instance(self) -> Domain:
        """Where Python's sentences come from."""
        return Agreeing()


def speak(app: Flask, **settings: Any) -> None:
    """Give an application its languages; ``settings`` are those of Flask-Babel."""
    Speaking(app, **settings)
    app.jinja_env.globals.update(gettext=_gettext, ngettext=_ngettext, pgettext=_pgettext, npgettext=_npgettext)


def put(sentence: str, values: dict[str, Any]) -> str:
    """A sentence in the reader's language with its values; one without values is no format: its «%» stand for itself.
    """
    if not values:
        return sentence
    words, told = _agreed(sentence, values)
    return words % told


def _agreed(sentence: str, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """English has no articles to agree with."""
    locale = get_locale()
    return (sentence, values) if locale is not None and locale.language != "it" else agreed(sentence, values)


# --- in templates: as Jinja's own, where values are always put in and escaped -------------------------------


def _in_page(context: Context, sentence: str, values: dict[str, Any]) -> str:
    words, told = _agreed(sentence, values)
    return (Markup(words) if context.eval_ctx.autoescape else words) % told  # noqa: S704 - the sentence is ours


@pass_context
def _gettext(context: Context, string: str, **variables: Any) -> str:
    return _in_page(context, get_translations().ugettext(string), variables)


@pass_context
def _ngettext(context: Context, singular: str, plural: str, num: int, **variables: Any) -> str:
    said = get_translations().ungettext(singular, plural, num)
    return _in_page(context, said, {"num": num, **variables})


@pass_context
def _pgettext(context: Context, meaning: str, string: str, **variables: Any) -> str:
    return _in_page(context, get_translations().upgettext(meaning, string), {"context": meaning, **variables})


@pass_context
def _npgettext(context: Context, meaning: str, singular: str, plural: str, num: int, **variables: Any) -> str:
    said = get_translations().unpgettext(meaning, singular, plural, num)
    return _in_page(context, said, {"context": meaning, "num": num, **variables})
