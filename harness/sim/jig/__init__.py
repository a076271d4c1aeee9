"""Simulated jigs of every dialect in fixtures/jigs, as they were built and with their defects."""

from harness.sim.answering import Reply
from harness.sim.jig.built import DIALECTS, Dialect, JigBuild, SimJig, good_build, jig_serial
from harness.sim.jig.core import JigBehaviour
from harness.sim.jig.framed import FramedJigBehaviour
from harness.sim.jig.making import Jig, behaviour_of, commands_of, on_pty, on_tcp
from harness.sim.jig.shield import RsBox, ShieldBox, TescomBox

__all__ = [
    "DIALECTS",
    "Dialect",
    "FramedJigBehaviour",
    "Jig",
    "JigBehaviour",
    "JigBuild",
    "Reply",
    "RsBox",
    "ShieldBox",
    "SimJig",
    "TescomBox",
    "behaviour_of",
    "commands_of",
    "good_build",
    "jig_serial",
    "on_pty",
    "on_tcp",
]
