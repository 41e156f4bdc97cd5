"""The browser for the browser tests: found, or installed through apt where we may."""

import os
import shutil
from collections.abc import Mapping

from launcher.child_processes import run_logged_step
from launcher.console import Refusal, print_line
from launcher.options import Options

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium(given: Mapping[str, str]) -> str | None:
    """The path of a Chromium, or None."""
    path = given.get("PATH", os.defpath)
    names = [given["CHROMIUM"]] if given.get("CHROMIUM") else NAMES
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def ensure_chromium(options: Options) -> str | None:
    """The path of a Chromium, installed through apt as root where it is missing; None if it cannot be had."""
    found = find_chromium(options.given)
    if found or not can_install(options.given):
        return found
    for doing, arguments in {
        "Reading the package lists, for Chromium.": ["update"],
        "Installing Chromium for the browser tests.": ["install", "-y", "--no-install-recommends", "chromium"],
    }.items():
        try:
            _apt(options, doing, arguments)
        except Refusal as refusal:
            print_line(str(refusal))
            break
    return find_chromium(options.given)


def can_install(given: Mapping[str, str], *, uid: int | None = None) -> bool:
    """Whether we are root on a machine with apt."""
    is_root = (os.geteuid() if uid is None else uid) == 0
    return is_root and shutil.which("apt-get", path=given.get("PATH", os.defpath)) is not None


def _apt(options: Options, doing: str, arguments: list[str]) -> None:
    run_logged_step(
        ["apt-get", "--quiet", *arguments],
        cwd=options.top,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        log=options.log / "apt.log",
        doing=doing,
        advice="Install Chromium by hand, then run the command again.",
    )
