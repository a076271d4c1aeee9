"""The accounts that somebody is logged into on a handset: `dumpsys account`.

Format: AccountManagerService.dump of AOSP: of each user a title, the number of accounts, and a line
of each (Account.toString); sessions, history and authenticators follow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from harness.devices.android.fields import cut_off, no_dump, whole_lines
from harness.model.reading import Reading, Unreadable

COMMAND = "dumpsys account"
_USER = re.compile(r"User UserInfo\{.*")
_COUNT = re.compile(r"  Accounts: (?P<count>[0-9]{1,6})")
_ACCOUNT = re.compile(r"    Account \{name=.*, type=(?P<type>[^\s{},]{1,200})\}")


def read_accounts(output: str) -> Reading[tuple[str, ...]]:
    """The type of each account of all users, such as `com.google`; nobody's name."""
    if cut := cut_off(output):
        return cut
    lines, _ = whole_lines(output)
    users = [at for at, line in enumerate(lines) if _USER.fullmatch(line)]
    if not users:
        return no_dump("no line of a user", output)
    found: list[str] = []
    for begins, ends in zip(users, [*users[1:], len(lines)], strict=True):
        types = _types(lines[begins + 1 : ends])
        if isinstance(types, Unreadable):
            return types
        found += types
    return tuple(found)


def _types(lines: Sequence[str]) -> list[str] | Unreadable:
    """Those of one user: as many as it says."""
    counts = [(at, match) for at, line in enumerate(lines) if (match := _COUNT.fullmatch(line))]
    if len(counts) != 1:
        return Unreadable(f"a user with {len(counts)} numbers of accounts, expected one")
    ((at, said),) = counts
    matches = [match for line in lines if (match := _ACCOUNT.fullmatch(line))]
    listed = lines[at + 1 : at + 1 + len(matches)]
    if len(matches) != int(said["count"]) or not all(map(_ACCOUNT.fullmatch, listed)):
        return Unreadable(f"{said[0].strip()}, and {len(matches)} lines of one")
    return [match["type"] for match in matches]
