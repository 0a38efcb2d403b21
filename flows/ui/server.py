"""The page over HTTP: its files, its events, explanations, and an operator's actions."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from flows.errors import TapeflowError
from flows.explain.errors import CannotExplain
from flows.operator_commands import BadCommand
from flows.page_frame import page, paragraph
from flows.stack.http_server import KeepAliveHandler, LoopbackServer
from flows.times import BadTime
from flows.ui import guard
from flows.ui.actions import Actions
from flows.ui.errors import PortInUse, Refused
from flows.ui.explanations import Explanations
from flows.ui.live import Live, View

_FILES = Path(__file__).with_name("page")
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_VIEWERS_MAX = 32
_EVENT_EVERY_S = 1.0
# A viewer that takes nothing for so long is gone.
_WRITE_TIMEOUT_S = 20.0
_BODY_MAX = 8192


class Server(LoopbackServer):
    """Serves one desk."""

    def __init__(self, live: Live, explanations: Explanations, port: int, *, allow_actions: bool) -> None:
        """Raises PortInUse."""
        self.live = live
        self.explanations = explanations
        self.actions = Actions()
        self.token = secrets.token_urlsafe(24) if allow_actions else None
        """What an operator must give; None if the page only shows."""
        self.viewers = threading.BoundedSemaphore(_VIEWERS_MAX)
        self.files = {file.name: file for file in _FILES.iterdir() if file.suffix in _TYPES}
        try:
            super().__init__(port, _Handler)
        except (OSError, OverflowError) as error:
            raise PortInUse(port) from error

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class _Handler(KeepAliveHandler):
    server: Server
    timeout = _WRITE_TIMEOUT_S

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def _answer(self, make: Callable[[], None]) -> None:
        try:
            guard.check_host(self.headers)
            make()
        except Refused as error:
            self._send_json(error.status, {"error": str(error)})
        except BadCommand as error:
            self._send_json(400, {"error": str(error)})
        except TapeflowError as error:
            self._send_json(503, {"error": " ".join(str(error).split())})
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _get(self) -> None:
        url = urlsplit(self.path)
        given = dict(parse_qsl(url.query))
        if url.path == "/events":
            guard.check_site(self.headers)
            self._events(_view(given))
        elif url.path.startswith(("/order/", "/why-not/")):
            guard.check_site(self.headers)
            self._explanation(url.path, given)
        else:
            self._file(url.path.removeprefix("/") or "index.html")

    def _post(self) -> None:
        asked = self._body()
        guard.check_site(self.headers)
        guard.check_origin(self.headers)
        guard.check_token(self.headers, self.server.token)
        match urlsplit(self.path).path:
            case "/actions/review":
                review = self.server.actions.review(asked)
                self._send_json(200, {"ticket": review.ticket, "says": review.says})
            case "/actions/confirm":
                done = self.server.actions.confirm(str(asked.get("ticket", "")), self.server.live.settings)
                self._send_json(200, {"done": done})
            case _:
                raise Refused(404, "there is nothing here")

    def _file(self, name: str) -> None:
        file = self.server.files.get(name)
        if file is None:
            raise Refused(404, "there is nothing here; the page is at /")
        self._send(200, f"{_TYPES[file.suffix]}; charset=utf-8", file.read_bytes(), guard.PAGE_POLICY)

    def _explanation(self, path: str, given: Mapping[str, str]) -> None:
        explanations, settings = self.server.explanations, self.server.live.settings
        _, what, name = path.split("/", 2)
        name, scheme = unquote(name), given.get("scheme", "")
        try:
            if what == "order":
                status, text = 200, explanations.order(name, scheme, settings)
            else:
                status, text = 200, explanations.why_not(name, given.get("at", ""), scheme, settings)
        except TapeflowError as error:
            status = 404 if isinstance(error, (CannotExplain, BadTime)) else 503
            text = page("Cannot explain", [paragraph(" ".join(str(error).split()))])
        self._send(status, "text/html; charset=utf-8", text.encode(), guard.EXPLANATION_POLICY)

    def _events(self, view: View) -> None:
        """Sends each part of the picture when it has changed, and the head every second."""
        live = self.server.live
        if not self.server.viewers.acquire(blocking=False):
            raise Refused(503, f"{_VIEWERS_MAX} viewers watch already: close another window")
        try:
            self.close_connection = True
            self.send_response(200)
            self._send_headers("text/event-stream; charset=utf-8", guard.PAGE_POLICY, {"Connection": "close"})
            sent: dict[str, str] = {}
            with live.watching(view):
                self._event("can", json.dumps({"actions": self.server.token is not None}))
                while not live.is_stopped:
                    parts = live.parts(view)
                    parts["explaining"] = json.dumps(self.server.explanations.progress)
                    for name, text in parts.items():
                        if sent.get(name) != text:
                            self._event(name, text)
                            sent[name] = text
                    self.wfile.flush()
                    live.wait(_EVENT_EVERY_S)
        finally:
            self.server.viewers.release()

    def _event(self, name: str, text: str) -> None:
        self.wfile.write(f"event: {name}\ndata: {text}\n\n".encode())

    def _body(self) -> Mapping[str, Any]:
        try:
            length = int(self.headers.get("Content-Length", ""))
        except ValueError:
            length = -1
        if not 0 <= length <= _BODY_MAX or self.headers.get_content_type() != "application/json":
            self.close_connection = True
            raise Refused(400, "an action is a small JSON object")
        try:
            asked = json.loads(self.rfile.read(length))
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            raise Refused(400, "an action is a small JSON object")
        return asked

    def _send_json(self, status: int, found: Mapping[str, Any]) -> None:
        self._send(status, "application/json", json.dumps(found).encode(), guard.PAGE_POLICY)

    def _send(self, status: int, content_type: str, payload: bytes, policy: str) -> None:
        self.send_response(status)
        self._send_headers(content_type, policy, {"Content-Length": str(len(payload))})
        self.wfile.write(payload)

    def _send_headers(self, content_type: str, policy: str, more: Mapping[str, str]) -> None:
        for name, value in {"Content-Type": content_type, **guard.headers(policy), **more}.items():
            self.send_header(name, value)
        self.end_headers()

    def version_string(self) -> str:
        """Nobody needs to know what serves."""
        return "tapeflow"


def _view(given: Mapping[str, str]) -> View:
    interval = given.get("interval_ns", "")
    interval_ns = int(interval) if interval.isdecimal() and len(interval) < 20 else 0
    return (given.get("venue", ""), given.get("instrument", "")), interval_ns
