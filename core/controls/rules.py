"""When a control may be asked, answered and held: pure, the days are parameters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.ground.errors import RuleBroken

KINDS = ("request", "visit", "inspection")


def require_term(asked_on: date, answer_by: date) -> None:
    """RuleBroken for an answer that would be due before it was asked."""
    if answer_by < asked_on:
        raise RuleBroken("La risposta è attesa il %(by)s, prima del giorno della richiesta (%(asked)s): correggere il "
                         "termine.", field="answer_by", by=f"{answer_by:%d/%m/%Y}", asked=f"{asked_on:%d/%m/%Y}")


def require_on_site(kind: str) -> None:
    """RuleBroken if minutes are written of a mere request: nobody went anywhere."""
    if kind == "request":
        raise RuleBroken("Una richiesta di informazioni non ha un verbale: si risponde o si chiude.")


def require_planned(kind: str, planned_on: date | None, answered_on: date) -> None:
    """RuleBroken for a visit agreed to without a day, or for a day that was already gone when it was answered."""
    if kind == "request":
        return
    if planned_on is None:
        raise RuleBroken("Indicare il giorno fissato: la visita si tiene a quella data.", field="planned_on")
    if planned_on < answered_on:
        raise RuleBroken("Il giorno fissato (%(day)s) viene prima della risposta (%(answered)s): correggere la data.",
                         field="planned_on", day=f"{planned_on:%d/%m/%Y}", answered=f"{answered_on:%d/%m/%Y}")


def findings_of(lines: Sequence[str], serious: Sequence[str]) -> list[tuple[str, bool]]:
    """What was found, one a line, each with whether it is serious. RuleBroken for one that stands in both lists."""
    light = [line.strip() for line in lines if line.strip()]
    heavy = [line.strip() for line in serious if line.strip()]
    if both := set(light) & set(heavy):
        raise RuleBroken("«%(text)s» è scritto due volte, come rilievo e come rilievo grave: lasciarlo una volta.",
                         field="serious", text=sorted(both)[0])
    return [*((text, True) for text in dict.fromkeys(heavy)), *((text, False) for text in dict.fromkeys(light))]
