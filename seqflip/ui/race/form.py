"""The sidebar of the Race page: a story to begin with, and what each variant changes.

What the widgets show lives in Streamlit's session. It comes from the link when the page is
opened, from a story when one is chosen, and goes into the link again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from seqflip.config.section import ConfigError
from seqflip.race.config import FEWEST, MOST, RaceConfig
from seqflip.race.folder import Race
from seqflip.server.limits import ServerLimits
from seqflip.ui.labels import sentence
from seqflip.ui.parts.field_widget import field_widget
from seqflip.ui.parts.fields import Field, Values, values_of, with_labels
from seqflip.ui.parts.presets import FIRST_RACE
from seqflip.ui.race.variants import (
    CHANGEABLE,
    Variant,
    begin_with,
    names_of,
    race_of,
    read,
    stories,
    story,
    variants_of,
    write,
)

SEEDS: Final = (1, 3, 5)
_STORY, _SEEDS, _VARIANTS, _COMPLAINTS = "race_story", "race_seeds", "race_variants", "race_wrong"


@dataclass(frozen=True)
class RaceForm:
    """What the sidebar says.

    Attributes
    ----------
    story : str
        What it began with.
    config : RaceConfig or None
        The race, if it can be.
    problem : str
        Why it cannot be.
    link : dict
        The URL's parameters for it.
    """

    story: str
    config: RaceConfig | None
    problem: str
    link: dict[str, str]


def race_form(limits: ServerLimits) -> RaceForm:
    """Draw the sidebar, and return what it says."""
    base = begin_with(st.session_state[_STORY])
    with st.sidebar:
        if complaints := st.session_state.pop(_COMPLAINTS, None):
            st.warning("\n\n".join(complaints), icon=":material/link_off:")
        _choose_story()
        problem_place = st.container()
        variants = _variants(base)
        seeds = st.segmented_control(
            "Seeds",
            SEEDS,
            key=_SEEDS,
            required=True,
            persist_state="session",
            help="How often the race is repeated, each time with other first weights and another "
            "order of the examples. One race may be an accident: three or five show the median "
            "and the range.",
        )
        config, problem = _check(base, variants, seeds or 1, limits)
        if problem:
            problem_place.error(problem, icon=":material/error:")
    return RaceForm(
        st.session_state[_STORY], config, problem, _link(st.session_state[_STORY], variants, seeds)
    )


def open_link(race: Race | None) -> None:
    """Take the settings from the page's URL, or from the race that it shows if it says none."""
    params = st.query_params.to_dict()
    complaints: list[str] = []
    name = params.get("story", (race.info().preset or FIRST_RACE) if race else FIRST_RACE)
    if name not in stories():
        if "story" in params:
            told = f"There is no story “{name[:40]}”, but there are {', '.join(stories())}."
            complaints.append(told)
        name = FIRST_RACE
    base = begin_with(name)
    variants, wrong = read(params)
    if not FEWEST <= len(variants) <= MOST:
        if variants:
            wrong.append(f"A race has {FEWEST} to {MOST} variants; these are those of the story.")
        shown = race.race_config() if race is not None and "story" not in params else base
        variants = variants_of(shown)
    seeds = params.get("seeds", str(race.race_config().seeds) if race is not None else "1")
    if seeds not in map(str, SEEDS):
        if "seeds" in params:
            wrong.append(f"“seeds” in the link is “{seeds[:40]}”, which is not one of 1, 3, 5.")
        seeds = "1"
    st.session_state[_STORY], st.session_state[_SEEDS] = name, int(seeds)
    st.session_state[_COMPLAINTS] = complaints + wrong
    _show(variants)


def _link(name: str, variants: Sequence[Variant], seeds: int | None) -> dict[str, str]:
    link = {} if name == FIRST_RACE else {"story": name}
    if list(map(write, variants)) != list(map(write, variants_of(begin_with(name)))):
        link |= {f"v{i}": write(variant) for i, variant in enumerate(variants, 1)}
    return link | ({"seeds": str(seeds)} if seeds not in (None, 1) else {})


def _show(variants: Sequence[Variant]) -> None:
    """Set all widgets to these variants."""
    st.session_state[_VARIANTS] = list(range(len(variants)))
    for i, variant in enumerate(variants):
        _fill(i, variant)


def _fill(i: int, variant: Variant) -> None:
    st.session_state[_changes(i)] = [name for name in variant if name in CHANGEABLE]
    for name, value in variant.items():
        st.session_state[_key(i, name)] = value


def _choose_story() -> None:
    def choose() -> None:
        _show(variants_of(begin_with(st.session_state[_STORY])))

    st.selectbox(
        "Story",
        list(stories()),
        key=_STORY,
        on_change=choose,
        format_func=stories().__getitem__,
        persist_state="session",
        help="What all variants have in common, and what differs. Change the variants as you like.",
    )
    st.caption(story(st.session_state[_STORY]))


def _variants(base: RaceConfig) -> list[Variant]:
    """Draw all variants, and return what they change."""
    places: list[int] = st.session_state[_VARIANTS]
    plain = values_of(base)
    now = [_values(i, plain) for i in places]
    names = names_of(base, now)
    variants = [_variant(name, i, plain) for name, i in zip(names, places, strict=True)]

    def add() -> None:
        new = max(places) + 1
        st.session_state[_VARIANTS] = [*places, new]
        _fill(new, {})

    def remove() -> None:
        st.session_state[_VARIANTS] = places[:-1]

    with st.container(horizontal=True):
        if len(places) < MOST:
            st.button("Add a variant", key="race_add", icon=":material/add:", on_click=add)
        if len(places) > FEWEST:
            st.button(
                "Remove the last", key="race_remove", icon=":material/remove:", on_click=remove
            )
    return variants


def _values(i: int, plain: Values) -> Variant:
    """Return what a variant's widgets say."""
    names = st.session_state.setdefault(_changes(i), [])
    return {name: st.session_state.setdefault(_key(i, name), plain[name]) for name in names}


def _variant(called: str, i: int, plain: Values) -> Variant:
    """Draw one variant, and return what it changes."""
    with st.expander(called, key=f"race_fold_{i}", expanded=True):
        names = st.multiselect(
            f"What {called} changes",
            list(CHANGEABLE),
            key=_changes(i),
            format_func=lambda name: CHANGEABLE[name].label,
            placeholder="nothing",
            label_visibility="collapsed",
            persist_state="session",
        )
        for name in names:
            field_widget(CHANGEABLE[name], key=_key(i, name))
        if not names:
            st.caption("The story as it is.")
    return _values(i, plain)


def _check(
    base: RaceConfig, variants: Sequence[Variant], seeds: int, limits: ServerLimits
) -> tuple[RaceConfig | None, str]:
    """Return the race, or what is wrong with it."""
    for number, variant in enumerate(variants, 1):
        for name, value in variant.items():
            field: Field = CHANGEABLE[name]
            if not field.accepts(value):
                shown = "empty" if value is None else value
                told = f"“{field.label}” of variant {number} must be {field.valid}, not {shown}."
                return None, told
    try:
        config = race_of(base, variants, seeds)
        limits.check_race(config)
    except ConfigError as error:
        return None, sentence(with_labels(error.message))
    return config, ""


def _changes(i: int) -> str:
    return f"race_changes_{i}"


def _key(i: int, name: str) -> str:
    return f"race_{i}_{name}"
