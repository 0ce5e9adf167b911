"""The widget of a setting."""

import streamlit as st

from seqflip.ui.parts.fields import Field

_STEPS: dict[str, int | float] = {
    "d_model": 8,
    "d_k": 4,
    "d_v": 8,
    "feed_forward": 32,
    "max_positions": 16,
    "n_train": 1000,
    "n_test": 100,
    "learning_rate": 0.001,
    "batch_size": 16,
    "dropout": 0.05,
    "teacher_forcing_ratio": 0.1,
    "momentum": 0.05,
    "clip_norm": 0.5,
}


def field_widget(field: Field, *, key: str) -> None:
    """Draw the widget that a setting's kind asks for, which keeps its value under a key."""
    kind = field.kind
    if isinstance(kind, tuple):
        st.selectbox(
            field.label,
            kind,
            key=key,
            format_func=field.words.__getitem__,
            help=field.help,
            persist_state="session",
        )
    elif kind is bool:
        st.toggle(field.label, key=key, help=field.help, persist_state="session")
    else:
        st.number_input(
            field.label,
            value=None if field.optional else field.info.default,
            step=_STEPS.get(field.name, kind(1)),
            format="%d" if kind is int else "%g",
            key=key,
            help=field.help,
            placeholder="empty" if field.optional else None,
            persist_state="session",
        )
