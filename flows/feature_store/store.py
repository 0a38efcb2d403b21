"""Feature vectors as the flow had them: at moments, at positions of the log, and over a range."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from flows.config import Config
from flows.errors import BadMoment, FeatureStoreError
from flows.feature_store import configuration, known, moments, own, vectors, violations
from flows.feature_store.forms import FORMS
from flows.feature_store.known import UNKNOWN_NS, Known
from flows.feature_store.made_of import METADATA, MadeOf, deployed_config
from flows.feature_store.series import Series, chosen, listed
from flows.history.timeframe import timeframe_ns

To = Literal["polars", "pandas", "arrow", "numpy"]
Interval = str | int | timedelta
Instant = str | int | datetime

_TIME = pa.timestamp("ns", "UTC")


class FeatureStore:
    """The feature vectors that one ClickHouse holds: of the running stack, of a stopped one's folder, or of
    TAPEFLOW_CLICKHOUSE_URL. It keeps nothing, so that threads may share it.

    **The past is the log's order, told by receive times, and never `close_ns`.** A bar closes when a later tick says
    that it is over: whoever looks a vector up by the end of its bar trains on what nobody knew yet. A vector is known
    from the moment on at which the ingestor had received its causing tick and all before it in its partition
    (`known_ns`).

    All reads share these terms. `venue`, `interval` and `series` may be left out where there is one alone: `interval`
    is for bars that time ends, `series` for the others, as `volume:10`. Prices are float64 in the quote currency; with
    `exact`, whole numbers of 10^price_exponent, as in the record. `to`: polars, pandas, arrow (whose schema says what
    it was made of), or numpy (a dict of arrays; missing floats are NaN, missing times NaT, and whole numbers are masked
    arrays). Columns are those of FeatureVector, its origin as three, and a user's own features by their names, with
    `known_ns` and `out_of_range` before them: the names of features outside their declared range, NaN and infinity
    included, with a space between. Nothing is left out or changed because of it.

    Each raises NoFeatures, AmbiguousSeries, MixedFeatures where the vectors asked for were made by several
    configurations, BadMoment, BadBars for what is no length of time, and what `flows.query`
    raises.
    """

    def __init__(self, data_dir: Path | str | None = None, *, config: Config | None = None) -> None:
        """`config`: with which features were made that do not say it themselves, for what the result says of itself;
        default: what is deployed here, else `tapeflow.toml` and the defaults. Raises BadConfig."""
        self._data_dir = data_dir
        self._config = config or Config.load(deployed_config(data_dir))

    def as_of(
        self,
        at: Any,
        *,
        instrument: str,
        venue: str | None = None,
        interval: Interval | None = None,
        series: str | None = None,
        max_age: Interval | None = None,
        exact: bool = False,
        to: To = "polars",
    ) -> Any:
        """For each moment the vector that the flow had by then; the moment itself belongs to the past.

        `at`: one moment or many, in any order: nanoseconds since 1970, datetimes that name their zone, ISO 8601, or a
        column or array of them; a row each comes back. `status` is `known`; `none` before the first vector; `stale`
        where `known_ns` lies more than `max_age` before the moment: all fields of the vector are null then. `settled`
        is false where a newer vector may have been there by then, and just has not landed yet: ask again later.
        """
        at_ns = moments.ns_of(at)
        age_ns = None if max_age is None else moments.length_ns(max_age)
        one = self._chosen(instrument, venue, interval, series, to)
        there = known.by_time(one, at_ns, self._data_dir)
        places = there.at(at_ns)
        is_stale = np.zeros(len(places), bool)
        if age_ns is not None:
            is_stale = (places >= 0) & (at_ns - there.times_ns(places) > age_ns)
        columns = {"moment": pa.array(at_ns).cast(_TIME), **_state(there, places, is_stale, at_ns < there.settled_ns)}
        rows = self._rows(one, there, np.where(is_stale, -1, places), exact)
        return FORMS[to](self._table(one, columns, rows, {"read": "as_of", "max_age_ns": age_ns, "exact": exact}))

    def as_of_offsets(
        self,
        offsets: Any,
        *,
        instrument: str,
        venue: str | None = None,
        interval: Interval | None = None,
        series: str | None = None,
        partition: int | None = None,
        exact: bool = False,
        to: To = "polars",
    ) -> Any:
        """The exact form: for each position of market.ticks the last vector that this record, or one before it, caused.

        `offsets`: one or many, in the series' partition; `partition`, where it is given, is checked against that. As
        `as_of`, without `stale`; `known_ns` is null where the tick itself has not landed. Raises BadMoment for a
        position in another partition, which says nothing about this series.
        """
        given = np.atleast_1d(np.asarray(offsets))
        if given.dtype.kind not in "iu" and len(given):
            raise BadMoment(f"is of type {given.dtype}: give offsets of market.ticks")
        given = given.astype(np.int64)
        one = self._chosen(instrument, venue, interval, series, to)
        if partition not in (None, one.partition):
            raise BadMoment(
                f"is in partition {partition}: {instrument} is in partition {one.partition}, and the two have no order"
            )
        there = known.by_offset(one, given, self._data_dir)
        places = there.at_offsets(given)
        state = _state(there, places, np.zeros(len(places), bool), given < there.settled_offset)
        rows = self._rows(one, there, places, exact)
        columns = {"at_offset": pa.array(given), **state}
        return FORMS[to](self._table(one, columns, rows, {"read": "as_of_offsets", "exact": exact}))

    def range(
        self,
        start: Instant,
        end: Instant,
        *,
        instrument: str,
        venue: str | None = None,
        interval: Interval | None = None,
        series: str | None = None,
        exact: bool = False,
        to: To = "polars",
    ) -> Any:
        """All vectors that the flow came to know in [start, end), in its order: `known_ns` lies in there."""
        start_ns, end_ns = moments.one_ns(start), moments.one_ns(end)
        if not start_ns < end_ns:
            raise BadMoment(f"behind {start} is asked for as the end, {end}: give an end behind the start")
        one = self._chosen(instrument, venue, interval, series, to)
        before_ns = np.array([start_ns - 1, end_ns - 1])
        there = known.by_time(one, before_ns, self._data_dir)
        first, behind = (int(place) + 1 for place in there.at(before_ns))
        rows = self._of_causes(one, there.offsets[first:behind], exact)
        causes = np.searchsorted(there.offsets, rows.column("origin_offset").to_numpy())
        columns = {"known_ns": pa.array(there.known_ns[causes]).cast(_TIME)}
        terms = {"read": "range", "start_ns": start_ns, "end_ns": end_ns, "exact": exact}
        return FORMS[to](self._table(one, columns, rows, terms, is_settled=end_ns <= there.settled_ns))

    def series(self, instrument: str) -> Any:
        """Which there are: a pyarrow Table of venue, interval_ns, series, partition, vectors, first and last
        receive_ns."""
        return listed(instrument, self._data_dir)

    def violations(self, instrument: str) -> Any:
        """What was wrong with its features: a pyarrow Table of venue, interval_ns, series, feature, rule (below, above,
        not_finite, stale), vectors, first and last receive_ns, last_value and limit; of stale both are nanoseconds."""
        return violations.listed(instrument, self._data_dir)

    def _chosen(
        self, instrument: str, venue: str | None, interval: Interval | None, series: str | None, to: str
    ) -> Series:
        if to not in FORMS:
            raise FeatureStoreError(f"to={to!r}: choose {', '.join(FORMS)}")
        interval_ns = None if interval is None else timeframe_ns(interval)
        return chosen(instrument, venue, interval_ns, series, self._data_dir)

    def _rows(self, one: Series, there: Known, places: NDArray[np.int64], exact: bool) -> Any:
        """Of each place the last vector that this cause made; nulls for -1."""
        read = self._of_causes(one, there.offsets[np.unique(places[places >= 0])], exact)
        causes = read.column("origin_offset").to_numpy()
        rows = np.zeros(len(places), np.int64)
        rows[places >= 0] = np.searchsorted(causes, there.offsets[places[places >= 0]], side="right") - 1
        return read.take(pa.array(rows, mask=places < 0))

    def _of_causes(self, one: Series, offsets: NDArray[np.int64], exact: bool) -> Any:
        """All vectors from the first of these causes to the last, in log order."""
        if not len(offsets):
            return vectors.schema(exact).empty_table()
        return vectors.read(one, int(offsets[0]), int(offsets[-1]), exact, self._data_dir)

    def _table(
        self,
        one: Series,
        columns: Mapping[str, Any],
        rows: Any,
        terms: Mapping[str, Any],
        is_settled: bool | None = None,
    ) -> Any:
        """`columns`, then those of the vectors; the schema says what they were made of."""
        if is_settled is None:
            is_settled = all(columns["settled"].to_pylist())
        by = configuration.only(rows)
        # Where no vector says it, those that the next one is made with.
        declared = own.declared(self._config.stages["features"] if by is None else by)
        fields = {name: rows.column(name) for name in rows.column_names if name != own.FIELD}
        fields |= own.columns(rows, declared)
        outside = vectors.out_of_range(fields, {feature.name: feature.range for feature in declared})
        said = json.dumps(MadeOf(one, terms, self._config).said(rows, by, is_settled), sort_keys=True)
        return pa.table({**columns, "out_of_range": outside, **fields}).replace_schema_metadata({METADATA: said})


def _state(
    there: Known, places: NDArray[np.int64], is_stale: NDArray[np.bool_], settled: NDArray[np.bool_]
) -> dict[str, Any]:
    """How each row is to be taken."""
    known_ns = there.times_ns(places)
    status = np.where(places < 0, "none", np.where(is_stale, "stale", "known"))
    return {
        "status": pa.array(status.tolist(), pa.string()),
        "settled": pa.array(settled),
        "known_ns": pa.array(known_ns, mask=known_ns == UNKNOWN_NS).cast(_TIME),
    }
