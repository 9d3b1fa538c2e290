"""Charts: SVG drawn on the server from the very figures that stand in the table below it. No script, no own style.

Colours, dashes and print are the stylesheet's: a strict policy lets no drawing bring its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import Any

from flask_babel import get_locale
from lxml import etree
from markupsafe import Markup

from admin.web import formats
from admin.web.words import decimal

Series = Sequence[tuple[str, Sequence[Decimal | None]]]
WIDTH, NARROW, HEIGHT, TEXT = 760, 400, 340, 14
FEW = 6  # bars: so many fit on a phone
LETTER = 8  # pixels, about
DRAWINGS = 256  # kept, some ten kilobytes each
SVG = "{http://www.w3.org/2000/svg}"
_serial = count(1)


@dataclass(frozen=True)
class Chart:
    """What a chart says: its figures by series, the names along its foot, the unit and where the figures come from."""

    kind: str
    title: str
    names: tuple[str, ...]
    series: tuple[tuple[str, tuple[Decimal | None, ...]], ...]
    unit: str
    source: str

    @property
    def rows(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The table of the same figures: a name, then each series with its figure as people write it."""
        return [(name, [(label, figure(values[place], self.unit)) for label, values in self.series])
                for place, name in enumerate(self.names)]

    @property
    def is_empty(self) -> bool:
        """True without a single figure: a sentence says so instead of an empty drawing."""
        return all(value is None for _label, values in self.series for value in values)

    @property
    def svg(self) -> Markup:
        """The drawing."""
        return _drawn(self, str(get_locale()))


def bars(title: str, names: Sequence[str], series: Series, *, unit: str = "€", source: str) -> Chart:
    """Bars side by side: amounts of separate things. ``names`` stand below, each series has a figure for each name."""
    return _chart("bars", title, names, series, unit, source)


def lines(title: str, names: Sequence[str], series: Series, *, unit: str = "€", source: str) -> Chart:
    """Lines: how something goes on from name to name, as from year to year."""
    return _chart("lines", title, names, series, unit, source)


def figure(value: Decimal | None, unit: str) -> str:
    """A figure with its unit: ``€ 1.234,56``, ``12 ore``; a dash for none."""
    if value is None:
        return "–"
    if unit == "€":
        return formats.euro(value)
    return f"{decimal(value)} {unit}".strip()


def _chart(kind: str, title: str, names: Sequence[str], series: Series, unit: str, source: str) -> Chart:
    kept = tuple((str(label), tuple(values)) for label, values in series)
    if any(len(values) != len(names) for _label, values in kept):
        raise ValueError("each series has one figure for each name")
    return Chart(kind, str(title), tuple(str(name) for name in names), kept, unit, str(source))


@lru_cache(maxsize=DRAWINGS)
def _drawn(chart: Chart, _language: str) -> Markup:
    """Drawn once for the same figures in the same language: a home is looked at more often than it changes."""
    import pygal  # a drawing is wanted on few pages

    style = pygal.style.Style(font_family="sans-serif", label_font_size=TEXT, major_label_font_size=TEXT)
    width = NARROW if len(chart.names) * len(chart.series) <= FEW else WIDTH
    options: dict[str, Any] = {
        "js": [], "no_prefix": True, "explicit_size": True, "width": width, "height": HEIGHT, "style": style,
        "margin": 8, "show_legend": False, "value_formatter": lambda value: _on_axis(value, chart.unit),
        "x_label_rotation": 0 if _names_fit(chart.names, width) else 30, "truncate_label": 16,
        "y_labels_major_every": 2, "show_minor_y_labels": False,
    }
    if chart.kind == "bars":
        options.update(include_x_axis=True)
        drawing = pygal.Bar(**options)
    else:
        drawing = pygal.Line(**options, dots_size=4, allow_interruptions=True)
    drawing.x_labels = list(chart.names)
    for label, values in chart.series:
        # a drawing is measured in pixels: the exact figures stand in the table
        drawing.add(label, [None if value is None else float(value) for value in values])
    return _cleaned(drawing.render(), chart.title)


def _names_fit(names: Sequence[str], width: int) -> bool:
    """True if the longest name has room side by side with the others."""
    return max(map(len, names), default=0) * len(names) * LETTER < width


def _on_axis(value: float, unit: str) -> str:
    if unit == "€":
        return f"{unit} {decimal(Decimal(round(value)))}"
    fine = Decimal(str(round(value, 1)))  # days and percentages lie close together
    return decimal(fine if fine % 1 else Decimal(round(value)))


def _cleaned(svg: bytes, title: str) -> Markup:
    """Without the styles, remarks and invisible helpers of the library; with a name for who does not see it."""
    root = etree.fromstring(svg)
    for node in list(root.iter()):
        parent = node.getparent()
        if parent is None:
            continue
        invisible = isinstance(node.tag, str) and "overlay" in node.get("class", "")
        if not isinstance(node.tag, str) or node.tag in (f"{SVG}defs", f"{SVG}title", f"{SVG}desc") or invisible:
            parent.remove(node)
        else:
            for name in ("style", "id"):
                node.attrib.pop(name, "")
    name = f"grafico-{next(_serial)}"
    label = etree.Element(f"{SVG}title", id=name)
    label.text = title
    root.insert(0, label)
    root.attrib.pop("id", "")
    root.set("role", "img")
    root.set("aria-labelledby", name)
    return Markup(etree.tostring(root, encoding="unicode"))  # noqa: S704 - drawn here, its texts escaped by lxml
