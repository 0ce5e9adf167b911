"""Settings in the URL, so that a copied link shows the same page.

A link says only what differs from its preset. What it says wrong is left out, setting by setting,
and told. (Streamlit's own `bind="query-params"` can neither tell nor restore an empty field, and
makes a step in the browser's history of each single setting.)
"""

from collections.abc import Mapping
from typing import Any

from seqflip.ui.parts.fields import BY_NAME, FIELDS, Field, Values

_EMPTY = "none"


def to_link(values: Mapping[str, Any], plain: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters for these values, where they differ from those of the plain page."""
    return {
        field.name: write_value(values[field.name])
        for field in FIELDS
        if values[field.name] != plain[field.name]
    }


def from_link(params: Mapping[str, str], plain: Values) -> tuple[Values, list[str]]:
    """Return the values that a link stands for, and one sentence for each that it says wrong."""
    values, complaints = dict(plain), []
    for name, text in params.items():
        field = BY_NAME.get(name)
        if field is None:
            continue
        value = read_value(field, text)
        if value is not None and field.accepts(value):
            values[name] = value
        elif text == _EMPTY and field.optional:
            values[name] = None
        else:
            complaints.append(
                f"“{field.label}” in the link is {_shown(text)}, which is not {field.valid}; "
                f"it is {write_value(plain[name])} now."
            )
    return values, complaints


def write_value(value: Any) -> str:
    """Write a setting's value."""
    if value is None:
        return _EMPTY
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value!r}" if isinstance(value, float) else str(value)


def read_value(field: Field, text: str) -> Any:
    """Return what the text says, or None when it says nothing of the field's kind."""
    if isinstance(field.kind, tuple):
        return text
    if field.kind is bool:
        return {"yes": True, "no": False}.get(text)
    try:
        return field.kind(text) if len(text) <= 40 else None
    except ValueError:
        return None


def _shown(text: str) -> str:
    return f"“{text if len(text) <= 40 else text[:40] + '…'}”"
