"""Which names are the same client's to a reader, and which are the same to Xero."""

import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from identity import fold_name, fold_name_as_xero

SAME = {
    "case": ("O'HARA ltd", "O'Hara Ltd"),
    "curly apostrophe": ("O’Hara Ltd", "O'Hara Ltd"),
    "left curly apostrophe": ("O‘Hara Ltd", "O'Hara Ltd"),
    "backtick": ("O`Hara Ltd", "O'Hara Ltd"),
    "prime": ("O′Hara Ltd", "O'Hara Ltd"),
    "modifier apostrophe": ("OʼHara Ltd", "O'Hara Ltd"),
    "curly double quotes": ("The “Anchor” Inn", 'The "Anchor" Inn'),
    "low German quotes": ("Gasthof „Anker“", 'Gasthof "Anker"'),
    "guillemets": ("Café «Le Port»", 'Café "Le Port"'),
    "single guillemets": ("Café ‹Le Port›", "Café 'Le Port'"),
    "non-breaking hyphen": ("Smith\u2011Jones", "Smith-Jones"),
    "hyphen": ("Smith\u2010Jones", "Smith-Jones"),
    "en dash": ("Smith–Jones", "Smith-Jones"),
    "em dash": ("Smith—Jones", "Smith-Jones"),
    "minus": ("Smith−Jones", "Smith-Jones"),
    "full-width hyphen": ("Smith－Jones", "Smith-Jones"),
    "no-break space": ("Smith\u00a0& Sons", "Smith & Sons"),
    "narrow no-break space": ("Smith\u202f& Sons", "Smith & Sons"),
    "ideographic space": ("Smith\u3000& Sons", "Smith & Sons"),
    "tab and run of blanks": (" Smith\t &   Sons ", "Smith & Sons"),
    "line end": ("Smith\r\n& Sons", "Smith & Sons"),
    "angles, which Xero refuses": ("Smith <Sons>", "Smith Sons"),
    "control character, which Xero refuses": ("Smi\x07th", "Smith"),
    "decomposed é": ("Rene\u0301e Lefe\u0300vre", "Renée Lefèvre"),
    "decomposed capital É": ("E\u0301lan", "élan"),
    "accent behind a joiner": ("Rene\u200d\u0301e", "Renée"),
    "soft hyphen": ("Smith\u00adson", "Smithson"),
    "zero-width space": ("Smith\u200bson", "Smithson"),
    "zero-width joiner": ("Smith\u200dson", "Smithson"),
    "byte order mark": ("\ufeffSmith", "Smith"),
    "mark of direction": ("\u200fכהן\u200e ושות׳", "כהן ושות'"),
    "right-to-left override": ("\u202eSmith\u202c", "Smith"),
    "sharp s": ("Groß & Söhne", "GROSS & SÖHNE"),
    "capital sharp s": ("STRAẞE", "Straße"),
    "final sigma": ("ΟΔΥΣΣΕΥΣ", "Οδυσσευς"),
    "ligature": ("O\ufb03ce Ltd", "Office Ltd"),
    "Kelvin sign": ("\u212aelvin", "Kelvin"),
    "Ångström sign": ("\u212bngström", "Ångström"),
}
DIFFERENT = {
    "another letter": ("O'Hara Ltd", "O'Hare Ltd"),
    "no apostrophe": ("O'Hara", "OHara"),
    "no hyphen": ("Smith-Jones", "Smith Jones"),
    "an accent": ("Renée", "Renee"),
    "dotless i": ("Işık", "Işik"),
    "capital dotted I": ("İpek", "Ipek"),
    "a raised two": ("A² Ltd", "A2 Ltd"),
    "full-width letters": ("Ｓｍｉｔｈ", "Smith"),
    "a trade mark": ("Acme™", "AcmeTM"),
    "a half": ("Studio ½", "Studio 1⁄2"),
    "single and double quotes": ("The 'Anchor'", 'The "Anchor"'),
    "Cyrillic а": ("Аcme", "Acme"),
    "an ampersand": ("Smith & Sons", "Smith and Sons"),
}
# Rather short and of what the rules are about than anything Unicode has.
NAMES = st.text(
    st.sampled_from("aEéßſİıǰΐᾳﬁʼ'’`\"“-‑–−.&<> \t\u00a0\u2000\u200b\u200d\u00ad\u0301\u0345\u037e\u1fef2²Ａ")
)
ANY = st.text()


@pytest.mark.parametrize("name", SAME)
def test_names_that_look_the_same_have_one_key(name: str) -> None:
    one, other = SAME[name]
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize("name", DIFFERENT)
def test_names_that_a_reader_tells_apart_have_two(name: str) -> None:
    one, other = DIFFERENT[name]
    assert fold_name(one) != fold_name(other)


@pytest.mark.parametrize(("name", "key"), [("", ""), (" \u200b\t", ""), ("O’HARA\u00a0 Ltd", "o'hara ltd")])
def test_a_key_is_the_name_as_it_looks_in_small_letters(name: str, key: str) -> None:
    assert fold_name(name) == key


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("O'HARA Ltd", "o'hara LTD", True),
        ("Groß", "GROSS", True),
        ("O’Hara Ltd", "O'Hara Ltd", False),
        ("Smith\u2011Jones", "Smith-Jones", False),
        ("Rene\u0301e", "Renée", False),
        ("Smith\u00a0Sons", "Smith Sons", False),
    ],
)
def test_to_xero_names_are_the_same_only_letter_by_letter(one: str, other: str, same: bool) -> None:
    assert (fold_name_as_xero(one) == fold_name_as_xero(other)) is same


@given(NAMES | ANY)
@example("ʼn")
@example("\u0390")
def test_a_key_is_its_own_key(name: str) -> None:
    assert fold_name(fold_name(name)) == fold_name(name)


@given(NAMES | ANY)
@example("ΑΙ\u0345\u0301")
def test_what_is_one_name_to_xero_is_one_name_to_us(name: str) -> None:
    for other in (name.upper(), name.lower(), name.casefold(), name.swapcase()):
        if fold_name_as_xero(name) == fold_name_as_xero(other):
            assert fold_name(name) == fold_name(other)


@given(NAMES)
def test_composed_and_decomposed_are_one_name(name: str) -> None:
    # Xero's comparison and ours fold case first, so a subscript iota has to follow its accents as Unicode orders them.
    ordered = unicodedata.normalize("NFC", name)
    assert fold_name(unicodedata.normalize("NFD", ordered)) == fold_name(ordered)


def test_the_quick_way_for_plain_letters_says_what_the_long_way_says() -> None:
    for code in range(128):
        plain = f"A{chr(code)} b"
        assert fold_name(plain + "é") == fold_name(plain) + "é"


def test_no_character_has_a_key_that_changes_when_folded_again() -> None:
    unstable = [chr(code) for code in range(sys.maxunicode + 1) if fold_name(once := fold_name(chr(code))) != once]
    assert unstable == []
