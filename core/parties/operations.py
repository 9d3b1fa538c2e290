"""What changes the parties: their data, and the facts below them: who signs, acts, accounts, residents, membership.

Facts come by column name; what may be set is said once per table, so that a form or a script cannot set more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select

from core.deadlines.operations import follow
from core.ground.access import Role, ScopedSession
from core.ground.clock import PatronDay
from core.ground.db import Base
from core.ground.edits import at_version, take
from core.ground.errors import NotAllowed, RuleBroken, said_later
from core.ground.exercise import Exercises
from core.ground.required import require_past, require_text
from core.parties import districts, gazetteer, names, places, rules, signatories
from core.parties.azienda import begins_on, exercise_changes
from core.parties.model import (
    FORMS,
    Act,
    Azienda,
    BankAccount,
    Delegate,
    Membership,
    Municipality,
    Party,
    PersonFields,
    Population,
    Signatory,
)

Facts = Mapping[str, Any]
Row = TypeVar("Row", bound=Base)

EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
HOUSEKEEPERS = (Role.MANAGEMENT, Role.ADMINISTRATOR, Role.SYSTEM)

PARTY = frozenset({"name", "tax_code", "vat_number", "address", "postal_code", "city", "province", "pec"})
AZIENDA = PARTY | {
    "short_name", "legal_form", "rea", "district", "founded_by", "founding_act", "founding_date", "founding_notary",
    "founding_place", "recognition_date", "register_number", "statute_purpose_article", "purpose", "goals", "court",
    "website", "letterhead", "accreditation_act", "exercise_starts", "accessibility", "privacy", "contacts",
}
FOUNDING = "founding"  # of the kinds of bodies: what the azienda was founded by, its statute
FOUNDED_BY = frozenset({"notary", "decree", "law", "convention"})
MUNICIPALITY = PARTY | {
    "form", "connector", "gender", "runts", "istat", "cadastral", "ipa", "patron_day", "mission", "principles",
    "relations", "demo",
}
PERSON = frozenset(
    {"title", "given_name", "family_name", "sex", "birth_place", "birth_province", "birth_date", "tax_code"}
)
SIGNATORY = PERSON | {"party_id", "role", "signs", "valid_from", "valid_to", "act_id"}
ACT = frozenset({
    "party_id", "body_kind", "body", "kind", "number", "date", "title", "unanimous", "constitutes", "recalled_order",
    "recalled_text",
})
ACCOUNT = frozenset({
    "party_id", "iban", "bank", "branch", "treasury", "opened_on", "first_used_on", "communicated_on",
})
ASKED = (
    ("short_name", said_later("Indicare la sigla, o il nome breve con cui il contratto chiama l'ente.")),
    ("district", said_later("Indicare il nome del distretto o dell'ambito.")),
    ("court", said_later("Indicare la città del foro competente.")),
)
TOLD = ("iban", "bank", "branch", "treasury")  # a change of these is communicated anew
DELEGATE = PERSON | {"account_id", "role"}
POPULATION = frozenset({"municipality_id", "on", "residents", "source"})
MEMBERSHIP = frozenset({"municipality_id", "valid_from", "valid_to"})


# --- parties ----------------------------------------------------------------------------------------------


def add_azienda(session: ScopedSession, facts: Facts) -> Azienda:
    """Register the institution whose office this is: the first act of an empty installation (R5-R17).

    RuleBroken for a wrong code, for a datum that the contract prints and that lacks, if there is an azienda already.
    """
    session.principal.require(*HOUSEKEEPERS)
    held = session.scalar(select(Azienda.name).limit(1))
    if held is not None:
        raise RuleBroken("Questa installazione è già di «%(name)s»: i suoi dati si correggono dalla pagina "
                         "dell'azienda.", name=held)
    azienda = _checked_azienda(session, take(Azienda(), facts, AZIENDA))
    session.add(azienda)
    session.flush()
    return azienda


def edit_azienda(session: ScopedSession, azienda_id: int, facts: Facts, *, version: int) -> Azienda:
    """Set the azienda's own data (R5-R17).

    RuleBroken for a wrong code, a version that is not the last, or another first day of the exercise once something is
    reckoned by the one that holds.
    """
    session.principal.require(*HOUSEKEEPERS)
    azienda = at_version(session.require(Azienda, azienda_id), version)
    before = azienda.exercise_starts
    _checked_azienda(session, take(azienda, facts, AZIENDA))
    if azienda.exercise_starts != before:
        with session.no_autoflush:
            exercise_changes.tell(session)
    return azienda


def _checked_azienda(session: ScopedSession, azienda: Azienda) -> Azienda:
    _checked_party(azienda)
    azienda.district = " ".join(azienda.district.split())
    azienda.vat_number = azienda.vat_number or azienda.tax_code
    azienda.website = rules.website(azienda.website or "") or None
    azienda.legal_form = (azienda.legal_form or "").strip() or "azienda speciale consortile"
    for name, message in ASKED:
        require_text(getattr(azienda, name), message, field=name)
    if azienda.founding_date is None:
        raise RuleBroken("Indicare la data dell'atto di costituzione.", field="founding_date")
    with session.no_autoflush:
        begins_on.tell(session, azienda.founding_date, "founding_date")
    azienda.exercise_starts = Exercises.reading(azienda.exercise_starts).first_day
    azienda.founded_by = azienda.founded_by or "notary"
    if azienda.founded_by not in FOUNDED_BY:
        raise RuleBroken("Scegliere una voce dell'elenco.", field="founded_by")
    if azienda.founded_by == "notary":
        azienda.founding_notary = rules.notary(azienda.founding_notary or "")
        require_text(azienda.founding_notary, "Indicare il notaio che ha ricevuto l'atto, o scegliere un altro modo "
                                              "di costituzione.", field="founding_notary")
    else:
        require_text(azienda.founding_act, "Indicare l'atto per intero, per esempio «decreto del Presidente della "
                                           "Regione n. 12».", field="founding_act")
    if azienda.recognition_date is not None and azienda.recognition_date < azienda.founding_date:
        raise RuleBroken("Il riconoscimento viene dopo la costituzione: correggere una delle due date.",
                         field="recognition_date")
    return azienda


def set_logo(session: ScopedSession, azienda_id: int, path: str | None) -> Azienda:
    """Point the azienda at its logo in the data directory; None takes it away."""
    session.principal.require(*HOUSEKEEPERS)
    azienda = session.require(Azienda, azienda_id)
    azienda.logo_path = path
    return azienda


def add_municipality(session: ScopedSession, facts: Facts) -> Municipality:
    """Register a comune or a union; its short name is made from its name.

    RuleBroken for a comune without ISTAT code, a wrong code, or a code or a name that another municipality has.
    """
    session.principal.require(*EDITORS)
    municipality = _checked_municipality(take(Municipality(), facts, MUNICIPALITY))
    _require_new_name(session, municipality)
    municipality.slug = rules.slug_of(municipality.name)
    session.add(municipality)
    return municipality


def edit_municipality(session: ScopedSession, municipality_id: int, facts: Facts, *, version: int) -> Municipality:
    """Set a municipality's data; its short name stays, because addresses and exports carry it."""
    session.principal.require(*EDITORS)
    municipality = at_version(session.require(Municipality, municipality_id), version)
    before = municipality.name
    _checked_municipality(take(municipality, facts, MUNICIPALITY))
    if municipality.name != before:
        _require_new_name(session, municipality)
    return municipality


def _require_new_name(session: ScopedSession, municipality: Municipality) -> None:
    """RuleBroken if another municipality has this name, however either is written."""
    with session.no_autoflush:  # the row itself is not to be written before it has been judged
        rows = session.execute(select(Municipality.id, Municipality.name)).all()
    held = next((name for key, name in rows
                 if key != municipality.id and names.same_place(name, municipality.name)), None)
    if held is not None:
        raise RuleBroken("«%(name)s» è già registrato, con il nome «%(held)s»: aprire la sua pagina.", field="name",
                         name=municipality.name, held=held)


def _checked_party(party: Party) -> None:
    require_text(party.name, "Indicare la denominazione.", field="name")
    party.tax_code = rules.body_tax_code(party.tax_code)
    party.vat_number = rules.vat_number(party.vat_number) if party.vat_number else None
    party.pec = rules.pec(party.pec) if party.pec else None
    party.postal_code = places.postal_code(party.postal_code)
    party.province = places.province(party.province)


def _checked_municipality(municipality: Municipality) -> Municipality:
    _checked_party(municipality)
    municipality.form = municipality.form or "comune"
    if municipality.form not in FORMS or municipality.gender not in (None, "m", "f"):
        raise RuleBroken("Scegliere una voce dell'elenco.", field="gender" if municipality.form in FORMS else "form")
    is_comune = municipality.form == "comune"
    if is_comune and not municipality.istat and (proposed := gazetteer.proposals(municipality.name)):
        raise RuleBroken("Manca il codice ISTAT. Secondo l'elenco dei comuni %(proposed)s: controllarlo e scriverlo.",
                         field="istat", proposed=proposed)
    if is_comune or municipality.istat:
        municipality.istat = rules.istat(municipality.istat)
    municipality.runts = (municipality.runts or "").strip()
    if municipality.runts and municipality.form != "third_sector":
        raise RuleBroken("Solo un ente del terzo settore è iscritto al RUNTS: togliere il numero, o correggere il tipo "
                         "di ente.", field="runts")
    municipality.cadastral = rules.cadastral(municipality.cadastral) if municipality.cadastral else None
    if is_comune and municipality.istat:
        gazetteer.require_agreement(municipality.name, municipality.istat, municipality.cadastral,
                                    municipality.province)
    municipality.ipa = municipality.ipa.strip().lower() if municipality.ipa else None
    patron = PatronDay.parse(municipality.patron_day)
    municipality.patron_day = str(patron) if patron else None
    return municipality


# --- below a party ----------------------------------------------------------------------------------------


def add_signatory(session: ScopedSession, facts: Facts) -> Signatory:
    """Register who signs for a party, in which role and by which act (R17, R18). A municipality registers its own."""
    _require_keeper(session, facts["party_id"])
    signatory = _checked_signatory(session, take(Signatory(), facts, SIGNATORY))
    session.require(Party, signatory.party_id)
    session.add(signatory)
    return signatory


def edit_signatory(session: ScopedSession, signatory_id: int, facts: Facts, *, version: int) -> Signatory:
    """Correct a signatory, or say when the term of office ended."""
    signatory = at_version(session.require(Signatory, signatory_id), version)
    _require_keeper(session, signatory.party_id)
    _require_keeper(session, facts.get("party_id", signatory.party_id))
    return _checked_signatory(session, take(signatory, facts, SIGNATORY))


def _require_keeper(session: ScopedSession, party_id: int) -> None:
    """NotAllowed for who is neither of the office nor of that municipality: the azienda's own are the office's."""
    who = session.principal
    who.require(*EDITORS, Role.MUNICIPALITY)
    if not who.has(*EDITORS) and party_id not in who.municipality_ids:
        raise NotAllowed("Ogni ente tiene i propri firmatari: quelli di un altro li registra la sua direzione.")


def _checked_signatory(session: ScopedSession, signatory: Signatory) -> Signatory:
    _checked_person(signatory)
    rules.period(signatory.valid_from, signatory.valid_to)
    if (signatory.signs or signatories.ALL) not in signatories.KINDS:
        raise RuleBroken("Scegliere una voce dell'elenco.", field="signs")
    if signatory.act_id is not None and session.require(Act, signatory.act_id).party_id != signatory.party_id:
        raise RuleBroken("L'atto di nomina è di un altro ente: sceglierne uno dell'ente per cui la persona firma.",
                         field="act_id")
    return signatory


def add_act(session: ScopedSession, facts: Facts) -> Act:
    """Register a resolution or another act of a party (R15, R119); number and date may still be missing."""
    return _add(session, _checked_act(session, take(Act(), facts, ACT)))


def edit_act(session: ScopedSession, act_id: int, facts: Facts, *, version: int) -> Act:
    """Complete or correct an act. ``version`` is that of the form; 0 where the table keeps none."""
    session.principal.require(*EDITORS)
    act = session.require(Act, act_id)
    return _checked_act(session, take(at_version(act, version), facts, ACT))


def _checked_act(session: ScopedSession, act: Act) -> Act:
    require_text(act.title, "Indicare l'oggetto dell'atto.", field="title")
    if act.recalled_order is not None and act.recalled_order < 1:
        raise RuleBroken("Il posto nelle premesse comincia da 1.", field="recalled_order")
    if act.recalled_order is not None and not act.recalled_text:
        raise RuleBroken("Un atto richiamato nelle premesse ha bisogno del suo testo.", field="recalled_text")
    if act.body_kind == FOUNDING and act.date is not None:
        with session.no_autoflush:
            begins_on.tell(session, act.date, "date")
    return act


def add_account(session: ScopedSession, facts: Facts, *, today: date) -> BankAccount:
    """Register a dedicated account (L. 136/2010 art. 3; R110). RuleBroken for a wrong IBAN or days that cannot be."""
    account = _add(session, _checked_account(take(BankAccount(), facts, ACCOUNT), today))
    return _followed(session, account, today)


def edit_account(session: ScopedSession, account_id: int, facts: Facts, *, version: int, today: date) -> BankAccount:
    """Correct a dedicated account. What was communicated and has changed is to be communicated anew (R110)."""
    session.principal.require(*EDITORS)
    account = at_version(session.require(BankAccount, account_id), version)
    before, told = [getattr(account, name) for name in TOLD], account.communicated_on
    _checked_account(take(account, facts, ACCOUNT), today)
    if told is not None and before != [getattr(account, name) for name in TOLD]:
        if account.communicated_on == told:
            _changed(account, today)
        else:
            account.changed_on = account.communicated_on
    return _followed(session, account, today)


def _checked_account(account: BankAccount, today: date) -> BankAccount:
    account.iban = rules.iban(account.iban)
    if account.opened_on and account.first_used_on and account.first_used_on < account.opened_on:
        raise RuleBroken("Il conto non può essere stato usato prima di essere aperto: correggere una delle due date.",
                         field="first_used_on")
    if account.communicated_on:
        require_past(account.communicated_on, today, field="communicated_on")
    if account.communicated_on and account.opened_on and account.communicated_on < account.opened_on:
        raise RuleBroken("Il conto non può essere stato comunicato prima di esistere: correggere una delle due date.",
                         field="communicated_on")
    return account


def _changed(account: BankAccount, today: date) -> None:
    if account.communicated_on is not None:
        account.changed_on, account.communicated_on = today, None


def _followed(session: ScopedSession, account: BankAccount, today: date) -> BankAccount:
    session.flush()
    follow(session, "bank_account", [account.id], today=today)
    return account


def add_delegate(session: ScopedSession, facts: Facts, *, today: date) -> Delegate:
    """Register a person who may operate on a dedicated account, to be communicated (L. 136/2010 art. 3 c. 7)."""
    account = session.require(BankAccount, facts["account_id"])
    delegate = take(Delegate(), facts, DELEGATE)
    _checked_person(delegate)
    _add(session, delegate)
    _changed(account, today)
    _followed(session, account, today)
    return delegate


def remove_delegate(session: ScopedSession, delegate_id: int, *, today: date) -> None:
    """Take away a delegate who no longer operates on the account, to be communicated; the history keeps the name."""
    account = session.require(Delegate, delegate_id).account
    _remove(session, Delegate, delegate_id)
    _changed(account, today)
    _followed(session, account, today)


def add_population(session: ScopedSession, facts: Facts, *, first: bool = False) -> Population:
    """Record the residents on a day, with the source (R87); ``first`` where the municipality is new and has none yet.

    RuleBroken for a negative figure, and for a second one of the same day.
    """
    population = take(Population(), facts, POPULATION)
    if population.residents < 0:
        raise RuleBroken("I residenti non possono essere meno di zero.", field="residents")
    same_day = select(Population.id).where(Population.municipality_id == population.municipality_id,
                                           Population.on == population.on)
    if not first and session.scalar(same_day) is not None:
        raise RuleBroken("Il dato al %(day)s è già registrato: se è sbagliato, prima si toglie.", field="on",
                         day=f"{population.on:%d/%m/%Y}")
    return _add(session, population)


def remove_population(session: ScopedSession, population_id: int) -> None:
    """Take away a figure that was entered by mistake."""
    _remove(session, Population, population_id)


def add_membership(
    session: ScopedSession, facts: Facts, *, district_id: int | None = None, first: bool = False
) -> Membership:
    """Record from when (and until when) a municipality belongs to the azienda (X1), and in which district it lies.

    ``district_id`` is asked where there are several; who has been a member before lies where it did, if it is not said.
    ``first``: it is a new municipality, which has no other. RuleBroken if periods overlap, for a district that is not
    said, or not open on the first day.
    """
    membership = take(Membership(), facts, MEMBERSHIP)
    added = _add(session, _checked_membership(session, membership, alone=first))
    session.flush()
    if districts.several(session):
        districts.lie(session, added, district_id)
    return added


def edit_membership(session: ScopedSession, membership_id: int, facts: Facts, *, version: int) -> Membership:
    """Say when a membership ended, or correct its days."""
    session.principal.require(*EDITORS)
    membership = at_version(session.require(Membership, membership_id), version)
    return _checked_membership(session, take(membership, facts, MEMBERSHIP))


def _checked_membership(session: ScopedSession, membership: Membership, *, alone: bool = False) -> Membership:
    rules.period(membership.valid_from, membership.valid_to)
    with session.no_autoflush:
        municipality = session.require(Municipality, membership.municipality_id)
    if municipality.form == "third_sector":
        raise RuleBroken("Un ente del terzo settore non può essere socio: l'azienda è un consorzio fra enti pubblici "
                         "(D.Lgs. 267/2000, art. 31). Può essere parte di un contratto.", field="municipality_id")
    with session.no_autoflush:  # the row itself is not to be written before it has been judged
        others = [] if alone else session.scalars(select(Membership).where(
            Membership.municipality_id == membership.municipality_id)).all()
    for other in others:
        if other is not membership and rules.meet(
                membership.valid_from, membership.valid_to, other.valid_from, other.valid_to):
            raise RuleBroken("L'ente risulta già aderente in una parte di questi giorni: correggere le date.",
                             field="valid_from")
    return membership


# --- the common part --------------------------------------------------------------------------------------


def _add(session: ScopedSession, row: Row) -> Row:
    session.principal.require(*EDITORS)
    owner = getattr(row, "party_id", None) or getattr(row, "municipality_id", None)
    if owner is not None:
        session.require(Party, owner)
    session.add(row)
    return row


def _remove(session: ScopedSession, entity: type[Base], key: int) -> None:
    session.principal.require(*EDITORS)
    session.delete(session.require(entity, key))


def _checked_person(person: PersonFields) -> None:
    person.tax_code = rules.person_tax_code(person.tax_code)
    person.birth_province = places.birth_province(person.birth_province) if person.birth_province else ""
