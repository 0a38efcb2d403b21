"""The client of ClickHouse, embedded or not: the only file that imports clickhouse-connect."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flows.errors import TapeflowError

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

# What it warns of also comes as an exception; without a handler it would be printed as well.
logging.getLogger("clickhouse_connect").addHandler(logging.NullHandler())

_SYSTEM_ERROR = re.compile(r"\[Errno -?\d+\] ([\w ]+)")
# REQUIRED_PASSWORD, WRONG_PASSWORD, AUTHENTICATION_FAILED.
_REFUSED = re.compile(r"\bCode: (?:193|194|516)\b")
_CONNECT_TIMEOUT_S = 5
_ANSWER_TIMEOUT_S = 300


class ClickHouseUnavailable(TapeflowError):
    """Nobody answers, or the answer is not ClickHouse's."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(
            f"ClickHouse at {without_secret(url)} does not answer: {reason}; "
            "see `tapeflow status`, or check TAPEFLOW_CLICKHOUSE_URL"
        )


class ClickHouseRefuses(ClickHouseUnavailable):
    """It does not know the user, or the password is another."""

    def __init__(self, url: str, reason: str) -> None:
        TapeflowError.__init__(
            self,
            f"ClickHouse at {without_secret(url)} refuses user or password: {reason}; "
            "check both in TAPEFLOW_CLICKHOUSE_URL: http://user:password@host:port/database",
        )


class QueryFailed(TapeflowError):
    """ClickHouse refused a statement; the message is its own."""


def without_secret(url: str) -> str:
    """The URL as it may be shown: host, port and database alone."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


@contextmanager
def client(url: str) -> Iterator[Client]:
    """A client of the server at `url`: `http[s]://[user:password@]host:port/database`.

    Options of clickhouse-connect follow as a query: `?ca_cert=/path&verify=true`. Its errors become ours.
    Raises ClickHouseUnavailable, QueryFailed.
    """
    import clickhouse_connect
    from clickhouse_connect.driver.exceptions import Error

    try:
        connected = clickhouse_connect.get_client(
            dsn=url,
            # Of the URL it heeds all but this, and would send the password in the clear.
            interface=urlsplit(url).scheme,
            # On loopback compression costs more than it saves; elsewhere the two sides agree on one.
            compress=urlsplit(url).hostname not in ("127.0.0.1", "localhost", "::1"),
            connect_timeout=_CONNECT_TIMEOUT_S,
            send_receive_timeout=_ANSWER_TIMEOUT_S,
            # A session would serialise the statements of concurrent users, and none here needs one.
            autogenerate_session_id=False,
        )
    except (Error, OSError) as error:
        if _REFUSED.search(str(error)):
            raise ClickHouseRefuses(url, message_of(error)) from error
        raise ClickHouseUnavailable(url, _first_line(error)) from error
    try:
        with errors(url):
            yield connected
    finally:
        connected.close()


@contextmanager
def errors(url: str) -> Iterator[None]:
    """Makes clickhouse-connect's errors ours. Raises ClickHouseUnavailable, QueryFailed."""
    from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError, ProgrammingError
    from urllib3.exceptions import HTTPError

    try:
        yield
    # HTTPError: a result that was being streamed broke off.
    except (OperationalError, HTTPError) as error:
        raise ClickHouseUnavailable(url, _first_line(error)) from error
    except (DatabaseError, ProgrammingError) as error:
        raise QueryFailed(message_of(error)) from error


def bound(sql: str, parameters: Mapping[str, Any]) -> dict[str, str]:
    """The values of a statement's `{name:Type}` as ClickHouse reads them, by name."""
    from clickhouse_connect.driver.binding import bind_query

    return {name.removeprefix("param_"): value for name, value in bind_query(sql, dict(parameters))[1].items()}


def message_of(error: Exception) -> str:
    """ClickHouse's own words on one line, without what the client puts around them."""
    said = str(error).partition("server response: ")[2] or str(error)
    said = said.partition(" (for url ")[0]
    return " ".join(said.replace("DB::Exception: ", "", 1).split())


def _first_line(error: Exception) -> str:
    said = (str(error).splitlines() or [type(error).__name__])[0].partition(" (for url ")[0]
    # Of a failed connection's five nested errors, only the system's own word tells anything.
    system = _SYSTEM_ERROR.search(said)
    return system[1] if system else said
