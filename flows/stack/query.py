"""One statement, on whichever ClickHouse the settings lead to: over HTTP, or in the folder of a stopped stack."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

from flows.connectors.clickhouse import QueryFailed, client, message_of
from flows.stack import state
from flows.stack.errors import AlreadyRunning, NotRunning
from flows.stack.settings import CLICKHOUSE_URL, Settings

# ClickHouse's names of the formats that people ask for.
_FORMATS = {"table": "PrettyCompactMonoBlock", "csv": "CSVWithNames", "json": "JSONEachRow", "parquet": "Parquet"}
_SETTINGS = {
    "output_format_json_array_of_rows": "1",
    "output_format_pretty_color": "0",
    "output_format_pretty_row_numbers": "0",
    # A table on a screen shows what is there, not a rounded idea of it.
    "output_format_pretty_max_value_width": "120",
}
_PIECE_BYTES = 1 << 16
_OTHER_READER_TIMEOUT_S = 20.0


def run(settings: Settings, sql: str, output_format: str) -> Iterator[bytes]:
    """The answer in pieces, in `table`, `csv`, `json` or `parquet`; a FORMAT in the statement goes before.

    Raises QueryFailed, ClickHouseUnavailable, NotRunning.
    """
    if settings.external.get(CLICKHOUSE_URL) or settings.running.clickhouse_url:
        return _over_http(settings.clickhouse_url, sql, _FORMATS[output_format])
    return _in_folder(settings, sql, _FORMATS[output_format])


def _over_http(url: str, sql: str, output_format: str) -> Iterator[bytes]:
    with (
        client(url) as clickhouse,
        clickhouse.raw_stream(
            sql, settings=_SETTINGS, transport_settings={"X-ClickHouse-Format": output_format}
        ) as answer,
    ):
        while piece := answer.read(_PIECE_BYTES):
            yield piece


def _in_folder(settings: Settings, sql: str, output_format: str) -> Iterator[bytes]:
    """Opens the stopped stack's folder in this process, for reading alone."""
    folder = settings.data_dir / "clickhouse"
    if not folder.is_dir():
        raise NotRunning(settings.data_dir, "ClickHouse data", CLICKHOUSE_URL)
    # Loaded only here: the engine is 200 MB that no other command needs.
    from flows.stack.clickhouse_http.engine import ClickHouseError, Engine

    lock = _lock(settings)
    try:
        with closing(Engine(folder)) as engine, closing(engine.connection()) as connection:
            connection.set({**_SETTINGS, "readonly": "2"})
            answer = connection.execute(sql, output_format, {})[0]
        yield answer
    except ClickHouseError as error:
        raise QueryFailed(message_of(error)) from error
    finally:
        lock.release()


def _lock(settings: Settings) -> state.Lock:
    """Waits for another reader of the same folder; one that turns out to be a stack has it for good."""
    deadline = time.monotonic() + _OTHER_READER_TIMEOUT_S
    while True:
        try:
            return state.Lock(settings.data_dir)
        except AlreadyRunning:
            if time.monotonic() > deadline or state.read(settings.data_dir).owner_alive():
                raise
            time.sleep(0.1)
