"""Which requests are answered: those of a page that this server itself gave to a browser on this machine."""

from __future__ import annotations

import hmac
from email.message import Message
from urllib.parse import urlsplit

from flows.ui.errors import Refused

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
TOKEN_HEADER = "X-Tapeflow-Token"

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
# An explanation carries its style in itself, and no script.
EXPLANATION_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def headers(policy: str) -> dict[str, str]:
    """What every answer carries: nothing from elsewhere, nothing kept, nothing guessed."""
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


def check_host(given: Message) -> None:
    """A name that was made to point to loopback (DNS rebinding) is not ours. Any port: a tunnel has its own. Raises
    Refused."""
    host = given.get("Host", "")
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        name = None
    if name not in _LOOPBACK:
        raise Refused(421, "this page answers to 127.0.0.1 and localhost only")


def check_site(given: Message) -> None:
    """Another site cannot read an answer, and is not to cause the work of one either. Raises Refused."""
    if given.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        raise Refused(403, "this is for this page alone; open the page itself")


def check_origin(given: Message) -> None:
    """A request that does something comes from our own page, and says so. Raises Refused."""
    if given.get("Origin") != f"http://{given.get('Host')}":
        raise Refused(403, "actions are taken from this page alone")


def check_token(given: Message, token: str | None) -> None:
    """Raises Refused."""
    if token is None:
        raise Refused(403, "this page only shows: start it with `tapeflow ui --allow-actions` to act from it")
    if not hmac.compare_digest(given.get(TOKEN_HEADER, "").encode(), token.encode()):
        raise Refused(403, "that is not the token that `tapeflow ui` printed when it started")
