"""Simulated handsets: their behaviour, and the wire on which the real adb server finds them."""

from harness.sim.handset.adbd import SimHandsets
from harness.sim.handset.answer import Answer
from harness.sim.handset.behaviour import HandsetBehaviour

__all__ = ["Answer", "HandsetBehaviour", "SimHandsets"]
