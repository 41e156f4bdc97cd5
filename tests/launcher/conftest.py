"""What the launcher's tests share: an empty checkout to work in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from launcher.options import Options, read_options

MakeOptions = Callable[..., Options]


@pytest.fixture
def make_options(tmp_path: Path) -> MakeOptions:
    """Options of a checkout in a folder with a space in its name, with nothing given from outside but what is named."""
    top = tmp_path / "a checkout"
    top.mkdir()

    def make(**environ: str) -> Options:
        return read_options(top=top, environ=environ)

    return make
