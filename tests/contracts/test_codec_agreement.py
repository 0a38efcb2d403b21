"""What Rust encodes fastavro decodes, and the other way round, byte for byte, for every record."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable

import fastavro
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from flows.contracts import codec, registry
from flows.contracts.registry import SchemaIds

from .conftest import any_record

IDS = SchemaIds.embedded()
Recode = Callable[[list[bytes]], list[bytes]]
# One example is a list of records, because each crosses into a process of its own.
PROPERTY = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("subject", sorted(registry.latest()))
@given(data=st.data())
@PROPERTY
def test_both_codecs_write_the_same_bytes(subject: str, data: st.DataObject, recode: Recode) -> None:
    made = data.draw(st.lists(any_record(subject), min_size=1, max_size=20))
    messages = [codec.encode(record, IDS) for record in made]
    from_rust = recode(messages)
    assert from_rust == messages
    assert [codec.decode(message, IDS) for message in from_rust] == made


@pytest.mark.parametrize("subject", sorted(registry.latest()))
@given(data=st.data())
@PROPERTY
def test_both_codecs_refuse_a_message_that_is_cut(subject: str, data: st.DataObject, recode: Recode) -> None:
    message = codec.encode(data.draw(any_record(subject)), IDS)
    cuts = [message[:length] for length in range(len(message))]
    assert recode(cuts) == [b""] * len(cuts)
    for cut in cuts:
        with pytest.raises(codec.FrameError):
            codec.decode(cut, IDS)


OLDER = [entry for entry in registry.entries() if entry is not registry.latest()[entry.subject]]


@pytest.mark.parametrize("entry", OLDER, ids=lambda entry: f"{entry.subject}-{entry.version}")
@given(data=st.data())
@PROPERTY
def test_both_codecs_read_what_an_older_version_wrote(
    entry: registry.Entry, data: st.DataObject, recode: Recode
) -> None:
    """A log outlives the version that wrote it: a field that it did not have yet is read as its default."""
    written, newest = (
        fastavro.parse_schema(schema) for schema in (json.loads(entry.schema), registry.schema(entry.subject))
    )
    fields = newest["fields"][len(written["fields"]) :]
    defaults = {field["name"]: field["default"] for field in fields}
    record = dataclasses.replace(data.draw(any_record(entry.subject)), **defaults)
    message = codec.encode(record, IDS)
    values = fastavro.schemaless_reader(io.BytesIO(message[codec.HEADER_BYTES :]), newest, None)
    body = io.BytesIO()
    try:
        fastavro.schemaless_writer(body, written, values)
    except ValueError:
        assume(False)  # A symbol that its enum did not have yet.
    older = b"\0" + entry.id.to_bytes(4, "big") + body.getvalue()
    assert codec.decode(older, IDS) == record
    assert recode([older]) == [message]


def test_an_array_in_several_blocks_is_read(recode: Recode) -> None:
    """Avro writers may split arrays into blocks, and put each block's size before it; Java's does."""
    subject = "tapeflow.market.BookSnapshot"
    head = {"venue": "v", "instrument": "i", "price_exponent": -9, "quantity_exponent": -9}
    times = {"event_ns": None, "publish_ns": None, "receive_ns": 1, "final_update_id": 2}
    level = {"price": 3, "quantity": 4}
    body = io.BytesIO()
    fastavro.schemaless_writer(
        body, fastavro.parse_schema(registry.schema(subject)), {**head, **times, "bids": [level, level], "asks": []}
    )
    whole = b"\0" + IDS.by_subject[subject].to_bytes(4, "big") + body.getvalue()
    # One block of two (0x04) becomes: one of one (0x02), and one of -1 with its size of two bytes (0x01 0x04).
    one_block, blocks = b"\x04\x06\x08\x06\x08\x00", b"\x02\x06\x08\x01\x04\x06\x08\x00"
    assert one_block in whole
    assert recode([whole.replace(one_block, blocks)]) == [whole]


def test_a_message_of_another_registry_is_named_by_its_id() -> None:
    with pytest.raises(codec.FrameError, match="schema id 4711 is none of ours"):
        codec.decode(b"\0\0\0\x12\x67", IDS)
