"""What `tapeflow rollout` and `tapeflow status` say of engines, from policies and status files."""

from __future__ import annotations

import json
import time
from pathlib import Path

from flows.rollout import engines_in_use
from flows.rollout import report as rollout_report
from flows.rollout.policy import Policy, Said, Standing

_SAID = Said("anna", "a first tenth", 1_700_000_000_000_000_000, 7, 0)
_POLICY = Policy(10, ("BTC-USDT",), (), _SAID)


def status(folder: Path, flow: str, age_s: float, standing: Standing) -> None:
    file = engines_in_use.file_of(folder, flow)
    file.parent.mkdir(exist_ok=True)
    engines = {"2": {"features": standing.to_json()}}
    file.write_text(json.dumps({"updated_ns": time.time_ns() - int(age_s * 1e9), "engines": engines}))


def test_the_status_files_are_read(tmp_path: Path) -> None:
    fallen = Standing(_POLICY, ("python",), "failed at records caused by offsets 5 to 9: PanicException: overflow")
    status(tmp_path, "market", 0, fallen)
    status(tmp_path, "features", 60, Standing(Policy.only("rust"), ("rust",)))
    (tmp_path / "state" / "exchange-address.json").write_text('["of another program"]')
    gone, here = engines_in_use.read(tmp_path)
    assert (gone.flow, gone.is_running, gone.standing.policy.said) == ("features", False, None)
    assert (here.flow, here.stage, here.partition, here.is_running, here.standing) == (
        "market",
        "features",
        2,
        True,
        fallen,
    )
    lines = list(rollout_report.lines({"features": {0: _POLICY, 1: Policy.only("python")}}, [here, gone]))
    shown = "\n".join(lines)
    assert "10 % of keys in rust; BTC-USDT in rust (partitions 0)" in shown
    assert "python (partitions 1)" in shown
    assert "by anna, 2023-11-14 22:13:20 UTC: a first tenth" in shown
    assert "partition 2 in python" in shown
    assert "(not running now)" in shown
    assert lines[-1].startswith("FELL BACK: features on partition 2 of flow market: rust failed at records")
    assert list(rollout_report.fallen([gone])) == []
