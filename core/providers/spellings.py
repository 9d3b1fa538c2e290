"""Legal forms and types of unit as registers and statutes spell them: «Soc. Coop. Soc. ONLUS», «S.R.L.», «Asili nido».

What is not understood is refused by who asks, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from core.ground.names import folded

# what stands beside a form and changes nothing of it
BESIDE = re.compile(r"\b(onlus|ets|a r ?l|arl|a responsabilita limitata|a mutualita prevalente|in liquidazione)\b")
# beside a company it makes another thing of it
ENTERPRISE = re.compile(r"\bimpresa sociale\b")
SHORT = {"soc": "societa", "coop": "cooperativa", "cop": "cooperativa", "ass": "associazione",
         "assoc": "associazione", "fond": "fondazione", "cons": "consorzio", "vol": "volontariato"}
FORMS = {
    "social_cooperative": ("cooperativa sociale", "societa cooperativa sociale", "piccola societa cooperativa sociale",
                           "cooperativa sociale di tipo a", "cooperativa sociale di tipo b", "scs", "s c s"),
    "cooperative": ("cooperativa", "societa cooperativa", "piccola societa cooperativa"),
    "consortium": ("consorzio", "consorzio di cooperative", "consorzio di cooperative sociali", "consorzio sociale",
                   "societa consortile", "societa cooperativa consortile", "societa cooperativa sociale consortile"),
    "association": ("associazione", "aps", "a p s", "odv", "o d v", "associazione di promozione sociale",
                    "associazione di volontariato", "organizzazione di volontariato", "associazione aps",
                    "associazione odv", "associazione riconosciuta", "associazione non riconosciuta"),
    "foundation": ("fondazione", "fondazione di partecipazione"),
    "social_enterprise": ("impresa sociale",),
    "religious_body": ("ente religioso", "ente ecclesiastico", "ente ecclesiastico civilmente riconosciuto",
                       "parrocchia", "congregazione", "istituto religioso"),
    "company": ("societa", "srl", "s r l", "srls", "s r l s", "spa", "s p a", "sas", "s a s", "snc", "s n c", "sapa",
                "s a p a", "societa per azioni", "societa in nome collettivo", "societa in accomandita semplice",
                "societa semplice", "s s", "ss"),
    "sole_trader": ("ditta individuale", "impresa individuale", "ditta"),
    "public_body": ("ente pubblico", "comune", "unione di comuni", "unione dei comuni", "asp", "a s p",
                    "azienda di servizi alla persona", "azienda speciale", "azienda speciale consortile"),
    "other": ("altro",),
}
KNOWN_FORMS = {spelling: form for form, spellings in FORMS.items() for spelling in spellings}


def legal_form(text: str) -> str | None:
    """The code of a legal form, however a register spells it; None for one that is not understood."""
    plain = folded(text)
    bare = _without(BESIDE, plain)
    for words in (plain, bare, _long(plain), _long(bare)):
        if words in KNOWN_FORMS:
            return KNOWN_FORMS[words]
    found = KNOWN_FORMS.get(_long(_without(ENTERPRISE, bare)))
    return "social_enterprise" if found == "company" and ENTERPRISE.search(bare) else found


def _without(beside: re.Pattern[str], words: str) -> str:
    return " ".join(beside.sub(" ", words).split())


def _long(words: str) -> str:
    """Abbreviations in full; a second «soc» in a cooperative is «sociale»."""
    told: list[str] = []
    for word in words.split():
        if word == "soc" and any(before.startswith("coop") for before in told):
            told.append("sociale")
        else:
            told.append(SHORT.get(word, word))
    return " ".join(told)


def same(text: str, names: Iterable[str]) -> bool:
    """True if one of ``names`` is meant: case, accents, points and blanks aside, in the plural, with its letters beside
    it («Centro socio educativo (C.S.E.)»)."""
    known = {key for name in names for key in keys(name)}
    return any(key in known for key in keys(text))


def keys(text: str) -> Iterator[str]:
    """The ways in which a name may stand in a list: whole, what is in brackets and what is not, singular or plural."""
    inside = re.findall(r"\(([^()]+)\)", text)
    for part in (text, re.sub(r"\([^()]*\)", " ", text), *inside):
        plain = folded(part)
        if plain:
            yield plain.replace(" ", "")
            yield "~" + "".join(word.rstrip("aeiou") if len(word) > 3 else word for word in plain.split())
