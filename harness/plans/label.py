"""Reads a label file: what a scan of the label holds."""

from __future__ import annotations

import re
from pathlib import Path

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.problems import nearest
from harness.files.schema import read
from harness.model.label import FIELDS, OTHER, SEPARATOR, Label
from harness.model.plan import InputFile
from harness.plans.schema import LABEL_SCHEMA
from harness.plans.values import expression, text, whole


def read_label(path: Path) -> tuple[InputFile, Label | None, Problems]:
    """The file, the form of label, unless there are errors, and the problems of the file."""
    root, shape, file = read(path, LABEL_SCHEMA)
    found = Problems(str(path), shape)
    label = _label(root, found) if root else None
    return file, label, found


def _label(root: Node, found: Problems) -> Label | None:
    name, revision, scan = text(root.get("label")), whole(root.get("revision")), root.get("scan")
    if name is None or revision is None or scan is None:
        return None  # a problem of shape, already told
    pattern, fields = scan.get("matches"), scan.get("fields")
    try:
        if pattern:
            written = expression(pattern, found)
            return None if written is None else Label(name, revision, written, written)
        return _of_fields(name, revision, fields, scan, found) if fields else None
    except ValueError as error:
        found.error(pattern or fields or scan, str(error))
        return None


def _of_fields(name: str, revision: int, fields: Node, scan: Node, found: Problems) -> Label | None:
    words = [text(field) for field in fields]
    for field, word in zip(fields, words, strict=True):
        if word is not None and word not in (*FIELDS, OTHER):
            known = (*FIELDS, OTHER)
            message = f"a label has no field {field.describe()}: there are {', '.join(known)}"
            found.error(field, message, nearest(word, known))
            return None
    separator = text(scan.get("separator")) or ""
    known_words = [word for word in words if word]
    if not re.fullmatch(SEPARATOR, separator) or len(known_words) < len(words) or not words:
        return None  # a problem of shape, already told
    return Label.of_fields(name, revision, known_words, separator)
