"""Canonical forms of plans, written by hand and drawn at random."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

Form = dict[str, Any]


def group(name: str, kind: str) -> Form:
    return {"id": name, "kind": kind}


def limited(measurements: Mapping[str, tuple[Form, Any]]) -> Form:
    """What is measured, and the limit of each."""
    return {
        "measures": {name: measure for name, (measure, _) in measurements.items()},
        "limits": {name: limit for name, (_, limit) in measurements.items()},
    }


def step(name: str, use: str, within: Form | None = None, **changed: Any) -> Form:
    whole = {
        "id": name,
        "use": use,
        "phase": "steps",
        "group": within,
        "timeout": "30 s",
        "expect": None,
        "needs": [],
        "with": {},
        "retry": {"times": 0, "on": []},
        "on_fail": "stop",
        **limited({}),
    }
    return {**whole, **changed}


def bounds(low: str | None, high: str | None = None, guard: str | None = None) -> Form:
    return {"low": low, "high": high, "guard": guard, "marginal": None}


_TEXT, _FLAG = {"is": "Text", "unit": ""}, {"is": "Flag", "unit": ""}
_MASK = [
    {"x": "0 cy/px", "low": "0.9 1", "high": None},
    {"x": "0.25 cy/px", "low": "0.5 1", "high": None},
    {"x": "0.5 cy/px", "low": "0.1 1", "high": None},
]
_WIRELESS, _BENCH = group("wireless", "parallel"), group("bench", "any_order")
_IDENTITY = limited({"imei": (_TEXT, {"imei": True, "tac": ["86012345"]})})
_WIFI = limited(
    {
        "on": (_FLAG, {"equals": True}),
        "rssi": ({"is": "Numeric", "unit": "dBm"}, bounds("-52 dBm", "-42 dBm", "1 dB")),
    }
)
_SFR = limited({"sfr": ({"is": "Series", "unit": "1", "x": "cy/px"}, {"mask": _MASK})})
_ATTACH = limited({"rat": (_TEXT, {"one_of": ["LTE", "LTE_CA"]})})
_CURRENT = bounds("0.45 A", "1.1 A", "0.01 A")
_CHARGE = limited({"current": ({"is": "Numeric", "unit": "mA"}, _CURRENT)})

FORM: Form = {
    "schema": 1,
    "plan": "a57-final",
    "revision": 14,
    "title": "Final",
    "process": "final-test",
    "variant": "",
    "sku": "",
    "product": {"model": "A57-4G", "part": "A57-4G", "serial": "A57.*"},
    "retest": {"max_runs": 3, "other_slot_after": 1, "then": "rework"},
    "symptoms": {
        "charge.current:LOW": {"code": "BAT-07", "words": "charges too slowly", "bin": "B"}
    },
    "steps": [
        step("close", "jig.close", phase="setup"),
        step("identity", "identity.read", **_IDENTITY),
        step("wifi", "radio.wifi", _WIRELESS, **_WIFI),
        step("rear", "camera.sfr", _WIRELESS, needs=["lightbox"], **_SFR),
        step("attach", "lte.attach", _BENCH, **{"with": {"plmn": "00101"}}, **_ATTACH),
        step(
            "charge",
            "battery.charge",
            _BENCH,
            **{"with": {"vbus": {"quantity": "5 V"}, "samples": 3}},
            **_CHARGE,
        ),
        step("nfc", "nfc.present", retry={"times": 1, "on": ["ERROR"]}, on_fail="continue"),
        step("open", "jig.open", phase="teardown"),
    ],
}
"""One of everything: close | identity, [wifi rear], [attach charge], nfc | open."""

_amounts = st.none() | st.sampled_from(["0 A", "0.1 A", "0.45 A", "1 A"])
_corners = st.builds(
    lambda x, low, high: {"x": f"{x} 1", "low": low, "high": high},
    st.sampled_from(["0", "0.5", "1", "2"]),
    _amounts,
    _amounts,
)
_limits = st.one_of(
    st.sampled_from(["record only", "record only, may be unknown", "not offered"]),
    st.fixed_dictionaries(dict.fromkeys(("low", "high", "guard", "marginal"), _amounts)),
    st.builds(lambda value: {"equals": value}, st.sampled_from(["a", True, False])),
    st.builds(
        lambda values: {"one_of": values},
        st.lists(st.sampled_from(["a", "b"]), min_size=1, unique=True),
    ),
    st.lists(_corners, min_size=2, max_size=4).map(
        lambda corners: {"mask": sorted(corners, key=lambda corner: float(corner["x"][:-2]))}
    ),
)
_contents = st.fixed_dictionaries(
    {
        "timeout": st.sampled_from(["1 s", "30 s"]),
        "expect": st.none() | st.just("1 s"),
        "needs": st.sampled_from([[], ["callbox"], ["callbox", "supply"]]),
        "with": st.dictionaries(
            st.sampled_from("ab"), st.sampled_from([1, True, "1", {"quantity": "1 s"}])
        ),
        "limits": st.dictionaries(st.sampled_from("xy"), _limits),
        "on_fail": st.sampled_from(["stop", "continue"]),
    }
)


@st.composite
def form(draw: Any) -> Form:
    """A plan of a few steps in phases and groups; ids and groups come back from plan to plan."""
    names = draw(st.permutations(list("abcdefg")))[: draw(st.integers(1, 7))]
    cuts = sorted(draw(st.lists(st.integers(0, len(names)), min_size=2, max_size=2)))
    groups = list(draw(st.permutations(["one", "two", "three"])))
    steps: list[Form] = []
    within: Form | None = None
    for place, name in enumerate(names):
        phase = ("setup", "steps", "teardown")[sum(place >= cut for cut in cuts)]
        match draw(st.sampled_from(["stay", "leave", "begin"])):
            case "begin" if groups:
                within = group(groups.pop(), draw(st.sampled_from(["parallel", "any_order"])))
            case "leave":
                within = None
        if phase != "steps":
            within = None
        steps.append(step(name, "some.step", within, phase=phase, **draw(_contents)))
    return {**FORM, "revision": draw(st.integers(14, 15)), "steps": steps}
