"""Traceability of payments (L. 136/2010 art. 3; R110-R112): the code that they carry, and when a dedicated account is
to be communicated. Pure.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from core.ground import clock
from core.ground.clock import Roll, Term
from core.ground.errors import Finding, Place, RuleBroken
from core.parties.model import BankAccount, Party

CIG = re.compile(r"[A-Z0-9]{10}")
NOTICE_DAYS = 7  # L. 136/2010 art. 3 c. 7; a contract may say otherwise in its terms


def the_cig(text: str) -> str:
    """A CIG in capitals without blanks, empty for none; RuleBroken for a text that is no CIG."""
    code = text.replace(" ", "").upper()
    if code and not CIG.fullmatch(code):
        raise RuleBroken("Il CIG «%(text)s» non è valido: ha 10 lettere o cifre.", field="cig", text=text.strip()[:80])
    return code


def communication_by(account: BankAccount, days: int = NOTICE_DAYS, roll: Roll = Roll.HOLIDAY) -> Term | None:
    """By when an account is to be communicated: from its last change, else from its first use if it existed before,
    else from its opening. None while none of these days is known.
    """
    began = account.changed_on or account.first_used_on or account.opened_on
    return None if began is None else clock.term(began, days, roll=roll)


def findings(party: Party, today: date, days: int = NOTICE_DAYS, roll: Roll = Roll.HOLIDAY) -> list[Finding]:
    """What the law would still ask of a party's dedicated accounts; nothing of it stops anybody (R110)."""
    if not party.accounts:
        return [Finding("Manca il conto dedicato di %(name)s: registrarlo con i delegati (L. 136/2010).",
                        {"name": party.name}, where="accounts", source="R110", at=Place("bank_account", party.id))]
    return [found for account in party.accounts for found in _account(account, today, days, roll)]


def _account(account: BankAccount, today: date, days: int, roll: Roll) -> list[Finding]:
    values: dict[str, object] = {"iban": account.iban, "name": account.party.name}
    found = []
    if not account.delegates:
        found.append(Finding("Sul conto %(iban)s di %(name)s non è indicato chi può operare: registrare i delegati con "
                             "il codice fiscale.", values, where="accounts", source="R110",
                             at=Place("delegate", account.id)))
    by = communication_by(account, days, roll)
    if by is None and account.communicated_on is None:
        found.append(Finding("Del conto %(iban)s di %(name)s non si sa quando è stato aperto, usato o comunicato: "
                             "completare i suoi dati.", values, where="accounts", source="R110",
                             at=Place("bank_account.edit", account.id, "opened_on")))
    elif by is not None and (late := _late(account, by.effective, today, values)) is not None:
        found.append(replace(late, at=Place("bank_account.edit", account.id, "communicated_on")))
    return found


def _late(account: BankAccount, by: date, today: date, values: dict[str, object]) -> Finding | None:
    said = {**values, "by": f"{by:%d/%m/%Y}"}
    told = account.communicated_on
    if told is None and today <= by:
        return Finding("Il conto %(iban)s di %(name)s si comunica entro il %(by)s.", said, where="accounts",
                       source="R110")
    if told is None:
        return Finding("Il conto %(iban)s di %(name)s andava comunicato entro il %(by)s: comunicarlo e registrarne il "
                       "giorno.", said, where="accounts", source="R110")
    if told > by:
        return Finding("Il conto %(iban)s di %(name)s è stato comunicato il %(on)s, dopo il termine del %(by)s.",
                       {**said, "on": f"{told:%d/%m/%Y}"}, where="accounts", source="R110")
    return None
