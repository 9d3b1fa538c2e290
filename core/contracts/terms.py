"""Versions of the contract terms: added, never changed. What a version must satisfy, and what it proposes.

Another azienda is configured here and not programmed: its instalments, its renewal, its penalties, its arbitrators.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from core.contracts.agreed import Band, BaseRule, CountsFrom, InstalmentKind, PlanEvent, PlanRow, check_plan
from core.contracts.model import (
    Contract,
    ContractTerms,
    InstalmentPercent,
    InstalmentRule,
    PenaltyBand,
    TermsWithdrawal,
)
from core.contracts.papers import checked_titles
from core.contracts.states import ContractState
from core.deadlines.kinds import BY_YEAR, kind_called, taken
from core.deadlines.model import EventKind
from core.ground import clock
from core.ground.access import Role, ScopedSession
from core.ground.clock import Roll, add_months
from core.ground.errors import Finding, Place, RuleBroken
from core.ground.exercise import CALENDAR, Exercises
from core.ground.required import require_text
from core.parties.model import Municipality

Facts = Mapping[str, Any]

EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
TERMS = frozenset({
    "title", "valid_from", "legal_source", "duration_months", "tacit_renewal", "tacit_renewal_months",
    "tacit_renewal_times", "notice_months", "renewal_assessment_months", "renewal_direction", "continuity_months",
    "share_criteria", "extra_projects_month", "coordinated", "own_charter_months", "reply_days", "penalty_min",
    "penalty_max", "penalty_payment_days", "further_damages", "account_notice_days", "arbitration", "arbitrators",
    "court", "roll_policy", "registration_cost", "interest", "interest_points", "municipality_papers",
    "azienda_papers", "public_papers", "third_sector_papers",
})
RULE = frozenset({"title", "kind", "percent", "base", "due", "event", "due_days", "counts_from", "with_forecast"})
BAND = frozenset({"kind", "description", "minimum", "maximum"})

CHOICES: dict[str, frozenset[str]] = {
    "renewal_direction": frozenset({"before", "after"}),
    "coordinated": frozenset({"instalments", "projects", "both"}),
    "roll_policy": frozenset(Roll),
    "registration_cost": frozenset({"azienda", "municipality", "shared"}),
    "interest": frozenset({"none", "legal", "commercial"}),
}
PAPERS = ("municipality_papers", "azienda_papers", "public_papers", "third_sector_papers")
MOST = {"months": 1200, "days": 3650}  # a century, ten years: what a calendar and a reader still follow
PENALTIES = ("penalty_min", "penalty_max", "penalty_payment_days")
TEXTS = ("title", "legal_source", "court")
taken(tuple(PlanEvent))  # in a plan of instalments these words name what the program itself sees


# --- operations -------------------------------------------------------------------------------------------


def add_version(
    session: ScopedSession,
    facts: Facts,
    plan: Sequence[Facts],
    bands: Sequence[Facts],
    *,
    percents: Sequence[Facts] = (),
    backdated: bool = False,
) -> ContractTerms:
    """Add a version of the terms, with its instalment rows and penalty bands in order (R59-R61, R87-R117).

    ``percents``: of which advance, by its title, which municipality is asked a percentage of its own.
    Its edition follows the last of the same title. RuleBroken for whatever ``require_sound`` refuses, and for a
    first day before that of the version it follows unless ``backdated`` says that this is meant.
    """
    session.principal.require(*EDITORS)
    terms = ContractTerms(**_only(facts, TERMS), edition=1)
    terms.title = " ".join((terms.title or "").split())
    terms.arbitrators = terms.arbitrators if terms.arbitration else terms.arbitrators or 0
    terms.instalments = [InstalmentRule(order=n, **_only(row, RULE)) for n, row in enumerate(plan, start=1)]
    terms.bands = [PenaltyBand(order=n, **_only(row, BAND)) for n, row in enumerate(bands, start=1)]
    if not terms.bands:
        terms.penalty_min, terms.penalty_max = terms.penalty_min or Decimal(0), terms.penalty_max or Decimal(0)
        terms.penalty_payment_days = terms.penalty_payment_days or 0
    require_sound(terms)
    _check_events(session, terms.instalments)
    _add_percents(session, terms.instalments, percents)
    last = last_edition(session, terms.title)
    if last is not None:
        terms.edition = last.edition + 1
    followed = last_edition(session, terms.title, living=True)
    if followed is not None and terms.valid_from < followed.valid_from and not backdated:
        raise RuleBroken(
            "Questa versione decorre dal %(day)s, prima di quella che sostituisce (%(followed)s): correggere la "
            "data, o confermare sotto che decorre prima.", field="valid_from", day=f"{terms.valid_from:%d/%m/%Y}",
            followed=f"{followed.valid_from:%d/%m/%Y}",
        )
    session.add(terms)
    session.flush()
    return terms


def _check_events(session: ScopedSession, plan: Sequence[InstalmentRule]) -> None:
    """RuleBroken for an event that is neither the program's nor one of the office's own that both sides read."""
    for row in plan:
        if row.event is None or row.event in set(PlanEvent):
            continue
        kind = kind_called(session, row.event)
        if kind is None or kind.subject not in ("contract", BY_YEAR):
            raise RuleBroken("«%(title)s»: scegliere un evento dell'elenco, o uno dell'ufficio che avviene nel "
                             "contratto o nell'azienda.", field="plan", title=row.title)
        if not kind.shared:
            raise RuleBroken("«%(title)s»: l'ente paga da quando avviene «%(event)s», e deve poterlo leggere: "
                             "indicarlo tra gli eventi dell'ufficio.", field="plan", title=row.title,
                             event=kind.name).mended(Place("event_kind.edit", kind.id, "shared"))


def _add_percents(session: ScopedSession, plan: Sequence[InstalmentRule], percents: Sequence[Facts]) -> None:
    """The percentages of single municipalities; with them the plan of each must still be one that can be asked."""
    by_title = {row.title: row for row in plan}
    for facts in percents:
        title = " ".join((facts["title"] or "").split())
        rule, municipality = by_title.get(title), session.get(Municipality, facts["municipality_id"] or 0)
        if rule is None or rule.kind != InstalmentKind.ADVANCE:
            raise RuleBroken("«%(title)s» non è il nome di un acconto del piano: scriverlo come nella sua riga.",
                             field="percents", title=title)
        if municipality is None or facts["percent"] is None:
            raise RuleBroken("«%(title)s»: indicare l'ente e la sua percentuale.", field="percents", title=title)
        if facts["percent"] * 1000 != int(facts["percent"] * 1000):
            raise RuleBroken("«%(title)s»: la percentuale ha più di tre decimali.", field="percents", title=title)
        if any(own.municipality_id == municipality.id for own in rule.percents):
            raise RuleBroken("«%(title)s»: %(name)s ha due percentuali, tenerne una.", field="percents", title=title,
                             name=municipality.name)
        rule.percents.append(InstalmentPercent(municipality_id=municipality.id, percent=facts["percent"]))
    for key in {own.municipality_id for row in plan for own in row.percents}:
        try:
            check_plan(clock.COMMON_YEAR, [_plan_row(row, key) for row in plan])
        except RuleBroken as refusal:
            raise RuleBroken(refusal.message, field="percents", **refusal.values) from refusal


def plan_events(session: ScopedSession) -> list[EventKind]:
    """The events of the office's own for which an instalment may wait: both sides read that they happened."""
    mine = select(EventKind).where(EventKind.subject.in_(("contract", BY_YEAR)), EventKind.active, EventKind.shared)
    return list(session.scalars(mine.order_by(EventKind.id)))


def withdraw(session: ScopedSession, terms_id: int, reason: str, *, today: date) -> ContractTerms:
    """Withdraw a version that was written by mistake: it stays on record, and no contract takes it any more.

    RuleBroken without a reason, for one withdrawn already, or for one that a contract takes: its instalments, its
    terms and its penalties follow from it. Contracts that were cancelled do not count.
    """
    session.principal.require(*EDITORS)
    terms = session.require(ContractTerms, terms_id)
    if terms.withdrawal is not None:
        raise RuleBroken("«%(terms)s» è già ritirata, dal %(day)s.", terms=terms,
                         day=f"{terms.withdrawal.withdrawn_on:%d/%m/%Y}")
    takes = select(Contract).where(Contract.terms_id == terms.id, Contract.state != ContractState.CANCELLED)
    taken_by = session.scalars(takes.order_by(Contract.id).limit(1)).first()
    if taken_by is not None:
        raise RuleBroken("Il contratto n. %(code)s prende «%(terms)s»: rate, termini e penali vengono da lì, e la "
                         "versione non si ritira. Se il contratto è ancora una bozza, sceglierne prima un'altra; se "
                         "no, aggiungere una nuova versione.", code=taken_by.code,
                         terms=terms).mended(Place("contract.terms", taken_by.id, "terms_id"))
    why = require_text(reason, "Scrivere perché la versione si ritira.", field="why")
    session.add(TermsWithdrawal(terms_id=terms.id, withdrawn_on=today, reason=why))
    session.flush()
    session.refresh(terms, ["withdrawal"])
    return terms


def require_living(terms: ContractTerms) -> None:
    """RuleBroken for a version that was withdrawn."""
    if terms.withdrawal is not None:
        raise RuleBroken("«%(terms)s» è stata ritirata: scegliere un'altra versione delle condizioni.",
                         field="terms_id", terms=terms)


def last_edition(session: ScopedSession, title: str, *, living: bool = False) -> ContractTerms | None:
    """The last version added under a title, or the last that was not withdrawn; None where there is none."""
    query = select(ContractTerms).where(ContractTerms.title == title)
    if living:
        query = query.where(~ContractTerms.withdrawal.has())
    return session.scalars(query.order_by(ContractTerms.edition.desc()).limit(1)).first()


def current(session: ScopedSession, day: date) -> list[ContractTerms]:
    """For each title the version that holds on ``day``: the last to begin; the title that began last stands first."""
    newest = (ContractTerms.valid_from.desc(), ContractTerms.edition.desc())
    place = func.row_number().over(partition_by=ContractTerms.title, order_by=newest).label("place")
    ranked = select(ContractTerms.id, place).where(
        ContractTerms.valid_from <= day, ~ContractTerms.withdrawal.has()).subquery()
    first = select(ranked.c.id).where(ranked.c.place == 1)
    return list(session.scalars(select(ContractTerms).where(ContractTerms.id.in_(first)).order_by(*newest)))


def holding(session: ScopedSession, chosen_id: int, day: date) -> ContractTerms:
    """Of the title of the version chosen, the one that holds on ``day``. RuleBroken if none did yet."""
    chosen = session.require(ContractTerms, chosen_id)
    for terms in current(session, day):
        if terms.title == chosen.title:
            return terms
    raise RuleBroken("Il %(day)s non c'è ancora una versione delle condizioni «%(title)s»: scegliere un'altra "
                     "decorrenza, o altre condizioni.", field="starts_on", day=f"{day:%d/%m/%Y}", title=chosen.title)


def continued(session: ScopedSession, terms: ContractTerms, day: date) -> ContractTerms:
    """The terms with which a contract goes on from ``day``: the newest edition of its own title, else its own."""
    return next((held for held in current(session, day) if held.title == terms.title), terms)


def sole(session: ScopedSession, day: date) -> ContractTerms:
    """The version that holds on ``day`` where there is one title alone. RuleBroken for none yet, or for several.

    Two titles side by side are two kinds of contract: none of them is taken for the other.
    """
    held = current(session, day)
    if not held:
        raise RuleBroken("Il %(day)s non c'è ancora una versione delle condizioni contrattuali: scegliere un'altra "
                         "decorrenza.", field="starts_on", day=f"{day:%d/%m/%Y}")
    if len(held) > 1:
        raise RuleBroken("Il %(day)s valgono condizioni con più titoli: %(titles)s. Scegliere quelle di questo "
                         "contratto.", field="terms_id", day=f"{day:%d/%m/%Y}",
                         titles="; ".join(f"«{terms.title}»" for terms in held))
    return held[0]


def _only(facts: Facts, allowed: frozenset[str]) -> dict[str, Any]:
    """The facts as they are; TypeError for one that this table does not take: a mistake of the caller."""
    if unknown := facts.keys() - allowed:
        raise TypeError(f"contract terms do not take {sorted(unknown)}")
    return dict(facts)


# --- pure -------------------------------------------------------------------------------------------------


def proposed_end(
    starts_on: date, duration_months: int | None, plan_end: date | None, exercises: Exercises = CALENDAR
) -> date:
    """The last day of a contract: by the duration that its terms fix, else with the Zone Plan, else with the exercise.
    """
    if duration_months:
        return add_months(starts_on, duration_months) - timedelta(days=1)
    return plan_end or exercises.of(starts_on).ends_on


def remarks(terms: ContractTerms) -> list[Finding]:
    """What a reader should know of a version that may stand all the same."""
    found: list[Finding] = []
    if terms.renewal_direction == "after":
        found.append(Finding(
            "La valutazione del rinnovo si conta dopo la scadenza: fino all'esito i servizi restano senza contratto, "
            "o solo con la continuità di %(months)s mesi. La lettura corrente la conta prima.",
            {"months": terms.continuity_months}, where="renewal_direction", source="X5"))
    if terms.coordinated == "projects":
        found.append(Finding(
            "Il coordinamento con le norme contabili rinvia ai soli progetti straordinari, come nel testo del 2015; il "
            "senso della clausola è quello delle scadenze delle rate.", where="coordinated", source="X7"))
    if terms.arbitration and terms.arbitrators != 3:
        found.append(Finding(
            "Il collegio arbitrale ha %(number)s membri e non tre: verificare con le parti quanti ne nomina ciascuna.",
            {"number": terms.arbitrators}, where="arbitrators", source="X9"))
    return found


def require_sound(terms: ContractTerms) -> None:
    """RuleBroken, on its field, for the first thing that a version cannot be."""
    for name in TEXTS:
        require_text(getattr(terms, name), "Indicare questo dato: una versione delle condizioni ha titolo, fonte e "
                                           "foro.", field=name)
    if not terms.share_criteria:
        raise RuleBroken("Indicare almeno un criterio della quota, per esempio la popolazione residente.",
                         field="share_criteria")
    for name in PAPERS:
        setattr(terms, name, checked_titles(getattr(terms, name) or (), field=name))
    for name, allowed in CHOICES.items():
        if getattr(terms, name) not in allowed:
            raise RuleBroken("Scegliere una voce dell'elenco.", field=name)
    _check_numbers(terms)
    _check_renewal(terms)
    _check_rows(terms.instalments)
    _check_bands(terms)
    _check_disputes(terms)


def _check_numbers(terms: ContractTerms) -> None:
    for name in sorted(TERMS):
        unit = name.rpartition("_")[2]
        value = getattr(terms, name)
        if unit in MOST and value is not None and not 0 <= value <= MOST[unit]:
            raise RuleBroken("Un termine va da zero a %(most)s: «%(value)s» non va bene.", field=name, value=value,
                             most=MOST[unit])
    if terms.duration_months == 0:
        raise RuleBroken("Una durata fissa ha almeno un mese; vuota se la scadenza si sceglie per ogni contratto.",
                         field="duration_months")
    if terms.extra_projects_month not in range(1, 13):
        raise RuleBroken("Indicare un mese da 1 a 12: quello entro cui si liquidano i progetti straordinari.",
                         field="extra_projects_month")


def _check_renewal(terms: ContractTerms) -> None:
    months, notice = terms.tacit_renewal_months, terms.notice_months
    if not terms.tacit_renewal:
        for name in ("tacit_renewal_months", "tacit_renewal_times", "notice_months"):
            if getattr(terms, name) is not None:
                raise RuleBroken("Senza rinnovo tacito questo dato resta vuoto: toglierlo, o indicare che il contratto "
                                 "si rinnova tacitamente.", field=name)
        return
    if not months:
        raise RuleBroken("Il rinnovo tacito ha bisogno della sua durata in mesi.", field="tacit_renewal_months")
    if notice is None:
        raise RuleBroken("Il rinnovo tacito ha bisogno dei mesi di preavviso della disdetta.", field="notice_months")
    if notice >= months or (terms.duration_months is not None and notice >= terms.duration_months):
        raise RuleBroken("Il preavviso di %(notice)s mesi è lungo quanto il periodo che dovrebbe fermare: ridurlo.",
                         field="notice_months", notice=notice)
    if terms.tacit_renewal_times is not None and terms.tacit_renewal_times not in range(1, 100):
        raise RuleBroken("I rinnovi sono da 1 a 99; vuoto se non c'è un limite.", field="tacit_renewal_times")


def _check_rows(plan: Sequence[InstalmentRule]) -> None:
    """R88-R93, X6: each advance says of what and when; the balance takes the rest."""
    for row in plan:
        require_text(row.title, "Ogni rata ha un nome, per esempio «Primo acconto».", field="plan")
        values: dict[str, Any] = {"title": row.title}
        if row.kind not in set(InstalmentKind):
            raise RuleBroken("«%(title)s»: scegliere se è un acconto o il saldo.", field="plan", **values)
        if row.percent is not None and row.percent * 1000 != int(row.percent * 1000):
            raise RuleBroken("«%(title)s»: la percentuale ha più di tre decimali.", field="plan", **values)
        if row.kind == InstalmentKind.ADVANCE and row.base not in set(BaseRule):
            raise RuleBroken("«%(title)s»: scegliere su quale importo si calcola.", field="plan", **values)
        if row.kind == InstalmentKind.BALANCE and row.base:
            raise RuleBroken("«%(title)s»: il saldo non ha una base, è la quota definitiva meno gli acconti.",
                             field="plan", **values)
        if row.counts_from is not None and row.counts_from not in set(CountsFrom):
            raise RuleBroken("«%(title)s»: scegliere da quando si contano i giorni per pagare.", field="plan", **values)
    check_plan(clock.COMMON_YEAR, [_plan_row(row) for row in plan])
    names = [row.title for row in plan]
    for name in names:  # by its name an instalment is known from one version of the terms to the next
        if names.count(name) > 1:
            raise RuleBroken("Due rate si chiamano «%(title)s»: dare a ciascuna il suo nome.", field="plan", title=name)


def _plan_row(row: InstalmentRule, municipality_id: int = 0) -> PlanRow:
    """A row as it is for one municipality; 0 for those that have no percentage of their own."""
    due = clock.day_of(row.due, field="plan") if row.due else None
    return PlanRow(InstalmentKind(row.kind), row.percent_for(municipality_id), due, row.event, due_days=row.due_days,
                   counts_from=CountsFrom(row.counts_from) if row.counts_from else None)


def _check_bands(terms: ContractTerms) -> None:
    """R104-R107, X8: the kind decides the band, so a kind has one; limits are inclusive and may touch.

    Neither bands nor limits: a contract without penalties, in which damages are owed by the law.
    """
    for name in PENALTIES:
        if getattr(terms, name) is None:
            raise RuleBroken("Con le fasce delle penali questo dato è necessario.", field=name)
    least, most = terms.penalty_min, terms.penalty_max
    if not Decimal(0) <= least <= most:
        raise RuleBroken("La penale minima non è negativa e non supera la massima.", field="penalty_min")
    if not terms.bands and most:
        raise RuleBroken("Indicare almeno una fascia di penali, con i suoi limiti. Se il contratto non prevede penali, "
                         "lasciare vuote anche la minima e la massima.", field="bands")
    if terms.bands and not most:
        raise RuleBroken("Indicare la penale massima, o togliere le fasce se il contratto non prevede penali.",
                         field="penalty_max")
    kinds = [band.kind for band in terms.bands]
    for band in terms.bands:
        if not (band.kind or "").strip() or not (band.description or "").strip():
            raise RuleBroken("Ogni fascia ha un tipo, breve, e la descrizione dell'inadempienza.", field="bands")
        if band.minimum is None or band.maximum is None:
            raise RuleBroken("La fascia «%(kind)s» ha bisogno dei due limiti in euro.", field="bands", kind=band.kind)
        Band(band.kind, band.minimum, band.maximum)
        if not least <= band.minimum <= band.maximum <= most:
            raise RuleBroken("La fascia «%(kind)s» esce dai limiti generali delle penali: correggere gli uni o "
                             "l'altra.", field="bands", kind=band.kind)
        if kinds.count(band.kind) > 1:
            raise RuleBroken("Il tipo «%(kind)s» ha due fasce: è il tipo di inadempienza che decide la fascia.",
                             field="bands", kind=band.kind)


def _check_disputes(terms: ContractTerms) -> None:
    if terms.arbitration and (terms.arbitrators is None or terms.arbitrators not in range(1, 100, 2)):
        raise RuleBroken("Gli arbitri sono in numero dispari, così che il collegio possa decidere.",
                         field="arbitrators")
    points = terms.interest_points
    if points is None:
        return
    if terms.interest == "none":
        raise RuleBroken("Senza interessi di ritardo i punti in più restano vuoti.", field="interest_points")
    if not 0 <= points <= 100 or points * 1000 != int(points * 1000):
        raise RuleBroken("I punti in più vanno da 0 a 100, con al massimo tre decimali.", field="interest_points")
