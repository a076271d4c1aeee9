"""All that a test can change on a simulated handset, to hold before and after together."""

from __future__ import annotations

from typing import Any

from harness.sim.handset import HandsetBehaviour


def state_of(behaviour: HandsetBehaviour) -> dict[str, Any]:
    """JSON values, by what they are of."""
    screen, radios = behaviour.screen, behaviour.radios
    return {
        "files": {path: content.hex() for path, content in sorted(behaviour.files.items())},
        "folders": sorted(behaviour.storage.folders),
        "settings": {" ".join(key): value for key, value in behaviour.settings.values.items()},
        "wizard": behaviour.packages.wizard,
        "granted": sorted(behaviour.cameras.granted),
        "open": behaviour.cameras.open,
        "screen": [screen.awake, screen.locked],
        "radios": [radios.airplane, radios.wifi, radios.data, radios.bluetooth],
        "battery": behaviour.run("dumpsys battery", 0.0).out.decode(),
    }
