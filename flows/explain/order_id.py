"""What names an order: a client id is the order's origin written out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.contracts.records import Origin
from flows.explain.errors import MalformedId

LAST = "last"
_CLIENT_ID = re.compile(r"tf-([a-z0-9]{8})-([0-9]{1,9})-([0-9]{1,18})-([0-9]{1,9})")
_VENUE_ID = re.compile(r"[A-Za-z0-9._:/-]{1,64}")


@dataclass(frozen=True, slots=True)
class ClientId:
    """A client id, taken apart."""

    text: str
    log_id: str
    origin: Origin
    """Of the New: where in risk.inbox its signal stands."""


@dataclass(frozen=True, slots=True)
class VenueId:
    """The venue's own id."""

    text: str


def parse(text: str) -> ClientId | VenueId | None:
    """What `text` names; None for `last`. Raises MalformedId."""
    if text == LAST:
        return None
    if text.startswith("tf-"):
        match = _CLIENT_ID.fullmatch(text)
        if match is None:
            raise MalformedId(text)
        partition, offset, index = (int(part) for part in match.groups()[1:])
        return ClientId(text, match[1], Origin(partition, offset, index))
    if not _VENUE_ID.fullmatch(text):
        raise MalformedId(text)
    return VenueId(text)
