"""The acts and papers that each party owes to a contract by its conditions (R18, R119, X2): what is here, what lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.contracts.model import Contract, ContractParty
from core.documents.grammar import body_title, of_the
from core.documents.words import date_long, of_day
from core.ground.errors import RuleBroken
from core.ground.names import folded
from core.parties.model import Act, Azienda, Municipality, Party
from core.parties.rules import BODIES

RESOLUTION = "deliberazione"
OF_THEIR_OWN = ("azienda", "third_sector")  # whose statute says who may sign, unless the conditions ask a resolution
MOST_KEY = 40
# what art. 30 of the 2015 contract asks of each side: proposed for new conditions
OF_A_MUNICIPALITY = ("Deliberazione del Consiglio", "Deliberazione della Giunta")
OF_THE_AZIENDA = ("Deliberazione del Consiglio di Amministrazione", "Deliberazione dell'Assemblea Consortile",
                  "Convenzione costitutiva", "Statuto")
# by what a body of the third sector shows who it is and that it may sign (D.Lgs. 117/2017, arts. 26, 45)
OF_THE_THIRD_SECTOR = ("Deliberazione del Consiglio di Amministrazione", "Statuto",
                       "Iscrizione al Registro unico nazionale del Terzo settore")
# the words after "Deliberazione" by which a body is known, the longer ones first
WORDS = (("consiglio di amministrazione", "board"), ("assemblea", "assembly"), ("consiglio", "council"),
         ("giunta", "giunta"), ("direttore", "director"))


@dataclass(frozen=True)
class Owed:
    """A paper that a party owes: its title in the conditions, the body if it is a resolution, and the act if there is
    one."""

    party: Party
    title: str
    body_kind: str
    act: Act | None

    @property
    def key(self) -> str:
        """What it is called among the late data of a text; Word keeps no long keys."""
        return f"act/{self.party.id}/{self.body_kind or folded(self.title)[:MOST_KEY]}"

    @property
    def name(self) -> str:
        """The paper and whose it is."""
        return f"{self.title} – {name_of(self.party)}"

    @property
    def complete(self) -> bool:
        """True if it is here with its date, and a resolution with its number too."""
        return self.act is not None and self.act.date is not None and bool(self.act.number or not self.body_kind)


def name_of(party: Party) -> str:
    """A party by its whole name; the azienda by its short one."""
    if isinstance(party, Municipality):
        return body_title(party.form, party.name, party.connector)
    return party.short_name if isinstance(party, Azienda) else party.name


def titles(contract: Contract, party: Party) -> tuple[str, ...]:
    """What the conditions ask of a party."""
    terms = contract.terms
    if isinstance(party, Azienda):
        return tuple(terms.azienda_papers or ())
    asked = {"public": terms.public_papers, "third_sector": terms.third_sector_papers}
    return tuple(asked.get(party.form if isinstance(party, Municipality) else "", terms.municipality_papers) or ())


def body_kind(title: str) -> str:
    """The body that adopts the resolution of this title; empty for a paper that is none, or of a body not known."""
    words = title.casefold()
    if not words.startswith(RESOLUTION):
        return ""
    return next((kind for said, kind in WORDS if said in words), "")


def owed(contract: Contract, member: ContractParty) -> list[Owed]:
    """What a party owes, in the order of the conditions, each with the act that answers it."""
    return [Owed(member.party, title, kind := body_kind(title), _answer(contract, member.party, title, kind))
            for title in titles(contract, member.party)]


def others(contract: Contract, member: ContractParty) -> list[Act]:
    """The acts of a party that the contract names and that answer nothing owed."""
    answering = {paper.act.id for paper in owed(contract, member) if paper.act is not None}
    return [act for act in contract.printed_acts if act.party_id == member.party_id and act.id not in answering]


def missing(contract: Contract) -> list[Owed]:
    """What the parties still owe, or owe the number or the date of."""
    return [paper for member in contract.parties for paper in owed(contract, member) if not paper.complete]


def awaited(contract: Contract) -> Iterator[ContractParty]:
    """The parties whose act approves the text: every public body, then those of whom the conditions ask a resolution:
    the azienda and the third sector, who else sign by their statute. The azienda's own act where nobody else approves.
    """
    own = [member for member in contract.parties if member.capacity in OF_THEIR_OWN]
    public = [member for member in contract.municipality_parties if member not in own]
    asked = [member for member in own if any(body_kind(title) for title in titles(contract, member.party))]
    yield from (*public, *asked) or [member for member in own if member.capacity == "azienda"]


def require_complete(contract: Contract) -> None:
    """RuleBroken that names every paper which lacks, or lacks its number or its date (R119)."""
    if lacking := missing(contract):
        raise RuleBroken("Prima della firma mancano, con numero e data: %(papers)s. Registrarli tra le approvazioni o "
                         "sceglierli tra gli atti allegati, poi preparare di nuovo il testo da firmare.",
                         papers="; ".join(paper.name for paper in lacking))


def in_words(paper: Owed) -> str:
    """``deliberazione del Consiglio comunale``, ``Statuto dell'Azienda``: as the contract calls it."""
    act = paper.act
    if not paper.body_kind:
        return act.title if act is not None else paper.title
    return _resolution(act.kind if act is not None else RESOLUTION, _body(paper))


def act_in_words(act: Act) -> str:
    """An act that nobody owes as the contract calls it; one whose body nobody wrote goes by its title."""
    form = act.party.form if isinstance(act.party, Municipality) else "azienda"
    body = act.body.strip() or BODIES.get((act.body_kind, form), "")
    return _resolution(act.kind, body) if body or act.number else act.title


def reference(act: Act | None, *, numbered: bool = True) -> str:
    """``n. 12 del 19 febbraio 2026``; empty while the number, or the date, is not known."""
    if act is None or act.date is None or (numbered and not act.number):
        return ""
    day = of_day(date_long(act.date))
    return f"n. {act.number} {day}" if act.number else day


def _resolution(kind: str, body: str) -> str:
    return f"{kind} {of_the(body)}" if body else kind


def _body(paper: Owed) -> str:
    form = paper.party.form if isinstance(paper.party, Municipality) else "azienda"
    written = paper.act.body.strip() if paper.act is not None else ""
    return written or BODIES.get((paper.body_kind, form), "")


def _answer(contract: Contract, party: Party, title: str, kind: str) -> Act | None:
    """Of the acts of a party the one that answers: an approval before an attached act, the last one of several.

    An amendment is approved anew: a resolution of the contract that it amends is none of its own. A paper that is no
    resolution is the party's own, whether it was chosen for this contract or not.
    """
    mine = [link for link in contract.acts if link.role != "superseded" and link.act is not None
            and link.act.party_id == party.id and _fits(link.act, title, kind)]
    if kind and contract.amends_id is not None:
        mine = [link for link in mine if link.role == "approval" or f"act/{link.act.id}" not in (contract.base or {})]
    best = sorted(mine, key=lambda link: (link.role == "approval", link.act.date is not None,
                                          link.act.date or contract.starts_on, link.act.id or 0))
    if best or kind:
        return best[-1].act if best else None
    return next((act for act in reversed(party.acts) if act.recalled_order is None and _fits(act, title, kind)), None)


def _fits(act: Act, title: str, kind: str) -> bool:
    if kind:
        return act.body_kind == kind
    wanted = title.casefold()
    return act.title.casefold().startswith(wanted) or act.kind.casefold() == wanted


def checked_titles(papers: Sequence[str], *, field: str) -> tuple[str, ...]:
    """The titles as the conditions keep them. RuleBroken for one twice, or a resolution of a body that is not known."""
    found = tuple(" ".join(title.split()) for title in papers if title.strip())
    for title in found:
        if title.casefold().startswith(RESOLUTION) and not body_kind(title):
            raise RuleBroken("«%(title)s»: indicare l'organo della deliberazione: Consiglio, Giunta, Consiglio di "
                             "Amministrazione, Assemblea o Direttore.", field=field, title=title)
    keys = [body_kind(title) or title.casefold() for title in found]
    for title, key in zip(found, keys, strict=True):
        if keys.count(key) > 1:
            raise RuleBroken("«%(title)s» è nell'elenco due volte: lasciarlo una volta sola.", field=field, title=title)
    return found
