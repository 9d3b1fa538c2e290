"""The requirements that are not met, with what was found of each: what a refusal and its notice list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from core.accreditation.model import Accreditation, InspectionFinding, RequirementSet
from core.accreditation.passages import findings_of, judged
from core.accreditation.rules import UNSETTLED, DeclaredFigure, Judgement
from core.documents.words import date_short, number
from core.ground.access import ScopedSession

SHORTFALL = "non risulta rispettato"


def unmet(session: ScopedSession, row: Accreditation, day: date) -> list[dict[str, str]]:
    """The mandatory requirements that stand in the way on ``day``: code, title, what was found."""
    findings = findings_of(session, row)
    return [{"code": said.requirement.code, "title": said.requirement.title,
             "found": found_words(row.set, said, findings)}
            for said in judged(session, row, day) if stands_in_the_way(said)]


def still_unmet(
    session: ScopedSession, row: Accreditation, told: Collection[dict[str, str]], day: date
) -> list[dict[str, str]]:
    """Of what a notice told, what is not met on ``day`` either: a refusal rests on nothing that it did not say."""
    codes = {line["code"] for line in told}
    return [line for line in unmet(session, row, day) if line["code"] in codes]


def stands_in_the_way(said: Judgement) -> bool:
    """True for a mandatory requirement of which it was found that it is not met; not for one still to verify."""
    return said.requirement.mandatory and said.settled and not said.favourable


def found_words(the_set: RequirementSet, said: Judgement, findings: Sequence[InspectionFinding]) -> str:
    """What was found: the note of who examined, the figures against their limit, the paper's end, the visits."""
    seen = [row.text.rstrip(".") for row in findings
            if row.requirement_id == said.requirement.id and row.outcome in UNSETTLED]
    told = [said.note.rstrip("."), _figures(the_set, said), _expiry(said), *seen]
    return "; ".join(dict.fromkeys(words for words in told if words)) or SHORTFALL


def _figures(the_set: RequirementSet, said: Judgement) -> str:
    figure, asked = said.figure, said.requirement
    if figure is None:
        return ""
    told = [f"{the_set.measures.get(code, {}).get('title', code)}: {_plain(value)}"
            for code, value in ((asked.measure, figure.value), (asked.per, figure.per)) if code and value is not None]
    return ", ".join([*told, *_limit(asked.kind, figure)])


def _limit(kind: str, figure: DeclaredFigure) -> list[str]:
    if figure.limit is None:
        return []
    limit = _plain(figure.limit)
    if kind != "ratio":
        return [f"{'almeno' if kind == 'at_least' else 'al massimo'} {limit}"]
    result = "" if figure.result is None else f"uno ogni {_plain(round(figure.result, 2))}, "
    return [f"{result}al massimo uno ogni {limit}"]


def _plain(value: Decimal) -> str:
    """Without the zeros that the column keeps."""
    return number(Decimal(f"{value.normalize():f}"))


def _expiry(said: Judgement) -> str:
    return f"documento scaduto il {date_short(said.expires_on)}" if said.expired and said.expires_on else ""
