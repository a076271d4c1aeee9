"""Programs on the files of a simulated handset, with the words of Android's toybox."""

from __future__ import annotations

from collections.abc import Callable

from harness.sim.handset.answer import Answer, Programs, failure

ROOTS = ("/sdcard", "/data/local/tmp")
"""Folders that are there although nothing is in them."""
_STAT = ["-type", "f", "-exec", "stat", "-c", "%s %n", "{}", "+"]


def programs(files: dict[str, bytes], advance: Callable[[float], None]) -> Programs:
    """`advance` brings the files to a time before they are looked at."""

    def inside(folder: str) -> list[str]:
        return sorted(path for path in files if path.startswith(folder.rstrip("/") + "/"))

    def test(words: list[str], _now_s: float) -> Answer:
        match words:
            case ["-d", path]:
                folder = path.removesuffix(".").rstrip("/")
                return Answer(code=0 if folder in ROOTS or inside(folder) else 1)
            case _:
                return failure("/system/bin/sh: test: unexpected operator/operand", 2)

    def find(words: list[str], now_s: float) -> Answer:
        advance(now_s)
        folder, *rest = words
        if rest != _STAT:
            return failure(f"find: bad arg '{rest[0] if rest else ''}'", 1)
        if not (found := inside(folder)):
            return failure(f"find: {folder}: No such file or directory", 1)
        return Answer("".join(f"{len(files[path])} {path}\n" for path in found).encode())

    def rm(words: list[str], now_s: float) -> Answer:
        advance(now_s)
        missing = [path for path in words if files.pop(path, None) is None and path != "-f"]
        if missing and "-f" not in words:
            return failure(f"rm: {missing[0]}: No such file or directory", 1)
        return Answer()

    def mv(words: list[str], now_s: float) -> Answer:
        advance(now_s)
        match words:
            case [source, target] if source in files:
                files[target] = files.pop(source)
                return Answer()
            case _:
                return failure(f"mv: bad '{words[:1]}': No such file or directory", 1)

    return {"test": test, "find": find, "rm": rm, "mv": mv}
