"""What a step does on its way out, well or badly, without hiding why it went."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from harness.errors import HarnessError


class afterwards:  # noqa: N801 it is read as a statement, as those of contextlib are
    """Does `work` at the end of its block, however that ends; the first failure is the one raised.

    `work` is what puts back or keeps: after a block that went well, its own failure counts. After
    one that did not, what was found first counts more: what `work` could not do then stands in the
    evidence of that fault, as `afterwards`.
    """

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        first: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        try:
            self._work()
        except HarnessError as second:
            if first is None:
                raise
            if isinstance(first, HarnessError):
                first.evidence["afterwards"] = str(second)
