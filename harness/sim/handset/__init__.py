"""Simulated handsets: their behaviour, and the wire on which the real adb server finds them."""

from harness.sim.handset.behaviour import HandsetBehaviour
from harness.sim.handset.daemon.adbd import PRELOADER, WIPED, SimHandsets
from harness.sim.handset.state.answer import Answer

__all__ = ["PRELOADER", "WIPED", "Answer", "HandsetBehaviour", "SimHandsets"]
