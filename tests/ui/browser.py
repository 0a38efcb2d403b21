"""A real Chromium, driven by WebDriver, and what it asked for."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

_TIMEOUT_S = 90.0
_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
Found = TypeVar("Found")


class Browser:
    """One window."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, url: str, width: int = 1600, height: int = 1000, scheme: str = "light") -> None:
        """`scheme`: what the system prefers."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.driver.get(url)

    def run(self, script: str, *arguments: object) -> Any:
        """The script's value."""
        return self.driver.execute_script(f"return {script}", *arguments)

    def texts(self, selector: str) -> list[str]:
        """What is shown of every element."""
        found: list[str] = self.run("[...document.querySelectorAll(arguments[0])].map(e => e.innerText)", selector)
        return found

    def text(self, selector: str) -> str:
        return "\n".join(self.texts(selector))

    def press(self, *keys: str) -> None:
        """Keys of the keyboard, to whatever has the focus."""
        from selenium.webdriver.common.action_chains import ActionChains

        chain = ActionChains(self.driver, duration=0)
        for key in keys:
            chain.send_keys(key)
        chain.perform()

    def until(self, what: Callable[[], Found], timeout_s: float = _TIMEOUT_S) -> Found:
        """Waits for something true, and gives it."""
        deadline_s = time.monotonic() + timeout_s
        while True:
            found = what()
            if found:
                return found
            assert time.monotonic() < deadline_s, f"not seen: {self.text('body')[:3000]}"
            time.sleep(0.1)

    def requested(self) -> list[str]:
        """Every address that was asked for since the last call."""
        messages = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        return [
            message["params"]["request"]["url"]
            for message in messages
            if message["method"] == "Network.requestWillBeSent"
        ]

    def complaints(self) -> list[str]:
        """What the browser found wrong since the last call: errors of scripts, refused resources."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]


@contextmanager
def browser(profile: Path) -> Iterator[Browser]:
    """Skips the test where there is none."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("no chromium and chromedriver: on Debian, apt-get install chromium chromium-driver")
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in (*_ARGUMENTS, f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield Browser(started)
    finally:
        started.quit()
