"""What changes the budgets: opening, lines, figures of the accounts, approval and its undoing. None commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from core.catalogue.model import Service
from core.funding import approval as assembly
from core.funding import rules
from core.funding.approval import Approval
from core.funding.model import Budget, BudgetLine, FundingSource, SourceName
from core.funding.rules import LineFacts
from core.funding.states import LIFE, OFFICE, BudgetState, Stage
from core.ground.access import ScopedSession
from core.ground.edits import at_version, lay, touch
from core.ground.errors import Level, RuleBroken
from core.ground.exercises import exercise_of, exercises
from core.ground.names import folded
from core.ground.required import require_text
from core.ground.states import Proof
from core.ground.upward import Upward
from core.parties.model import Municipality

STAGES = {Stage.FORECAST: "Previsione", Stage.BUDGET: "Bilancio preventivo", Stage.PRE_CLOSING: "Preconsuntivo",
          Stage.ACCOUNTS: "Bilancio d'esercizio"}
COPIED = ("service_id", "kind", "title", "amount", "source_id", "social", "funder_id", "funder")
LINE = COPIED[1:]  # what a line of one service says

# before a budget is reopened: RuleBroken from what rests on it
budget_reopens: Upward[[ScopedSession, Budget], None] = Upward()
# the same before it is cancelled
budget_cancels: Upward[[ScopedSession, Budget], None] = Upward()


def name_of(budget: Budget) -> str:
    """A budget as acts call it: ``Bilancio preventivo 2026``."""
    return f"{STAGES[Stage(budget.stage)]} {exercise_of(budget)}"


def open_budget(session: ScopedSession, year: int, stage: str, *, copy_from: int | None = None) -> Budget:
    """Open the budget of a year at a stage, empty or with the lines of another (``copy_from``).

    RuleBroken for a year or a stage that does not exist, or if it is there already.
    """
    session.principal.require(*OFFICE)
    rules.check_year(year)
    if stage not in set(Stage):
        raise RuleBroken("Scegliere la fase del bilancio.", field="stage")
    same = select(Budget.id).where(Budget.year == year, Budget.stage == stage, Budget.state != BudgetState.CANCELLED)
    if session.scalar(same) is not None:
        raise RuleBroken("%(name)s c'è già: aprire quello.", field="stage",
                         name=f"{STAGES[Stage(stage)]} {exercises(session).name(year)}")
    budget = Budget(year=year, stage=stage)
    if copy_from is not None:
        model = session.require(Budget, copy_from)
        budget.lines = [BudgetLine(**{name: getattr(line, name) for name in COPIED}) for line in model.lines]
    session.add(budget)
    session.flush()
    return budget


def set_lines(
    session: ScopedSession, budget_id: int, service_id: int | None, lines: Sequence[LineFacts], *, version: int | None
) -> Budget:
    """Set all lines of one service (None: the indirect costs of all services), in order; those that are there change.

    RuleBroken for a line that cannot be (negative, three decimals, without title or source), a stale version, or a
    budget that is approved.
    """
    budget = _open(session, budget_id, version)
    if service_id is not None:
        session.require(Service, service_id)
    mine = [line for line in budget.lines if line.service_id == service_id]
    others = [line for line in budget.lines if line.service_id != service_id]
    lay(mine, [_line(session, line, service_id) for line in lines], LINE, _is_same, _is_called, lambda line: line.kind)
    budget.lines = [*others, *mine]
    return touch(session, budget)


def _is_same(line: BudgetLine) -> object:
    return [getattr(line, name) for name in LINE]


def _is_called(line: BudgetLine) -> object:
    return line.kind, line.title


def add_line(session: ScopedSession, budget_id: int, service_id: int | None, line: LineFacts) -> BudgetLine:
    """Add one line to a draft: an import does so row by row. RuleBroken as ``set_lines``."""
    budget = _open(session, budget_id, None)
    if service_id is not None:
        session.require(Service, service_id)
    made = _line(session, line, service_id)
    budget.lines.append(made)
    touch(session, budget)
    return made


def _line(session: ScopedSession, facts: LineFacts, service_id: int | None) -> BudgetLine:
    rules.check_line(facts, service_id)
    if facts.source_id is not None:
        session.require(FundingSource, facts.source_id)
    if facts.funder_id is not None:
        session.require(Municipality, facts.funder_id)
    return BudgetLine(
        service_id=service_id, kind=facts.kind, title=facts.title.strip(), amount=facts.amount,
        source_id=facts.source_id if facts.kind == rules.LineKind.SOURCE else None, social=facts.social,
        funder_id=facts.funder_id if facts.social else None, funder=facts.funder.strip() if facts.social else "",
    )


def set_figures(
    session: ScopedSession, budget_id: int, figures: Mapping[str, Decimal | None], *, version: int
) -> Budget:
    """Set the cash figures and those of the three indicators (R63, R64), by column.

    RuleBroken for a negative amount, the equity aside, which losses can consume.
    """
    budget = _open(session, budget_id, version)
    if unknown := figures.keys() - set(rules.FIGURES):
        raise TypeError(f"not a figure of the accounts: {sorted(unknown)}")
    for name, amount in figures.items():
        if amount is not None and amount < 0 and name != "equity":
            raise RuleBroken("Questo importo non può essere negativo.", field=name)
        setattr(budget, name, amount)
    return touch(session, budget)


def approve(
    session: ScopedSession, budget_id: int, approval: Approval, *, version: int | None = None, today: date
) -> Budget:
    """Record that the assembly approved the budget. RuleBroken with the first error of ``rules.findings``."""
    budget = _draft(session, budget_id, version)
    for finding in rules.findings(budget):
        if finding.level is Level.ERROR:
            raise RuleBroken(finding.message, field=None, **finding.values).mended(finding.at)
    title = f"Approvazione: {name_of(budget)}"
    act = assembly.record(session, budget, approval, title=title, today=today)
    LIFE.move(session, budget, "approve", on=approval.on, proof=Proof(act_id=act.id))
    session.flush()
    return budget


def reopen(session: ScopedSession, budget_id: int, *, why: str, today: date) -> Budget:
    """Undo the approval of a budget, with a reason. RuleBroken while an approved allocation plan rests on it."""
    session.principal.require(*OFFICE)
    budget = session.require(Budget, budget_id)
    budget_reopens.tell(session, budget)
    LIFE.undo(session, budget, on=today, why=why)
    assembly.clear(budget)
    session.flush()
    return budget


def cancel(session: ScopedSession, budget_id: int, *, why: str, version: int | None, today: date) -> Budget:
    """Cancel a budget that was opened by mistake; it stays with its reason, and another of its year may be opened.

    RuleBroken without a reason, for an approved one, and while an allocation plan rests on it.
    """
    budget = _open(session, budget_id, version)
    budget_cancels.tell(session, budget)
    LIFE.move(session, budget, "cancel", on=today, proof=Proof(why=why))
    return touch(session, budget)


def _open(session: ScopedSession, budget_id: int, version: int | None) -> Budget:
    """The budget to change, by the office."""
    session.principal.require(*OFFICE)
    return _draft(session, budget_id, version)


def _draft(session: ScopedSession, budget_id: int, version: int | None) -> Budget:
    """A budget that is still a draft, at the version that the form was opened on (None: whatever it is now)."""
    budget = session.require(Budget, budget_id)
    if budget.state == BudgetState.CANCELLED:
        raise RuleBroken("%(name)s è annullato e non si modifica: aprirne un altro.", name=name_of(budget))
    if budget.state != BudgetState.DRAFT:
        raise RuleBroken("%(name)s è approvato e non si modifica: se è sbagliato, riaprirlo indicando il motivo.",
                         name=name_of(budget))
    return at_version(budget, version)


# --- sources and their other names (X23) ------------------------------------------------------------------


def name_source(session: ScopedSession, source_id: int, name: str, document: str) -> SourceName:
    """Say how another document calls a source (X23). RuleBroken for no name, or one that is taken."""
    session.principal.require(*OFFICE)
    source = session.require(FundingSource, source_id)
    require_text(name, "Indicare il nome con cui l'altro documento chiama la fonte.", field="name")
    taken = find_source(session, name)
    if taken is not None:
        raise RuleBroken("«%(name)s» indica già la fonte «%(source)s».", field="name", name=name.strip(),
                         source=taken.title)
    named = SourceName(source=source, name=name.strip(), document=document.strip())
    session.add(named)
    session.flush()
    return named


def forget_name(session: ScopedSession, name_id: int) -> None:
    """Take away a name that was entered by mistake; the history keeps it."""
    session.principal.require(*OFFICE)
    session.delete(session.require(SourceName, name_id))
    session.flush()


def find_source(session: Session, name: str) -> FundingSource | None:
    """The source with this code, title or other name, whatever the capitals; None if there is none."""
    return named_sources(session).get(plain(name))


def named_sources(session: Session) -> dict[str, FundingSource]:
    """Every source by each of its names, as ``plain`` writes them."""
    known: dict[str, FundingSource] = {}
    for source in session.scalars(select(FundingSource).options(selectinload(FundingSource.names))):
        for name in (source.code, source.title, *(other.name for other in source.names)):
            known.setdefault(plain(name), source)
    return known


def plain(name: str) -> str:
    """A name without what makes no difference: capitals, accents, points, hyphens, more than one space."""
    return folded(name)
