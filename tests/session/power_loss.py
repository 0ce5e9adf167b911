"""A model of a disk that loses power: what it was told to keep is kept, of the rest anything.

It watches what a training writes, and tells what could be found afterwards. Stricter than most file
systems: what was written is sure once the file was synced, and a name (a new file, a rename, a
deletion) once its folder was, each for itself and in no order.
"""

import builtins
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

State = dict[str, bytes | None]
"""What lies where, from the root on: a file's content, or None for a folder."""


class Folder:
    """A folder: the names in it that are sure, and what was done to them since."""

    def __init__(self) -> None:
        self.sure: dict[str, Node] = {}
        self.since: list[dict[str, Node | None]] = []

    def names(self, since: list[dict[str, "Node | None"]]) -> dict[str, "Node"]:
        """Return what it holds if only these of the changes since were kept."""
        found: dict[str, Node | None] = dict(self.sure)
        for change in since:
            found |= change
        return {name: node for name, node in found.items() if node is not None}

    @property
    def now(self) -> dict[str, "Node"]:
        """What a process sees in it."""
        return self.names(self.since)


class File:
    """A file: the content that is sure, and what is in it now."""

    def __init__(self) -> None:
        self.sure = self.now = b""

    def after_loss(self) -> Iterator[bytes]:
        """Return what of it may be found: the old, the new, the new without what it holds, half."""
        yield self.sure
        if self.now == self.sure:
            return
        yield self.now
        pairs = enumerate(zip(self.sure, self.now, strict=False))
        same = next(
            (i for i, (old, new) in pairs if old != new), min(len(self.sure), len(self.now))
        )
        yield self.now[:same] + bytes(len(self.now) - same)
        yield self.now[: (same + len(self.now)) // 2]


Node = Folder | File


class Disk:
    """Watches all that is done below a folder, and calls ``happened`` after each change of it."""

    def __init__(self, root: Path, happened: Callable[["Disk"], None]) -> None:
        self.root, self._happened = root, happened
        self.top = Folder()

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Stand between the program and the real disk."""
        self._open = builtins.open
        for module in (builtins, io):
            monkeypatch.setattr(module, "open", self._opened)
        for name in ("replace", "rename", "unlink", "mkdir", "fsync"):
            watched, original = getattr(self, f"_{name}"), getattr(os, name)
            monkeypatch.setattr(os, name, _after(original, watched))

    def states(self) -> Iterator[State]:
        """Return what may be found if the power is lost now."""
        folders, files = self._changed()
        every = {id(one): one.since for one in folders}
        none: dict[int, list[dict[str, Node | None]]] = {id(one): [] for one in folders}
        for kept in (none, every):  # all names lost, or none; and so with all contents
            for choice in range(4):
                yield self._found(kept, {id(one): choice for one in files})
        for file in files:  # of one file alone
            for choice in (0, 2, 3):
                yield self._found(every, {id(one): 1 for one in files} | {id(file): choice})
        for folder in folders:  # one name alone is lost, or kept
            for i in range(len(folder.since)):
                without = folder.since[:i] + folder.since[i + 1 :]
                yield self._found(every | {id(folder): without}, {id(one): 1 for one in files})
                alone = none | {id(folder): folder.since[i : i + 1]}
                yield self._found(alone, {id(one): 1 for one in files})

    def _changed(self) -> tuple[list[Folder], list[File]]:
        """Return what has changes that are not sure."""
        folders, files, seen, left = [], [], set(), [self.top]
        while left:
            folder = left.pop()
            folders += [folder] * bool(folder.since)
            changes = [node for change in folder.since for node in change.values()]
            for node in [*folder.sure.values(), *changes]:
                if node is None or id(node) in seen:
                    continue
                seen.add(id(node))
                if isinstance(node, Folder):
                    left.append(node)
                elif node.now != node.sure:
                    files.append(node)
        return folders, files

    def _found(
        self, kept: dict[int, list[dict[str, Node | None]]], contents: dict[int, int]
    ) -> State:
        state: State = {}

        def look(folder: Folder, where: str) -> None:
            for name, node in folder.names(kept.get(id(folder), [])).items():
                path = f"{where}{name}"
                if isinstance(node, Folder):
                    state[path] = None
                    look(node, f"{path}/")
                else:
                    possible = list(node.after_loss())
                    state[path] = possible[min(contents.get(id(node), 0), len(possible) - 1)]

        look(self.top, "")
        return state

    def _place(self, path: Any) -> tuple[Folder, str] | None:
        """Return the folder of what lies below the root, and its name there."""
        if isinstance(path, int):
            path = os.readlink(f"/proc/self/fd/{path}")
        found = Path(os.path.abspath(os.fspath(path)))
        if not found.is_relative_to(self.root) or found == self.root:
            return None
        folder = self.top
        for part in found.relative_to(self.root).parts[:-1]:
            inner = folder.now[part]
            assert isinstance(inner, Folder)
            folder = inner
        return folder, found.name

    def _node(self, path: Any) -> Node | None:
        if isinstance(path, int):
            path = os.readlink(f"/proc/self/fd/{path}")
        if Path(path) == self.root:
            return self.top
        place = self._place(path)
        return None if place is None else place[0].now.get(place[1])

    def _opened(self, file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        found = self._open(file, mode, *arguments, **options)
        if not set(mode) & set("wax+") or isinstance(file, int):
            return found
        place = self._place(file)
        if place is None:
            return found
        folder, name = place
        node = folder.now.get(name)
        if node is None:
            node = File()
            folder.since.append({name: node})
        assert isinstance(node, File)
        return _Watched(found, lambda: self._written(node, found, name))

    def _written(self, node: File, file: Any, name: str) -> None:
        file.flush()
        node.now = self._content(file)
        if not name.endswith(".tmp"):  # of these all that counts is what they are when renamed
            self._happened(self)

    def _content(self, file: Any) -> bytes:
        with self._open(f"/proc/self/fd/{file.fileno()}", "rb") as again:
            content: bytes = again.read()
            return content

    def _replace(self, old: Any, new: Any) -> None:
        here, there = self._place(old), self._place(new)
        if here is None or there is None:
            return
        node = here[0].now[here[1]]
        if here[0] is there[0]:  # one change: both names, or neither
            here[0].since.append({here[1]: None, there[1]: node})
        else:
            there[0].since.append({there[1]: node})
            here[0].since.append({here[1]: None})
        self._happened(self)

    _rename = _replace

    def _unlink(self, path: Any) -> None:
        if (place := self._place(path)) is not None:
            place[0].since.append({place[1]: None})
            self._happened(self)

    def _mkdir(self, path: Any, mode: int = 0o777) -> None:
        if (place := self._place(path)) is not None:
            place[0].since.append({place[1]: Folder()})
            self._happened(self)

    def _fsync(self, descriptor: int) -> None:
        node = self._node(descriptor)
        if isinstance(node, File):
            node.sure = node.now
        elif isinstance(node, Folder):
            node.sure, node.since = node.now, []
        if node is not None:
            self._happened(self)


def _after(original: Callable[..., Any], watched: Callable[..., None]) -> Callable[..., Any]:
    def both(*arguments: Any, **options: Any) -> Any:
        found = original(*arguments, **options)
        watched(*arguments, **options)
        return found

    return both


class _Watched:
    """A file of which each write is told."""

    def __init__(self, file: Any, written: Callable[[], None]) -> None:
        self._file, self._written = file, written

    def write(self, content: Any) -> int:
        count: int = self._file.write(content)
        self._written()
        return count

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> "_Watched":
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()
