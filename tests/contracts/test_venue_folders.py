"""A venue that is read is its folder in rust_ingest/venues/src: no other code names it."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from flows.contracts.venues import Source, SourceName

_ROOT = Path(__file__).parents[2]
_VENUES = _ROOT / "rust_ingest" / "venues" / "src"
_FOLDERS = sorted(dialect.parent.name for dialect in _VENUES.glob("*/dialect.rs"))
_NAMES = sorted(get_args(SourceName))
_ANY = re.compile("|".join([*_FOLDERS, *_NAMES]), re.IGNORECASE)

_RULES = "how a book is proven, named after who does it so: a kernel with its twin, which any venue's folder may choose"
_TRADING = "where orders are sent, which is more than reading"
_DECLARED = {
    "rust_ingest/kernels/src/streamed_book.rs": _RULES,
    "flows/kernels/streamed_book.py": _RULES,
    "rust_ingest/router": _TRADING,
    "rust_ingest/exchange": _TRADING,
    "flows/cli/demo.py": _TRADING,
    "flows/demo": _TRADING,
    "flows/desk/schema.py": _TRADING,
    "flows/kernels/signals.py": _TRADING,
    "rust_ingest/kernels/src/signals.rs": _TRADING,
    "flows/contracts/venues.py": "written from the folders: venues/tests/python_names.rs",
}


def _rust_breaches(text: str, own: str | None = None) -> list[str]:
    """What names a venue's folder, variant or name in code; comments and tests may. `own`: the folder that it is of."""
    code = re.sub(r"(?<!:)//.*", "", text.split("#[cfg(test)]\nmod tests {")[0])
    others = [folder for folder in _FOLDERS if folder != own]
    variants = [folder.title().replace("_", "") for folder in others]
    names = [name for name in _NAMES if own is None or not name.startswith(own.replace("_", ""))]
    found = re.findall(
        rf"\b(?:{'|'.join(others)})::|\bmod (?:{'|'.join(others)})\b|\bVenue::(?:{'|'.join(variants)})\b", code
    )
    return found + re.findall(rf'"(?:{"|".join(names)})"', code)


def _python_breaches(text: str) -> list[str]:
    sources = {source.name for source in Source}
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and node.value in _NAMES:
            found.append(repr(node.value))
        elif isinstance(node, ast.Attribute) and node.attr in sources and ast.unparse(node.value).endswith("Source"):
            found.append(ast.unparse(node))
    return found


def _breaches(path: Path) -> list[str]:
    text = path.read_text()
    if _ANY.search(text) is None:
        return []
    if path.suffix == ".py":
        return _python_breaches(text)
    folder = path.relative_to(_VENUES).parts[0] if path.is_relative_to(_VENUES) else ""
    return _rust_breaches(text, folder if folder in _FOLDERS else None)


def _code() -> dict[str, Path]:
    crates = (_ROOT / "rust_ingest").glob("*/src/**/*.rs")
    rust = [path for path in crates if "tests" not in path.stem + str(path.parent)]
    python = (_ROOT / "flows").rglob("*.py")
    return {str(path.relative_to(_ROOT)): path for path in [*rust, *python]}


def _is_declared(name: str) -> bool:
    return any(name == declared or name.startswith(f"{declared}/") for declared in _DECLARED)


def test_no_code_outside_its_folder_names_a_venue() -> None:
    files = _code()
    assert "rust_ingest/ingestor/src/run.rs" in files
    found = {name: breaches for name, path in files.items() if (breaches := _breaches(path))}
    assert {name: breaches for name, breaches in found.items() if not _is_declared(name)} == {}
    needless = {one for one in _DECLARED if not any(name == one or name.startswith(f"{one}/") for name in found)}
    assert needless == set()


@pytest.mark.parametrize(
    "line",
    [
        'if venue.name() == "okx" {',
        "pub mod okx;",
        "use venues::okx::dialect::Dialect;",
        "use crate::kraken::market::Book;",
        "if matches!(venue, Venue::Kraken(_)) {",
        'match name { "coinbase_advanced" => 1, _ => 2 }',
        'let url = "https://a"; let venue = "oanda";',
    ],
)
def test_rust_that_names_a_venue_is_found(line: str) -> None:
    assert len(_rust_breaches(f"fn one() {{}}\n{line}\n")) == 1
    assert _rust_breaches(f"// {line}\n#[cfg(test)]\nmod tests {{\n{line}\n}}\n") == []


def test_a_folder_may_name_itself_alone() -> None:
    assert _rust_breaches('"okx" "okx_demo"', "okx") == []
    assert _rust_breaches('"truefx"', "true_fx") == []
    assert _rust_breaches('"okx" "kraken"', "okx") == ['"kraken"']


def test_python_that_names_a_venue_is_found() -> None:
    assert _python_breaches("if venue == 'okx': ...") == ["'okx'"]
    assert _python_breaches("one = journal.Source.OKX") == ["journal.Source.OKX"]
    assert _python_breaches('def one():\n    """of okx"""') == []
