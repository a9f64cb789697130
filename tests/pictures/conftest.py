"""A browser to open pages in, where there is one."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass

import pytest

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
CONSOLE = re.compile(r":CONSOLE[^\]]*\] (.*)")


@dataclass
class Opened:
    """What became of a page: its document after its scripts, what it said, and what it asked for."""

    document: str
    console: list[str]
    requests: list[str]


@pytest.fixture
def browse(tmp_path):
    """Opens a page in headless Chromium."""
    if BROWSER is None:
        pytest.skip("no Chromium here")

    def browse(page):
        path, log = tmp_path / "page.html", tmp_path / "net.json"
        path.write_text(page, encoding="utf-8")
        profile = f"--user-data-dir={tmp_path / 'profile'}"
        done = subprocess.run(
            [BROWSER, *FLAGS, profile, f"--log-net-log={log}", "--enable-logging=stderr", "--dump-dom", path.as_uri()],
            capture_output=True,
            text=True,
            timeout=120,
            env=os.environ | {"HOME": str(tmp_path)},
            check=True,
        )
        return Opened(done.stdout, CONSOLE.findall(done.stderr), requests_of(json.loads(log.read_text()), path))

    return browse


def requests_of(log, path):
    """What the page itself asked for: Chromium's own requests have no origin."""
    urls = []
    for event in log["events"]:
        params = event.get("params") or {}
        own = params.get("initiator") not in (None, "not an origin") and "url" in params
        if own and not params["url"].startswith((path.as_uri(), "data:", "blob:")):
            urls.append(params["url"])
    return urls
