"""``patto statements read``: what would be stored of a bank's file, without storing it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from core.ground.errors import RuleBroken
from core.ground.refusals import reason_of
from core.ground.settings import Settings
from core.payments.statements.lines import LeftOut, Line, Statement
from core.payments.statements.reading import read
from core.payments.statements.texts import iban

OK = 0


def read_file(_settings: Settings, options: argparse.Namespace) -> int:
    """The credits of a file, and the rows that are none, as one JSON document; of several accounts, one by one.

    RuleBroken for a file that cannot be read, or that is of another account than ``--account``.
    """
    account = _account(options.account)
    found = read(options.file.name, _content(options.file), account=account)
    if account is not None:
        found = tuple(one for one in found if one.account == account)
        if not found:
            raise RuleBroken("«%(file)s» è di un altro conto, non di %(iban)s.", file=options.file.name, iban=account)
    told = [_statement(one) for one in found]
    # escaped: the document is the same whatever the encoding of the terminal
    print(json.dumps(told[0] if len(told) == 1 else {"accounts": told}, indent=None if options.json else 2))
    return OK


def _account(text: str | None) -> str | None:
    if text is None:
        return None
    if not (code := iban(text.upper())):
        raise RuleBroken("«%(text)s» non è un IBAN: ricopiarlo dal documento della banca.", text=text)
    return code


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise RuleBroken("Il file %(file)s non si trova: controllarne il nome e la cartella.", file=path) from error
    except OSError as error:
        raise RuleBroken("Il file %(file)s non si può leggere: %(reason)s.", file=path,
                         reason=reason_of(error)) from error


def _statement(found: Statement) -> dict[str, Any]:
    return {"account": found.account, "lines": [_line(one) for one in found.lines],
            "left_out": [_left_out(one) for one in found.left_out]}


def _line(found: Line) -> dict[str, str | None]:
    told = {"booked": found.booked_on.isoformat(), "amount": str(found.amount), "payer": found.payer or None,
            "payer_iban": found.payer_iban or None, "text": found.text}
    return told | ({"remark": found.remark} if found.remark else {})


def _left_out(found: LeftOut) -> dict[str, str | int]:
    told: dict[str, str | int] = {"row": found.row, "why": found.why.value}
    return told | ({"file": found.file} if found.file else {})
