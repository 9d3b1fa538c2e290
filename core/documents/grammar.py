"""Italian grammar that follows the data: articles, prepositions, gender and lists.

A contract is made with a *Comune* or with an *Unione*, signed by a *Sindaco* or a *Sindaca*: the
sentences of a template must be right for each of them.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.ground.articles import gender, with_article
from core.ground.errors import RuleBroken


def articulated(noun: str, preposition: str = "", sex: str = "") -> str:
    """The noun with its article, after a preposition if one is given; ``sex`` (M or F) if it names a person.

    ``il Comune``, ``l'Unione``, ``dello Stato``, ``all'Azienda``, ``dei Comuni``, ``dalla rag. Rossi``. RuleBroken for
    a blank.
    """
    if not noun.strip():
        raise RuleBroken("Manca il nome di un ente, di un organo o di una persona che il documento deve stampare.")
    return with_article(noun, preposition, sex)


def the(noun: str, sex: str = "") -> str:
    """``il Comune``, ``l'Unione``; ``sex`` (m, f) where the first word of the noun does not say it."""
    return articulated(noun, "", sex)


def of_the(noun: str, sex: str = "") -> str:
    """``del Comune``, ``dell'Unione``."""
    return articulated(noun, "di", sex)


def to_the(noun: str, sex: str = "") -> str:
    """``al Comune``, ``all'Unione``."""
    return articulated(noun, "a", sex)


def from_the(noun: str, sex: str = "") -> str:
    """``dal Comune``, ``dall'Unione``."""
    return articulated(noun, "da", sex)


def in_the(noun: str, sex: str = "") -> str:
    """``nel Comune``, ``nell'Unione``."""
    return articulated(noun, "in", sex)


def agree(noun: str, masculine: str, feminine: str, sex: str = "") -> str:
    """The word that agrees with the noun: ``agree("Unione", "tenuto", "tenuta")`` is *tenuta*."""
    return feminine if (sex or gender(noun)) == "f" else masculine


def by_sex(sex: str, masculine: str, feminine: str) -> str:
    """The word that agrees with a person: ``nato`` or ``nata``; ``sex`` is M or F."""
    return feminine if sex.upper() == "F" else masculine


def of_place(name: str, connector: str = "di") -> str:
    """A place name after *di*: ``di Melegnano``.

    Municipalities keep the full *di* even before a vowel ("di Arese"); where the official name fuses or
    elides (``della Spezia``, ``dell'Aquila``, ``d'Adda``) the record says so with its ``connector``.
    """
    return f"{connector}{name}" if connector.endswith(("'", "’")) else f"{connector} {name}"


def body_noun(form: str) -> str:
    """What a body is called for short: ``Comune``, ``Unione``; ``Ente`` another public body, or of the third sector."""
    return {"comune": "Comune", "unione": "Unione"}.get(form, "Ente")


def body_title(form: str, name: str, connector: str = "di") -> str:
    """The whole name of a body, without article: ``Comune di Melegnano``, ``Unione dei Comuni ...``.

    A body that is neither is called by its name alone: ``Fondazione Casa Aperta ETS``.
    """
    noun = body_noun(form)
    if noun == "Ente":
        return name
    return name if name.startswith(f"{noun} ") else f"{noun} {of_place(name, connector)}"


def joined(items: Iterable[str]) -> str:
    """``A, B e C``; ``ed`` before another *e*: ``Adda ed Enza``."""
    parts = list(items)
    if len(parts) < 2:
        return "".join(parts)
    last = parts[-1]
    conjunction = "ed" if last[:1].lower() == "e" else "e"
    return f"{', '.join(parts[:-1])} {conjunction} {last}"


def of_each(nouns: Iterable[str]) -> str:
    """``del Distretto Nord e dell'Ambito Sud``."""
    return joined(of_the(noun) for noun in nouns)


def in_each(nouns: Iterable[str]) -> str:
    """``nel Distretto Nord e nell'Ambito Sud``."""
    return joined(in_the(noun) for noun in nouns)


def the_each(nouns: Iterable[str]) -> str:
    """``il Distretto Nord e l'Ambito Sud``."""
    return joined(the(noun) for noun in nouns)
