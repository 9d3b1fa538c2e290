"""Where a contract stands, in words: one sentence, and the sections on approvals, signature, longer life and end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy import func, select

from admin.cases.diary import file_url
from admin.contracts.record import Remark, address, party_names
from admin.guard.session import office, principal, today
from admin.web.formats import day, euro, moment
from admin.web.words import said
from admin.wording import labels
from core.contracts import papers, rules
from core.contracts.drift import Drifted
from core.contracts.final import undecided
from core.contracts.model import Contract, ContractAct, ContractExtension
from core.contracts.operations import FINAL
from core.contracts.passages import linked, was_imported
from core.contracts.states import ContractState
from core.documents.model import DocumentSignature
from core.ground.access import ScopedSession, as_system
from core.ground.errors import RuleBroken
from core.ground.states import passages_of
from core.ground.walls import closed_to
from core.instalments.model import Instalment
from core.instalments.rules import State
from core.parties.model import Act

S = ContractState
LINKS = {"renews": lazy_gettext("Rinnova"), "renewed_by": lazy_gettext("Rinnovato da")}


@dataclass(frozen=True)
class Approval:
    """A party, and the act by which it approved the text; none while it is awaited."""

    party_id: int
    party: str
    awaited: bool
    act: str = ""


@dataclass(frozen=True)
class Longer:
    """An extension or a tacit renewal as the page shows it."""

    from_day: date
    to_day: date
    why: str
    note: str
    taken_back: bool


# --- sections ---------------------------------------------------------------------------------------------


def sections(session: ScopedSession, contract: Contract) -> dict[str, Any]:
    """What ``contracts/life_sections.html`` wants."""
    drafted, imported = contract.state in (S.DRAFT, S.CANCELLED), was_imported(session, contract)
    return {
        "approvals": [] if drafted or imported else approvals(session, contract),
        "imported": imported,
        "signature": signature(session, contract),
        "longer": longer(contract),
        "renewal": renewal(contract),
        "ending": ending(contract),
        "leavings": leavings(session, contract),
        "links": [(LINKS[kind], other, address("contract.details_view", id=other.id))
                  for kind, other in linked(session, contract)],
        "instalments": instalments(session, contract),
        "drift": drift(session, contract) if principal().sees_all else None,
        "life_remarks": rules.life_findings(contract, today()) if principal().sees_all and not drafted else [],
    }


def drift(session: ScopedSession, contract: Contract) -> tuple[list[Drifted], list[Drifted], str] | None:
    """What the text that is approved, or is to be, says and the records do not say any more: what is to be decided,
    what stays by a decision, and why it cannot be told. None for an office that does not read texts."""
    if closed_to(principal(), "contract"):
        return None
    try:
        return *undecided(session, contract, office().registry, today=today()), ""
    except RuleBroken as refusal:
        return [], [], said(refusal)


def instalments(session: ScopedSession, contract: Contract) -> tuple[int, Any, str | None] | None:
    """How many instalments stand on a contract, what they come to, and where they are listed; None if there is none."""
    held = select(func.count(Instalment.id), func.sum(Instalment.amount)).where(
        Instalment.contract_id == contract.id, Instalment.state != State.CANCELLED)
    many, total = session.execute(held).one()
    return (many, total, address("instalment.index_view", contratto=contract.id)) if many else None


def approvals(session: ScopedSession, contract: Contract) -> list[Approval]:
    """Who has approved and by which act; who signs may know it of the others too."""
    rows = _approvals_in_order(session, contract)
    names = party_names(session, contract)
    waited = {member.party_id for member in papers.awaited(contract)}
    found = []
    for member in contract.parties:
        mine = [row for row in rows if row[0] == member.party_id]
        awaited = not mine and member.party_id in waited
        for _party, body, kind, number, on in mine:
            words = _("%(body)s, atto n. %(number)s del %(day)s", number=number, day=day(on),
                      body=body or labels.choice("act", "body_kind", kind))
            found.append(Approval(member.party_id, names[member.party_id], False, words))
        if awaited:
            found.append(Approval(member.party_id, names[member.party_id], True))
    return found


def _approvals_in_order(session: ScopedSession, contract: Contract) -> list[tuple[Any, ...]]:
    """The acts of approval as (party, body, its kind, number, day), in their order."""
    if all(link.act is not None for link in contract.acts):
        acts = sorted((link.act for link in contract.acts if link.role == "approval"),
                      key=lambda act: (act.date or date.min, act.id))
        return [(act.party_id, act.body, act.body_kind, act.number, act.date) for act in acts]
    query = select(Act.party_id, Act.body, Act.body_kind, Act.number, Act.date).join(
        ContractAct, ContractAct.act_id == Act.id)
    return as_system(session, query.where(ContractAct.contract_id == contract.id, ContractAct.role == "approval")
                     .order_by(Act.date, Act.id), reason="approvazioni di chi firma")


def signature(session: ScopedSession, contract: Contract) -> list[tuple[Any, Any]]:
    """Place, day, hour and file of the signature."""
    if contract.signed_on is None:
        return []
    hour = f"{contract.signed_at:%H:%M}" if contract.signed_at else ""
    passages = reversed(passages_of(session, "contract", contract.id))
    key = next((passage.document_id for passage in passages if passage.action == "sign"), None)
    when = _("%(day)s, ore %(hour)s", day=day(contract.signed_on), hour=hour) if hour else day(contract.signed_on)
    if closed_to(principal(), "contract"):
        return [(_("Firmato"), when), (_("Luogo"), contract.place)]
    file = file_url(key) or _imported(contract)
    return [(_("Firmato"), when), (_("Luogo"), contract.place), *_signers(session, key), (_("File firmato"), file)]


def _signers(session: ScopedSession, document_id: int | None) -> Iterator[tuple[Any, Any]]:
    """Who signed the file digitally, when, over which bytes, beside the hash of the text."""
    rows = session.scalars(select(DocumentSignature).where(DocumentSignature.document_id == document_id).order_by(
        DocumentSignature.id)).all()
    for row in rows:
        who = _("%(name)s (%(code)s)", name=row.signer, code=row.fiscal_code) if row.fiscal_code else row.signer
        when = moment(row.signed_at) or _("ora non dichiarata")
        clock = _("marca temporale") if row.stamped else _("ora di chi firma")
        yield _("Firma digitale"), _("%(who)s, %(when)s (%(clock)s); impronta di ciò che ha firmato: %(hash)s",
                                     who=who, when=when, clock=clock, hash=row.covered_sha256)
    if rows:
        yield _("Impronta del testo definitivo"), rows[0].text_sha256
    elif document_id is not None:
        yield _("Firma digitale"), _("nessuna: il file è la scansione di un contratto firmato a mano")


def _imported(contract: Contract) -> str | None:
    """Where the signed file is downloaded that came with an imported contract."""
    held = next((version for version in contract.documents if version.origin == "imported"), None)
    return None if held is None else address("contract.download_view", id=held.id)


def longer(contract: Contract) -> list[Longer]:
    """The extensions and tacit renewals, also those taken back, in their order."""
    standing = rules.standing_extensions(contract)
    return [_longer(row, row not in standing) for row in contract.extensions if row.undoes_id is None]


def _longer(row: ContractExtension, taken_back: bool) -> Longer:
    if row.tacit:
        why = _("Rinnovo tacito")
    elif row.act is not None:
        why = _("Atto n. %(number)s del %(day)s", number=row.act.number, day=day(row.decided_on))
    else:
        why = _("Atto del %(day)s", day=day(row.decided_on))
    note = _("Il contratto era scaduto: %(why)s", why=row.gap_why) if row.gap_why else ""
    return Longer(row.from_day, row.to_day, why, note, taken_back)


def renewal(contract: Contract) -> list[tuple[Any, Any]]:
    """The two events of the renewal (R60), and the last useful day."""
    row = contract.renewal
    if row is None:
        return []
    outcome = _("A favore del rinnovo") if row.favourable else _("Contro il rinnovo")
    number = row.act.number if row.act is not None else None
    assessed = _("%(day)s, atto n. %(number)s", day=day(row.assessed_on), number=number) if number \
        else day(row.assessed_on)
    return [(_("Valutazione"), assessed), (_("Esito"), outcome),
            (_("Comunicazione"), day(row.communicated_on) or _("in attesa")),
            (_("Ultimo giorno utile"), day(rules.notice_by(contract) or rules.assessment_by(contract).effective))]


def ending(contract: Contract) -> list[tuple[Any, Any]]:
    """The early end, or the ground that has arisen."""
    row = contract.ending
    if row is None:
        return []
    pairs = [(_("Tipo"), labels.choice("contract_ending", "kind", row.kind)),
             (_("Causa"), labels.choice("contract_ending", "ground", row.ground)), (_("Ragioni"), row.reasons),
             (_("Sorta il"), day(row.arisen_on))]
    if row.kind == "withdrawal":
        pairs[3] = (_("Atto del"), day(row.arisen_on))
        pairs.append((_("Indennizzo"), _("da determinare") if row.indemnity is None else euro(row.indemnity)))
    if row.effective_on is not None:
        pairs.append((_("Con effetto dal"), day(row.effective_on)))
    return pairs


def leavings(session: ScopedSession, contract: Contract) -> list[tuple[str, list[tuple[Any, Any]]]]:
    """Who left a contract with which the others go on: by withdrawal, with its facts, or by an amendment."""
    names, withdrawn = party_names(session, contract), {row.party_id: row for row in contract.leavings}
    found = []
    for member in contract.municipality_parties:
        if member.valid_to is None:
            continue
        row = withdrawn.get(member.party_id)
        pairs: list[tuple[Any, Any]] = [(_("Parte fino al"), day(member.valid_to))]
        if row is not None and member.party is not None:  # its reasons and its indemnity are its own
            pairs += [(_("Ragioni"), row.reasons), (_("Atto del"), day(row.arisen_on)),
                      (_("Indennizzo"), _("da determinare") if row.indemnity is None else euro(row.indemnity))]
        found.append((names[member.party_id], pairs))
    return found


# --- one sentence -----------------------------------------------------------------------------------------


def where_it_stands(
    session: ScopedSession, contract: Contract, found: Sequence[Remark], behind: bool, why: str
) -> str:
    """One sentence that says where the contract stands and what comes next. ``why`` is the reason of a cancelling."""
    if contract.state == S.DRAFT:
        return _draft(contract, found, behind)
    if contract.state == S.CANCELLED:
        reason = " " + _("Motivo: %(why)s", why=why) if why else ""
        return _("Annullato: il numero %(code)s resta assegnato, i documenti si possono ancora leggere.",
                 code=contract.code) + reason
    if contract.state in (S.UNDER_APPROVAL, S.PARTLY_APPROVED):
        return _approving(session, contract)
    last, names = _own_leaving(session, contract)
    if last is None:
        return SENTENCES[contract.state](contract)
    if last < today():
        return _("Per %(names)s il contratto è finito il %(day)s; gli altri enti continuano.", names=names,
                 day=day(last))
    return SENTENCES[contract.state](contract) + " " + _(
        "Per %(names)s il contratto finisce il %(day)s; gli altri enti continuano.", names=names, day=day(last))


def _own_leaving(session: ScopedSession, contract: Contract) -> tuple[date | None, str]:
    """The last day of those for whom who reads works, once all of them leave, with their names; None otherwise."""
    own = [member for member in contract.municipality_parties if member.party_id in principal().municipality_ids]
    ends = [member.valid_to for member in own if member.valid_to is not None]
    if principal().sees_all or not own or len(ends) < len(own):
        return None, ""
    names = party_names(session, contract)
    return max(ends), ", ".join(names[member.party_id] for member in own)


def _draft(contract: Contract, found: Sequence[Remark], behind: bool) -> str:
    errors = sum(remark.is_error for remark in found)
    last = contract.documents[-1] if contract.documents else None
    if errors:
        return ngettext("Bozza: prima di generare il documento resta %(num)s dato da completare.",
                        "Bozza: prima di generare il documento restano %(num)s dati da completare.", errors)
    if last is None:
        return _("Bozza: il documento non è ancora stato generato.")
    if last.document is None:  # of another office: that there is a text is all that it is told
        return _("Bozza: il testo è alla versione n. %(number)s.", number=last.version_number)
    made = moment(last.document.made_at)
    if behind:
        return _("Bozza: i dati sono cambiati dopo la versione n. %(number)s del %(day)s. Generare di nuovo il "
                 "documento.", number=last.version_number, day=made)
    return _("Bozza: il testo è alla versione n. %(number)s del %(day)s.", number=last.version_number, day=made)


def _approving(session: ScopedSession, contract: Contract) -> str:
    names = list(dict.fromkeys(row.party for row in approvals(session, contract) if row.awaited))
    some = contract.state == S.PARTLY_APPROVED
    if len(names) == 1:
        return _("Approvato in parte: manca la delibera di %(name)s.", name=names[0]) if some else \
            _("In approvazione: manca la delibera di %(name)s.", name=names[0])
    listed = _("%(first)s e %(last)s", first=", ".join(names[:-1]), last=names[-1]) if names else ""
    return _("Approvato in parte: mancano le delibere di %(names)s.", names=listed) if some else \
        _("In approvazione: mancano le delibere di %(names)s.", names=listed)


def _signed(contract: Contract) -> str:
    if contract.amends_id is not None and contract.effective_on is not None and contract.effective_on > today():
        return _("Firmato il %(day)s: la modifica ha effetto dal %(first)s, e quel giorno entra da sé nel contratto.",
                 day=day(contract.signed_on), first=day(contract.effective_on))
    if contract.amends_id is not None:
        return _("Firmato il %(day)s: la modifica entra nel contratto questa notte, o subito, recependola.",
                 day=day(contract.signed_on))
    if contract.starts_on <= today():
        return _("Firmato il %(signed)s, con decorrenza dal %(start)s: si registra l'entrata in vigore.",
                 signed=day(contract.signed_on), start=day(contract.starts_on))
    return _("Firmato il %(signed)s: entra in vigore il %(start)s.", signed=day(contract.signed_on),
             start=day(contract.starts_on))


def _running(contract: Contract) -> str:
    if contract.state == S.EXTENDED:
        text = _("Prorogato fino al %(day)s; la prima scadenza era il %(first)s.", day=day(contract.runs_to),
                 first=day(contract.ends_on))
    else:
        text = _("In vigore fino al %(day)s.", day=day(contract.runs_to))
    return f"{text} {_what_comes(contract)}"


def _what_comes(contract: Contract) -> str:
    """The renewal that is near: by which last useful day, in which direction (X5)."""
    notice, period = rules.notice_by(contract), rules.next_tacit_period(contract)
    if notice is not None and period is not None:
        if rules.notice_given(contract):
            return _("La disdetta è arrivata in tempo: non si rinnova.")
        return _("Si rinnova tacitamente fino al %(end)s; ultimo giorno utile per la disdetta: %(day)s.",
                 end=day(period[1]), day=day(notice))
    by = day(rules.assessment_by(contract).effective)
    renewal = contract.renewal
    if renewal is None:
        return _("Ultimo giorno utile per valutare il rinnovo e comunicarlo: %(day)s.", day=by)
    if renewal.communicated_on is None:
        return _("Il rinnovo è valutato; ultimo giorno utile per comunicarlo: %(day)s.", day=by)
    return _("Il Comune ha comunicato che vuole rinnovarlo: preparare il contratto che segue.") \
        if renewal.favourable else _("Il Comune ha comunicato che non lo rinnova.")


SENTENCES: dict[str, Callable[[Contract], str]] = {
    S.APPROVED: lambda c: _("Approvato da tutti gli enti: il testo da firmare è pronto, si registra la firma.")
    if c.documents and c.documents[-1].origin == FINAL else
    _("Approvato da tutti gli enti: si prepara il testo da firmare e si registra la firma."),
    S.SIGNED: _signed,
    S.IN_FORCE: _running,
    S.EXTENDED: _running,
    S.GROUND_ARISEN: lambda c: _("È sorta una causa di risoluzione: il contratto vale, fino al %(day)s, finché "
                                 "qualcuno non la dichiara.", day=day(c.runs_to)),
    S.EXPIRED: lambda c: _("Scaduto il %(day)s. Se occorre, l'azienda assicura i servizi fino al %(until)s.",
                           day=day(c.runs_to), until=day(rules.continuity_until(c))),
    S.CONTINUITY: lambda c: _("Scaduto il %(day)s: i servizi continuano fino al %(until)s, o finché subentra il "
                              "Comune.", day=day(c.runs_to), until=day(rules.continuity_until(c))),
    S.RENEWED: lambda c: _("Rinnovato: ha valso fino al %(day)s, poi è seguito un altro contratto.",
                           day=day(c.runs_to)),
    S.WITHDRAWN: lambda c: _("Il Comune è receduto: il contratto vale fino al %(day)s.", day=day(c.runs_to)),
    S.TERMINATED: lambda c: _("Risolto: il contratto ha valso fino al %(day)s.", day=day(c.runs_to)),
    S.CLOSED: lambda c: _("Chiuso: il contratto ha valso fino al %(day)s.", day=day(c.runs_to)),
    S.MERGED: lambda _c: _("Recepita: quanto diceva fa ora parte del contratto che modifica."),
}
