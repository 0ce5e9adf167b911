"""Words with punctuation apart, in whatever script."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from seqflip.data.words import words_apart


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Stop, Marie-Claire!", ["Stop", ",", "Marie-Claire", "!"]),
        ("don't — (never)", ["don't", "—", "(", "never", ")"]),
        ("l’amour 'x'", ["l’amour", "'", "x", "'"]),
        ("3.5 + 1,000.", ["3.5", "+", "1,000", "."]),
        ("你好,世界。", ["你好", ",", "世界", "。"]),
        ("हिन्दी।", ["हिन्दी", "।"]),
        ("مرحبا، كيف؟", ["مرحبا", "،", "كيف", "؟"]),
        ("👨\u200d👩\u200d👧 ok", ["👨\u200d👩\u200d👧", "ok"]),
        ("<unknown>", ["<unknown>"]),
    ],
)
def test_what_is_apart(text: str, found: list[str]) -> None:
    assert words_apart(text) == found


@given(some.text())
def test_nothing_is_lost_but_white_space(text: str) -> None:
    assert "".join(words_apart(text)) == "".join(text.split())
