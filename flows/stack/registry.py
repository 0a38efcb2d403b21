"""The embedded schema registry: Confluent's read API over `schemas/registry.jsonl`.

Ids are given by `cargo xtask codegen` and never change, so registering a schema that is there answers its id, and
registering any other is refused.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from flows.stack.errors import StackError
from flows.stack.http_server import KeepAliveHandler, LoopbackServer
from flows.stack.ports import HOST

_MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"

SUBJECT_NOT_FOUND = 40401
VERSION_NOT_FOUND = 40402
SCHEMA_NOT_FOUND = 40403
INVALID_SCHEMA = 42201
INVALID_VERSION = 42202
READ_ONLY = 42205


@dataclass(frozen=True)
class RegisteredSchema:
    """One line of the file."""

    id: int
    subject: str
    version: int
    schema: str

    def answer(self) -> dict[str, Any]:
        return {"subject": self.subject, "version": self.version, "id": self.id, "schema": self.schema}


class Refused(Exception):
    """An answer other than 200, in the registry's own form."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class Catalogue:
    """All schema versions that ever were."""

    def __init__(self, file: Path) -> None:
        """Raises StackError if the file is missing or not what codegen writes."""
        try:
            lines = file.read_text("utf-8").splitlines()
            self._schemas = [RegisteredSchema(**json.loads(line)) for line in lines if line.strip()]
        except (OSError, ValueError, TypeError) as error:
            raise StackError(f"cannot read the schemas' ids in {file}: {error}") from error

    def subjects(self) -> list[str]:
        return sorted({schema.subject for schema in self._schemas})

    def versions(self, subject: str) -> list[RegisteredSchema]:
        found = [schema for schema in self._schemas if schema.subject == subject]
        if not found:
            raise Refused(404, SUBJECT_NOT_FOUND, f"Subject '{subject}' not found.")
        return sorted(found, key=lambda schema: schema.version)

    def version(self, subject: str, wanted: str) -> RegisteredSchema:
        versions = self.versions(subject)
        if wanted in ("latest", "-1"):
            return versions[-1]
        if not wanted.isdecimal():
            raise Refused(422, INVALID_VERSION, f"The specified version '{wanted}' is not a valid version id.")
        for schema in versions:
            if schema.version == int(wanted):
                return schema
        raise Refused(404, VERSION_NOT_FOUND, f"Version {wanted} not found.")

    def by_id(self, schema_id: int) -> list[RegisteredSchema]:
        found = [schema for schema in self._schemas if schema.id == schema_id]
        if not found:
            raise Refused(404, SCHEMA_NOT_FOUND, f"Schema {schema_id} not found")
        return found

    def same_as(self, subject: str, body: bytes) -> RegisteredSchema:
        """The version of `subject` whose schema is the posted one, compared as JSON.

        Raises Refused: subject or schema not found, or the body is no schema.
        """
        versions = self.versions(subject)
        try:
            posted = json.loads(json.loads(body)["schema"])
        except (ValueError, TypeError, KeyError) as error:
            raise Refused(422, INVALID_SCHEMA, f"Invalid schema: {error}") from error
        for schema in versions:
            if json.loads(schema.schema) == posted:
                return schema
        raise Refused(404, SCHEMA_NOT_FOUND, "Schema not found")

    def register(self, subject: str, body: bytes) -> RegisteredSchema:
        try:
            return self.same_as(subject, body)
        except Refused as refused:
            if refused.code == INVALID_SCHEMA:
                raise
            raise Refused(
                422,
                READ_ONLY,
                f"{subject}: this registry is read-only and does not hold that schema; "
                "change schemas/*.avsc and run `cargo xtask codegen`",
            ) from refused


_Answer = Callable[[Catalogue, list[str], bytes], Any]
_GET: list[tuple[str, _Answer]] = [
    (r"/", lambda _c, _p, _b: {}),
    (r"/subjects", lambda c, _p, _b: c.subjects()),
    (r"/subjects/([^/]+)/versions", lambda c, p, _b: [schema.version for schema in c.versions(p[0])]),
    (r"/subjects/([^/]+)/versions/([^/]+)", lambda c, p, _b: c.version(p[0], p[1]).answer()),
    (r"/subjects/([^/]+)/versions/([^/]+)/schema", lambda c, p, _b: json.loads(c.version(p[0], p[1]).schema)),
    (r"/schemas/types", lambda _c, _p, _b: ["AVRO"]),
    (r"/schemas/ids/(\d+)", lambda c, p, _b: {"schema": c.by_id(int(p[0]))[0].schema}),
    (r"/schemas/ids/(\d+)/schema", lambda c, p, _b: json.loads(c.by_id(int(p[0]))[0].schema)),
    (
        r"/schemas/ids/(\d+)/versions",
        lambda c, p, _b: [{"subject": s.subject, "version": s.version} for s in c.by_id(int(p[0]))],
    ),
    (r"/config(?:/[^/]+)?", lambda _c, _p, _b: {"compatibilityLevel": "BACKWARD"}),
    (r"/mode(?:/[^/]+)?", lambda _c, _p, _b: {"mode": "READONLY"}),
]
_POST: list[tuple[str, _Answer]] = [
    (r"/subjects/([^/]+)", lambda c, p, b: c.same_as(p[0], b).answer()),
    (r"/subjects/([^/]+)/versions", lambda c, p, b: {"id": c.register(p[0], b).id}),
]


class Registry:
    """The HTTP server, in threads of this process: too small for one of its own."""

    def __init__(self, file: Path, port: int) -> None:
        """Binds at once. Raises StackError if the schemas cannot be read, OSError if the port is taken."""
        catalogue = Catalogue(file)

        class Handler(_Handler):
            def answers(self) -> Catalogue:
                return catalogue

        self._server = LoopbackServer(port, Handler)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, name="registry", daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._server.server_address[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(KeepAliveHandler):
    def answers(self) -> Catalogue:
        raise NotImplementedError

    def do_GET(self) -> None:
        self._respond(_GET, b"")

    def do_POST(self) -> None:
        self._respond(_POST, self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _respond(self, routes: list[tuple[str, _Answer]], body: bytes) -> None:
        path = urlsplit(self.path).path.rstrip("/") or "/"
        for pattern, answer in routes:
            match = re.fullmatch(pattern, path)
            if match:
                try:
                    parts = [unquote(part) for part in match.groups()]
                    self._send(200, answer(self.answers(), parts, body))
                except Refused as refused:
                    self._send(refused.status, {"error_code": refused.code, "message": str(refused)})
                return
        self._send(404, {"error_code": 404, "message": "HTTP 404 Not Found"})

    def _send(self, status: int, value: Any) -> None:
        payload = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", _MEDIA_TYPE)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)
