"""Which instalment a credit on the statement settles: by amount, payer, due date and reference, in this order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.ground.errors import RuleBroken
from core.payments.invoices import Invoice
from core.payments.proposals import Doubt, Open, Payer, Proposal, Reason, may_pay, proposals, require_payer, who_pays
from core.payments.rules import Credit

IBAN = "IT40S0542811101000000123457"
MELEGNANO, DRESANO = Payer(1, "Melegnano", frozenset({IBAN})), Payer(2, "Dresano")
PAYERS = [MELEGNANO, DRESANO, Payer(3, "San Donato"), Payer(4, "San Donato Milanese")]
WAITING = [
    Open(11, 1, 2026, 1, Decimal("1000.00"), date(2026, 1, 31)),
    Open(12, 2, 2026, 1, Decimal("800.00"), date(2026, 7, 31)),
    Open(21, 3, 2026, 2, Decimal("1000.00"), date(2026, 1, 31)),
]
CREDIT = Credit(date(2026, 1, 30), Decimal("1000.00"), "COMUNE DI MELEGNANO", IBAN, "Primo acconto, rata n. 1/2026")


def likely(waiting: list[Open] = WAITING, **facts: object) -> list[Proposal]:
    return proposals(replace(CREDIT, **facts), waiting, PAYERS)  # type: ignore[arg-type]


def test_amount_payer_day_and_number_together_are_certain() -> None:
    first = likely()[0]
    assert first.parts == ((11, Decimal("1000.00")),)
    assert first.certain
    assert first.reasons == (Reason.AMOUNT, Reason.IBAN, Reason.NAME, Reason.DUE, Reason.REFERENCE)
    assert first.doubts == ()


# --- certain, and not -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("facts", "certain"), [
    ({"payer_iban": ""}, True),  # name, amount, number
    ({"payer": ""}, True),  # account, amount, number
    ({"reference": "quote"}, True),  # account, name, amount
    ({"reference": "quota 1/2026", "payer_iban": ""}, True),  # amount and payer agree: the number alone counts
    ({"reference": "quote", "payer_iban": ""}, False),
    ({"reference": "quote", "payer": ""}, False),
    ({"payer": "TESORERIA UNICA", "payer_iban": ""}, False),  # who paid?
    ({"payer": "FARMACIA MELEGNANO SNC", "payer_iban": ""}, False),
    ({"amount": Decimal("400.00")}, False),
    ({"reference": "rata n. 2/2026"}, False),  # the amount of one, the number of the other
    ({"reference": "rata n. 99/2026"}, False),
    ({"reference": "DETERMINA N. 2/2026 MANDATO N. 3/2026"}, True),  # nothing in it names an instalment
])
def test_certain_is_what_nobody_would_look_at_twice(facts: dict[str, object], certain: bool) -> None:
    first = likely(**facts)[0]
    assert (first.parts[0][0], first.certain) == (11, certain)


def test_the_amount_goes_before_the_number_and_the_page_says_that_they_disagree() -> None:
    found = likely(reference="rata n. 2/2026")
    assert [(p.parts[0][0], p.certain) for p in found] == [(11, False), (12, False)]
    assert Doubt.OTHER_INSTALMENT in found[0].doubts
    assert Doubt.OTHER_AMOUNT in found[1].doubts and Reason.REFERENCE in found[1].reasons


@pytest.mark.parametrize(("booked", "reference", "first", "certain"), [
    (date(2026, 1, 30), "quote", 11, True),
    (date(2026, 7, 20), "quote", 12, False),  # the first one waits too: which of the two is it?
    (date(2026, 7, 20), "rata n. 2/2026", 12, True),
    (date(2026, 7, 20), "rata n. 1/2026", 12, False),  # the day says one, the number the other
    (date(2026, 4, 20), "rata n. 2/2026", 12, True),
    (date(2026, 4, 20), "quote", 11, True),
])
def test_of_two_equal_amounts_the_day_decides_and_then_the_number(
    booked: date, reference: str, first: int, certain: bool
) -> None:
    equal = [WAITING[0], replace(WAITING[1], left=Decimal("1000.00"))]
    found = likely(equal, booked_on=booked, reference=reference)
    assert (found[0].parts[0][0], found[0].certain) == (first, certain)


def test_two_equal_proposals_are_both_uncertain() -> None:
    found = likely(payer="TESORERIA UNICA", payer_iban="", reference="versamento")
    assert [p.parts[0][0] for p in found] == [11, 21]
    assert Doubt.UNKNOWN_PAYER in found[0].doubts and Doubt.RIVAL in found[0].doubts


INVOICED = [replace(WAITING[0], invoice=Invoice("12/PA", date(2026, 1, 15), "7652341290")),
            replace(WAITING[1], invoice=Invoice("13/PA", date(2026, 7, 15))), WAITING[2]]


@pytest.mark.parametrize("reference", ["FATTURA N. 12/PA", "Fatt. 12/PA del 15.01.2026", "SDI 7652341290"])
def test_an_invoice_is_a_reference_like_the_number_of_its_instalment(reference: str) -> None:
    first = likely(INVOICED, reference=reference, payer_iban="")[0]
    assert (first.parts, first.certain) == (((11, Decimal("1000.00")),), True)
    assert first.reasons == (Reason.AMOUNT, Reason.NAME, Reason.DUE, Reason.INVOICE)


def test_the_amount_goes_before_the_invoice_too() -> None:
    found = likely(INVOICED, reference="fattura 13/PA")
    assert [(p.parts[0][0], p.certain) for p in found] == [(11, False), (12, False)]
    assert {Doubt.OTHER_INSTALMENT, Doubt.OTHER_INVOICE} <= {*found[0].doubts}
    assert Doubt.OTHER_AMOUNT in found[1].doubts and Reason.INVOICE in found[1].reasons


def test_an_invoice_that_nobody_knows_leaves_a_doubt_only_where_there_is_another() -> None:
    assert likely(reference="fattura 99")[0].certain
    first = likely(INVOICED, reference="fattura 99")[0]
    assert (first.certain, first.doubts) == (False, (Doubt.OTHER_INVOICE,))


def test_one_transfer_for_the_invoices_that_it_names_is_split() -> None:
    waiting = [*INVOICED, Open(13, 4, 2026, 1, Decimal("50.00"), date(2026, 12, 31))]
    first = likely(waiting, amount=Decimal("1800.00"), reference="FATTURE N. 12/PA E 13/PA")[0]
    assert first.parts == ((11, Decimal("1000.00")), (12, Decimal("800.00")))
    assert first.certain


# --- parts and sums ---------------------------------------------------------------------------------------


def test_a_part_payment_is_proposed_for_the_instalment_that_it_names() -> None:
    assert likely(amount=Decimal("400.00"))[0].parts == ((11, Decimal("400.00")),)


def test_more_than_is_left_settles_what_is_left() -> None:
    assert likely(amount=Decimal("1200.00"))[0].parts == ((11, Decimal("1000.00")),)


def test_one_transfer_for_all_that_is_owed_is_split() -> None:
    first = likely(amount=Decimal("1800.00"), reference="quote 2026")[0]
    assert first.parts == ((11, Decimal("1000.00")), (12, Decimal("800.00")))
    assert first.certain


def test_one_transfer_for_the_instalments_that_it_names_is_split() -> None:
    waiting = [*WAITING, Open(13, 4, 2026, 1, Decimal("50.00"), date(2026, 12, 31))]
    first = likely(waiting, amount=Decimal("1800.00"), reference="rate 1 e 2/2026")[0]
    assert first.parts == ((11, Decimal("1000.00")), (12, Decimal("800.00")))
    assert first.certain


# --- who pays ---------------------------------------------------------------------------------------------


def test_the_payer_outweighs_a_reference_that_names_the_instalment_of_another() -> None:
    found = likely(reference="Comune di Dresano, rata n. 3/2026")
    assert [(p.municipality_id, p.from_another, p.certain) for p in found] == [(1, False, False), (2, True, False)]


@pytest.mark.parametrize(("payer", "iban"), [("COMUNE DI MELEGNANO", ""), ("", IBAN)])
def test_what_another_pays_is_never_certain_though_it_stands_alone(payer: str, iban: str) -> None:
    found = likely([replace(WAITING[2], left=Decimal("999.00"))], payer=payer, payer_iban=iban,
                   amount=Decimal("999.00"), reference="Dresano rata 3/2026")
    assert [(p.municipality_id, p.from_another, p.certain) for p in found] == [(2, True, False)]


def test_the_same_amount_of_another_municipality_never_wins_against_the_payer() -> None:
    first = likely(payer="Comune di Dresano", payer_iban="", reference="saldo")[0]
    assert (first.parts[0][0], first.certain) == (21, False)


@pytest.mark.parametrize(("payer", "iban", "known", "resembling", "otherwise"), [
    ("COMUNE DI MELEGNANO", "", [1], [], False), ("", IBAN, [1], [], False),
    ("COMUNE DI MELEGNANO", IBAN, [1], [], False),
    ("BANCA DEL PAESE SPA", IBAN, [1], [], True), ("COMUNE DI DRESANO", IBAN, [1], [], True),
    ("", f"{IBAN[:4]} {IBAN[4:]}".lower(), [1], [], False),
    ("COMUNE DI S. DONATO MIL.SE", "", [4], [], False), ("COMUNE DI S.DONATO", "", [3], [], False),
    ("FARMACIA DRESANO", "", [], [2], False), ("PROVINCIA DI MELEGNANO", "", [], [1], False),
    ("DRESANONE SRL", "", [], [], False), ("TESORERIA UNICA", "", [], [], False),
])
def test_a_known_account_decides_then_the_name_and_the_rest_only_resembles(
    payer: str, iban: str, known: list[int], resembling: list[int], otherwise: bool
) -> None:
    credit = replace(CREDIT, payer=payer, payer_iban=iban)
    found = who_pays(credit, PAYERS)
    assert [one.municipality_id for one in found.known] == known
    assert [one.municipality_id for one in found.resembling] == resembling
    assert found.is_named_otherwise(credit) is otherwise


def test_of_two_that_share_an_account_the_name_decides() -> None:
    shared = [MELEGNANO, replace(DRESANO, ibans=frozenset({IBAN}))]
    assert [one.municipality_id for one in who_pays(CREDIT, shared).known] == [1]
    assert [one.municipality_id for one in who_pays(replace(CREDIT, payer="TESORERIA"), shared).known] == [1, 2]


def test_the_account_of_one_with_the_name_of_another_is_certain_and_said() -> None:
    first = likely(payer="BANCA DEL PAESE SPA")[0]
    assert (first.municipality_id, first.certain, first.doubts) == (1, True, (Doubt.OTHER_NAME,))


@pytest.mark.parametrize(("payer", "municipality", "message"), [
    ("COMUNE DI MELEGNANO", 1, None), ("TESORERIA UNICA", 2, None), ("", 2, None),
    ("COMUNE DI MELEGNANO", 2, "Il versamento viene da Melegnano, la rata è di Dresano"),
    ("FARMACIA MELEGNANO SNC", 1, "«FARMACIA MELEGNANO SNC» somiglia soltanto a Melegnano"),
    ("FARMACIA MELEGNANO SNC", 2, "per le rate di Dresano, spuntare la conferma"),
])
def test_who_pays_for_another_or_only_resembles_is_asked_to_say_so(
    payer: str, municipality: int, message: str | None
) -> None:
    credit = replace(CREDIT, payer=payer, payer_iban="")
    require_payer(credit, PAYERS, municipality, for_another=True)
    if message is None:
        require_payer(credit, PAYERS, municipality, for_another=False)
        return
    with pytest.raises(RuleBroken, match=message) as refusal:
        require_payer(credit, PAYERS, municipality, for_another=False)
    assert refusal.value.field == "for_another"


def test_a_name_counts_only_whole_and_a_text_may_point_to_who_owes() -> None:
    stranger = Credit(date(2026, 2, 10), Decimal("5.00"), "Dresanone srl", "", "fattura 1/2020")
    assert proposals(stranger, WAITING, PAYERS) == []
    assert may_pay(replace(stranger, reference="per il Comune di Dresano"), PAYERS) == [2]
