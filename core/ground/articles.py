"""Articles before the names of bodies: in documents, and in every sentence that has a preposition before a value.

A name that says what it names takes the article («dell'Unione dei Comuni Alta Valle», «all'Azienda Sociale»); that of a
comune, of a person or of a paper does not («di Melegnano»). A sentence is written once, «i residenti di %(name)s», and
``agreed`` gives it the preposition that its value wants.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_FEMININE = {"asst", "ats", "caritas", "croce", "onlus", "rete", "unione", "regione"}
_FEMININE_ENDINGS = ("a", "zione", "sione", "tà", "trice")  # Giunta, Camera, determina, dott.ssa
_MASCULINE_ENDINGS = ("amma", "ema", "oma", "ista")  # Programma, Sistema, Diploma, Autista

PREPOSITIONS = {
    "": ("il ", "lo ", "la ", "l'", "i ", "gli ", "le "),
    "di": ("del ", "dello ", "della ", "dell'", "dei ", "degli ", "delle "),
    "a": ("al ", "allo ", "alla ", "all'", "ai ", "agli ", "alle "),
    "da": ("dal ", "dallo ", "dalla ", "dall'", "dai ", "dagli ", "dalle "),
    "in": ("nel ", "nello ", "nella ", "nell'", "nei ", "negli ", "nelle "),
    "su": ("sul ", "sullo ", "sulla ", "sull'", "sui ", "sugli ", "sulle "),
    "con": ("con il ", "con lo ", "con la ", "con l'", "con i ", "con gli ", "con le "),
    "per": ("per il ", "per lo ", "per la ", "per l'", "per i ", "per gli ", "per le "),
    "tra": ("tra il ", "tra lo ", "tra la ", "tra l'", "tra i ", "tra gli ", "tra le "),
}

_PLURALS = {"comuni": "m", "enti": "m", "istituti": "m", "servizi": "m", "aziende": "f", "figlie": "f", "opere": "f",
            "suore": "f", "unioni": "f"}

# the first words of names that take the article; of the comuni of Italy one began with one of them
BODIES = frozenset({
    "agenzia", "ambito", "asl", "asp", "assemblea", "associazione", "asst", "ats", "azienda", "comitato", "comune",
    "comunità", "conferenza", "consiglio", "consorzio", "cooperativa", "direzione", "distretto", "ente", "fondazione",
    "giunta", "istituto", "parrocchia", "provincia", "regione", "società", "tavolo", "ufficio", "unione",
})
COMUNI = frozenset({"consiglio di rumo"})
_BEFORE = re.compile(r"\b([Dd]i|[Aa]|[Dd]a|[Ii]n|[Ss]u|[Cc]on|[Pp]er|[Tt]ra) %\((\w+)\)s")


def gender(noun: str) -> str:
    """``f`` or ``m`` of a body or office, from its first word; what is not known is masculine."""
    first = noun.split(" ", 1)[0].lower()
    ending = first.endswith(_FEMININE_ENDINGS) and not first.endswith(_MASCULINE_ENDINGS)
    return "f" if first in _FEMININE or ending or _PLURALS.get(first) == "f" else "m"


def with_article(noun: str, preposition: str = "", sex: str = "") -> str:
    """The noun with its article, after a preposition if one is given; ``sex`` (m, f) where its first word is silent."""
    return PREPOSITIONS[preposition][_form(noun, sex.lower() or gender(noun))] + noun


def _form(noun: str, gender: str) -> int:
    """Index of the article: il, lo, la, l', i, gli, le."""
    first = noun.split(" ", 1)[0].lower()
    vowel = first[0] in "aeiouàèéìòù"
    impure = first.startswith(("z", "gn", "ps", "pn", "x", "y")) or (first[0] == "s" and first[1:2] not in "aeiou")
    if first in _PLURALS:
        return 6 if _PLURALS[first] == "f" else (5 if vowel or impure else 4)
    if vowel:
        return 3
    if gender == "f":
        return 2
    return 1 if impure else 0


def takes_article(name: str) -> bool:
    """True for a name that begins with what it names: «Unione dei Comuni ...», «Fondazione Casa Aperta»."""
    first = name.split(" ", 1)[0]
    return " " in name and first[:1].isupper() and first.lower() in BODIES and name.lower() not in COMUNI


def after(preposition: str, name: str) -> str:
    """A name after a preposition, with its article if it has one: ``di Melegnano``, ``dell'Unione Alta Valle``."""
    return with_article(name, preposition) if takes_article(name) else f"{preposition} {name}"


def agreed(sentence: str, values: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """An Italian sentence and its values, each preposition put together with the name that follows it."""
    told = dict(values)

    def put(found: re.Match[str]) -> str:
        preposition, key = found.groups()
        value = told.get(key, "")
        name = value if isinstance(value, str) else str(value)
        if not takes_article(name):
            return found.group(0)
        said = with_article(name, preposition.lower())
        told[f"{preposition} {key}"] = said[:1].upper() + said[1:] if preposition[0].isupper() else said
        return f"%({preposition} {key})s"

    return _BEFORE.sub(put, sentence), told


def filled(sentence: str, values: Mapping[str, object]) -> str:
    """The sentence with its values in it, articles and all; without values it is left as it stands."""
    if not values:
        return sentence
    words, told = agreed(sentence, values)
    return words % told
