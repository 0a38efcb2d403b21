"""Why an order was sent, or was not: each explanation is a page of its own, inside the page."""

from __future__ import annotations

import threading
from dataclasses import replace

from flows import times
from flows.explain import why_not_report
from flows.explain.explain import explain
from flows.explain.html_page import html_page
from flows.explain.why_not import why_not
from flows.running.flow_options import FlowOptions
from flows.stack.settings import Settings

# The colours of the page that it stands in, its choice of light or dark, and a title no larger than the page's own.
_STYLE = """<style>:root {{ color-scheme: {scheme};
  --buy: light-dark(#0b62b3, #58a6ff); --sell: light-dark(#b3430a, #f0883e); --order: light-dark(#6741d9, #b197fc); }}
body {{ margin: 0 auto; }} h1 {{ font-size: 1rem; }}</style>"""
# Around a signal that was refused.
_WITHIN_NS = 5_000_000_000
_SCHEMES = {"light": "light", "dark": "dark"}


class Explanations:
    """One at a time: each runs the stages over the log from its beginning."""

    def __init__(self, options: FlowOptions, config: str) -> None:
        """`config` says which configuration `options` hold."""
        self._options = options
        self._config = config
        self._lock = threading.Lock()
        self.progress = ""
        """How far the one under way is; empty if there is none."""

    def order(self, order: str, scheme: str, settings: Settings) -> str:
        """Why it was sent. `scheme`: light, dark, or else as the browser has it. Raises CannotExplain, LogError,
        NotRunning."""
        with self._lock:
            try:
                options = replace(self._options, services=settings)
                found = explain(order, options, self._config, self._note, with_market=True)
            finally:
                self.progress = ""
        return _styled(html_page(found), scheme)

    def why_not(self, instrument: str, at: str, scheme: str, settings: Settings) -> str:
        """What stopped the signals around a time. Raises BadTime, and what `order` raises."""
        at_ns = times.parse(at)
        with self._lock:
            options = replace(self._options, services=settings)
            found = why_not(instrument, at_ns, _WITHIN_NS, options, self._config)
        return _styled(why_not_report.html(found), scheme)

    def _note(self, flow: str, done: int, every: int) -> None:
        self.progress = f"flow {flow}: {done:,} of {every:,} records"


def _styled(text: str, scheme: str) -> str:
    style = _STYLE.format(scheme=_SCHEMES.get(scheme, "light dark"))
    return text.replace("</head>", f"{style}</head>", 1)
