"""What a contract prints of the azienda itself and deserves a look: the name of its district, the court of its terms.

Both are right where the office began with them, and wrong where it took them over from the contract of another azienda.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.contracts.model import Contract
from core.documents.grammar import of_the
from core.ground.errors import Finding, Place
from core.parties.model import Azienda

DISTRICTS = frozenset({
    "ambito", "area", "bacino", "circondario", "circoscrizione", "comprensorio", "comunità", "consorzio", "distretto",
    "municipio", "piano", "plus", "società", "sub-ambito", "subambito", "territorio", "unione", "zona",
})


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
