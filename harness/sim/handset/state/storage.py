"""Programs on the files of a simulated handset, with the words of Android's toybox."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from harness.sim.handset.state.answer import Answer, Programs, failure

ROOTS = ("/sdcard", "/sdcard/DCIM", "/data/local/tmp")
"""Folders that are there although nothing is in them."""
_STAT = ["-type", "f", "-exec", "stat", "-c", "%s %n", "{}", "+"]
_CHILDREN = ["-maxdepth", "1", "-print0"]
_NO_SUCH = "No such file or directory"


class Storage:
    """The files, by path, and the folders that were made; `advance` brings them to a time."""

    def __init__(self, files: dict[str, bytes], advance: Callable[[float], None]) -> None:
        self.files = files
        self.folders: set[str] = set(ROOTS)
        self._advance = advance

    def programs(self) -> Programs:
        """The commands that look at files and folders, and change them."""
        return {
            "test": self._test,
            "find": self._find,
            "rm": self._rm,
            "rmdir": self._rmdir,
            "mkdir": self._mkdir,
            "mv": self._mv,
            "sync": lambda *_: Answer(),
        }

    def inside(self, folder: str) -> list[str]:
        """Every file and folder under a folder."""
        base = folder.rstrip("/") + "/"
        return sorted(path for path in {*self.files, *self.folders} if path.startswith(base))

    def is_folder(self, path: str) -> bool:
        return path in self.folders or bool(self.inside(path))

    def _test(self, words: list[str], _now_s: float) -> Answer:
        match words:
            case ["-d", path]:
                return Answer(code=int(not self.is_folder(path.removesuffix(".").rstrip("/"))))
            case ["-e", path]:
                return Answer(code=int(path not in self.files and not self.is_folder(path)))
            case _:
                return failure("/system/bin/sh: test: unexpected operator/operand", 2)

    def _find(self, words: list[str], now_s: float) -> Answer:
        self._advance(now_s)
        roots = [word for word in words if word.startswith("/")]
        rest = words[len(roots) :]
        if rest not in (_STAT, _CHILDREN):
            return failure(f"find: bad arg '{rest[0] if rest else ''}'", 1)
        list_ = self._sizes if rest == _STAT else self._children
        there = [root for root in roots if self.is_folder(root)]
        err = "".join(f"find: {root}: {_NO_SUCH}\n" for root in roots if root not in there)
        out = "".join(line for root in there for line in list_(root))
        return Answer(out.encode(), err.encode(), int(bool(err)))

    def _sizes(self, root: str) -> Iterator[str]:
        return (f"{len(self.files[at])} {at}\n" for at in self.inside(root) if at in self.files)

    def _children(self, root: str) -> list[str]:
        names = {path[len(root) + 1 :].partition("/")[0] for path in self.inside(root)}
        return [f"{root}\0", *(f"{root}/{name}\0" for name in sorted(names))]

    def _rm(self, words: list[str], now_s: float) -> Answer:
        self._advance(now_s)
        options = {char for word in words if word.startswith("-") for char in word[1:]}
        for path in (word for word in words if not word.startswith("-")):
            if self.is_folder(path) and "r" not in options:
                return failure(f"rm: {path}: Is a directory", 1)
            if not self._remove(path) and "f" not in options:
                return failure(f"rm: {path}: {_NO_SUCH}", 1)
        return Answer()

    def _remove(self, path: str) -> bool:
        gone = [each for each in (path, *self.inside(path)) if each in self.files]
        made = {each for each in (path, *self.inside(path)) if each in self.folders}
        for each in gone:
            del self.files[each]
        self.folders -= made
        return bool(gone or made)

    def _rmdir(self, words: list[str], _now_s: float) -> Answer:
        for path in words:
            if self.inside(path):
                return failure(f"rmdir: {path}: Directory not empty", 1)
            if path not in self.folders:
                return failure(f"rmdir: {path}: {_NO_SUCH}", 1)
            self.folders.remove(path)
        return Answer()

    def _mkdir(self, words: list[str], _now_s: float) -> Answer:
        for path in (word for word in words if word != "-p"):
            if self.is_folder(path) and "-p" not in words:
                return failure(f"mkdir: '{path}': File exists", 1)
            self.folders.add(path)
        return Answer()

    def _mv(self, words: list[str], now_s: float) -> Answer:
        self._advance(now_s)
        *sources, target = words
        if not sources or (len(sources) > 1 and not self.is_folder(target.rstrip("/"))):
            return failure(f"mv: '{target}': Not a directory", 1)
        for source in sources:
            folder = target.rstrip("/")
            to = f"{folder}/{source.rpartition('/')[2]}" if self.is_folder(folder) else target
            if source not in self.files and not self.is_folder(source):
                return failure(f"mv: bad '{source}': {_NO_SUCH}", 1)
            if self.is_folder(to) and self.inside(to):
                return failure(f"mv: '{source}': Directory not empty", 1)
            self._move(source, to)
        return Answer()

    def _move(self, source: str, to: str) -> None:
        for path in (source, *self.inside(source)):
            if path in self.files:
                self.files[to + path[len(source) :]] = self.files.pop(path)
            elif path in self.folders:
                self.folders.remove(path)
                self.folders.add(to + path[len(source) :])
