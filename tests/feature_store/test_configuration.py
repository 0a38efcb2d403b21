"""The log says by which settings a vector was made, and what is read back is of one configuration."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow as pa
import pytest

from flows.feature_store import FeatureStore, MixedFeatures
from flows.feature_store.configuration import only
from flows.feature_store.vectors import schema
from flows.kernels.own_declaration import all_of
from tests.feature_store.conftest import MIXED, PREFIX, Landed
from tests.tapeflow_command import tapeflow

DAY = ("2024-08-08", "2024-08-09")


def test_what_is_read_says_by_what_it_was_made(here: Landed) -> None:
    store = FeatureStore(here.stack.data_dir)
    table = store.range(*DAY, instrument="BTC-USDT", venue="binance", interval="1s", to="arrow")
    said = json.loads(table.schema.metadata[b"tapeflow"])
    features = dict(here.config.stages["features"])
    features["own"] = [one.said for one in all_of(features["own"])]
    assert said["configuration"] == {"bars": {"depth_levels": 4}, "features": features}
    assert table.column_names[-2:] == ["adx_5", "upper"]
    assert said["configuration_from"] == "log"


def test_vectors_of_two_configurations_are_not_read_as_one_feature(here: Landed) -> None:
    store = FeatureStore(here.stack.data_dir)
    with pytest.raises(MixedFeatures, match="by 2 configurations") as caught:
        store.range(*DAY, instrument=MIXED)
    found = re.findall(r"offsets (\d+) to (\d+) of market.ticks with rsi = (\d+)", str(caught.value))
    assert [rsi for *_, rsi in found] == ["14", "7"]
    for first, last, rsi in found:
        table = store.as_of_offsets([int(first), int(last)], instrument=MIXED, to="arrow")
        assert json.loads(table.schema.metadata[b"tapeflow"])["configuration"]["features"]["rsi"] == int(rsi)
    with pytest.raises(MixedFeatures, match="Ask for each stretch by itself"):
        store.as_of_offsets([int(found[0][0]), int(found[1][1])], instrument=MIXED)


def test_the_command_says_so_and_writes_nothing(here: Landed, tmp_path: Path) -> None:
    asked = ["range", "--instrument", MIXED, "--from", DAY[0], "--to", DAY[1], "--out", "x.parquet"]
    done = tapeflow(here.stack, tmp_path, PREFIX, "features", *asked, with_clickhouse=True)
    assert done.returncode == 1
    assert "made by 2 configurations" in done.stderr
    assert not (tmp_path / "x.parquet").exists()


def test_of_vectors_from_before_nobody_knows() -> None:
    """They say nothing, and are read as they are."""

    def rows(*said: str | None) -> pa.Table:
        empty = schema(False).empty_table()
        columns = {name: pa.nulls(len(said), empty.schema.field(name).type) for name in empty.column_names}
        columns["configuration"] = pa.array(said)
        columns["depth_levels"] = pa.array([None if one is None else 0 for one in said], pa.int32())
        columns["origin_offset"] = pa.array(range(len(said)), pa.int64())
        return pa.table(columns)

    assert only(rows()) is None
    assert only(rows(None, "")) is None
    assert only(rows("", '{"rsi":14}')) is None
    assert only(rows(None, '{"rsi":14}')) == {"rsi": 14, "depth_levels": 0}
    with pytest.raises(MixedFeatures, match=r"offsets 1 to 1 .* with rsi = 7; offsets 2 to 2 .* with rsi = 14"):
        only(rows("", '{"rsi":7}', '{"rsi":14}'))
