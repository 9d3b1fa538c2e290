"""Who signs for a party often operates its account too: the data of one person are not typed twice."""

from __future__ import annotations

from sqlalchemy import select

from core.parties.model import BankAccount, Delegate, Municipality, Signatory
from tests.integration.admin.house import House


def test_who_signs_becomes_the_delegate_of_the_account_without_typing_again(house: House) -> None:
    screen, key = house.person("direzione"), house.id_of("dresano")
    with house.unit("delegati") as session:
        account = session.scalars(select(BankAccount).where(BankAccount.party_id == key)).one()
        for held in list(account.delegates):
            session.delete(held)
        mayor = session.scalars(select(Signatory).where(Signatory.party_id == key)).one()
        stranger = session.scalars(select(Signatory).join(
            Municipality, Municipality.id == Signatory.party_id).where(Municipality.slug == "melegnano")).first()
        assert stranger is not None
        name, other, own = mayor.full_name, stranger.id, account.id
        wanted = (mayor.given_name, mayor.family_name, mayor.tax_code, mayor.birth_date, mayor.role)
    assert f"Delegato è {name}, che firma" in screen.read(f"/admin/comuni/details/?id={key}")
    screen.get(f"/admin/delegati/new/?account_id={own}&firmatario={other}")
    assert screen.fields()["tax_code"] == "", "of another body nothing is proposed"
    with house.session() as session:
        mine = session.scalars(select(Signatory.id).where(Signatory.party_id == key)).one()
    screen.get(f"/admin/delegati/new/?account_id={own}&firmatario={mine}")
    screen.send()
    with house.session() as session:
        made = session.scalars(select(Delegate).where(Delegate.account_id == own)).one()
        assert (made.given_name, made.family_name, made.tax_code, made.birth_date, made.role) == wanted
    assert f"Delegato è {name}" not in screen.read(f"/admin/comuni/details/?id={key}"), "it is one already"
    for nonsense in ("x", "0", "99999"):
        assert screen.get(f"/admin/delegati/new/?account_id={own}&firmatario={nonsense}").status_code == 200
