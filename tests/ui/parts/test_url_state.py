from hypothesis import given
from hypothesis import strategies as st

from seqflip.config.config import Config
from seqflip.ui.parts.fields import BY_NAME, FIELDS, values_of
from seqflip.ui.parts.url_state import from_link, to_link

PLAIN = values_of(Config())


def test_a_link_says_only_what_differs() -> None:
    assert to_link(PLAIN, PLAIN) == {}
    changed = {**PLAIN, "d_model": 64, "min_length": None, "bidirectional": False}
    assert to_link(changed, PLAIN) == {"d_model": "64", "min_length": "none", "bidirectional": "no"}


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "d_model": st.integers(1, 10**6),
            "learning_rate": st.floats(1e-12, 1000),
            "attention": st.sampled_from(["scaled_dot", "dot", "additive", "none"]),
            "input_feeding": st.booleans(),
            "tgt_length": st.none() | st.integers(1, 100),
            "clip_norm": st.none() | st.floats(1e-9, 1e9),
        },
    )
)
def test_a_link_restores_every_setting_exactly(changes: dict[str, object]) -> None:
    values = {**PLAIN, **changes}
    assert from_link(to_link(values, PLAIN), PLAIN) == (values, [])


def test_what_a_link_says_wrong_is_left_out_and_told_setting_by_setting() -> None:
    link = {"d_model": "-5", "task": "juggle", "epochs": "many", "vocab_size": "9", "other": "?"}
    values, complaints = from_link(link, PLAIN)
    assert values == {**PLAIN, "vocab_size": 9}
    assert len(complaints) == 3
    assert complaints[0] == (
        "“Width (d_model)” in the link is “-5”, which is not a whole number of at least 1; "
        "it is 32 now."
    )


@given(st.dictionaries(st.sampled_from([field.name for field in FIELDS]), st.text(max_size=60)))
def test_no_link_breaks_the_page(link: dict[str, str]) -> None:
    values, _ = from_link(link, PLAIN)
    assert all(BY_NAME[name].accepts(value) for name, value in values.items())


def test_pairs_need_a_file_so_no_link_can_ask_for_them() -> None:
    values, complaints = from_link({"task": "pairs"}, PLAIN)
    assert values["task"] == "reverse"
    assert complaints
