"""Snapshots beside each other, the merge of three, and texts paragraph by paragraph."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contracts.compare import changes_to_merge, differences
from core.documents.comparing import Change, ComparedStretch, paragraphs, renumbered, words
from core.ground.errors import RuleBroken


def snap(**values: object) -> dict[str, dict[str, object]]:
    """A snapshot of plain fields; ``service_2_5`` stands for ``service/2/5``."""
    return {key.replace("_", "/") if key.startswith(("service", "clause")) else key:
            {"value": value, "shown": str(value), "of": ""} for key, value in values.items()}


MERGES = {
    # base, live, copy -> what passes to the live contract
    "nobody changed anything": ({"cig": "A"}, {"cig": "A"}, {"cig": "A"}, {}),
    "only the amendment changed it": ({"cig": "A"}, {"cig": "A"}, {"cig": "B"}, {"cig": "B"}),
    "only the contract changed it": ({"cig": "A"}, {"cig": "B"}, {"cig": "A"}, {}),
    "both changed it to the same": ({"cig": "A"}, {"cig": "B"}, {"cig": "B"}, {}),
    "the amendment fills what was empty": ({}, {}, {"cup": "C"}, {"cup": "C"}),
    "the amendment empties it": ({"cup": "C"}, {"cup": "C"}, {}, {"cup": None}),
    "a service is added": ({"service_2_5": True}, {"service_2_5": True}, {"service_2_5": True, "service_2_6": True},
                           {"service/2/6": True}),
    "a service is removed": ({"service_2_5": True}, {"service_2_5": True}, {}, {"service/2/5": None}),
    "both removed the same service": ({"service_2_5": True}, {}, {}, {}),
    "different fields do not meet": ({"cig": "A", "cup": "C"}, {"cig": "X", "cup": "C"}, {"cig": "A", "cup": "Y"},
                                     {"cup": "Y"}),
    "its own signing stays with the amendment": ({"place": "Qui"}, {"place": "Qui"}, {"place": "Altrove"}, {}),
}


@pytest.mark.parametrize(("base", "live", "copy", "expected"), MERGES.values(), ids=MERGES)
def test_a_merge_takes_what_the_amendment_alone_has_changed(base, live, copy, expected):
    assert changes_to_merge(snap(**base), snap(**live), snap(**copy)) == expected


CONFLICTS = {
    "two different values": ({"cig": "A"}, {"cig": "B"}, {"cig": "C"}, "CIG"),
    "changed here, emptied there": ({"zone_plan_id": 1}, {"zone_plan_id": 2}, {}, "Piano di Zona"),
    "emptied here, changed there": ({"terms_id": 1}, {}, {"terms_id": 3}, "Condizioni contrattuali"),
    "one clause written twice": ({"clause_Sede": "a"}, {"clause_Sede": "b"}, {"clause_Sede": "c"}, "Clausola"),
}


@pytest.mark.parametrize(("base", "live", "copy", "name"), CONFLICTS.values(), ids=CONFLICTS)
def test_a_merge_stops_and_names_the_field_that_both_have_changed(base, live, copy, name):
    with pytest.raises(RuleBroken, match=f"«{name}» nel frattempo è cambiato") as refusal:
        changes_to_merge(snap(**base), snap(**live), snap(**copy))
    assert refusal.value.field == next(iter(base)).partition("_Sede")[0]


fields = st.dictionaries(st.sampled_from(["cig", "cup", "terms_id", "service_1_1", "service_1_2"]),
                         st.sampled_from(["a", "b"]))


@given(base=fields, copy=fields)
def test_where_the_contract_has_not_changed_the_merge_gives_the_amendment(base, copy):
    live = snap(**base)
    for key, value in changes_to_merge(snap(**base), live, snap(**copy)).items():
        live.pop(key, None)
        if value is not None:
            live[key] = {"value": value, "shown": value, "of": ""}
    assert not differences(live, snap(**copy))


def test_differences_say_what_was_added_removed_and_changed():
    found = differences(snap(cig="A", service_1_1=True), snap(cig="B", service_1_2=True))
    assert [(d.key, d.kind) for d in found] == [
        ("cig", Change.CHANGED), ("service/1/2", Change.ADDED), ("service/1/1", Change.REMOVED)]


def test_a_text_is_compared_paragraph_by_paragraph_whatever_the_spaces():
    before = ["Art. 1 – Oggetto", "", "L'Azienda  gestisce i servizi.", "Una frase che sparisce del tutto."]
    after = ["Art. 1 –\tOggetto", "L'Azienda gestisce tutti i servizi.", "Parole mai viste prima: xyz."]
    assert paragraphs(before, after) == [
        ComparedStretch(Change.SAME, ("Art. 1 – Oggetto",), ("Art. 1 – Oggetto",)),
        ComparedStretch(Change.CHANGED, ("L'Azienda gestisce i servizi.",), ("L'Azienda gestisce tutti i servizi.",)),
        ComparedStretch(Change.REMOVED, before=("Una frase che sparisce del tutto.",)),
        ComparedStretch(Change.ADDED, after=("Parole mai viste prima: xyz.",)),
    ]


def test_a_service_less_does_not_mark_every_annex_as_changed():
    before = ["Allegato n. 1 — Nido", "Allegato n. 2 — Spazio Neutro", "Servizio (allegato n. 2);"]
    after = ["Allegato n. 1 — Spazio Neutro", "Servizio (allegato n. 1);"]
    found = paragraphs(before, after)
    assert [stretch.kind for stretch in found] == [Change.REMOVED, Change.SAME]
    assert renumbered(found) == 2


def test_words_are_marked_one_by_one():
    assert words("il Comune paga", "il Comune non paga") == [
        (Change.SAME, "il Comune"), (Change.ADDED, "non"), (Change.SAME, "paga")]


def test_a_paragraph_that_was_moved_is_told_as_moved_and_not_as_gone_and_new():
    before = ["Prima clausola del contratto.", "Seconda clausola del contratto.", "Terza parte, del tutto diversa."]
    after = [before[2], "Prima clausola del contratto nuovo.", before[1]]
    assert paragraphs(before, after) == [
        ComparedStretch(Change.MOVED, after=(before[2],)),
        ComparedStretch(Change.CHANGED, (before[0],), (after[1],)),
        ComparedStretch(Change.SAME, (before[1],), (before[1],)),
        ComparedStretch(Change.MOVED, before=(before[2],)),
    ]


def test_a_hyphen_that_does_not_break_is_a_hyphen():
    before = ["Servizi socio-sanitari, art. 24-bis."]
    assert [found.kind for found in paragraphs(before, ["Servizi socio\u2011sanitari,\u00a0art. 24\u2011bis."])] == [
        Change.SAME]


@given(st.lists(st.sampled_from(["a b c", "a b d", "x", "uno due tre quattro", "Allegato n. 1 — y"])),
       st.lists(st.sampled_from(["a b c", "a b d", "x", "uno due tre quattro", "Allegato n. 2 — y"])))
def test_no_paragraph_is_lost_in_a_comparison(before, after):
    found = paragraphs(before, after)
    assert [line for stretch in found for line in stretch.before] == before
    assert [line for stretch in found for line in stretch.after] == after


def test_a_text_rewritten_from_end_to_end_is_compared_in_time():
    found = paragraphs([f"vecchio {n} paragrafo" for n in range(2000)], [f"nuovo {n} testo" for n in range(2000)])
    assert [stretch.kind for stretch in found] == [Change.REMOVED, Change.ADDED]


def test_two_that_read_alike_say_what_tells_them_apart():
    def signed_by(key, since):
        return {"signatory/3": {"value": key, "shown": "Anna Rossi, Sindaca", "of": "Dresano", "apart": since}}

    [found] = differences(signed_by(1, "in carica dal 01/06/2019"), signed_by(2, "in carica dal 10/06/2024"))
    assert (found.before, found.after) == ("Anna Rossi, Sindaca (in carica dal 01/06/2019)",
                                           "Anna Rossi, Sindaca (in carica dal 10/06/2024)")
    old = {"terms_id": {"value": 1, "shown": "Condizioni 2015", "of": ""}}
    [found] = differences(old, {"terms_id": {"value": 2, "shown": "Condizioni 2015", "of": ""}})
    assert (found.before, found.after) == ("Condizioni 2015 (n. 1)", "Condizioni 2015 (n. 2)")
