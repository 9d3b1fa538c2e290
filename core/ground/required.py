"""What every operation refuses alike: a day that has not come or comes too early, a text that says nothing."""

from __future__ import annotations

from datetime import date

from core.ground.errors import RuleBroken

LONGEST, LONGEST_TITLE = 20_000, 500


def require_past(day: date, today: date, *, field: str) -> None:
    """RuleBroken for something said to have happened on a day that has not come."""
    if day > today:
        raise RuleBroken("Il %(day)s non è ancora arrivato: si registra quello che è già avvenuto.", field=field,
                         day=f"{day:%d/%m/%Y}")


def require_order(before: date, after: date, refusal: RuleBroken) -> None:
    """``refusal``, which may say both days, if ``after`` comes before ``before``."""
    if after < before:
        raise RuleBroken(refusal.message, field=refusal.field, before=f"{before:%d/%m/%Y}", after=f"{after:%d/%m/%Y}")


def require_text(text: str | None, message: str, *, field: str, longest: int | None = None) -> str:
    """The text without space around it. RuleBroken with ``message``, which says what to write, if nothing is left;
    in words for more than ``longest`` characters."""
    said = (text or "").replace("\x00", "").strip()
    if not said:
        raise RuleBroken(message, field=field)
    if longest is not None and len(said) > longest:
        raise RuleBroken("Il testo è troppo lungo: %(length)s caratteri, al massimo %(most)s. Abbreviarlo o allegare "
                         "un file.", field=field, length=len(said), most=longest)
    return said
