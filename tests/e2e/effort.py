"""What a story at the browser asks of a person: pages, fields, characters, choices, clicks, and the minutes of it.

The browser counts what happens in it, and how long each page took to answer and to be drawn. The minutes of the person
are not measured but computed, by the keystroke-level model (S. K. Card, T. P. Moran, A. Newell, 1980) with the figures
of an average typist who knows what to write: who has to look it up, or reads what pages explain, takes longer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

KEY, POINT, THINK = 0.28, 1.3, 1.35  # seconds: a key; pointing and a click; making up one's mind before a field
FIGURE = "fatica: "
HEAD = ("", "pagine", "campi", "caratteri", "scelte", "clic", "minuti (calcolati)", "attesa (misurata)")
COUNTING = """(() => {
  if (window !== window.top || location.protocol === "about:") return;
  const nothing = {pages: 0, fields: 0, characters: 0, choices: 0, clicks: 0, waited: 0};
  const sums = JSON.parse(sessionStorage.getItem("effort")) || nothing;
  const typed = new Map();
  const add = (name, more) => { sums[name] += more; sessionStorage.setItem("effort", JSON.stringify(sums)); };
  const chosen = (field) => field.tagName === "SELECT" || ["checkbox", "radio", "file"].includes(field.type);
  add("pages", 1);
  // a page that the story opens by its address is one that a person opens from the menu
  if (!sessionStorage.getItem("led")) add("clicks", 1);
  sessionStorage.removeItem("led");
  addEventListener("input", ({target}) => {
    if (chosen(target)) return;
    if (!typed.has(target)) add("fields", 1);
    add("characters", Math.max(0, target.value.length - (typed.get(target) || 0)));
    typed.set(target, target.value.length);
  }, true);
  addEventListener("change", ({target}) => { if (chosen(target)) add("choices", 1); }, true);
  addEventListener("click", ({target}) => {
    if (!target.closest("a, button, summary")) return;
    add("clicks", 1);
    sessionStorage.setItem("led", "1");
  }, true);
  addEventListener("submit", () => sessionStorage.setItem("led", "1"), true);
  addEventListener("load", () => setTimeout(() =>
    add("waited", performance.getEntriesByType("navigation")[0].loadEventEnd / 1000)));
})()"""


@dataclass(frozen=True)
class Counted:
    """What was done: ``waited`` is the seconds in which pages were on their way, measured."""

    pages: int = 0
    fields: int = 0
    characters: int = 0
    choices: int = 0
    clicks: int = 0
    waited: float = 0.0

    @property
    def minutes(self) -> float:
        """What the model says, with the pages as they came."""
        typing = KEY * (self.characters + self.fields)  # a key more for going to the next field
        return (typing + THINK * (self.fields + self.choices) + POINT * (self.choices + self.clicks) + self.waited) / 60

    def less(self, other: Counted) -> Counted:
        """What came after ``other``."""
        return Counted(*(getattr(self, one.name) - getattr(other, one.name) for one in fields(Counted)))

    def row(self, title: str) -> list[str]:
        """A row of the table."""
        return [title, *map(str, (self.pages, self.fields, self.characters, self.choices, self.clicks)),
                f"{self.minutes:.1f}".replace(".", ","), f"{self.waited:.0f} s"]


class Effort:
    """Counts a story in a window, step by step."""

    def __init__(self, page: Any) -> None:
        self.page, self.sheets = page, Counted()
        self.steps: list[tuple[str, Counted]] = []
        page.add_init_script(COUNTING)

    def filled(self, rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
        """The cells of a workbook that were written by hand."""
        cells = [str(cell) for lines in rows.values() for line in lines for cell in line.values()]
        self.sheets = Counted(fields=self.sheets.fields + len(cells),
                              characters=self.sheets.characters + sum(map(len, cells)))

    def reached(self, step: str) -> None:
        """A step is done."""
        said = json.loads(self.page.evaluate("sessionStorage.getItem('effort')"))
        now = Counted(**said).less(Counted(fields=-self.sheets.fields, characters=-self.sheets.characters))
        before = Counted()
        for _step, counted in self.steps:
            before = before.less(Counted().less(counted))
        self.steps.append((step, now.less(before)))

    def table(self) -> list[list[str]]:
        """A row for each step, and their sum."""
        whole = Counted()
        for _step, counted in self.steps:
            whole = whole.less(Counted().less(counted))
        return [*(counted.row(step) for step, counted in self.steps), whole.row("In tutto")]


def told(rows: list[list[str]]) -> list[str]:
    """The rows under each other, with their head."""
    widths = [max(len(row[place]) for row in (list(HEAD), *rows)) for place in range(len(HEAD))]
    return ["  ".join(cell.ljust(width) if place == 0 else cell.rjust(width)
                      for place, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
            for row in (list(HEAD), *rows)]
