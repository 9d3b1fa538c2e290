"""The contract, read back from its Word file: what it must say, and that the data decides it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document

from core.contracts.context import Clause, InstalmentRow, Organs, OwnPercent, Signing
from core.documents.check import check_template
from core.documents.fields import collect
from core.documents.manifest import load_manifest
from core.documents.render import render
from core.documents.template import WordTemplate
from core.documents.wordfile import read_text
from core.ground.errors import RuleBroken
from core.ground.paths import TEMPLATES_DOCS
from templates_docs.build import TEMPLATES, build

TEMPLATE = TEMPLATES_DOCS / "service_contract.docx"


def paragraphs(context):
    return [line.replace("\xa0", " ") for line in read_text(render(TEMPLATE, context))]


def text(context):
    return "\n".join(paragraphs(context))


def article(context, number):
    """The text of one article, its heading included."""
    lines = paragraphs(context)
    start = max(index for index, line in enumerate(lines) if line.startswith(f"Art. {number} – "))
    later = (index for index in range(start + 1, len(lines)) if lines[index].startswith(("Art. ", "TITOLO ")))
    return "\n".join(lines[start : next(later, len(lines))])


def headings(context, style):
    document = Document(BytesIO(render(TEMPLATE, context)))
    return [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == style]


def with_terms(contract, **changes):
    return replace(contract, terms=replace(contract.terms, **changes))


def test_a_contract_has_thirty_articles_and_four_bis_in_five_titles(contract):
    numbers = [heading.removeprefix("Art. ").split(" – ")[0] for heading in headings(contract, "Heading 2")]
    bis = {"16-bis", "22-bis", "23-bis", "24-bis"}
    assert [number for number in numbers if number not in bis] == [*map(str, range(1, 31))]
    assert [numbers[numbers.index(number) - 1] + "-bis" for number in numbers if number in bis] == sorted(bis)
    titles = [heading for heading in headings(contract, "Heading 1") if heading.startswith("TITOLO")]
    assert [title.split(" – ")[0] for title in titles] == [f"TITOLO {n}" for n in ("I", "II", "III", "IV", "V")]


@pytest.mark.parametrize(("number", "figures"), [
    ("11", ["31 dicembre 2027", "Non si rinnova tacitamente", "tre mesi prima della scadenza", "sei mesi"]),
    ("20", ["quota annuale", "50%", "31 gennaio", "40%", "31 luglio", "preconsuntivo", "settembre", "costi indiretti",
            "utilizzo dei servizi e popolazione residente"]),
    ("23", ["sei mesi"]),
    ("24", ["15 (quindici) giorni", "€ 100,00 (cento/00)", "€ 5.000,00 (cinquemila/00)", "€ 1.000,00", "€ 3.000,00",
            "60 (sessanta) giorni", "Assemblea Consortile", "raccomandata", "posta elettronica certificata"]),
    ("24-bis", ["13 agosto 2010, n. 136", "IT76 Y019 9920 1000 0000 0123 401", "BRMDRA80S21F205Y"]),
    ("27", ["tre arbitri", "Tribunale di Milano", "irrituale"]),
    ("28", ["Foro di Milano"]),
])
def test_the_figures_of_the_terms_stand_in_their_article(contract, number, figures):
    said = article(contract, number)
    assert [figure for figure in figures if figure not in said] == []


def test_an_amendment_names_the_contract_that_it_modifies(contract):
    amended = replace(contract, amends="n. 5/2026 del 16 dicembre 2025")
    assert "che modifica il contratto di servizio n. 5/2026 del 16 dicembre 2025" in text(amended)
    assert "che modifica il contratto" not in text(contract)


def test_other_terms_make_another_text(contract):
    quarterly = tuple(
        InstalmentRow(f"Rata {n}", "quota dell'anno", Decimal("25"), date(2024, month, 15))
        for n, month in enumerate((3, 6, 8, 11), start=1)
    )
    said = text(with_terms(contract, instalments=quarterly, reply_days=20, penalty_payment_days=30, continuity_months=9,
                           penalty_maximum=Decimal("7500.00"), extra_projects_month=10, court="Lodi"))
    for figure in ("25%", "15 marzo", "20 (venti) giorni", "30 (trenta) giorni", "nove mesi", "€ 7.500,00", "ottobre",
                   "Foro di Lodi", "Tribunale di Lodi"):
        assert figure in said
    for gone in ("31 gennaio", "15 (quindici)", "50%", "40%", "cinquemila", "settembre"):
        assert gone not in said


@pytest.mark.parametrize(("counted", "said"), [
    ("ricevimento della richiesta", "entro 30 (trenta) giorni dal ricevimento della richiesta"),
    ("data della fattura", "entro 30 (trenta) giorni dalla data della fattura"),
])
def test_a_term_that_counts_from_receipt_or_invoice_is_written_in_article_20(contract, counted, said):
    row = InstalmentRow("Acconto", "quota dell'anno", Decimal("50"), date(2024, 1, 31), due_days=30,
                        counts_from=counted)
    assert said in article(with_terms(contract, instalments=(row,)), "20")


@pytest.mark.parametrize(("event", "days", "later", "said"), [
    ("firma del contratto", 30, "inizio dell'anno",
     "entro 30 (trenta) giorni dalla firma del contratto, e dall'inizio dell'anno negli anni successivi al primo"),
    ("firma del contratto", 30, "", "entro 30 (trenta) giorni dalla firma del contratto"),
    ("collaudo della sede", None, "inizio dell'anno",
     "al collaudo della sede, e all'inizio dell'anno negli anni successivi al primo"),
    ("approvazione del bilancio di previsione e del riparto", 20, "",
     "entro 20 (venti) giorni dall'approvazione del bilancio di previsione e del riparto"),
])
def test_a_term_that_counts_from_an_event_is_written_in_article_20(contract, event, days, later, said):
    row = InstalmentRow("Acconto", "quota dell'anno", Decimal("50"), None, event=event, due_days=days, later=later)
    written = article(with_terms(contract, instalments=(row,)), "20")
    assert said in written
    assert ("negli anni successivi" in written) is bool(later)


def test_who_is_asked_another_percentage_stands_in_article_20(contract):
    row = InstalmentRow("Acconto", "quota dell'anno", Decimal("50"), date(2024, 1, 31),
                        others=(OwnPercent("Comune di Dresano", Decimal("30")),))
    assert "50%; Comune di Dresano: 30%" in article(with_terms(contract, instalments=(row,)), "20")


def test_article_20_coordinates_the_instalments_and_not_the_projects(contract):
    """X7: the old draft pointed to the wrong paragraph; the reference is computed."""
    said = article(contract, "20")
    assert "2.\tIl Comune versa il corrispettivo" in said
    assert "5.\tLe scadenze del comma 2 " in said


@pytest.mark.parametrize(("coordinated", "said"), [
    ("projects", "5.\tLe scadenze del comma 3 si"), ("both", "5.\tLe scadenze dei commi 2 e 3 si"),
])
def test_which_paragraph_article_20_coordinates_is_a_datum_of_the_terms(contract, coordinated, said):
    """X7."""
    assert said in article(with_terms(contract, coordinated=coordinated), "20")


@pytest.mark.parametrize(("number", "said"), [
    (1, "un arbitro unico: le parti lo scelgono insieme"),
    (3, "un collegio di tre arbitri: ciascuna parte ne nomina uno; i nominati scelgono il presidente"),
    (5, "un collegio di cinque arbitri: ciascuna parte ne nomina due; i nominati scelgono il presidente"),
])
def test_the_arbitrators_of_the_parties_and_their_president_make_the_number(contract, a_union, number, said):
    """R115, X9."""
    assert said in article(with_terms(contract, arbitrators=number), "27")
    together = replace(contract, municipalities=(*contract.municipalities, a_union))
    if number > 1:
        assert "l'Azienda da un lato e gli Enti dall'altro ne nominano" in article(
            with_terms(together, arbitrators=number), "27")


@pytest.mark.parametrize(("cost", "said"), [
    ("azienda", "sono a carico dell'Azienda."), ("municipality", "sono a carico del Comune."),
    ("shared", "sono divise in parti uguali."),
])
def test_who_pays_the_registration_is_a_datum_of_the_terms(contract, cost, said):
    """R117."""
    assert f"le spese di registrazione {said}" in article(with_terms(contract, registration_cost=cost), "29")


def test_interest_on_delay_is_written_only_where_the_terms_have_it(contract):
    assert "interessi" not in article(contract, "20")
    legal = article(with_terms(contract, interest="legal", interest_points=Decimal(2)), "20")
    assert "7.\tSu quanto il Comune versa dopo la scadenza" in legal
    assert "gli interessi legali, secondo l'art. 1284 del codice civile, aumentati di 2 punti percentuali." in legal
    commercial = article(with_terms(contract, interest="commercial"), "20")
    assert "dal decreto legislativo 9 ottobre 2002, n. 231." in commercial


def test_letters_start_again_from_a_in_article_6(contract):
    """X3."""
    letters = [line[0] for line in article(contract, "6").splitlines() if line[1:2] == ")"]
    assert letters == ["a", "b", "c"]


def test_without_arbitration_the_article_stays_and_sends_to_the_court(contract):
    said = article(with_terms(contract, arbitration=False), "27")
    assert "Non è previsto l'arbitrato" in said
    assert "art. 28" in said
    assert "arbitri" not in said.replace("arbitrato", "")


def test_tacit_renewal_changes_the_duration(contract):
    said = article(with_terms(contract, tacit_renewal=True, renewal_period_months=120, renewal_times=2,
                              notice_months=24), "11")
    assert "si rinnova tacitamente per dieci anni, per non più di due volte" in said
    assert "almeno due anni prima" in said
    assert "Non si rinnova" not in said


def test_a_union_is_called_a_union_everywhere(contract, a_union):
    said = text(replace(contract, municipalities=(a_union,)))
    for words in ("l'Unione dei Comuni Colli del Lambro", "rappresentata da Paolo Ferrario, nato a Lodi",
                  "TITOLO IV – Obblighi dell'Unione", "comunica senza indugio all'Unione", "L'Unione può recedere",
                  "commissionate dall'Unione"):
        assert words in said
    assert "il Comune " not in said.split("si conviene")[1].split("Allegato n. 1")[0]


def test_several_bodies_sign_one_contract(contract, a_union):
    said = text(replace(contract, municipalities=(*contract.municipalities, a_union)))
    assert "e il Comune di Melegnano e l'Unione dei Comuni Colli del Lambro" in said
    assert "«l'Ente»" in said
    assert "Per il Comune di Melegnano" in said
    assert "Per l'Unione dei Comuni Colli del Lambro" in said
    assert said.count("Per l'Azienda Sociale Sud Est Milano") == 1
    assert said.count("_" * 34) == 3


def test_persons_are_born_in_their_own_gender(contract):
    said = text(contract)
    assert "Dott.ssa Lucia Marchetti, nata a Milano" in said
    assert "Rag. Dario Brambilla, Responsabile del servizio finanziario, nato a Milano" in said


def test_annexes_follow_article_9_each_on_a_new_page(contract):
    document = Document(BytesIO(render(TEMPLATE, contract)))
    headings = [p for p in document.paragraphs if p.style.name == "Heading 1"]
    cover, *titles = headings[[p.text for p in headings].index("Elenco degli allegati"):]
    assert cover.paragraph_format.page_break_before
    assert [p.text for p in titles] == [f"Allegato n. {a.number} — {a.title}" for a in contract.annexes]
    assert all(p.paragraph_format.page_break_before for p in titles)


def test_article_9_lists_only_what_is_conferred_and_may_name_a_service_twice(contract):
    said = article(contract, "9")
    assert said.count("Unità operativa inserimenti lavorativi (allegato n. 4)") == 2
    assert "SPRAR" not in said


def test_the_index_is_filled_in_with_every_article_and_annex(contract):
    lines = paragraphs(contract)
    index = lines[lines.index("Indice") + 1 : lines.index("Premesse", lines.index("Premesse") + 1)]
    assert [line for line in index if line.startswith(("Art. ", "TITOLO ", "Allegato ", "Elenco"))] == [
        heading for heading in headings_in_order(contract) if heading != "Premesse"
    ]


def headings_in_order(contract):
    document = Document(BytesIO(render(TEMPLATE, contract)))
    return [p.text for p in document.paragraphs if p.style.name in ("Heading 1", "Heading 2")]


def test_bozza_is_printed_on_every_page_of_a_draft_only(contract):
    assert "BOZZA" in header(contract)
    assert "Bozza allegata al Piano programma 2026" in text(contract)
    final = replace(contract, draft=False, standing=replace(contract.standing, text="Allegato"))
    assert "BOZZA" not in header(final)
    assert "Allegato al Piano programma 2026" in text(final)


def header(contract):
    with ZipFile(BytesIO(render(TEMPLATE, contract))) as package:
        return "".join(package.read(name).decode() for name in package.namelist() if "header" in name)


def test_the_header_carries_the_number(contract):
    assert "Contratto di servizio n. 12/2026" in header(contract)


def test_a_signed_contract_says_where_and_when(contract):
    signing = Signing("San Donato Milanese", replace(contract.signing.moment, text="l'8 marzo 2026 alle ore 10.30"),
                      replace(contract.signing.day, text="8 marzo 2026"))
    said = text(replace(contract, signing=signing))
    assert "l'8 marzo 2026 alle ore 10.30" in said
    assert "San Donato Milanese, 8 marzo 2026" in said


def test_an_own_clause_becomes_article_31_and_stands_in_the_index(contract):
    said = paragraphs(replace(contract, own_clauses=(Clause("Sede distaccata", "Il servizio apre anche a Riozzo."),)))
    assert said.count("Art. 31 – Clausole proprie di questo contratto") == 2
    assert "1.\tSede distaccata. Il servizio apre anche a Riozzo." in said
    assert not any(line.startswith("Art. 31") for line in paragraphs(contract))


def test_the_azienda_adopts_the_district_charter_until_it_has_its_own(contract):
    """R30, X22."""
    assert "adotta la «Carta dei servizi sociali del Sud Est Milano»" in article(contract, "6")
    own = replace(contract, charter=replace(contract.charter, own=True))
    assert "dell'Azienda, dal 1º gennaio 2025" in article(own, "6")


def test_cig_and_cup_are_printed_where_there_are(contract):
    assert "CIG B1234567A9" in text(replace(contract, cig="B1234567A9"))
    codes = replace(contract.codes, text="I pagamenti di questo contratto riportano il codice (CUP) E51B21000000001.")
    assert "(CUP) E51B21000000001" in article(replace(contract, codes=codes), "24-bis")


def test_names_with_signs_come_out_as_they_are(contract):
    said_of_it = "Rossi & Figli <srl> {{ 1 }} {% if %} «già»\nseconda riga"
    party = contract.municipalities[0]
    party = replace(party, mission=replace(party.mission, text=said_of_it))
    said = paragraphs(replace(contract, municipalities=(party,)))
    assert "–\tmissione: Rossi & Figli <srl> {{ 1 }} {% if %} «già»\nseconda riga" in said


def test_the_same_data_makes_the_same_bytes(contract):
    assert render(TEMPLATE, contract) == render(TEMPLATE, contract)


def test_a_missing_value_is_refused_by_name(contract):
    azienda = replace(contract.azienda, seat_address=None)
    with pytest.raises(RuleBroken, match=r"Manca il dato «azienda\.seat_address»"):
        render(TEMPLATE, replace(contract, azienda=azienda))


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_committed_template_is_the_one_that_the_source_makes(template):
    """Part by part: another zlib may pack the same parts into other bytes."""
    made = build(template)
    for name, built in made.items():
        committed = (TEMPLATES_DOCS / name).read_bytes()
        assert unpacked(committed) == unpacked(built) if name.endswith(".docx") else committed == built
    assert build(template) == made


def unpacked(data):
    with ZipFile(BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_uses_only_fields_of_its_manifest(template):
    manifest = load_manifest(TEMPLATES_DOCS / f"{template}.toml")
    assert check_template(TEMPLATES_DOCS / f"{template}.docx", manifest) == []


def test_no_term_is_kept_in_the_data_and_left_out_of_the_text():
    template = WordTemplate(TEMPLATE)
    used = {path for source in template.sources() for path in collect(template.environment().parse(source)).paths}
    known = load_manifest(TEMPLATES_DOCS / "service_contract.toml").paths
    terms = {path for path in known if path.startswith("terms.")}
    assert {path.removesuffix("[]") for path in terms} - used == set()


def test_a_contract_with_a_union_agrees_with_it(contract, a_union):
    said = text(replace(contract, municipalities=(a_union,)))
    assert "tenere l'Unione estranea a qualunque controversia" in said
    assert "L'Unione può recedere da sola dal contratto" in said


def test_dates_and_titles_take_their_preposition(contract):
    said = text(with_terms(contract, start=date(2026, 3, 8), end=date(2028, 6, 11)))
    assert "decorre dall'8 marzo 2026 e scade l'11 giugno 2028" in said
    assert "rappresentata dalla Dott.ssa Lucia Marchetti" in said
    assert "da Elena Colnaghi" in said or "da Paolo Ferrario" in said


def test_what_a_municipality_has_not_registered_yet_is_a_line_to_fill_in(contract):
    """R18, R110: the draft leaves acts, accounts and delegates open."""
    party = contract.municipalities[0]
    bare = replace(party, acts=(), accounts=(), mission=replace(party.mission, text=""),
                   values=replace(party.values, text=""), relations=replace(party.relations, text=""))
    said = text(replace(contract, municipalities=(bare,)))
    assert "in esecuzione della deliberazione n. ________ del ________, di seguito" in said
    assert "conto corrente di tesoreria: IBAN ________;" in said
    assert "missione: ________" in said
    assert "modi della relazione: ________" in said  # R21: no sentence is made up for who has said none


def test_another_institution_leaves_no_gap_and_no_list_of_nothing(contract):
    azienda = replace(contract.azienda, district="Ambito dei Due Laghi", constitution_act=None)
    bare = replace(contract, azienda=azienda, zone_plan=None, recalled_acts=(), funding_sources=())
    lines = paragraphs(bare)
    premises = lines[lines.index("Premesso che:"):next(n for n, said in enumerate(lines) if "Tutto ciò" in said)]
    assert [said.split(")")[0] for said in premises if ")\t" in said[:4]] == list("abcdef")
    whole = "\n".join(lines)
    assert "Si richiamano" not in whole
    assert "sono finanziate con le quote degli enti che affidano i servizi" in whole
    assert "riuniti nell'Ambito dei Due Laghi" in whole and "che l'Ambito dei Due Laghi dichiara" in whole


def test_the_organs_are_called_as_the_azienda_calls_them(contract):
    other = replace(contract, staff_area=None, organs=Organs(
        "Assemblea dei Sindaci", "Amministratore unico", "Direttrice generale",
        ("Conferenza dei Sindaci", "Ufficio di Piano")))
    said = text(other)
    assert "È portata all'esame della Conferenza dei Sindaci e dell'Ufficio di Piano ed è una base" in said
    assert "l'Assemblea dei Sindaci e l'Amministratore unico, per definire le finalità" in said
    assert "con cui l'Amministratore unico e la Direttrice generale stabiliscono" in said
    assert "approvati dall'Assemblea dei Sindaci" in said
    assert "L'Amministratore unico o l'Assemblea dei Sindaci, secondo le competenze" in said
    assert "contesta l'addebito all'Assemblea dei Sindaci" in said
    assert article(other, 10).splitlines()[1].endswith("il sistema di gestione della qualità.")
    assert "L'Azienda cura il personale" in said
    for foreign in ("Tavolo Tecnico", "Assemblea Intercomunale del distretto", "area amministrazione"):
        assert foreign not in said


def test_without_an_examiner_the_report_goes_nowhere(contract):
    silent = replace(contract, organs=replace(contract.organs, examiners=()))
    assert "accompagna il bilancio di esercizio. È una base, non la sola, della programmazione" in text(silent)
