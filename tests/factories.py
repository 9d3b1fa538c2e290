"""Valid things, ready made: a test says only what matters to it. Every name and code here is invented."""

from __future__ import annotations

import itertools
from datetime import date

from stdnum import luhn

from core.access import Principal, Role
from core.parties.model import Azienda, Municipality

_serial = itertools.count(1)


def body_tax_code() -> str:
    """Eleven digits with the right check digit, never the same twice."""
    stem = f"{9000000 + next(_serial)}015"
    return stem + luhn.calc_check_digit(stem)


def municipality(name: str = "Dresano", **fields: object) -> Municipality:
    """A comune of the district; identifiers stay empty unless the test gives them."""
    defaults = {
        "name": name,
        "slug": name.lower().replace(" ", "-"),
        "tax_code": body_tax_code(),
        "address": "Via Roma 1",
        "postal_code": "20070",
        "city": name,
        "province": "MI",
    }
    return Municipality(**{**defaults, **fields})


def azienda(**fields: object) -> Azienda:
    """The azienda whose office this is."""
    defaults = {
        "name": "Azienda Sociale di Prova",
        "tax_code": body_tax_code(),
        "address": "Via Prova 2",
        "postal_code": "20097",
        "city": "San Donato Milanese",
        "province": "MI",
        "short_name": "A.S.P.",
        "rea": "MI-0000000",
        "district": "Distretto di prova",
        "founding_date": date(2009, 7, 1),
        "founding_notary": "Notaio di prova",
        "recognition_date": date(2009, 9, 1),
        "register_number": "1",
        "statute_purpose_article": "4",
        "court": "Milano",
    }
    return Azienda(**{**defaults, **fields})


def clerk_of(*municipality_ids: int) -> Principal:
    """A user of one or more municipalities."""
    return Principal(
        "Carla Comune", frozenset({Role.MUNICIPALITY}), user_id=3, municipality_ids=frozenset(municipality_ids)
    )
