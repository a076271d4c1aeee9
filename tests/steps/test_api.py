"""What a step's signature says is what the catalogue says, and what cannot be called is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated, Any, Literal

import pytest

from harness.model.jig_ports import Jig
from harness.model.ports import Handset, Measure, UnitRegistry, Wait
from harness.model.step import Flag, Numeric, Param, StepSpec, Text
from harness.model.units import UNITS, Current, Duration, Voltage, seconds, volts
from harness.steps.api import MARK, step


def spec_of(body: Callable[..., None]) -> StepSpec:
    spec = getattr(body, MARK)
    assert isinstance(spec, StepSpec)
    return spec


@step(measures=[Numeric("voltage", "V"), Text("serial"), Flag("locked")], claims=["vbus", "modem"])
def rail(
    handset: Handset,
    unit: UnitRegistry,
    fixture: Jig,
    measure: Measure,
    wait: Wait,
    *,
    channel: str,
    settle: Duration = seconds(0.2),
    level: Voltage = volts(3.8),
    current: Current,
    count: int = 3,
    relay: bool = False,
    mode: Literal["sdp", "dcp"] = "sdp",
    way: Literal["up", "down"],
) -> None:
    """Voltage of the rail [V].

    Raises: JigFault(JIG-TIMEOUT) when the meter is silent.
    """


@step()
def open_(jig: Jig) -> None:
    """Open the fixture."""


def test_a_step_is_called_by_its_module_and_function() -> None:
    assert spec_of(rail).name == "test_api.rail"
    assert spec_of(open_).name == "test_api.open"


def test_a_marked_function_is_still_itself() -> None:
    assert rail.__name__ == "rail"
    assert spec_of(rail).body is rail


def test_ports_are_found_by_annotation() -> None:
    assert spec_of(rail).ports == {
        "handset": Handset,
        "unit": UnitRegistry,
        "fixture": Jig,
        "measure": Measure,
        "wait": Wait,
    }


def test_parameters_are_the_keyword_only_ones() -> None:
    assert list(spec_of(rail).params.values()) == [
        Param("channel", str, None, required=True),
        Param("settle", UNITS["s"], 0.2, required=False),
        Param("level", UNITS["V"], 3.8, required=False),
        Param("current", UNITS["A"], None, required=True),
        Param("count", int, 3, required=False),
        Param("relay", bool, False, required=False),
        Param("mode", str, "sdp", required=False, choices=("sdp", "dcp")),
        Param("way", str, None, required=True, choices=("up", "down")),
    ]
    assert list(spec_of(rail).params) == [p.name for p in spec_of(rail).params.values()]


def test_measurements_claims_and_words_are_kept() -> None:
    spec = spec_of(rail)
    assert spec.measures == {
        "voltage": Numeric("voltage", "V"),
        "serial": Text("serial"),
        "locked": Flag("locked"),
    }
    assert spec.claims == {"vbus", "modem"}
    assert spec.doc.splitlines()[0] == "Voltage of the rail [V]."
    assert spec.doc.splitlines()[2].startswith("Raises:")
    assert (spec_of(open_).measures, spec_of(open_).claims) == ({}, frozenset())


def no_annotation(jig) -> None:  # type: ignore[no-untyped-def]
    """Does it."""


def not_a_port(jig: str) -> None:
    """Does it."""


def many_ports(*jigs: Jig) -> None:
    """Does it."""


def named_ports(**jigs: Jig) -> None:
    """Does it."""


def port_by_place(jig: Jig, /) -> None:
    """Does it."""


def port_as_parameter(*, jig: Jig) -> None:
    """Does it."""


def bare_float(*, settle: float = 0.2) -> None:
    """Does it."""


def untyped_parameter(*, settle=0.2) -> None:  # type: ignore[no-untyped-def]
    """Does it."""


def optional_parameter(*, name: str | None = None) -> None:
    """Does it."""


def no_unit(*, settle: Annotated[float, "seconds"] = 0.2) -> None:
    """Does it."""


def text_in_seconds(*, settle: Annotated[str, UNITS["s"]] = "0.2") -> None:
    """Does it."""


def numbers_to_choose(*, channel: Literal[1, 2] = 1) -> None:
    """Does it."""


def default_of_another_type(*, name: str = 5) -> None:  # type: ignore[assignment]
    """Does it."""


def flag_for_a_count(*, count: int = True) -> None:
    """Does it."""


def text_for_a_quantity(*, settle: Duration = "0.2 s") -> None:  # type: ignore[assignment]
    """Does it."""


def none_for_a_quantity(*, settle: Duration = None) -> None:  # type: ignore[assignment]
    """Does it."""


def default_not_to_choose(*, mode: Literal["a", "b"] = "c") -> None:  # type: ignore[assignment]
    """Does it."""


def no_docstring(jig: Jig) -> None:
    pass


def empty_docstring(jig: Jig) -> None:
    """ """


async def coroutine(jig: Jig) -> None:
    """Does it."""


def generator(jig: Jig) -> Iterator[None]:
    """Does it."""
    yield


async def asynchronous_generator(jig: Jig) -> AsyncIterator[None]:
    """Does it."""
    yield


REFUSED: list[tuple[Callable[..., Any], str]] = [
    (no_annotation, "jig is no port"),
    (not_a_port, "jig is no port"),
    (many_ports, "jigs is no port"),
    (named_ports, "jigs is no port"),
    (port_by_place, "jig is no port"),
    (port_as_parameter, "parameter jig has no type for a plan"),
    (bare_float, "parameter settle has no type for a plan"),
    (untyped_parameter, "parameter settle has no type for a plan"),
    (optional_parameter, "parameter name has no type for a plan"),
    (no_unit, "parameter settle has no type for a plan"),
    (text_in_seconds, "parameter settle has no type for a plan"),
    (numbers_to_choose, "parameter channel has no type for a plan"),
    (default_of_another_type, "name = 5"),
    (flag_for_a_count, "count = True"),
    (text_for_a_quantity, "settle = '0.2 s'"),
    (none_for_a_quantity, "settle = None"),
    (default_not_to_choose, "mode = 'c'"),
    (no_docstring, "has no docstring"),
    (empty_docstring, "has no docstring"),
    (coroutine, "would run nothing"),
    (generator, "would run nothing"),
    (asynchronous_generator, "would run nothing"),
]


@pytest.mark.parametrize(("body", "words"), REFUSED, ids=[body.__name__ for body, _ in REFUSED])
def test_what_the_engine_cannot_call_is_refused(body: Callable[..., Any], words: str) -> None:
    with pytest.raises(TypeError) as caught:
        step()(body)
    assert words in str(caught.value)
    assert f"test_api.{body.__name__}" in str(caught.value)
    assert not hasattr(body, MARK)


def test_a_measurement_declared_twice_is_refused() -> None:
    def body(jig: Jig) -> None:
        """Does it."""

    with pytest.raises(TypeError, match="declares a measurement twice"):
        step(measures=[Numeric("voltage", "V"), Text("voltage")])(body)


@pytest.mark.parametrize("claims", [["vbsu"], ["vbus", "wlan"], "vbus"])
def test_an_unknown_claim_is_refused(claims: list[str] | str) -> None:
    def body(jig: Jig) -> None:
        """Does it."""

    with pytest.raises(TypeError, match=r"claims .*; there are adb-restart, agent, audio,"):
        step(claims=claims)(body)


def test_a_path_is_asked_for_in_the_band_of_a_parameter() -> None:
    def heard(measure: Measure, *, band: int, ssid: str = "") -> None:
        """Level [dBm]."""

    assert spec_of(step(path_in="band")(heard)).path_in == "band"
    for name in ("bnd", "ssid"):
        with pytest.raises(TypeError, match=f"{name!r} is no parameter with a band"):
            step(path_in=name)(heard)


def test_a_step_that_identifies_a_unit_has_where_to_say_it() -> None:
    def silent(measure: Measure) -> None:
        """Says nothing."""

    with pytest.raises(TypeError, match="silent identifies a unit and has no UnitRegistry"):
        step(identifies=True)(silent)
