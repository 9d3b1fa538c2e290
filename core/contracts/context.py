"""What a contract document is made of: plain frozen data, filled from the records by ``assemble``.

Everything here is raw (dates, ``Decimal`` euros, whole days and months); the words are made in the
template by the filters of ``core.documents``. ``Told`` explains a field to the person who edits the
Word template, in Italian; the manifest beside the template is written from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from core.documents.blocks import Block
from core.documents.controls import Late
from core.documents.grammar import articulated, body_noun, body_title
from core.documents.manifest import Told

CADENCES = {1: "mensili", 2: "bimestrali", 3: "trimestrali", 4: "quadrimestrali", 6: "semestrali"}


@dataclass(frozen=True)
class CitedAct:
    """An act that the premises cite as it is."""

    kind: Annotated[str, Told("Tipo di atto", "deliberazione")]
    body: Annotated[str, Told("Organo che lo adotta, senza articolo; vuoto se non si sa", "Consiglio comunale")]
    number: Annotated[str | None, Told("Numero", "12")] = None
    adopted_on: Annotated[date | None, Told("Data di adozione", "2026-02-19")] = None
    title: Annotated[str, Told("Oggetto, vuoto se non serve", "Approvazione dello schema di contratto")] = ""
    unanimous: Annotated[bool, Told("Adottata all'unanimità")] = False


@dataclass(frozen=True)
class DatedPaper:
    """An act or a paper of a party: what it is, and its number and date, which may come late (R18, R119, X2)."""

    title: Annotated[str, Told("Che cosa è", "deliberazione del Consiglio comunale")]
    reference: Annotated[Late, Told("Numero e data: si stampa con il filtro late")]


@dataclass(frozen=True)
class Person:
    """Somebody who signs or may operate on an account. ``sex`` is M or F."""

    given_name: Annotated[str, Told("Nome", "Anna")]
    family_name: Annotated[str, Told("Cognome", "Rossi")]
    sex: Annotated[str, Told("Sesso: M o F", "F")]
    birth_place: Annotated[str, Told("Luogo di nascita, con la sigla della provincia", "Lodi (LO)")]
    birth_date: Annotated[date, Told("Data di nascita", "1974-03-08")]
    tax_code: Annotated[str, Told("Codice fiscale", "RSSNNA74C48E648K")]
    title: Annotated[str, Told("Titolo professionale, vuoto se non c'è", "Dott.ssa")] = ""

    @property
    def full_name(self) -> Annotated[str, Told("Titolo, nome e cognome", "Dott.ssa Anna Rossi")]:
        """Title, given name and family name."""
        return " ".join(part for part in (self.title, self.given_name, self.family_name) if part)

    @property
    def by_full_name(self) -> Annotated[str, Told("Lo stesso, preceduto da «da»", "dalla Dott.ssa Anna Rossi")]:
        """``dalla dott.ssa Anna Rossi``; a person without a title takes the plain preposition: ``da Anna Rossi``."""
        return articulated(self.full_name, "da", self.sex) if self.title else f"da {self.full_name}"


@dataclass(frozen=True)
class Representative:
    """Who signs for a party, in which office and by which act (R17, R18)."""

    person: Annotated[Person, Told("La persona che firma")]
    role: Annotated[str, Told("Carica", "Sindaca")]


@dataclass(frozen=True)
class Delegate:
    """A person allowed to operate on a dedicated account (L. 136/2010 art. 3, R110)."""

    person: Annotated[Person, Told("La persona delegata")]
    role: Annotated[str, Told("Ufficio o carica", "Responsabile del servizio finanziario")]


@dataclass(frozen=True)
class DedicatedAccount:
    """A bank account dedicated to public payments, with its delegates (art. 24-bis, R110-R111)."""

    iban: Annotated[str, Told("IBAN senza spazi", "IT60X0542811101000000123456")]
    bank: Annotated[str, Told("Banca", "Banca dimostrativa")]
    branch: Annotated[str, Told("Filiale", "filiale di Melegnano (MI)")]
    treasury: Annotated[bool, Told("È il conto di tesoreria")] = True
    delegates: Annotated[tuple[Delegate, ...], Told("Persone delegate a operare")] = ()


@dataclass(frozen=True)
class Azienda:
    """The azienda speciale consortile: identity, foundation and bank details (R4-R10, R16-R17)."""

    name: Annotated[str, Told("Denominazione", "Azienda Sociale Sud Est Milano")]
    short_name: Annotated[str, Told("Sigla", "A.S.S.E.MI.")]
    district: Annotated[str, Told("Distretto di chi conferisce; il primo, se sono più d'uno",
                                  "Distretto Sociale Sud Est Milano")]
    seat_address: Annotated[str, Told("Indirizzo della sede legale", "via Sergnano 2")]
    seat_postal_code: Annotated[str, Told("CAP della sede", "20097")]
    seat_municipality: Annotated[str, Told("Comune della sede", "San Donato Milanese")]
    province: Annotated[str, Told("Sigla della provincia", "MI")]
    tax_code: Annotated[str, Told("Codice fiscale", "97529770154")]
    statute_article: Annotated[str, Told("Articolo dello Statuto che fissa lo scopo", "4")]
    founding_members: Annotated[tuple[str, ...], Told("Comuni fondatori", "Carpiano")]
    founding_plan_years: Annotated[str, Told("Anni del Piano di Zona della fondazione", "2009-2011")]
    founding_date: Annotated[date, Told("Data dell'atto costitutivo", "2009-05-21")]
    founding_notary: Annotated[str, Told("Notaio rogante", "dott. Ricci")]
    founding_place: Annotated[str, Told("Luogo dell'atto costitutivo", "San Donato Milanese")]
    recognition_date: Annotated[date | None, Told("Data di iscrizione nel registro delle imprese", "2009-06-03")]
    register_number: Annotated[str, Told("Numero nel registro delle imprese", "97529770154")]
    register_place: Annotated[str, Told("Registro delle imprese di", "Milano")]
    rea: Annotated[str, Told("Numero REA", "MI 1907046")]
    constitution_act: Annotated[CitedAct | None, Told("Atto che prende atto della costituzione, se ce n'è uno")]
    representative: Annotated[Representative, Told("Legale rappresentante")]
    accounts: Annotated[tuple[DedicatedAccount, ...], Told("Conti correnti dedicati")]
    late_accounts: Annotated[Late, Told("I conti, se arrivano dopo: si stampa con il filtro late")]
    vat_number: Annotated[str | None, Told("Partita IVA, se diversa dal codice fiscale", "97529770154")] = None
    pec: Annotated[str, Told("Domicilio digitale, vuoto se non indicato", "protocollo@pec.azienda.example")] = ""
    letterhead: Annotated[tuple[str, ...], Told("Righe della carta intestata", "via Sergnano 2")] = ()
    purpose: Annotated[str, Told("Scopo fissato dallo Statuto, dopo «lo scopo di»", "gestire i servizi")] = ""
    goals: Annotated[tuple[str, ...], Told("Obiettivi dell'affidamento", "rendere omogenea l'offerta")] = ()
    legal_form: Annotated[str, Told("Forma giuridica", "azienda speciale consortile")] = "azienda speciale consortile"
    founded_by: Annotated[str, Told("Come è nata: notary, decree, law o convention", "notary")] = "notary"
    founding_act: Annotated[str, Told("Decreto, legge o convenzione, se non è un rogito", "decreto n. 12")] = ""
    lead: Annotated[str, Told("Ente capofila di quel distretto, con l'articolo, se non è l'Azienda",
                              "il Comune di Melegnano")] = ""
    founded_in: Annotated[tuple[str, ...], Told("Distretti dei Comuni fondatori, se l'Azienda ne ha più d'uno",
                                                "Distretto Sociale Sud Est Milano")] = ()


@dataclass(frozen=True)
class SignedApart:
    """Another capacity in which a party signs once more, and who signs in it."""

    capacity: Annotated[str, Told("La veste, come il contratto la nomina", "ente capofila del distretto")]
    representative: Annotated[Representative, Told("Chi firma in questa veste")]


@dataclass(frozen=True)
class Municipality:
    """A party that entrusts services: a municipality, a union of municipalities (R2, R18, R21), or another body.

    ``kind`` is ``comune``, ``unione``, ``public`` or ``third_sector``. The name of a municipality stands without
    "Comune di"; the others have their whole name. ``connector`` follows the official name where it fuses or elides:
    ``della`` (Spezia), ``dell'`` (Aquila).
    """

    kind: Annotated[str, Told("Tipo: comune, unione, public o third_sector", "comune")]
    name: Annotated[str, Told("Nome", "Melegnano")]
    address: Annotated[str, Told("Indirizzo della sede", "piazza Risorgimento 1")]
    postal_code: Annotated[str, Told("CAP", "20077")]
    seat_municipality: Annotated[str, Told("Comune in cui si trova la sede", "Melegnano")]
    province: Annotated[str, Told("Sigla della provincia", "MI")]
    tax_code: Annotated[str, Told("Codice fiscale dell'ente", "84001990155")]
    vat_number: Annotated[str, Told("Partita IVA dell'ente, vuota se non ne ha", "05089410156")]
    representative: Annotated[Representative, Told("Chi firma per l'ente")]
    acts: Annotated[tuple[DatedPaper, ...], Told("Atti che autorizzano la firma")]
    accounts: Annotated[tuple[DedicatedAccount, ...], Told("Conti correnti dedicati")]
    late_accounts: Annotated[Late, Told("I conti, se arrivano dopo: si stampa con il filtro late")]
    mission: Annotated[Late, Told("Missione affidata all'Azienda: si stampa con il filtro late")]
    values: Annotated[Late, Told("Valori di riferimento: si stampa con il filtro late")]
    relations: Annotated[Late, Told("Modi della relazione con l'Azienda: si stampa con il filtro late")]
    pec: Annotated[str, Told("Domicilio digitale, vuoto se non indicato", "comune@pec.melegnano.example")] = ""
    connector: Annotated[str, Told("Preposizione davanti al nome", "di")] = "di"
    gender: Annotated[str, Told("Genere del nome, m o f; vuoto se lo dice la prima parola", "f")] = ""
    runts: Annotated[str, Told("Numero nel Registro unico nazionale del Terzo settore, vuoto se non c'è", "1234")] = ""
    capacities: Annotated[tuple[str, ...], Told("In quali altre vesti interviene, firmando una volta sola",
                                                "ente capofila del distretto")] = ()
    apart: Annotated[tuple[SignedApart, ...], Told("Le altre vesti in cui interviene, firmando di nuovo per "
                                                   "ciascuna")] = ()
    by_statute: Annotated[bool, Told("Firma in forza del proprio statuto, senza una deliberazione")] = False
    pays_share: Annotated[bool, Told("Prende parte al riparto e versa una quota annuale")] = True

    @property
    def also(self) -> Annotated[tuple[str, ...], Told("In quali altre vesti interviene, comunque firmi",
                                                      "ente capofila del distretto")]:
        """Every capacity in which it stands besides its own."""
        return (*self.capacities, *(one.capacity for one in self.apart))

    @property
    def title(self) -> Annotated[str, Told("Nome completo, senza articolo", "Comune di Melegnano")]:
        """``Comune di Melegnano``, ``Unione dei Comuni ...``."""
        return body_title(self.kind, self.name, self.connector)

    @property
    def noun(self) -> Annotated[str, Told("Come il contratto chiama l'ente", "Comune")]:
        """The word by which the contract calls this party."""
        return body_noun(self.kind)


@dataclass(frozen=True)
class ZonePlan:
    """The three-year social plan in force and the agreement that adopts it (R6, R11, R12)."""

    first_year: Annotated[int, Told("Primo anno del Piano di Zona", "2025")]
    last_year: Annotated[int, Told("Ultimo anno del Piano di Zona", "2027")]
    ordinal: Annotated[int | None, Told("Numero del triennio, se ce n'è uno", "8")]
    agreement_date: Annotated[date | None, Told("Firma dell'Accordo di Programma, se ce n'è uno", "2025-01-28")]
    budget_article: Annotated[str, Told("Articolo dell'Accordo sul budget unico", "11")] = "11"
    extended_to: Annotated[date | None, Told("Ultimo giorno, se è prorogato oltre i suoi anni", "2028-06-30")] = None
    extended_by: Annotated[str, Told("Atto che lo proroga", "deliberazione dell'Assemblea dei Sindaci n. 4")] = ""


@dataclass(frozen=True)
class KeptService:
    """A service that the Zone Plan leaves to a municipality, which manages it itself (R36)."""

    party: Annotated[str, Told("Comune che tiene il servizio per sé", "Comune di Dresano")]
    service: Annotated[str, Told("Servizio", "Asili nido")]
    article: Annotated[str, Told("Dove lo dice il Piano di Zona", "art. 7")]


@dataclass(frozen=True)
class RecalledAct:
    """An act that the premises recall (R15)."""

    text: Annotated[str, Told("Che cosa è richiamato", "Statuto dell'Azienda")]
    act: Annotated[CitedAct | None, Told("Atto che lo approva")] = None


@dataclass(frozen=True)
class Entry:
    """A service as art. 9 lists it, with the number of its annex; the same number may stand twice (X12)."""

    text: Annotated[str, Told("Voce dell'art. 9", "Segretariato sociale")]
    annex_number: Annotated[int, Told("Numero dell'allegato", "3")]


@dataclass(frozen=True)
class ManagementForm:
    """A form of management, with the annexes of the services that are run so (R37, R39, X28)."""

    title: Annotated[str, Told("Forma di gestione", "gestione diretta dell'Azienda")]
    annexes: Annotated[tuple[str, ...], Told("Numeri degli allegati", "3")]


@dataclass(frozen=True)
class Sector:
    """A sector of services, or a unit of the system area, with its tasks (R42, R44, R46-R55)."""

    heading: Annotated[str, Told("Intestazione", "Settore minori e famiglia")]
    description: Annotated[str, Told("Descrizione, vuota se non c'è")] = ""
    tasks: Annotated[tuple[str, ...], Told("Compiti")] = ()
    entries: Annotated[tuple[Entry, ...], Told("Servizi conferiti, nell'ordine dell'art. 9")] = ()


@dataclass(frozen=True)
class Area:
    """An area of art. 9; its code is free text (X4). ``lettered`` tasks are printed a), b), c)."""

    code: Annotated[str, Told("Codice dell'area", "1")]
    title: Annotated[str, Told("Titolo", "Azioni di sistema")]
    description: Annotated[str, Told("Descrizione, vuota se non c'è")] = ""
    responsible: Annotated[str | None, Told("Chi ne risponde", "Direttore Generale")] = None
    sectors: Annotated[tuple[Sector, ...], Told("Settori o unità")] = ()


@dataclass(frozen=True)
class OwnPercent:
    """The percentage of an advance that one of several parties is asked, where it is not that of the others."""

    party: Annotated[str, Told("Di chi è", "Comune di Dresano")]
    percent: Annotated[Decimal, Told("La sua percentuale", "30")]


@dataclass(frozen=True)
class InstalmentRow:
    """A row of the instalment plan: an advance with its day of the year, or the balance at an event (R88-R91).

    ``due`` carries day and month; its year means nothing. ``due_days`` are calendar days after the event (X6), or
    from what ``counts_from`` names. What happens once fixes the first year; the ``later`` ones count from their own
    beginning.
    """

    title: Annotated[str, Told("Nome della rata", "Primo acconto")]
    base: Annotated[str, Told("Su quale importo si calcola", "importo dell'esercizio precedente")]
    percent: Annotated[Decimal | None, Told("Percentuale; manca per il saldo", "50")] = None
    due: Annotated[date | None, Told("Giorno e mese di scadenza", "2026-01-31")] = None
    event: Annotated[str | None, Told("Evento da cui dipende la rata", "approvazione del bilancio")] = None
    due_days: Annotated[int | None, Told("Giorni per pagare; manca se scade il giorno dell'evento", "30")] = None
    counts_from: Annotated[str, Told("Da che cosa si contano i giorni, vuoto se dall'evento", "fattura")] = ""
    condition: Annotated[str, Told("Condizione, vuota se non c'è", "con i dati di preconsuntivo")] = ""
    others: Annotated[tuple[OwnPercent, ...], Told("Chi ha una percentuale propria")] = ()
    later: Annotated[str, Told("Da che cosa si conta negli anni dopo il primo, vuoto se è lo stesso",
                               "inizio dell'anno")] = ""


@dataclass(frozen=True)
class PenaltyBand:
    """A kind of default with its penalty, limits inclusive (R104-R107, X8)."""

    description: Annotated[str, Told("Inadempienza", "ritardi o interruzioni gravi")]
    minimum: Annotated[Decimal, Told("Penale minima in euro", "100.00")]
    maximum: Annotated[Decimal, Told("Penale massima in euro", "1000.00")]


@dataclass(frozen=True)
class FundingSource:
    """A source of art. 12 (R66-R73)."""

    title: Annotated[str, Told("Fonte di finanziamento", "Fondo Sociale Regionale")]


@dataclass(frozen=True)
class Terms:
    """Every figure that can differ between two aziende or two years: one version of the contract's terms.

    Months and days are whole numbers; ``roll`` is one of none, holiday, saturday; ``registration_cost`` one of
    azienda, municipality, shared; ``coordinated`` one of instalments, projects, both (X7); ``interest`` one of none,
    legal, commercial.
    """

    start: Annotated[date, Told("Inizio della durata", "2026-01-01")]
    end: Annotated[date, Told("Scadenza", "2027-12-31")]
    tacit_renewal: Annotated[bool, Told("Si rinnova tacitamente")]
    renewal_assessment_months: Annotated[int, Told("Mesi entro cui l'ente valuta il rinnovo", "3")]
    continuity_months: Annotated[int, Told("Mesi di continuità dopo la scadenza", "6")]
    instalments: Annotated[tuple[InstalmentRow, ...], Told("Piano delle rate")]
    share_criteria: Annotated[tuple[str, ...], Told("Criteri della quota", "popolazione residente")]
    extra_projects_month: Annotated[int, Told("Mese entro cui si liquidano i progetti straordinari", "9")]
    own_charter_months: Annotated[int, Told("Mesi per la Carta dei servizi dell'Azienda", "6")]
    reply_days: Annotated[int, Told("Giorni per rispondere alla diffida", "15")]
    penalty_minimum: Annotated[Decimal, Told("Penale minima in euro", "100.00")]
    penalty_maximum: Annotated[Decimal, Told("Penale massima in euro", "5000.00")]
    penalty_bands: Annotated[tuple[PenaltyBand, ...], Told("Fasce delle penali")]
    penalty_payment_days: Annotated[int, Told("Giorni per pagare la penale", "60")]
    account_notice_days: Annotated[int, Told("Giorni per comunicare i conti dedicati", "7")]
    court: Annotated[str, Told("Sede del foro", "Milano")]
    arbitration: Annotated[bool, Told("È previsto l'arbitrato")]
    arbitrators: Annotated[int, Told("Numero degli arbitri", "3")] = 3
    renewal_period_months: Annotated[int | None, Told("Durata di ogni rinnovo tacito, in mesi", "36")] = None
    renewal_times: Annotated[int | None, Told("Quante volte; manca se non c'è limite", "1")] = None
    notice_months: Annotated[int | None, Told("Mesi di preavviso della disdetta", "6")] = None
    roll: Annotated[str, Told("Slittamento: none, holiday, saturday", "holiday")] = "holiday"
    renewal_after_expiry: Annotated[bool, Told("La valutazione del rinnovo segue la scadenza")] = False
    further_damages: Annotated[bool, Told("Resta dovuto il danno ulteriore")] = True
    registration_cost: Annotated[str, Told("A carico di: azienda, municipality, shared", "azienda")] = "azienda"
    coordinated: Annotated[str, Told("Scadenze da coordinare: instalments, projects, both", "both")] = "instalments"
    interest: Annotated[str, Told("Interessi di ritardo: none, legal, commercial", "legal")] = "none"
    interest_points: Annotated[Decimal | None, Told("Punti percentuali in più del tasso", "2")] = None
    amended_from: Annotated[date | None, Told("Primo giorno di effetto, se è una modifica", "2026-10-01")] = None
    exercise: Annotated[str, Told("Da quando a quando va l'esercizio; vuoto se è l'anno solare",
                                  "dal 1º settembre al 31 agosto")] = ""
    leaving: Annotated[tuple[str, ...], Told("Enti che con la modifica lasciano il contratto, con l'articolo",
                                               "il Comune di Melegnano")] = ()

    @property
    def cadence(self) -> Annotated[str, Told("Ogni quanto cadono gli acconti, vuota se non è regolare", "semestrali")]:
        """``semestrali`` for two advances six months apart (R88): what the days of the plan say, and not its number."""
        months = [row.due.month for row in self.instalments if row.due is not None]
        gaps = {(after - before) % 12 for before, after in zip(months, [*months[1:], *months[:1]], strict=True)}
        return CADENCES.get(gaps.pop(), "") if len(months) > 1 and len(gaps) == 1 else ""

    @property
    def arbitrators_each(self) -> Annotated[int, Told("Arbitri che ciascuna parte nomina, oltre al presidente", "1")]:
        """How many of the arbitrators each party names: the named choose the one that is left (R115, X9)."""
        return (self.arbitrators - 1) // 2


@dataclass(frozen=True)
class Charter:
    """The service charter in force: the azienda's own, or the district's until then (R30, R34, X22)."""

    title: Annotated[str, Told("Titolo della Carta", "Carta dei servizi sociali del distretto")]
    own: Annotated[bool, Told("È la Carta dell'Azienda, non quella del distretto")]
    valid_from: Annotated[date, Told("Inizio di validità", "2025-01-01")]
    valid_to: Annotated[date | None, Told("Fine di validità", "2027-12-31")] = None


@dataclass(frozen=True)
class CitedDistrict:
    """One of the several districts of a contract: its members, who leads it, its plan and its charter (R11, R30)."""

    name: Annotated[str, Told("Nome del distretto", "Distretto Sociale Sud Est Milano")]
    members: Annotated[tuple[str, ...], Told("Comuni soci che ne fanno parte", "Melegnano")]
    charter: Annotated[Charter, Told("Carta dei servizi in vigore")]
    zone_plan: Annotated[ZonePlan | None, Told("Piano di Zona in vigore, se ce n'è uno")] = None
    lead: Annotated[str, Told("Ente capofila, con l'articolo, se non è l'Azienda", "il Comune di Melegnano")] = ""


@dataclass(frozen=True)
class Organs:
    """How the azienda calls its own organs, and to whom it brings its yearly report: another has others (R158)."""

    assembly: Annotated[str, Told("Organo in cui siedono gli enti, senza articolo", "Assemblea Consortile")]
    board: Annotated[str, Told("Organo che amministra, senza articolo", "Consiglio di Amministrazione")]
    director: Annotated[str, Told("Chi dirige, senza articolo", "Direttore")]
    examiners: Annotated[tuple[str, ...], Told("Chi esamina la rendicontazione, senza articolo",
                                               "Tavolo Tecnico distrettuale")] = ()


@dataclass(frozen=True)
class Clause:
    """A clause of this contract alone, beside the common articles."""

    title: Annotated[str, Told("Titolo", "Sede distaccata")]
    text: Annotated[str, Told("Testo")]


@dataclass(frozen=True)
class AttachedDocuments:
    """The documents of one party that belong to the contract without being bound to it (R119)."""

    party: Annotated[str, Told("Parte, senza articolo", "Comune di Melegnano")]
    documents: Annotated[tuple[DatedPaper, ...], Told("Documenti")]


@dataclass(frozen=True)
class Annex:
    """The sheet of a conferred service, or of several that it describes, in blocks; numbers run in the order of art. 9.

    The things entrusted stand in a last annex of their own, which belongs to no service (R81).
    """

    number: Annotated[int, Told("Numero dell'allegato", "3")]
    service_codes: Annotated[tuple[str, ...], Told("Codici dei servizi", "access_desk")]
    title: Annotated[str, Told("Servizio; più d'uno, separati da un punto e virgola", "Segretariato sociale")]
    blocks: Annotated[tuple[Block, ...], Told("Contenuto della scheda: si stampa con il filtro blocks")]
    sheet_title: Annotated[str | None, Told("Titolo della scheda, se diverso dal servizio")] = None
    standing: Annotated[Late | None, Told("Edizione della scheda e atto che la approva, o che è una bozza: si stampa "
                                          "con il filtro late")] = None


@dataclass(frozen=True)
class Signing:
    """Place, day and hour of signing (R16, R120): who signs digitally signs when the last signature is given."""

    place: Annotated[str, Told("Luogo della firma", "San Donato Milanese")]
    moment: Annotated[Late, Told("Giorno e ora, nelle premesse: si stampa con il filtro late")]
    day: Annotated[Late, Told("Giorno, sopra le firme: si stampa con il filtro late")]


@dataclass(frozen=True)
class ContractContext:
    """All that one contract document says. The top-level names are those that the template uses."""

    number: Annotated[str, Told("Numero del contratto", "12/2026")]
    draft: Annotated[bool, Told("È una bozza")]
    standing: Annotated[Late, Told("«Bozza allegata», poi «Allegato»: si stampa con il filtro late")]
    programme_year: Annotated[str, Told("Anno del Piano programma", "2026")]
    azienda: Annotated[Azienda, Told("L'azienda speciale")]
    municipalities: Annotated[tuple[Municipality, ...], Told("Gli enti che conferiscono i servizi")]
    members: Annotated[tuple[str, ...], Told("Comuni oggi consorziati, del distretto di chi conferisce", "Melegnano")]
    zone_plan: Annotated[ZonePlan | None, Told("Piano di Zona in vigore, se il contratto ne attua uno")]
    recalled_acts: Annotated[tuple[RecalledAct, ...], Told("Atti richiamati in premessa")]
    areas: Annotated[tuple[Area, ...], Told("Aree con i soli servizi conferiti")]
    terms: Annotated[Terms, Told("Condizioni del contratto")]
    funding_sources: Annotated[tuple[FundingSource, ...], Told("Fonti di finanziamento")]
    charter: Annotated[Charter, Told("Carta dei servizi in vigore")]
    attached: Annotated[tuple[AttachedDocuments, ...], Told("Documenti che fanno parte del contratto")]
    signing: Annotated[Signing, Told("Luogo e tempo della firma")]
    cover: Annotated[tuple[Block, ...], Told("Elenco degli allegati per area e settore, con il filtro blocks")]
    organs: Annotated[Organs, Told("Gli organi dell'azienda")]
    annexes: Annotated[tuple[Annex, ...], Told("Schede dei servizi conferiti")]
    codes: Annotated[Late, Told("Che codici riportano i pagamenti: si stampa con il filtro late")]
    kept: Annotated[tuple[KeptService, ...], Told("Servizi che il Piano di Zona lascia a chi firma")] = ()
    management: Annotated[tuple[ManagementForm, ...], Told("Come sono gestiti i servizi conferiti")] = ()
    staff_area: Annotated[Area | None, Told("Amministrazione e aree di staff")] = None
    own_clauses: Annotated[tuple[Clause, ...], Told("Clausole proprie di questo contratto")] = ()
    assets_annex: Annotated[int | None, Told("Numero dell'allegato dei beni affidati, se ce ne sono", "26")] = None
    coordinates: Annotated[tuple[str, ...], Told("Modifiche recepite, se è un testo coordinato",
                                                 "la modifica n. 9/2026, con effetto dal 1º ottobre 2026")] = ()
    amends: Annotated[str, Told("Il contratto che questo testo modifica, se è una modifica",
                                "n. 5/2026 del 16 dicembre 2025")] = ""
    cig: Annotated[str | None, Told("Codice identificativo di gara", "B1234567A9")] = None
    cup: Annotated[str | None, Told("Codice unico di progetto", "E51B21000000001")] = None
    districts: Annotated[tuple[CitedDistrict, ...], Told("Distretti di chi conferisce, se sono più d'uno")] = ()

    @property
    def district_names(self) -> Annotated[tuple[str, ...], Told("Nomi dei distretti di chi conferisce",
                                                                "Distretto Sociale Sud Est Milano")]:
        """The names of its districts; of the only one, where it has one."""
        return tuple(district.name for district in self.districts) or (self.azienda.district,)

    @property
    def led(self) -> Annotated[tuple[str, ...], Told("Nomi dei distretti di cui l'Azienda è capofila",
                                                     "Distretto Sociale Sud Est Milano")]:
        """The names of the districts that the azienda leads itself (R11)."""
        if self.districts:
            return tuple(district.name for district in self.districts if not district.lead)
        return () if self.azienda.lead else (self.azienda.district,)

    @property
    def planned(self) -> Annotated[tuple[CitedDistrict, ...],
                                   Told("I distretti con un Piano di Zona, se sono più d'uno")]:
        """Its districts that have a Zone Plan."""
        return tuple(district for district in self.districts if district.zone_plan is not None)

    @property
    def agreed(self) -> Annotated[tuple[CitedDistrict, ...], Told("Quelli con un Accordo di Programma")]:
        """Its districts whose plan has an agreement with its day (R12)."""
        return tuple(district for district in self.planned
                     if district.zone_plan is not None and district.zone_plan.agreement_date is not None)

    @property
    def budgeted(self) -> Annotated[tuple[CitedDistrict, ...], Told("Quelli il cui Accordo dice del budget unico")]:
        """Its districts whose agreement has an article on the single budget (R52)."""
        return tuple(district for district in self.planned
                     if district.zone_plan is not None and district.zone_plan.budget_article)

    @property
    def body(self) -> Annotated[str, Told("Come il contratto chiama chi conferisce", "Comune")]:
        """``Comune``, ``Unione``, or ``Ente`` where both kinds sign together."""
        nouns = {party.noun for party in self.municipalities}
        return nouns.pop() if len(nouns) == 1 else "Ente"

    @property
    def public(self) -> Annotated[bool, Told("Tra gli enti che conferiscono ce n'è almeno uno pubblico")]:
        """Whether it is an agreement between public administrations, and signed as one (L. 241/1990, art. 15)."""
        return any(party.kind != "third_sector" for party in self.municipalities)

    @property
    def without_share(self) -> Annotated[tuple[Municipality, ...], Told("Chi non prende parte al riparto")]:
        """Who entrusts services and pays no annual share: a body that is neither a municipality nor a union."""
        return tuple(party for party in self.municipalities if not party.pays_share)

    @property
    def many(self) -> Annotated[bool, Told("Firmano più enti")]:
        """Whether several bodies entrust their services with this one contract."""
        return len(self.municipalities) > 1
