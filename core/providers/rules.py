"""What a provider, a unit and a notice of operation must be: limits of a type, papers, declared days. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from core.ground.errors import Finding, Place, RuleBroken
from core.ground.required import require_past, require_text
from core.ground.written import one_line
from core.parties import places as seats
from core.parties import rules as parties
from core.providers.model import OperatingNotice, ProviderPaper, ServiceUnit, UnitType

LEGAL_FORMS = (
    "social_cooperative", "cooperative", "consortium", "association", "foundation", "social_enterprise",
    "religious_body", "company", "sole_trader", "public_body", "other",
)
# the sections of the national register of the third sector (D.Lgs. 117/2017, art. 46)
SECTIONS = (
    "volunteering", "social_promotion", "philanthropy", "social_enterprise", "associative_network", "mutual_aid",
    "other_third_sector",
)
AREAS = ("childhood", "minors", "disability", "elderly", "experimental", "function")
PLACES_OF_WORK = ("seat", "territory")
PAPERS = ("insurance", "durc", "registration", "certification", "safety", "lease", "other")
EXPIRING = ("insurance", "durc")  # of no use without a last day
ACTIVITIES = ("advice", "visit", "documents", "mediation")  # R149
CODE = re.compile(r"[a-z][a-z0-9_]{1,39}")
RUNTS = re.compile(r"[A-Za-z0-9./ -]{1,40}")
MOST_PLACES = 1_000
OLDEST_MONTHS = 130 * 12
SHORT = 500


# --- providers --------------------------------------------------------------------------------------------


def tax_code(text: str, *, field: str = "tax_code") -> str:
    """The fiscal code of who runs units: eleven digits for a body, sixteen characters for a person (law B7)."""
    plain = re.sub(r"\s", "", text)
    return parties.person_tax_code(text, field=field) if len(plain) == 16 else parties.body_tax_code(text, field=field)


def require_third_sector(section: str | None, runts: str | None) -> None:
    """RuleBroken for a section that is none, a number without its section, or one that no register gives."""
    if section is not None and section not in SECTIONS:
        raise RuleBroken("Scegliere la sezione del Terzo settore tra quelle elencate.", field="third_sector")
    if runts and section is None:
        raise RuleBroken("Il numero di iscrizione al RUNTS vale con la sua sezione: sceglierla, o togliere il numero.",
                         field="third_sector")
    if runts and not RUNTS.fullmatch(runts):
        raise RuleBroken("«%(text)s» non è un numero di iscrizione al RUNTS: al massimo 40 lettere e cifre.",
                         field="runts", text=runts)


def email(text: str | None, *, field: str = "email") -> str | None:
    """An e-mail address without space around, None for nothing; RuleBroken if it is no address."""
    address = one_line(text or "", field=field)
    if address and not parties.EMAIL.fullmatch(address):
        raise RuleBroken("«%(email)s» non è un indirizzo di posta elettronica: controllarlo.", field=field,
                         email=address)
    return address or None


def require_written(row: object, *names: str) -> None:
    """RuleBroken on the first of ``names`` that says nothing or more than a line holds."""
    for name in names:
        text = getattr(row, name) or ""
        require_text(text, "Questo dato è necessario.", field=name)
        if len(text) > SHORT:
            raise RuleBroken("Al massimo %(most)s caratteri.", field=name, most=SHORT)


# --- types ------------------------------------------------------------------------------------------------


def type_code(text: str) -> str:
    """The short name of a type, which requirement sets and imports cite; RuleBroken if it is none."""
    code = text.strip().lower()
    if not CODE.fullmatch(code):
        raise RuleBroken("Il codice «%(text)s» non va bene: da 2 a 40 lettere minuscole senza accenti, cifre e "
                         "trattini bassi, per esempio centro_estivo.", field="code", text=text[:80])
    return code


def require_limits(row: UnitType) -> None:
    """RuleBroken for limits that cannot be: negative, beyond any unit, or the least above the most."""
    for name, most in (("min_places", MOST_PLACES), ("max_places", MOST_PLACES), ("min_age_months", OLDEST_MONTHS),
                       ("max_age_months", OLDEST_MONTHS)):
        value = getattr(row, name)
        if value is not None and not 0 <= value <= most:
            raise RuleBroken("Indicare un numero da 0 a %(most)s, o lasciare vuoto.", field=name, most=most)
    for least, most_of in (("min_places", "max_places"), ("min_age_months", "max_age_months")):
        low, high = getattr(row, least), getattr(row, most_of)
        if low is not None and high is not None and low > high:
            raise RuleBroken("Il minimo (%(low)s) supera il massimo (%(high)s): correggere uno dei due.",
                             field=most_of, low=low, high=high)


def holds_places(kind: UnitType, places: int) -> bool:
    """True if ``places`` lie within the limits of a type, both included."""
    return (kind.min_places is None or kind.min_places <= places) and (
        kind.max_places is None or places <= kind.max_places)


def fitting(kind: UnitType, places: int, others: Iterable[UnitType]) -> list[str]:
    """The names of the types of the same area that so many places are: the neighbour whose limits touch, else all."""
    area = [other for other in others if other.area == kind.area and other.code != kind.code]
    limited = [other for other in area if other.max_places is not None and holds_places(other, places)]
    near = [other for other in limited if _touch(kind, other)]
    return [other.name for other in near or limited]


def _touch(one: UnitType, other: UnitType) -> bool:
    below = one.min_places is not None and other.max_places == one.min_places - 1
    above = one.max_places is not None and other.min_places == one.max_places + 1
    return below or above


def places(kind: UnitType, count: int | None, others: Iterable[UnitType], *, field: str = "capacity") -> list[Finding]:
    """What the places of a unit say to its type: RuleBroken where the limit is verified, else a remark (law B3).

    The right type is named where there is one. A unit with a seat has places; a service on the territory has none.
    """
    if kind.provides_at == "territory":
        if count is not None:
            raise RuleBroken("«%(type)s» si svolge a casa delle persone o nelle scuole e non ha posti: lasciare vuoto.",
                             field=field, type=kind.name)
        return []
    if count is None:
        raise RuleBroken("Indicare i posti dell'unità.", field=field)
    if not 1 <= count <= MOST_PLACES:
        raise RuleBroken("I posti sono un numero da 1 a %(most)s.", field=field, most=MOST_PLACES)
    if holds_places(kind, count):
        return []
    values: dict[str, object] = {"type": kind.name, "limits": span(kind.min_places, kind.max_places), "count": count,
                                 "right": ", ".join(fitting(kind, count, others))}
    if kind.limits_verified and values["right"]:
        raise RuleBroken("%(type)s: i posti ammessi sono %(limits)s. Con %(count)s posti il tipo giusto è: %(right)s. "
                         "Cambiare il tipo o i posti.", field=field, **values)
    if kind.limits_verified:
        raise RuleBroken("%(type)s: i posti ammessi sono %(limits)s, e %(count)s non lo sono. Correggere i posti, o "
                         "registrare più unità.", field=field, **values)
    if values["right"]:
        return [Finding("%(type)s: i posti risultano %(limits)s, e qui sono %(count)s. Il limite è da verificare sulla "
                        "fonte; se è giusto, il tipo adatto è: %(right)s.", values, where=field, source="R51",
                        at=Place("unit_type", kind.id))]
    return [Finding("%(type)s: i posti risultano %(limits)s, e qui sono %(count)s. Il limite è da verificare sulla "
                    "fonte.", values, where=field, source="R51", at=Place("unit_type", kind.id))]


def span(least: int | None, most: int | None) -> str:
    """A pair of limits, in any language: 11-60, 1-10, 11+."""
    return f"{least}+" if most is None else f"{1 if least is None else least}-{most}"


def ages(kind: UnitType, least: int | None, most: int | None) -> list[Finding]:
    """What the ages of a unit (months) say to its type: RuleBroken where its limits are verified, else a remark."""
    for name, value in (("min_age_months", least), ("max_age_months", most)):
        if value is not None and not 0 <= value <= OLDEST_MONTHS:
            raise RuleBroken("Le età si scrivono in mesi, da 0 a %(most)s.", field=name, most=OLDEST_MONTHS)
    if least is not None and most is not None and least > most:
        raise RuleBroken("L'età minima supera la massima: correggere una delle due.", field="max_age_months")
    low, high = kind.min_age_months, kind.max_age_months
    outside = [name for name, value in (("min_age_months", least), ("max_age_months", most)) if value is not None
               and not (low is None or low <= value) & (high is None or value <= high)]
    if not outside:
        return []
    field = outside[0]
    values: dict[str, object] = {"type": kind.name, "limits": span(low, high)}
    if kind.limits_verified:
        raise RuleBroken("%(type)s: le età ammesse sono %(limits)s mesi. Correggere le età o il tipo.", field=field,
                         **values)
    return [Finding("%(type)s: le età risultano %(limits)s mesi, e l'unità va oltre. Il limite è da verificare sulla "
                    "fonte.", values, where=field, source="R51", at=Place("unit_type", kind.id))]


def remarks(kind: UnitType, unit: ServiceUnit, others: Sequence[UnitType]) -> list[Finding]:
    """What the limits of its type of today say to a unit that is there already: remarks only, whatever is verified."""
    return [*_remarked(partial(places, kind, unit.capacity, others)),
            *_remarked(partial(ages, kind, unit.min_age_months, unit.max_age_months))]


def _remarked(ask: Callable[[], list[Finding]]) -> list[Finding]:
    try:
        return ask()
    except RuleBroken as beyond:
        return [Finding(beyond.message, beyond.values, where=beyond.field or "", source="R51")]


# --- papers -----------------------------------------------------------------------------------------------


def require_paper(row: ProviderPaper) -> None:
    """RuleBroken for a paper of no kind, without issuer or number, or that ends before it begins."""
    if row.kind not in PAPERS:
        raise RuleBroken("Scegliere che documento è.", field="kind")
    require_written(row, "issuer", "number")
    parties.period(row.valid_from, row.valid_to)
    if row.kind in EXPIRING and row.valid_to is None:
        raise RuleBroken("Un'assicurazione o un DURC ha una scadenza: indicarla.", field="valid_to")


def paper_state(row: ProviderPaper, today: date, *, soon: int = 60) -> str:
    """Where a paper stands on a day: expired, expiring (within ``soon`` days), valid; future before it begins."""
    if row.valid_to is not None and row.valid_to < today:
        return "expired"
    if row.valid_from > today:
        return "future"
    if row.valid_to is not None and (row.valid_to - today).days <= soon:
        return "expiring"
    return "valid"


# --- notices of operation ---------------------------------------------------------------------------------

# kind: what it declares. A new legal representative is a plain notice and no CPE (L.R. 3/2008, art. 15; law B3).
DECLARES: Mapping[str, tuple[str, ...]] = {
    "start": ("capacity", "manager"),
    "capacity": ("capacity",),
    "transformation": ("type_id", "capacity"),
    "move": ("address", "postal_code", "city", "province", "municipality_id"),
    "manager": ("manager",),
    "representative": ("legal_representative",),
    "closing": (),
}
PLAIN = ("representative",)
ALIVE = ("received", "to_complete", "checked", "effective")
PENDING = ("received", "to_complete", "checked")
TEXTS = ("manager", "legal_representative", "address", "postal_code", "city", "province")


def require_days(received_on: date, effective_from: date, today: date) -> None:
    """RuleBroken for a notice of a day that has not come, or that declares a day before it was given (art. 15)."""
    require_past(received_on, today, field="received_on")
    if effective_from < received_on:
        raise RuleBroken("La comunicazione è preventiva: il giorno dichiarato (%(day)s) non può venire prima di quello "
                         "in cui è stata ricevuta (%(received)s).", field="effective_from",
                         day=f"{effective_from:%d/%m/%Y}", received=f"{received_on:%d/%m/%Y}")
    parties.countable(effective_from, field="effective_from")


def require_declared(kind: str, declared: Mapping[str, Any]) -> None:
    """RuleBroken for a notice that does not say what its kind declares."""
    for name in TEXTS:
        if name in DECLARES[kind] and name in declared:
            text = declared[name] or ""
            require_text(text, "Questo dato è necessario.", field=name)
            if len(text) > SHORT:
                raise RuleBroken("Al massimo %(most)s caratteri.", field=name, most=SHORT)


def seat(declared: Mapping[str, Any]) -> dict[str, str]:
    """Postal code and province of a new seat as they are kept; RuleBroken for one that does not exist."""
    return {"postal_code": seats.postal_code(declared["postal_code"]), "province": seats.province(declared["province"])}


def contradicts(one: OperatingNotice, kind: str) -> bool:
    """True if a notice of the same unit and day cannot stand beside ``one``: both say the same thing, or one closes.

    A start says the places too, so that a change of places on its day contradicts it.
    """
    if PLAIN[0] in (one.kind, kind):
        return False
    if "closing" in (one.kind, kind):
        return True
    return bool(set(DECLARES[one.kind]) & set(DECLARES[kind])) or one.kind == kind


def require_agreement(kind: str, day: date, others: Iterable[OperatingNotice]) -> None:
    """RuleBroken if a notice contradicts another of the same day."""
    for other in others:
        if other.effective_from == day and other.state in ALIVE and contradicts(other, kind):
            raise RuleBroken("%(other)s dichiara già qualcosa per il %(day)s che contraddice questa comunicazione: "
                             "indicare un altro giorno, o rendere prima senza effetto l'altra.",
                             field="effective_from", other=str(other), day=f"{day:%d/%m/%Y}").mended(
                Place("operating_notice", other.id))


def require_sequence(unit: ServiceUnit, kind: str, day: date, others: Iterable[OperatingNotice]) -> None:
    """RuleBroken for a start of what operates already, and for a change of what does not operate by that day.

    Only a start that has been declared opens a unit (R146); a closed one starts again by a new notice.
    """
    pending = [other for other in others if other.state in PENDING]
    starts = [other for other in pending if other.kind == "start"]
    closes = [other for other in pending if other.kind == "closing" and other.effective_from <= day]
    if kind == "representative":
        return
    if kind == "start" and (starts or (unit.state == "operating" and not closes)):
        raise RuleBroken("L'avvio di questa unità è già comunicato: per un cambiamento scegliere che cosa cambia.",
                         field="kind")
    begins = any(other.effective_from <= day for other in starts)
    if kind != "start" and (closes or not (unit.state == "operating" or begins)):
        raise RuleBroken("Il %(day)s l'unità non è in esercizio: prima serve la comunicazione di avvio (L.R. 3/2008, "
                         "art. 15).", field="effective_from", day=f"{day:%d/%m/%Y}").mended(
            Place("operating_notice.start", unit.id))


def due_notices(notices: Iterable[OperatingNotice], today: date) -> Iterator[OperatingNotice]:
    """The notices whose declared day has come, in the order in which they take effect; one to complete waits."""
    come = [n for n in notices if n.state in ("received", "checked") and n.effective_from <= today]
    order = {"start": 0, "closing": 2}
    yield from sorted(come, key=lambda n: (n.effective_from, order.get(n.kind, 1), n.id))
