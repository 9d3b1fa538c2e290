"""A text held against art. 24 D.lgs. 201/2022."""

from __future__ import annotations

import pytest

from core.contracts.completeness import CLAUSES, Evidence, Presence, check, located

TEXT = ["Indice", "Art. 1 – Durata", "Allegato n. 1 — Nido", "Premesse", "Art. 1\t– Durata",
        "Il contratto dura un anno.", "TITOLO II – Obblighi", "Art. 2 – Recesso",
        "Il Comune può recedere e indennizza l'Azienda.",
        "Allegato n. 1 — Nido", "I dati personali dei bambini sono protetti. Per i reclami c'è un modulo."]


def answers(*text: str) -> dict[str, object]:
    """The answers by place in the law."""
    return {answer.clause.place: answer for answer in check(list(located(text)))}


def test_every_paragraph_has_the_article_or_the_annex_it_stands_under():
    assert [(line.where, line.annex) for line in located(TEXT)][-5:] == [
        ("TITOLO II – Obblighi", False), ("Art. 2 – Recesso", False), ("Art. 2 – Recesso", False),
        ("Allegato n. 1 — Nido", True), ("Allegato n. 1 — Nido", True)]


def test_a_clause_is_present_partly_or_missing_and_says_where():
    found = answers(*TEXT)
    assert (found["c. 3, lett. b)"].presence, found["c. 3, lett. b)"].where) == (Presence.PRESENT, ("Art. 1 – Durata",))
    withdrawal = found["c. 3, lett. n)"]
    assert (withdrawal.presence, withdrawal.missing) == (Presence.PARTLY, ("Criteri per calcolare l'indennizzo",))
    assert found["c. 3, lett. i)"].presence is Presence.MISSING


def test_an_annex_of_a_service_does_not_make_a_clause_of_the_contract():
    found = answers(*TEXT)
    assert found["c. 3, lett. p)"].presence is Presence.MISSING
    assert "Reclami" not in found["c. 4"].missing


def test_a_clause_of_its_own_fills_the_gap():
    clause = "1. Dati personali. Il trattamento segue il regolamento (UE) 2016/679."
    found = answers(*TEXT[:6], clause)["c. 3, lett. p)"]
    assert (found.presence, found.missing) == (
        Presence.PARTLY, ("Chi è titolare, contitolare, responsabile (GDPR, artt. 26 e 28)",))
    whole = f"{clause} L'Azienda è responsabile ai sensi dell'art. 28."
    assert answers(*TEXT[:6], whole)["c. 3, lett. p)"].presence is Presence.PRESENT


@pytest.mark.parametrize(("line", "place"), [
    ("Le parti non hanno convenuto penali, di € 100,00 o altre.", "c. 3, lett. h)"),
    ("Il contratto decorre dal ________ e scade il 31 dicembre 2027.", "c. 3, lett. b)"),
    ("Il contratto decorre dal giorno della firma.", "c. 3, lett. b)"),
    ("La penale è proporzionata alla gravità.", "c. 3, lett. h)"),
    ("Il corrispettivo è dovuto ogni anno.", "c. 3, lett. e)"),
])
def test_words_that_deny_wait_or_say_no_figure_are_not_the_clause(line, place):
    assert answers("Art. 24 – Penali", line)[place].presence is Presence.MISSING


def test_what_stands_on_record_counts_too():
    lines = [*located(TEXT), Evidence("Polizza Alfa, n. 1", "polizza responsabilità civile")]
    found = {answer.clause.place: answer for answer in check(lines)}["c. 3, lett. m)"]
    assert (found.where, found.missing) == (("Polizza Alfa, n. 1",), ("Garanzie finanziarie",))


def test_the_list_follows_the_law_and_marks_what_was_not_read_at_the_source():
    letters = [clause.place[-2] for clause in CLAUSES if clause.place.startswith("c. 3")]
    assert "".join(letters) == "abcdefghilmnop"
    assert [clause.place for clause in CLAUSES if clause.verified][-1] == "c. 3, lett. h)"
