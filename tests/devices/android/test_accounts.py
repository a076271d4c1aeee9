from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.devices.android.accounts import read_accounts
from harness.model.reading import Unknown, Unreadable
from harness.sim.handset import HandsetBehaviour
from harness.sim.unit import SimUnit

USER = "User UserInfo{0:Owner:c13} (current):\n"
GOOGLE = "    Account {name=a@b.c, type=com.google}\n"
REST = "\n  Accounts History\n\n  Active Sessions: 0\n\n  RegisteredServicesCache: 3 services\n"


@pytest.mark.parametrize(
    ("out", "types"),
    [
        (f"{USER}  Accounts: 0\n{REST}", ()),
        (f"{USER}  Accounts: 1\n{GOOGLE}{REST}", ("com.google",)),
        (
            f"{USER}  Accounts: 2\n{GOOGLE}    Account {{name=x, type=y}}, type=com.b}}\n{REST}",
            ("com.google", "com.b"),
        ),
        (
            f"{USER}  Accounts: 0\n{REST}\nUser UserInfo{{10:Guest:14}}:\n  Accounts: 1\n{GOOGLE}",
            ("com.google",),
        ),
        (f"{USER}  Accounts: 0\n".replace("\n", "\r\n"), ()),
    ],
)
def test_the_types_of_all_users(out: str, types: tuple[str, ...]) -> None:
    assert read_accounts(out) == types


@pytest.mark.parametrize(
    "out",
    [
        "",
        REST,
        USER,
        f"{USER}  Accounts: 0",
        f"{USER}  Accounts: 1\n{REST}",
        f"{USER}  Accounts: 0\n{GOOGLE}",
        f"{USER}  Accounts: 1\n\n{GOOGLE}",
        f"{USER}  Accounts: 0\n  Accounts: 1\n{GOOGLE}",
        f"{USER}  Accounts: 0\n{USER}",
        "Can't find service: account\n",
        "Permission Denial: can't dump AccountManagerService from from pid=1, uid=2\n",
    ],
)
def test_what_does_not_tell_them_is_not_taken_for_none(out: str) -> None:
    assert isinstance(read_accounts(out), Unreadable)


@pytest.mark.parametrize("accounts", [(), ("com.google", "com.heytap")])
def test_what_a_simulated_handset_prints(accounts: tuple[str, ...]) -> None:
    phone = HandsetBehaviour(SimUnit("A57A000001", accounts=accounts))
    assert read_accounts(phone.run("dumpsys account", 0.0).out.decode()) == accounts


@given(st.lists(st.sampled_from([USER, "  Accounts: 1\n", "  Accounts: 0\n", GOOGLE, "x"])))
def test_any_text_is_read_or_is_not(parts: list[str]) -> None:
    assert isinstance(read_accounts("".join(parts)), tuple | Unknown | Unreadable)
