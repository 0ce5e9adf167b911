"""Pairs of one's own, pasted or dropped: read at once, shown as the model will see them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import streamlit as st
from markupsafe import Markup

from seqflip.config.section import quantity
from seqflip.config.sections import SPELLINGS, DataConfig
from seqflip.server.brought import BroughtError, File, bring
from seqflip.server.limits import ServerLimits
from seqflip.server.measured import MeasuredPairs, Pair, measure
from seqflip.ui.as_typed import in_html, sentence_in_markdown
from seqflip.ui.labels import sentence
from seqflip.ui.shell.keys import visitor
from seqflip.ui.shell.server import server

BUILT_IN, OWN = "A built-in task", "Your own pairs"
SOURCE: Final = "data_source"
"""In the session: which of the two is trained on."""

FEW: Final = 500
ENOUGH: Final = 2000
STEPS: Final = 800
_WIDGETS: Final = {
    "pairs_text": "",
    "pairs_header": False,
    "pairs_tokens": SPELLINGS[0],
    "pairs_lower_case": False,
    "pairs_punctuation": False,
    "pairs_min_count": 1,
    "pairs_max_tokens": None,
    "pairs_held_out": 10,
}
_TABLE = Markup(
    '<div class="seqflip-scroll" tabindex="0" role="region" aria-label="Pairs as the model sees '
    'them"><table class="seqflip-pairs"><thead><tr><th scope="col">Source</th>'
    '<th scope="col">Target</th></tr></thead><tbody>{}</tbody></table></div>'
)
_ROW = Markup("<tr><td>{}</td><td>{}</td></tr>")
_TOKEN = Markup("<span>{}</span>")


@dataclass(frozen=True)
class Brought:
    """Pairs that can be trained on.

    Attributes
    ----------
    data : DataConfig
    found : MeasuredPairs
    """

    data: DataConfig
    found: MeasuredPairs


def choose_source() -> bool:
    """Draw the choice of what is trained on; return whether it is pairs of one's own."""
    st.session_state.setdefault(SOURCE, BUILT_IN)
    st.segmented_control(
        "Data", [BUILT_IN, OWN], key=SOURCE, required=True, label_visibility="collapsed"
    )
    return bool(st.session_state[SOURCE] == OWN)


def pairs_form(limits: ServerLimits) -> tuple[Brought | None, str]:
    """Draw the box and what was read; return it, or what is wrong with it."""
    for name, value in _WIDGETS.items():
        if st.session_state.get(name) is None:
            st.session_state[name] = value
    left, right = st.columns(2, gap="medium")
    with left:
        files = _box()
    if not files:
        told = "Paste pairs, one on each line, or drop a file of them."
        right.info(told, icon=":material/content_paste:")
        return None, told
    try:
        found = _read(files, limits)
    except BroughtError as error:
        right.error(sentence(error), icon=":material/error:")
        return None, sentence(error)
    with right:
        _preview(found)
    return found, ""


def _box() -> list[File]:
    """Draw where pairs are brought, and how they are read; return what was brought."""
    st.text_area(
        "Pairs",
        key="pairs_text",
        height=150,
        max_chars=1_000_000,
        persist_state="session",
        placeholder="hello, bonjour\ngood evening, bonsoir\n…",
        help="A pair on each line: the source, then a comma or a tab, then the target.",
    )
    dropped = st.file_uploader(
        "or files",
        key="pairs_files",
        accept_multiple_files=True,
        max_upload_size=10,
        help="CSV, TSV, JSON lines, SCAN, CMUdict; or two files, sources and targets. They are "
        "read instead of what is pasted, and kept with what you train on them.",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.segmented_control(
            "A token is",
            SPELLINGS,
            key="pairs_tokens",
            required=True,
            format_func={"words": "each word", "letters": "each letter"}.__getitem__,
            persist_state="session",
        )
        st.toggle("Lower case", key="pairs_lower_case", persist_state="session")
        st.toggle(
            "First line is a header",
            key="pairs_header",
            persist_state="session",
            help="A first line of the usual names, such as source and target, is known as one "
            "without this.",
        )
        st.toggle(
            "Punctuation apart",
            key="pairs_punctuation",
            disabled=st.session_state.pairs_tokens == "letters",
            persist_state="session",
            help="Each sign of punctuation is a word of its own, so that a word is the same before "
            "a comma as elsewhere.",
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            "Tokens seen at least",
            1,
            1000,
            key="pairs_min_count",
            width=160,
            persist_state="session",
            help="Tokens that occur less often are read as one, <unknown>, as are words that "
            "nobody taught when you type them later.",
        )
        st.number_input(
            "Longest side",
            1,
            1000,
            value=None,
            key="pairs_max_tokens",
            width=140,
            placeholder="any",
            persist_state="session",
            help="Pairs with more tokens on a side are left out.",
        )
        st.number_input(
            "Held out, in %",
            5,
            50,
            step=5,
            key="pairs_held_out",
            width=140,
            persist_state="session",
            help="The share that is not trained on: what is measured is measured on these.",
        )
    if dropped:
        return [File(one.name, one.getvalue()) for one in dropped]
    text = st.session_state.pairs_text.strip()
    return [File("pasted", text.encode())] if text else []


def _read(files: Sequence[File], limits: ServerLimits) -> Brought:
    state = st.session_state
    path = bring(server().store.root, files, visitor())
    reading: dict[str, Any] = {
        "tokens": state.pairs_tokens,
        "lower_case": state.pairs_lower_case,
        "punctuation": state.pairs_punctuation and state.pairs_tokens == "words",
        "min_count": state.pairs_min_count,
        "max_tokens": state.pairs_max_tokens,
        "header": True if state.pairs_header else None,
    }
    found = _measured(path, reading)
    total = found.pairs
    if total < 2:
        raise BroughtError("one pair alone cannot be learned; give at least two")
    held_out = min(max(1, round(total * state.pairs_held_out / 100)), total - 1)
    _check(found, limits)
    sizes = {"n_train": total - held_out, "n_test": held_out}
    return Brought(DataConfig(task="pairs", path=str(path), **reading, **sizes), found)


@st.cache_resource(max_entries=16, show_spinner=False)
def _measured(path: Path, reading: dict[str, Any]) -> MeasuredPairs:
    """Read pairs once for each way of reading them."""
    return measure(path, reading)


def _check(found: MeasuredPairs, limits: ServerLimits) -> None:
    """Refuse what is too large for this server."""
    longest = max(found.source, found.target)
    for what, value, most, remedy in (
        ("pairs", found.pairs, limits.max_examples, "bring fewer"),
        (
            "different tokens",
            found.words,
            limits.max_vocab_size,
            "take letters, or let rare words be unknown",
        ),
        (
            "tokens in the longest",
            longest,
            limits.max_length,
            f"set “Longest side” to {limits.max_length}",
        ),
    ):
        if value > most:
            raise BroughtError(f"{value:,} {what} are more than this server's {most:,}; {remedy}")


def _preview(brought: Brought) -> None:
    """Draw what was read, and whether it is enough."""
    found, data = brought.found, brought.data
    st.markdown(
        f"**{found.pairs:,} pairs** · {data.n_train:,} to train on, {data.n_test:,} held "
        f"out · {found.words - 1:,} different {data.tokens} · up to {found.source} → {found.target}"
    )
    st.caption(verdict(found.pairs, data.tokens))
    _longer(data.n_train)
    st.html(_table(found.first))
    for decided in found.decisions:
        st.caption(sentence_in_markdown(sentence(decided)))
    if found.left_out:
        with st.expander(f"Left out: {quantity(found.left_out, 'line')}"):
            st.text("\n".join(f"line {line:,}: {reason}" for line, reason in found.reasons))


def _longer(n_train: int) -> None:
    """Offer more epochs where those that are set make few steps."""
    epochs, batch_size = (st.session_state.get(name) for name in ("epochs", "batch_size"))
    if not epochs or not batch_size:
        return  # something is wrong with them, which is told where they stand
    by_epoch = math.ceil(n_train / min(batch_size, n_train))
    wanted = min(math.ceil(STEPS / by_epoch), server().limits.max_epochs)
    if epochs * by_epoch >= STEPS / 2 or wanted <= epochs:
        return

    def set_epochs() -> None:
        st.session_state.epochs = wanted

    steps = quantity(epochs * by_epoch, "step")
    st.button(
        f"{quantity(epochs, 'epoch')} of these are {steps}: take {wanted:,}",
        key="pairs_epochs",
        icon=":material/more_time:",
        on_click=set_epochs,
        help=f"Then it takes about {STEPS:,} steps, which a task like reversing needs.",
    )


def verdict(pairs: int, tokens: str) -> str:
    """Say whether so many pairs are enough."""
    if pairs < FEW:
        return (
            f"{pairs:,} pairs of {tokens} are few: it may learn them by heart, and little of what "
            f"they have in common; {ENOUGH:,} would do better."
        )
    if pairs < ENOUGH:
        return f"{pairs:,} pairs may do where the rule is simple; {ENOUGH:,} would do better."
    return "Enough to begin with."


def _table(pairs: Sequence[Pair]) -> Markup:
    rows = (_ROW.format(_tokens(source), _tokens(target)) for source, target in pairs)
    return _TABLE.format(Markup("").join(rows))


def _tokens(side: Sequence[str]) -> Markup:
    return Markup("").join(_TOKEN.format(in_html(token)) for token in side)
