"""The hash of a plan with all its files: every change of meaning changes it, and nothing else."""
# ruff: noqa: E501 (a change a line)

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.files.parse import parse
from harness.plans.resolve import resolve
from tests.plans import bundle
from tests.plans.catalogue import CATALOGUE
from tests.plans.test_canonical import rewritten
from tests.plans.told import changed

Hash = Callable[[str, str], str]


@pytest.fixture(scope="module")
def sha256(tmp_path_factory: pytest.TempPathFactory) -> Hash:
    """The hash of the plan for `ae`, one of its files with another content."""
    folder: Path = tmp_path_factory.mktemp("bundle")

    def of(file: str, text: str) -> str:
        return bundle.whole(folder, {file: text}).named("ae").sha256

    return of


def test_the_canonical_form_is_pinned(sha256: Hash) -> None:
    """A change here changes the name of every plan ever recorded: it must be meant."""
    assert (
        sha256("plan.yaml", bundle.PLAN)
        == "530ae51dd38eb88247e3ac060db589d4f7d322d1affc6c7761808c66c5589baf"
    )


SAME = [
    ("plan.yaml", "# everything at once\n", ""),
    ("plan.yaml", "{max_runs: 4, other_slot_after: 2}", "{then: rework, other_slot_after: 2, max_runs: 4}"),
    ("plan.yaml", "needs: [supply, callbox]", "needs: [callbox, supply]"),
    ("plan.yaml", "expect: 12 s", "expect: 0.2 min"),
    ("plan.yaml", "only: {variant: [ae]}", "only:\n      variant:\n        - 'ae'"),
    ("plan.yaml", "    only: {variant: [ae]}\n", ""),
    ("plan.yaml", "  pk: {sku: A57-PK}\n", "  pk: {sku: A57-PK}\n  us: {sku: A57-US}\n"),
    ("limits.yaml", "low: 450 mA", "low: 0.45 A"),
    ("limits.yaml", "revision: 9", "revision: 10"),
    ("limits.yaml", "{near: golden, within: 5 %, guard: 10 mV}", "{low: 3.99 V, high: 4.41 V, guard: 0.010 V}"),
    ("limits.yaml", "{near: golden, within: 5 dB}", "{low: -52 dBm, high: -42 dBm}"),
    ("limits.yaml", "{one_of: [1, 2]}", "{one_of: [3]}"),
    ("limits.yaml", "['86012345', '86012346']", "['86012346']"),
    ("golden.yaml", "4200 mV", "4.2 V"),
    ("golden.yaml", "R. Khan", "S. Khan"),
    ("golden.yaml", "2027-04-01", "2027-05-01"),
    ("mask.csv", "# an edge\n", ""),
    ("mask.csv", "x [cy/px],low [1],high [1]\n", "x [cy/px],low [1],high [1]\n# rows\n"),
    ("mask.csv", "0.25,0.2,", "0.250,0.20,"),
    ("label.yaml", "revision: 3", "revision: 4"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new"), SAME, ids=range(len(SAME)))
def test_what_means_the_same_for_a_variant_keeps_its_hash(
    sha256: Hash, file: str, old: str, new: str
) -> None:
    assert sha256(file, changed(old, new, bundle.FILES[file])) == sha256("plan.yaml", bundle.PLAN)


OTHER = [
    ("plan.yaml", "A57-AE", "A57-UAE"),
    ("plan.yaml", "max_runs: 4", "max_runs: 5"),
    ("plan.yaml", "other_slot_after: 2", "other_slot_after: 1"),
    ("plan.yaml", "needs: [supply, callbox]", "needs: [supply]"),
    ("plan.yaml", "expect: 12 s", "expect: 13 s"),
    ("plan.yaml", "        expect: 12 s\n", ""),
    ("plan.yaml", "any_order:", "parallel:"),
    ("plan.yaml", "id: bench", "id: bank"),
    ("plan.yaml", "only: {variant: [ae]}", "only: {variant: [pk]}"),
    ("plan.yaml", "fast: true", "fast: false"),
    ("limits.yaml", "{near: golden, within: 5 %, guard: 10 mV}", "{near: golden, within: 6 %, guard: 10 mV}"),
    ("limits.yaml", "marginal: 20 mA", "marginal: 21 mA"),
    ("limits.yaml", ", marginal: 20 mA", ""),
    ("limits.yaml", "not offered", "record only"),
    ("limits.yaml", "'record only, may be unknown'", "record only"),
    ("limits.yaml", "{equals: 1}", "{equals: 2}"),
    ("limits.yaml", "code: BAT-07", "code: BAT-08"),
    ("limits.yaml", "charges too slowly", "charges slowly"),
    ("limits.yaml", "bin: B", "bin: D"),
    ("limits.yaml", "  IMEI-NOT-WRITTEN: {code: ID-1, words: has no IMEI, bin: C}\n", ""),
    ("limits.yaml", "charge.current:LOW", "charge.current:HIGH"),
    ("golden.yaml", "4200 mV", "4201 mV"),
    ("golden.yaml", "-47 dBm", "-46 dBm"),
    ("mask.csv", "0.25,0.2,", "0.25,0.21,"),
    ("mask.csv", "0.5,0.05,0.6", "0.5,0.05,"),
    ("mask.csv", "0.25,0.2,\n", "0.25,0.2,\n0.3,0.2,\n"),
]  # fmt: skip


def test_every_change_of_meaning_changes_the_hash(sha256: Hash) -> None:
    hashes = {sha256(file, changed(old, new, bundle.FILES[file])) for file, old, new in OTHER}
    assert len({sha256("plan.yaml", bundle.PLAN), *hashes}) == len(OTHER) + 1


def test_leaving_a_group_changes_the_hash(sha256: Hash) -> None:
    inside = "      - {id: radio, use: catalogue.radio, timeout: 30 s, with: {ssid: REF-5G}}\n"
    filled = changed(
        inside, inside + "      - {id: more, use: catalogue.blink, timeout: 1 s}\n", bundle.PLAN
    )
    outside = changed(
        inside,
        "  " + inside.strip() + "\n",
        changed(
            "  - id: bench\n    any_order:\n      - id: charge",
            "  - id: bench\n    any_order:\n      - {id: more, use: catalogue.blink, timeout: 1 s}\n      - id: charge",
            bundle.PLAN,
        ),
    )
    assert sha256("plan.yaml", filled) != sha256("plan.yaml", outside)


def quoted(text: str) -> str:
    """Identities keep the quotes that an independent writer leaves out."""
    return re.sub(r"(?<!')(A57\[A-Z\]\[0-9\]\{6\})(?!')", r"'\1'", text)


@settings(deadline=None, max_examples=50)
@given(
    st.integers(0, 2**32),
    st.booleans(),
    st.sampled_from(["plan.yaml", "limits.yaml", "golden.yaml"]),
)
def test_order_of_keys_style_and_spelling_do_not_change_the_hash(
    sha256: Hash, seed: int, in_flow: bool, file: str
) -> None:
    root, _ = parse(bundle.FILES[file], file)
    assert root
    tree = rewritten(root.plain(), random.Random(seed))
    text = "# a comment\n" + yaml.safe_dump(tree, sort_keys=False, default_flow_style=in_flow)
    assert sha256(file, quoted(text.replace("'2026-10-01'", "2026-10-01"))) == sha256(
        "plan.yaml", bundle.PLAN
    )


def test_the_limit_set_is_named_by_what_it_gives_a_variant(tmp_path: Path) -> None:
    one = bundle.whole(tmp_path, {}).plans
    other = bundle.whole(
        tmp_path, {"limits.yaml": changed("{equals: 1}", "{equals: 2}", bundle.LIMITS)}
    ).plans
    assert one["ae"].limits
    assert other["ae"].limits
    assert one["ae"].limits.sha256 != other["ae"].limits.sha256
    assert one["pk"].limits == other["pk"].limits


def test_the_files_stand_under_their_roles(tmp_path: Path) -> None:
    plans = bundle.whole(tmp_path, {})
    assert {role: file.path.name for role, file in plans.any.files.items()} == {
        "plan": "plan.yaml",
        "limits": "limits.yaml",
        "golden": "golden.yaml",
        "mask:mask.csv": "mask.csv",
        "label": "label.yaml",
    }


def test_another_limit_set_stands_in_for_the_one_that_is_named(tmp_path: Path) -> None:
    bundle.whole(tmp_path, {})
    other = tmp_path / "other.yaml"
    other.write_text(changed("low: 450 mA", "low: 440 mA", bundle.LIMITS))
    plans, problems = resolve(tmp_path / "plan.yaml", CATALOGUE, limits=other)
    assert not problems
    assert plans
    assert plans.any.files["limits"].path == other
    assert plans.named("ae").sha256 != bundle.whole(tmp_path, {}).named("ae").sha256


def test_another_limit_set_that_is_not_there_is_told(tmp_path: Path) -> None:
    bundle.whole(tmp_path, {})
    plans, problems = resolve(tmp_path / "plan.yaml", CATALOGUE, limits=tmp_path / "none.yaml")
    assert plans is None
    assert [problem.message for problem in problems] == [
        "cannot be read: No such file or directory"
    ]


def test_a_label_that_picks_no_variant_is_warned_about(tmp_path: Path) -> None:
    label = changed("[serial, imei1, sku]", "[serial, imei1]", bundle.LABEL)
    plans, problems = bundle.resolved(tmp_path, {"label.yaml": label})
    assert plans
    (problem,) = problems
    assert (
        str(problem)
        == f"{tmp_path}/plan.yaml:8:8: warning: no scan of this label picks a variant: it says no sku"
    )
