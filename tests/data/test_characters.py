"""One spelling of each character, and none that nobody sees."""

import pytest

from seqflip.data.characters import letters, normalised


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain", "plain"),
        ("e\u0301", "é"),
        ("e\u200b\u0301", "é"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e007f", "\U0001f3f4\U000e0067\U000e0062\U000e007f"),
        ("a\U000e0067", "a"),
        ("a\u200bb\u00adc\u0007", "abc"),
        ("a\u200db", "ab"),
        ("👨\u200d👩", "👨\u200d👩"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\tb\u2028c\n", "a\tb\u2028c\n"),
    ],
)
def test_what_is_not_seen_goes(text: str, seen: str) -> None:
    assert normalised(text) == seen


def test_letters_are_what_a_reader_calls_so() -> None:
    assert letters("né 🇩🇪\u3000👍🏽") == ["n", "é", "␣", "🇩🇪", "␣", "👍🏽"]
