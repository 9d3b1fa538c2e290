"""Instalments and payments in the story: asked, paid, credited, reversed, matched with the bank's statement."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from core.funding.model import FundingSource
from core.funding.operations import name_source
from core.ground.files import Upload
from core.ground.paths import DEMO
from core.imports import money as imports
from core.imports.operations import Desk
from core.instalments import operations, rounds
from core.instalments.rates import add_rate
from core.parties.model import Azienda
from core.parties.operations import add_act, edit_account
from core.payments import matching
from core.payments import operations as payments
from core.payments.model import Payment, StatementLine
from demo.load import BODIES, Facts
from demo.scene import Scene
from seed import load as seed


def foundations(scene: Scene, _facts: Facts) -> None:
    """Rates of interest, as dated rows, and the other names of the funding sources (X23)."""
    for rate in seed.read("rates")["rates"]:
        add_rate(scene.session, {**rate, "percent": Decimal(rate["percent"])})
    sources = {code: key for key, code in scene.session.execute(select(FundingSource.id, FundingSource.code))}
    for name in seed.read("funding")["names"]:
        name_source(scene.session, sources[name["source"]], name["name"], name["document"])


def import_shares(scene: Scene, facts: Facts) -> None:
    """The shares of a year that was run before the program came."""
    desk = Desk(scene.session, scene.today)
    for slug, amount in facts["amounts"].items():
        imports.apply_share(desk, {
            "year": facts["year"], "municipality": scene.municipality(slug).name, "kind": "budget",
            "amount": Decimal(amount), "approved_on": facts["approved_on"], "note": "Piano di riparto su carta",
        })
    desk.put()


def communicate_accounts(scene: Scene, facts: Facts) -> None:
    """Dedicated accounts and delegates are communicated today (R110)."""
    for slug in facts["of"]:
        for account in scene.party(slug).accounts:
            edit_account(scene.session, account.id, {"communicated_on": scene.today}, version=account.version,
                         today=scene.today)


# --- what is asked ----------------------------------------------------------------------------------------


def commitments(scene: Scene, facts: Facts) -> None:
    """What the municipalities have committed for the year."""
    for slug, number in facts["numbers"].items():
        operations.add_commitment(scene.session, {
            "municipality_id": scene.municipality(slug).id, "year": facts["year"], "number": number,
            "act": f"determinazione n. {number} del {scene.today:%d/%m/%Y}",
        })


def plan_year(scene: Scene, facts: Facts) -> None:
    """The instalments of a year, by the plan of each contract."""
    for code in facts["contracts"]:
        operations.plan_year(scene.session, scene.contract(code).id, facts["year"], today=scene.today)


def ask(scene: Scene, facts: Facts) -> None:
    """All requests of one due date are prepared, approved and sent by PEC, with numbers of the register in a row."""
    made, _findings = rounds.prepare(scene.session, facts["due"], today=scene.today)
    rounds.approve(scene.session, made.id, version=made.version, today=scene.today)
    scene.session.flush()
    protocols = {row.id: f"{facts['protocol'] + place}/{scene.today.year}"
                 for place, row in enumerate(made.instalments)}
    rounds.send(scene.session, made.id, sent_on=scene.today, channel="pec", protocols=protocols, version=made.version,
                today=scene.today)


def extra_project(scene: Scene, facts: Facts) -> None:
    """A municipality commissions an extraordinary project by an act (R92)."""
    municipality, act = scene.municipality(facts["municipality"]), facts["act"]
    held = add_act(scene.session, {
        "party_id": municipality.id, "body_kind": act["body_kind"], "body": BODIES[act["body_kind"]],
        "kind": "deliberazione", "number": act["number"], "date": act["date"], "title": f"Incarico: {facts['title']}",
    })
    scene.session.flush()
    operations.add_extra_project(
        scene.session, scene.contract(facts["contract"]).id, municipality.id, year=facts["year"], title=facts["title"],
        amount=Decimal(facts["amount"]), act_id=held.id, checked_on=None, today=scene.today,
    )


def check_project(scene: Scene, facts: Facts) -> None:
    """The project has been done, and checked today."""
    row = scene.instalment(facts["municipality"], facts["year"], facts["title"])
    operations.check_project(scene.session, row.id, checked_on=scene.today, version=row.version, today=scene.today)


def further_advances(scene: Scene, facts: Facts) -> None:
    """The assembly approves a further advance, with its reasons (R93)."""
    azienda = scene.session.scalars(select(Azienda)).one()
    act = add_act(scene.session, {
        "party_id": azienda.id, "body_kind": "assembly", "body": BODIES["assembly"], "kind": "deliberazione",
        "number": facts["number"], "date": scene.today, "title": facts["title"],
    })
    scene.session.flush()
    for slug, amount in facts["amounts"].items():
        municipality = scene.municipality(slug)
        contract = scene.instalment(slug, facts["year"], "Secondo acconto").contract
        operations.add_further_advance(
            scene.session, contract.id, municipality.id, year=facts["year"], title=facts["title"],
            amount=Decimal(amount), reason=facts["reason"], act_id=act.id, due=facts["due"], today=scene.today,
        )


# --- what is paid -----------------------------------------------------------------------------------------


def pay(scene: Scene, facts: Facts) -> None:
    """Money arrives today: for all that is left of an instalment, for ``amount`` of it, or with something ``beyond``.

    An instalment of which nothing is left, or that is a credit, needs no payment.
    """
    for slug in facts["from"]:
        row = scene.instalment(slug, facts["year"], facts["title"])
        part = Decimal(facts["amount"]) if "amount" in facts else row.left
        if part <= 0:
            continue
        payments.record(
            scene.session, row.municipality_id, received_on=scene.today,
            amount=part + Decimal(facts.get("beyond", 0)), method="bank_transfer", parts={row.id: part},
            reference=facts.get("reference", f"Rata n. {row.code}"), today=scene.today,
        )


def reverse(scene: Scene, facts: Facts) -> None:
    """A payment that was recorded by mistake is taken back."""
    municipality = scene.municipality(facts["municipality"])
    wrong = select(Payment).where(Payment.municipality_id == municipality.id,
                                  Payment.received_on == facts["paid_on"])
    payments.reverse(scene.session, scene.session.scalars(wrong).one().id, why=facts["why"], on=scene.today,
                     today=scene.today)


def use_credit(scene: Scene, facts: Facts) -> None:
    """The oldest credit of a municipality settles a part of an instalment."""
    row = scene.instalment(facts["municipality"], facts["year"], facts["title"])
    credit = payments.credits_of(scene.session, row.municipality_id)[0]
    payments.use_credit(scene.session, row.id, source=credit.key, amount=min(credit.amount, row.left),
                        version=row.version, today=scene.today)


# --- the bank's statement ---------------------------------------------------------------------------------


def take_in_statement(scene: Scene, facts: Facts) -> None:
    """A statement of the treasury, as the bank gives it."""
    matching.take_in(scene.session, Upload(facts["file"], (DEMO / "files" / facts["file"]).read_bytes()), iban=None,
                     today=scene.today)


def match(scene: Scene, facts: Facts) -> None:
    """The first proposal for a credit is confirmed."""
    line = _line(scene, facts)
    best = matching.proposals(scene.session, line, matching.payers(scene.session))[0]
    matching.confirm(scene.session, line.id, municipality_id=best.municipality_id, parts=dict(best.parts), versions={},
                     version=line.version, today=scene.today)


def ignore(scene: Scene, facts: Facts) -> None:
    """A credit is no instalment."""
    line = _line(scene, facts)
    matching.ignore(scene.session, line.id, why=facts["why"], version=line.version, today=scene.today)


def _line(scene: Scene, facts: Facts) -> StatementLine:
    return scene.session.scalars(select(StatementLine).where(StatementLine.payer == facts["payer"])).one()


VERBS = (
    foundations, import_shares, communicate_accounts, commitments, plan_year, ask, extra_project, check_project,
    further_advances, pay, reverse, use_credit, take_in_statement, match, ignore,
)
