"""A stand-in for OANDA on loopback: instruments by REST, prices as lines of an answer, by TLS, to who has the token."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme

ACCOUNT, TOKEN = "101-001-1234567-001", "5f3a-secret-9c"
_INSTRUMENTS = {
    "instruments": [
        {
            "name": "EUR_USD",
            "type": "CURRENCY",
            "displayPrecision": 5,
            "tradeUnitsPrecision": 0,
            "minimumTradeSize": "1",
            "maximumOrderUnits": "100000000",
        }
    ],
    "lastTransactionID": "6",
}


class PriceStream:
    """Each script is one connection's lines, after which the answer ends; the last one's stays open."""

    def __init__(self, folder: Path, scripts: Sequence[Sequence[str]]) -> None:
        authority = trustme.CA()
        self.trusted = folder / "authority.pem"
        authority.cert_pem.write_to_path(self.trusted)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("127.0.0.1").configure_cert(context)
        self.paths: list[str] = []
        self._scripts = list(scripts)
        self._closed = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self) -> PriceStream:
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                server.paths.append(self.path)
                if self.headers["Authorization"] != f"Bearer {TOKEN}":
                    self._answer(401, {"errorMessage": "Insufficient authorization to perform request."})
                elif self.path.startswith(f"/v3/accounts/{ACCOUNT}/instruments"):
                    self._answer(200, _INSTRUMENTS)
                elif self.path.startswith(f"/v3/accounts/{ACCOUNT}/pricing/stream?"):
                    self._stream()
                else:
                    self._answer(404, {"errorMessage": "no such path"})

            def _answer(self, status: int, body: Any) -> None:
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def _stream(self) -> None:
                lines = server._scripts.pop(0) if server._scripts else []
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                # A line in two pieces, and the next one begins in the second.
                for piece in _pieces("".join(f"{line}\n" for line in lines).encode()):
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                    self.wfile.flush()
                if not server._scripts:
                    server._closed.wait(60)
                self.wfile.write(b"0\r\n\r\n")

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _pieces(text: bytes, size: int = 100) -> list[bytes]:
    return [text[at : at + size] for at in range(0, len(text), size)]
