"""The language of our Word templates: Jinja in a sandbox, with our filters and nothing else.

Every ``{{ ... }}`` passes one gate, :func:`_printed`, which escapes what it prints and refuses what is
missing, naming the expression: a blank in a contract would be a change that nobody sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache, wraps
from types import CodeType
from typing import Any

from jinja2 import StrictUndefined, Template, Undefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from core.documents import grammar, words
from core.documents.controls import late
from core.documents.markup import word_text
from core.ground.errors import RuleBroken

Filter = Callable[..., Any]

FILTERS: dict[str, Filter] = {
    function.__name__: function
    for function in (
        words.date_short, words.date_long, words.day_month, words.on_day, words.by_day, words.of_day,
        words.from_day, words.to_day, words.month_name, words.in_words, words.ordinal, words.days, words.months,
        words.years, words.span, words.number, words.euro, words.euro_in_words, words.percent, words.in_percent_words,
        words.roman, words.letter, words.iban, words.capital,
        grammar.the, grammar.of_the, grammar.to_the, grammar.from_the, grammar.in_the, grammar.agree,
        grammar.by_sex, grammar.of_place, grammar.joined, grammar.of_each, grammar.in_each, grammar.the_each, late,
    )
}  # fmt: skip

_BUILT_IN = ("first", "last", "length", "list", "lower", "upper", "reverse", "sort", "trim")


class Language(ImmutableSandboxedEnvironment):
    """Jinja's sandbox that compiles a source once: two thirds of a document's time go there, the same each time."""

    def from_string(self, source: Any, *_: Any, **__: Any) -> Template:
        """The template of this source, for this environment's filters."""
        return Template.from_code(self, _compiled(source), {})


@lru_cache(maxsize=16)
def _compiled(source: str) -> CodeType:
    return environment(str).compile(source)  # any filter will do: they are looked up when the template runs


def environment(blocks: Filter) -> Language:
    """A fresh environment; ``blocks`` is the filter that pours blocks in the template's styles.

    Globals (``range``, ``dict`` ...) are removed: a template needs none, and a loop can only run over the data.
    """
    env = Language(autoescape=True, undefined=StrictUndefined, extensions=[_Gate])
    env.globals.clear()
    env.filters = {name: env.filters[name] for name in _BUILT_IN}
    env.filters |= {name: _passing_gaps(function) for name, function in FILTERS.items()}
    env.filters |= {"blocks": _passing_gaps(blocks), "blank": words.blank, "printed": _printed}
    return env


class _Gate(Extension):
    """Ends every ``{{ expression }}`` in ``|printed("expression")``."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Rewrite the tokens of one template."""
        said: list[str] = []
        for token in stream:
            if token.type == "variable_end":
                yield from _gate_tokens(token.lineno, "".join(said))
            yield token
            if token.type == "variable_begin":
                said = []
                yield Token(token.lineno, "lparen", "(")
            else:
                said.append(str(token.value))


def _gate_tokens(line: int, expression: str) -> Iterator[Token]:
    yield Token(line, "rparen", ")")
    yield Token(line, "pipe", "|")
    yield Token(line, "name", "printed")
    yield Token(line, "lparen", "(")
    yield Token(line, "string", expression)
    yield Token(line, "rparen", ")")


def _printed(value: object, expression: str) -> Markup:
    """What a template prints, escaped for Word. RuleBroken if there is nothing to print."""
    if isinstance(value, Markup):
        return value
    if isinstance(value, Undefined):
        raise RuleBroken("Il modello usa il dato «%(name)s», che non esiste: correggere il nome nel modello.",
                         field=expression, name=expression)
    if value is None:
        raise RuleBroken("Manca il dato «%(name)s»: va compilato prima di generare il documento.",
                         field=expression, name=expression)
    return word_text(_in_italian(value, expression))


def _in_italian(value: object, expression: str) -> str:
    """Plain values print in the Italian way even where the template forgot a filter."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal | date):
        raise RuleBroken("Il dato «%(name)s» non è un testo: nel modello va usato in una condizione o in un ciclo.",
                         field=expression, name=expression)
    if isinstance(value, date):
        return words.date_short(value)
    return words.number(value) if isinstance(value, Decimal) else str(value)


def _passing_gaps(function: Filter) -> Filter:
    """A filter that hands missing values on to the gate, which knows their name, and explains wrong ones."""

    @wraps(function)
    def filtered(value: Any, *args: Any, **options: Any) -> Any:
        if value is None or isinstance(value, Undefined):
            return value
        try:
            return function(value, *args, **options)
        except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError) as error:
            raise RuleBroken("Nel modello il filtro «%(filter)s» non si può applicare al valore «%(value)s».",
                             filter=function.__name__, value=str(value)[:80]) from error

    return filtered
