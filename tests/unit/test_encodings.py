"""Which encoding a file is in, and that no name ever becomes nonsense by it."""

import io

import pytest

from billing.imports.encodings import Encoding, decode, encoding_samples, find_encoding, read_text
from billing.imports.files import FaultLog


def text_of(data: bytes, chosen: str = "") -> str:
    faults = FaultLog()
    text = decode(data=data, faults=faults, chosen=chosen)
    assert not faults.count, faults.shown
    return text


def faults_of(data: bytes, chosen: str = "") -> list[tuple[int, str]]:
    faults = FaultLog()
    assert decode(data=data, faults=faults, chosen=chosen) == ""
    return [(fault.line_number, fault.message) for fault in faults.shown]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_what_the_bytes_show_needs_no_choice(codec: str) -> None:
    assert text_of("Müller\r\nRenée\rEnd\x1a".encode(codec)) == "Müller\nRenée\nEnd"


@pytest.mark.parametrize(
    ("encoding", "codec", "name"),
    [
        (Encoding.MAC_ROMAN, "mac-roman", "Müller’s"),
        (Encoding.WINDOWS_1250, "cp1250", "Łódź Žižka"),
        (Encoding.UTF_16, "utf-16-le", "Müller"),
        (Encoding.UTF_16, "utf-16-be", "Müller"),
        (Encoding.UTF_16, "utf-16", "Müller"),
        (Encoding.UTF_8, "utf-8", "Müller"),
        (Encoding.WINDOWS_1252, "cp1252", "Müller €"),
    ],
)
def test_an_encoding_can_be_chosen(encoding: Encoding, codec: str, name: str) -> None:
    data = f"number,name\n1,Alder\n2,{name}\n".encode(codec)
    assert text_of(data, encoding) == f"number,name\n1,Alder\n2,{name}\n"


def samples(data: bytes) -> dict[str, str]:
    return dict(encoding_samples(source=io.BytesIO(data)))


def test_of_a_file_that_does_not_tell_each_encoding_shows_what_it_makes_of_the_first_name() -> None:
    assert samples(b"a\n" * 300_000 + b"1,Auk\r\n2,  M\x9fller\r\n3,M\xfcller\r\n") == {
        "windows-1252": "2, MŸller",
        "mac-roman": "2, Müller",
        "windows-1250": "2, Mźller",
    }
    # In Windows-1252 no letter is 0x9d.
    assert samples(b"1,\x9d\n") == {"windows-1250": "1,ť", "mac-roman": "1,ù"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"plain\n",
        "Müller".encode(),
        "Müller".encode("utf-16"),
        b"\xef\xbb\xbfM\xfc",
        b"PK\x03\x04\xff",
        b"\xd0\xcf\x11\xe0",
    ],
)
def test_of_a_file_that_tells_nothing_is_asked(data: bytes) -> None:
    assert samples(data) == {}


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_offered(codec: str) -> None:
    assert samples("number,näme\r\n1,Auk\r\n".encode(codec)) == {"utf-16": "number,näme"}


def test_one_stray_byte_in_utf_8_is_named_by_line_and_never_read_as_windows_1252() -> None:
    ((line, message),) = faults_of("a\nMüller\n".encode() + b"M\xfcller\n")
    assert line == 3
    assert message.startswith("The file is in UTF-8, but the byte FC in")


@pytest.mark.parametrize(
    ("data", "chosen", "lines"),
    [
        (b"a\n\x81\n\x81b\n", "", [2, 3]),
        (b"a\n\x81\n", "windows-1250", [2]),
        (b"a\nM\xfcller\n", "utf-8", [2]),
        ("a\nb".encode("utf-16") + b"\n\0\0\xd8", "", [3]),
        (b"a\0\nb\n\0c", "", [1, 3]),
        (b"\xef\xbb\xbfa\n\xfc\n", "", [2]),
    ],
)
def test_what_an_encoding_does_not_have_is_named_by_line(data: bytes, chosen: str, lines: list[int]) -> None:
    assert [line for line, _ in faults_of(data, chosen)] == lines


def test_a_file_that_is_too_large_is_refused() -> None:
    ((line, message),) = faults_of(b"x" * (64 * 1024 * 1024 + 1))
    assert (line, message[:34]) == (1, "The file is larger than 64 MB. Exp")


def test_a_large_text_is_read_in_parts_of_whole_lines() -> None:
    lines = "".join(f"{number} Größe\r\n" for number in range(100_000))
    source, faults = io.BytesIO(lines.encode()), FaultLog()
    parts = list(read_text(source=source, codec=find_encoding(source=source, faults=faults)))
    assert len(parts) > 3
    assert all(part.endswith("\n") for part in parts)
    assert "".join(parts) == lines.replace("\r\n", "\n")


def test_a_line_without_an_end_is_cut_and_never_held_whole() -> None:
    source = io.BytesIO(b"x" * 5_000_000)
    parts = list(read_text(source=source, codec="utf-8"))
    assert max(map(len, parts)) < 1_500_000
    assert sum(map(len, parts)) == 5_000_000


@pytest.mark.parametrize("chosen", ["windows-1250", "windows-1252", "mac-roman"])
def test_a_file_in_utf_8_is_refused_under_an_encoding_that_would_make_nonsense_of_its_letters(chosen: str) -> None:
    ((line, message),) = faults_of("Alder\nMüller\n".encode(), chosen)
    assert line == 2
    assert message.startswith(f"The file is in UTF-8, and {chosen} was chosen or is declared")
    assert text_of(b"plain", chosen) == "plain"
