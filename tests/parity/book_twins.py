"""Both twins of a book, held to the bit at every call: results, errors, snapshots."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from flows import _native
from flows.contracts.registry import SchemaIds
from flows.errors import StageRestoreError, TapeflowError
from flows.kernels.book_checksum import KrakenDecimals
from flows.kernels.book_sequence import DepthRule
from flows.kernels.l2_book import L2Book
from flows.kernels.scale import Scale
from flows.kernels.streamed_book import StreamedBook
from flows.kernels.synced_book import SyncedBook

_IDS, _RUST_IDS = SchemaIds.embedded(), _native.SchemaIds.embedded()


class BookTwins:
    """A book in Python and in Rust."""

    def __init__(self, make: Callable[[Any], Any], python: Any, rust: Any) -> None:
        self._fresh = lambda: (make(python), make(rust))
        self.python, self._rust = self._fresh()

    @classmethod
    def l2(cls, depth_max: int | None = None) -> BookTwins:
        return cls(lambda book: book(depth_max), L2Book, _native.L2Book)

    @classmethod
    def synced(cls, rule: DepthRule) -> BookTwins:
        return cls(lambda book: book(rule), SyncedBook, _native.SyncedBook)

    @classmethod
    def coinbase(cls) -> BookTwins:
        return cls(lambda book: book.coinbase(), StreamedBook, _native.StreamedBook)

    @classmethod
    def kraken(cls, depth_max: int, scale: Scale, decimals: KrakenDecimals) -> BookTwins:
        return cls(lambda book: book.kraken(depth_max, scale, decimals), StreamedBook, _native.StreamedBook)

    @classmethod
    def okx(cls, scale: Scale, depth_max: int | None = None) -> BookTwins:
        return cls(lambda book: book.okx(scale, depth_max), StreamedBook, _native.StreamedBook)

    def get(self, name: str) -> Any:
        """A property of both."""
        made, expected = getattr(self._rust, name), getattr(self.python, name)
        assert repr(made) == repr(expected)
        return expected

    def call(self, name: str, *arguments: Any) -> Any:
        """What both answer, or the error that both raise."""
        expected = _outcome(getattr(self.python, name), arguments)
        made = _outcome(getattr(self._rust, name), arguments)
        # By their text floats are the same to the bit.
        assert repr(made) == repr(expected), f"{name}{arguments}"
        return expected

    def snapshot(self) -> bytes:
        expected: bytes = self.python.snapshot(_IDS)
        assert self._rust.snapshot(_RUST_IDS) == expected
        return expected

    def swap(self) -> None:
        """Each begins anew and goes on from the other's snapshot."""
        state = self.snapshot()
        self.python, self._rust = self._fresh()
        self.python.restore(_IDS, state)
        self._rust.restore(_RUST_IDS, state)
        assert self.snapshot() == state

    def refuses(self, state: bytes, text: str) -> None:
        """Both refuse a snapshot that is not theirs with an error that says `text`, and are unchanged."""
        before = self.snapshot()
        for book, ids in ((self.python, _IDS), (self._rust, _RUST_IDS)):
            with pytest.raises(StageRestoreError, match=text):
                book.restore(ids, state)
        assert self.snapshot() == before


def _outcome(method: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    try:
        return method(*arguments)
    except TapeflowError as error:
        return type(error).__name__, str(error)
