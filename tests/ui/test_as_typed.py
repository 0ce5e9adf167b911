"""What users typed is shown as they typed it, whoever reads it on the way."""

import pytest

from seqflip.ui.as_typed import (
    all_in_html,
    in_chart,
    in_html,
    in_markdown,
    in_text,
    sentence_in_markdown,
)

HARD = ["<unk>", "</s>", "&lt;", "$a$", "*", "_x_", "`", "=1+1", "-5", "a,b", "%{x}"]
HARD += ["[l](http://x)", "~~x~~", ":red[x]", ":material/home:", "#1", "www.x.com", "->", "--"]


@pytest.mark.parametrize(
    "token", ["3", "EUR", "3₁", "日本語", "3.14", "2024-01-02", "two words", "I_TURN_RIGHT", "é"]
)
def test_a_plain_token_stays_as_it_is(token: str) -> None:
    assert in_markdown(token) == token
    assert in_chart(token) == token


@pytest.mark.parametrize("token", sorted({*HARD} - {"-5", "a,b"}))
def test_what_is_more_than_text_in_markdown_is_written_as_code(token: str) -> None:
    said = in_markdown(token)
    assert token in said
    assert said.startswith("`")
    assert said.endswith("`")


def test_code_may_have_backticks_in_it() -> None:
    assert in_markdown("`") == "`` ` ``"
    assert in_markdown("a``b") == "``` a``b ```"


@pytest.mark.parametrize(
    "text",
    [
        "There is no run 'x' with weights to look at; this is another.",
        "“row” in the link is “0”, which is not a whole number from 1 to 9999.",
        "The data of orphan cannot be made: /tmp/a-b/pairs.tsv: there is no such file.",
    ],
)
def test_a_sentence_stays_as_it_is(text: str) -> None:
    assert sentence_in_markdown(text) == text


def test_words_of_others_in_a_sentence_are_nothing_but_text() -> None:
    said = sentence_in_markdown("“![x](http://y)” and “:red[z]”, or www.x.com")
    assert said == "`“![x](http://y)”` and `“:red[z]”,` or `www.x.com`"


def test_html_and_charts_show_signs_instead_of_reading_them() -> None:
    assert in_html("<b>") == "<bdi>&lt;b&gt;</bdi>"
    assert in_chart("<b>&lt;") == "&lt;b&gt;&amp;lt;"
    assert all_in_html(["1", "<"]) == "<bdi>1</bdi> <bdi>&lt;</bdi>"


def test_what_is_written_from_the_right_turns_nothing_else_round() -> None:
    for said in (in_markdown("בית"), in_chart("בית"), in_text(["בית"])):
        assert said == "\u2068בית\u2069"
    assert in_text(["1", "בית"]) == "1 \u2068בית\u2069"
