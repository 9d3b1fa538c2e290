"""Acts of the municipality that the azienda records on its behalf: it is told, takes note, or objects and decides.

The azienda owes what these acts are about, so none of them holds against the municipality's word. An objection stops
the act at once: the case stands as it was. The municipality then confirms the act, which is done again as its own, or
takes it back. What an act is called, how it is stopped and how it is done again is registered beside its operation.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.documents.grammar import body_title, of_the, the
from core.documents.model import Document
from core.documents.words import capital
from core.ground.access import Role, ScopedSession, asked_once
from core.ground.edits import at_version, touch
from core.ground.errors import Finding, NotAllowed, Place, RuleBroken, said_later
from core.ground.outbox import post_mail
from core.ground.states import (
    Life,
    Proof,
    Said,
    of_the_offices,
    recorded_on_behalf,
    standing,
)
from core.parties.model import Municipality
from core.penalties.model import DamageClaim, DefaultNotice, OnBehalf, Penalty
from core.penalties.states import BEHALF_LIFE, DAMAGE_LIFE, NOTICE_LIFE, PENALTY_LIFE, BehalfState
from core.users.operations import addresses

CASES: dict[str, tuple[type[Any], Life]] = {
    "default_notice": (DefaultNotice, NOTICE_LIFE), "penalty": (Penalty, PENALTY_LIFE),
    "damage_claim": (DamageClaim, DAMAGE_LIFE),
}
WAITING = (BehalfState.TOLD, BehalfState.OBJECTED)  # for the municipality: to take note, or to decide


@dataclass(frozen=True)
class Kind:
    """One kind of act: its name as words with the article, how it is stopped, and how the municipality does it itself.

    Both are told the case, the row, and the day; to stop it also the reason of the objection.
    """

    name: Finding
    stop: Callable[[ScopedSession, Any, OnBehalf, str, date], object]
    again: Callable[[ScopedSession, Any, OnBehalf, date], object]


KINDS: dict[tuple[str, str], Kind] = {}


# --- recording --------------------------------------------------------------------------------------------


@recorded_on_behalf
def _tell(session: ScopedSession, case: Any, passage_id: int, said: Said) -> None:
    """Keep what was recorded and tell the municipality by mail; its home tells it too, until it answers.

    RuleBroken while it has objected to another act on the same case, and not decided yet.
    """
    subject = case.__tablename__
    for other in acts_on(session, subject, [case.id]):
        if other.state == BehalfState.OBJECTED:
            raise RuleBroken("L'ente si è opposto a un atto registrato per suo conto (%(act)s): prima di "
                             "registrarne un altro si attende che decida.", act=name_of(other)).mended(
                Place("on_behalf", other.id))
    row = OnBehalf(subject=subject, subject_id=case.id, municipality_id=case.municipality_id, passage_id=passage_id,
                   said=dict(said), state=BehalfState.TOLD)
    session.add(row)
    session.flush()
    _write(session, row, addresses(session, Role.MUNICIPALITY, row.municipality_id), [
        f"L'azienda ha registrato per conto {of_the(_body(session, row))} {_told(session, row)}.",
        f"Documento: {_document(session, row)}.",
        *([f"Motivo: {row.passage.why}"] if row.passage.why else []), "",
        f"È un atto {of_the(_body(session, row))}. Se non l'ha deciso, ci si può opporre in Patto, alla pagina «Atti "
        "registrati per conto del Comune»: l'atto si ferma finché non c'è una decisione."])


def correct(session: ScopedSession, key: int, *, why: str, version: int | None, today: date) -> OnBehalf:
    """Take back what was recorded in error, with a reason, while the municipality has not answered; it is told."""
    row = at_version(session.require(OnBehalf, key), version)
    BEHALF_LIFE.move(session, row, "correct", on=today, proof=Proof(why=why))
    _stop(session, row, why, today)
    _write(session, row, addresses(session, Role.MUNICIPALITY, row.municipality_id), [
        f"L'azienda ha corretto ciò che aveva registrato per conto {of_the(_body(session, row))}: "
        f"{_told(session, row)}.",
        f"Motivo: {why.strip()}", "Tutto sta come prima."])
    return touch(session, row)


def _stop(session: ScopedSession, row: OnBehalf, why: str, today: date) -> None:
    _require_last(session, row)
    case = case_of(session, row)
    KINDS[row.subject, row.passage.action].stop(session, case, row, why, today)
    touch(session, case)


# --- what the municipality answers ------------------------------------------------------------------------


def accept(session: ScopedSession, key: int, *, version: int | None, today: date) -> OnBehalf:
    """Take note: the act is the municipality's. It may still object later."""
    row = _own(session, key, version)
    BEHALF_LIFE.move(session, row, "accept", on=today)
    return touch(session, row)


def object_to(session: ScopedSession, key: int, *, why: str, version: int | None, today: date) -> OnBehalf:
    """Object, with a reason: the act stops, the case stands as it was, and the azienda is told.

    RuleBroken after a later act of the municipality on the same case: it rests on this one.
    """
    row = _own(session, key, version)
    BEHALF_LIFE.move(session, row, "object", on=today, proof=Proof(why=why))
    _stop(session, row, why, today)
    return _answered(session, row, f"si oppone: {why.strip()}",
                     "L'atto è fermo e tutto sta come prima, finché non c'è una decisione.")


def confirm(session: ScopedSession, key: int, *, version: int | None, today: date) -> OnBehalf:
    """Decide that the act is right: it is done again, as the municipality's own. RuleBroken if it no longer can be."""
    row = _own(session, key, version)
    BEHALF_LIFE.move(session, row, "confirm", on=today)
    KINDS[row.subject, row.passage.action].again(session, case_of(session, row), row, today)
    return _answered(session, row, "ha deciso: conferma l'atto, che da ora vale come suo.")


def take_back(session: ScopedSession, key: int, *, why: str, version: int | None, today: date) -> OnBehalf:
    """Decide that the act does not hold, with a reason: the case goes on standing as it was."""
    row = _own(session, key, version)
    BEHALF_LIFE.move(session, row, "take_back", on=today, proof=Proof(why=why))
    return _answered(session, row, f"ha deciso: l'atto non vale. {why.strip()}")


def may_answer(session: ScopedSession) -> bool:
    """True for who speaks for a municipality and not also for the azienda."""
    return not of_the_offices(session.principal)


def _own(session: ScopedSession, key: int, version: int | None) -> OnBehalf:
    if not may_answer(session):
        raise NotAllowed("Su un atto registrato per conto di un ente risponde l'ente, non l'azienda.")
    return at_version(session.require(OnBehalf, key), version)


def _require_last(session: ScopedSession, row: OnBehalf) -> None:
    later = CASES[row.subject][1].others_acts()
    for passage in standing(session, row.subject, row.subject_id):
        if passage.id > row.passage_id and passage.action in later:
            raise RuleBroken("Su quest'atto ne poggia un altro del %(day)s (%(act)s): prima opporsi a quello, o "
                             "correggerlo.", day=f"{passage.on:%d/%m/%Y}", act=KINDS[row.subject, passage.action].name)


def _answered(session: ScopedSession, row: OnBehalf, answer: str, *words: str) -> OnBehalf:
    """The azienda is told what the body answers: the sentence begins with its name."""
    body = _body(session, row)
    lines = [f"Atto registrato per conto {of_the(body)}: {_told(session, row)}.", f"{capital(the(body))} {answer}",
             *words]
    _write(session, row, addresses(session, Role.MANAGEMENT), lines)
    return touch(session, row)


# --- reading ----------------------------------------------------------------------------------------------


@asked_once
def acts_on(session: ScopedSession, subject: str, ids: Collection[int]) -> Sequence[OnBehalf]:
    """What was recorded on behalf of the municipality on these cases, the first one first."""
    held = select(OnBehalf).where(OnBehalf.subject == subject, OnBehalf.subject_id.in_(ids))
    return session.scalars(held.options(joinedload(OnBehalf.passage)).order_by(OnBehalf.id)).all()


def waiting_for(session: ScopedSession, most: int) -> Iterable[tuple[OnBehalf, str, Finding]]:
    """What waits for the municipality: the act, its case, what is to be done."""
    held = select(OnBehalf).where(OnBehalf.state.in_(WAITING)).options(joinedload(OnBehalf.passage))
    for row in session.scalars(held.order_by(OnBehalf.id).limit(most)).all():
        words = said_later("L'azienda ha registrato per conto dell'ente: %(act)s. Prenderne atto, o opporsi.")
        if row.state == BehalfState.OBJECTED:
            words = said_later("Decidere sull'atto a cui l'ente si è opposto (%(act)s): confermarlo o annullarlo.")
        yield row, str(case_of(session, row)), Finding(words, {"act": name_of(row)})


def case_of(session: ScopedSession, row: OnBehalf) -> Any:
    """The notice, the penalty or the damage that an act is about."""
    return session.require(CASES[row.subject][0], row.subject_id)


def name_of(row: OnBehalf) -> Finding:
    """What an act is called, with its article: words that the edge translates."""
    return KINDS[row.subject, row.passage.action].name


# --- the mails --------------------------------------------------------------------------------------------


def _body(session: ScopedSession, row: OnBehalf) -> str:
    """The whole name of the body whose act it is, without article."""
    own = session.get_one(Municipality, row.municipality_id)
    return body_title(own.form, own.name, own.connector)


def _told(session: ScopedSession, row: OnBehalf) -> str:
    return f"{name_of(row)} ({case_of(session, row)}), il {row.passage.on:%d/%m/%Y}"


def _document(session: ScopedSession, row: OnBehalf) -> str:
    held = session.get(Document, row.passage.document_id)
    return "" if held is None else held.file_name


def _write(session: ScopedSession, row: OnBehalf, addressees: Iterable[str], lines: Sequence[str]) -> None:
    subject = f"Patto: {name_of(row)}, {case_of(session, row)}"
    for place in addressees:  # an act reaches each state once, so that these name a mail for good
        post_mail(session, to=place, subject=subject, text="\n".join(lines),
                  key=f"on_behalf {row.id} {row.state} {place}")
