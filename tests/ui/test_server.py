"""Whom the page's server answers, and what it refuses: each in one line."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.config import Config
from flows.running.flow_options import FlowOptions
from flows.ui.explanations import Explanations
from flows.ui.live import Live
from flows.ui.server import Server


class Asked:
    """A server without a stack behind it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.port = server.server_address[1]
        self.host = f"127.0.0.1:{self.port}"

    def get(self, path: str, **headers: str) -> tuple[int, str, http.client.HTTPMessage]:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, body: str, **headers: str) -> tuple[int, str, http.client.HTTPMessage]:
        return self._ask("POST", path, body, {"Content-Type": "application/json", **headers})

    def _ask(
        self, method: str, path: str, body: str | None, headers: dict[str, str]
    ) -> tuple[int, str, http.client.HTTPMessage]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, named)
        answer = connection.getresponse()
        found = answer.status, answer.read().decode(), answer.headers
        connection.close()
        return found


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    live = Live(tmp_path, threading.Event())
    options = FlowOptions(services=live.settings, config=Config.load())
    with Server(live, Explanations(options, "defaults"), 0, allow_actions=True) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Asked(server)
        live.stop()
        server.shutdown()


def test_it_answers_on_loopback_alone(asked: Asked) -> None:
    assert asked.server.server_address[0] == "127.0.0.1"
    for host in ("localhost:1234", "127.0.0.1", "[::1]:80"):
        assert asked.get("/", Host=host)[0] == 200
    for host in ("evil.example", "evil.example:8640", "127.0.0.1.evil.example", "", "[", "localhost@evil.example:1"):
        assert asked.get("/", Host=host)[0] == 421


def test_every_answer_forbids_what_is_from_elsewhere(asked: Asked) -> None:
    for path in ("/", "/main.js", "/nothing", "/order/tf-nothing"):
        headers = asked.get(path)[2]
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize(
    "path", ["/../server.py", "/page/index.html", "/%2e%2e/server.py", "//etc/passwd", "/server.py"]
)
def test_only_the_pages_own_files_are_served(asked: Asked, path: str) -> None:
    status, text, _ = asked.get(path)
    assert (status, json.loads(text)["error"]) == (404, "there is nothing here; the page is at /")


def test_an_action_needs_our_origin_and_the_token(asked: Asked) -> None:
    body = json.dumps({"action": "kill", "account": "main", "reason": "test"})
    ours = {"Host": asked.host, "Origin": f"http://{asked.host}"}
    token = asked.server.token or ""
    assert asked.post("/actions/review", body, **ours, X_Tapeflow_Token=token)[0] == 200
    assert asked.post("/actions/review", body, **ours)[0] == 403
    assert asked.post("/actions/review", body, **ours, X_Tapeflow_Token=token[:-1])[0] == 403
    assert asked.post("/actions/review", body, **ours, X_Tapeflow_Token="ü")[0] == 403
    assert asked.post("/actions/review", body, Host=asked.host, X_Tapeflow_Token=token)[0] == 403
    for origin in ("http://evil.example", "null", f"https://{asked.host}", f"http://{asked.host}.evil.example"):
        assert asked.post("/actions/review", body, Host=asked.host, Origin=origin, X_Tapeflow_Token=token)[0] == 403
    other_site = {"Sec_Fetch_Site": "cross-site", "X_Tapeflow_Token": token}
    assert asked.post("/actions/review", body, **ours, **other_site)[0] == 403
    assert asked.get(f"/actions/review?token={token}")[0] == 404
    for path in ("/events", "/order/last"):
        assert asked.get(path, Sec_Fetch_Site="cross-site")[0] == 403
    form = {**ours, "X_Tapeflow_Token": token, "Content_Type": "application/x-www-form-urlencoded"}
    assert asked.post("/actions/review", body, **{**form, "Content-Type": "text/plain"})[0] == 400


def test_what_cannot_be_meant_is_one_line(asked: Asked) -> None:
    ours = {"Host": asked.host, "Origin": f"http://{asked.host}", "X_Tapeflow_Token": asked.server.token or ""}
    for action, line in (
        (
            {"action": "explode", "reason": "x"},
            "there is no action 'explode': kill, resume, cancel, rollout or fallback",
        ),
        ({"action": "kill", "reason": "x"}, "account is missing"),
        ({"action": "kill", "account": "main"}, "give a reason: it stands in the log"),
        ({"action": "kill", "account": 7, "reason": "x"}, "account must be text of at most 500 characters"),
        ({"action": "cancel", "account": "main", "reason": "x"}, "order is missing"),
        ({"action": "rollout", "stage": "bar", "engine": "rust", "reason": "x"}, "there is no stage bar"),
        ({"action": "rollout", "stage": "bars", "engine": "go", "reason": "x"}, "there is no engine go"),
    ):
        status, text, _ = asked.post("/actions/review", json.dumps(action), **ours)
        assert (status, json.loads(text)["error"].startswith(line)) == (400, True), text
    for body in ("", "[]", "{", "7", "{" * 9000):
        assert asked.post("/actions/review", body, **ours)[0] == 400
    status, text, _ = asked.post("/actions/confirm", json.dumps({"ticket": "made up"}), **ours)
    assert (status, json.loads(text)["error"].startswith("nothing to confirm")) == (400, True)


def test_without_a_stack_an_explanation_says_so(asked: Asked) -> None:
    status, text, _ = asked.get("/order/%3Cscript%3E")
    assert status == 503
    assert "no stack is running" in text
    assert "<script" not in text
    assert asked.get("/why-not/BTC-USDT?at=1")[0] == 503
    status, text, _ = asked.get("/why-not/BTC-USDT?at=yesterday")
    assert (status, "yesterday&#x27; is no time: give ISO 8601" in text) == (404, True)


def test_no_more_viewers_than_it_can_bear(asked: Asked) -> None:
    for _ in range(32):
        assert asked.server.viewers.acquire(blocking=False)
    status, text, _ = asked.get("/events")
    assert (status, "close another window" in text) == (503, True)


def run_ui(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flows.cli", "ui", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_it_does_not_start_without_a_stack(tmp_path: Path) -> None:
    run = run_ui("--data-dir", str(tmp_path))
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("tapeflow: no broker: no stack is running on ")
    assert run.stderr.count("\n") == 1


def test_the_token_goes_to_a_terminal_alone(tmp_path: Path) -> None:
    run = run_ui("--data-dir", str(tmp_path), "--allow-actions")
    assert (run.returncode, run.stdout) == (1, "")
    assert "shows its token on a terminal alone" in run.stderr


def test_a_port_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAPEFLOW_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    monkeypatch.setenv("TAPEFLOW_CLICKHOUSE_URL", "http://127.0.0.1:1/default")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        run = run_ui("--data-dir", str(tmp_path), "--port", str(port))
    assert (run.returncode, run.stdout) == (1, "")
    assert (
        run.stderr
        == f"tapeflow: port {port} on 127.0.0.1 is taken; choose another with --port, or 0 for any free one\n"
    )
