"""Batches cross processes and engines unchanged."""

import pickle

import pytest

from flows._native import Batch
from flows.errors import BadBatchError, NoSuchTopic

_BAR = ("market.bars", 2, b"BTC-USDT", b"bar", (2, 7, 0))
_LETTER = ("ops.dead_letters", 0, b"market.ticks", b"letter", (2, 7, 1))


def test_pickled() -> None:
    batch = Batch.of([_BAR, _LETTER])
    copy = pickle.loads(pickle.dumps(batch))
    assert copy.entries() == batch.entries()
    assert len(copy) == 2


def test_select() -> None:
    batch = Batch.of([_BAR, _LETTER])
    (entry,) = batch.select("ops.dead_letters").entries()
    assert entry == ("ops.dead_letters", 0, -1, b"market.ticks", b"letter", (2, 7, 1), None)
    assert batch.origin_partition == 2


def test_refused() -> None:
    with pytest.raises(BadBatchError):
        Batch.from_bytes(b"\xff\xff\xff\xff")
    with pytest.raises(NoSuchTopic, match=r"no topic market\.candles"):
        Batch.of([("market.candles", 0, b"", b"", (0, 0, 0))])
    with pytest.raises(ValueError, match="the batch is empty"):
        _ = Batch.of([]).partition
