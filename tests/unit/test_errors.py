"""A refusal is a sentence with its values in place."""

from core.ground.errors import Finding, Level, NotVisible, RuleBroken


def test_a_refusal_says_its_values_and_names_its_field():
    refused = RuleBroken("L'IBAN «%(text)s» non è valido.", field="iban", text="IT00")
    assert str(refused) == "L'IBAN «IT00» non è valido."
    assert refused.field == "iban"


def test_a_sentence_without_values_may_speak_of_percents():
    assert str(RuleBroken("Il 100% è già coperto.")) == "Il 100% è già coperto."


def test_not_there_and_not_yours_are_one_kind_of_refusal():
    assert issubclass(NotVisible, RuleBroken)


def test_a_finding_warns_unless_it_says_otherwise():
    finding = Finding("Manca la scheda di %(service)s.", {"service": "Fondi di solidarietà"}, source="X12")
    assert finding.level is Level.WARNING
    assert str(finding) == "Manca la scheda di Fondi di solidarietà."
