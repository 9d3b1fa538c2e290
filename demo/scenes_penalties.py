"""What goes wrong in the story and what follows: controls, notices of default, penalties, damages, disputes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.cases.operations import keep_file
from core.contracts.insurance_model import InsurancePolicy
from core.controls import operations as controls
from core.controls.model import Control
from core.disputes import arbitrations
from core.disputes import operations as disputes
from core.disputes.model import Arbitration, Contestation, DamagingEvent
from core.ground.files import Upload
from core.penalties import operations as notices
from core.penalties import penalties
from core.penalties.model import DefaultNotice, Penalty
from core.providers.model import Provider
from demo.load import Facts
from demo.papers import pdf
from demo.scene import Scene

SCAN = ("Dato dimostrativo.",)


def _numbered(scene: Scene, entity: Any, code: str) -> Any:
    number, year = (int(part) for part in code.split("/"))
    return scene.session.scalars(select(entity).where(entity.number == number, entity.year == year)).one()


def _paper(title: str) -> Upload:
    return Upload(f"{title.lower().replace(' ', '-')}.pdf", pdf(title, SCAN))


def _post(facts: Facts, scene: Scene, title: str) -> disputes.LetterDispatch:
    return disputes.LetterDispatch(_paper(title.capitalize()), "pec", scene.today, facts["protocol_number"])


# --- controls ---------------------------------------------------------------------------------------------


def ask_control(scene: Scene, facts: Facts) -> None:
    """A municipality asks for information, a visit or an inspection."""
    [service] = scene.services([facts["service"]])
    controls.ask(scene.session, scene.contract(facts["contract"]).id, scene.municipality(facts["municipality"]).id,
                 kind=facts["kind"], title=facts["title"], text=facts["text"], service_id=service,
                 asked_on=scene.today, answer_by=facts["answer_by"], today=scene.today)


def answer_control(scene: Scene, facts: Facts) -> None:
    """The azienda answers."""
    row = _numbered(scene, Control, facts["control"])
    controls.answer(scene.session, row.id, text=facts["text"], answered_on=scene.today,
                    planned_on=facts.get("planned_on"), version=None, today=scene.today)


def hold_control(scene: Scene, facts: Facts) -> None:
    """The visit is made, with its minutes."""
    row = _numbered(scene, Control, facts["control"])
    controls.hold(scene.session, row.id, held_on=scene.today, present=facts["present"], minutes=facts["minutes"],
                  findings=facts.get("findings", ()), serious=facts.get("serious", ()), version=None, today=scene.today)


# --- notices ----------------------------------------------------------------------------------------------


def open_notice(scene: Scene, facts: Facts) -> None:
    """A municipality drafts a notice of default; it may come from a control."""
    municipality = scene.municipality(facts["municipality"])
    said = [{"service_id": scene.services([row["service"]])[0], "kind": row["kind"], "facts": row["facts"],
             "happened_on": row["happened_on"], "happened_to": row.get("happened_to")} for row in facts["findings"]]
    notice = notices.open_notice(
        scene.session, scene.contract(facts["contract"]).id, municipality.id,
        {"addressee": facts["addressee"], "conflict_note": facts.get("conflict_note", ""), "facts": facts["facts"],
         "compliance_days": facts["compliance_days"]}, said, today=scene.today)
    if "control" in facts:
        controls.open_notice(scene.session, _numbered(scene, Control, facts["control"]).id, notice.id,
                             today=scene.today)


def send_notice(scene: Scene, facts: Facts) -> None:
    """It leaves by PEC; received the same day, unless the story says otherwise."""
    notice = _numbered(scene, DefaultNotice, facts["notice"])
    notices.send(scene.session, notice.id, channel="pec", sent_on=scene.today,
                 protocol_number=facts["protocol_number"], paper=_paper("Diffida"), version=None, today=scene.today)
    notices.receive(scene.session, notice.id, received_on=scene.today, paper=_paper("Ricevuta di consegna"),
                    version=None, today=scene.today)


def answer_notice(scene: Scene, facts: Facts) -> None:
    """The azienda answers: rebuttal or compliance."""
    notices.answer(scene.session, _numbered(scene, DefaultNotice, facts["notice"]).id, kind=facts["kind"],
                   answered_on=scene.today, text=facts["text"], paper=_paper("Risposta"), version=None,
                   today=scene.today)


def note_silence(scene: Scene, facts: Facts) -> None:
    """Nobody has answered in time."""
    notices.note_silence(scene.session, _numbered(scene, DefaultNotice, facts["notice"]).id, version=None,
                         today=scene.today)


def summon(scene: Scene, facts: Facts) -> None:
    """Both sides are called."""
    notices.summon(scene.session, _numbered(scene, DefaultNotice, facts["notice"]).id, summoned_for=facts["for"],
                   at=facts["at"], place=facts["place"], version=None, today=scene.today)


def hear(scene: Scene, facts: Facts) -> None:
    """Both sides are heard, with minutes."""
    notices.hear(scene.session, _numbered(scene, DefaultNotice, facts["notice"]).id, held_on=scene.today,
                 present=facts["present"], minutes=facts["minutes"], paper=_paper("Verbale"), version=None,
                 today=scene.today)


def decide_notice(scene: Scene, facts: Facts) -> None:
    """Each finding gets its outcome, in the order of the notice."""
    notice = _numbered(scene, DefaultNotice, facts["notice"])
    outcomes = {finding.id: notices.Outcome(said["upheld"], said["reasons"])
                for finding, said in zip(notice.findings, facts["outcomes"], strict=True)}
    notices.decide(scene.session, notice.id, outcomes, decided_on=scene.today, version=None, today=scene.today)


def pass_on(scene: Scene, facts: Facts) -> None:
    """A finding is passed on to the provider that delivered the service; the azienda stays liable (R57)."""
    provider = scene.session.scalars(select(Provider).where(Provider.name == facts["provider"])).one()
    finding = _numbered(scene, DefaultNotice, facts["notice"]).findings[facts["finding"] - 1]
    notices.pass_on(scene.session, finding.id, provider_id=provider.id, on=scene.today, note=facts["note"],
                    version=None, today=scene.today)


def close_notice(scene: Scene, facts: Facts) -> None:
    """The file is closed; what the azienda records on the municipality's behalf has the municipality's letter."""
    paper = _paper("Lettera del Comune") if "recorded_by" in facts else None
    notices.close(scene.session, _numbered(scene, DefaultNotice, facts["notice"]).id, why=facts["why"], paper=paper,
                  version=None, today=scene.today)


# --- penalties --------------------------------------------------------------------------------------------


def apply_penalty(scene: Scene, facts: Facts) -> None:
    """A penalty for one finding, within the band of its kind (X8)."""
    finding = _numbered(scene, DefaultNotice, facts["notice"]).findings[facts["finding"] - 1]
    penalties.apply(scene.session, finding.id, amount=Decimal(facts["amount"]), gravity=facts["gravity"],
                    decided_on=scene.today, version=None, today=scene.today)


def request_penalty(scene: Scene, facts: Facts) -> None:
    """Payment is asked for by PEC: sixty days run from today (R109)."""
    row = _numbered(scene, Penalty, facts["penalty"])
    penalties.request(scene.session, row.id, channel="pec", sent_on=scene.today,
                      protocol_number=facts["protocol_number"], paper=_paper("Richiesta di pagamento"),
                      version=None, today=scene.today)
    penalties.receive(scene.session, row.id, received_on=scene.today, paper=_paper("Ricevuta di consegna"),
                      version=None, today=scene.today)


def pay_penalty(scene: Scene, facts: Facts) -> None:
    """The azienda pays."""
    penalties.pay(scene.session, _numbered(scene, Penalty, facts["penalty"]).id, on=scene.today,
                  amount=Decimal(facts["amount"]), method="treasury", reference=facts["reference"], version=None,
                  today=scene.today)


def contest_penalty(scene: Scene, facts: Facts) -> None:
    """The azienda contests the penalty."""
    penalties.contest(scene.session, _numbered(scene, Penalty, facts["penalty"]).id, kind=facts["kind"],
                      on=scene.today, why=facts["why"], version=None, today=scene.today)


# --- damages and disputes ---------------------------------------------------------------------------------


def record_damage(scene: Scene, facts: Facts) -> None:
    """Something was damaged; the municipality is told at once (R95)."""
    [service] = scene.services([facts["service"]])
    event = disputes.record_damage(
        scene.session, scene.contract(facts["contract"]).id, scene.municipality(facts["municipality"]).id,
        title=facts["title"], text=facts["text"], injured=facts["injured"], happened_on=facts["happened_on"],
        known_on=facts["known_on"], service_id=service, today=scene.today)
    disputes.tell_municipality(scene.session, event.id, _post(facts, scene, "comunicazione dell'evento dannoso"),
                               version=None, today=scene.today)


def tell_insurer(scene: Scene, facts: Facts) -> None:
    """The insurer takes it over."""
    policy = scene.session.scalars(select(InsurancePolicy).order_by(InsurancePolicy.id)).first()
    assert policy is not None
    disputes.tell_insurer(scene.session, _numbered(scene, DamagingEvent, facts["event"]).id, policy_id=policy.id,
                          told_on=scene.today, claim_number=facts["claim_number"], version=None, today=scene.today)


def close_damage(scene: Scene, facts: Facts) -> None:
    """It ends, with what was paid."""
    disputes.close_damage(scene.session, _numbered(scene, DamagingEvent, facts["event"]).id, outcome=facts["outcome"],
                          compensation=Decimal(facts["compensation"]), version=None, today=scene.today)


def contest_delay(scene: Scene, facts: Facts) -> None:
    """The azienda contests a municipality's delay, in writing (R96)."""
    row = disputes.contest_delay(
        scene.session, scene.contract(facts["contract"]).id, scene.municipality(facts["municipality"]).id,
        title=facts["title"], text=facts["text"], since=facts["since"], effects=facts["effects"],
        answer_by=facts["answer_by"], today=scene.today)
    disputes.send_contestation(scene.session, row.id, _post(facts, scene, "contestazione"), version=None,
                               today=scene.today)
    disputes.formalise(scene.session, row.id, received_on=scene.today,
                       receipt=Upload("ricevuta.pdf", pdf("Ricevuta di consegna", SCAN)), version=None,
                       today=scene.today)


def answer_contestation(scene: Scene, facts: Facts) -> None:
    """The municipality answers."""
    disputes.reply(scene.session, _numbered(scene, Contestation, facts["contestation"]).id, text=facts["text"],
                   answered_on=scene.today, version=None, today=scene.today)


def propose_arbitration(scene: Scene, facts: Facts) -> None:
    """One side proposes arbitrators for a penalty, and both agree (R115)."""
    penalty = _numbered(scene, Penalty, facts["penalty"])
    row = arbitrations.propose(
        scene.session, penalty.contract_id, penalty.municipality_id, title=facts["title"], text=facts["text"],
        proposed_by="azienda", proposed_on=scene.today, penalty_id=penalty.id, today=scene.today)
    arbitrations.agree(scene.session, row.id, side="azienda", consent=facts["consent"], agreed_on=scene.today,
                       document_id=_agreement(scene, row), version=None, today=scene.today)


def _agreement(scene: Scene, row: Arbitration) -> int:
    return keep_file(scene.session, "arbitration", row.id, file=Upload("accordo.pdf", pdf("Accordo", SCAN))).id


def agree_arbitration(scene: Scene, facts: Facts) -> None:
    """The municipality agrees, and names its arbitrator beside the azienda's."""
    row = _numbered(scene, Arbitration, facts["arbitration"])
    arbitrations.agree(scene.session, row.id, side="municipality", consent=facts["consent"], agreed_on=scene.today,
                       document_id=_agreement(scene, row), version=None, today=scene.today)
    arbitrations.name_arbitrators(scene.session, row.id, facts["arbitrators"], third_named_by=None, on=scene.today,
                                  version=None, today=scene.today)


VERBS = (
    ask_control, answer_control, hold_control, open_notice, send_notice, answer_notice, note_silence, summon, hear,
    decide_notice, pass_on, close_notice, apply_penalty, request_penalty, pay_penalty, contest_penalty, record_damage,
    tell_insurer, close_damage, contest_delay, answer_contestation, propose_arbitration, agree_arbitration,
)
