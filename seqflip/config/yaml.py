"""Reads YAML as plain data: mappings, lists, numbers, texts, true/false and null, nothing else.

YAML can do much more, and most of it surprises: `1e-3` is a text, `no` is false, a later key
silently replaces an earlier one, and ten lines of anchors grow into gigabytes. Here each of
these is either read as it looks or refused with the line it stands in.
"""

import re
from collections.abc import Mapping

import yaml

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

MAX_BYTES = 100_000
TOO_LONG = f"this is longer than the {MAX_BYTES:,} bytes a configuration may have"
MAX_DEPTH = 8
MAX_VALUES = 2_000  # keys count as well
MAX_DIGITS = 300  # no float is longer

_CONSTANTS: dict[str, Plain] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_RARE_BREAKS = re.compile("[\x85\u2028\u2029]")  # they end a line of YAML, unless they are escaped
_WHOLE = re.compile(r"[-+]?[0-9]+(_[0-9]+)*", re.ASCII)
_REAL = re.compile(
    r"[-+]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|\.?inf(?:inity)?)|\.?nan",
    re.ASCII | re.IGNORECASE,
)


def read_yaml(text: str) -> Plain:
    """Turn YAML text into plain data; None when there is nothing but comments.

    Raises
    ------
    ValueError
        In one sentence with the line, if the text is too long, is not YAML, or uses what is
        refused here: anchors and aliases, tags, a key twice, deep nesting, thousands of values,
        several documents.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise ValueError(TOO_LONG)
    try:
        _refuse_tricks(text)
        node = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1} " if error.problem_mark else "this "
        problem = " ".join(f"{error.context or ''} {error.problem or ''}".split())
        raise ValueError(f"{line}is not valid YAML: {problem}") from None
    except yaml.reader.ReaderError as error:
        line_number = text.count("\n", 0, error.position) + 1
        raise ValueError(
            f"line {line_number} holds the unprintable character "
            f"U+{ord(text[error.position]):04X}; YAML is plain text"
        ) from None
    return None if node is None else _plain(node)


def write_yaml(values: Mapping[str, Plain]) -> str:
    """Write plain data so that `read_yaml` reads the same again."""
    return yaml.dump(values, Dumper=_Dumper, sort_keys=False, allow_unicode=True)


class _Dumper(yaml.SafeDumper):
    """Puts quotes around each text that would be read as something else without them."""

    def represent_text(self, text: str) -> yaml.ScalarNode:
        looks_like_text = len(text) <= MAX_DIGITS and isinstance(_unquoted(text), str)
        looks_like_text = looks_like_text and not _RARE_BREAKS.search(text)
        return self.represent_scalar(
            "tag:yaml.org,2002:str", text, style=None if looks_like_text else '"'
        )


_Dumper.add_representer(str, _Dumper.represent_text)


def _refuse_tricks(text: str) -> None:
    """Look at the parser's events, so that nothing is built before it is known to be harmless."""
    depth = documents = values = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise ValueError(
                f"line {line} uses a YAML anchor or alias (& or *); write the value out"
            )
        if (tag := getattr(event, "tag", None)) is not None:
            raise ValueError(f"line {line} uses the YAML tag {tag[:60]}; write the plain value")
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise ValueError(f"line {line} begins a second YAML document; one is allowed")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise ValueError(f"line {line} is nested more than {MAX_DEPTH} levels deep")
        values += isinstance(event, yaml.NodeEvent)
        if values > MAX_VALUES:
            raise ValueError(f"line {line} goes beyond the {MAX_VALUES:,} keys and values allowed")


def _plain(node: yaml.Node) -> Plain:
    if isinstance(node, yaml.ScalarNode):
        return _scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    mapping: dict[str, Plain] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise ValueError(f"line {line} has a list or a mapping as a key; a key is a name")
        if key.value in mapping:
            raise ValueError(f"line {line} gives {key.value} a second time; say it once")
        mapping[key.value] = _plain(value)
    return mapping


def _scalar(node: yaml.ScalarNode) -> Plain:
    text: str = node.value
    if node.style is not None:  # quoted or block text is never a number
        return text
    if len(text) > MAX_DIGITS and _WHOLE.fullmatch(text):
        raise ValueError(f"line {node.start_mark.line + 1} has a number of {len(text):,} digits")
    return _unquoted(text)


def _unquoted(text: str) -> Plain:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    if len(text) <= MAX_DIGITS and _REAL.fullmatch(text):  # longer ones would take long to match
        return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text
