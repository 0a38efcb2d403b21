"""The table beside the ticks, and what is said where a symbol is not to be had."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows import journal
from flows.errors import TapeflowError
from flows.journal import JournalError, NoSuchSymbol, Symbol
from tests.journal.tick_bytes import tick, write_part, write_symbols

_TABLE = (
    '{"id":1,"name":"BTC-USDT","venue":"binance"}\n'
    '{"id":2,"name":"BTC-USDT","venue":"okx"}\n'
    '{"id":3,"name":"ETH-USDT","venue":"okx"}\n'
)


def test_symbols_are_a_mapping(tmp_path: Path) -> None:
    (tmp_path / "symbols.jsonl").write_text(_TABLE + '{"id":4,"name":"torn')
    table = journal.symbols(tmp_path)
    assert list(table) == [1, 2, 3]
    assert table[3] == Symbol(3, "ETH-USDT", "okx")
    assert table.find("ETH-USDT") == table.find(3) == table.find(("ETH-USDT", "okx"))
    assert len(journal.symbols(tmp_path / "nothing")) == 0


def test_a_name_of_several_venues_must_say_which(tmp_path: Path) -> None:
    (tmp_path / "symbols.jsonl").write_text(_TABLE)
    write_part(tmp_path, 0, tick(1, 0))
    with pytest.raises(NoSuchSymbol, match=r"several venues \(binance, okx\)"):
        journal.open(tmp_path, "BTC-USDT")
    with journal.open(tmp_path, ("BTC-USDT", "binance")) as file:
        assert (file.symbol_id, file.part, file.symbols[1].venue) == (1, 0, "binance")


@pytest.mark.parametrize("line", ["{}", "no JSON", "[1]", '{"id":"1","name":"A","venue":"okx"}', '{"id":1,"name":"A"}'])
def test_a_line_that_is_no_symbol_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "symbols.jsonl").write_text('{"id":1,"name":"A","venue":"okx"}\n' + line + "\n")
    with pytest.raises(JournalError, match=r"symbols\.jsonl line 2 is no symbol"):
        journal.symbols(tmp_path)


def test_what_cannot_be_opened_says_what_to_do(tmp_path: Path) -> None:
    write_symbols(tmp_path)
    with pytest.raises(NoSuchSymbol, match="give one of those that do"):
        journal.open(tmp_path, "GBP-USD")
    with pytest.raises(NoSuchSymbol, match="has no ticks yet of EUR-USD of oanda"):
        journal.open(tmp_path, "EUR-USD")
    with pytest.raises(JournalError, match="give a symbol of the folder"):
        journal.open(tmp_path)
    with pytest.raises(TapeflowError, match=r"1\.00000009\.ticks cannot be opened"):
        journal.open(tmp_path, 1, part=9)
    path = write_part(tmp_path, 0, tick(1, 0))
    with pytest.raises(NoSuchSymbol, match="GBP-USD"):
        journal.open(path, "GBP-USD")
