"""The base of every list and record: Flask-Admin's pages over the request's scoped session.

Flask-Admin writes by itself, so it is not let: reading is all that a view can do until it says otherwise, and what
it may change goes through an operation in a unit of work. Pages that a view does not offer have no address at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from flask import abort, current_app, flash, has_request_context, redirect, request, url_for
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_admin.model.base import BaseModelView, ViewArgs
from flask_babel import gettext as _
from jinja2 import pass_context
from sqlalchemy import ColumnExpressionArgument, Integer, Select, Table, func, inspect, select
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.interfaces import ORMOption
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.policy import Who
from admin.guard.session import act, db, principal
from admin.web import formats
from admin.web.forms import MOST_CHOICES, Choices, PageForm, first_of, form_class, number_or_none
from admin.web.searching import Way, meant, worded
from admin.web.sending import attempt, new_key
from admin.wording import labels
from core.ground.access import ScopedSession
from core.ground.db import Euro, Percent
from core.ground.order import alphabetical, directed, in_order, sortable
from core.ground.search import is_common

PAGE = 20
COUNTED = 1000  # of more it is said that they are more
Order = tuple[list[Any], bool]  # the columns, and whether all of them go down
BIGGEST_KEY = 2**31 - 1
NEVER = frozenset({"action_view", "export", "ajax_lookup", "ajax_update"})


@dataclass(frozen=True)
class Act:
    """A button on a record: the word, where it leads, how it looks, and what it says below."""

    label: str
    url: str
    post: bool = False
    tint: str = "secondary"


@dataclass(frozen=True)
class Begin:
    """What is begun from a list, not from a record: the word, and the page ("payment.new_view"; the view's own without
    its name: ".new_view"). The policy of that page says who may. The search finds it by its word.
    """

    word: Any
    page: str
    tint: str = "primary"


@dataclass(frozen=True)
class Filter:
    """A filter above a list: its name in the address, its label, its choices, and the rows each choice means."""

    name: str
    label: Any
    choices: Callable[[], Choices]
    rows: Callable[[str], ColumnExpressionArgument[bool]]


class Guarded:
    """What every view of ours has: a policy, a place in the menu for those whom it admits, plain errors.

    ``group``: its subject in the menu; ``aside``: it stands there behind the others, where they leave room.
    ``begins``: what is begun here. ``on_records``: what is done on a page of a record beside its passages, the page by
    its name (of another view ``endpoint.page``; ``page?tipo=revocation`` where one page does several things) and the
    word of its button. The search finds both by their words.
    """

    may_read: Who | None = None
    may_write: Who = policy.NOBODY
    writing_pages: frozenset[str] = frozenset()
    in_menu = True
    group = ""
    aside = False
    begins: Sequence[Begin] = ()
    on_records: Mapping[str, Any] = {}
    endpoint: str

    def is_accessible(self) -> bool:
        """True for those who may read: asked by the menu; the routes are guarded by ``policy``."""
        return self.may_read is not None and self.may_read.admits(principal())

    def is_visible(self) -> bool:
        """True if the view stands in the menu."""
        return self.in_menu

    def may_begin(self) -> list[Act]:
        """What who asks may begin here, as buttons."""
        offered = ((begin, f"{self.endpoint}{begin.page}" if begin.page.startswith(".") else begin.page)
                   for begin in self.begins)
        return [Act(str(begin.word), url_for(page), tint=begin.tint) for begin, page in offered
                if page in current_app.view_functions and policy.may(principal(), page)]

    def button(self, page: str, row: Any, *, tint: str = "secondary", **values: Any) -> Act:
        """The button of what is done on a page of a record, one of ``on_records``.

        The address names the record as ``id``; on another view's page ``values`` say how it is named there.
        """
        place, _mark, query = page.partition("?")
        told = {**dict(parse_qsl(query)), **(values or {"id": row.id})}
        return Act(str(self.on_records[page]), self.get_url(place if "." in place else f".{place}", **told), tint=tint)

    def get_url(self, endpoint: str, **values: Any) -> str:
        """The address of a page, ``.its_name`` one of this view's own, from whatever page it is asked."""
        return url_for(f"{self.endpoint}{endpoint}" if endpoint.startswith(".") else endpoint, **values)

    def _handle_view(self, name: str, **kwargs: Any) -> None:
        """Nothing: the policy of this very page has been asked already, and it may differ from the view's."""

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call the page once: an error in it must be seen, not tried again in another way."""
        return fn(self, *args, **kwargs)


class Page(Guarded, AdminBaseView):
    """A plain page, or a few: forms and acts of one subject. Subclasses expose methods and render templates."""


class BaseView(Guarded, BaseModelView):
    """Lists and records of one model.

    Reading: ``column_list``, ``searched`` (ways, see ``searching``), ``filtered``, ``sorted_by``, ``newest_first``
    (``newest_by``, then by key), ``unsorted`` (columns in whose order nobody reads), ``load``, ``load_record``
    (what a record wants where it is more than its line in the list), ``details``; ``shown``: how a column is shown,
    by a function of the row or the name of a method, where it is not what the row holds; ``numeric``: whose figures
    stand at the right, if not those of a number's type; ``asked_where``: what a form asks and a record shows only
    where a question about the azienda is answered with yes; ``panels``: by which name plugins put parts on its records.
    Writing: ``may_write``, ``can_create`` or ``can_edit``, ``form_columns``, ``left_out`` and the methods
    ``create``, ``update``, which call operations. Titles: ``title`` for the list, ``new_title`` for a new record.
    """

    model: Any  # Flask-Admin types these three for other kinds of databases and columns too
    column_list: Sequence[str]
    _sortable_columns: dict[Any, Any]

    title: Any = ""
    new_title: Any = ""
    lead: Any = ""
    empty: Any = ""

    can_create = False
    can_edit = False
    can_delete = False
    can_view_details = True
    can_export = False
    page_size = PAGE
    list_template = "web/list.html"
    details_template = "web/details.html"
    edit_template = "web/form.html"
    create_template = "web/form.html"
    writing_pages = frozenset({"create_view", "edit_view", "delete_view"})

    searched: Sequence[Way] = ()
    filtered: Sequence[Filter] = ()
    sorted_by: dict[str, Any] = {}
    unsorted: frozenset[str] = frozenset()
    newest_first = False
    newest_by: Sequence[str] = ()
    load: Sequence[ORMOption] = ()
    load_record: Sequence[ORMOption] = ()
    details: Sequence[str] = ()
    shown: Mapping[str, Callable[[Any], Any] | str] = {}
    numeric: frozenset[str] | None = None
    state_column = "state"
    form_columns: Sequence[str] = ()
    form_sections: Sequence[tuple[Any, Sequence[str]]] = ()
    left_out: frozenset[str] = frozenset()
    asked_where: Mapping[str, Callable[[], bool]] = {}
    panels = ""

    def __init__(self, model: type[Any], name: Any, **places: Any) -> None:
        self.mapper: Mapper[Any] = inspect(model)
        if self.form_sections and not self.form_columns:
            self.form_columns = tuple(column for _title, columns in self.form_sections for column in columns)
        if self.can_create:
            self.begins = (*self.begins, Begin(self.new_title, ".create_view"))
        self._urls = [url for url in type(self)._urls if self._offers(url[1])]  # type: ignore[arg-type]  # the page
        super().__init__(model, name, **places)

    def _offers(self, page: str) -> bool:
        switches = {"create_view": self.can_create, "edit_view": self.can_edit, "delete_view": self.can_delete,
                    "details_view": self.can_view_details}
        return page not in NEVER and switches.get(page, True)

    # --- what a subclass says ---------------------------------------------------------------------------------

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> Any:
        """Call the operation that makes a record from the form's ``facts``; give the record."""
        raise NotImplementedError

    def update(self, session: ScopedSession, row: Any, version: int, facts: dict[str, Any]) -> Any:
        """Call the operation that changes ``row``, seen at ``version``; what it gives is not used."""
        raise NotImplementedError

    def remove(self, session: ScopedSession, row: Any) -> None:
        """Call the operation that takes ``row`` away; the history keeps it."""
        raise NotImplementedError

    def choices(self, name: str) -> Choices:
        """The options of a foreign key in the form: the rows that the person sees."""
        [key] = self._column(name).foreign_keys
        target = next(m.class_ for m in self.mapper.registry.mappers if m.local_table is key.column.table)
        rows = db().scalars(select(target).order_by(target.id).limit(MOST_CHOICES + 1)).unique().all()
        return first_of(sorted(((row.id, str(row)) for row in rows), key=lambda option: alphabetical(option[1])))

    def acts(self, row: Any) -> Sequence[Act]:
        """The next possible acts on a record, as buttons."""
        return ()

    def other_acts(self, row: Any) -> Sequence[Act]:
        """Acts that are rarely wanted: they stand apart, so that nobody does one by mistake."""
        return ()

    def acts_within(self, row: Any) -> Sequence[Act]:
        """What a section of the record's page links to, and the buttons do not: for the search of acts."""
        return ()

    def name_of(self, row: Any) -> str:
        """What a record is called in the title of a page."""
        return str(row)

    def ticked_acts(self) -> list[tuple[str, str]]:
        """The acts on several rows, as (code, verb): see ``together``."""
        return []

    def told_apart(self, row: Any) -> str:
        """What a record is called among others that the search found."""
        return self.name_of(row)

    def state_of(self, row: Any) -> str:
        """The state of a record, for the badge beside its title; empty for one that has none."""
        return getattr(row, "state", "")

    def where_it_stands(self, row: Any) -> str:
        """One line that says in words where a record stands."""
        return ""

    def context(self, row: Any) -> dict[str, Any]:
        """What the record's template wants besides the row."""
        return {}

    # --- reading ----------------------------------------------------------------------------------------------

    @property
    def key(self) -> Any:
        """The key column."""
        return self.model.id

    def get_pk_value(self, row: Any) -> Any:
        """The key of a row."""
        return row.id

    def scaffold_list_columns(self) -> list[str]:
        """The columns of the list are always said."""
        return list(self.column_list or ("name",))

    def scaffold_sortable_columns(self) -> dict[Any, Any]:
        """See ``get_sortable_columns``."""
        return self.get_sortable_columns()

    def get_sortable_columns(self) -> dict[Any, Any]:
        """Own columns of the list, and what ``sorted_by`` adds; not those of coded words, nor ``unsorted`` ones."""
        own = {name: getattr(self.model, name) for name in self.column_list or ()
               if name in self.mapper.column_attrs and name not in self.unsorted and not self._is_coded(name)}
        return {**own, **self.sorted_by}

    def _is_coded(self, name: str) -> bool:
        """True for words of the program's own, which a filter tells apart: their codes are in no order of people's."""
        return name == self.state_column or labels.is_coded(self._column(name).table.name, name)

    def get_column_name(self, field: str) -> Any:
        """The label of a column."""
        if self.column_labels and field in self.column_labels:
            return self.column_labels[field]
        table = self._column(field).table.name if field in self.mapper.column_attrs else self.model.__tablename__
        return labels.column(table, field)

    def init_search(self) -> bool:
        """True if the list can be searched."""
        return bool(self.searched)

    def is_valid_filter(self, filter: Any) -> bool:  # type: ignore[override]  # there a guard of types, here a plain no
        """Flask-Admin's own filters are not used: see ``filtered``."""
        return False

    def scaffold_filters(self, name: Any) -> list[Any]:
        """None: see ``filtered``."""
        return []

    def _get_list_extra_args(self) -> ViewArgs:
        """What the address asks for; nonsense asks for the first page."""
        args = request.args
        page, sort = small(args.get("page")), small(args.get("sort"))
        active: list[Any] = [(flt.name, flt.label, args[flt.name]) for flt in self.filtered if args.get(flt.name)]
        return ViewArgs(
            page=min(page or 0, COUNTED // PAGE - 1),
            sort=sort if sort is not None and sort < len(self._list_columns) else None,
            sort_desc=1 if args.get("desc") == "1" else None,
            search=args.get("search", "").replace("\x00", "").strip()[:200] or None,
            filters=active,
        )

    def _get_filters(self, filters: Any) -> dict[str, Any]:
        return {name: value for name, _label, value in filters or ()}

    def _get_list_url(self, view_args: ViewArgs) -> str:
        wanted = {"page": view_args.page or None, "sort": view_args.sort, "desc": view_args.sort_desc,
                  "search": view_args.search, **self._get_filters(view_args.filters)}
        return self.get_url(".index_view", **wanted)

    def matching(self, search: str | None, filters: Any, *, walking: bool = False) -> Select[Any]:
        """The keys of the rows that the search and the filters leave; ``walking`` through many in their order."""
        query = select(self.key)
        for term in (search or "").split() if self.searched else ():
            query = query.where(meant(self.searched, self.model, term, walking=walking))
        by_name = {flt.name: flt for flt in self.filtered}
        for name, _label, value in filters or ():
            if value in {str(key) for key, _word in by_name[name].choices()}:
                query = query.where(by_name[name].rows(value))
        return query

    def get_list(self, page: int | None, sort_field: Any, sort_desc: Any, search: Any, filters: Any,
                 page_size: int | None = None) -> tuple[int, list[Any]]:
        """The bounded count and one page: first its keys, then its rows, so that a far page costs like the first.

        What is searched for is mostly few rows: found by their indexes, counted and sorted in one go. Many are walked
        through in the order asked for until the page is full. So it costs the same however many rows lie behind.
        """
        order = self._order(sort_field, sort_desc)
        window = slice((page or 0) * PAGE, (page or 0) * PAGE + PAGE)
        count, keys = (COUNTED + 1, None) if self._surely_many(search, filters) else self._found(
            self.matching(search, filters), order, window, narrowed=bool(search or filters))
        if not count:
            return 0, []
        if keys is None or count > COUNTED:
            walked = self.matching(search, filters, walking=True).order_by(
                *(in_order(column, descending=order[1]) for column in order[0]))
            keys = db().scalars(walked.slice(window.start, window.stop)).all()
        page_rows = db().scalars(select(self.model).where(self.key.in_(keys)).options(*self.load)).unique()
        rows = {row.id: row for row in page_rows}
        return count, [rows[key] for key in keys if key in rows]

    def _surely_many(self, search: str | None, filters: Any) -> bool:
        """True for one word that the index knows to stand in many rows, of which who asks sees all: they need not be
        counted."""
        is_plain = search is not None and not filters and worded in self.searched and principal().sees_all
        return is_plain and is_common(db(), self.model, search or "")

    def _found(
        self, found: Select[Any], order: Order, window: slice, *, narrowed: bool
    ) -> tuple[int, Sequence[int] | None]:
        """How many rows are ``found``, up to the limit; of those that a search or a filter left, if no more than that,
        the keys in the window."""
        count, keys = _sorted(found, order, window) if narrowed else (None, None)
        if count is None:
            count = db().scalar(select(func.count()).select_from(found.limit(COUNTED + 1).subquery())) or 0
        return count, keys

    def _order(self, name: Any, descending: Any) -> Order:
        """The column asked for, else the view's first; ties by the key, so that pages never shuffle."""
        if self.newest_first and name not in self._sortable_columns:
            return [*(getattr(self.model, by) for by in self.newest_by), self.key], True
        first = next(iter(self._sortable_columns.values()), self.key)
        return [self._sortable_columns.get(name, first), self.key], bool(descending)

    def get_one(self, id: Any) -> Any:
        """The row, or 404: a bad key, a row that is not there and somebody else's are one answer."""
        key = small(id)
        return self.seen(db(), key)

    def seen(self, session: ScopedSession, key: int | None) -> Any:
        """The row as ``session`` sees it, or 404."""
        row = None if key is None else session.get(self.model, key, options=self.load_record or self.load)
        if row is None:
            abort(404)
        return row

    @expose("/details/")
    def details_view(self) -> str:
        """One record, like a sheet of paper."""
        row = self.get_one(request.args.get("id"))
        names = self.asked(self.details or self.column_list or ())
        pairs = [(self.get_column_name(name), self.value(row, name)) for name in names]
        return self.render(self.details_template, row=row, pairs=pairs, **self.context(row))

    def value(self, row: Any, name: str) -> Any:
        """A column of a row as a person reads it."""
        show = self.shown.get(name)
        if show is not None:
            return getattr(self, show)(row) if isinstance(show, str) else show(row)
        if name == self.state_column:
            return formats.badge(row, self.state_of(row))
        raw = getattr(row, name)
        if name in self.mapper.column_attrs:
            raw = labels.choice(self._column(name).table.name, name, raw) if isinstance(raw, str) else raw
        return formats.shown(raw)

    @pass_context
    def get_list_value(self, context: Any, model: Any, name: str) -> Any:
        """See ``value``."""
        return self.value(model, name)

    def filter_fields(self) -> list[dict[str, Any]]:
        """The filters as the list's form shows them: those that have something to choose."""
        fields = [{"name": f.name, "label": f.label, "value": request.args.get(f.name, ""), "choices": f.choices()}
                  for f in self.filtered]
        return [field for field in fields if field["choices"]]

    def asked(self, names: Iterable[str]) -> list[str]:
        """Of these fields, those that this azienda is asked; all of them where nobody asks yet."""
        return [name for name in names
                if name not in self.asked_where or not has_request_context() or self.asked_where[name]()]

    def may_change(self) -> bool:
        """True if who asks may write here."""
        return self.may_write.admits(principal())

    def may_edit(self, row: Any) -> bool:
        """True if who asks may write on this very record in its form."""
        return self.can_edit and self.may_change()

    def is_numeric(self, name: str) -> bool:
        """True for columns whose figures stand at the right."""
        if self.numeric is not None:
            return name in self.numeric
        return name in self.mapper.column_attrs and isinstance(self._column(name).type, (Integer, Euro, Percent))

    def _column(self, name: str) -> Any:
        return self.mapper.column_attrs[name].columns[0]

    # --- writing ----------------------------------------------------------------------------------------------

    @property
    def tables(self) -> list[Table]:
        """The tables of the model, its own before the one that it inherits."""
        return [table for table in reversed(self.mapper.tables) if isinstance(table, Table)]

    def scaffold_form(self) -> type[PageForm]:
        """A form of the columns that the view names, and no other."""
        names = self.asked(self.form_columns)
        choices = {name: partial(self._options, name) for name in names if self._column(name).foreign_keys}
        versioned = self.mapper.version_id_col is not None
        return form_class(self.tables, names, choices, versioned)

    def _options(self, name: str) -> Choices:
        blank = [("", "–")] if self._column(name).nullable else []
        return [*blank, *self.choices(name)]

    def get_delete_form(self) -> type[PageForm]:  # type: ignore[override]  # it asks for a form of its own
        """Rows are not deleted from lists."""
        return PageForm

    def get_action_form(self) -> type[PageForm]:  # type: ignore[override]  # it asks for a form of its own
        """There are no mass actions."""
        return PageForm

    def facts(self, form: PageForm) -> dict[str, Any]:
        """What the form says, by column."""
        return {name: form[name].data for name in self.form_columns if name in form}

    @expose("/new/", methods=("GET", "POST"))
    def create_view(self) -> str | Response:
        """A new record."""
        form = self.scaffold_form()(request.form or None, request_key=new_key(), **self.proposed())
        key = attempt(f"{self.endpoint}.create", form, lambda session: self._created(session, form))
        if key is None:
            return self._form_page(form, None)
        flash(_("Registrato."), "success")
        return redirect(self.after(key))

    def _created(self, session: ScopedSession, form: PageForm) -> int:
        row = self.create(session, self.facts(form))
        session.flush()
        key: int = row.id
        return key

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> str | Response:
        """An existing record: refused if somebody changed it since the form was opened, and nothing typed is lost."""
        row = self.get_one(request.args.get("id"))
        form = self.scaffold_form()(request.form or None, obj=row)
        if request.method == "POST" and form.validate() and self._is_fresh(form, row):
            with form.blaming():
                with act(f"{self.endpoint}.update") as session:
                    self.update(session, self.seen(session, row.id), getattr(row, "version", 0), self.facts(form))
                flash(_("Modifiche registrate."), "success")
                return redirect(self.after(row.id))
        return self._form_page(form, row)

    @expose("/delete/", methods=("GET", "POST"))
    def delete_view(self) -> str | Response:
        """Ask, then take a record away: a thing that was entered by mistake, or has ended."""
        row = self.get_one(request.args.get("id"))
        back, form = self.after(row.id), PageForm(request.form or None)
        if request.method == "POST":
            with form.blaming():
                with act(f"{self.endpoint}.delete") as session:
                    self.remove(session, self.seen(session, row.id))
                flash(_("Tolto."), "success")
                return redirect(back)
        return self.render("web/remove.html", name=self.name_of(row), back=back, form=form)

    def _is_fresh(self, form: PageForm, row: Any) -> bool:
        if "version" not in form or form.version.data == row.version:
            return True
        form.form_errors.append(_(
            "Mentre la pagina era aperta questi dati sono stati modificati da qualcun altro, e non sono stati "
            "sovrascritti. Quanto scritto è ancora qui sotto, accanto ai valori attuali: controllarlo e, se è giusto, "
            "salvare di nuovo."))
        for name in (name for name in self.form_columns if name in form):
            if form[name].data != getattr(row, name):
                now = self.value(row, name)
                form[name].errors = [*form[name].errors, _("Valore attuale: %(value)s", value=now)]
        form.version.raw_data, form.version.data = None, row.version
        return False

    def _form_page(self, form: PageForm, row: Any, **shown: Any) -> str:
        sections = [(title, [name for name in names if name in form])
                    for title, names in self.form_sections or ((None, self.form_columns),)]
        template = self.create_template if row is None else self.edit_template
        back = self.came_from() if row is None else self.after(row.id)
        return self.render(template, form=form, row=row, sections=sections, back=back, **shown,
                           heading=self.new_title if row is None else _("Modifica: %(name)s", name=self.name_of(row)))

    def proposed(self) -> dict[str, Any]:
        """What a new form is filled with: the keys named in the address (``?party_id=3``)."""
        named = {name: number_or_none(small(request.args.get(name))) for name in self.form_columns
                 if self._column(name).foreign_keys}
        return {name: value for name, value in named.items() if value is not None}

    def after(self, key: int | str) -> str:
        """Where the person goes after saving: back where the form was opened from, if that was said."""
        return own_address(request.args.get("url")) or self.stands_on(key)

    def stands_on(self, key: int | str) -> str:
        """The page on which a record is read: its own, or that of what it belongs to."""
        return self.get_url(".details_view", id=key) if self.can_view_details else self.get_url(".index_view")

    def came_from(self) -> str:
        """The page that the form was opened from, if it is ours; else the list."""
        return own_address(request.args.get("url")) or self.get_url(".index_view")

    def create_model(self, *_args: Any, **_named: Any) -> Any:
        """Flask-Admin's own way of writing is closed."""
        raise NotImplementedError("records are made by operations")

    update_model = delete_model = create_model


def own_address(url: str | None) -> str | None:
    """An address inside this application, None for anything that leads elsewhere."""
    if url and url.startswith("/admin/") and not url.startswith("//") and "\\" not in url and url.isprintable():
        return url
    return None


def small(text: Any) -> int | None:
    """A number that a key or a page can be; None for anything else."""
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 11 and int(text) <= BIGGEST_KEY:
        return int(text)
    return None


def _sorted(found: Select[Any], order: Order, window: slice) -> tuple[int | None, list[int]]:
    """How many rows are ``found``, up to the limit, and the keys of those in the window, in one question; no count if
    none stands in a window further on. Above the limit the keys are of any rows.
    """
    columns, descending = order
    labelled = (sortable(column).label(f"by{place}") for place, column in enumerate(columns))
    rows = found.add_columns(*labelled).limit(COUNTED + 1).subquery()
    by = [rows.c[f"by{place}"] for place in range(len(columns))]
    asked = select(rows.c[0], func.count().over()).order_by(*(directed(one, descending=descending) for one in by))
    there = db().execute(asked.slice(window.start, window.stop)).all()
    count = there[0][1] if there else None if window.start else 0
    return count, [key for key, _count in there]
