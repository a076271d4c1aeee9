"""Text to nodes, by the events of libyaml; nothing is read into what is written.

Only a plain subset of YAML is accepted: mappings, lists, scalars, comments. What is refused
(anchors, tags, duplicate keys ...) is a problem at its place, and the rest of the file is still
read, so that one mistake does not hide another.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import yaml

from harness.files.nodes import MappingNode, Node, Scalar, SequenceNode
from harness.files.problems import Place, Problem
from harness.files.scalars import Value, plain_value
from harness.model.plan import InputFile

LARGEST_FILE = 1 << 20
"""No file that a person writes is larger [bytes]."""
DEEPEST = 20
"""No file that a person can read is nested deeper."""

_REFUSED = re.compile(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]|\r(?!\n)"
)
_NAMES = {"\t": "a tab: use spaces", "\ufeff": "a byte order mark: save the file without it"}


class Loaded(NamedTuple):
    """The tree of a file, unless it cannot be read, what is wrong with it, and the file itself."""

    root: Node | None
    problems: list[Problem]
    file: InputFile


def load(path: Path) -> Loaded:
    """Read a file of YAML."""
    content, problem = read_bytes(path)
    file = InputFile(path, hashlib.sha256(content).hexdigest())
    if problem:
        return Loaded(None, [problem], file)
    return Loaded(*parse(content, str(path)), file)


def read_bytes(path: Path) -> tuple[bytes, Problem | None]:
    """The content of a file, of a large one the beginning; why it cannot be read."""
    if path.exists() and not path.is_file():
        return b"", Problem(str(path), 1, 1, "cannot be read: no regular file")
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1), None
    except OSError as error:
        return b"", Problem(str(path), 1, 1, f"cannot be read: {error.strerror}")


def hashed(path: Path) -> InputFile:
    """The file as it is now; one that cannot be read has no SHA-256."""
    content, problem = read_bytes(path)
    return InputFile(path, "" if problem else hashlib.sha256(content).hexdigest())


def parse(source: str | bytes, name: str) -> tuple[Node | None, list[Problem]]:
    """The tree of a text, and what is wrong with it; no tree when it cannot be read at all."""
    builder = _Builder(name)
    text, builder.problems = characters(source, name)
    if text is None:
        return None, builder.problems
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
            if builder.stopped:
                return None, builder.problems
    except yaml.MarkedYAMLError as error:
        builder.problem(_place(error.problem_mark or error.context_mark), _words(error))
        return None, builder.problems
    if builder.root is None:
        builder.problem(Place(1, 1), "an empty file")
    return builder.root, builder.problems


def characters(source: str | bytes, name: str) -> tuple[str | None, list[Problem]]:
    """The text of a file that a person wrote; none when some of it is refused."""
    if len(source) > LARGEST_FILE:
        return None, [Problem(name, 1, 1, f"larger than {LARGEST_FILE >> 20} MiB")]
    if isinstance(source, bytes):
        try:
            source = source.decode()
        except UnicodeDecodeError as error:
            place = _end_of(error.object[: error.start].decode())
            return None, [Problem(name, *place, "not UTF-8: save the file in UTF-8")]
    problems = [
        Problem(name, *place, _NAMES.get(char, f"the character U+{ord(char):04X}: leave it out"))
        for place, char in _refused(source)
    ]
    return (None if problems else source), problems


def _refused(text: str) -> Iterator[tuple[Place, str]]:
    """The first character of each line that a reader cannot see for what it is."""
    if not _REFUSED.search(text):
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if found := _REFUSED.search(line + "\n"):
            yield Place(number, found.start() + 1), found[0]


def _end_of(text: str) -> Place:
    last_line = text.rpartition("\n")[2]
    return Place(text.count("\n") + 1, len(last_line) + 1)


class _Mark(Protocol):
    """A place in the text, counted from 0."""

    line: int
    column: int


def _place(mark: _Mark | None) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)


def _words(error: yaml.MarkedYAMLError) -> str:
    where = f" that starts in line {error.context_mark.line + 1}" if error.context_mark else ""
    context = f", {error.context}{where}" if error.context else ""
    return f"not YAML: {error.problem}{context}"


class _Builder:
    """Puts nodes together from events."""

    def __init__(self, name: str) -> None:
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self.stopped = False
        self._name = name
        self._open: list[_OpenMapping | _OpenSequence] = []

    def problem(self, place: Place, message: str) -> None:
        self.problems.append(Problem(self._name, *place, message))

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.NodeEvent):
            self._take_node(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._put(self._open.pop().close())
        elif isinstance(event, yaml.DocumentStartEvent):
            self._start_document(event)

    def _start_document(self, event: yaml.DocumentStartEvent) -> None:
        place = _place(event.start_mark)
        if event.version or event.tags:
            self.problem(place, "a directive (%): leave it out")
        if self.root is not None:
            self._stop(place, "a second document: one file holds one")

    def _stop(self, place: Place, message: str) -> None:
        self.problem(place, message)
        self.stopped = True

    def _take_node(self, event: yaml.NodeEvent) -> None:
        place = _place(event.start_mark)
        if isinstance(event, yaml.AliasEvent):
            self.problem(place, f"an alias (*{event.anchor}): write it out")
            self._put(Scalar(place, f"*{event.anchor}", content=f"*{event.anchor}"))
            return
        self._refuse_anchor_and_tag(place, event)
        if isinstance(event, yaml.ScalarEvent):
            self._put(self._scalar(place, event.value, quoted=bool(event.style)))
        elif len(self._open) == DEEPEST:
            self._stop(place, f"nested more than {DEEPEST} deep")
        elif isinstance(event, yaml.MappingStartEvent):
            self._open.append(_OpenMapping(place, self))
        else:
            self._open.append(_OpenSequence(place))

    def _refuse_anchor_and_tag(self, place: Place, event: yaml.NodeEvent) -> None:
        if event.anchor is not None:
            self.problem(place, f"an anchor (&{event.anchor}): write out what it is used for")
        if isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent) and event.tag:
            self.problem(place, f"a tag ({event.tag}): leave it out")

    def _scalar(self, place: Place, text: str, *, quoted: bool) -> Scalar:
        content: Value = text
        if not quoted:
            try:
                content = plain_value(text)
            except ValueError as error:
                self.problem(place, str(error))
        return Scalar(place, text, quoted, content)

    def _put(self, node: Node) -> None:
        if self._open:
            self._open[-1].add(node)
        else:
            self.root = node


class _OpenSequence:
    def __init__(self, place: Place) -> None:
        self._place = place
        self._elements: list[Node] = []

    def add(self, node: Node) -> None:
        self._elements.append(node)

    def close(self) -> SequenceNode:
        return SequenceNode(self._place, tuple(self._elements))


class _OpenMapping:
    def __init__(self, place: Place, builder: _Builder) -> None:
        self._place = place
        self._builder = builder
        self._key: Node | None = None
        self._entries: dict[str, tuple[Scalar, Node]] = {}

    def add(self, node: Node) -> None:
        """Take a key and then its value; of two entries with one key, the first stays."""
        if self._key is None:
            self._key = node
            return
        key, self._key = self._key, None
        if not isinstance(key, Scalar) or not isinstance(key.value, str):
            self._builder.problem(key.place, f"a key is a word in quotes, not {key.describe()}")
        elif first := self._entries.get(key.text):
            self._builder.problem(
                key.place, f"the key {key.text!r} is already in line {first[0].place.line}"
            )
        else:
            self._entries[key.text] = (key, node)

    def close(self) -> MappingNode:
        return MappingNode(self._place, self._entries)
