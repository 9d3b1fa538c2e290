"""What the examination of an application says: figures, outcomes, what is missing, what stops a decree. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from core.accreditation.model import Accreditation, InspectionFinding, Requirement, RequirementCheck, RequirementSet
from core.ground.errors import Finding, Level, Place, RuleBroken
from core.providers.model import ProviderPaper, ServiceUnit

LONGEST = 5000  # characters of a text that people write
MET, NOT_MET, NOT_APPLICABLE, TO_VERIFY = "met", "not_met", "not_applicable", "to_verify"
OUTCOMES = (MET, NOT_MET, NOT_APPLICABLE, TO_VERIFY)
GROUP, CHECK, PAPER = "group", "check", "paper"
NUMERIC = ("ratio", "at_least", "at_most")
KINDS = (GROUP, CHECK, PAPER, *NUMERIC)
COMPUTED = (*NUMERIC, PAPER)
ALWAYS_VALID = ("insurance", "durc")  # expired at the decree, they stop it whatever the set asks
UNSETTLED = ("open", "answered", "not_satisfied")  # what an inspection found and nobody has closed
PROPOSED_FROM = ("capacity", "min_age_months", "max_age_months")
BIGGEST_FIGURE = Decimal(1_000_000)
Checks = Mapping[int, RequirementCheck]  # by requirement


# --- the tree ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Node:
    """A requirement with those below it."""

    requirement: Requirement
    children: tuple[Node, ...] = ()


def tree(requirements: Sequence[Requirement]) -> tuple[Node, ...]:
    """The requirements of a set as a tree, each level in its order."""
    below: dict[int | None, list[Requirement]] = {}
    for requirement in sorted(requirements, key=lambda row: row.order):
        below.setdefault(requirement.parent_id, []).append(requirement)

    def nodes(parent: int | None) -> tuple[Node, ...]:
        return tuple(Node(row, nodes(row.id)) for row in below.get(parent, ()))

    return nodes(None)


def leaves(requirements: Iterable[Requirement]) -> list[Requirement]:
    """The requirements that are answered: all but the headings, in order."""
    return [row for row in sorted(requirements, key=lambda row: row.order) if row.kind != GROUP]


# --- figures ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DeclaredFigure:
    """What was declared for a numeric requirement, and what comes of it; ``within`` is None where nothing limits it."""

    value: Decimal | None
    per: Decimal | None
    result: Decimal | None
    limit: Decimal | None
    within: bool | None


def figure(requirement: Requirement, declared: Mapping[str, Any]) -> DeclaredFigure:
    """The figure of a numeric requirement: a ratio of two declared measures, or one measure against its limit."""
    value, per = number(declared.get(requirement.measure)), number(declared.get(requirement.per))
    limit = requirement.limit
    result = value
    if requirement.kind == "ratio":
        result = None if value is None or not per else value / per
        if value is not None and per == 0 and value > 0:  # children and nobody with them: no ratio can be right
            return DeclaredFigure(value, per, None, limit, None if limit is None else False)
    if result is None or limit is None:
        return DeclaredFigure(value, per, result, limit, None)
    within = result >= limit if requirement.kind == "at_least" else result <= limit
    return DeclaredFigure(value, per, result, limit, within)


def number(raw: object) -> Decimal | None:
    """A declared figure as it is kept; None for none."""
    try:
        return None if raw in (None, "") else Decimal(str(raw))
    except InvalidOperation:
        return None


def declared_figures(measures: Mapping[str, Mapping[str, Any]], wanted: Mapping[str, Decimal | None]) -> dict[str, str]:
    """The figures of an application as they are kept. RuleBroken, on the field, for one that cannot be.

    TypeError for a measure that the set does not ask for: a mistake of the program.
    """
    if unknown := wanted.keys() - measures.keys():
        raise TypeError(f"the set does not ask for {sorted(unknown)}")
    kept = {}
    for code, value in wanted.items():
        if value is None:
            continue
        title = measures[code]["title"]
        if not 0 <= value <= BIGGEST_FIGURE:
            raise RuleBroken("«%(title)s»: indicare un numero da 0 a 1.000.000.", field=code, title=title)
        if measures[code].get("whole", True) and value != value.to_integral_value():
            raise RuleBroken("«%(title)s»: indicare un numero intero.", field=code, title=title)
        if value * 1000 != (value * 1000).to_integral_value():
            raise RuleBroken("«%(title)s»: al massimo tre decimali.", field=code, title=title)
        kept[code] = f"{value.normalize() + 0:f}"
    return kept


def proposed_figures(the_set: RequirementSet, unit: ServiceUnit) -> dict[str, str]:
    """What the unit itself says of the measures: its places, its ages in months."""
    found = {}
    for code, measure in the_set.measures.items():
        value = getattr(unit, measure["from"]) if measure.get("from") in PROPOSED_FROM else None
        if value is not None:
            found[code] = str(value)
    return found


def asked_measures(requirements: Iterable[Requirement]) -> list[str]:
    """The measures that numeric requirements need, each once, in order."""
    numeric = [row for row in leaves(requirements) if row.kind in NUMERIC]
    return list(dict.fromkeys(code for row in numeric for code in (row.measure, row.per) if code))


# --- papers -----------------------------------------------------------------------------------------------


def paper_for(papers: Iterable[ProviderPaper], kind: str, unit_id: int, day: date) -> ProviderPaper | None:
    """The paper of a kind that holds for a unit on a day; else the last one that there was; None for none."""
    mine = [paper for paper in papers if paper.kind == kind and paper.unit_id in (None, unit_id)]
    holding = [paper for paper in mine if paper.valid_from <= day and not _over(paper, day)]
    return max(holding or mine, key=lambda paper: (paper.valid_to or date.max, paper.id), default=None)


def _over(paper: ProviderPaper, day: date) -> bool:
    return paper.valid_to is not None and paper.valid_to < day


def expired_papers(
    papers: Sequence[ProviderPaper], kinds: Iterable[str], unit_id: int, day: date
) -> Iterator[tuple[str, date]]:
    """The kinds of paper of which the last one is over on ``day``, with the day on which it ended."""
    begun = [paper for paper in papers if paper.valid_from <= day]  # one of tomorrow leaves today uncovered
    for kind in dict.fromkeys(kinds):
        paper = paper_for(begun, kind, unit_id, day)
        if paper is not None and paper.valid_to is not None and paper.valid_to < day:
            yield kind, paper.valid_to


# --- outcomes ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judgement:
    """What is said of one requirement on a day, by a person or by computing."""

    requirement: Requirement
    outcome: str
    computed: bool = False
    figure: DeclaredFigure | None = None
    note: str = ""
    expires_on: date | None = None
    document_id: int | None = None
    expired: bool = False

    @property
    def settled(self) -> bool:
        """True if nobody has to look at it any more."""
        return self.outcome != TO_VERIFY

    @property
    def favourable(self) -> bool:
        """True if it does not stand in the way."""
        return self.outcome in (MET, NOT_APPLICABLE) and not self.expired


def judge(
    requirement: Requirement, check: RequirementCheck | None, declared: Mapping[str, Any],
    papers: Sequence[ProviderPaper], unit_id: int, day: date, *, frozen: bool = False,
) -> Judgement:
    """What is said of a requirement: a person's word if there is one, else what is computed; else it is to verify.

    A figure outside its limit is not met, whatever the state of the limit's source, unless a person says otherwise.
    ``frozen``: a decree has been taken, and what was computed for it stays as it was then.
    """
    note, document_id = (check.note, check.document_id) if check else ("", None)
    expires = check.expires_on if check else None
    found = figure(requirement, declared) if requirement.kind in NUMERIC else None
    if check is not None and (frozen or not check.computed):
        return Judgement(requirement, check.outcome, check.computed, found, note, expires, document_id,
                         expired=check.outcome != NOT_APPLICABLE and expires is not None and expires < day)
    if found is not None:
        outcome = TO_VERIFY if found.within is None else MET if found.within else NOT_MET
        return Judgement(requirement, outcome, outcome != TO_VERIFY, found, note, expires, document_id)
    if requirement.kind == PAPER:
        paper = paper_for(papers, requirement.paper, unit_id, day)
        if paper is None:
            return Judgement(requirement, TO_VERIFY, True, None, note, None, document_id)
        held = paper.valid_from <= day and not _over(paper, day)
        return Judgement(requirement, MET if held else NOT_MET, True, None, note, paper.valid_to,
                         document_id or paper.document_id, _over(paper, day))
    return Judgement(requirement, TO_VERIFY, False, None, note, expires, document_id)


def judgements(
    requirements: Iterable[Requirement], checks: Checks, declared: Mapping[str, Any], papers: Sequence[ProviderPaper],
    unit_id: int, day: date, *, frozen: bool = False,
) -> list[Judgement]:
    """What is said of every requirement that is answered, in order."""
    return [judge(row, checks.get(row.id), declared, papers, unit_id, day, frozen=frozen)
            for row in leaves(requirements)]


def require_outcome(outcome: str, note: str, found: DeclaredFigure | None = None) -> None:
    """RuleBroken for an outcome that is none, or one that needs a note and has none: so does one against the figure."""
    if outcome not in OUTCOMES:
        raise RuleBroken("Scegliere l'esito: rispettato, non rispettato, non pertinente o da verificare.",
                         field="outcome")
    if outcome in (NOT_MET, NOT_APPLICABLE) and not note.strip():
        raise RuleBroken("Scrivere in una nota perché il requisito non è rispettato o non è pertinente.", field="note")
    if outcome == MET and found is not None and found.within is False and not note.strip():
        raise RuleBroken("Il dato dichiarato è fuori dal limite: scrivere in una nota perché il requisito è rispettato "
                         "lo stesso.", field="note")


# --- completeness -----------------------------------------------------------------------------------------


def missing(
    the_set: RequirementSet, said: Sequence[Judgement], declared: Mapping[str, Any]
) -> list[Finding]:
    """What an application lacks: declared figures, documents, papers that hold. With nothing, it is complete."""
    found = [Finding("Manca il dato «%(title)s».", {"title": the_set.measures.get(code, {}).get("title", code)},
                     Level.ERROR, code)
             for code in asked_measures(row.requirement for row in said) if number(declared.get(code)) is None]
    for row in said:
        if row.outcome == NOT_APPLICABLE:
            continue
        values: dict[str, object] = {"title": row.requirement.title, "code": row.requirement.code}
        if row.requirement.kind == PAPER:
            if row.expired and row.expires_on is not None:
                values["day"] = f"{row.expires_on:%d/%m/%Y}"
                found.append(Finding("%(code)s, %(title)s: il documento è scaduto il %(day)s, serve quello nuovo.",
                                     values, Level.ERROR, row.requirement.code))
            elif row.outcome == TO_VERIFY and row.computed and row.document_id is None:
                found.append(Finding("%(code)s, %(title)s: il documento non è registrato tra quelli del gestore.",
                                     values, Level.ERROR, row.requirement.code))
        elif row.requirement.evidence and row.document_id is None and row.requirement.mandatory:
            values["evidence"] = row.requirement.evidence.rstrip(".")
            found.append(Finding("%(code)s, %(title)s: manca il documento (%(evidence)s).", values, Level.ERROR,
                                 row.requirement.code))
    return found


def mismatches(row: Accreditation) -> list[Finding]:
    """Where an application says something else than the notice of operation of its unit."""
    said = row.declared
    return [Finding("«%(title)s»: la domanda dice %(declared)s, la comunicazione di esercizio %(unit)s.",
                    {"title": row.set.measures[code]["title"], "declared": said[code], "unit": value},
                    at=Place("accreditation.figures", row.id, code))
            for code, value in proposed_figures(row.set, row.unit).items()
            if code in said and number(said[code]) != number(value)]


def unread(the_set: RequirementSet) -> list[Finding]:
    """That an application is judged by requirements whose source nobody has read (R51): how many, and where they are.

    A remark: whoever decides may know the act, and says so in a new edition.
    """
    asked = leaves(the_set.requirements)
    count = sum(not row.verified for row in asked)
    if the_set.verified and not count:
        return []
    return [Finding("«%(set)s» è da verificare: di %(count)s requisiti su %(all)s non è stata letta la fonte. Prima di "
                    "decidere, leggerla e registrare un'edizione nuova che lo dica.",
                    {"set": str(the_set), "count": count, "all": len(asked)}, source="R51",
                    at=Place("requirement_set", the_set.id))]


# --- the decree -------------------------------------------------------------------------------------------


def prescribed(findings: Iterable[InspectionFinding]) -> dict[int | None, InspectionFinding]:
    """The prescriptions that are open and have a term, by the requirement that they concern."""
    return {row.requirement_id: row for row in findings if row.outcome in UNSETTLED and row.due_on is not None}


def obstacles(
    said: Sequence[Judgement], findings: Sequence[InspectionFinding], *, with_prescriptions: bool
) -> list[Finding]:
    """What stops a favourable decree: requirements to verify or unmet, and what inspections left open.

    With prescriptions an unmet requirement may stand, if a prescription with a term concerns it.
    """
    open_ones = prescribed(findings)
    found = []
    for row in said:
        values: dict[str, object] = {"code": row.requirement.code, "title": row.requirement.title}
        if row.favourable or not row.requirement.mandatory:
            continue
        if row.expired:
            values["day"] = f"{row.expires_on:%d/%m/%Y}"
            found.append(Finding("%(code)s, %(title)s: il documento è scaduto il %(day)s.", values, Level.ERROR,
                                 row.requirement.code))
        elif row.outcome == TO_VERIFY:
            found.append(Finding("%(code)s, %(title)s: è ancora da verificare.", values, Level.ERROR,
                                 row.requirement.code))
        elif not (with_prescriptions and row.requirement.id in open_ones):
            found.append(Finding("%(code)s, %(title)s: non è rispettato.", values, Level.ERROR, row.requirement.code))
    if not with_prescriptions:
        found += [Finding("Sopralluogo, rilievo aperto: %(text)s", {"text": _short(row.text)}, Level.ERROR,
                          at=Place("accreditation.inspections" if row.inspection_id else "accreditation.monitoring",
                                   row.accreditation_id))
                  for row in findings if row.outcome in UNSETTLED]
    elif not open_ones:
        found.append(Finding("Non c'è alcuna prescrizione aperta con un termine: registrarla nel verbale di un "
                             "sopralluogo, oppure accreditare senza prescrizioni.", {}, Level.ERROR))
    return found


def require_no(found: Collection[Finding], field: str | None = None) -> None:
    """RuleBroken with what was found, the first few in full, and where the first of them is mended."""
    if found:
        listed = [str(finding) for finding in found]
        more = f" (e altri {len(listed) - 4})" if len(listed) > 4 else ""
        raise RuleBroken("Non si può ancora decidere così: %(found)s%(more)s", field=field,
                         found=" ".join(listed[:4]), more=more).mended(next(iter(found)).at)


def _short(text: str) -> str:
    return text if len(text) <= 120 else f"{text[:119]}…"


# --- dates ------------------------------------------------------------------------------------------------


def require_not_before(day: date, first: date | None, what: str, *, field: str) -> None:
    """RuleBroken for a day before ``first``, which ``what`` names in a sentence."""
    if first is not None and day < first:
        raise RuleBroken("Il %(day)s precede %(what)s (%(first)s): correggere la data.", field=field,
                         day=f"{day:%d/%m/%Y}", first=f"{first:%d/%m/%Y}", what=what)
