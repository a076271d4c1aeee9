"""Reads a label file: what the scans of the label hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from harness.files.collect import Problems
from harness.files.nodes import Node
from harness.files.problems import nearest
from harness.files.schema import read
from harness.model.label import Label
from harness.model.plan import InputFile
from harness.model.scan import AI, FIELDS, OTHER, SEPARATOR, Elements, Expression, Form, Pairs
from harness.plans.schema import LABEL_SCHEMA
from harness.plans.values import expression, text, whole


def read_label(path: Path) -> tuple[InputFile | None, Label | None, Problems]:
    """The file, the form of label, unless there are errors, and the problems of the file."""
    root, shape, file = read(path, LABEL_SCHEMA)
    found = Problems(str(path), shape)
    label = _label(root, found) if root else None
    return file, label, found


def _label(root: Node, found: Problems) -> Label | None:
    name, revision = text(root.get("label")), whole(root.get("revision"))
    scan, scans = root.get("scan"), root.get("scans")
    if scan and scans:
        found.error(scans, "there is a scan already: put all of them under scans")
    codes = [scan] if scan else list(scans or ())
    forms = [form for code in codes if (form := _form(code, found))]
    if not (scan or scans) and not found.sorted():
        found.error(root, "missing key 'scan', or 'scans' for a label of several codes")
    if name is None or revision is None or len(forms) < len(codes) or found.sorted():
        return None  # each of them has been told
    try:
        return Label(name, revision, tuple(forms))
    except ValueError as error:
        found.error(_place(codes[0]) if scan else scans or root, str(error))
        return None


def _form(code: Node, found: Problems) -> Form | None:
    marks = tuple(mark for node in code.get("identifiers") or () if (mark := text(node)))
    try:
        if pattern := code.get("matches"):
            written = expression(pattern, found)
            return None if written is None else Expression(written, written, marks)
        if fields := code.get("fields"):
            return _of_fields(fields, code, marks, found)
        if gs1 := code.get("gs1"):
            shaped = all(re.fullmatch(AI, text(ai) or "") for _, ai in gs1.items())
            return Elements(_named(gs1), marks) if shaped else None  # else already told
        if keys := code.get("keys"):
            between, sign = text(code.get("separator")) or "&", text(code.get("sign")) or "="
            shaped = all(re.fullmatch(SEPARATOR, mark) for mark in (between, sign))
            return Pairs(_named(keys), between, sign, marks) if shaped else None
    except ValueError as error:
        found.error(_place(code), str(error))
    return None


def _of_fields(
    fields: Node, code: Node, marks: tuple[str, ...], found: Problems
) -> Expression | None:
    words = [text(field) for field in fields]
    for field, word in zip(fields, words, strict=True):
        if word is not None and word not in (*FIELDS, OTHER):
            known = (*FIELDS, OTHER)
            message = f"a label has no field {field.describe()}: there are {', '.join(known)}"
            found.error(field, message, nearest(word, known))
            return None
    separator = text(code.get("separator")) or ""
    known_words = [word for word in words if word]
    if not re.fullmatch(SEPARATOR, separator) or len(known_words) < len(words) or not words:
        return None  # a problem of shape, already told
    return Expression.of_fields(known_words, separator, marks)


def _named(fields: Node) -> Mapping[str, str]:
    """What stands for each field that a label knows; others are a problem of shape."""
    known = ((key.text, text(node)) for key, node in fields.items() if key.text in FIELDS)
    return {field: said for field, said in known if said}


def _place(code: Node) -> Node:
    """The part of a code that says its fields."""
    parts = (code.get(name) for name in ("matches", "fields", "gs1", "keys"))
    return next((part for part in parts if part), code)
