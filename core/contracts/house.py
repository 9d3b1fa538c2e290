"""What a contract prints of the azienda itself: its organs, the name of its district, the court of its terms.

The last two are right where the office began with them, and wrong where it took them over from the contract of another
azienda: they deserve a look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from core.contracts import context as doc
from core.contracts.districts import districts_of
from core.contracts.model import Contract
from core.documents.grammar import of_the
from core.ground.access import ScopedSession
from core.ground.errors import Finding, Place
from core.parties.bodies import DISTRICT, examiners, organ_name
from core.parties.model import Azienda, Body, District

DISTRICTS = frozenset({
    "ambito", "area", "bacino", "circondario", "circoscrizione", "comprensorio", "comunità", "consorzio", "distretto",
    "municipio", "piano", "plus", "società", "sub-ambito", "subambito", "territorio", "unione", "zona",
})


def organs(session: ScopedSession, day: date, districts: Sequence[District]) -> doc.Organs:
    """The organs of the azienda on ``day``, and who examines its yearly report in ``districts``."""
    assembly, board, director = (organ_name(session, kind, day) for kind in ("assembly", "board", "director"))
    examining = tuple(_in_full(body, day, districts) for body in _examining(session, day, districts))
    return doc.Organs(assembly, board, director, examining)


def _examining(session: ScopedSession, day: date, districts: Sequence[District]) -> list[Body]:
    """Those of other districts are no concern of a contract."""
    return [body for body in examiners(session, day)
            if body.owner != DISTRICT or any(body.belongs_to(district) for district in districts)]


def _in_full(body: Body, day: date, districts: Sequence[District]) -> str:
    """The name of a body; where there are several districts, with the one that it is of."""
    name = body.name_on(day)
    if body.owner != DISTRICT or len(districts) < 2:
        return name
    of = next(district.name_on(day) for district in districts if body.belongs_to(district))
    return name if of in name else f"{name} {of_the(of)}"


def organ_remarks(session: ScopedSession, contract: Contract) -> Iterator[Finding]:
    """Nobody examines the yearly report: the contract says nothing of it."""
    districts = districts_of(session, [member.party for member in contract.remaining_parties], contract.starts_on)
    if not _examining(session, contract.starts_on, districts):
        yield Finding("Nessun organo è indicato come quello che esamina la rendicontazione annuale: il contratto non "
                      "lo dice. Indicarlo tra gli organi, se c'è.", where="organs", source="R158",
                      at=Place("bodies", 0))


def remarks(contract: Contract) -> Iterator[Finding]:
    """The remarks on the azienda's own words in this contract: none of them stops the document."""
    azienda = next((member.party for member in contract.parties if isinstance(member.party, Azienda)), None)
    if azienda is None:
        return
    yield from district_remarks(azienda)
    court = contract.terms.court
    if azienda.court and " ".join(court.casefold().split()) != " ".join(azienda.court.casefold().split()):
        yield Finding("Le condizioni dicono competente il foro di %(court)s, i dati dell'azienda quello di %(own)s: "
                      "verificare quale vale, e scrivere una versione delle condizioni che lo dica.",
                      {"court": court, "own": azienda.court}, where="court", source="R116",
                      at=Place("terms", contract.terms_id))


def district_remarks(azienda: Azienda) -> Iterator[Finding]:
    """A name that does not say what it names gets an article that may be wrong: «del Val Camonica»."""
    for district in azienda.districts:
        first = district.name.split(" ", 1)[0].lower()
        if first and first not in DISTRICTS:
            yield Finding("Il contratto scriverà «ente capofila %(words)s»: se non si legge bene, scrivere il nome per "
                          "intero, con «Distretto» o «Ambito» davanti.", {"words": of_the(district.name)},
                          where="district", source="R11", at=Place("azienda", azienda.id, "district"))
