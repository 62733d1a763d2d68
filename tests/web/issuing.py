"""The certified oidc-provider as the issuer at which people sign in, and what they do there."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import expect

from tests.conftest import ROOT, need

FONTS = "https://fonts.googleapis.com"  # of the issuer's own pages
SCRIPT = Path(__file__).with_name("issuer.mjs")


@contextmanager
def issuing(port: int, site: str, seconds: int, log: Path, *, pool: bool = False) -> Iterator[str]:
    """Runs the issuer. pool: its access tokens are those of a Cognito user pool."""
    node = shutil.which("node")
    need(node, "node")
    need(shutil.which("npm"), "npm")
    if not (ROOT / "node_modules" / "oidc-provider").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=ROOT, check=True)
    command = [str(node), str(SCRIPT), str(port), site, str(seconds), "pool" if pool else "any"]
    with (
        log.open("wb") as errors,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors) as process,
    ):
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == b"ready", log.read_text()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()


def without_fonts(page: Any) -> None:
    """The issuer's own pages ask for some of another host."""
    page.route(f"{FONTS}/**", lambda each: each.fulfill(content_type="text/css", body=""))


def at_issuer(page: Any, name: str) -> None:
    """What somebody does at the issuer, who has not been there yet."""
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def sign_in(page: Any, name: str) -> None:
    """From the page to the issuer and back."""
    page.get_by_role("button", name="Sign in", exact=True).click()
    at_issuer(page, name)
    expect_signed_in(page, name)


def sign_out(page: Any) -> None:
    """Here and at the issuer."""
    page.get_by_role("button", name="Signed in as").click()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Yes, sign me out").click()
    expect_signed_out(page)


def expect_signed_in(page: Any, name: str) -> None:
    """The page says who it is."""
    expect(page.locator("#account")).to_have_attribute("aria-label", f"Signed in as The {name}")


def expect_signed_out(page: Any) -> None:
    """The page offers to sign in."""
    expect(page.locator("#account")).to_have_attribute("aria-label", "Sign in")


def stored(page: Any) -> dict[str, str]:
    """What the browser keeps for the page."""
    found: dict[str, str] = page.evaluate("() => ({...localStorage, ...sessionStorage})")
    return found


def has_token(text: str) -> bool:
    """Whether a signed token is in a text."""
    return re.search(r"eyJ[\w-]+\.eyJ", text) is not None
