"""The line of every key in a TOML text."""

from __future__ import annotations

import sys
from collections import Counter

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

Path = tuple[str | int, ...]
"""Keys from the top; numbers count the elements of arrays."""


def lines(text: str) -> dict[Path, int]:
    """By path of every table, key and array element, the line where it stands first, from 1.

    Of a text that tomllib has read; what it would refuse is passed over.
    """
    document = Parser(Language(tree_sitter_toml.language())).parse(text.encode()).root_node
    found = _Lines()
    for node in document.named_children:
        found.add_top(node)
    return found.by_path


class _Lines:
    def __init__(self) -> None:
        self.by_path: dict[Path, int] = {}
        self._elements: Counter[Path] = Counter()

    def add_top(self, node: Node) -> None:
        if node.type == "pair":
            self._pair((), node)
        elif node.type in ("table", "table_array_element"):
            name, *pairs = node.named_children
            path = self._header(_keys(name), node)
            for pair in pairs:
                self._pair(path, pair)

    def _header(self, keys: list[str], node: Node) -> Path:
        path: Path = ()
        for number, key in enumerate(keys, 1):
            path = (*path, key)
            self._stands(path, node)
            if number == len(keys) and node.type == "table_array_element":
                self._elements[path] += 1
            # A table below an array of tables belongs to its last element.
            if count := self._elements[path]:
                path = (*path, count - 1)
                self._stands(path, node)
        return path

    def _pair(self, above: Path, node: Node) -> None:
        if node.type != "pair":
            return
        name, value = node.named_children[:2]
        path = above
        for key in _keys(name):
            path = (*path, key)
            self._stands(path, node)
        self._value(path, value)

    def _value(self, path: Path, value: Node) -> None:
        if value.type == "inline_table":
            for pair in value.named_children:
                self._pair(path, pair)
        elif value.type == "array":
            elements = [node for node in value.named_children if node.type != "comment"]
            for number, element in enumerate(elements):
                self._stands((*path, number), element)
                self._value((*path, number), element)

    def _stands(self, path: Path, node: Node) -> None:
        self.by_path.setdefault(path, node.start_point.row + 1)


def _keys(name: Node) -> list[str]:
    """`a."b c".d` as its three keys, unquoted as TOML does it."""
    found = tomllib.loads(f"{(name.text or b'').decode()} = 0")
    keys = []
    while isinstance(found, dict):
        key, found = next(iter(found.items()))
        keys.append(key)
    return keys
