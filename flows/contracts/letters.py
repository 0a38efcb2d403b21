"""How much of a message a dead letter keeps: as long as the message, it could be longer than a broker takes."""

from __future__ import annotations

LETTER_BYTES_MAX = 512 << 10
"""More of a message's bytes are cut off."""


def letter_of(value: bytes, detail: str) -> tuple[bytes, str]:
    """What a dead letter keeps of `value`, and its detail, which says so where that is not all."""
    if len(value) <= LETTER_BYTES_MAX:
        return value, detail
    return value[:LETTER_BYTES_MAX], f"{detail} (cut: the first {LETTER_BYTES_MAX} of {len(value)} bytes)"
