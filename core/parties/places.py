"""Where something stands in Italy: a postal code and the sign of a province that exist.

Neither is in a library that Patto uses. The signs are those of ISO 3166-2:IT, with the four provinces that Sardinia
has again (L.R. Sardegna 7/2021); postal codes are checked by their zone, the first two digits, and by their form.
"""

from __future__ import annotations

import re

from core.ground.errors import RuleBroken
from core.ground.written import one_line

SIGNS = """
    AG AL AN AO AP AQ AR AT AV BA BG BI BL BN BO BR BS BT BZ CA CB CE CH CL CN CO CR CS CT CZ EN FC FE FG FI FM FR GE GO
    GR IM IS KR LC LE LI LO LT LU MB MC ME MI MN MO MS MT NA NO NU OR PA PC PD PE PG PI PN PO PR PT PU PV PZ RA RC RE RG
    RI RM RN RO SA SI SO SP SR SS SU SV TA TE TN TO TP TR TS TV UD VA VB VC VE VI VR VT VV
    CI OG OT VS
"""
PROVINCES = frozenset(SIGNS.split())
ONCE = frozenset({"FU", "PL", "ZA", "FO", "PS"})  # where people were born: Fiume, Pola, Zara; Forlì and Pesaro before
ABROAD = "EE"
CAP = re.compile(r"\d{5}")
FIRST, LAST = "00010", "98168"
NO_ZONES = frozenset({"49", "68", "69", "77", "78", "79"})
LEAST = 10  # the three digits after the zone


def province(text: str, *, field: str = "province") -> str:
    """The sign of a province in capitals; RuleBroken for one that does not exist."""
    return _sign(text, PROVINCES, field)


def birth_province(text: str, *, field: str = "birth_province") -> str:
    """The same for where a person was born: those that are no more too, and EE for abroad."""
    return _sign(text, PROVINCES | ONCE | {ABROAD}, field)


def _sign(text: str, known: frozenset[str], field: str) -> str:
    sign = one_line(text, field=field).upper()
    if sign not in known:
        raise RuleBroken("«%(text)s» non è la sigla di una provincia: scriverne le due lettere, per esempio MI.",
                         field=field, text=text)
    return sign


def postal_code(text: str, *, field: str = "postal_code") -> str:
    """The five digits of a postal code; RuleBroken for one that cannot exist."""
    code = one_line(text, field=field)
    if not CAP.fullmatch(code) or not code.isascii():
        raise RuleBroken("Il CAP «%(text)s» non è valido: servono cinque cifre, anche lo zero iniziale, per esempio "
                         "20077.", field=field, text=text)
    if not FIRST <= code <= LAST or code[:2] in NO_ZONES or int(code[2:]) < LEAST:
        raise RuleBroken("Il CAP %(text)s non esiste: controllarlo.", field=field, text=text)
    return code
