"""Which fields a template uses, and whether it stays inside the closed list of instructions.

Templates print, decide and loop over the data. They do not compute, call or include: so a loop ends
with its data, and what a template says can be checked against a manifest without running it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from jinja2 import nodes

MAX_LOOPS_INSIDE_LOOPS = 4

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Filter,
    nodes.Test, nodes.Compare, nodes.Operand, nodes.Const, nodes.And, nodes.Or, nodes.Not, nodes.If, nodes.For,
    nodes.CondExpr, nodes.Concat, nodes.Keyword, nodes.Neg,
)  # fmt: skip


@dataclass
class TemplateUse:
    """What was found in one template: field paths, filters, and instructions that are not allowed."""

    paths: set[str] = field(default_factory=set)
    filters: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)


def collect(tree: nodes.Template) -> TemplateUse:
    """Walk one parsed template. Paths read like a manifest: ``municipalities[].name``."""
    use = TemplateUse()
    _visit(tree, {"loop": ""}, 0, use)
    return use


Scope = dict[str, str]


def _visit(node: nodes.Node, scope: Scope, depth: int, use: TemplateUse) -> None:
    if not isinstance(node, _ALLOWED):
        use.refused.add(type(node).__name__)
        return
    if isinstance(node, nodes.For):
        _visit_loop(node, scope, depth, use)
        return
    if isinstance(node, nodes.Filter):
        use.filters.add(node.name)
    path = _path(node, scope)
    if path is not None:
        if path and not path.startswith("."):
            use.paths.add(path)
        return
    for child in node.iter_child_nodes():
        _visit(child, scope, depth, use)


def _visit_loop(node: nodes.For, scope: Scope, depth: int, use: TemplateUse) -> None:
    if depth >= MAX_LOOPS_INSIDE_LOOPS or not isinstance(node.target, nodes.Name) or node.recursive:
        use.refused.add("For")
        return
    items = _items(node.iter, scope)
    if items is None:
        use.refused.add("For")
        return
    _visit(node.iter, scope, depth, use)
    inner = {**scope, node.target.name: items + "[]"}
    for child in [*node.body, *node.else_, *([node.test] if node.test else [])]:
        _visit(child, inner, depth + 1, use)


def _items(node: nodes.Node, scope: Scope) -> str | None:
    """The path that a loop runs over, seen through filters such as ``|reverse``."""
    while isinstance(node, nodes.Filter) and node.node is not None:
        node = node.node
    return _path(node, scope)


def _path(node: nodes.Node | None, scope: Scope) -> str | None:
    """The path of a field expression; None for anything else; empty or dotted for Jinja's own ``loop``."""
    if isinstance(node, nodes.Name):
        return scope.get(node.name, node.name)
    if isinstance(node, nodes.Getattr):
        base = _path(node.node, scope)
        return None if base is None else f"{base}.{node.attr}"
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        base = _path(node.node, scope)
        return None if base is None else f"{base}[]" if isinstance(node.arg.value, int) else f"{base}.{node.arg.value}"
    return None
