"""What a device on a line can be told and asked, and how it says that it has heard."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from harness.devices.scpi.replies import read_identity
from harness.devices.scpi.verb import Verb
from harness.model.jig_ports import JigIdentity


@dataclass(frozen=True, slots=True)
class Answers:
    """How a device answers each command, where it has no error queue that tells.

    `pending` is said by one that goes on working and will answer in the end: it answers nothing.
    """

    done: re.Pattern[str]
    refused: re.Pattern[str]
    pending: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Language:
    """The verbs of a device; `identify` is one of them.

    Without `answers` it keeps an error queue (verbs `clear` and `errors`), as SCPI has it. With a
    verb `framing` it may be asked for lines in frames. `unsolicited` are lines that it says
    whenever it likes, and that answer nothing.
    """

    verbs: Mapping[str, Verb]
    answers: Answers | None = None
    unsolicited: re.Pattern[str] | None = None
    read_identity: Callable[[str], JigIdentity] = read_identity
