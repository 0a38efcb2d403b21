"""What a framed message holds, by the very rules of the Rust engine."""

from __future__ import annotations

import struct
from typing import Any

from flows.contracts import well_formed
from flows.contracts.codec import HEADER_BYTES, decode
from flows.contracts.registry import SchemaIds
from flows.contracts.well_formed import Malformed
from flows.kernels.refusal import UnknownSchema, Unparsed


def header(message: bytes, ids: SchemaIds) -> tuple[str, int]:
    """What kind of record it is (its subject), and the id of the schema that it was written by. Raises Unparsed,
    UnknownSchema."""
    if len(message) < HEADER_BYTES:
        raise Unparsed.short(len(message))
    if message[0] != 0:
        raise Unparsed.bad_magic(message[0])
    (id,) = struct.unpack_from(">i", message, 1)
    subject = ids.by_id.get(id)
    if subject is None:
        raise UnknownSchema(id)
    return subject, id


def body(subject: str, id: int, message: bytes, ids: SchemaIds) -> Any:
    """The record that such a header announces. Raises Unparsed."""
    try:
        well_formed.check(subject, ids.version(id), message, HEADER_BYTES)
    except Malformed as error:
        raise Unparsed.bad_body(subject.rpartition(".")[2]) from error
    return decode(message, ids)
