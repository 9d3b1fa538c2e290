"""Somebody at a screen: whoever tests a page does it with these hands and eyes."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import lxml.html
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

PASSWORD = "una frase che si ricorda"
PDF = b"%PDF-1.7 prova"
KEY = re.compile(r'name="request_key" value="([^"]+)"')
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def pdf(name: str = "prova.pdf", content: bytes = PDF) -> tuple[BytesIO, str]:
    """A file to send."""
    return BytesIO(content), name


class Screen(TestResponse):
    """An answer as it is read: the space that keeps an amount beside its sign is a space like any other."""

    @property
    def text(self) -> str:
        """The page."""
        return super().text.replace("\N{NO-BREAK SPACE}", " ")


class Person:
    """A browser with somebody in front of it. The last answer is on the screen."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        client.response_wrapper = Screen
        self.page = self.url = self.query = self.token = ""

    def _see(self, answer: TestResponse) -> TestResponse:
        self.page = answer.text if answer.mimetype == "text/html" else ""
        self.url, self.query = answer.request.path, answer.request.query_string.decode()
        return answer

    @property
    def address(self) -> str:
        """The address of the page on the screen."""
        return self.url + (f"?{self.query}" if self.query else "")

    # --- pages

    def get(self, url: str, **options: object) -> TestResponse:
        """Ask for a page; an answer that leads elsewhere is not followed."""
        return self._see(self.client.get(url, **options))

    def open(self, url: str) -> TestResponse:
        """Go to a page, or to where it leads."""
        return self.get(url, follow_redirects=True)

    def read(self, url: str) -> str:
        """The words of a page that is there."""
        assert self.get(url).status_code == 200, url
        return self.text()

    def text(self) -> str:
        """The words on the screen."""
        return " ".join(lxml.html.fromstring(self.page).text_content().split())

    # --- forms

    def post(self, url: str, data: dict[str, object] | None = None, *, page: str = "/admin/",
             **options: object) -> TestResponse:
        """Send ``data``, with the token that ``page`` showed at the first time: it lasts as long as the session.

        With the key of the form too, where ``page`` is that of one.
        """
        sent: dict[str, object] = {"csrf_token": self.token, **(data or {})}
        if not self.token or (page != "/admin/" and "request_key" not in sent):
            shown = self.client.get(page).text
            token, key = TOKEN.search(shown), KEY.search(shown)
            self.token = sent["csrf_token"] = token[1] if token else self.token
            if key and data:
                sent.setdefault("request_key", key[1])
        return self._see(self.client.post(url, data=sent, **options))

    def enter(self, name: str, password: str = PASSWORD) -> TestResponse:
        """Fill in the log-in page."""
        return self.post("/accesso/entra", {"email": f"{name}@patto.example", "password": password},
                         page="/accesso/entra")

    def form(self) -> lxml.html.FormElement:
        """The form on the screen: the last one in the main part of the page."""
        return lxml.html.fromstring(self.page).xpath("//main//form[@method='post']")[-1]

    def fields(self, url: str = "") -> MultiDict[str, object]:
        """What the form on the screen, or that of ``url``, would send if nothing were touched."""
        if url:
            self.get(url)
        return MultiDict(self.form().form_values())

    def send(self, *, without: tuple[str, ...] = (), follow_redirects: bool = True, **typed: object) -> TestResponse:
        """Type into the form on the screen and send it. ``a__b`` is the field a-b; lists are ticked boxes."""
        fields, form = self.fields(), self.form()
        for name, value in typed.items():
            fields.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
        for name in without:
            fields.poplist(name)
        return self._see(self.client.post(
            form.get("action") or self.address, data=fields, follow_redirects=follow_redirects,
            content_type=form.get("enctype", "application/x-www-form-urlencoded")))

    def fill(self, url: str, /, **typed: object) -> str:
        """Fill in the form of a page and send it; the page that comes."""
        self.get(url)
        return self.send(**typed).text


Enter = Callable[[str], Person]
