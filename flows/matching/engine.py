"""The matching engine in Rust: `rust_ingest/kernels/src/matching`, by `rust_ingest/native/src/matching.rs`."""

from __future__ import annotations

from flows import _native
from flows.matching.shared_calls import SharedCalls


class MatchingEngine(_native.MatchingEngine, SharedCalls):
    """The book of one symbol, in Rust. `flows.matching.Matching` says what each call does.

    Several threads may share one: calls wait for each other, and batches let the GIL go. After a panic every call
    panics: the book may be half changed.
    """
