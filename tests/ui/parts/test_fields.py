import pytest

from seqflip.config.config import SECTIONS, Config
from seqflip.server.limits import ServerLimits
from seqflip.tasks import TASKS
from seqflip.ui.parts.fields import BY_KEY, FIELDS, values_of, with_labels
from seqflip.ui.parts.presets import FIRST, presets
from seqflip.ui.train.settings_form import check, effective

NOT_OFFERED = {
    *("data.path", "data.tokens", "data.lower_case", "data.header"),
    *("data.punctuation", "data.min_count", "data.max_tokens"),
    *("logging.level", "logging.file"),
    *("logging.snapshots", "logging.snapshot_megabytes"),
}
"""A server's files are nobody's business."""


def test_every_setting_is_offered_once_with_what_it_does() -> None:
    keys = [f"{name}.{field}" for name, part in SECTIONS.items() for field in part.model_fields]
    assert set(BY_KEY) == set(keys) - NOT_OFFERED
    assert len({field.name for field in FIELDS}) == len(FIELDS)
    assert all(len(field.help) > 40 and field.valid for field in FIELDS)


def test_choices_have_words_for_all_options_but_pairs() -> None:
    assert BY_KEY["data.task"].kind == tuple(name for name in TASKS if name != "pairs")
    assert BY_KEY["model.attention"].kind[:4] == ("scaled_dot", "dot", "additive", "none")
    assert BY_KEY["model.attention"].kind[4:] == ("location", "location_dot", "shift")


@pytest.mark.parametrize("name", presets())
def test_every_preset_can_be_shown_and_gives_its_configuration_back(name: str) -> None:
    preset = presets()[name]
    config, problems = check(effective(values_of(preset.config)), ServerLimits())
    assert problems == {}
    assert config == preset.config
    assert preset.story.endswith(".")


def test_the_page_opens_with_the_first_story() -> None:
    assert next(iter(presets())) == FIRST == "reverse"


def test_what_means_nothing_beside_the_others_is_left_at_its_default() -> None:
    values = effective({**values_of(Config()), "rotate_by": 3, "momentum": 0.5})
    assert (values["rotate_by"], values["momentum"]) == (1, 0.9)
    values = effective({**values_of(Config()), "task": "rotate", "rotate_by": 3})
    assert values["rotate_by"] == 3


@pytest.mark.parametrize(
    ("changes", "key", "sentence"),
    [
        (
            {"d_model": 0},
            "model.d_model",
            "“Width (d_model)” must be a whole number of at least 1, not 0.",
        ),
        ({"epochs": None}, "training.epochs", "not empty."),
        ({"d_model": 33}, "model.d_model", "“Width (d_model)” must be even"),
        ({"min_length": 50}, "data.min_length", "“Shortest source” must be at most “Longest"),
        ({"src_length": 400}, "data.src_length", "must be at most 100 on this server"),
        ({"n_train": 10**7}, "data.n_train", "must be at most 100,000 on this server"),
    ],
)
def test_what_cannot_be_is_said_of_the_setting_that_causes_it(
    changes: dict[str, object], key: str, sentence: str
) -> None:
    config, problems = check(effective({**values_of(Config()), **changes}), ServerLimits())
    assert config is None
    assert sentence in problems[key]


def test_settings_in_a_sentence_are_called_as_on_the_page() -> None:
    assert (
        with_labels("data.n_train and data.n_test ask") == "“Examples” and “Held-out examples” ask"
    )
