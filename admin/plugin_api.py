"""The one facade of the admin for plugins' ``web.py``: import from here, and wherever our files move nothing breaks."""

from admin.guard import policy
from admin.guard.session import act, db, principal, today
from admin.web.base_view import Act, BaseView, Begin, Filter, Page
from admin.web.forms import PageForm
from admin.web.searching import named, of_year
from admin.web.words import said

__all__ = [
    "Act", "BaseView", "Begin", "Filter", "Page", "PageForm", "act", "db", "named", "of_year", "policy",
    "principal", "said", "today",
]
