"""SASL without a network: users files, PLAIN and SCRAM-SHA-256 as RFC 5802 and another implementation have them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from scramp import ScramClient

from virtrpcd.access import Right
from virtrpcd.errors import AuthFailed
from virtrpcd.sasl import Login, UsersError, make_line, read_users


@pytest.fixture
def users(tmp_path: Path) -> Path:
    path = tmp_path / "users"
    fred, eve = make_line("fred", Right.WRITE, "secret"), make_line("eve", Right.READ, "öl")
    path.write_text(f"{fred}\n\n# a word\n{eve}\n")
    return path


def test_a_line_has_no_password_in_it_and_reads_back(users: Path) -> None:
    assert "secret" not in users.read_text()
    found = read_users(users)
    assert {name: user.right for name, user in found.items()} == {"fred": Right.WRITE, "eve": Right.READ}


@pytest.mark.parametrize(
    "line",
    [
        "fred",
        "fred write",
        "fred write SCRAM-SHA-1$4096:YQ==$YQ==:YQ==",
        "fred boss SCRAM-SHA-256$4096:YQ==$YQ==:YQ==",
        "fred write SCRAM-SHA-256$0:YQ==$YQ==:YQ==",
        "fred write SCRAM-SHA-256$9999999:YQ==$YQ==:YQ==",
        "fred write SCRAM-SHA-256$4096:?$YQ==:YQ==",
    ],
)
def test_a_line_that_is_none_is_named_with_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "users"
    path.write_text(f"# first\n{line}\n")
    with pytest.raises(UsersError, match="users:2: expected NAME RIGHT"):
        read_users(path)


def test_a_user_is_there_once_and_a_file_can_be_read(users: Path, tmp_path: Path) -> None:
    users.write_text(users.read_text() + make_line("fred", Right.READ, "x"))
    with pytest.raises(UsersError, match="fred is there twice"):
        read_users(users)
    with pytest.raises(UsersError, match="No such file"):
        read_users(tmp_path / "nothing")
    assert stat.S_ISREG(users.stat().st_mode)


@pytest.mark.parametrize("name", ["", "a b", "a,b", "a=b", "a\0b"])
def test_a_name_that_scram_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(UsersError):
        make_line(name, Right.READ, "x")


def test_plain_is_one_step(users: Path) -> None:
    login = Login(users)
    assert login.start("PLAIN", b"\0fred\0secret") == (True, None)
    assert login.user is not None
    assert (login.user.name, login.user.right) == ("fred", Right.WRITE)
    assert Login(users).start("PLAIN", b"fred\0fred\0secret") == (True, None)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0fred",
        b"\0fred\0wrong",
        b"\0nobody\0secret",
        b"eve\0fred\0secret",
        b"\0fred\0secret\0",
        b"\0\xff\0secret",
        b"\0fred\0" + b"x" * 5000,
    ],
)
def test_plain_that_is_wrong_fails_without_saying_how(users: Path, data: bytes) -> None:
    login = Login(users)
    with pytest.raises(AuthFailed):
        login.start("PLAIN", data)
    assert login.user is None


def scram(users: Path, name: str, password: str) -> Login:
    """A whole exchange with scramp's client."""
    client = ScramClient(["SCRAM-SHA-256"], name, password)
    login = Login(users)
    complete, first = login.start("SCRAM-SHA-256", client.get_client_first().encode())
    assert not complete
    assert first is not None
    client.set_server_first(first.decode())
    complete, final = login.step(client.get_client_final().encode())
    assert complete
    assert final is not None
    client.set_server_final(final.decode())  # the server knows the password too
    return login


def test_scram_proves_both_sides_to_each_other(users: Path) -> None:
    for name, password, right in (("fred", "secret", Right.WRITE), ("eve", "öl", Right.READ)):
        user = scram(users, name, password).user
        assert user is not None
        assert (user.name, user.right) == (name, right)


@pytest.mark.parametrize(("name", "password"), [("fred", "wrong"), ("nobody", "secret")])
def test_scram_with_a_wrong_password_or_name_fails_at_the_same_step(users: Path, name: str, password: str) -> None:
    with pytest.raises(AuthFailed):
        scram(users, name, password)


@pytest.mark.parametrize(
    "data", [b"", b"n,,n=fred", b"x" * 100, b"\xff", b"y,,n=fred,r=abc", b"n,,n=fred,r=" + b"a" * 5000]
)
def test_scram_that_makes_no_sense_fails(users: Path, data: bytes) -> None:
    def talk() -> None:
        login = Login(users)
        login.start("SCRAM-SHA-256", data)
        login.step(b"c=biws,r=nonsense,p=AAAA")

    with pytest.raises(AuthFailed):
        talk()


def test_steps_come_in_their_order(users: Path) -> None:
    with pytest.raises(AuthFailed):
        Login(users).step(b"c=biws")
    with pytest.raises(AuthFailed):
        Login(users).start("DIGEST-MD5", b"")
    login = Login(users)
    login.start("PLAIN", b"\0fred\0secret")
    with pytest.raises(AuthFailed):
        login.step(b"")
