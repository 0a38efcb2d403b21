"""The embedded registry answers as Confluent's does."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from flows.stack import Stack, files

LINES = [json.loads(line) for line in files.REGISTRY_FILE.read_text().splitlines()]
LAST = LINES[-1]


def ask(stack: Stack, path: str, body: object = None) -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(stack.registry_url + path, data), timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_every_schema_is_served_under_its_id(stack: Stack) -> None:
    for line in LINES:
        assert ask(stack, f"/schemas/ids/{line['id']}") == (200, {"schema": line["schema"]})


def test_subjects_and_versions(stack: Stack) -> None:
    subject = LAST["subject"]
    assert ask(stack, "/subjects") == (200, sorted({line["subject"] for line in LINES}))
    versions = [line["version"] for line in LINES if line["subject"] == subject]
    assert ask(stack, f"/subjects/{subject}/versions") == (200, versions)
    assert ask(stack, f"/subjects/{subject}/versions/latest") == (200, LAST)
    assert ask(stack, f"/subjects/{subject}/versions/{versions[0]}")[1]["version"] == versions[0]
    assert ask(stack, "/schemas/types") == (200, ["AVRO"])


def test_a_known_schema_is_found_and_registering_it_answers_its_id(stack: Stack) -> None:
    # Whitespace and the order of attributes do not make another schema.
    schema = json.dumps(dict(reversed(json.loads(LAST["schema"]).items())), indent=1)
    assert ask(stack, f"/subjects/{LAST['subject']}", {"schema": schema}) == (200, LAST)
    assert ask(stack, f"/subjects/{LAST['subject']}/versions", {"schema": schema}) == (200, {"id": LAST["id"]})


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("/subjects/nobody/versions", None, 404, 40401),
        (f"/subjects/{LAST['subject']}/versions/999", None, 404, 40402),
        (f"/subjects/{LAST['subject']}/versions/last", None, 422, 42202),
        ("/schemas/ids/999999", None, 404, 40403),
        (f"/subjects/{LAST['subject']}", {"schema": '"string"'}, 404, 40403),
        (f"/subjects/{LAST['subject']}/versions", {"schema": '"string"'}, 422, 42205),
        ("/subjects/nobody/versions", {"schema": '"string"'}, 422, 42205),
        (f"/subjects/{LAST['subject']}/versions", {"schema": "{"}, 422, 42201),
        ("/nowhere", None, 404, 404),
    ],
)
def test_refusals(stack: Stack, path: str, body: object, status: int, code: int) -> None:
    answered, error = ask(stack, path, body)
    assert (answered, error["error_code"]) == (status, code)
    assert error["message"]
