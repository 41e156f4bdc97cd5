"""What can be set, and what wins."""

from pathlib import Path

import pytest

from launcher.console import Refusal
from launcher.options import read_dotenv, read_options


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("REDIS_URL=redis://file\nWEB_PORT=8001\n")

    options = read_options(top=tmp_path, environ={"REDIS_URL": "redis://environment"})

    assert options.text("REDIS_URL") == "redis://environment"
    assert options.port("WEB_PORT") == 8001


def test_an_empty_variable_counts_as_not_given(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DATABASE_URL=postgres://file\n")

    options = read_options(top=tmp_path, environ={"DATABASE_URL": " ", "REDIS_URL": ""})

    assert options.text("DATABASE_URL") == "postgres://file"
    assert options.text("REDIS_URL") == ""


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAME=plain", "plain"),
        ("  export NAME = spaced  ", "spaced"),
        ("NAME='single # not a comment'", "single # not a comment"),
        ('NAME="double" # a comment', "double"),
        ("NAME=with # a comment", "with"),
        ("NAME=p#ssword", "p#ssword"),
        ("NAME=a=b", "a=b"),
        ("NAME=", ""),
    ],
)
def test_a_line_of_the_file_is_read_as_people_write_it(tmp_path: Path, line: str, value: str) -> None:
    (tmp_path / ".env").write_text(f"# a comment\n{line}\n")

    assert read_dotenv(tmp_path / ".env") == {"NAME": value}


def test_no_file_is_no_fault(tmp_path: Path) -> None:
    assert read_dotenv(tmp_path / ".env") == {}


@pytest.mark.parametrize("text", ["0", "65536", "-1", "eight", "80.0", "٨٠"])
def test_a_port_that_is_none_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refusal, match="WEB_PORT"):
        read_options(top=tmp_path, environ={"WEB_PORT": text}).port("WEB_PORT")


def test_a_relative_data_folder_is_taken_from_the_top_of_the_checkout(tmp_path: Path) -> None:
    assert read_options(top=tmp_path, environ={"LOCAL_DIR": "elsewhere"}).local == tmp_path / "elsewhere"
    assert read_options(top=tmp_path, environ={"LOCAL_DIR": "/elsewhere"}).local == Path("/elsewhere")
    assert read_options(top=tmp_path, environ={}).local == tmp_path / ".local"
