"""Race files: what they mean, and what is said when they cannot be."""

from pathlib import Path

import pytest

from seqflip.config.config import Config
from seqflip.config.files import dump_config, load_config, override, parse_as
from seqflip.config.section import ConfigError
from seqflip.race.config import RaceConfig, load_race
from tests.race.small import NONE, small_race

FILES = sorted((Path(__file__).parents[2] / "configs").glob("race-*.yaml"))


def read(text: str) -> RaceConfig:
    return parse_as(RaceConfig, text, "mine.yaml")


def test_a_variant_is_the_configuration_with_its_changes() -> None:
    race = small_race()
    lanes = race.lanes()
    assert list(lanes) == ["with", "without"]
    assert lanes["with"] == Config(data=race.data, model=race.model, training=race.training)
    assert lanes["without"].model.attention == "none"
    assert race.changes == {"with": {}, "without": {"model.attention": "none"}}


def test_each_repetition_has_the_next_seed_and_the_same_data() -> None:
    race = small_race(seeds=3)
    for round_ in range(3):
        for lane in race.lanes(round_).values():
            assert lane.training.seed == round_
            assert lane.data == race.data


def test_it_survives_being_written() -> None:
    race = small_race(seeds=2)
    assert read(dump_config(race)) == race


def test_settings_of_all_variants_can_be_overridden() -> None:
    race = override(small_race(), ["training.epochs=1"])
    assert {lane.training.epochs for lane in race.lanes().values()} == {1}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_races_that_come_along_can_be_run(file: Path) -> None:
    lanes = load_race(file).lanes()
    assert 2 <= len(lanes) <= 4
    assert len({str(lane) for lane in lanes.values()}) == len(lanes)


def test_there_is_a_race_for_every_story() -> None:
    stories = {file.stem.removeprefix("race-") for file in FILES}
    assert stories == {
        *("architectures", "attention", "cells", "directions", "forcing", "heads", "reach"),
        *("positions", "scaling", "scores", "steps", "width"),
    }


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("model: {d_k: 4}", "variants must be 2 to 4 names, each with the settings that differ"),
        ("variants: {one: }", "variants must be 2 to 4 names"),
        ("variants: {a: , b: , c: , d: , e: }", "variants must be 2 to 4 names"),
        ("variants: [1, 2]", "variants must be 2 to 4 names, .* not a list"),
        ("variants: {a: 3, b: }", "variant 'a' must be a mapping of model and training, not 3"),
        ("variants: {a: {model: 3}, b: }", "variant 'a': model must be a mapping, not 3"),
        ("variants: {a: {}, b: {model: hi}}", "variant 'b': model must be a mapping, not 'hi'"),
        (
            "variants: {a: {model: {d_k: -1}}, b: }",
            r"variant 'a': model\.d_k must be a whole number of at least 1, not -1",
        ),
        (
            "variants: {a: {model: {atention: none}}, b: }",
            r"variant 'a': model\.atention is not a setting; did you mean model\.attention",
        ),
        (
            "variants: {a: {data: {task: sort}}, b: }",
            "variant 'a' may change model and training only, so that all variants learn the same",
        ),
        (
            "variants: {a: {training: {batch_size: 8}}, b: }",
            r"variant 'a' may not change training\.batch_size, which all variants share",
        ),
        ("variants: {a: {training: {seed: 8}}, b: }", r"may not change training\.seed"),
        ("variants: {'': , b: }", "a variant's name must be one line of 1 to 40 characters"),
        ("variants: {a: , b: }\nseeds: 0", "seeds must be a whole number from 1 to 100, not 0"),
        ("variants: {a: , b: }\nseeds: many", "seeds must be a whole number from 1 to 100"),
        ("variants: {a: , b: }\nseed: 1", "seed is not a setting; did you mean"),
        ("varaints: {a: , b: }", "varaints is not a setting; did you mean variants"),
        ("zebra: {a: , b: }", "there are data, model, training, logging, variants and seeds"),
        ("variants: {a: , b: }\nmodel: {d_model: 7}", r"model\.d_model must be even"),
        (
            "variants: {a: , b: }\nseeds: 2\ntraining: {seed: 9223372036854775807}",
            "seeds must be so few",
        ),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence) as caught:
        read(text)
    assert str(caught.value).startswith("mine.yaml: ")


def test_what_takes_too_much_memory_together_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    small_race()
    monkeypatch.setattr("seqflip.race.config.memory_limit", lambda: 1000)
    with pytest.raises(ConfigError, match="variants must be fewer or smaller"):
        small_race()


def test_a_race_is_no_plain_configuration(tmp_path: Path) -> None:
    file = tmp_path / "race.yaml"
    file.write_text(dump_config(small_race(a=None, b=NONE)), encoding="utf-8")
    with pytest.raises(ConfigError, match="run it with: python -m seqflip race"):
        load_config(file)
