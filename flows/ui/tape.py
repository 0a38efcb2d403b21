"""What has landed in ClickHouse: how far each partition goes there, and the rows of a stretch.

Every question names topic, partitions and offsets, the landing tables' primary key: it costs what is new, not what
there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from flows.connectors import clickhouse
from flows.contracts import topics
from flows.errors import TapeflowError
from flows.stack.settings import Settings

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

Offsets = dict[int, int]
"""By partition."""
Row = Mapping[str, Any]

# A question that takes longer than this is given up: the page says so, and asks again.
_LIMITS = {"max_execution_time": 20, "readonly": 2, "prefer_column_name_to_alias": 1}


class TapeChanged(TapeflowError):
    """Rows that were there are gone."""

    def __init__(self, table: str) -> None:
        super().__init__(f"ClickHouse holds less of {table} than it did: the page begins anew")


class Tape:
    """Reads one ClickHouse over one connection, which is kept while it works."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open = ExitStack()
        self._connected: Client | None = None

    def name(self, topic: str) -> str:
        """The topic's name in the tables."""
        return self._settings.topic(topic)

    def rows(self, sql: str, topic: str, **parameters: object) -> list[dict[str, Any]]:
        """`{topic:String}` stands for the topic's name with its prefix. Raises NotRunning, ClickHouseUnavailable,
        QueryFailed."""
        given = {"topic": self.name(topic), **parameters}
        if self._connected is None:
            self._connected = self._open.enter_context(clickhouse.client(self._settings.clickhouse_url))
        try:
            return list(self._connected.query(sql, parameters=given, settings=_LIMITS).named_results())
        except Exception:
            failed, self._open, self._connected = self._open, ExitStack(), None
            # Through the connection's own context, which makes the error one of ours.
            with failed:
                raise

    def ends(self, known: Mapping[str, Offsets] | None = None) -> dict[str, Offsets]:
        """By topic (without prefix) and partition, the offset behind the last row. From `known` ends on there is little
        to read. Raises TapeChanged, and what `rows` raises."""
        known = known or {}
        questions = [
            _newest(topic, self._settings.topic(topic.name), known.get(topic.name)) for topic in topics.load().values()
        ]
        found: dict[str, Offsets] = {name: {} for name in topics.load()}
        for row in self.rows(" UNION ALL ".join(questions), ""):
            found[row["name"]][row["partition"]] = row["newest"] + 1
        for name, ends in known.items():
            if any(found[name].get(partition, 0) < end for partition, end in ends.items()):
                raise TapeChanged(topics.load()[name].table)
        return found

    def close(self) -> None:
        self._open.close()


def between(begins: Offsets, ends: Offsets) -> str:
    """A condition for `begin <= offset < end` in every partition that has an end."""
    stretches = [
        f"(partition = {partition} AND offset >= {begins.get(partition, 0)} AND offset < {end})"
        for partition, end in sorted(ends.items())
        if begins.get(partition, 0) < end
    ]
    return f"topic = {{topic:String}} AND ({' OR '.join(stretches) or '0'})"


def _newest(topic: topics.Topic, name: str, known: Offsets | None) -> str:
    """SQL for the newest row of every partition."""
    quoted = "'" + name.replace("\\", "\\\\").replace("'", "\\'") + "'"
    if known is None:
        # The last row in the order of the key is found without reading what is before it.
        return " UNION ALL ".join(
            f"(SELECT '{topic.name}' AS name, partition, offset AS newest FROM {topic.table} WHERE topic = {quoted} "
            f"AND partition = {partition} ORDER BY topic DESC, partition DESC, offset DESC LIMIT 1)"
            for partition in range(topic.partitions)
        )
    return (
        f"SELECT '{topic.name}' AS name, partition, max(offset) AS newest FROM {topic.table} WHERE topic = {quoted} "
        f"AND ({_at_least(known, range(topic.partitions))}) GROUP BY partition"
    )


def _at_least(known: Offsets, partitions: Iterable[int]) -> str:
    # The last known row itself must come back: if it does not, it is gone.
    return " OR ".join(
        f"(partition = {partition} AND offset >= {max(known.get(partition, 0) - 1, 0)})"
        for partition in sorted({*known, *partitions})
    )
