"""What the office does with contracts in the story: each verb of story.toml is an operation or two."""

from __future__ import annotations

from decimal import Decimal

from core.catalogue.model import Service
from core.catalogue.operations import edit_sheet, new_sheet
from core.contracts import amendments, assets, attachments, final, insurance, life
from core.contracts.model import Attachment, EntrustedAsset
from core.contracts.operations import confer, generate_document
from core.ground.files import Upload
from core.imports import contracts as imports
from core.imports.operations import Desk
from demo.load import Facts, approve_sheets, read, terms
from demo.papers import pdf
from demo.scene import Scene
from seed.load import add_terms

SCAN = ("Copia firmata dalle parti.", "Dato dimostrativo: nessuna di queste persone ha firmato.")


def import_contract(scene: Scene, facts: Facts) -> None:
    """A contract of before the program, of all members, under terms of its own."""
    own = {"title": facts["terms"], "valid_from": facts["starts_on"], "interest": "legal"}
    add_terms(scene.session, {**terms(), **own})
    scene.session.flush()
    name = f"contratto-{facts['contract'].replace('/', '-')}.pdf"
    desk = Desk(scene.session, scene.today,
                files={name: pdf(f"Contratto di servizio n. {facts['contract']}", SCAN)})
    members = [m["name"] for m in read("district")["municipalities"] if "member_from" in m]
    imports.apply(desk, {
        "code": facts["contract"], "municipalities": "; ".join(members), "starts_on": facts["starts_on"],
        "ends_on": facts["ends_on"], "signed_on": facts["signed_on"], "place": None, "services": None, "terms": None,
        "cig": None, "cup": None, "files": name,
    })
    desk.put()


def write_sheets(scene: Scene, facts: Facts) -> None:
    """The sheets that the sources lack (X12), as the Assembly approves them: without them no contract is signed. What
    is a draft is made with them.
    """
    for sheet in facts["sheets"]:
        [key] = scene.services([sheet["service"]])
        made = new_sheet(scene.session, key, title=scene.session.require(Service, key).title, edition=facts["edition"],
                         registry=scene.registry)
        texts = {name: sheet[name] for name in ("mission", "activities", "recipients", "cost_to_user")}
        edit_sheet(scene.session, made.id, changes=texts, data=None, version=made.version)
        approve_sheets(scene.session, [made], facts["approved"])
    for code in facts["drafts"]:
        generate_document(scene.session, scene.contract(code).id, registry=scene.registry, today=scene.today)


# --- approval and signature -------------------------------------------------------------------------------


def submit(scene: Scene, facts: Facts) -> None:
    """Texts are made with the sheets that have come, and go to the bodies that approve them."""
    for code in facts["contracts"]:
        key = scene.contract(code).id
        generate_document(scene.session, key, registry=scene.registry, today=scene.today)
        life.submit(scene.session, key, version=None, today=scene.today)


def approve(scene: Scene, facts: Facts) -> None:
    """Acts of the parties come in."""
    for act in facts["acts"]:
        life.approve(scene.session, scene.contract(act["contract"]).id, act=scene.resolution(act), version=None,
                     today=scene.today)


def sign(scene: Scene, facts: Facts) -> None:
    """The text to sign is prepared and accepted; the parties sign, in the seat of the azienda; the scan is kept."""
    contract = scene.contract(facts["contract"])
    text = final.propose(scene.session, contract, scene.registry, by_hand=True, today=scene.today)
    final.keep_final(scene.session, contract.id, registry=scene.registry, digest=text.digest, by_hand=True,
                     today=scene.today)
    life.sign(
        scene.session, contract.id, signed_on=scene.today, signed_at=facts["at"], place=contract.place,
        file=Upload(f"contratto-{contract.number}-{contract.year}-firmato.pdf",
                    pdf(f"Contratto di servizio n. {contract.code}", SCAN)), by_hand=True, version=None,
        today=scene.today)
    life.advance(scene.session, scene.today)


# --- longer -----------------------------------------------------------------------------------------------


def extend(scene: Scene, facts: Facts) -> None:
    """An act extends a contract."""
    life.extend(scene.session, scene.contract(facts["contract"]).id, act=scene.resolution(facts["by"]),
                to_day=facts["to_day"], version=None, today=scene.today, file=Upload(
                    "deliberazione-proroga.pdf", pdf("Deliberazione di proroga", ("Dato dimostrativo.",))))


def continue_services(scene: Scene, facts: Facts) -> None:
    """The services go on after the expiry (R61)."""
    life.continue_services(scene.session, scene.contract(facts["contract"]).id, why=facts["why"], version=None,
                           today=scene.today)


def assess(scene: Scene, facts: Facts) -> None:
    """A municipality assesses the renewal (R60)."""
    life.assess(scene.session, scene.contract(facts["contract"]).id, act=scene.resolution(facts["by"]),
                favourable=facts["favourable"], version=None, today=scene.today)


def communicate(scene: Scene, facts: Facts) -> None:
    """The assessment reaches the azienda today (R60)."""
    life.communicate(scene.session, scene.contract(facts["contract"]).id, received_on=scene.today, version=None,
                     today=scene.today)


# --- amendments (R62) -------------------------------------------------------------------------------------


def open_amendment(scene: Scene, facts: Facts) -> None:
    """A working copy, with services added or removed."""
    copy = amendments.open_amendment(scene.session, scene.contract(facts["contract"]).id, reason=facts["reason"],
                                     text=facts["text"], effective_on=facts["effective_on"], today=scene.today)
    services: dict[int, set[int]] = {}
    for held in copy.conferrals:
        services.setdefault(held.municipality_id, set()).add(held.service_id)
    for slug, codes in facts.get("add", {}).items():
        services[scene.municipality(slug).id] |= set(scene.services(codes))
    for slug, codes in facts.get("remove", {}).items():
        services[scene.municipality(slug).id] -= set(scene.services(codes))
    confer(scene.session, copy.id, {key: sorted(ids) for key, ids in services.items()}, version=copy.version)


def submit_amendment(scene: Scene, facts: Facts) -> None:
    """Its text is made and goes to be approved."""
    copy = scene.contract(facts["contract"])
    generate_document(scene.session, copy.id, registry=scene.registry, today=scene.today)
    life.submit(scene.session, copy.id, version=None, today=scene.today)


# --- what a contract contains -----------------------------------------------------------------------------


def add_asset(scene: Scene, facts: Facts) -> None:
    """Premises that a municipality entrusts (R79-R82)."""
    taken = {"kind", "name", "address", "title", "rent_due", "agreements"}
    assets.add_asset(scene.session, {
        "contract_id": scene.contract(facts["contract"]).id,
        "municipality_id": scene.municipality(facts["municipality"]).id,
        "ordinary_upkeep": "azienda", "extraordinary_upkeep": "municipality",
        **({"rent": Decimal(facts["rent"])} if "rent" in facts else {}),
        **{key: facts[key] for key in taken if key in facts},
    }, today=scene.today)


def sign_annex(scene: Scene, facts: Facts) -> None:
    """Both sides sign the technical annex (R81)."""
    held: list[EntrustedAsset] = scene.contract(facts["contract"]).assets
    asset = next(asset for asset in held if asset.name == facts["name"])
    assets.sign_annex(scene.session, asset.id, signed_on=scene.today, file=Upload(
        "allegato-tecnico.pdf", pdf(f"Allegato tecnico: {asset.name}", SCAN)), today=scene.today)


def add_policy(scene: Scene, facts: Facts) -> None:
    """A policy for all contracts (R97)."""
    taken = ("insurer", "number", "cover", "valid_from", "valid_to")
    insurance.add_policy(scene.session, {"amount": Decimal(facts["amount"]), **{key: facts[key] for key in taken}},
                         today=scene.today)


def ask_documents(scene: Scene, facts: Facts) -> None:
    """The documents of R119 are asked for."""
    attachments.ask_standard(scene.session, scene.contract(facts["contract"]).id, today=scene.today)


def receive_document(scene: Scene, facts: Facts) -> None:
    """One of them comes."""
    held: list[Attachment] = scene.contract(facts["contract"]).attachments
    asked = next(attachment for attachment in held if attachment.title == facts["title"])
    attachments.receive(scene.session, asked.id, register_number=facts["register_number"], received_on=scene.today,
                        file=Upload("deliberazione.pdf", pdf(asked.title, ("Dato dimostrativo.",))), today=scene.today)


VERBS = (
    import_contract, write_sheets, submit, approve, sign, extend, continue_services, assess, communicate,
    open_amendment, submit_amendment, add_asset, sign_annex, add_policy, ask_documents, receive_document,
)
