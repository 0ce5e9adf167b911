"""The top of the Train page: what is about to be trained, or what became of what was."""

from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from seqflip.config.config import Config
from seqflip.config.section import quantity
from seqflip.data.tasks import solve
from seqflip.data.typed import read_typed
from seqflip.data.vocabulary import decode, vocabulary_of
from seqflip.runs.ownership import hash_token
from seqflip.runs.run import Run, RunError
from seqflip.runs.status import Status
from seqflip.tasks import LETTERS
from seqflip.ui.as_typed import in_markdown, sentence_in_markdown
from seqflip.ui.labels import duration, percent, sentence
from seqflip.ui.parts.badges import BADGES
from seqflip.ui.parts.expected import expected_seconds
from seqflip.ui.parts.typed import short_example
from seqflip.ui.shell.keys import visitor
from seqflip.ui.shell.server import server
from seqflip.ui.train.going_on import show_going_on
from seqflip.ui.train.settings_form import Form

CLAIM: Final = "Watch a tiny network learn where to look"


def header(
    titles: DeltaGenerator, form: Form, run: Run | None, status: Status, came_right: int | None
) -> None:
    """Draw the title in its place, and one line below it.

    ``came_right`` is when the answer to the sequence that is shown was first seen right.
    """
    with titles:
        st.title(CLAIM if run is None else "Train", width="content", anchor=False)
        if run is not None:
            label, icon = BADGES[status.state]
            st.badge(label, icon=f":material/{icon}:", color="gray")
            st.caption(in_markdown(run.info().name or run.id))
    if run is not None:
        _outcome(run, status, came_right)
    elif form.config is not None:
        st.markdown(f"{_example(form.config)}{sizes(form.config, words=form.words)}")
        _room(form.config)
        show_going_on()
    else:
        problem = next(iter(form.problems.values()))
        st.markdown(f":material/block: {sentence_in_markdown(problem)}")


def what_was_seen(status: Status, came_right: int | None) -> str:
    """Say what happened in terms of what there was to see: the answer, and where it looked."""
    parts = []
    if came_right is not None:
        parts.append(f"the sequence below first came right at step {came_right:,}")
    if status.val_alignment is not None:
        share = percent(status.val_alignment)
        parts.append(f"{share} of the attention lies on the true places")
    return sentence("; ".join(parts)) if parts else ""


def sizes(config: Config, *, ahead: bool = True, words: int | None = None) -> str:
    """Say in one line how large the model and the training are, and how long it will take.

    ``words`` is how many tokens there are in pairs that no run has yet.
    """
    parts = [
        f"{_parameters(config, words):,} parameters",
        quantity(config.data.n_train, "example"),
        quantity(config.total_steps, "step"),
    ]
    if ahead and not config.data.own_pairs:
        parts.append(f"about {duration(expected_seconds(config))}")
    return " · ".join(parts)


def _example(config: Config) -> str:
    """Return what is to be learned, shown on one sequence; nothing for pairs of one's own."""
    data = config.data
    if data.own_pairs:
        return ""
    if data.any_source:  # the example has symbols that a small vocabulary has not
        data = data.model_copy(update={"vocab_size": len(LETTERS.written) + 1})
    vocabulary = vocabulary_of(data)
    source = read_typed(short_example(data), data, vocabulary)
    length = len(source) if data.any_source else data.sizes.tgt_length
    answer = solve(data.task, [source], length, data.rotate_by)[0]
    return f"**{decode(source, vocabulary)} → {decode(answer, vocabulary)}** · "


def _parameters(config: Config, words: int | None) -> int:
    """Return the size of the model; of pairs of one's own, their run knows the vocabulary."""
    if config.data.path is None or words is not None:
        return config.size(vocab_size=words).parameters
    known = Run(Path(config.data.path).parent).vocabulary()
    return config.size(vocab_size=len(known) if known else None).parameters


def _room(config: Config) -> None:
    """Say which runs will be deleted for this one, before it is started."""
    try:
        doomed = server().store.doomed(config, visitor=hash_token(visitor()))
    except RunError as error:
        st.warning(f"There is no room to train: {error}.", icon=":material/database:")
        return
    if doomed:
        names = ", ".join(in_markdown(run.info().name or run.id) for run in doomed)
        st.caption(f":material/delete: To make room, training will delete {names}.")


def _outcome(run: Run, status: Status, came_right: int | None) -> None:
    """Say in one sentence what happened; while it trains, how large it is."""
    if status.state in ("diverged", "failed"):
        st.error(sentence_in_markdown(status.message), icon=":material/error:")
    elif status.state == "interrupted":
        st.warning(f"Interrupted: {sentence_in_markdown(status.message)}", icon=":material/bolt:")
    elif status.state in ("finished", "stopped") or (
        status.state == "paused" and status.pid is None and status.message
    ):
        st.markdown(f"{sentence_in_markdown(status.message)} {what_was_seen(status, came_right)}")
    else:
        st.markdown(sizes(run.config(), ahead=False))
