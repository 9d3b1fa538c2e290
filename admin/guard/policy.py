"""Who may call a route: declared for every rule of the application, asked in one place, before every request.

An application with a route that declares nothing does not start; plugins' routes too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response

from admin.guard import lost
from admin.guard.session import principal, turned_away
from core.ground.access import Principal, Role

READING = frozenset({"GET", "HEAD", "OPTIONS"})
MARK = "patto_policy"
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Who:
    """A group of callers: everybody, whoever is logged in, or the holders of one of ``roles``."""

    public: bool = False
    roles: frozenset[Role] | None = frozenset()

    def admits(self, caller: Principal) -> bool:
        """True if ``caller`` belongs to the group."""
        if self.public:
            return True
        if caller.user_id is None:
            return False
        return self.roles is None or caller.has(*self.roles)


PUBLIC = Who(public=True)
LOGGED_IN = Who(roles=None)
NOBODY = Who()


def roles(*wanted: Role) -> Who:
    """The holders of one of the roles."""
    return Who(roles=frozenset(wanted))


STAFF = roles(Role.MANAGEMENT, Role.ACCOUNTING, Role.ACCREDITATION, Role.AUDITOR, Role.ADMINISTRATOR)
STAFF_AND_MUNICIPALITIES = roles(*(STAFF.roles or ()), Role.MUNICIPALITY)
MANAGEMENT = roles(Role.MANAGEMENT)
MONEY = roles(Role.MANAGEMENT, Role.ACCOUNTING)
MONEY_STAFF = roles(Role.MANAGEMENT, Role.ACCOUNTING, Role.AUDITOR, Role.ADMINISTRATOR)
MONEY_READERS = roles(*(MONEY_STAFF.roles or ()), Role.MUNICIPALITY)
ADMINISTRATOR = roles(Role.ADMINISTRATOR)
ACCREDITATION = roles(Role.ACCREDITATION)
ACCREDITATION_OR_MANAGEMENT = roles(Role.ACCREDITATION, Role.MANAGEMENT)
ACCREDITATION_AND_PROVIDERS = roles(Role.ACCREDITATION, Role.PROVIDER)
STAFF_AND_PROVIDERS = roles(*(STAFF.roles or ()), Role.PROVIDER)
STAFF_AND_ALL_PARTIES = roles(*(STAFF.roles or ()), Role.MUNICIPALITY, Role.PROVIDER)
MANAGEMENT_AND_MUNICIPALITIES = roles(Role.MANAGEMENT, Role.MUNICIPALITY)


@dataclass(frozen=True)
class Policy:
    """Who may read a route (GET) and who may write through it (POST and the like)."""

    read: Who
    write: Who = NOBODY

    def for_method(self, method: str) -> Who:
        """The group that ``method`` is open to."""
        return self.read if method in READING else self.write


def allow(read: Who, write: Who = NOBODY) -> Callable[[View], View]:
    """Declare the policy of one view function; on a method of a Flask-Admin view it wins over the class."""

    def mark(view: View) -> View:
        setattr(view, MARK, Policy(read, write))
        return view

    return mark


def policies(app: Flask) -> Mapping[str, Policy]:
    """The declared policy of every endpoint: what the proofs and the menu read."""
    declared: Mapping[str, Policy] = app.extensions["patto_policies"]
    return declared


def may(caller: Principal, endpoint: str, method: str = "GET") -> bool:
    """True if ``caller`` may use ``endpoint``: for menus and buttons."""
    policy = policies(current_app).get(endpoint)
    return policy is not None and policy.for_method(method).admits(caller)


def enforce(app: Flask, views: list[Any], libraries: Mapping[str, Policy]) -> None:
    """Collect the policies and ask them before every request. RuntimeError naming each route that has none.

    ``views`` are the Flask-Admin views, ``libraries`` the endpoints of other people's code.
    """
    declared = {**libraries}
    for view in views:
        for _url, name, _methods in view._urls:
            if found := of_view(view, name):
                declared[f"{view.endpoint}.{name}"] = found
    for endpoint, function in app.view_functions.items():
        if found := getattr(function, MARK, None):
            declared[endpoint] = found
    missing = sorted({rule.endpoint for rule in app.url_map.iter_rules()} - declared.keys())
    if missing:
        raise RuntimeError(f"routes without a declared policy: {', '.join(missing)}")
    app.extensions["patto_policies"] = declared
    app.before_request(_ask)


def of_view(view: Any, name: str) -> Policy | None:
    """A page's own policy, else its class's: pages that exist only to write ask for the right to write."""
    own: Policy | None = getattr(getattr(view, name), MARK, None)
    read, write = getattr(view, "may_read", None), getattr(view, "may_write", None)
    if own or read is None or write is None:
        return own
    writing = any(name in vars(kind).get("writing_pages", ()) for kind in type(view).__mro__)
    return Policy(write, write) if writing else Policy(read, write)


def _ask() -> Response | tuple[str, int] | None:
    if request.endpoint is None:  # no such address: the 404 page
        return None
    who = policies(current_app)[request.endpoint].for_method(request.method)
    if who.public:
        return None  # nor is the database asked who it is
    caller = principal()
    if who.admits(caller):
        return None
    if caller.user_id is not None:
        abort(403)
    if request.method == "POST" and session.pop("_user_id", None) is not None:
        return lost.page(401)
    turned_away()
    after = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("security.login", next=after))
