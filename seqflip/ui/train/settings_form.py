"""The sidebar: a preset, the settings a class talks about in sight, all others folded away.

What the widgets show lives in Streamlit's session under the fields' names. It comes from the link
when a page is opened, from a preset or an uploaded file when one is chosen, and goes into the
link again.
"""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seqflip.config.config import Config
from seqflip.config.files import dump_config, parse_config
from seqflip.config.section import ConfigError
from seqflip.config.sections import DataConfig
from seqflip.runs.run import PAIRS, Run, RunError
from seqflip.server.limits import ServerLimits
from seqflip.ui.labels import sentence
from seqflip.ui.parts.field_widget import field_widget
from seqflip.ui.parts.fields import BY_NAME, FIELDS, Field, Group, Values, values_of, with_labels
from seqflip.ui.parts.presets import FIRST, presets
from seqflip.ui.parts.url_state import from_link, to_link
from seqflip.ui.shell.server import server
from seqflip.ui.shell.visit import note, shown_id
from seqflip.ui.train.own_pairs import BUILT_IN, OWN, SOURCE, choose_source, pairs_form

_PAIRS: Final = "pairs"
"""In the session and in the URL: the run whose own pairs are trained on."""

_BROUGHT: Final = "own"
"""In its place, where somebody is to bring pairs."""

_GROUPS: dict[Group, str] = {
    "data": "More about the data",
    "model": "More about the network",
    "training": "Training",
    "fine": "Fine tuning",
}


@dataclass(frozen=True)
class Form:
    """What the sidebar says.

    Attributes
    ----------
    preset : str
        The preset the settings began with.
    config : Config or None
        The configuration, if it can be.
    problems : dict
        Setting ("section.key", or empty) to what is wrong with it, in the page's words.
    link : dict
        The URL's parameters for it.
    words : int or None
        How many tokens there are in pairs that were just brought.
    """

    preset: str
    config: Config | None
    problems: dict[str, str]
    link: dict[str, str]
    words: int | None = None


def settings_form(limits: ServerLimits, pairs_place: DeltaGenerator) -> Form:
    """Draw the sidebar, and return what it says.

    Pairs of one's own are asked for in ``pairs_place``, where there is more room.
    """
    preset = st.session_state.preset
    values = effective({field.name: st.session_state.get(field.name) for field in FIELDS})
    with st.sidebar:
        _complaints()
        preset_place = st.container()
        bring_own = choose_source()
    if not bring_own:
        st.session_state[_PAIRS] = None
    pairs, words, missing = _pairs(), None, ""
    if bring_own and pairs is None:
        with pairs_place.expander("Your pairs", expanded=shown_id() is None):
            brought, missing = pairs_form(limits)
        if brought is not None:
            pairs, words = brought.data, brought.found.words
    config, problems = check(values, limits, pairs)
    if missing:
        config, problems = None, {"": missing}
    link = to_link(values, values_of(presets()[preset].config))
    if bring_own:
        link = {name: text for name, text in link.items() if BY_NAME[name].section != "data"}
        link[_PAIRS] = st.session_state[_PAIRS] or _BROUGHT

    with st.sidebar:
        with preset_place:
            _preset(link)
        if problems.get("") and not missing:
            st.error(problems[""])
        offered = _offered(own=bring_own)
        _draw((field for field in offered if field.group == "open"), values, problems)
        for group, title in _GROUPS.items():
            _folded(
                [field for field in offered if field.group == group], group, title, values, problems
            )
        _file(config)
    return Form(
        preset,
        config,
        problems,
        link if preset == FIRST else {"preset": preset, **link},
        words,
    )


def effective(values: Values) -> Values:
    """Return the settings, with the default for each that means nothing beside the others."""
    values = dict(values)
    for field in FIELDS:
        if not field.applies(values):
            values[field.name] = field.info.default
    return values


def check(
    values: Values, limits: ServerLimits, pairs: DataConfig | None = None
) -> tuple[Config | None, dict[str, str]]:
    """Return the configuration that these settings make, or what is wrong with them.

    With ``pairs``, these are the data, whatever the settings of data say.
    """
    problems = {
        field.key: f"“{field.label}” must be {field.valid}, not {_shown(values[field.name])}."
        for field in _offered(own=pairs is not None)
        if not field.accepts(values[field.name])
    }
    if problems:
        return None, problems
    sections: dict[str, Any] = {} if pairs is None else {"data": pairs}
    for field in _offered(own=pairs is not None):
        sections.setdefault(field.section, {})[field.name] = values[field.name]
    if pairs is not None:  # of few pairs there is no whole batch
        batch_size = sections["training"]["batch_size"]
        sections["training"]["batch_size"] = min(batch_size, pairs.n_train)
    try:
        config = Config(**sections)
    except ConfigError as error:
        return None, {error.key: _sentence(error.message)}
    problems = {key: _sentence(message) for key, message in limits.problems(config).items()}
    return (None if problems else config), problems


def _offered(*, own: bool) -> list[Field]:
    """Return what can be set; with pairs of somebody's own, nothing about the data."""
    return [field for field in FIELDS if not own or field.section != "data"]


def _pairs() -> DataConfig | None:
    """Return the pairs of the run whose own pairs are trained on, if there are any."""
    run_id = st.session_state.get(_PAIRS)
    if run_id and run_id != _BROUGHT:
        with contextlib.suppress(RunError, ConfigError):
            data = server().store.get(run_id).config().data
            if data.own_pairs:
                return data
        note(f"There is no run {run_id[:64]!r} with pairs of its own")
        st.session_state[_PAIRS] = None
    return None


def _sentence(message: str) -> str:
    return sentence(with_labels(message))


def _shown(value: object) -> str:
    return "empty" if value is None else str(value)


def open_link(run: Run | None) -> None:
    """Take the settings from the page's URL, or from the run that it shows if it says none."""
    params = st.query_params.to_dict()
    settings = {name: text for name, text in params.items() if name in BY_NAME or name == "preset"}
    complaints: list[str] = []
    preset = params.get("preset", (run.info().preset or FIRST) if run is not None else FIRST)
    if preset not in presets():
        if "preset" in params:
            known = ", ".join(presets())
            complaints.append(f"There is no preset “{preset[:40]}”, but there are {known}.")
        preset = FIRST
    plain = values_of(presets()[preset].config)
    if run is not None and not settings:
        found = values_of(run.config())
        values = plain | {
            name: value for name, value in found.items() if BY_NAME[name].accepts(value)
        }
    else:
        values, wrong = from_link(settings, plain)
        complaints += wrong
    st.session_state.preset = preset
    said = params.get(_PAIRS)
    st.session_state[_PAIRS] = None if said == _BROUGHT else said
    if run is not None and not settings and run.config().data.own_pairs:
        said = st.session_state[_PAIRS] = run.id
    st.session_state[SOURCE] = BUILT_IN if said is None else OWN
    st.session_state.link_complaints = complaints
    _show(values)


def take_settings(config: Config) -> None:
    """Show the settings of what was just started."""
    _show(
        {name: value for name, value in values_of(config).items() if BY_NAME[name].accepts(value)}
    )


def _show(values: Values) -> None:
    for name, value in values.items():
        st.session_state[name] = value


def _complaints() -> None:
    if complaints := st.session_state.pop("link_complaints", None):
        st.warning("\n\n".join(complaints), icon=":material/link_off:")


def _preset(changed: Mapping[str, str]) -> None:
    def choose() -> None:
        st.session_state[_PAIRS] = None
        st.session_state[SOURCE] = BUILT_IN
        _show(values_of(presets()[st.session_state.preset].config))

    st.selectbox(
        "Preset",
        list(presets()),
        key="preset",
        on_change=choose,
        format_func=lambda name: presets()[name].label,
        persist_state="session",
        help="A story to begin with, and how long it takes on one core: it sets everything below. "
        "Change what you like afterwards.",
    )
    st.caption(presets()[st.session_state.preset].story)
    if changed.get(_PAIRS, _BROUGHT) != _BROUGHT:
        st.info("Trained on the pairs of the run that was shown; a preset brings its own data.")
    if changed:
        st.button(
            f"Undo {len(changed)} change{'s' if len(changed) > 1 else ''}",
            key="undo_changes",
            icon=":material/undo:",
            type="tertiary",
            on_click=choose,
            help="Set everything to the preset again.",
        )


def _folded(
    fields: Sequence[Field], group: Group, title: str, values: Values, problems: Mapping[str, str]
) -> None:
    if not fields:
        return
    key = f"fold_{group}"
    if any(field.key in problems for field in fields):
        st.session_state[key] = True  # what is wrong must be in sight
    fold = st.expander(title, key=key, on_change="rerun")
    if fold.open:
        with fold:
            _draw(fields, values, problems)


def _draw(fields: Iterable[Field], values: Values, problems: Mapping[str, str]) -> None:
    for field in fields:
        if field.applies(values):
            field_widget(field, key=field.name)
            if field.key in problems:
                st.error(problems[field.key], icon=":material/error:")


def _file(config: Config | None) -> None:
    fold = st.expander("Configuration file", key="fold_file", on_change="rerun")
    if not fold.open:
        return
    with fold:
        st.caption("The same YAML as the command line takes: `python -m seqflip --config FILE`.")
        st.download_button(
            "Download",
            "" if config is None else _as_file(config),
            file_name=f"seqflip-{st.session_state.preset}.yaml",
            mime="application/yaml",
            icon=":material/download:",
            disabled=config is None,
            on_click="ignore",
            width="stretch",
        )
        st.file_uploader(
            "Upload",
            type=["yaml", "yml"],
            key="config_file",
            on_change=_take_file,
            max_upload_size=1,
            help="Sets everything above to what the file says.",
        )
        if error := st.session_state.get("config_file_error"):
            st.error(error, icon=":material/error:")


def _as_file(config: Config) -> str:
    """Return a configuration as YAML; where the server keeps pairs is nobody's business."""
    if config.data.own_pairs:
        data = config.data.model_copy(update={"path": PAIRS[0]})
        config = config.model_copy(update={"data": data})
    return dump_config(config) or "{}\n"


def _take_file() -> None:
    """Show what an uploaded file says; one that says something wrong changes nothing."""
    st.session_state.config_file_error = None
    file = st.session_state.config_file
    if file is None:
        return
    try:
        config = parse_config(file.getvalue().decode(), file.name)
    except UnicodeDecodeError:
        st.session_state.config_file_error = f"{file.name} is not a text in UTF-8."
        return
    except ConfigError as error:
        st.session_state.config_file_error = f"{error}."
        return
    values = values_of(config)
    for field in FIELDS:
        if not field.accepts(values[field.name]):
            st.session_state.config_file_error = (
                f"{file.name}: {field.key} is {values[field.name]}, which is for the command line."
            )
            return
    st.session_state[_PAIRS] = None
    st.session_state[SOURCE] = BUILT_IN
    _show(values)
