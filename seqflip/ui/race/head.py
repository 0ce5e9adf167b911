"""The top of the Race page: what is about to race, or what became of what did."""

from typing import Any

import streamlit as st
from markupsafe import Markup
from streamlit.delta_generator import DeltaGenerator

from seqflip.race.config import RaceConfig
from seqflip.race.folder import Race
from seqflip.runs.ownership import hash_token
from seqflip.runs.run import RunError
from seqflip.runs.status import Status
from seqflip.ui.as_typed import in_markdown, sentence_in_markdown
from seqflip.ui.labels import duration
from seqflip.ui.parts.badges import BADGES
from seqflip.ui.parts.expected import expected_seconds
from seqflip.ui.parts.tables import progress_bar
from seqflip.ui.parts.waiting import waiting
from seqflip.ui.race.form import RaceForm
from seqflip.ui.race.shown import choose_race
from seqflip.ui.shell.keys import visitor
from seqflip.ui.shell.server import server


def header(titles: DeltaGenerator, form: RaceForm, race: Race | None, status: Status) -> None:
    """Draw the title in its place, and one line below it."""
    with titles:
        st.title("Race", width="content", anchor=False)
        if race is not None:
            label, icon = BADGES[status.state]
            st.badge(label, icon=f":material/{icon}:", color="gray")
        choose_race(race)
    if race is None:
        if form.config is not None:
            st.markdown(sizes(form.config))
            _room(form.config)
        else:
            st.markdown(f":material/block: {sentence_in_markdown(form.problem)}")
    elif status.state == "failed":
        st.error(sentence_in_markdown(status.message), icon=":material/error:")
    elif status.state == "interrupted":
        st.warning(f"Interrupted: {sentence_in_markdown(status.message)}", icon=":material/bolt:")
    elif status.state == "paused" and status.pid is None:
        st.markdown(sentence_in_markdown(status.message))


def sizes(config: RaceConfig) -> str:
    """Say in one line how large a race is."""
    lanes = config.lanes().values()
    seconds = config.seeds * sum(map(expected_seconds, lanes))
    parts = [f"{len(lanes)} variants", f"{max(lane.total_steps for lane in lanes):,} steps each"]
    if config.seeds > 1:
        parts.append(f"{config.seeds} seeds")
    return " · ".join([*parts, f"{config.data.n_train:,} examples", f"about {duration(seconds)}"])


_NO_SENTENCE = "\N{NO-BREAK SPACE}"
_STANDING = Markup('{}<p class="seqflip-sentence" role="status">{}</p>')


def standing(race: Race | None, status: Status, found: dict[str, Any] | None) -> Markup:
    """Return how far the race is, and in one sentence what happened by now."""
    share, text = _how_far(race, status, found)
    sentence = found["sentence"] if found else "Press Train: all variants start at the same step."
    return _STANDING.format(progress_bar(share, text), sentence or _NO_SENTENCE)


def _how_far(race: Race | None, status: Status, found: dict[str, Any] | None) -> tuple[float, str]:
    if race is None:
        return 0.0, "ready"
    if status.state == "queued":
        return 0.0, " · ".join(["waiting for a free worker", *waiting(race.id)])
    if not status.total_steps and status.state == "running":
        return 0.0, "beginning"
    seeds = race.race_config().seeds
    rounds = found["rounds"] if found else []
    over = sum(one["over"] for one in rounds)
    share = status.step / status.total_steps if status.total_steps else 0.0
    parts = [f"step {status.step:,} of {status.total_steps:,}"]
    if seeds > 1:
        parts.insert(0, f"seed {min(over + 1, seeds)} of {seeds}")
    parts.append(f"{duration(status.seconds)} of training, all variants")
    whole = min(1.0, (over + share * (over < seeds)) / seeds)
    return whole, " · ".join(parts)


def _room(config: RaceConfig) -> None:
    """Say what will be deleted for this race, before it is started."""
    try:
        doomed = server().store.doomed(*config.lanes().values(), visitor=hash_token(visitor()))
    except RunError as error:
        st.warning(f"There is no room to train: {error}.", icon=":material/database:")
        return
    if doomed:
        names = ", ".join(in_markdown(run.info().name or run.id) for run in doomed)
        st.caption(f":material/delete: To make room, training will delete {names}.")
