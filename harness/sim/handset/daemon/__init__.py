"""The adb daemon of simulated handsets: their wire, their services, and what breaks there."""
