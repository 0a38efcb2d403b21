"""Whether bytes are an Avro body of a record, by the very rules of the Rust codec.

fastavro reads some bytes that are no encoding at all: a negative length as "all the rest", a negative branch as the
last one, an int of 64 bits. The twins must refuse the same messages, so the python engine asks here first.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from flows.contracts import registry


class Malformed(ValueError):
    """Bytes that are no encoding of the schema."""


Walk = Callable[[bytes, int], int]
"""Where the value that begins at an index ends. Raises Malformed."""


def check(subject: str, version: int, message: bytes, start: int) -> None:
    """Raises Malformed unless `message[start:]` is exactly one record of this kind, in that version (the oldest 0)."""
    if _walk_of(subject, version)(message, start) != len(message):
        raise Malformed("bytes are left over")


@cache
def _walk_of(subject: str, version: int) -> Walk:
    return _walk(json.loads(registry.versions()[subject][version].schema), {})


def _walk(schema: Any, named: dict[str, Walk]) -> Walk:
    match schema:
        case str() if schema in named:
            return named[schema]
        case "boolean":
            return _boolean
        case "int":
            return _int
        case "long" | {"type": "long"}:
            return _end_of_long
        case "double":
            return _fixed(8)
        case "string":
            return _string
        case "bytes":
            return lambda message, at: sum(_length(message, at))
        case ["null", branch]:
            return _choice(2, _walk(branch, named))
        case {"type": "array", "items": items}:
            return _array(_walk(items, named))
        case {"type": "fixed", "size": size}:
            made = _fixed(size)
        case {"type": "enum", "symbols": symbols}:
            made = _choice(len(symbols), None)
        case {"type": "record", "fields": fields}:
            made = _record([_walk(field["type"], named) for field in fields])
        case _:
            raise NotImplementedError(f"{schema} is not a type that Tapeflow uses")
    named[f"{schema['namespace']}.{schema['name']}"] = made
    return made


def _fixed(size: int) -> Walk:
    def walk(message: bytes, at: int) -> int:
        if size > len(message) - at:
            raise Malformed("the value ends early")
        return at + size

    return walk


def _long(message: bytes, at: int) -> tuple[int, int]:
    """A number and where it ends."""
    value = shift = 0
    while at < len(message):
        byte = message[at]
        if shift == 63 and byte > 1:
            raise Malformed("a number does not fit 64 bits")
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), at
        shift += 7
    raise Malformed("a number ends early")


def _end_of_long(message: bytes, at: int) -> int:
    return _long(message, at)[1]


def _length(message: bytes, at: int) -> tuple[int, int]:
    length, at_end = _long(message, at)
    if not 0 <= length <= len(message) - at_end:
        raise Malformed("a length is negative or too long")
    return length, at_end


def _boolean(message: bytes, at: int) -> int:
    if at == len(message) or message[at] > 1:
        raise Malformed("a boolean is neither 0 nor 1")
    return at + 1


def _int(message: bytes, at: int) -> int:
    value, end = _long(message, at)
    if not -(2**31) <= value < 2**31:
        raise Malformed("a number does not fit 32 bits")
    return end


def _string(message: bytes, at: int) -> int:
    length, start = _length(message, at)
    try:
        message[start : start + length].decode()
    except UnicodeDecodeError as error:
        raise Malformed("a string is not UTF-8") from error
    return start + length


def _choice(count: int, last: Walk | None) -> Walk:
    """An enum's symbol, or a union's branch, of which only the last has a value."""

    def walk(message: bytes, at: int) -> int:
        index, end = _long(message, at)
        if not 0 <= index < count:
            raise Malformed("no such branch or symbol")
        return last(message, end) if last and index == count - 1 else end

    return walk


def _array(item: Walk) -> Walk:
    def walk(message: bytes, at: int) -> int:
        while True:
            count, at = _long(message, at)
            if count == 0:
                return at
            if count < 0:
                count = -count
                _, at = _length(message, at)
            # Every item of our schemas takes at least a byte.
            if count > len(message) - at:
                raise Malformed("an array is longer than the message")
            for _ in range(count):
                at = item(message, at)

    return walk


def _record(fields: list[Walk]) -> Walk:
    def walk(message: bytes, at: int) -> int:
        for field in fields:
            at = field(message, at)
        return at

    return walk
