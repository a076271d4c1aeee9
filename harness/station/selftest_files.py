"""The files by which the jigs of a station are tested: whoever signs a release signs them, too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from harness.files.parse import load
from harness.model.plan import InputFile
from harness.plans.values import text
from harness.station.jig_file import JigFile


def selftest_files(jigs: Mapping[str, JigFile | None]) -> dict[str, InputFile]:
    """The plan for the self-test of each kind of jig, and its limit set, by the jig file's name.

    What is not there is left out: such a jig is tested by nothing, and open to nobody.
    """
    return {
        f"{role}:{name}": file
        for name, kind in jigs.items()
        if kind
        for role, file in _files_of(kind)
    }


def _files_of(kind: JigFile) -> Iterator[tuple[str, InputFile]]:
    if kind.selftest is None or not kind.selftest.is_file():
        return
    plan = load(kind.selftest)
    yield "selftest", plan.file
    named = text(plan.root.get("limits")) if plan.root else None
    if named and (limits := kind.selftest.parent / named).is_file():
        yield "selftest-limits", load(limits).file
