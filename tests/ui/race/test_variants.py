"""The variants that a person puts together, their names, and how a link has them."""

import pytest

from seqflip.ui.parts.fields import Values
from seqflip.ui.parts.presets import races
from seqflip.ui.race.variants import (
    CHANGEABLE,
    begin_with,
    names_of,
    race_of,
    read,
    stories,
    variants_of,
    write,
)


def test_every_race_and_every_preset_is_a_story_to_begin_with() -> None:
    assert list(stories())[:2] == ["race-attention", "race-scaling"]
    assert stories()["race-attention"].startswith("With or without attention · ")
    assert stories()["sort"] == "Your own, from “Sort”"
    for name in stories():
        assert len(begin_with(name).lanes()) >= 2


@pytest.mark.parametrize("name", races())
def test_a_race_put_together_as_its_file_is_the_same(name: str) -> None:
    race = races()[name].config
    assert race_of(race, variants_of(race), race.seeds) == race


def test_what_all_share_cannot_be_changed() -> None:
    assert not {"seed", "batch_size", "evaluate_every", "task", "n_train"} & set(CHANGEABLE)


def test_variants_are_named_as_in_the_story_or_after_what_they_change() -> None:
    race = begin_with("race-attention")
    own: Values = {"d_k": 4, "cell": "lstm"}
    variants: list[Values] = [{"attention": "none"}, own, {}, own]
    assert names_of(race, variants) == [
        "without attention",
        "d_k 4, cell lstm",
        "with attention",
        "d_k 4, cell lstm (2)",
    ]


def test_very_long_names_are_cut_and_still_differ() -> None:
    race = begin_with("race-attention")
    long: Values = {"cell": "lstm", "layers": 2, "bidirectional": False, "d_k": 8, "d_v": 8}
    names = names_of(race, [long, long])
    assert len(set(names)) == 2
    assert all(len(name) <= 40 for name in names)


@pytest.mark.parametrize(
    "variant",
    [{}, {"attention": "none"}, {"bidirectional": False, "d_k": 4}, {"clip_norm": None}],
    ids=str,
)
def test_a_link_restores_a_variant(variant: dict[str, object]) -> None:
    assert read({"v1": write(variant)}) == ([variant], [])


@pytest.mark.parametrize(
    ("text", "kept", "sentence"),
    [
        ("d_k=many cell=rnn", {"cell": "rnn"}, "of variant 1 in the link is “many”"),
        ("zebra=1", {}, "“zebra=1” in the link is no setting of a variant"),
        ("n_train=100", {}, "“n_train=100” in the link is no setting of a variant"),
        ("attention=pairs", {}, "“Attention” of variant 1 in the link is “pairs”"),
    ],
)
def test_what_a_link_says_wrong_is_left_out_and_told(
    text: str, kept: dict[str, object], sentence: str
) -> None:
    variants, complaints = read({"v1": text})
    assert variants == [kept]
    assert sentence in complaints[0]
