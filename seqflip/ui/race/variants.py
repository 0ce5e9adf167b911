"""The variants that a person puts together: what they may change, how they are called, in a link.

A variant is a mapping of fields' names to values: ``{"attention": "none", "d_k": 4}``.
"""

import contextlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final

from seqflip.config.config import Config
from seqflip.config.section import ConfigError
from seqflip.race.config import MOST, SHARED, RaceConfig
from seqflip.runs.run import Run
from seqflip.ui.parts.counterpart import can_be_blind, config_of, other_attention
from seqflip.ui.parts.fields import BY_KEY, BY_NAME, FIELDS, Field, Values, values_of
from seqflip.ui.parts.presets import presets, races
from seqflip.ui.parts.url_state import read_value, write_value
from seqflip.ui.shell.server import server

CHANGEABLE: Final = {
    field.name: field
    for field in FIELDS
    if field.section in ("model", "training") and field.name not in SHARED
}
PLAIN: Final = "as it is"

_EVALUATED = {"evaluate_every": 20, "evaluate_examples": 256}
_NOTHING = "-"
_LONGEST = 40

Variant = Values


def stories() -> dict[str, str]:
    """Return what one can begin with: its name to how the page calls it."""
    titles = {name: preset.title for name, preset in presets().items()}
    titles |= {name: run.info().name or run.id for name, run in _runs_of_pairs().items()}
    own = {name: f"Your own, from “{title}”" for name, title in titles.items()}
    return {name: race.label for name, race in races().items()} | own


def story(name: str) -> str:
    """Return what is to be seen in a race, or what is to be done with a preset or a run."""
    if name in races():
        return races()[name].story
    begun = presets()[name].story if name in presets() else "The pairs and settings of that run."
    return f"{begun} Let each variant change something below."


def begin_with(name: str) -> RaceConfig:
    """Return the race of a story; of a preset or a run, one with attention and one without.

    A Transformer is nothing but attention: of its presets, one without positions.
    """
    if name in races():
        return races()[name].config
    config = presets()[name].config if name in presets() else config_of(_runs_of_pairs()[name])
    training = config.training.model_copy(update=_EVALUATED)
    blind = can_be_blind(config.model)
    changed = other_attention(config.model) if blind else {"positions": "none"}
    setting, value = next(iter(changed.items()))
    variants = {PLAIN: {}, f"{setting} {value}": {"model": changed}}
    return RaceConfig(data=config.data, model=config.model, training=training, variants=variants)


def _runs_of_pairs() -> dict[str, Run]:
    """Return the runs whose pairs somebody brought, by the names of their stories."""
    found = {}
    for run in server().store.runs():
        with contextlib.suppress(ConfigError, OSError):
            if config_of(run).data.own_pairs:
                found[f"run-{run.id}"] = run
    return found


def variants_of(config: RaceConfig) -> list[Variant]:
    """Return a race's variants as the page has them."""
    return [
        {BY_KEY[key].name: value for key, value in changes.items() if key in BY_KEY}
        for changes in config.changes.values()
    ]


def race_of(base: RaceConfig, variants: Iterable[Variant], seeds: int) -> RaceConfig:
    """Return the race of these variants; raises :class:`seqflip.config.config.ConfigError`."""
    variants = list(variants)
    wanted: dict[str, Any] = {}
    for name, variant in zip(names_of(base, variants), variants, strict=True):
        sections: dict[str, Values] = {}
        for field, value in variant.items():
            sections.setdefault(BY_NAME[field].section, {})[field] = value
        wanted[name] = sections
    return RaceConfig(
        data=base.data, model=base.model, training=base.training, variants=wanted, seeds=seeds
    )


def names_of(base: RaceConfig, variants: Iterable[Variant]) -> list[str]:
    """Return how the variants are called: as in the story, or after what they change."""
    known = {_key(variant): name for name, variant in _named(base)}
    names: list[str] = []
    for variant in variants:
        names.append(_unused(known.get(_key(variant)) or _name(variant), names))
    return names


def _name(variant: Variant) -> str:
    parts = [f"{name} {write_value(value)}" for name, value in variant.items()]
    return ", ".join(parts)[:_LONGEST] or PLAIN


def changed_fields(config: RaceConfig) -> list[Field]:
    """Return the settings in which the variants differ, in the page's order."""
    keys = {key for changes in config.changes.values() for key in changes}
    lanes = list(config.lanes().values())
    fields = [field for field in FIELDS if field.key in keys]
    return [field for field in fields if len({value_shown(field, lane) for lane in lanes}) > 1]


def value_shown(field: Field, config: Config) -> str:
    """Return how the page writes a setting's value."""
    value = values_of(config)[field.name]
    return field.words.get(str(value)) or write_value(value)


def write(variant: Variant) -> str:
    """Write a variant as a link has it: ``attention=none d_k=4``."""
    return " ".join(f"{name}={write_value(value)}" for name, value in variant.items()) or _NOTHING


def read(params: Mapping[str, str]) -> tuple[list[Variant], list[str]]:
    """Return the variants of a link, and one sentence for each thing that it says wrong."""
    variants, complaints = [], []
    for i in range(1, MOST + 1):
        if (text := params.get(f"v{i}")) is None:
            break
        variant: Variant = {}
        for part in text.split()[: len(CHANGEABLE)]:
            if part == _NOTHING:
                continue
            name, _, written = part.partition("=")
            field = CHANGEABLE.get(name)
            value = None if field is None else read_value(field, written)
            if field is None:
                complaints.append(f"“{part[:40]}” in the link is no setting of a variant.")
            elif value is not None and field.accepts(value):
                variant[name] = value
            elif written == "none" and field.optional:
                variant[name] = None
            else:
                complaints.append(
                    f"“{field.label}” of variant {i} in the link is “{written[:40]}”, which is not "
                    f"{field.valid}; it is left as it is."
                )
        variants.append(variant)
    return variants, complaints


def _named(base: RaceConfig) -> Iterable[tuple[str, Variant]]:
    return zip(base.variants, variants_of(base), strict=True)


def _key(variant: Variant) -> str:
    return write(dict(sorted(variant.items())))


def _unused(name: str, taken: Collection[str]) -> str:
    names = (f"{name[: _LONGEST - 4]} ({i})" for i in range(2, MOST + 1))
    return name if name not in taken else next(one for one in names if one not in taken)
