"""What peers read a message with: fastavro, for trades alone. All else is told by its schema id, undecoded."""

from __future__ import annotations

import io
import struct
from typing import Any

import fastavro

from flows.contracts import registry
from flows.contracts.registry import SchemaIds

_TRADE = "tapeflow.market.Trade"


class TradeDecoder:
    def __init__(self) -> None:
        self._id = struct.pack(">bi", 0, SchemaIds.embedded().by_subject[_TRADE])
        self._schema = fastavro.parse_schema(registry.schema(_TRADE))

    def __call__(self, message: bytes) -> dict[str, Any] | None:
        """The trade, or None for what is none."""
        if not message.startswith(self._id):
            return None
        record: Any = fastavro.schemaless_reader(io.BytesIO(message[5:]), self._schema, None)
        return record
