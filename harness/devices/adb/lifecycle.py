"""Restarts on purpose: of the handset, and of its adb daemon."""

from __future__ import annotations

from collections.abc import Callable

from harness.clock import POLL_S, Deadline, Lease
from harness.devices.adb import shell
from harness.devices.adb.connection import decode
from harness.devices.adb.service import Call
from harness.devices.adb.session import Session
from harness.devices.adb.status import COMMAND, Status, Who, read_status
from harness.devices.adb.watch import Link
from harness.errors import LinkFault
from harness.errors.link import UNFINISHED

_AWAY_S = 60.0
"""What a handset may take to shut down [s]."""
_SAID_S = 5.0
"""What a daemon may take to say what it does, or to take its stream with it [s]."""
_ASK_S = 5.0
_SHORTEST_S = 0.5
_CUT_OFF = UNFINISHED | {"ADB-LOST"}

Accept = Callable[[Status], LinkFault | None]
"""What a handset that answers is not yet; None when it is all that is waited for."""


def reboot(session: Session, lease: Lease, within_s: float) -> float:
    """Restart Android and wait until it has booted; what that took [s]. The run goes on with it.

    Raises: LinkFault(ADB-NO-REBOOT) when it tells no boot or no serial to know it by afterwards,
    does not go away, or comes back in the same boot; ADB-NO-BOOT when it does not come back
    ready; OperatorStop(UNIT-WRONG).
    """
    limit = lease.within(within_s)
    begun_s = limit.deadline.left_s()
    link = session.link(limit)
    before = _status(session, link, limit)
    if not isinstance(before.boot, str):
        raise _fault(session, "ADB-NO-REBOOT", "does not tell its boot, so none is new", before)
    if not isinstance(before.serial, str):
        unsure = "does not tell its serial, so another one might come back unnoticed"
        raise _fault(session, "ADB-NO-REBOOT", unsure, before)
    _order(session, link, "reboot:", limit, "ADB-NO-REBOOT")
    _wait_away(session, link, limit.within(_AWAY_S), "ADB-NO-REBOOT")

    def accept(now: Status) -> LinkFault | None:
        session.check_serial(now.who)
        if now.boot == before.boot:
            return _fault(session, "ADB-NO-REBOOT", "went away, and is back in the same boot", now)
        if now.booted and now.serial == before.serial:
            return None
        return _fault(session, "ADB-NO-BOOT", "is back, but does not finish its boot", now)

    def gone(fault: LinkFault) -> LinkFault:
        return _fault(session, "ADB-NO-BOOT", "does not come back from its restart", fault)

    session.pin(*_wait_back(session, limit, accept, gone))
    return begun_s - limit.deadline.left_s()


def restart_adb(session: Session, lease: Lease, *, root: bool, within_s: float) -> None:
    """Restart the adb daemon as root, or as the shell user; returns once it answers as such.

    Raises: LinkFault(ADB-NO-ROOT) with what it said; the last absence when it does not come
    back, ADB-LOST when it does not tell who it is; as Session.check.
    """
    limit = lease.within(within_s)
    link = session.link(limit)
    said = _order(session, link, "root:" if root else "unroot:", limit, "ADB-NO-ROOT").strip()
    if said in ("", "restarting adbd as root", "restarting adbd as non root"):
        _wait_away(session, link, limit, "ADB-NO-ROOT")
    elif said not in ("adbd is already running as root", "adbd not running as root"):
        raise _fault(session, "ADB-NO-ROOT", f"says {said:.200}", said[:2000])

    def accept(now: Status) -> LinkFault | None:
        if not isinstance(now.boot, str):  # a shell that is half up
            return _fault(session, "ADB-LOST", "is back, but does not tell who it is", now)
        session.check(now.who)
        if now.root == root:
            return None
        if not isinstance(now.root, bool):
            return _fault(session, "ADB-LOST", "is back, but does not tell its user", now)
        return _fault(session, "ADB-NO-ROOT", f"has an adb daemon of the same user after {said!r}")

    session.pin(*_wait_back(session, limit, accept, session.finder.told))


def _order(session: Session, link: Link, service: str, lease: Lease, refused: str) -> str:
    """What adbd says to a service that ends adbd itself: all, some or nothing of it arrives.

    Raises: LinkFault with the code `refused` when it does not take it.
    """
    said = bytearray()
    within = lease.within(_SAID_S)
    try:
        with Call(session.finder, link, service, within).opened() as opened:
            while True:
                said += opened.receive()
    except LinkFault as fault:
        if fault.code == "ADB-REFUSED":
            raise _fault(session, refused, f"refuses {service!r}", fault) from None
        if fault.code not in _CUT_OFF:
            raise
    return decode(said)


def _wait_away(session: Session, link: Link, lease: Lease, code: str) -> None:
    """Wait until a link has broken: before that, the handset that answers has not restarted."""
    while session.finder.server.link(link.transport_id) == link:
        lease.check()
        if lease.deadline.left_s() <= 0:
            after = f"did not go away within {lease.deadline.limit_s:.3g} s"
            raise _fault(session, code, after)
        lease.cancel.wait(POLL_S)


def _wait_back(
    session: Session, lease: Lease, accept: Accept, gone: Callable[[LinkFault], LinkFault]
) -> tuple[Link, Who]:
    """The link to a handset that comes back, and who it is, once it is accepted.

    Raises: LinkFault: what `accept` said last, or what `gone` makes of the last absence.
    """
    while True:
        asking = Lease(
            Deadline(min(_ASK_S, max(_SHORTEST_S, lease.deadline.left_s()))), lease.cancel
        )
        try:
            link = session.finder.look(asking)
            now = _status(session, link, asking)
        except LinkFault as fault:
            missing = gone(fault)
        else:
            short = accept(now)
            if not short:
                return link, now.who
            missing = short
        lease.check()
        if lease.deadline.left_s() <= 0:
            raise missing
        lease.cancel.wait(POLL_S)


def _status(session: Session, link: Link, lease: Lease) -> Status:
    return read_status(shell.run(session.finder, link, COMMAND, lease).out)


def _fault(session: Session, code: str, what: str, seen: object = None) -> LinkFault:
    evidence = {"serial": session.finder.serial, "seen": str(seen) if seen else None}
    return LinkFault(code, f"handset {session.finder.serial} {what}", evidence=evidence)
