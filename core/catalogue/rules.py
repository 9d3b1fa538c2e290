"""The checks of catalogue and sheets. Pure: they look at rows that were read, and are told the day.

A finding warns and never blocks. ``where`` is the code of the service or of the sheet, ``source`` the rule.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain

from core.catalogue import browser, sheets, texts
from core.catalogue.agreements import agreement_findings
from core.catalogue.model import OperationalSheet, Service
from core.catalogue.states import EditionState
from core.catalogue.succession import succession_findings
from core.catalogue.texts import Shelf
from core.ground.errors import Finding, Place, RuleBroken
from core.ground.order import alphabetical
from core.parties.model import within
from core.plugins.hookspecs import PluginDescription
from core.plugins.loading import Registry

FREE = "free"  # of the common section on costs
FIELDS = {"X27": "cost_to_user"}  # the field of the sheet that a remark is about, by its source


@dataclass(frozen=True)
class Accreditor:
    """Who accredits the units of the territory, as sentences name it, and by which form it manages services itself."""

    name: str = "l'Azienda"
    manages: str = "direct"


@dataclass(frozen=True)
class Territory:
    """What the checks must know of the municipalities: all names by slug, and the slugs of the members on a day.

    ``districts``: the key of the district of each. ``until``: the last day of the contract that is looked at, if it is
    one. ``accredited``: the codes of the services that units of the register are accredited for; ``accreditor``: who
    accredits them. ``kept``: the slug of each municipality to which a Zone Plan leaves a service, with its code (R36).
    """

    day: date
    names: Mapping[str, str]
    members: frozenset[str]
    until: date | None = None
    accredited: frozenset[str] = frozenset()
    accreditor: Accreditor = Accreditor()
    districts: Mapping[str, int] = field(default_factory=dict)
    kept: frozenset[tuple[str, str]] = frozenset()

    def said(self, slugs: Iterable[str]) -> str:
        """Names in alphabetical order, or "nessuno"."""
        return ", ".join(sorted((self.names.get(slug, slug) for slug in slugs), key=alphabetical)) or "nessuno"


def findings(services: Collection[Service], territory: Territory, registry: Registry,
             shelf: Shelf | None = None) -> list[Finding]:
    """Every remark on ``services`` and on the sheets that describe them on the day of ``territory``.

    ``shelf``: the sheets beside which theirs are read; without it they stand alone, as the annexes of a contract do.
    """
    found = [remark for service in services for remark in service_findings(service, territory)]
    in_use = sheets_in_use(services, territory.day.year)
    own = [sheet for sheet, _described in in_use]
    beside = shelf or Shelf(own, bound=True)
    for sheet, described in in_use:
        found += sheet_findings(sheet, described, territory, registry, beside)
    return [*found, *texts.repeated(own, beside)]


def sheet_of(service: Service, year: int) -> OperationalSheet | None:
    """The sheet of a service in ``year``: its latest edition up to then, a draft too; none that was cancelled."""
    editions = [sheet for sheet in service.standing_sheets if sheet.edition <= year]
    return max(editions, key=lambda sheet: sheet.edition, default=None)


def sheets_in_use(services: Collection[Service], year: int) -> list[tuple[OperationalSheet, list[Service]]]:
    """The sheets of ``year``, each once, with the services that it describes (X12)."""
    used: dict[int, tuple[OperationalSheet, list[Service]]] = {}
    for service in services:
        if (sheet := sheet_of(service, year)) is not None:
            used.setdefault(id(sheet), (sheet, []))[1].append(service)
    return list(used.values())


def covered(service: Service, territory: Territory) -> frozenset[str]:
    """The slugs that a service covers on the day, if it is open: all members or those of its district, and those of its
    own coverage (X1)."""
    if not service.is_open(territory.day):
        return frozenset()
    listed = {c.municipality.slug for c in service.coverage if within(territory.day, c.valid_from, c.valid_to)}
    if service.cover_all:
        return frozenset(listed | territory.members)
    return frozenset(listed | {slug for slug in territory.members
                               if territory.districts.get(slug, 0) == service.cover_district_id})


# --- one service ------------------------------------------------------------------------------------------


def service_findings(service: Service, territory: Territory) -> Iterator[Finding]:
    """Remarks on a service of the catalogue: no sheet (X12), coverage that nobody wrote down, its form (R37), the
    agreement on which it stands (R131), who accredits and also manages (X24), its form, whose place it took."""
    name = service.name_on(territory.day)
    if sheet_of(service, territory.day.year) is None:
        yield Finding("Il servizio «%(service)s» non ha una scheda operativa: nella bozza esce una pagina con i soli "
                      "dati del catalogo, e senza scheda il contratto non si firma.", {"service": name},
                      where=service.code, source="X12", at=Place("sheet.new", service.id))
    if service.cover_assumed:
        yield Finding("Per il servizio «%(service)s» l'art. 9 non indica i Comuni: si intendono tutti i Comuni soci. "
                      "Confermare o indicare quali.", {"service": name}, where=service.code,
                      source=service.source or "X1", at=Place("service.coverage", service.id))
    if service.management_form is None:
        yield Finding("Il catalogo non dice come si gestisce «%(service)s»: nel contratto resta uno spazio vuoto, da "
                      "riempire prima della firma.", {"service": name}, where=service.code, source="R39",
                      at=Place("service.edit", service.id, "management_form"))
    yield from agreement_findings(service, territory.day, territory.until)
    if service.code in territory.accredited and service.management_form == territory.accreditor.manages:
        yield Finding("Per «%(service)s» %(body)s accredita i gestori e gestisce anche il servizio: giudica chi le sta "
                      "accanto, e in causa propria. Affidare una delle due funzioni ad altri, o dire in un atto come "
                      "si evita il conflitto.", {"service": name, "body": territory.accreditor.name},
                      where=service.code, source="X24", at=Place("service.edit", service.id, "management_form"))
    yield from form_findings(service, territory)
    yield from succession_findings(service)


def form_findings(service: Service, territory: Territory) -> Iterator[Finding]:
    """Remarks on the form of management: direct only for a declared essential level, which is free (R37, R38, X27); by
    the municipalities themselves only where the Zone Plan says so (R36, X28)."""
    name, edit = service.name_on(territory.day), "service.edit"
    if service.management_form == "direct" and not service.essential_level:
        yield Finding("«%(service)s» è gestito direttamente dall'Azienda, che l'art. 8 riserva ai livelli essenziali: "
                      "verificare la forma di gestione.", {"service": name}, where=service.code, source="R37",
                      at=Place(edit, service.id, "management_form"))
    if service.management_form == "direct" and service.essential_level and not _declared(service):
        yield Finding("«%(service)s» è gestito direttamente come livello essenziale, ma manca l'atto che lo dichiara: "
                      "indicarne organo, numero e data.", {"service": name}, where=service.code, source="R37",
                      at=Place(edit, service.id, "essential_number"))
    if service.essential_level and sheet_of(service, territory.day.year) is None and _priced(service.cost_to_user):
        yield Finding("«%(service)s» è dichiarato livello essenziale, che l'art. 8 vuole gratuito, ma il catalogo "
                      "prevede che l'utente paghi.", {"service": name}, where=service.code, source="X27",
                      at=Place(edit, service.id, "cost_to_user"))
    if service.management_form == "municipal":
        unplanned = {slug for slug in covered(service, territory) if (slug, service.code) not in territory.kept}
        if unplanned:
            yield Finding("«%(service)s» è gestito in economia dai Comuni, e il Piano di Zona in vigore non lo prevede "
                          "per: %(names)s. Registrare nel Piano l'articolo che lo prevede, o cambiare la forma di "
                          "gestione.", {"service": name, "names": territory.said(unplanned)}, where=service.code,
                          source="R36", at=Place("kept_service.new", service.id))


def _declared(service: Service) -> bool:
    """True if the act that declares the service an essential level is there: body, number and day."""
    return bool(service.essential_body_id and service.essential_number and service.essential_on)


def _priced(cost: str | None) -> bool:
    """True for the words of a cost that somebody pays."""
    said = (cost or "").casefold()
    return "tariff" in said and "gratuit" not in said


# --- one sheet --------------------------------------------------------------------------------------------


def sheet_findings(sheet: OperationalSheet, services: Collection[Service], territory: Territory,
                   registry: Registry, shelf: Shelf) -> Iterator[Finding]:
    """Remarks on a sheet that describes ``services``: its title, its texts, its coverage, its data, its plugin."""
    named = [(service.name_on(territory.day), service.entry_on(territory.day)) for service in sheet.services]
    found = (standing_findings(sheet), texts.title_findings(sheet, named), section_findings(sheet),
             texts.text_findings(sheet, shelf),
             coverage_findings(sheet, services, territory), tariff_findings(sheet, services),
             plugin_findings(sheet, registry.get(sheet.plugin or "")))
    for remark in chain.from_iterable(found):
        at = remark.at or Place("sheet", sheet.id, FIELDS.get(remark.source, ""))
        if at.kind == "sheet" and sheet.approved_on is not None:
            at = Place("sheet.record", sheet.id)  # an approved edition has no form: its page says how it goes on
        yield replace(remark, at=at)


def standing_findings(sheet: OperationalSheet) -> Iterator[Finding]:
    """A draft: it is printed as one (R1), and no contract is signed with it (R76)."""
    if sheet.state == EditionState.DRAFT:
        yield Finding("La scheda «%(sheet)s», edizione %(edition)s, è una bozza e si stampa così: registrare "
                      "l'approvazione dell'Assemblea, senza la quale il contratto non si firma.",
                      {"sheet": sheet.title, "edition": sheet.edition}, where=sheet.code, source="R76",
                      at=Place("sheet.record", sheet.id))


def section_findings(sheet: OperationalSheet) -> Iterator[Finding]:
    """A missing cost line; a mission that came in with somebody else's text (X11)."""
    if not (sheet.cost_to_user or "").strip():
        yield Finding("La scheda «%(sheet)s» non dice quanto costa il servizio agli utenti: completare «Costo per "
                      "l'utenza», anche solo per dire che è gratuito.", {"sheet": sheet.title}, where=sheet.code,
                      source="X11", at=Place("sheet", sheet.id, "cost_to_user"))
    if (sheet.pasted_mission or "").strip():
        yield Finding("La scheda «%(sheet)s» portava anche la missione di un altro servizio: il testo estraneo non "
                      "viene stampato. Verificarlo ed eliminarlo.", {"sheet": sheet.title}, where=sheet.code,
                      source="X11")


def coverage_findings(
    sheet: OperationalSheet, services: Collection[Service], territory: Territory
) -> Iterator[Finding]:
    """The municipalities that a sheet names against those of art. 9, which decides (X1)."""
    named = frozenset(sheet.coverage or ())
    if not named:
        return
    for service in services:
        by_article = covered(service, territory)
        if named != by_article:
            yield Finding("Per «%(service)s» la scheda e l'art. 9 indicano Comuni diversi, e vale l'art. 9. Solo nella "
                          "scheda: %(sheet_only)s. Solo nell'art. 9: %(article_only)s.",
                          {"service": service.name_on(territory.day), "sheet_only": territory.said(named - by_article),
                           "article_only": territory.said(by_article - named)}, where=sheet.code, source="X1")
    if outsiders := named - territory.members:
        yield Finding("La scheda «%(sheet)s» nomina Comuni che il %(day)s non sono soci dell'Azienda: %(names)s.",
                      {"sheet": sheet.title, "day": f"{territory.day:%d/%m/%Y}", "names": territory.said(outsiders)},
                      where=sheet.code, source="X1")


def tariff_findings(sheet: OperationalSheet, services: Collection[Service]) -> Iterator[Finding]:
    """An essential level is free of charge (R38); tariffs on it are remarked, never refused (X27)."""
    has_tariffs = any(row["kind"] != FREE for row in (sheet.data or {}).get("costs", ())) or _priced(
        sheet.cost_to_user)
    for service in services:
        if service.essential_level and has_tariffs:
            yield Finding("«%(service)s» è dichiarato livello essenziale, che l'art. 8 vuole gratuito, ma la sua "
                          "scheda prevede tariffe comunali.", {"service": service.title}, where=sheet.code,
                          source="X27")


def plugin_findings(sheet: OperationalSheet, plugin: PluginDescription | None) -> Iterator[Finding]:
    """What the sheet's own rules and its plugin remark; that it is not loaded, broke or moved on is a remark too."""
    schema, data = sheets.schema_of(sheet), sheets.read(sheet)
    found = [*schema.remarks(data)]
    if plugin is None and sheet.plugin:
        found.append(Finding("Plugin non caricato o staccato: per la scheda «%(sheet)s» valgono i campi con cui fu "
                             "scritta, ma non i controlli propri di «%(plugin)s».",
                             {"sheet": sheet.title, "plugin": sheet.plugin}, source="R31"))
    if sheet.schema and (plugin is not None or not sheet.plugin) and (
            sheets.joined(browser.asked(sheet.services, plugin)).fields != schema.fields):
        found.append(Finding("I campi di «%(sheet)s» sono cambiati da quando la scheda fu scritta: portarla ai campi "
                             "di oggi, o cominciare la nuova edizione.", {"sheet": sheet.title}, source="R31"))
    if plugin is not None:
        try:
            found += sheets.remarks_of(plugin, data)
            found += texts.heading_findings(sheet, sheets.own_blocks(plugin, data) or ())
        except RuleBroken as error:
            found.append(Finding(error.message, dict(error.values), source="R31"))
    for remark in found:
        yield replace(remark, where=remark.where or sheet.code)
