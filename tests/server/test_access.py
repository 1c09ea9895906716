"""Rights: every role against every kind of procedure and flag, and whom the kernel says it is."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any

import pytest

from oncrpc import xdr
from oncrpc.procedure import Procedure
from oncrpc.sockdiag import is_loopback
from virtproto import virt as v
from virtrpcd import identity
from virtrpcd.access import AccessRule, AnnotationError, Peer, Requirement, Right, requirement, requirements
from virtrpcd.errors import AccessDenied, InvalidArgument, OperationDenied
from virtrpcd.identity import Identity

NOBODY = Identity(65534, frozenset({65534}))
DRIVER: Any = object()


def peer(right: Right, *, read_only: bool = False) -> Peer:
    return Peer(right, DRIVER, "test", read_only=read_only)


def procedure(*annotations: tuple[str, str], flags: bool = False) -> Procedure[Any]:
    args: Any = v.xdr_virt_domain_reboot_args if flags else xdr.VOID
    return Procedure(1, "VIRT_SAMPLE", args, xdr.VOID, annotations, int(flags))


def test_root_and_the_daemons_own_user_may_do_all() -> None:
    rule = AccessRule()
    assert rule.right_of(Identity(0, frozenset())) is Right.ADMIN
    assert rule.right_of(Identity(os.geteuid(), frozenset())) is Right.ADMIN


def test_others_have_what_is_configured_and_nobody_known_has_nothing() -> None:
    assert AccessRule().right_of(NOBODY) is Right.READ
    assert AccessRule(local=Right.NONE).right_of(NOBODY) is Right.NONE
    assert AccessRule(local=Right.ADMIN).right_of(None) is Right.NONE


def test_members_of_the_write_group_may_write() -> None:
    rule = AccessRule(write_group="4242", local=Right.NONE)
    assert rule.right_of(Identity(1000, frozenset({4242}))) is Right.WRITE
    assert rule.right_of(Identity(1000, frozenset({4243}))) is Right.NONE
    with pytest.raises(KeyError):
        AccessRule(write_group="no-such-group-here")


def test_datagrams_may_read_at_most() -> None:
    assert AccessRule(local=Right.ADMIN).datagram_peer(("127.0.0.1", 5), DRIVER).right == Right.READ
    assert AccessRule().datagram_peer(("192.0.2.1", 5), DRIVER).right == Right.NONE
    assert AccessRule(remote=Right.READ).datagram_peer(("192.0.2.1", 5), DRIVER).right == Right.READ


def test_the_read_only_door_takes_every_right_but_read_away() -> None:
    left, right = socket.socketpair(socket.AF_UNIX)
    with left, right:
        assert AccessRule().stream_peer(left, DRIVER).right == Right.ADMIN
        made = AccessRule().stream_peer(left, DRIVER, read_only=True)
        assert (made.right, made.read_only) == (Right.READ, True)


@pytest.mark.parametrize("need", list(Right))
@pytest.mark.parametrize("have", list(Right))
def test_a_call_passes_only_with_its_right(need: Right, have: Right) -> None:
    required = Requirement(need)
    if have >= need:
        required.check_call(peer(have), "call")
    else:
        with pytest.raises(AccessDenied):
            required.check_call(peer(have), "call")


def test_on_a_read_only_door_the_refusal_says_so() -> None:
    with pytest.raises(OperationDenied):
        Requirement(Right.WRITE).check_call(peer(Right.READ, read_only=True), "call")


def test_flags_raise_the_right_and_unknown_ones_are_refused() -> None:
    need = requirement(procedure(("right", "read"), ("flag", "0x1 write"), ("flags", "0x6"), flags=True))
    assert need == Requirement(Right.READ, ((1, Right.WRITE),), 7)
    need.check_flags(peer(Right.READ), "call", 6)
    need.check_flags(peer(Right.WRITE), "call", 7)
    with pytest.raises(AccessDenied, match="flag 0x1"):
        need.check_flags(peer(Right.READ), "call", 1)
    with pytest.raises(InvalidArgument, match="0x8"):
        need.check_flags(peer(Right.ADMIN), "call", 9)


@pytest.mark.parametrize(
    "annotations",
    [
        (),
        (("right", "read"), ("right", "write")),
        (("right", "all"),),
        (("right", "read"), ("flag", "one write")),
        (("right", "read"),),  # takes flags, says nothing of them
    ],
)
def test_annotations_that_say_nothing_clear_stop_the_daemon(annotations: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(AnnotationError):
        requirement(procedure(*annotations, flags=True))


def test_every_procedure_has_a_right_and_changes_need_write() -> None:
    needs = requirements(v.VIRT_V2_TABLE)
    assert set(needs) == {item.number for item in v.VIRT_V2_TABLE.procedures}
    assert needs == {**needs, **requirements(v.VIRT_V1_TABLE)}
    changing = ("CREATE", "DEFINE", "DESTROY", "SUSPEND", "RESUME", "SET_", "REBOOT", "SHUTDOWN", "SAVE", "RESTORE")
    for item in v.VIRT_V2_TABLE.procedures:
        reads = any(word in item.name for word in ("GET_", "HAS_", "LIST_", "NUM_OF", "LOOKUP"))
        if not reads and any(word in item.name for word in changing):
            assert needs[item.number].right >= Right.WRITE, item.name


def test_the_kernel_names_the_owner_of_a_loopback_connection_while_it_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        accepted, _ = server.accept()
        with accepted:
            assert identity.of_loopback_peer(accepted) == Identity(os.geteuid(), frozenset())
            client.close()
            assert identity.of_loopback_peer(accepted) is None


def test_a_client_gone_before_accept_is_nobody() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
        accepted, _ = server.accept()
        with accepted:
            assert identity.of_loopback_peer(accepted) is None
            assert AccessRule().stream_peer(accepted, DRIVER).right == Right.NONE


def test_ipv6_loopback_is_looked_up_too() -> None:
    try:
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError as exc:
        pytest.skip(f"no IPv6 loopback on this machine: {exc}")
    with server, socket.create_connection(server.getsockname()[:2]):
        accepted, _ = server.accept()
        with accepted:
            assert identity.of_loopback_peer(accepted) == Identity(os.geteuid(), frozenset())


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("x", False),
    ],
)
def test_loopback_addresses_are_told_from_others(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


def test_unix_credentials_carry_the_groups(tmp_path: Path) -> None:
    left, right = socket.socketpair(socket.AF_UNIX)
    with left, right:
        who = identity.of_unix_peer(left)
    assert who is not None
    assert who.uid == os.geteuid()
    assert os.getegid() in who.gids
