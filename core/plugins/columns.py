"""The columns in which a schema is written: one row for each field, rule, promise and indicator."""

from __future__ import annotations

from core.ground.errors import Level
from core.plugins.schema import FieldType, Strength
from core.tables.cells import CellKind, Column, Sheet

TYPES: dict[str, str] = {
    FieldType.TEXT: "testo", FieldType.LONG_TEXT: "testo lungo", FieldType.LINES: "elenco",
    FieldType.INTEGER: "numero intero", FieldType.DECIMAL: "numero con decimali", FieldType.EURO: "importo",
    FieldType.PERCENT: "percentuale", FieldType.DATE: "data", FieldType.YES_NO: "sì o no",
    FieldType.CHOICE: "scelta", FieldType.MUNICIPALITY: "comune", FieldType.ROWS: "tabella",
}
STRENGTHS: dict[str, str] = {Strength.ALWAYS: "sempre", Strength.NORMALLY: "di norma",
             Strength.CERTIFICATE: "salvo chi ha un certificato"}
LEVELS: dict[str, str] = {Level.WARNING: "osservazione", Level.ERROR: "blocca"}

FIELDS = Sheet("fields", "Campi", (
    Column("table", "Tabella", required=False, help="Per la colonna di una tabella: il nome del suo campo.",
           example="sites"),
    Column("name", "Nome", help="In lettere minuscole, cifre e trattini bassi.", example="weekly_hours"),
    Column("label", "Etichetta", help="Come lo leggono le persone.", example="Ore alla settimana"),
    Column("type", "Tipo", CellKind.CHOICE, choices=TYPES, example="numero con decimali"),
    Column("required", "Necessario", CellKind.YES_NO, required=False),
    Column("minimum", "Minimo", CellKind.NUMBER, required=False),
    Column("maximum", "Massimo", CellKind.NUMBER, required=False),
    Column("choices", "Scelte", CellKind.LINES, required=False, help="Una per riga: il codice, uguale, la parola.",
           example="free = libero"),
    Column("help", "Aiuto", CellKind.PROSE, required=False),
    Column("office_only", "Solo per l'ufficio", CellKind.YES_NO, required=False,
           help="Non si stampa e fuori dall'azienda non si vede."),
    Column("ordered", "Numerato", CellKind.YES_NO, required=False, help="Un elenco le cui voci sono passi."),
    Column("was", "Nomi di prima", CellKind.LINES, required=False,
           help="I nomi che aveva: i suoi dati passano alla nuova edizione."),
), about="Che cosa chiede la scheda oltre alle sezioni comuni, nell'ordine in cui si legge.")

RULES = Sheet("rules", "Regole", (
    Column("says", "Osservazione", CellKind.PROSE, help="La frase che si legge se la regola non è rispettata."),
    Column("source", "Fonte", help="L'articolo o la regola da cui viene."),
    Column("filled", "Da compilare", CellKind.LINES, required=False),
    Column("agreed", "Da dire di sì", CellKind.LINES, required=False),
    Column("unique", "Senza ripetizioni", required=False, example="packages.code"),
    Column("figure", "Misura", required=False, example="count(sites)"),
    Column("equals", "Uguale a", required=False, example="6"),
    Column("at_least", "Almeno", required=False, example="1"),
    Column("at_most", "Al più", required=False, example="65"),
    Column("level", "Peso", CellKind.CHOICE, required=False, choices=LEVELS),
    Column("strength", "Forza", CellKind.CHOICE, required=False, choices=STRENGTHS),
), about="Che cosa la scheda deve dire: quantità, limiti, dati che non si ripetono.")

STANDARDS = Sheet("standards", "Standard", (
    Column("code", "Codice", example="appointment"),
    Column("title", "Fattore di qualità"),
    Column("promise", "Promessa", CellKind.PROSE, help="Con parole che chi usa il servizio può verificare."),
    Column("at_least", "Almeno", required=False, example="92"),
    Column("at_most", "Al più", required=False, example="10"),
    Column("unit", "Unità", required=False, example="giorni"),
    Column("checked_by", "Chi può verificarlo", required=False),
), about="Che cosa il servizio promette (R33, R212).")

INDICATORS = Sheet("indicators", "Indicatori", (
    Column("code", "Codice", example="hours_per_site"),
    Column("title", "Titolo"),
    Column("unit", "Unità", example="ore alla settimana"),
    Column("figure", "Misura della scheda", required=False, example="weekly_hours / count(sites)",
           help="Può mancare se la calcola il codice del plugin."),
    Column("standard", "Standard", required=False, help="Il codice della promessa che misura."),
), about="Come si misura ciò che si promette.")

SHEETS = (FIELDS, RULES, STANDARDS, INDICATORS)
