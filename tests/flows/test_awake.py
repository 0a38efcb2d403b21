"""Processors are kept awake by the kernel's own limit, and not longer than asked for."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from flows.running import awake as module
from flows.running.awake import CannotKeepAwake, awake


def _limit_us() -> int:
    """The strictest limit that any program holds now."""
    with module.DEVICE.open("rb", buffering=0) as device:
        return int(struct.unpack("i", device.read(4))[0])


@pytest.mark.skipif(not os.access(module.DEVICE, os.R_OK | os.W_OK), reason="keep-awake needs root: not run")
def test_holds_the_limit_while_it_is_open() -> None:
    before_us = _limit_us()
    with awake():
        assert _limit_us() == 0
    assert _limit_us() == before_us


def test_says_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DEVICE", tmp_path / "no" / "device")
    with (
        pytest.raises(CannotKeepAwake, match=r"cannot keep processors awake: .*: No such file or directory; run as"),
        awake(),
    ):
        raise AssertionError
