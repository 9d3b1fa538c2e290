"""A whole contract of an invented district: every test changes the one thing it is about."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.contracts.context import (
    Annex,
    Area,
    AttachedDocuments,
    Azienda,
    Charter,
    CitedAct,
    ContractContext,
    DatedPaper,
    DedicatedAccount,
    Delegate,
    Entry,
    FundingSource,
    InstalmentRow,
    Municipality,
    Organs,
    PenaltyBand,
    Person,
    RecalledAct,
    Representative,
    Sector,
    Signing,
    Terms,
    ZonePlan,
)
from core.documents.blocks import Bullets, Heading, KeyValues, Paragraph, Table
from core.documents.controls import Late
from core.documents.words import BLANK

LUCIA = Person("Lucia", "Marchetti", "F", "Milano (MI)", date(1971, 4, 12), "MRCLCU71D52F205E", "Dott.ssa")
PAOLO = Person("Paolo", "Ferrario", "M", "Lodi (LO)", date(1968, 9, 30), "FRRPLA68P30E648Z")
ELENA = Person("Elena", "Colnaghi", "F", "Melegnano (MI)", date(1975, 2, 3), "CLNLNE75B43F100G")
DARIO = Person("Dario", "Brambilla", "M", "Milano (MI)", date(1980, 11, 21), "BRMDRA80S21F205Y", "Rag.")


ACCOUNTS = Late("accounts/1", "Conto dedicato", f"conto corrente di tesoreria: IBAN {BLANK}; persone delegate: {BLANK}")


def paper(title: str, reference: str = "", *, numbered: bool = True) -> DatedPaper:
    """An act or a paper, with its blank if nobody says more."""
    blank = f"n. {BLANK} del {BLANK}" if numbered else f"del {BLANK}"
    return DatedPaper(title, Late(f"act/1/{title}", f"{title[0].upper()}{title[1:]}", blank, reference))


def azienda() -> Azienda:
    return Azienda(
        name="Azienda Sociale Sud Est Milano",
        short_name="A.S.S.E.MI.",
        district="Distretto Sociale Sud Est Milano",
        seat_address="via Sergnano 2",
        seat_postal_code="20097",
        seat_municipality="San Donato Milanese",
        province="MI",
        tax_code="97529770154",
        statute_article="4",
        founding_members=("Carpiano", "Cerro al Lambro", "Colturano", "Dresano", "Melegnano", "San Donato Milanese",
                          "San Zenone al Lambro", "Vizzolo Predabissi"),
        founding_plan_years="2009-2011",
        founding_date=date(2009, 5, 21),
        founding_notary="dott. Ricci",
        founding_place="San Donato Milanese",
        recognition_date=date(2009, 6, 3),
        register_number="97529770154",
        register_place="Milano",
        rea="MI 1907046",
        constitution_act=CitedAct("deliberazione", "Assemblea Consortile", "1", date(2009, 6, 10)),
        representative=Representative(LUCIA, "Direttrice e legale rappresentante"),
        accounts=(DedicatedAccount("IT76Y0199920100000000123401", "Banca dimostrativa",
                                   "filiale di San Donato Milanese (MI)",
                                   delegates=(Delegate(LUCIA, "Direttrice"),)),),
        late_accounts=ACCOUNTS,
        pec="protocollo@pec.assemi.example",
    )


def municipality() -> Municipality:
    return Municipality(
        kind="comune",
        name="Melegnano",
        address="piazza Risorgimento 1",
        postal_code="20077",
        seat_municipality="Melegnano",
        province="MI",
        tax_code="99100000019",
        vat_number="09910000026",
        representative=Representative(ELENA, "Sindaca"),
        acts=(paper("deliberazione del Consiglio comunale", "n. 7 del 19 febbraio 2026"),
              paper("deliberazione della Giunta comunale", "n. 21 del 2 marzo 2026")),
        accounts=(DedicatedAccount("IT34J0199933400000000556602", "Banca dimostrativa", "filiale di Melegnano (MI)",
                          delegates=(Delegate(DARIO, "Responsabile del servizio finanziario"),)),),
        late_accounts=ACCOUNTS,
        mission=Late("mission/1", "Missione – Comune di Melegnano", BLANK,
                     "garantire alle famiglie un punto di ascolto vicino e risposte in tempi certi."),
        values=Late("values/1", "Valori – Comune di Melegnano", BLANK,
                    "prossimità, equità nell'accesso, rispetto della persona."),
        relations=Late("relations/1", "Modi della relazione – Comune di Melegnano", BLANK, "un incontro all'anno."),
        pec="comune@pec.melegnano.example",
    )


def union() -> Municipality:
    return Municipality(
        kind="unione",
        name="Unione dei Comuni Colli del Lambro",
        address="via Roma 3",
        postal_code="20070",
        seat_municipality="Dresano",
        province="MI",
        tax_code="99200000034",
        vat_number="09920000040",
        representative=Representative(PAOLO, "Presidente"),
        acts=(paper("deliberazione del Consiglio dell'Unione", "n. 3 del 28 gennaio 2026"),),
        accounts=(DedicatedAccount("IT70Y0199932800000000778803", "Banca dimostrativa", "filiale di Dresano (MI)",
                          delegates=(Delegate(PAOLO, "Presidente"),)),),
        late_accounts=ACCOUNTS,
        mission=Late("mission/2", "Missione – Unione", BLANK, "sostenere insieme i servizi dei comuni più piccoli."),
        values=Late("values/2", "Valori – Unione", BLANK, "mutualità e continuità."),
        relations=Late("relations/2", "Modi della relazione – Unione", BLANK, "due incontri all'anno."),
    )


def terms() -> Terms:
    return Terms(
        start=date(2026, 1, 1),
        end=date(2027, 12, 31),
        tacit_renewal=False,
        renewal_assessment_months=3,
        continuity_months=6,
        instalments=(
            InstalmentRow("Primo acconto",
                          "importo dell'esercizio precedente o, se già approvato, del bilancio di previsione",
                          Decimal("50"), date(2024, 1, 31)),
            InstalmentRow("Secondo acconto", "quota dell'anno", Decimal("40"), date(2024, 7, 31),
                          condition="accompagnato dai dati di preconsuntivo"),
            InstalmentRow("Saldo", "quota definitiva, meno gli acconti richiesti",
                          event="presentazione del bilancio di esercizio e del piano di riparto approvati "
                                "dall'Assemblea Consortile"),
        ),
        share_criteria=("utilizzo dei servizi", "popolazione residente"),
        extra_projects_month=9,
        own_charter_months=6,
        reply_days=15,
        penalty_minimum=Decimal("100.00"),
        penalty_maximum=Decimal("5000.00"),
        penalty_bands=(
            PenaltyBand("gravi ritardi o interruzioni nei servizi affidati", Decimal("100.00"), Decimal("1000.00")),
            PenaltyBand("condotte gravi che ledono gli utenti e le loro famiglie", Decimal("1000.00"),
                        Decimal("3000.00")),
            PenaltyBand("condotte sconvenienti, non adatte al ruolo ricoperto", Decimal("3000.00"),
                        Decimal("5000.00")),
        ),
        penalty_payment_days=60,
        account_notice_days=7,
        court="Milano",
        arbitration=True,
    )


SERVICES = (
    ("children_and_families", "Terzo polo minori e famiglia ed educativa territoriale e domiciliare"),
    ("foster_care_centre", "Centro affidi territoriale"),
    ("neutral_space", "Spazio neutro «Incontriamoci qui»"),
    ("work_placement", "Unità operativa inserimenti lavorativi"),
    ("home_care_vouchers", "Voucher di assistenza domiciliare"),
    ("legal_protection", "Protezione giuridica e amministrazione di sostegno"),
    ("access_desk", "Segretariato sociale"),
    ("planning_office", "Ufficio di Piano"),
)


def areas() -> tuple[Area, ...]:
    entry = {code: Entry(title, number) for number, (code, title) in enumerate(SERVICES, start=1)}
    return (
        Area("1", "Gestione servizi sociali, psicologici, educativi e sociosanitari",
             "L'area eroga i servizi rivolti alle persone e alle famiglie ed è organizzata in settori.",
             "Direttore Generale",
             (Sector("Settore minori e famiglia", "Cura il benessere dei minori e delle loro famiglie.",
                     ("prevenzione e individuazione precoce del disagio", "sostegno alla genitorialità e tutela"),
                     (entry["children_and_families"], entry["foster_care_centre"], entry["neutral_space"])),
              Sector("Settore disabilità e anziani", "Risponde ai bisogni di non autosufficienza.", (),
                     (entry["work_placement"], entry["home_care_vouchers"])),
              Sector("Settore inclusione sociale", "", (), (entry["legal_protection"], entry["work_placement"])),
              Sector("Settore servizio sociale professionale", "", (), (entry["access_desk"],)))),
        Area("2", "Azioni di sistema, programmazione e governo della rete",
             "L'area programma la rete dei servizi e sostiene il lavoro di tutti gli organi del distretto.", None,
             (Sector("Ufficio di Piano", "", ("coordinamento dei tavoli", "progettazione esecutiva"),
                     (entry["planning_office"],)),)),
    )


def annex(number: int, code: str, title: str) -> Annex:
    return Annex(
        number,
        (code,),
        title,
        (
            KeyValues((("Settore", "Minori e famiglia"), ("Destinatari", "Residenti nei Comuni del distretto"),
                       ("Costo per l'utente", "Gratuito"))),
            Heading("Missione"),
            Paragraph("Il servizio accompagna le persone nei momenti in cui la rete familiare non basta, con un "
                      "progetto condiviso e tempi definiti. Lavora con le scuole, con i medici e con le associazioni."),
            Heading("Attività"),
            Bullets(("colloqui di ascolto e orientamento", "progetto individuale firmato con la famiglia",
                     "verifica semestrale dei risultati con il servizio sociale del Comune")),
            Heading("Come si accede"),
            Bullets(("richiesta allo sportello del Comune di residenza", "primo colloquio entro dieci giorni",
                     "proposta di progetto"), ordered=True),
            Heading("Standard"),
            Table(("Che cosa si promette", "Valore", "Come si misura"),
                  (("Primo colloquio", "entro 10 giorni", "registro degli appuntamenti"),
                   ("Apertura settimanale", "12 ore", "orario esposto")), (2, 1, 2)),
            Paragraph("I dati sono aggregati: la scheda non contiene nomi di utenti.", "note"),
        ),
        sheet_title="Ascolto e orientamento" if number == 7 else None,
    )


@pytest.fixture
def a_union() -> Municipality:
    return union()


@pytest.fixture
def contract() -> ContractContext:
    return ContractContext(
        number="12/2026",
        draft=True,
        programme_year=2026,
        azienda=azienda(),
        municipalities=(municipality(),),
        members=azienda().founding_members,
        zone_plan=ZonePlan(2025, 2027, 8, date(2025, 1, 28)),
        recalled_acts=(
            RecalledAct("Piano sociale di Zona 2025-2027, approvato secondo l'art. 18, comma 4, della l.r. 3/2008",
                        CitedAct("deliberazione", "Assemblea Intercomunale", "2", date(2025, 1, 28), unanimous=True)),
            RecalledAct("Indirizzi politici sulla forma della gestione associata",
                        CitedAct("deliberazione", "Assemblea Intercomunale", "4", date(2009, 2, 2))),
            RecalledAct("Statuto dell'Azienda e Convenzione intercomunale, sottoscritti il 21 maggio 2009"),
        ),
        areas=areas(),
        terms=terms(),
        funding_sources=tuple(FundingSource(title) for title in (
            "risorse proprie di ciascun Comune", "Fondo Nazionale Politiche Sociali, quota indistinta",
            "Fondo Sociale Regionale", "tariffe o rimborsi dei servizi a gestione associata")),
        charter=Charter("Carta dei servizi sociali del Sud Est Milano", False, date(2025, 1, 1)),
        attached=(
            AttachedDocuments("Comune di Melegnano",
                              (paper("deliberazione del Consiglio comunale", "n. 7 del 19 febbraio 2026"),)),
            AttachedDocuments("Azienda Sociale Sud Est Milano",
                              (paper("deliberazione del Consiglio di Amministrazione"),
                               paper("Convenzione costitutiva", "del 21 maggio 2009"),
                               paper("Statuto", numbered=False))),
        ),
        organs=Organs("Assemblea Consortile", "Consiglio di Amministrazione", "Direttore",
                      ("Tavolo Tecnico distrettuale", "Assemblea Intercomunale")),
        signing=Signing("San Donato Milanese",
                        Late("signing/moment", "Giorno e ora della firma", f"il giorno {BLANK} alle ore {BLANK}"),
                        Late("signing/day", "Giorno della firma", BLANK)),
        standing=Late("standing", "Parola «bozza»", "Bozza allegata"),
        codes=Late("codes", "CIG e CUP", "I pagamenti riportano il codice identificativo di gara (CIG) e il codice "
                                         "unico di progetto (CUP) nei casi in cui la legge li richiede."),
        cover=(Heading("Area 1 – Servizi"), Heading("Settore minori e famiglia", 2),
               Table(("Allegato n.", "Servizio", "Scheda operativa"),
                     (("1", SERVICES[0][1], "Scheda, edizione 2026"),), (2, 9, 6))),
        annexes=tuple(annex(number, *service) for number, service in enumerate(SERVICES, start=1)),
        staff_area=Area("4", "Amministrazione e aree di staff", "Tre aree di staff sostengono i servizi conferiti.",
                        None, (Sector("Area amministrazione", "", ("affari generali, contratti e protocollo",
                                                                   "contabilità finanziaria e dei costi",
                                                                   "economato e patrimonio", "personale e stipendi")),
                               Sector("Area progettazione e supporto tecnico", "",
                                      ("ricerca di finanziamenti", "supporto ai progettisti del distretto")))),
    )
