"""What a contract needs before its document is made, and the days and remarks of its life. Pure: today is given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from core.catalogue.texts import relative_words
from core.contracts import papers
from core.contracts.capacities import signed_apart
from core.contracts.conferring import leaving
from core.contracts.model import Contract, ContractExtension, ContractParty, ZonePlan
from core.contracts.plans import incomplete
from core.contracts.states import RUNNING, ContractState
from core.contracts.terms import proposed_end
from core.ground import clock
from core.ground.clock import Roll, Term, Unit
from core.ground.errors import Finding, Level, Place, RuleBroken
from core.ground.required import require_past, require_text
from core.parties.model import Azienda, Municipality, Party, Signatory, within
from core.parties.operations import FOUNDING
from core.parties.rules import countable, period
from core.parties.signatories import CONTRACTS, signer
from core.parties.traceability import the_cig

APPROVING = (ContractState.UNDER_APPROVAL, ContractState.PARTLY_APPROVED, ContractState.APPROVED)
CUP = re.compile(r"[A-Z][A-Z0-9]{14}")


def signatory_on(party: Party, day: date) -> Signatory | None:
    """Who signs contracts for a party on ``day``."""
    return signer(party, CONTRACTS, day)


def check(contract: Contract, today: date) -> list[Finding]:
    """Every remark on the contract itself; errors first, because they stop the document (R2-R19, R110, R119)."""
    found = [*_withdrawn(contract), *_period(contract), *_services(contract), *_clauses(contract),
             *_acts_to_come(contract, today)]
    for party in contract.parties:
        found += _party(contract, party, today)
    return sorted(found, key=lambda finding: finding.level is not Level.ERROR)


def _withdrawn(contract: Contract) -> Iterator[Finding]:
    """A contract that was cancelled, and taken up again after its conditions had been withdrawn."""
    if contract.terms.withdrawal is not None:
        yield Finding("«%(terms)s» è stata ritirata: scegliere un'altra versione delle condizioni.",
                      {"terms": contract.terms}, level=Level.ERROR, where="terms_id",
                      at=Place("contract.terms", contract.id, "terms_id"))


def other_bodies(contract: Contract) -> list[ContractParty]:
    """The parties that entrust services and are neither a municipality nor a union: who pays a share only if it is
    said so."""
    return [member for member in contract.municipality_parties
            if isinstance(member.party, Municipality) and not member.party.is_local]


def require_terms(contract: Contract) -> None:
    """RuleBroken for dates, place or codes of a contract that cannot be."""
    period(contract.starts_on, contract.ends_on, field="ends_on")
    if contract.starts_on.year != contract.year:
        raise RuleBroken("Il contratto n. %(code)s ha un numero del %(year)s: la decorrenza resta in quell'anno. "
                         "Per un altro anno annullare la bozza e prepararne una nuova.",
                         field="starts_on", code=contract.code, year=contract.year)
    _require_the_days_amended(contract)
    require_effective(contract)
    require_text(contract.place, "Indicare il luogo della firma.", field="place")
    require_codes(contract)


def require_codes(contract: Contract) -> None:
    """RuleBroken for a CIG or a CUP that is none."""
    the_cig(contract.cig or "")
    if contract.cup and not CUP.fullmatch(contract.cup):
        raise RuleBroken("Il CUP «%(text)s» non è valido: ha 15 lettere o cifre e comincia con una lettera.",
                         field="cup", text=contract.cup)


def _require_the_days_amended(contract: Contract) -> None:
    """An amendment changes what is done, not for how long: extensions are records of their own (R59, R62)."""
    base = contract.base or {}
    days = {"starts_on": contract.starts_on, "ends_on": contract.ends_on}
    for name, day in days.items():
        if name in base and base[name]["value"] != day.isoformat():
            raise RuleBroken("Una modifica non cambia la durata: lasciare %(day)s. Per prolungare il contratto si "
                             "registra una proroga.", field=name, day=base[name]["shown"])


def require_effective(contract: Contract) -> None:
    """RuleBroken for an amendment whose effect begins on no day of the contract; another has no such day."""
    day = contract.effective_on
    if contract.amends_id is None:
        return
    if day is None or not contract.starts_on <= day <= contract.ends_on:
        raise RuleBroken("Indicare da quale giorno la modifica ha effetto: uno di quelli del contratto, dal "
                         "%(start)s al %(end)s.", field="effective_on", start=f"{contract.starts_on:%d/%m/%Y}",
                         end=f"{contract.ends_on:%d/%m/%Y}")


def require_ready(findings: Iterable[Finding]) -> None:
    """RuleBroken with every error, if there is one."""
    errors = [finding for finding in findings if finding.level is Level.ERROR]
    if errors:
        raise RuleBroken("Il documento non si può ancora generare. %(errors)s",
                         errors=" ".join(str(error) for error in errors)).mended(errors[0].at)


def _period(contract: Contract) -> Iterator[Finding]:
    plan = contract.zone_plan
    if plan is None:
        yield Finding("Il contratto non nomina un Piano di Zona. Se ne attua uno, sceglierlo tra le condizioni.",
                      where="zone_plan", source="R11", at=_terms(contract, "zone_plan_id"))
    elif contract.starts_on.year < plan.first_year or contract.ends_on > plan.ends_on:
        yield Finding("La durata esce dal periodo del Piano di Zona (%(plan)s): verificare le date.",
                      {"plan": _years(plan)}, where="ends_on", source="R11",
                      at=_terms(contract, "ends_on"))
    if plan is not None:
        yield from (replace(lack, at=Place("zone_plan", plan.id, lack.where)) for lack in incomplete(plan))
    fixed = contract.terms.duration_months
    if fixed and contract.ends_on != (end := proposed_end(contract.starts_on, fixed, None)):
        yield Finding("Le condizioni fissano una durata di %(months)s mesi, che finirebbe il %(end)s: verificare la "
                      "scadenza.", {"months": fixed, "end": f"{end:%d/%m/%Y}"}, where="ends_on", source="R59",
                      at=_terms(contract, "ends_on"))
    if contract.charter is None:
        yield Finding("Manca la Carta dei servizi in vigore: sceglierla tra le condizioni.",
                      level=Level.ERROR, where="charter", source="R30", at=_terms(contract, "charter_id"))


def _terms(contract: Contract, field: str) -> Place:
    """The field of the contract's own terms."""
    return Place("contract.terms", contract.id, field)


def _services(contract: Contract) -> Iterator[Finding]:
    if not contract.conferrals:
        yield Finding("Il contratto non conferisce alcun servizio: sceglierne almeno uno.",
                      level=Level.ERROR, where="services", source="R35", at=Place("contract.services", contract.id))
    gone = leaving(contract) if contract.amends_id is not None else []
    for party in contract.municipality_parties:
        if party.party_id in gone and contract.conferrals:
            yield Finding("%(name)s non conferisce più alcun servizio: con questa modifica lascia il contratto, e gli "
                          "altri enti continuano.", {"name": party.party.name}, where="services", source="R84",
                          at=Place("contract.services", contract.id))
        elif contract.conferrals and not any(c.municipality_id == party.party_id for c in contract.conferrals):
            yield Finding("%(name)s non conferisce alcun servizio: scegliere i suoi servizi o toglierlo dal contratto.",
                          {"name": party.party.name}, level=Level.ERROR, where="services", source="R35",
                          at=Place("contract.services", contract.id))


def _clauses(contract: Contract) -> Iterator[Finding]:
    """A clause of its own that speaks of the time of whoever wrote it: the text is read for years."""
    for clause in contract.clauses:
        if words := relative_words(clause.text):
            yield Finding("La clausola «%(clause)s» dice «%(words)s»: chi legge il contratto fra un anno non sa di "
                          "quando parla. Scrivere una data o un anno.", {"clause": clause.title, "words": words},
                          where="clauses", source="R31", at=_terms(contract, "clauses"))


def _acts_to_come(contract: Contract, today: date) -> Iterator[Finding]:
    """R119: what the document names as adopted has a day that has come; a statute of next year is a slip."""
    for act in contract.printed_acts:
        if act.date is not None and act.date > today:
            yield Finding("«%(title)s» di %(name)s è del %(day)s, che non è ancora arrivato: il contratto non si firma "
                          "con un atto che non c'è. Correggerne la data.",
                          {"title": act.title, "name": act.party.name, "day": f"{act.date:%d/%m/%Y}"}, where="acts",
                          source="R119", at=Place("act.edit", act.id, "date"))


def _party(contract: Contract, member: ContractParty, today: date) -> Iterator[Finding]:
    party = member.party
    values: dict[str, object] = {"name": party.name}
    signatory = member.signatory
    if signatory is None or not within(max(today, contract.starts_on), signatory.valid_from, signatory.valid_to):
        yield Finding("Manca chi firma per %(name)s, o il suo incarico non è in corso: indicarlo tra i firmatari.",
                      values, level=Level.ERROR, where="signatories", source="R18", at=Place("signatory", party.id))
    if isinstance(party, Municipality):
        yield from _municipality(party, values)
        yield from _apart(contract, party, today)
    for paper in papers.owed(contract, member):
        if not paper.complete:
            yield Finding("«%(paper)s» di %(name)s manca, o ne mancano numero e data: il testo lo stampa con lo spazio "
                          "vuoto, e prima della firma serve tra gli atti allegati.",
                          {**values, "paper": paper.title}, where="acts", source="R119",
                          at=Place("contract.acts", contract.id))
    if not party.accounts:
        yield Finding("Manca il conto dedicato di %(name)s: registrarlo con i delegati (L. 136/2010).",
                      values, where="accounts", source="R110", at=Place("bank_account", party.id))


def _apart(contract: Contract, body: Municipality, today: date) -> Iterator[Finding]:
    """Who signs once more for a body in another capacity, where nobody was named for it or is in office."""
    azienda = next((one.party for one in contract.parties if isinstance(one.party, Azienda)), None)
    if azienda is None:
        return
    for capacity, named in signed_apart(body, contract.starts_on, azienda.districts[0]):
        values: dict[str, object] = {"name": body.name, "capacity": capacity}
        if named is None:
            yield Finding("%(name)s firma di nuovo come %(capacity)s, e nessuno è indicato per questa veste: nello "
                          "spazio in più esce chi rappresenta l'ente. Se firma un altro, registrarlo tra i firmatari.",
                          values, where="signatories", source="R18", at=Place("signatory", body.id))
        elif not within(max(today, contract.starts_on), named.valid_from, named.valid_to):
            yield Finding("Chi firma per %(name)s come %(capacity)s non è in carica il giorno della firma: correggere "
                          "il suo incarico, o registrare chi gli succede.", values, level=Level.ERROR,
                          where="signatories", source="R18", at=Place("signatory", body.id))


def _municipality(municipality: Municipality, values: dict[str, object]) -> Iterator[Finding]:
    if municipality.form == "comune" and not municipality.istat:
        yield Finding("%(name)s non ha il codice ISTAT: completare la sua scheda.",
                      values, level=Level.ERROR, where="istat", at=Place("municipality", municipality.id, "istat"))
    if not municipality.mission or not municipality.principles:
        yield Finding("%(name)s non ha ancora indicato missione e valori: il testo li stampa vuoti, e con uno spazio "
                      "vuoto non si firma. Completare la sua scheda.", values, where="mission", source="R21",
                      at=Place("municipality", municipality.id, "mission"))
    if not municipality.relations:
        yield Finding("%(name)s non ha ancora indicato i modi della relazione con l'azienda: il testo li stampa vuoti, "
                      "e con uno spazio vuoto non si firma. Completare la sua scheda.", values, where="mission",
                      source="R21", at=Place("municipality", municipality.id, "relations"))
    if municipality.form == "third_sector" and not municipality.runts:
        yield Finding("Di %(name)s manca il numero di iscrizione al Registro unico nazionale del Terzo settore: "
                      "completare la sua scheda.", values, where="runts", source="D.Lgs. 117/2017, art. 45",
                      at=Place("municipality", municipality.id, "runts"))
    if municipality.is_local and not municipality.populations:
        yield Finding("Manca la popolazione di %(name)s: serve per il riparto dei costi.",
                      values, where="population", source="R87", at=Place("population", municipality.id))


# --- the days of its life ---------------------------------------------------------------------------------


def standing_extensions(contract: Contract) -> list[ContractExtension]:
    """The extensions and tacit renewals that stand, in the order in which they were made."""
    undone = {row.undoes_id for row in contract.extensions if row.undoes_id is not None}
    return [row for row in contract.extensions if row.undoes_id is None and row.id not in undone]


def last_day(contract: Contract) -> date:
    """The last day on which the contract holds: its first expiry, moved by extensions, cut by an early end."""
    last = max((row.to_day for row in standing_extensions(contract)), default=contract.ends_on)
    ending = contract.ending
    if ending is None or ending.effective_on is None:
        return last
    return min(last, ending.effective_on - timedelta(days=1))


def assessment_by(contract: Contract) -> Term:
    """By when the municipality assesses the renewal and says so (R60): before the expiry or after it, as the terms say.

    Counted backwards it is never moved: it is the last useful day (X5).
    """
    terms = contract.terms
    if terms.renewal_direction == "after":
        return clock.term(contract.runs_to, terms.renewal_assessment_months, Unit.MONTHS, roll=Roll(terms.roll_policy))
    return clock.term(contract.runs_to, terms.renewal_assessment_months, Unit.MONTHS, backwards=True)


def notice_by(contract: Contract) -> date | None:
    """The last useful day for the notice that stops the next tacit renewal; None if none comes (X5)."""
    if next_tacit_period(contract) is None or contract.terms.notice_months is None:
        return None
    return clock.term(contract.runs_to, contract.terms.notice_months, Unit.MONTHS, backwards=True).effective


def next_tacit_period(contract: Contract) -> tuple[date, date] | None:
    """The first and last day of the next tacit renewal; None if the terms know none, or no more of them."""
    terms = contract.terms
    made = sum(row.tacit for row in standing_extensions(contract))
    if not terms.tacit_renewal or not terms.tacit_renewal_months:
        return None
    if terms.tacit_renewal_times is not None and made >= terms.tacit_renewal_times:
        return None
    first = contract.runs_to + timedelta(days=1)
    return first, clock.add_months(first, terms.tacit_renewal_months) - timedelta(days=1)


def notice_given(contract: Contract) -> bool:
    """True if an assessment against the renewal was communicated by the last useful day."""
    renewal, by = contract.renewal, notice_by(contract)
    return (renewal is not None and not renewal.favourable and renewal.communicated_on is not None
            and by is not None and renewal.communicated_on <= by)


def renews_tacitly(contract: Contract, today: date) -> bool:
    """True if the term is over and the contract goes on by itself: nobody gave notice in time."""
    return contract.runs_to < today and next_tacit_period(contract) is not None and not notice_given(contract)


def continuity_until(contract: Contract) -> date:
    """The last day of the continuity of services after the expiry (R61)."""
    return clock.add_months(contract.runs_to, contract.terms.continuity_months)


def missing_approvals(contract: Contract) -> list[ContractParty]:
    """The parties whose act of approval is not in: the azienda is one where the conditions ask its own acts."""
    approved = {act.party_id for act in contract.approvals}
    return [party for party in papers.awaited(contract) if party.party_id not in approved]


# --- what may be done now ---------------------------------------------------------------------------------


def timely(contract: Contract, action: str, today: date) -> bool:
    """False for a passage that the table knows and the days or the facts of this contract do not allow yet."""
    renewal, over = contract.renewal, contract.runs_to < today
    refusals = {
        "enter_force": contract.amends_id is not None or contract.starts_on > today,
        "merge": contract.amends_id is None or (contract.effective_on or today) > today,
        "expire": not over or (contract.state in RUNNING and renews_tacitly(contract, today)),
        "renew_tacitly": not renews_tacitly(contract, today),
        "communicate": renewal is None or renewal.communicated_on is not None,
        "continue": continuity_until(contract) < today,
        "close": not over,
    }
    return not refusals.get(action, False)


def require_signature(contract: Contract, signed_on: date, today: date) -> None:
    """RuleBroken for a signature in the future, before an act that approves the text, or before the statute (R119)."""
    require_past(signed_on, today, field="signed_on")
    for act in contract.approvals:
        if act.date is not None and act.date > signed_on:
            raise RuleBroken("Il %(day)s il contratto non era ancora approvato: l'atto di %(name)s è del %(approved)s. "
                             "Correggere la data della firma, o quella dell'atto.", field="signed_on",
                             day=f"{signed_on:%d/%m/%Y}", name=act.party.name, approved=f"{act.date:%d/%m/%Y}")
    for act in contract.printed_acts:
        if act.body_kind == FOUNDING and act.date is not None and act.date > signed_on:
            raise RuleBroken("Il contratto nomina «%(title)s» di %(name)s, che è del %(adopted)s: il %(day)s non c'era "
                             "ancora. Correggere la data dell'atto, o quella della firma.", field="signed_on",
                             day=f"{signed_on:%d/%m/%Y}", title=act.title, name=act.party.name,
                             adopted=f"{act.date:%d/%m/%Y}").mended(Place("act.edit", act.id, "date"))


def extension_from(contract: Contract, decided_on: date, to_day: date, gap_why: str) -> date:
    """The first day of an extension. A contract that had lapsed begins again on the day of the act, and says why.

    RuleBroken for a last day that is not later or stands for never, and for a gap that is not declared.
    """
    countable(to_day, field="to_day")
    if to_day <= contract.runs_to:
        raise RuleBroken("Il contratto vale già fino al %(day)s: la proroga arriva a un giorno successivo.",
                         field="to_day", day=f"{contract.runs_to:%d/%m/%Y}")
    if decided_on <= contract.runs_to:
        return contract.runs_to + timedelta(days=1)
    if to_day < decided_on:
        raise RuleBroken("L'atto del %(decided)s proroga fino a un giorno già passato (%(day)s): correggere una delle "
                         "due date.", field="to_day", decided=f"{decided_on:%d/%m/%Y}", day=f"{to_day:%d/%m/%Y}")
    if not gap_why.strip():
        raise RuleBroken("Il contratto era scaduto il %(day)s, prima dell'atto del %(decided)s: una proroga non copre "
                         "un intervallo. Dichiararne il motivo, oppure preparare un nuovo contratto.",
                         field="gap_why", day=f"{contract.runs_to:%d/%m/%Y}", decided=f"{decided_on:%d/%m/%Y}")
    return decided_on


def require_within_life(contract: Contract, day: date, *, field: str) -> None:
    """RuleBroken for an early end that comes before the contract begins, or after it has ended by itself."""
    if not contract.starts_on < day <= contract.runs_to:
        raise RuleBroken("L'effetto cade fuori dalla durata del contratto (dal %(start)s al %(end)s): correggere la "
                         "data.", field=field, start=f"{contract.starts_on:%d/%m/%Y}",
                         end=f"{contract.runs_to:%d/%m/%Y}")


def life_findings(contract: Contract, today: date) -> list[Finding]:
    """What deserves a look in the life of a contract that is no draft: it stops nobody."""
    return [*_owed(contract), *_late_signature(contract), *_past_terms(contract, today), *_late_renewal(contract),
            *_ending(contract)]


def _owed(contract: Contract) -> Iterator[Finding]:
    """What the signature will wait for (R119)."""
    if contract.state in APPROVING and (lacking := papers.missing(contract)):
        yield Finding("Alla firma manca ancora, con numero e data: %(papers)s.",
                      {"papers": "; ".join(paper.name for paper in lacking)}, where="acts", source="R119")


def _late_signature(contract: Contract) -> Iterator[Finding]:
    if contract.amends_id is not None:  # the services of an amended contract run under the contract
        return
    if contract.signed_on is not None and contract.signed_on > contract.starts_on:
        yield Finding("La firma (%(signed)s) è successiva alla decorrenza (%(start)s): verificare su quale base i "
                      "servizi sono stati svolti prima.", {"signed": f"{contract.signed_on:%d/%m/%Y}",
                      "start": f"{contract.starts_on:%d/%m/%Y}"}, where="signed_on", source="R16")


def _past_terms(contract: Contract, today: date) -> Iterator[Finding]:
    if contract.state in (*RUNNING, ContractState.GROUND_ARISEN) and contract.runs_to < today:
        yield Finding("La durata è finita il %(day)s: il passaggio va ancora registrato.",
                      {"day": f"{contract.runs_to:%d/%m/%Y}"}, where="runs_to", source="R59")
    plan = contract.zone_plan
    if plan is not None and contract.runs_to > plan.ends_on and contract.runs_to != contract.ends_on:
        yield Finding("La durata prorogata esce dal periodo del Piano di Zona (%(plan)s).",
                      {"plan": _years(plan)}, where="runs_to", source="R11")


def _years(plan: ZonePlan) -> str:
    """``2025-2027``, and until when it is extended."""
    years = f"{plan.first_year}-{plan.last_year}"
    return f"{years}, prorogato fino al {plan.extended_to:%d/%m/%Y}" if plan.extended_to else years


def _late_renewal(contract: Contract) -> Iterator[Finding]:
    renewal, by = contract.renewal, notice_by(contract) or assessment_by(contract).effective
    if renewal is not None and renewal.communicated_on is not None and renewal.communicated_on > by:
        yield Finding("La comunicazione sul rinnovo è arrivata il %(day)s, dopo l'ultimo giorno utile (%(by)s).",
                      {"day": f"{renewal.communicated_on:%d/%m/%Y}", "by": f"{by:%d/%m/%Y}"},
                      where="renewal", source="R60")


def _ending(contract: Contract) -> Iterator[Finding]:
    ending = contract.ending
    withdrawals = [row for row in (ending, *contract.leavings) if row is not None and row.kind == "withdrawal"]
    if any(row.indemnity is None for row in withdrawals):
        yield Finding("L'indennizzo per il recesso è ancora da determinare.", where="indemnity", source="R114")
