"""Who is accredited in the story: providers, units, notices of operation, applications, decrees, the register."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from core.accreditation import decree, forewarnings, inspections, measures, monitoring, provider_meetings
from core.accreditation import operations as applications
from core.accreditation.meeting_letters import INVITATION, MINUTES
from core.accreditation.model import Accreditation, InspectionFinding, Monitoring, ProviderMeeting
from core.accreditation.passages import judged
from core.accreditation.rules import CHECK, MET, NOT_MET, PAPER, leaves
from core.cases import letters
from core.ground.files import Upload
from core.parties.model import Municipality
from core.providers import operating_notices
from core.providers import operations as registry
from core.providers.model import OperatingNotice, Provider, ServiceUnit, UnitType
from core.providers.types import types_on
from core.register import choices, tariffs
from core.register import operations as register
from core.register.model import RegisterEntry
from demo.load import Facts, read
from demo.papers import pdf
from demo.scene import Scene

SCAN = ("Dato dimostrativo.",)
RESPONSIBLE = "Silvia Barbaglio"
OWN = ("name", "tax_code", "legal_form", "third_sector", "runts", "legal_representative", "address", "postal_code",
       "city", "pec", "email", "phone", "website")
SEAT = ("name", "address", "postal_code", "city", "capacity", "min_age_months", "max_age_months", "manager", "phone",
        "email")


def _file(title: str) -> Upload:
    return Upload(f"{title.lower().replace(' ', '-')}.pdf", pdf(title, SCAN))


def _unit(scene: Scene, name: str) -> ServiceUnit:
    return scene.session.scalars(select(ServiceUnit).where(ServiceUnit.name == name)).one()


def _row(scene: Scene, facts: Facts) -> Accreditation:
    """The last procedure of the unit that the event names."""
    mine = select(Accreditation).where(Accreditation.unit_id == _unit(scene, facts["unit"]).id)
    return scene.session.scalars(mine.order_by(Accreditation.id.desc()).limit(1)).one()


def _entry(scene: Scene, facts: Facts) -> RegisterEntry:
    unit_id = _unit(scene, facts["unit"]).id
    return scene.session.scalars(select(RegisterEntry).where(RegisterEntry.unit_id == unit_id)).one()


# --- providers and notices of operation -------------------------------------------------------------------


def register_provider(scene: Scene, facts: Facts) -> None:
    """A provider enters the registry with its papers and units, and the notices that open them."""
    [row] = [row for row in read("providers")["providers"] if row["name"] == facts["provider"]]
    provider = registry.add_provider(scene.session, {"province": "MI", "demo": True, **{
        name: row[name] for name in OWN if name in row}})
    for paper in row.get("papers", ()):
        if paper["valid_from"] <= scene.today:
            registry.add_paper(scene.session, provider.id, paper, file=_file(paper["kind"]), today=scene.today)
    for unit in row["units"]:
        if unit["received_on"] <= scene.today:
            _open(scene, provider.id, unit)


def _open(scene: Scene, provider_id: int, facts: Facts) -> None:
    types: dict[str, UnitType] = {kind.code: kind for kind in types_on(scene.session, scene.today)}
    seat = {name: facts[name] for name in SEAT if name in facts}
    place = scene.session.scalars(select(Municipality.id).where(Municipality.slug == facts["municipality"])).one()
    unit = registry.add_unit(scene.session, provider_id, {
        **seat, "province": "MI", "municipality_id": place, "type_id": types[facts["type"]].id}, today=scene.today)
    given = operating_notices.Given("start", facts["received_on"], facts["opens"], protocol_number=f"{unit.id:04}")
    operating_notices.file_notice(scene.session, unit.id, given, file=_file("Comunicazione preventiva"),
                                  today=scene.today)


def new_paper(scene: Scene, facts: Facts) -> None:
    """A paper that was due is renewed."""
    provider = _unit(scene, facts["unit"]).provider
    [row] = [row for row in read("providers")["providers"] if row["name"] == provider.name]
    paper = next(paper for paper in row["papers"] if paper["number"] == facts["number"])
    registry.add_paper(scene.session, provider.id, paper, file=_file(paper["kind"]), today=scene.today)


def new_unit(scene: Scene, facts: Facts) -> None:
    """A provider that is known opens another unit."""
    for row in read("providers")["providers"]:
        for unit in row["units"]:
            if unit["name"] == facts["unit"]:
                known = select(ServiceUnit.provider_id).where(ServiceUnit.name == row["units"][0]["name"])
                _open(scene, scene.session.scalars(known).one(), unit)


def change_notice(scene: Scene, facts: Facts) -> None:
    """A unit tells of a change before it comes."""
    given = operating_notices.Given(facts["kind"], scene.today, facts["from"], facts["declared"],
                          protocol_number=facts["protocol_number"])
    operating_notices.file_notice(scene.session, _unit(scene, facts["unit"]).id, given,
                                  file=_file("Comunicazione preventiva"), today=scene.today)


def look_through(scene: Scene, facts: Facts) -> None:
    """The office looks a notice through, sends its copy to the health authority, and notes what it did around it."""
    unit = _unit(scene, facts["unit"])
    notice = scene.session.scalars(select(OperatingNotice).where(OperatingNotice.unit_id == unit.id)
                                   .order_by(OperatingNotice.id.desc()).limit(1)).one()
    operating_notices.record_copy(scene.session, notice.id, on=scene.today, version=None, today=scene.today)
    for activity in facts["activities"]:
        operating_notices.record_activity(scene.session, unit.id, kind=activity["kind"], on=scene.today,
                                          text=activity["text"],
                                          notice_id=notice.id, today=scene.today)


# --- the application --------------------------------------------------------------------------------------


def apply_for(scene: Scene, facts: Facts) -> None:
    """A provider applies for its unit: figures, documents, filing; or it renews an accreditation."""
    unit = _unit(scene, facts["unit"])
    row = applications.open_application(scene.session, unit.id, today=scene.today)
    figures = {code: Decimal(str(value)) for code, value in facts["figures"].items()}
    applications.declare(scene.session, row.id, figures, version=None, today=scene.today)
    for requirement in leaves(row.set.requirements):
        if requirement.kind != PAPER and requirement.evidence and requirement.code not in facts.get("without", ()):
            applications.attach(scene.session, row.id, requirement.id, file=_file(f"Documento {requirement.code}"),
                                expires_on=None, version=None, today=scene.today)
    applications.file(scene.session, row.id, version=None, today=scene.today)


def ask_completion(scene: Scene, facts: Facts) -> None:
    """Something is missing."""
    applications.ask_completion(scene.session, _row(scene, facts).id, why=facts["why"], due=facts["due"],
                                version=None, today=scene.today)


def complete(scene: Scene, facts: Facts) -> None:
    """What was missing comes."""
    row = _row(scene, facts)
    for requirement in leaves(row.set.requirements):
        if requirement.code in facts["with"]:
            applications.attach(scene.session, row.id, requirement.id, file=_file(f"Documento {requirement.code}"),
                                expires_on=None, version=None, today=scene.today)
    applications.complete(scene.session, row.id, version=None, today=scene.today)


def find_complete(scene: Scene, facts: Facts) -> None:
    """The application is complete: the clock of the decree starts."""
    applications.find_complete(scene.session, _row(scene, facts).id, responsible=RESPONSIBLE, version=None,
                               today=scene.today)


def examine(scene: Scene, facts: Facts) -> None:
    """The office looks at every requirement; those in ``unmet`` are not met, with the reason."""
    row, unmet = _row(scene, facts), facts.get("unmet", {})
    for said in judged(scene.session, row, scene.today):
        code = said.requirement.code
        if code in unmet:
            applications.assess(scene.session, row.id, said.requirement.id, outcome=NOT_MET, note=unmet[code],
                                version=None, today=scene.today)
        elif not said.settled or (said.requirement.kind == CHECK and not said.favourable):
            applications.assess(scene.session, row.id, said.requirement.id, outcome=MET, version=None,
                                today=scene.today)


def inspect(scene: Scene, facts: Facts) -> None:
    """The office visits the unit, writes the minutes, and prescribes."""
    row = _row(scene, facts)
    visit = inspections.appoint(scene.session, row.id, purpose=facts["purpose"], appointed_for=scene.today,
                                inspectors=facts["inspectors"], today=scene.today)
    inspections.hold(scene.session, visit.id, held_on=scene.today, inspectors=facts["inspectors"],
                     minutes=facts["minutes"], file=_file("Verbale di sopralluogo"), version=None,
                     today=scene.today)
    ids = {requirement.code: requirement.id for requirement in row.set.requirements}
    for found in facts["findings"]:
        inspections.add_finding(
            scene.session, visit.id, text=found["text"], requirement_id=ids[found["requirement"]],
            prescription=found.get("prescription", ""), due_on=found.get("due_on"), today=scene.today)


def answer_prescriptions(scene: Scene, facts: Facts) -> None:
    """The provider says what it has done, with a file; the office verifies it."""
    mine = select(InspectionFinding).where(InspectionFinding.accreditation_id == _row(scene, facts).id,
                                           InspectionFinding.outcome == inspections.OPEN)
    for finding in scene.session.scalars(mine.order_by(InspectionFinding.id)).all():
        inspections.answer(scene.session, finding.id, text=facts["text"], file=_file("Risposta"),
                           version=None, today=scene.today)
        if facts["satisfied"]:
            inspections.verify(scene.session, finding.id, satisfied=True, verified_on=scene.today, version=None,
                               today=scene.today)


def meet(scene: Scene, facts: Facts) -> None:
    """The commission sits."""
    applications.record_meeting(scene.session, _row(scene, facts).id, kind="commission", on=scene.today,
                                present=facts["present"], text=facts["text"], proposal=facts["proposal"],
                                today=scene.today)


# --- the meetings with several providers ------------------------------------------------------------------


def call_providers(scene: Scene, facts: Facts) -> None:
    """The office calls several providers together, with a written invitation for each."""
    wanted = select(Provider.id).where(Provider.name.in_(facts["providers"])).order_by(Provider.id)
    invitation = provider_meetings.Invitation(facts["title"], "\n".join(facts["agenda"]), facts["day"], facts["hour"],
                                              facts["place"])
    meeting = provider_meetings.prepare(scene.session, invitation, scene.session.scalars(wanted).all(),
                                        today=scene.today)
    for met in meeting.attendances:
        letters.prepare(scene.session, provider_meetings.SUBJECT, meeting.id, f"{INVITATION}-{met.id}", {},
                        today=scene.today)
    provider_meetings.call(scene.session, meeting.id, version=None, today=scene.today)


def _meeting(scene: Scene) -> ProviderMeeting:
    return scene.session.scalars(select(ProviderMeeting).order_by(ProviderMeeting.id.desc()).limit(1)).one()


def hold_meeting(scene: Scene, facts: Facts) -> None:
    """They meet: who came, what was said; the minutes are written out for the signature."""
    meeting = _meeting(scene)
    presences = {met.provider_id: provider_meetings.Attendance(met.provider.name in facts["came"],
                                                               facts["came"].get(met.provider.name, ""))
                 for met in meeting.attendances}
    provider_meetings.hold(scene.session, meeting.id, held_on=scene.today, presences=presences,
                           minutes="\n".join(facts["minutes"]), file=None, version=None, today=scene.today)
    letters.prepare(scene.session, provider_meetings.SUBJECT, meeting.id, f"{MINUTES}-0", {}, today=scene.today)


def file_minutes(scene: Scene, _facts: Facts) -> None:
    """The minutes are signed, and each provider reads them."""
    provider_meetings.file_minutes(scene.session, _meeting(scene).id, file=_file("Verbale dell'incontro"), version=None,
                                   today=scene.today)


# --- decree, pact, register -------------------------------------------------------------------------------


def grant(scene: Scene, facts: Facts) -> None:
    """The decree."""
    said = decree.DecidingAct(facts["number"], scene.today, facts["reasons"], _file("Provvedimento"))
    decree.grant(scene.session, _row(scene, facts).id, said, with_prescriptions=facts.get("with_prescriptions", False),
                 version=None, today=scene.today)


def sign_pact(scene: Scene, facts: Facts) -> None:
    """The pact is signed, and the unit published."""
    row = _row(scene, facts)
    decree.sign_pact(scene.session, row.id, signed_on=scene.today, valid_from=facts["valid_from"],
                     file=_file("Patto di accreditamento"), cig=facts.get("cig", ""), version=None, today=scene.today)
    if facts["publish"]:
        register.publish(scene.session, row.id, today=scene.today)


def forewarn(scene: Scene, facts: Facts) -> None:
    """The provider is told what is about to be decided against it, and receives it."""
    told = forewarnings.open_forewarning(scene.session, _row(scene, facts).id, kind=facts["kind"],
                                         reasons=facts["reasons"], days=facts.get("days"), version=None,
                                         today=scene.today)
    letter = forewarnings.ActDispatch(_file("Comunicazione al gestore"), "pec", scene.today, facts["protocol_number"])
    forewarnings.send(scene.session, told.id, letter, version=None, today=scene.today)
    forewarnings.receive(scene.session, told.id, received_on=scene.today, paper=_file("Ricevuta"), version=None,
                         today=scene.today)


def observe(scene: Scene, facts: Facts) -> None:
    """The provider answers what it was told."""
    told = forewarnings.pending(scene.session, _row(scene, facts))
    assert told is not None
    forewarnings.observe(scene.session, told.id, text=facts["text"], file=_file("Osservazioni"), version=None,
                         today=scene.today)


def suspend(scene: Scene, facts: Facts) -> None:
    """The accreditation is suspended; the register shows it at once."""
    ruling = measures.Ruling(facts["number"], scene.today, scene.today, facts["reasons"], _file("Sospensione"),
                             facts["answer"])
    measures.suspend(scene.session, _row(scene, facts).id, ruling, until=None, version=None,
                     today=scene.today)


def ask_extension(scene: Scene, facts: Facts) -> None:
    """The provider asks for more time."""
    measures.ask_extension(scene.session, _row(scene, facts).id, why=facts["why"], version=None, today=scene.today)


def refuse_extension(scene: Scene, facts: Facts) -> None:
    """More time is not given, when the provider's days to answer are over."""
    ruling = measures.Ruling(facts["number"], scene.today, scene.today, facts["reasons"], _file("Diniego di proroga"))
    measures.refuse_extension(scene.session, _row(scene, facts).id, ruling, version=None, today=scene.today)


def send_monitoring(scene: Scene, facts: Facts) -> None:
    """The periods that are over are answered, all well."""
    measures.advance(scene.session, scene.today)
    mine = select(Monitoring).where(Monitoring.accreditation_id == _row(scene, facts).id,
                                    Monitoring.state.in_(monitoring.UNSENT), Monitoring.last_day <= scene.today)
    for period in scene.session.scalars(mine.order_by(Monitoring.id)).all():
        answers = {
            line["code"]: {"answer": MET, "figures": {
                figure["code"]: Decimal(str(facts["figures"][figure["code"]])) for figure in line["figures"]}}
            for line in monitoring.asked_form(period)
        }
        monitoring.save(scene.session, period.id, answers, version=None)
        monitoring.send(scene.session, period.id, version=None, today=scene.today)


def set_tariffs(scene: Scene, facts: Facts) -> None:
    """What a published unit asks for a service."""
    for row in facts["tariffs"]:
        tariffs.add_tariff(scene.session, {
            "unit_id": _unit(scene, row["unit"]).id, "service_id": scene.services([row["service"]])[0],
            "measure": row["measure"], "amount": Decimal(row["amount"]), "valid_from": row["valid_from"],
            "valid_to": row.get("valid_to"), "source": row["source"]})


def choose_provider(scene: Scene, facts: Facts) -> None:
    """A municipality chooses from the register and records its own contract."""
    for slug, number in facts["contracts"].items():
        choices.choose(scene.session, {
            "municipality_id": scene.municipality(slug).id, "service_id": scene.services([facts["service"]])[0],
            "entry_id": _entry(scene, facts).id, "contract_number": number, "contract_date": scene.today,
            "valid_from": facts["valid_from"], "valid_to": facts["valid_to"], "note": ""}, today=scene.today)


VERBS = (
    register_provider, new_paper, new_unit, change_notice, look_through, apply_for, ask_completion, complete,
    find_complete, examine, inspect, answer_prescriptions, meet, call_providers, hold_meeting, file_minutes, grant,
    sign_pact, forewarn, observe, suspend,
    ask_extension, refuse_extension, send_monitoring, set_tariffs, choose_provider,
)
