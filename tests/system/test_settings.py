"""The environment goes before the running stack, and neither is an error that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.stack import state
from flows.stack.errors import NotRunning, StackError
from flows.stack.health import check
from flows.stack.process import Identity
from flows.stack.settings import Settings


def running(folder: Path) -> None:
    found = state.State(
        Identity.of_this_process(), True, "127.0.0.1:1", "http://127.0.0.1:2/default", "http://127.0.0.1:3"
    )
    state.write(folder, found)


def test_the_running_stack_is_found(tmp_path: Path) -> None:
    running(tmp_path)
    settings = Settings.load(tmp_path)
    assert settings.kafka() == {"bootstrap.servers": "127.0.0.1:1"}
    assert settings.clickhouse_url == "http://127.0.0.1:2/default"
    assert settings.registry_url == "http://127.0.0.1:3"
    assert "SCHEMA_REGISTRY_URL" not in settings.environment()


def test_the_environment_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running(tmp_path)
    for name, value in {
        "TAPEFLOW_DATA_DIR": str(tmp_path),
        "TAPEFLOW_BOOTSTRAP_SERVERS": "broker:9093",
        "TAPEFLOW_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "TAPEFLOW_KAFKA_SASL_PASSWORD": "secret",
        "TAPEFLOW_CLICKHOUSE_URL": "https://me:secret@host:8443/audit",
        "TAPEFLOW_TOPIC_PREFIX": "shadow.",
        "SCHEMA_REGISTRY_URL": "http://registry:8081",
    }.items():
        monkeypatch.setenv(name, value)
    settings = Settings.load()
    assert settings.kafka() == {
        "bootstrap.servers": "broker:9093",
        "security.protocol": "SASL_SSL",
        "sasl.password": "secret",
    }
    assert settings.topic("market.ticks") == "shadow.market.ticks"
    assert settings.environment()["SCHEMA_REGISTRY_URL"] == "http://registry:8081"
    shown = {service.name: service.endpoint for service in check(settings)}
    assert shown == {
        "kafka": "broker:9093",
        "clickhouse": "https://host:8443/audit",
        "registry": "http://registry:8081",
    }
    assert "secret" not in repr(settings)


def test_nothing_running_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotRunning, match=r"no broker: .* `tapeflow up`, or set TAPEFLOW_BOOTSTRAP_SERVERS"):
        Settings.load(tmp_path).kafka()


def test_a_crashed_owner_counts_as_not_running(tmp_path: Path) -> None:
    state.write(tmp_path, state.State(Identity(1, 1.0), True, "127.0.0.1:1"))
    with pytest.raises(NotRunning):
        _ = Settings.load(tmp_path).bootstrap_servers


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"services": {"kafka": {}}, "owner": null}', '{"services": 1}'])
def test_a_spoilt_state_file_is_one_line(tmp_path: Path, text: str) -> None:
    state.path(tmp_path).write_text(text)
    with pytest.raises(StackError, match=r"cannot read .*stack\.json"):
        Settings.load(tmp_path)
