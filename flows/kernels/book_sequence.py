"""How a venue's messages follow each other, so that a missing one is noticed.

| venue | rule |
|---|---|
| Binance spot | `U` is the previous `u` + 1; the first event on a snapshot: `U <= lastUpdateId + 1 <= u` |
| Binance futures | `pu` is the previous `u`, `U` jumps; the first event on a snapshot: `U <= lastUpdateId <= u` |
| OKX | `prevSeqId` is the previous `seqId`, whichever is larger; -1 with a snapshot |
| Kraken | none: the checksum of each update |
| Coinbase level2 | none: each change is a level's new size, and a lost connection begins anew with a snapshot |
| `market.ticks` | a `Gap` stands before what does not follow; books without numbers have been given some |
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class DepthIds(NamedTuple):
    """The update ids of a Binance depth event."""

    first: int
    """`U`."""
    last: int
    """`u`."""
    previous_final: int | None = None
    """`pu`, futures only: the `u` of the event before."""


class Join(Enum):
    """How a depth event stands to a snapshot."""

    OLD = "old"
    """The snapshot holds all of it."""
    JOINS = "joins"
    """The first event to apply on top of the snapshot."""
    TOO_LATE = "too_late"
    """Events between the snapshot and this one are missing: the snapshot is too old."""


class DepthRule(Enum):
    """How depth events follow each other, and join a snapshot of REST."""

    BINANCE_SPOT = "binance_spot"
    """https://developers.binance.com/docs/binance-spot-api-docs/web-socket-streams, "How to manage a local order
    book correctly"."""
    BINANCE_FUTURES = "binance_futures"
    """USD-M and COIN-M: https://developers.binance.com/docs/derivatives/usds-margined-futures/websocket-market-streams,
    "How to manage a local order book correctly"."""
    LOGGED = "logged"
    """Of `market.ticks`, whatever the venue: the log has a `Gap` before what does not follow, after which the reader
    disconnects."""

    def follows(self, last_final: int, ids: DepthIds) -> bool:
        """Whether an event is the next one after the event that ended with update `last_final`."""
        if self is DepthRule.BINANCE_SPOT:
            return ids.first - last_final == 1
        if self is DepthRule.LOGGED:
            return True
        return ids.previous_final == last_final

    def join(self, snapshot_id: int, ids: DepthIds) -> Join:
        """How an event stands to a snapshot. As ids jump on futures, there an event whose predecessor the snapshot
        holds (`pu <= lastUpdateId`) leaves nothing out either. In the log events that name the one before go by the
        rule of futures, the others by that of spot."""
        if self is DepthRule.BINANCE_SPOT or (self is DepthRule.LOGGED and ids.previous_final is None):
            old, reaches_back = ids.last <= snapshot_id, ids.first - 1 <= snapshot_id
        else:
            before = ids.first if ids.previous_final is None else min(ids.previous_final, ids.first)
            old, reaches_back = ids.last < snapshot_id, before <= snapshot_id
        if old:
            return Join.OLD
        return Join.JOINS if reaches_back else Join.TOO_LATE


class SeqIds(NamedTuple):
    """The sequence numbers of an OKX message. A message without levels, which OKX sends to show that it is alive, has
    the same number twice; after maintenance the new one may be smaller."""

    previous: int
    """`prevSeqId`, -1 with a snapshot."""
    last: int
    """`seqId`."""
