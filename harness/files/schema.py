"""Checks a file against a JSON Schema (draft 2020-12): every problem at its place, in our words.

A `description` in the schema says what is expected there, for editors and for our messages.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.files.collect import Problems
from harness.files.keys import KeyMistakes
from harness.files.nodes import Node, Scalar
from harness.files.parse import Loaded, load
from harness.files.problems import nearest

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

Schema = Mapping[str, Any]

_TYPES = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "nothing",
    "number": "a number",
    "object": "a mapping",
    "string": "a text",
}
_BOUNDS = {
    "exclusiveMaximum": "less than {}",
    "exclusiveMinimum": "more than {}",
    "maxItems": "at most {} in the list",
    "maxLength": "at most {} characters",
    "maximum": "at most {}",
    "minItems": "at least {} in the list",
    "minLength": "at least {} characters",
    "minProperties": "at least {} keys",
    "minimum": "at least {}",
    "pattern": "a text that matches {}",
}
_UNIONS = ("anyOf", "oneOf")
_MISFITS = ("const", "enum", "type")
_FAR = 4
_CLEARLY = 2


def read(path: Path, schema: Schema) -> Loaded:
    """The tree of a file, and what is wrong with its text and its shape."""
    loaded = load(path)
    if loaded.root is None:
        return loaded
    found = Problems(str(path), loaded.problems)
    check(loaded.root, schema, found)
    return loaded._replace(problems=found.sorted())


def check(root: Node, schema: Schema, found: Problems) -> None:
    """Adds every problem of shape to those found."""
    from jsonschema_rs import Draft202012Validator

    validator = Draft202012Validator(dict(schema))
    _Shape(root, schema, found).explain(validator.iter_errors(root.plain()))


@dataclass(frozen=True, slots=True)
class _Shape:
    """Puts what the validator found into words."""

    root: Node
    schema: Schema
    found: Problems

    def explain(self, errors: Iterable[ValidationError]) -> None:
        of_keys, of_values = _sort(errors)
        for path, mistaken in of_keys.items():
            mapping = self._node(path)
            self._mistakes(mistaken).tell(self.found, mapping, mapping)
        for error in of_values:
            if error.kind.name in _UNIONS:
                self._explain_union(error)
            elif error.kind.name == "propertyNames":
                self._explain_name(error)
            else:
                self._explain_value(error)

    def _mistakes(self, errors: Sequence[ValidationError]) -> KeyMistakes:
        """What is wrong with the keys of one mapping."""
        unknown: list[str] = []
        missing: list[str] = []
        free: dict[str, None] = {}
        for error in errors:
            kind: Any = error.kind
            if kind.name == "required":
                missing.append(kind.property)
            else:
                unknown += kind.unexpected
            free |= dict.fromkeys(self._rule(error).get("properties", ()))
        written = {key.text for key, _ in self._node(errors[0].instance_path).items()}
        return KeyMistakes.of(unknown, missing, [key for key in free if key not in written])

    def _explain_union(self, error: ValidationError) -> None:
        """Explain by the branch that was clearly meant, or say what the choice is."""
        kind: Any = error.kind
        branches = [
            branch for branch in getattr(kind, "context", ()) if not _misfits(branch, error)
        ]
        ranked = sorted((self._distance(branch), i) for i, branch in enumerate(branches))
        if ranked and (len(ranked) == 1 or ranked[0][0] + _CLEARLY <= ranked[1][0]):
            self.explain(branches[ranked[0][1]])
        else:
            self._explain_value(error)

    def _distance(self, errors: Sequence[ValidationError]) -> int:
        """How far a value is from what these errors ask for; unknown keys weigh most."""
        of_keys, of_values = _sort(errors)
        distance = len(of_values)
        for mistaken in of_keys.values():
            mistakes = self._mistakes(mistaken)
            distance += len(mistakes.missing)
            distance += sum(1 if meant else _FAR for meant in mistakes.unknown.values())
        return distance

    def _explain_name(self, error: ValidationError) -> None:
        """A key of a mapping whose keys are names that the file itself gives."""
        kind: Any = error.kind
        expected = self._expected(error)
        keys = {key.text: key for key, _ in self._node(error.instance_path).items()}
        key = keys[kind.error.instance]
        self.found.error(key, f"expected {expected}; found {key.describe()}")

    def _explain_value(self, error: ValidationError) -> None:
        node = self._node(error.instance_path)
        rule = self._rule(error)
        expected = self._expected(error)
        hint = ": write it in quotes" if expected == _TYPES["string"] and _is_bare(node) else ""
        word = node.value if isinstance(node.value, str) else ""
        message = f"expected {expected}; found {node.describe()}{hint}"
        self.found.error(node, message, nearest(word, sorted(_words(rule) - {word})))

    def _expected(self, error: ValidationError) -> str:
        rule, keyword = self._rule(error), str(error.schema_path[-1])
        return str(rule.get("description") or _expected(keyword, rule.get(keyword)))

    def _node(self, path: Iterable[str | int]) -> Node:
        node = self.root
        for part in path:
            child = node.get(part) if isinstance(part, str) else list(node)[part]
            assert child is not None, "the validator saw the plain values of this very tree"
            node = child
        return node

    def _rule(self, error: ValidationError) -> Mapping[str, Any]:
        """The part of the schema that holds the keyword that is not satisfied."""
        rule: Any = self.schema
        for part in error.schema_path[:-1]:
            rule = rule[part]
        return rule if isinstance(rule, Mapping) else {}


def _sort(
    errors: Iterable[ValidationError],
) -> tuple[dict[tuple[str | int, ...], list[ValidationError]], list[ValidationError]]:
    """Errors of keys by the path of their mapping, and errors of values."""
    of_keys: dict[tuple[str | int, ...], list[ValidationError]] = {}
    of_values: list[ValidationError] = []
    for error in errors:
        if error.kind.name in ("additionalProperties", "required"):
            of_keys.setdefault(tuple(error.instance_path), []).append(error)
        else:
            of_values.append(error)
    return of_keys, of_values


def _misfits(branch: Sequence[ValidationError], union: ValidationError) -> bool:
    """Whether a branch of a union is about another kind of value altogether."""
    return any(
        error.kind.name in _MISFITS and error.instance_path == union.instance_path
        for error in branch
    )


def _expected(keyword: str, wanted: Any) -> str:
    match keyword:
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            return " or ".join(_TYPES[kind] for kind in kinds)
        case "enum" | "const":
            options = wanted if keyword == "enum" else [wanted]
            return " or ".join(map(_spelt, options))
        case "uniqueItems":
            return "each element once"
        case "anyOf" | "oneOf":
            return "one of several forms"
        case _:
            return _BOUNDS.get(keyword, keyword + " {}").format(wanted)


def _spelt(option: Any) -> str:
    return repr(option) if isinstance(option, str) else json.dumps(option)


def _words(rule: Any) -> set[str]:
    """The words that a rule allows, those of its branches too."""
    if not isinstance(rule, Mapping):
        return set()
    options = [rule.get("const"), *rule.get("enum", ())]
    words = {option for option in options if isinstance(option, str)}
    branches = (branch for union in _UNIONS for branch in rule.get(union, ()))
    return words.union(*map(_words, branches))


def _is_bare(node: Node) -> bool:
    """Whether quotes would make a text of it."""
    return isinstance(node, Scalar) and not node.quoted and node.value is not None
