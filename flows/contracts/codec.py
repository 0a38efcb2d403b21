"""Records to bytes and back: Confluent framing around Avro by fastavro.

The reference for the Rust codec: both write the same bytes for the same record.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import fastavro

from flows.contracts import records, registry
from flows.contracts.registry import SchemaIds

Record = Any
"""An instance of one of the dataclasses of `flows.contracts.records` that has a subject."""

_HEADER = struct.Struct(">bi")
HEADER_BYTES = _HEADER.size
"""Confluent's framing: a zero byte and the schema id. Behind it is the record as Avro."""
_INT128 = "tapeflow.Int128"


class FrameError(ValueError):
    """A message that is not one of our records; the text says why."""


def encode(record: Record, ids: SchemaIds) -> bytes:
    """The framed message of a record.

    Raises KeyError for a record without a subject, and ValueError or OverflowError for a value outside its type.
    """
    codec = _codec(record.SUBJECT)
    out = io.BytesIO()
    out.write(_HEADER.pack(0, ids.by_subject[record.SUBJECT]))
    fastavro.schemaless_writer(out, codec.schema, codec.to_avro(record))
    return out.getvalue()


def decode(message: bytes, ids: SchemaIds) -> Record:
    """The record in a framed message. Raises FrameError."""
    id = _id_of(message, ids)
    subject = ids.by_id[id]
    codec = _codec(subject)
    written = codec.versions[ids.version(id)]
    body = io.BytesIO(message)
    body.seek(_HEADER.size)
    try:
        # Without a schema to resolve to, fastavro is faster.
        wanted = None if written is codec.schema else codec.schema
        record = codec.from_avro(fastavro.schemaless_reader(body, written, wanted))
    except (EOFError, IndexError, ValueError, TypeError, struct.error) as error:
        raise FrameError(f"{subject.rpartition('.')[2]}: {error or type(error).__name__}") from error
    rest = len(message) - body.tell()
    if rest:
        raise FrameError(f"{subject.rpartition('.')[2]}: {rest} bytes are left over")
    return record


def subject_of(message: bytes, ids: SchemaIds) -> str:
    """What kind of record a framed message holds. Raises FrameError."""
    return ids.by_id[_id_of(message, ids)]


def _id_of(message: bytes, ids: SchemaIds) -> int:
    """The schema id, which is one of ours."""
    if len(message) < _HEADER.size:
        raise FrameError(f"the message has {len(message)} bytes; a schema id needs 5")
    magic, id = _HEADER.unpack_from(message)
    if magic != 0:
        raise FrameError(f"the message begins with byte {message[0]}, not with 0")
    if id not in ids.by_id:
        raise FrameError(
            f"schema id {id} is none of ours; was it written by another version, or through another registry?"
        )
    return int(id)


@dataclass(frozen=True, slots=True)
class _Codec:
    schema: Any
    """The newest version."""
    versions: tuple[Any, ...]
    """All of them, oldest first."""
    to_avro: Callable[[Any], Any]
    from_avro: Callable[[Any], Any]


@cache
def _codec(subject: str) -> _Codec:
    raw = registry.schema(subject)
    named: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {}
    to_avro, from_avro = _converters(raw, named)
    versions = tuple(fastavro.parse_schema(json.loads(entry.schema)) for entry in registry.versions()[subject])
    return _Codec(versions[-1], versions, to_avro, from_avro)


def _same(value: Any) -> Any:
    return value


def _converters(
    schema: Any, named: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]]
) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """How values of a schema go to what fastavro takes, and back."""
    if isinstance(schema, str):
        return named.get(schema, (_same, _same))
    if isinstance(schema, list):
        there, back = _converters(schema[1], named)
        return _or_none(there), _or_none(back)
    match schema["type"]:
        case "record":
            pair = _record_converters(schema, named)
        case "enum":
            cls = getattr(records, schema["name"])
            members = {member.value: member for member in cls}
            pair = (lambda member: member.value), members.__getitem__
        case "fixed":
            pair = (
                (lambda value: value.to_bytes(16, "big", signed=True)),
                (lambda raw: int.from_bytes(raw, "big", signed=True)),
            )
        case "array":
            there, back = _converters(schema["items"], named)
            return (lambda items: [there(item) for item in items]), (lambda items: [back(item) for item in items])
        case _:
            return _same, _same
    named[f"{schema['namespace']}.{schema['name']}"] = pair
    return pair


def _or_none(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    if convert is _same:
        return _same
    return lambda value: None if value is None else convert(value)


def _record_converters(
    schema: Any, named: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]]
) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    cls = getattr(records, schema["name"])
    names = [field["name"] for field in schema["fields"]]
    pairs = [_converters(field["type"], named) for field in schema["fields"]]
    there = [(name, convert) for name, (convert, _) in zip(names, pairs, strict=True)]
    back = [(name, convert) for name, (_, convert) in zip(names, pairs, strict=True)]

    def to_avro(record: Any) -> dict[str, Any]:
        return {name: convert(getattr(record, name)) for name, convert in there}

    def from_avro(data: dict[str, Any]) -> Any:
        return cls(*[convert(data[name]) for name, convert in back])

    return to_avro, from_avro
