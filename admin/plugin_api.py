"""The one facade of the admin for plugins' ``web.py``: import from here, and wherever our files move nothing breaks."""

from admin.guard import policy
from admin.guard.session import act, db, principal, today
from admin.web.acts import ActForm, ActPage, act_form, carry_out
from admin.web.base_view import Act, BaseView, Begin, Filter, Page
from admin.web.charts import bars
from admin.web.exercise import by_exercise, exercise, this_year
from admin.web.fields import day_field, line_field
from admin.web.forms import DecimalField, EuroField, NumberField, OneField, PageForm, Sentence, picks
from admin.web.plugin_acts import letter_acts
from admin.web.searching import named, of_year, worded, written
from admin.web.words import said

__all__ = [
    "Act", "ActForm", "ActPage", "BaseView", "Begin", "DecimalField", "EuroField", "Filter", "NumberField",
    "OneField", "Page", "PageForm", "Sentence", "act", "act_form", "bars", "by_exercise", "carry_out", "day_field",
    "db", "exercise", "letter_acts", "line_field", "named", "of_year", "picks", "policy", "principal", "said",
    "this_year", "today", "worded", "written",
]
