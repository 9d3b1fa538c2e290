"""The description of a plugin as a file: what it says, and each fault with its line and what to do."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from core.ground.errors import Level, RuleBroken
from core.plugins.described import described, lines, read, write
from core.plugins.hookspecs import DatedName, PluginDescription
from core.plugins.schema import FieldType, MeasuredBy, Promise, PromisePeriod, Strength

FILE = '''\
[plugin]
code = "meal_delivery"
title = "Pasti a domicilio"
sectors = ["disability_elderly"]
version = "1.0"

[[names]]
name = "Mensa a domicilio"
valid_to = 2019-12-31

[[fields]]
name = "meals_a_day"
label = "Pasti al giorno"
type = "integer"
minimum = 1

[[fields]]
name = "free"
label = "Gratuito"
type = "yes_no"

[[fields]]
name = "tariffs"
label = "Tariffe"
type = "rows"

[[fields]]
table = "tariffs"
name = "band"
label = "Fascia"
type = "choice"
choices = ["full = intera", "half = ridotta"]
required = true

[[fields]]
table = "tariffs"
name = "price"
label = "Prezzo"
type = "euro"

[[rules]]
says = "Le fasce sono almeno {expected}: la scheda ne ha {found}."
source = "R199"
figure = "count(tariffs)"
at_least = 2
level = "error"
strength = "normally"

[[rules]]
says = "Fasce senza prezzo: {rows}."
source = "R199"
filled = ["tariffs.price"]

[[rules]]
says = "Fasce ripetute: {rows}."
source = "R199"
unique = "tariffs.band"

[[rules]]
says = "Dire che è gratuito."
source = "R38"
agreed = ["free"]

[[standards]]
code = "every_day"
title = "Continuità"
promise = "Almeno venti pasti al giorno, tutti i giorni."
at_least = 20
unit = "number"
period = "year"
checked_by = "chi riceve i pasti"

[[indicators]]
code = "meals"
title = "Pasti al giorno"
figure = "meals_a_day"
standard = "every_day"

[[standards]]
code = "on_time"
title = "Puntualità"
promise = "I pasti arrivano caldi, entro mezzogiorno e mezzo."
at_least = 92.5
unit = "percent"

[[indicators]]
code = "on_time"
title = "Pasti in orario"
by = "count"
standard = "on_time"
'''


@pytest.fixture
def meals() -> PluginDescription:
    found = read(FILE.encode())
    assert found.faults == () and found.description is not None
    return found.description


def test_a_description_says_all_that_a_sheet_asks(meals: PluginDescription) -> None:
    assert (meals.code, meals.sectors, meals.sheet.version) == ("meal_delivery", ("disability_elderly",), "1.0")
    assert meals.names[0] == DatedName("Mensa a domicilio", None, meals.names[0].valid_to)
    assert [field.name for field in meals.sheet.fields] == ["meals_a_day", "free", "tariffs"]
    band = meals.sheet.field("tariffs.band")
    assert band is not None and (band.type, band.choices, band.required) == (
        FieldType.CHOICE, (("full", "intera"), ("half", "ridotta")), True)
    few = meals.sheet.rules[0]
    assert (few.level, few.strength) == (Level.ERROR, Strength.NORMALLY)


@pytest.mark.parametrize(("data", "sentences"), [
    ({"tariffs": ({"band": "full", "price": Decimal(6)}, {"band": "half", "price": Decimal(3)}), "free": True}, []),
    ({"tariffs": (), "free": True}, ["Le fasce sono almeno 2: la scheda ne ha 0."]),
    ({"tariffs": ({"band": "full", "price": None}, {"band": "full", "price": Decimal(3)}), "free": False},
     ["Fasce senza prezzo: full.", "Fasce ripetute: full.", "Dire che è gratuito."]),
    ({"tariffs": ({"band": "full", "price": Decimal(6)}, {"band": "half", "price": Decimal(3)}), "free": None},
     ["Dire che è gratuito."]),
])
def test_the_rules_of_a_description_check_a_sheet(meals: PluginDescription, data: dict[str, Any],
                                                  sentences: list[str]) -> None:
    assert [str(remark) for remark in meals.sheet.remarks(data)] == sentences


@pytest.mark.parametrize(("measured", "kept"), [("20", True), ("19.99", False)])
def test_a_promise_in_figures_is_kept_or_not(meals: PluginDescription, measured: str, kept: bool) -> None:
    promise = meals.sheet.standards[0].promised({})
    assert promise is not None and promise.kept_by(Fraction(measured)) is kept


def test_a_promise_may_be_a_figure_of_the_sheet() -> None:
    found = read(FILE.replace("at_least = 20", 'at_least = "meals_a_day"').encode()).description
    assert found is not None
    every_day = found.sheet.standards[0]
    assert every_day.promised({"meals_a_day": 12}) == Promise(at_least=Fraction(12))
    assert every_day.promised({"meals_a_day": None}) is None


def test_a_standard_says_period_and_who_can_check_it(meals: PluginDescription) -> None:
    every_day, on_time = meals.sheet.standards
    assert (every_day.period, every_day.checked_by) == (PromisePeriod.YEAR, "chi riceve i pasti")
    assert (on_time.period, on_time.promised({})) == (PromisePeriod.MONTH, Promise(at_least=Fraction("92.5")))
    assert [indicator.by for indicator in meals.sheet.indicators] == [MeasuredBy.SHEET, MeasuredBy.COUNT]


def test_what_an_indicator_counts_is_typed_as_use(meals: PluginDescription) -> None:
    good, cases = meals.sheet.measures
    assert (good.code, good.within, good.places) == ("on_time_good", "on_time_of", 0)
    assert (cases.title, cases.counts_for, cases.counts_people) == ("Pasti in orario: in tutto", "on_time", True)


def test_an_indicator_divides_one_use_by_another(meals: PluginDescription) -> None:
    delivered = '''by = "use"
measure = "delivered"
over = "ordered"
standard = "on_time"

[[measures]]
code = "delivered"
title = "Pasti consegnati"
unit = "pasti"
kind = "quantity"

[[measures]]
code = "ordered"
title = "Pasti ordinati"
unit = "pasti"
kind = "quantity"
'''
    found = read(FILE.replace('by = "count"\nstandard = "on_time"\n', delivered).encode())
    assert found.faults == () and found.description is not None
    indicator = found.description.sheet.indicators[1]
    assert (indicator.by, indicator.measure, indicator.over) == (MeasuredBy.USE, "delivered", "ordered")
    assert [measure.code for measure in found.description.sheet.measures] == ["delivered", "ordered"]
    assert read(write(found.description).encode()).description == found.description


def test_a_description_is_written_as_it_is_read(meals: PluginDescription) -> None:
    assert read(write(meals).encode()).description == meals


def fault(*changes: tuple[str, str]) -> list[str]:
    text = FILE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return list(lines(read(text.encode()).faults))


@pytest.mark.parametrize(("old", "new", "told"), [
    ('code = "meal_delivery"', 'code = "Pasti"', "riga 2, code: «Pasti» va scritto in lettere minuscole"),
    ('title = "Pasti a domicilio"\n', "", "riga 1, title: Questo dato è necessario."),
    ('type = "integer"', 'type = "number"', "riga 14, type: «number» non è tra le voci previste"),
    ('type = "integer"\n', 'type = "integer"\ncolour = "red"\n', "riga 15, colour: Non è previsto"),
    ('label = "Pasti al giorno"\ntype', 'label = "pasti"\ntype', "riga 13, label: L'etichetta comincia"),
    ('name = "free"', 'name = "meals_a_day"', "riga 18, name: «meals_a_day» compare due volte"),
    ('table = "tariffs"\nname = "band"', 'table = "prices"\nname = "band"', "riga 28, table: La tabella «prices»"),
    ('choices = ["full = intera", "half = ridotta"]', 'choices = ["intera"]', "riga 32, choices: «intera»"),
    ('type = "yes_no"', 'type = "yes_no"\nminimum = 1', "riga 21, minimum: Minimo e massimo servono ai numeri"),
    ('figure = "count(tariffs)"', 'figure = "count(prices)"', "riga 44, figure: La misura «count(prices)» non si può"),
    ('figure = "count(tariffs)"', 'figure = "tariffs + 1"', "riga 44, figure: «tariffs + 1» non è una misura"),
    ('at_least = 2\n', "", "riga 44, figure: Una misura vuole il suo limite"),
    ('agreed = ["free"]', 'agreed = ["meals_a_day"]', "agreed: Il campo «meals_a_day» non c'è, o non è del tipo"),
    ('unique = "tariffs.band"', 'unique = "meals_a_day"', "unique: La colonna «meals_a_day» non c'è"),
    ('standard = "every_day"', 'standard = "always"', "standard: Lo standard «always» non c'è."),
    ("at_least = 92.5", "at_least = 110", "riga 83, at_least: «110» non si può promettere: una percentuale sta fra 0"),
    ("at_least = 92.5", "at_most = -1", "riga 83, at_most: «-1» non si può promettere: una percentuale sta fra 0 e"),
    ("at_least = 20", "at_least = -20", "riga 68, at_least: «-20» non si può promettere: è sotto zero."),
    ('by = "count"', 'measure = "meals"\nover = "hours"', "measure: La misura d'uso «meals» non c'è"),
    ("at_least = 92.5", "at_least = 80\nat_most = 92", "riga 84, at_most: Una promessa ha una direzione sola"),
    ("at_least = 92.5\n", "", "riga 83, unit: La promessa non dice in quale direzione"),
    ("at_least = 92.5\nunit", "promised = 92.5\nunit", "riga 83, promised: Non è previsto"),
    ('unit = "percent"', 'unit = "weeks"', "riga 84, unit: «weeks» non è tra le voci previste"),
    ('unit = "percent"\n', "", "riga 83, at_least: Dire in quale unità si promette"),
    ("at_least = 92.5", 'at_least = "meals_a_day"', "at_least: Il campo «meals_a_day» dice una percentuale promessa"),
    ("at_least = 92.5", 'at_least = "count(tariffs)"', "at_least: Una promessa è un numero, o un campo della scheda"),
    ("at_least = 92.5", 'at_least = "hours"', "at_least: La misura «hours» non si può prendere"),
    ('by = "count"', 'by = "count"\nfigure = "meals_a_day"', "figure: La misura della scheda serve a un indicatore"),
    ('by = "count"', 'measure = "meals"', "over: Un uso diviso altro uso vuole due misure"),
    ('by = "count"', 'by = "guess"', "by: «guess» non è tra le voci previste"),
    ('standard = "on_time"\n', 'unit = "pasti"\n', "standard: Dire quale promessa misura."),
    ('at_least = 20\nunit = "number"', "", "unit: Senza una promessa che la dica, l'unità va scritta."),
    ('at_least = 92.5\nunit = "percent"\n', "", "standard: La promessa «Puntualità» è solo a parole"),
])
def test_a_fault_is_told_with_its_line(old: str, new: str, told: str) -> None:
    found = fault((old, new))
    assert any(told in each for each in found), found


def test_every_fault_is_told_at_once() -> None:
    assert len(fault(('code = "meal_delivery"', 'code = "X"'), ('type = "integer"', 'type = "number"'))) >= 2


def test_a_folder_with_a_fault_is_refused_whole(tmp_path: Path) -> None:
    (tmp_path / "plugin.toml").write_text(FILE.replace('type = "integer"', 'type = "number"'))
    with pytest.raises(RuleBroken, match=r"plugin\.toml: riga 14, type"):
        described(tmp_path)


def test_a_text_that_is_no_file_of_tables_says_where(tmp_path: Path) -> None:
    with pytest.raises(RuleBroken, match="Riga 1"):
        read(b"[plugin\n")
    with pytest.raises(RuleBroken, match=r"Manca \[plugin\]"):
        read(b'[[standards]]\ncode = "a"\ntitle = "b"\npromise = "c"\n')
