"""What may follow the decree, act by act: suspension, readmission, revocation, renunciation, extension, fine.

Each is a recorded act within the limits of the law and of the requirement set; the register shows it at once.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from core.accreditation import rules
from core.accreditation.decree import pass_on
from core.accreditation.forewarnings import (
    EXTENSION,
    REVOCATION,
    SUSPENSION,
    close,
    keep_clock,
    require_answer,
    require_heard,
    stopping,
)
from core.accreditation.model import (
    Accreditation,
    AccreditationExtension,
    Forewarning,
    Measure,
    Monitoring,
    RequirementSet,
)
from core.accreditation.monitoring import begun, close_unsent, fall_late, falling_late, generate
from core.accreditation.passages import (
    DECIDE,
    OFFICE,
    accreditation_at,
    changed,
    kept,
    last_day,
    move,
    require_alone,
    standing_extensions,
    tell_register,
)
from core.accreditation.rules import LONGEST
from core.accreditation.states import LIVING, AccreditationState
from core.deadlines.operations import follow
from core.ground.access import ScopedSession
from core.ground.clock import add_months
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.money import exact_cents
from core.ground.required import require_past, require_text
from core.ground.states import Proof
from core.plugins.bound import tell
from core.plugins.happened import ProviderStopped

A = AccreditationState
FINES_FILE = Path(__file__).with_name("fines.toml")
# what each measure is called in the register
TOLD = {"suspension": "Sospensione", "readmission": "Riammissione", "revocation": "Revoca", "cancellation": "Rinuncia",
        "extension_refusal": "Diniego della proroga"}


@dataclass(frozen=True)
class Ruling:
    """An act as a person writes it down: number, day, the day from which it works, reasons, signed file.

    ``answer``: what it says to the provider's memoirs; ``urgent_why``: why a suspension could not wait for them.
    """

    number: str
    on: date
    effective_on: date
    reasons: str
    file: Upload | None = None
    answer: str = ""
    urgent_why: str = ""


@dataclass(frozen=True)
class FineLimits:
    """What a kind of fine may amount to, in euros, both ends included."""

    kind: str
    least: Decimal
    most: Decimal
    source: str


@lru_cache
def fines() -> dict[str, FineLimits]:
    """The kinds of fine by code, as their file states them."""
    rows = tomllib.loads(FINES_FILE.read_text(encoding="utf-8"))["fines"]
    return {row["kind"]: FineLimits(row["kind"], Decimal(row["least"]), Decimal(row["most"]), row["source"])
            for row in rows}


# --- suspension and its end -------------------------------------------------------------------------------


def suspend(
    session: ScopedSession, accreditation_id: int, ruling: Ruling, *, until: date | None, version: int | None,
    today: date,
) -> Accreditation:
    """Suspend the accreditation, to a day or until it is readmitted; the register and the municipalities see it now.

    RuleBroken before the provider was told and its days are over, unless it could not wait, for a reason that the act
    says (L. 241/1990, arts. 7 and 21-quater).
    """
    row = accreditation_at(session, accreditation_id, version)
    urgent = ruling.urgent_why.strip()
    told = None if urgent else _heard(session, row, A.ACCREDITED, (SUSPENSION, REVOCATION), ruling)
    if until is not None and until < ruling.effective_on:
        raise RuleBroken("La sospensione finisce prima di cominciare: correggere le date.", field="until")
    measure = _measure(session, row, "suspension", ruling, today, told=told)
    measure.until, measure.urgent_why = until, urgent
    _ruled(session, row, "suspend", measure, today)
    close(session, row, told.kind if told else SUSPENSION, on=ruling.on, today=today)
    return _stopped(session, row, measure, today)


def readmit(
    session: ScopedSession, accreditation_id: int, ruling: Ruling, *, version: int | None, today: date
) -> Accreditation:
    """End a suspension: the accreditation holds again, to the same last day."""
    row = accreditation_at(session, accreditation_id, version)
    return _ruled(session, row, "readmit", _measure(session, row, "readmission", ruling, today), today)


def revoke(
    session: ScopedSession, accreditation_id: int, ruling: Ruling, *, version: int | None, today: date
) -> Accreditation:
    """Revoke the accreditation (L.R. 3/2008 art. 15 c. 3): it ends the day before the act takes effect.

    RuleBroken before the provider was told and its days are over (L. 241/1990, arts. 7 and 21-quinquies); what cannot
    wait is suspended meanwhile.
    """
    row = accreditation_at(session, accreditation_id, version)
    told = _heard(session, row, row.state, (REVOCATION,), ruling)
    measure = _measure(session, row, "revocation", ruling, today, told=told)
    return _stopped(session, _ended(session, row, "revoke", measure, today), measure, today)


def _stopped(session: ScopedSession, row: Accreditation, measure: Measure, today: date) -> Accreditation:
    """Tell the plugins that this unit may not work for the municipalities from a day on."""
    tell(session, ProviderStopped(row.id, row.unit_id, row.unit.name, row.unit.provider_id, row.unit.provider.name,
                                  measure.kind, measure.effective_on, measure.until, today))
    return row


def _heard(
    session: ScopedSession, row: Accreditation, state: str, kinds: tuple[str, ...], ruling: Ruling
) -> Forewarning | None:
    """What was told before; where the table has no such passage, it is the table that says so."""
    session.principal.require(*DECIDE)
    return require_heard(session, row, kinds, ruling.on) if row.state == state else None


def renounce(
    session: ScopedSession, accreditation_id: int, *, why: str, effective_on: date, file: Upload | None,
    version: int | None, today: date,
) -> Accreditation:
    """Voluntary cancellation: the provider gives the accreditation up from a day on (R147: it is voluntary).

    RuleBroken for another day than today where its own person does it.
    """
    row = accreditation_at(session, accreditation_id, version)
    if not session.principal.has(*OFFICE) and effective_on != today:
        raise RuleBroken("Chi rinuncia da qui rinuncia da oggi: per un altro giorno scrivere all'ufficio "
                         "accreditamento.", field="effective_on")
    ruling = Ruling("", today, effective_on, why, file)
    measure = _measure(session, row, "cancellation", ruling, today, numbered=False)
    return _ended(session, row, "renounce", measure, today)


def _measure(
    session: ScopedSession, row: Accreditation, kind: str, ruling: Ruling, today: date, *, numbered: bool = True,
    told: Forewarning | None = None,
) -> Measure:
    """The row of an act, checked; the caller does the passage."""
    if numbered and not ruling.number.strip():
        raise RuleBroken("Indicare il numero del provvedimento.", field="number")
    require_past(ruling.on, today, field="on")
    rules.require_not_before(ruling.on, row.decided_on, "il provvedimento di accreditamento", field="on")
    if ruling.effective_on > today:
        raise RuleBroken("Il provvedimento ha effetto dal %(day)s: registrarlo quel giorno, perché l'albo lo mostra "
                         "subito.", field="effective_on", day=f"{ruling.effective_on:%d/%m/%Y}")
    rules.require_not_before(ruling.effective_on, row.decided_on, "il provvedimento di accreditamento",
                             field="effective_on")
    measure = Measure(
        accreditation_id=row.id, kind=kind, number=ruling.number.strip(), on=ruling.on,
        effective_on=ruling.effective_on, actor=session.principal.name, forewarning_id=told.id if told else None,
        answer=require_answer(told, ruling.answer), urgent_why="",
        reasons=require_text(ruling.reasons, "Scrivere le ragioni: restano nel diario.", field="reasons",
                             longest=LONGEST),
    )
    if ruling.file is not None:
        measure.document_id = kept(session, row, ruling.file, kind="measure", title=TOLD.get(kind, "Sanzione"))
    session.add(measure)
    return measure


def _ruled(session: ScopedSession, row: Accreditation, action: str, measure: Measure, today: date) -> Accreditation:
    move(session, row, action, on=measure.effective_on, today=today,
         proof=Proof(why=measure.reasons, document_id=measure.document_id))
    tell_register(session, row, on=measure.effective_on, act=act_name(measure), today=today)
    return row


def _ended(session: ScopedSession, row: Accreditation, action: str, measure: Measure, today: date) -> Accreditation:
    session.flush()
    row.runs_to = last_day(session, row)
    close_unsent(session, row, end_reason(measure), today)
    _ruled(session, row, action, measure, today)
    close(session, row, on=measure.on, today=today)
    return row


def end_reason(measure: Measure) -> str:
    """Why nobody answers the monitoring of an accreditation that a measure ended; by it an undoing knows which."""
    return f"{TOLD[measure.kind]} dal {measure.effective_on:%d/%m/%Y}."


def act_name(measure: Measure) -> str:
    """A measure as the public reads it: kind, number and day."""
    number = f" n. {measure.number}" if measure.number else ""
    return f"{TOLD[measure.kind]}{number} del {measure.on:%d/%m/%Y}"


# --- extension --------------------------------------------------------------------------------------------


def ask_extension(
    session: ScopedSession, accreditation_id: int, *, why: str, version: int | None, today: date
) -> Accreditation:
    """Record that the provider asks for more time; the office grants or refuses it."""
    row = accreditation_at(session, accreditation_id, version)
    return move(session, row, "ask_extension", on=today, today=today, proof=Proof(why=why))


def extend(
    session: ScopedSession, accreditation_id: int, *, number: str, decided_on: date, to_day: date, why: str,
    version: int | None, today: date,
) -> Accreditation:
    """Extend the period by an act. RuleBroken beyond the number or the months that the requirement set allows, after
    the period is over, for a day that is not later, or over the period of a renewal that is signed already.
    """
    row = accreditation_at(session, accreditation_id, version)
    require_text(number, "Indicare il numero dell'atto.", field="number")
    require_past(decided_on, today, field="decided_on")
    require_extension(row, len(standing_extensions(session, row)), decided_on, to_day)
    require_alone(session, row, row.valid_from or decided_on, to_day, field="to_day")
    session.add(AccreditationExtension(
        accreditation_id=row.id, decided_on=decided_on, number=number.strip(), to_day=to_day,
        why=require_text(why, "Scrivere perché si proroga.", field="why", longest=LONGEST)))
    session.flush()
    row.runs_to = last_day(session, row)
    move(session, row, "extend", on=decided_on, today=today, proof=Proof(why=why))
    tell_register(session, row, on=decided_on, act=f"Proroga n. {number.strip()} del {decided_on:%d/%m/%Y}",
                  today=today)
    close(session, row, EXTENSION, on=decided_on, today=today)
    generate(session, row, today)
    return changed(session, row, today)


def require_extension(row: Accreditation, already: int, decided_on: date, to_day: date) -> None:
    """RuleBroken for an extension beyond the limits of the requirement set."""
    if row.runs_to is None or row.state not in LIVING:
        raise RuleBroken("Si proroga soltanto un accreditamento che vale.")
    the_set = row.set
    if already >= the_set.extensions:
        raise RuleBroken("Proroghe ammesse dai requisiti: %(most)s, e ce ne sono già %(already)s. La proroga "
                         "non si può concedere. Si registra il rifiuto e si apre il rinnovo.", field="to_day",
                         most=the_set.extensions, already=already)
    if decided_on > row.runs_to:
        raise RuleBroken("L'accreditamento valeva fino al %(day)s: dopo non si proroga più, si rinnova.",
                         field="decided_on", day=f"{row.runs_to:%d/%m/%Y}")
    farthest = add_months(row.runs_to, the_set.extension_months)
    if to_day <= row.runs_to:
        raise RuleBroken("La nuova scadenza viene dopo quella di oggi, il %(day)s.", field="to_day",
                         day=f"{row.runs_to:%d/%m/%Y}")
    if to_day > farthest:
        raise RuleBroken("Una proroga dura al massimo %(months)s mesi: al più tardi il %(day)s.", field="to_day",
                         months=the_set.extension_months, day=f"{farthest:%d/%m/%Y}")


def refuse_extension(
    session: ScopedSession, accreditation_id: int, ruling: Ruling, *, version: int | None, today: date
) -> Accreditation:
    """Refuse more time by an act, with its reasons: the period stays as it is.

    RuleBroken without the notice of the reasons, before the provider's days are over, or with observations that it does
    not answer (L. 241/1990, art. 10-bis).
    """
    row = accreditation_at(session, accreditation_id, version)
    told = _heard(session, row, row.state, (EXTENSION,), ruling) if row.state in LIVING else None
    measure = _measure(session, row, "extension_refusal", ruling, today, told=told)
    move(session, row, "refuse_extension", on=ruling.on, today=today,
         proof=Proof(why=measure.reasons, document_id=measure.document_id))
    close(session, row, EXTENSION, on=ruling.on, today=today)
    return row


# --- a newer edition of the requirements ------------------------------------------------------------------


def newer_editions(session: ScopedSession, row: Accreditation, today: date) -> Sequence[RequirementSet]:
    """The editions that hold since, and to which who is accredited under an earlier one adapts by a day."""
    newer = select(RequirementSet).where(
        RequirementSet.code == row.set.code, RequirementSet.edition > row.set.edition,
        RequirementSet.valid_from <= today, RequirementSet.adapt_by.is_not(None))
    return session.scalars(newer.order_by(RequirementSet.edition)).all()


def adapt(
    session: ScopedSession, accreditation_id: int, *, why: str, version: int | None, today: date
) -> Accreditation:
    """Say that the unit keeps to the newer edition, and how that was seen; what it was examined under stays.

    RuleBroken where no newer edition asks for it.
    """
    row = accreditation_at(session, accreditation_id, version)
    if not newer_editions(session, row, today):
        raise RuleBroken("Nessuna edizione nuova dei requisiti chiede a questa unità di adeguarsi.")
    return move(session, row, "adapt", on=today, today=today, proof=Proof(why=why))


# --- fines ------------------------------------------------------------------------------------------------


def fine(
    session: ScopedSession, accreditation_id: int, ruling: Ruling, *, kind: str, amount: Decimal, version: int | None,
    today: date,
) -> Measure:
    """Record a fine of art. 15 c. 3-ter L.R. 3/2008, which the municipality levies. RuleBroken outside its limits."""
    row = accreditation_at(session, accreditation_id, version)
    require_fine(kind, amount)
    measure = _measure(session, row, "fine", ruling, today)
    measure.fine_kind, measure.amount = kind, amount
    move(session, row, "fine", on=ruling.on, today=today,
         proof=Proof(why=ruling.reasons, document_id=measure.document_id))
    return measure


def require_fine(kind: str, amount: Decimal) -> None:
    """RuleBroken for a kind that is none, or an amount in euros under or over the limits of the law."""
    limits = fines().get(kind)
    if limits is None:
        raise RuleBroken("Scegliere il tipo di sanzione.", field="kind")
    if not limits.least <= exact_cents(amount, field="amount") <= limits.most:
        raise RuleBroken("La sanzione va da € %(least)s a € %(most)s (%(source)s): correggere l'importo.",
                         field="amount", least=_euro(limits.least), most=_euro(limits.most), source=limits.source)


def _euro(amount: Decimal) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


# --- what the days bring ----------------------------------------------------------------------------------


def awaiting(session: ScopedSession, today: date) -> list[int]:
    """The accreditations to which the days may bring something: those alive, those with a period to fall late, and
    those whose term stands still."""
    living = select(Accreditation.id).where(Accreditation.state.in_(LIVING))
    late = select(Monitoring.accreditation_id).where(falling_late(today))
    still = {found.accreditation_id for found in stopping(session)}
    return sorted({*session.scalars(living), *session.scalars(late), *still})


def advance(session: ScopedSession, today: date, keys: Collection[int] | None = None) -> int:
    """Let the days pass: what is over expires or gives way to its renewal, periods of monitoring begin or fall late.

    For these accreditations (None: all). Run twice it changes nothing. The count of what changed.
    """
    touched, due = set[int](), awaiting(session, today) if keys is None else keys
    here = begun(session, due)
    living = select(Accreditation).where(Accreditation.state.in_(LIVING), Accreditation.id.in_(due))
    for row in session.scalars(living.order_by(Accreditation.id)).all():
        if row.runs_to is not None and row.runs_to < today:
            _end_of_period(session, row, today)
            touched.add(row.id)
        elif generate(session, row, today, here[row.id]):
            touched.add(row.id)
    for row in session.scalars(_beginning(today).where(Accreditation.id.in_(due))).all():
        pass_on(session, session.require(Accreditation, row.renews_id), row, today)
        touched.add(row.renews_id or row.id)
    touched |= {found.accreditation_id for found in stopping(session)
                if found.accreditation_id in due and keep_clock(session, found, today)}
    late = fall_late(session, today, due)
    follow(session, "accreditation", sorted(touched), today=today)
    return len(touched) + late


def _beginning(today: date) -> Select[Accreditation]:
    """The renewals that have begun after a gap: what they renew had expired meanwhile."""
    old = aliased(Accreditation)
    return select(Accreditation).join(old, old.id == Accreditation.renews_id).where(
        Accreditation.state.in_(LIVING), Accreditation.valid_from <= today, old.state == A.EXPIRED)


def _end_of_period(session: ScopedSession, row: Accreditation, today: date) -> None:
    following = select(Accreditation).where(Accreditation.renews_id == row.id, Accreditation.state.in_(LIVING))
    renewal = session.scalars(following.limit(1)).first()
    assert row.runs_to is not None
    if renewal is not None and renewal.valid_from is not None and renewal.valid_from <= today:
        pass_on(session, row, renewal, today)
        return
    day = row.runs_to + timedelta(days=1)
    move(session, row, "expire", on=day, today=today)
    close(session, row, on=day, today=today)
    tell_register(session, row, on=day, act=f"Scadenza del {row.runs_to:%d/%m/%Y}", today=today)
