"""The columns in which a schema is written: one row for each field, rule, promise, indicator, measure of use."""

from __future__ import annotations

from core.ground.errors import Level, said_later
from core.plugins.schema import FieldType, MeasuredBy, MeasureKind, PromisePeriod, PromiseUnit, Strength
from core.tables.cells import CellKind, Column, Sheet

TYPES: dict[str, str] = {
    FieldType.TEXT: said_later("testo"),
    FieldType.LONG_TEXT: said_later("testo lungo"),
    FieldType.LINES: said_later("elenco"),
    FieldType.INTEGER: said_later("numero intero"),
    FieldType.DECIMAL: said_later("numero con decimali"),
    FieldType.EURO: said_later("importo"),
    FieldType.PERCENT: said_later("percentuale"),
    FieldType.DATE: said_later("data"),
    FieldType.YES_NO: said_later("sì o no"),
    FieldType.CHOICE: said_later("scelta"),
    FieldType.MUNICIPALITY: said_later("comune"),
    FieldType.ROWS: said_later("tabella"),
}
STRENGTHS: dict[str, str] = {
    Strength.ALWAYS: said_later("sempre"),
    Strength.NORMALLY: said_later("di norma"),
    Strength.CERTIFICATE: said_later("salvo chi ha un certificato"),
}
MEASURE_KINDS: dict[str, str] = {
    MeasureKind.PERSONS: said_later("persone"),
    MeasureKind.CASES: said_later("casi"),
    MeasureKind.QUANTITY: said_later("quantità"),
    MeasureKind.HOURS: said_later("ore"),
    MeasureKind.MONEY: said_later("importo"),
}
LEVELS: dict[str, str] = {
    Level.WARNING: said_later("osservazione"),
    Level.ERROR: said_later("blocca"),
}

PROMISE_UNITS: dict[str, str] = {
    PromiseUnit.PERCENT: said_later("per cento"),
    PromiseUnit.DAYS: said_later("giorni"),
    PromiseUnit.HOURS: said_later("ore"),
    PromiseUnit.EURO: said_later("euro"),
    PromiseUnit.YEARLY: said_later("all'anno"),
    PromiseUnit.NUMBER: said_later("numero"),
}
PERIODS: dict[str, str] = {
    PromisePeriod.MONTH: said_later("mese"),
    PromisePeriod.QUARTER: said_later("trimestre"),
    PromisePeriod.HALF_YEAR: said_later("semestre"),
    PromisePeriod.YEAR: said_later("anno"),
}
WAYS: dict[str, str] = {
    MeasuredBy.SHEET: said_later("dato della scheda"),
    MeasuredBy.USE: said_later("uso diviso altro uso"),
    MeasuredBy.COUNT: said_later("conteggio di ogni mese"),
    MeasuredBy.SURVEY: said_later("indagine"),
    MeasuredBy.PLUGIN: said_later("calcolo del plugin"),
}

FIELDS = Sheet("fields", said_later("Campi"), (
    Column("table", said_later("Tabella"), required=False, example="sites",
           help="Per la colonna di una tabella: il nome del suo campo; dalla pagina basta l'etichetta."),
    Column("name", said_later("Nome"), help="In lettere minuscole, cifre e trattini bassi.", example="weekly_hours"),
    Column("label", said_later("Etichetta"), help="Come lo leggono le persone.", example="Ore alla settimana"),
    Column("type", said_later("Tipo"), CellKind.CHOICE, choices=TYPES, example="numero con decimali"),
    Column("required", said_later("Necessario"), CellKind.YES_NO, required=False),
    Column("minimum", said_later("Minimo"), CellKind.NUMBER, required=False),
    Column("maximum", said_later("Massimo"), CellKind.NUMBER, required=False),
    Column("choices", said_later("Scelte"), CellKind.LINES, required=False, example="free = libero",
           help="Una per riga: il codice, uguale, la parola."),
    Column("help", said_later("Aiuto"), CellKind.PROSE, required=False),
    Column("office_only", said_later("Solo per l'ufficio"), CellKind.YES_NO, required=False,
           help="Non si stampa e fuori dall'azienda non si vede."),
    Column("ordered", said_later("Numerato"), CellKind.YES_NO, required=False,
           help="Un elenco le cui voci sono passi."),
    Column("was", said_later("Nomi di prima"), CellKind.LINES, required=False,
           help="I nomi che aveva: i suoi dati passano alla nuova edizione."),
), about="Che cosa chiede la scheda oltre alle sezioni comuni, nell'ordine in cui si legge.")

RULES = Sheet("rules", said_later("Regole"), (
    Column("says", said_later("Osservazione"), CellKind.PROSE,
           example="Manca la sede",
           help="La frase che si legge se la regola non è rispettata."),
    Column("source", said_later("Fonte"), example="Art. 5 del contratto", help="L'articolo o la regola da cui viene."),
    Column("filled", said_later("Da compilare"), CellKind.LINES, required=False),
    Column("agreed", said_later("Da dire di sì"), CellKind.LINES, required=False),
    Column("unique", said_later("Senza ripetizioni"), required=False, example="packages.code"),
    Column("figure", said_later("Misura"), required=False, example="count(sites)"),
    Column("equals", said_later("Uguale a"), required=False, example="6"),
    Column("at_least", said_later("Almeno"), required=False, example="1"),
    Column("at_most", said_later("Al più"), required=False, example="65"),
    Column("level", said_later("Peso"), CellKind.CHOICE, required=False, choices=LEVELS),
    Column("strength", said_later("Forza"), CellKind.CHOICE, required=False, choices=STRENGTHS),
), about="Che cosa la scheda deve dire: quantità, limiti, dati che non si ripetono.")

STANDARDS = Sheet("standards", said_later("Standard"), (
    Column("code", said_later("Codice"), example="appointment"),
    Column("title", said_later("Fattore di qualità"), example="Tempo per il primo colloquio"),
    Column("promise", said_later("Promessa"), CellKind.PROSE,
           example="Colloquio entro dieci giorni",
           help="Con parole che chi usa il servizio può verificare."),
    Column("at_least", said_later("Almeno"), required=False, example="92",
           help="Un numero, o il nome di un campo della scheda che lo dice."),
    Column("at_most", said_later("Al più"), required=False, example="appointment_days",
           help="Un numero, o il nome di un campo della scheda che lo dice."),
    Column("unit", said_later("Unità"), CellKind.CHOICE, required=False, choices=PROMISE_UNITS, example="giorni"),
    Column("period", said_later("Periodo"), CellKind.CHOICE, required=False, choices=PERIODS,
           help="Ogni quanto si dice se è mantenuta; vuoto: ogni mese."),
    Column("checked_by", said_later("Chi può verificarlo"), required=False),
), about="Che cosa il servizio promette (R33, R212).")

INDICATORS = Sheet("indicators", said_later("Indicatori"), (
    Column("code", said_later("Codice"), example="hours_per_site"),
    Column("title", said_later("Titolo"), example="Ore di apertura per sede"),
    Column("unit", said_later("Unità"), required=False, example="ore alla settimana",
           help="Vuota: quella della promessa che misura."),
    Column("by", said_later("Come si misura"), CellKind.CHOICE, required=False, choices=WAYS,
           help="Vuoto se lo dicono le colonne che seguono."),
    Column("figure", said_later("Misura della scheda"), required=False, example="weekly_hours / count(sites)"),
    Column("measure", said_later("Uso misurato"), required=False, example="hours_delivered",
           help="Il codice di una misura d'uso del servizio: quanto è riuscito, o la somma."),
    Column("over", said_later("Diviso"), required=False, example="hours_due",
           help="Il codice della misura d'uso per cui si divide: quanti in tutto."),
    Column("standard", said_later("Standard"), required=False, help="Il codice della promessa che misura."),
), about="Come si misura ciò che si promette.")

MEASURES = Sheet("measures", said_later("Misure dell'uso"), (
    Column("code", said_later("Codice"), example="hours"),
    Column("title", said_later("Titolo"), example="Ore di assistenza"),
    Column("unit", said_later("Unità"), example="ore"),
    Column("kind", said_later("Che cosa conta"), CellKind.CHOICE, choices=MEASURE_KINDS, example="ore"),
    Column("counts_people", said_later("Riguarda persone"), CellKind.YES_NO, required=False,
           help="Una cifra piccola dice di chi si tratta: fuori dall'azienda non si vede. Per le persone vale sempre."),
    Column("computed", said_later("Calcolata dal plugin"), CellKind.YES_NO, required=False,
           help="Nessuno la scrive: la dà il codice del plugin."),
), about="Che cosa si registra ogni mese di quanto ogni Comune ha usato: su queste misure si ripartiscono i costi.")

SHEETS = (FIELDS, RULES, STANDARDS, INDICATORS, MEASURES)
