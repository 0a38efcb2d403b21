"""Finds what a Python kernel may not do (ARCHITECTURE.md, invariant 2), by reading its source.

What may be imported is named, all else is refused: clocks, randomness, I/O, the environment and threads come by
import. Without one there are a few built-ins, and the order of a set, which differs from process to process as string
hashes do.
Dicts keep the order of insertion, which follows from the records.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_IMPORTS = {
    "__future__",
    "abc",
    "bisect",
    "collections",
    "collections.abc",
    "dataclasses",
    "decimal",
    "enum",
    "functools",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "struct",
    "typing",
    # CRC-32.
    "zlib",
    # Loads a strategy of the user's own, by name, before the first record.
    "importlib",
}
# Of other modules no more than this.
_NAMES = {
    # Counting the steps of a user's code, which follow from the code and the record.
    "sys": {"gettrace", "settrace"},
    # The calendar, without what asks the machine (`_ASKING`).
    "datetime": {"date", "datetime", "time", "timedelta", "timezone"},
    "io": {"BytesIO"},
    "zoneinfo": {"ZoneInfo"},
}
_ASKING = {
    "now": "asks the clock",
    "utcnow": "asks the clock",
    "today": "asks the clock",
    "fromtimestamp": "asks for the machine's time zone",
    "no_cache": "reads the machine's rules of time zones",
}
_OURS = (
    "flows.contracts",
    "flows.errors",
    "flows.kernels",
    # Arithmetic alone, as the crate that is their twin: what they are made of is read as kernels are.
    "flows.indicators",
)
_BUILTINS = {
    "open": "does I/O",
    "print": "does I/O",
    "input": "does I/O",
    "breakpoint": "does I/O",
    "exec": "runs what nobody has read",
    "eval": "runs what nobody has read",
    "compile": "runs what nobody has read",
    "__import__": "imports what nobody has read",
    "hash": "differs from process to process",
    "id": "differs from process to process",
}
_SET_METHODS = {"union", "intersection", "difference", "symmetric_difference"}
# What takes its argument in order, and hands that order on.
_ORDERED = {"list", "tuple", "iter", "enumerate", "zip", "map", "filter", "reversed", "sum", "dict", "fsum", "next"}
_ORDERED_METHODS = {"join", "extend", "fromkeys", "reduce", "chain", "from_iterable", "deque"}


def breaches(source: str) -> list[str]:
    """`LINE: what` for each, in the order of the lines."""
    tree = ast.parse(source)
    found = sorted({*_imports(tree), *_builtins(tree), *_asking(tree), *_globals(tree), *_set_orders(tree)})
    return [f"{line}: {what}" for line, what in found]


_Found = Iterator[tuple[int, str]]


def _imports(tree: ast.Module) -> _Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = ["." * node.level + (node.module or "")]
            if {alias.name for alias in node.names} <= _NAMES.get(names[0], set()):
                continue
        else:
            continue
        for name in names:
            ours = any(name == module or name.startswith(f"{module}.") for module in _OURS)
            if name not in _IMPORTS and not ours:
                yield node.lineno, f"import of {name}"


def _builtins(tree: ast.Module) -> _Found:
    parameters = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    variables = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    refused = set(_BUILTINS) - parameters - variables
    for node in ast.walk(tree):
        # The bare name, called or handed on: a method named so is another matter.
        if isinstance(node, ast.Name) and node.id in refused:
            yield node.lineno, f"{node.id} {_BUILTINS[node.id]}"


def _asking(tree: ast.Module) -> _Found:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) if name in _ASKING:
                yield node.lineno, f"{name} {_ASKING[name]}"
            case ast.Call(func=ast.Name(id="ZoneInfo")):
                yield node.lineno, "ZoneInfo reads the machine's rules of time zones"


def _globals(tree: ast.Module) -> _Found:
    for node in ast.walk(tree):
        if isinstance(node, ast.Global):
            yield node.lineno, f"global {', '.join(node.names)}: state that no snapshot holds"


def _set_orders(tree: ast.Module) -> _Found:
    sets = _names_of_sets(tree)
    for node in ast.walk(tree):
        for taken in _taken_in_order(node):
            if _is_set(taken, sets):
                yield taken.lineno, f"order of a set: {ast.unparse(taken)}"
        match node:
            case ast.Call(func=ast.Attribute(attr="pop", value=popped), args=[]) if _is_set(popped, sets):
                yield node.lineno, f"order of a set: {ast.unparse(node)}"


def _taken_in_order(node: ast.AST) -> list[ast.expr]:
    match node:
        case (
            ast.For(iter=taken) | ast.comprehension(iter=taken) | ast.YieldFrom(value=taken) | ast.Starred(value=taken)
        ):
            return [taken]
        case ast.Assign(targets=[ast.Tuple() | ast.List()], value=taken):
            return [taken]
        case ast.Call(func=ast.Name(id=name), args=taken) if name in _ORDERED | _ORDERED_METHODS:
            return list(taken)
        case ast.Call(func=ast.Attribute(attr=name), args=taken) if name in _ORDERED_METHODS:
            return list(taken)
    return []


def _names_of_sets(tree: ast.Module) -> set[str]:
    """Of variables, attributes and parameters, wherever they stand: a name is a set everywhere or nowhere."""
    found: set[str] = set()
    while True:
        before = len(found)
        for node in ast.walk(tree):
            match node:
                case ast.AnnAssign(target=target, annotation=annotation) if _says_set(annotation):
                    found.add(_name(target))
                case ast.arg(arg=name, annotation=ast.expr() as annotation) if _says_set(annotation):
                    found.add(name)
                case ast.FunctionDef(name=name, returns=ast.expr() as annotation) if _says_set(annotation):
                    found.add(name)
                case ast.Assign(targets=targets, value=value) if _is_set(value, found):
                    found.update(_name(target) for target in targets)
        found.discard("")
        if len(found) == before:
            return found


def _is_set(node: ast.expr, names: set[str]) -> bool:
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Call(func=ast.Name(id="set" | "frozenset")):
            return True
        case ast.Call(func=ast.Attribute(attr=method, value=value)) if method in {*_SET_METHODS, "copy"}:
            return _is_set(value, names)
        case ast.Call(func=called):
            return _name(called) in names
        case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.Sub() | ast.BitXor(), right=right):
            return _is_set(left, names) or _is_set(right, names)
        case ast.IfExp(body=body, orelse=orelse):
            return _is_set(body, names) or _is_set(orelse, names)
        case ast.Name() | ast.Attribute():
            return _name(node) in names
    return False


def _says_set(annotation: ast.expr) -> bool:
    named = annotation.value if isinstance(annotation, ast.Subscript) else annotation
    return _name(named) in {"set", "frozenset", "Set", "AbstractSet", "MutableSet"}


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
