"""`harness plan diff`: what differs between two plans, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from harness.cli.options import records_option
from harness.plans.diff.compare import compare, read_form
from harness.plans.diff.difference import Difference
from harness.plans.resolve import load_plans
from harness.plans.words import Form
from harness.records.query import Reader
from harness.steps import catalogue

_HASH = re.compile("[0-9a-f]{8,64}")


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@records_option("The record store that holds the plans named by their hash.")
@click.option("--json", "as_json", is_flag=True, help="Each difference as a line of JSON.")
def diff(before: str, after: str, store: Path, as_json: bool) -> None:
    """Say in words what differs between two plans.

    A and B are plan files, or the SHA-256 of a plan that a run in the record store
    was made by, or at least 8 of its first digits.

    Example: harness plan diff 7ee1bde0 testplans/a57-final.yaml
    """
    one, two = _side(before, store), _side(after, store)
    one, two = one.beside(two), two.beside(one)
    found = compare(one.forms, two.forms)
    for difference in found:
        click.echo(json.dumps(asdict(difference)) if as_json else _line(difference))
    if not found and not as_json:
        for variant, form in two.forms.items():
            of = f"variant {variant} " if variant else ""
            name = f"{form['plan']} revision {form['revision']} {of}{two.hashes[variant]}"
            click.echo(f"no difference: {name}")


def _line(difference: Difference) -> str:
    own = difference.variant and difference.what != "variant"
    return f"variant {difference.variant}: {difference.words}" if own else difference.words


@dataclass(frozen=True, slots=True)
class _Side:
    """The canonical forms of a plan and their hashes, by variants; a run was made by one."""

    forms: Mapping[str, Form]
    hashes: Mapping[str, str]
    ran: bool = False

    def beside(self, other: _Side) -> _Side:
        """Only the variant that the other one is, where that is a plan that ran."""
        variant = next(iter(other.forms))
        if not other.ran or variant not in self.forms:
            return self
        return _Side({variant: self.forms[variant]}, {variant: self.hashes[variant]}, self.ran)


def _side(word: str, store: Path) -> _Side:
    if Path(word).exists() or not _HASH.fullmatch(word):
        plans = load_plans(Path(word), catalogue()).plans
        forms = {name: json.loads(plan.canonical) for name, plan in plans.items()}
        return _Side(forms, {name: plan.sha256 for name, plan in plans.items()})
    with Reader(store) as reader:
        names = reader.documents(word)
        if len(names) != 1:
            found = "has several plans" if names else "has no plan"
            raise click.UsageError(f"{store} {found} whose hash begins with {word}")
        text = reader.document(names[0])
    try:
        form = read_form(text)
    except ValueError as error:
        raise click.UsageError(f"{names[0]}: {error}") from None
    variant = str(form.get("variant", ""))
    return _Side({variant: form}, {variant: names[0]}, ran=True)
