"""Pairs of one's own, pasted or dropped: read at once, shown as the model will see them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

import streamlit as st
from markupsafe import Markup

from seqflip.config.section import quantity
from seqflip.config.sections import SPELLINGS, DataConfig
from seqflip.data.pairs.pairs import Pairs
from seqflip.server.brought import BroughtError, File, bring, read_brought
from seqflip.server.limits import ServerLimits
from seqflip.ui.as_typed import in_html
from seqflip.ui.labels import sentence
from seqflip.ui.shell.keys import visitor
from seqflip.ui.shell.server import server

BUILT_IN, OWN = "A built-in task", "Your own pairs"
SOURCE: Final = "data_source"
"""In the session: which of the two is trained on."""

FEW: Final = 500
ENOUGH: Final = 2000
STEPS: Final = 800
_SHOWN: Final = 10
_TOLD: Final = 200  # lines that were left out
_WIDGETS: Final = {
    "pairs_text": "",
    "pairs_tokens": SPELLINGS[0],
    "pairs_lower_case": False,
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
    pairs : Pairs
    words : int
        How many tokens there are, the mark that ends a sequence included.
    longest : pair of int
        Tokens in the longest source and target.
    """

    data: DataConfig
    pairs: Pairs
    words: int
    longest: tuple[int, int]


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
        "read in the place of what is pasted, and kept with what you train on them.",
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
    pairs, words, longest = _measured(path, state.pairs_tokens, state.pairs_lower_case)
    total = len(pairs.sources)
    if total < 2:
        raise BroughtError("one pair alone cannot be learned; give at least two")
    held_out = min(max(1, round(total * state.pairs_held_out / 100)), total - 1)
    _check(total, words, max(longest), limits)
    data = DataConfig(
        task="pairs",
        path=str(path),
        tokens=state.pairs_tokens,
        lower_case=state.pairs_lower_case,
        n_train=total - held_out,
        n_test=held_out,
    )
    return Brought(data, pairs, words, longest)


@st.cache_resource(max_entries=16, show_spinner=False)
def _measured(path: Path, tokens: str, lower_case: bool) -> tuple[Pairs, int, tuple[int, int]]:
    """Read pairs and measure them once: there may be a hundred thousand."""
    pairs = read_brought(path, tokens=tokens, lower_case=lower_case)
    words = {token for one in (*pairs.sources, *pairs.targets) for token in one}
    source, target = (max(map(len, side)) for side in (pairs.sources, pairs.targets))
    return pairs, len(words) + 1, (source, target)


def _check(pairs: int, words: int, longest: int, limits: ServerLimits) -> None:
    """Refuse what is too large for this server."""
    for what, value, most, remedy in (
        ("pairs", pairs, limits.max_examples, "bring fewer"),
        ("different tokens", words, limits.max_vocab_size, "take letters, or bring fewer words"),
        ("tokens in the longest", longest, limits.max_length, "leave the longest out"),
    ):
        if value > most:
            raise BroughtError(f"{value:,} {what} are more than this server's {most:,}; {remedy}")


def _preview(found: Brought) -> None:
    """Draw what was read, and whether it is enough."""
    pairs, data = found.pairs, found.data
    source, target = found.longest
    st.markdown(
        f"**{len(pairs.sources):,} pairs** · {data.n_train:,} to train on, {data.n_test:,} held "
        f"out · {found.words - 1:,} different {data.tokens} · up to {source} → {target}"
    )
    st.caption(verdict(len(pairs.sources), data.tokens))
    _longer(data.n_train)
    st.html(_table(pairs))
    for decided in pairs.decisions:
        st.caption(sentence(decided))
    if pairs.left_out:
        with st.expander(f"Left out: {quantity(len(pairs.left_out), 'line')}"):
            lines = (f"line {one.line:,}: {one.reason}" for one in pairs.left_out)
            st.text("\n".join(islice(lines, _TOLD)))


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
            f"{pairs:,} pairs of {tokens} are few: expect it to learn them by heart, and little of "
            f"what they have in common; {ENOUGH:,} would do better."
        )
    if pairs < ENOUGH:
        return f"{pairs:,} pairs may do where the rule is simple; {ENOUGH:,} would do better."
    return "Enough to begin with."


def _table(pairs: Pairs) -> Markup:
    rows = (
        _ROW.format(_tokens(source), _tokens(target))
        for source, target in islice(zip(pairs.sources, pairs.targets, strict=True), _SHOWN)
    )
    return _TABLE.format(Markup("").join(rows))


def _tokens(side: Sequence[str]) -> Markup:
    return Markup("").join(_TOKEN.format(in_html(token)) for token in side)
