"""What a person sends happens once, and what they chose is not lost: the key of a form, and its files.

A form carries an unseen key. Sent again with it (after *back* and *save*, by a second press), it acts once and answers
as it did then; with another content it is refused, and with the same content and another key it asks first. A file that
was chosen with a form that is refused is kept until the form is sent right, beside its name and a tick.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Flask, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage
from wtforms import FileField, Form, HiddenField, MultipleFileField

from admin.guard.session import act, office, principal
from admin.web.forms import PageForm
from core.ground import chosen
from core.ground.access import ScopedSession
from core.ground.errors import NotVisible, RuleBroken, Unavailable
from core.ground.files import FileStore
from core.ground.unit_of_work import AGAIN, SentBefore, SentLately, answered, remember, require_new

KEY = re.compile(r"[A-Za-z0-9_-]{20,60}")
KEPT = "kept-"  # with the name of a file field: what it still holds
UNTYPED = frozenset({"csrf_token", "request_key", "version"})


class KeyedForm(PageForm):
    """A form that carries a key for what happens once."""

    request_key = HiddenField()


def new_key() -> str:
    """A key for a form that is being shown: it travels in a hidden field."""
    return secrets.token_urlsafe(24)


def attempt(name: str, form: Any, work: Callable[[ScopedSession], object], *, knows: bool = False) -> str | None:
    """Do an act that was sent, once; its answer. None if it was not sent or is refused: then the form says why.

    ``knows``: the core knows by itself what is the same again, and asks or leaves it: it is not asked here too.
    """
    if request.method != "POST" or not form.validate():
        return None
    with form.blaming():
        try:
            return once(name, form.request_key.data or "", lambda session: str(work(session)), knows=knows)
        except SentBefore:
            form.request_key.data = new_key()  # sent again it is another act, and meant to be
            raise
        except SentLately:
            form.request_key.data = AGAIN + new_key()
            raise
    return None


def once(name: str, key: str, work: Callable[[ScopedSession], str], *, knows: bool = False) -> str:
    """Do the act ``name`` and give its answer; for what was sent before with this key, only the answer it had then.

    RuleBroken for a key that is none of ours or that came with another content, SentLately for the same content with
    another key, and whatever ``work`` raises.
    """
    if not KEY.fullmatch(key):
        raise RuleBroken("Il modulo non è completo: ricaricare la pagina e inviarlo di nuovo.")
    own, content = f"{name} {key}", content_sent()
    with act(name) as session:
        answer = answered(session, own, content)
        if answer is None:
            answer = work(session)  # what the core refuses says more than that it was sent before
            if not (knows or key.startswith(AGAIN)) and _says_something():
                require_new(session, content)
            remember(session, own, answer, content)
    return answer


def _says_something() -> bool:
    """True if something was typed or chosen: a button alone may be pressed again."""
    typed = (value for name, value in request.form.items() if name not in UNTYPED)
    return any(value.strip() for value in typed) or any(sent.filename for sent in request.files.values())


def content_sent() -> str:
    """The fingerprint of what a form says: its address, its fields and its files, without what the page hid in it."""
    fields = [(name, values) for name, values in sorted(request.form.lists())
              if name not in ("csrf_token", "request_key") and not name.startswith(KEPT)]
    files = sorted((name, one.name, one.digest) for name, one in _files_sent())
    return hashlib.sha256(repr([request.full_path, *fields, *files]).encode()).hexdigest()


def _files_sent() -> Iterator[tuple[str, Chosen]]:
    """The files of the form, those that were kept for it too, by the name of their field."""
    for name, files in request.files.lists():
        for sent in files:
            if sent.filename:
                content: Any = sent.stream  # a file in memory or on the disk, its type says less
                yield name, Chosen(sent.filename, hashlib.file_digest(content, "sha256").hexdigest())
                sent.stream.seek(0)
    for name in request.form:
        if name.startswith(KEPT):
            yield from ((name.removeprefix(KEPT), one) for one in _ticked(name.removeprefix(KEPT)))


# --- chosen files -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chosen:
    """A file that was chosen with a form: its name, its SHA-256, and what the page carries to find it again."""

    name: str
    digest: str
    token: str = ""


def recall(form: Form) -> None:
    """Give the file fields of a form that was sent what was chosen before and is still ticked."""
    for field in form:
        if not isinstance(field, FileField):
            continue
        held = [FileStorage(BytesIO(chosen.get(_store(), _whose(), one.digest)), one.name)
                for one in _ticked(field.name)]
        if isinstance(field, MultipleFileField):
            field.data = [*(field.data or ()), *held] or field.data
        elif held and not field.data:
            field.data = held[0]


def kept(field: Any) -> list[Chosen]:
    """Keep what a file field of a refused form holds, for the page that shows it again. What the field itself was
    refused for is chosen anew."""
    files = field.data if isinstance(field.data, list | tuple) else [field.data]
    if request.method != "POST" or field.errors:
        return []
    try:
        return [_kept(sent) for sent in files if isinstance(sent, FileStorage) and sent.filename]
    except Unavailable:
        return []  # no room: the form says so, and keeps what was typed


def _kept(sent: FileStorage) -> Chosen:
    sent.stream.seek(0)
    digest = chosen.keep(_store(), _whose(), sent.stream.read())
    sent.stream.seek(0)
    return Chosen(sent.filename or "", digest, _signer().dumps([_whose(), digest, sent.filename]))


def _ticked(name: str) -> list[Chosen]:
    """What the form says is kept for a field; nothing for what is not this person's, is too old or is gone."""
    found = []
    for token in request.form.getlist(KEPT + name):
        try:
            whose, digest, file_name = _signer().loads(token, max_age=chosen.LASTS)
            chosen.get(_store(), _whose(), digest)
        except (BadData, NotVisible):
            continue
        if whose == _whose():
            found.append(Chosen(file_name, digest, token))
    return found


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="chosen files")


def _whose() -> str:
    return str(principal().user_id or principal().name)


def init_app(app: Flask) -> None:
    """Let the pages ask what a field still holds."""
    app.jinja_env.globals.update(kept=kept)


def _store() -> FileStore:
    return office().database.files
