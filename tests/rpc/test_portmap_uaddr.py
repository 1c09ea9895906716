"""Universal addresses: rows both ways, then rows that must fail."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncrpc.errors import LocalError, RemoteError
from oncrpc.portmap.uaddr import Address, from_sockaddr, from_uaddr, is_loopback, to_sockaddr, to_uaddr

ROWS: list[tuple[str, Address, str]] = [
    ("tcp", ("127.0.0.1", 2049), "127.0.0.1.8.1"),
    ("udp", ("0.0.0.0", 111), "0.0.0.0.0.111"),
    ("tcp", ("192.0.2.255", 65535), "192.0.2.255.255.255"),
    ("tcp6", ("::1", 2049), "::1.8.1"),
    ("udp6", ("::", 0), "::.0.0"),
    ("tcp6", ("2001:db8::5", 40123), "2001:db8::5.156.187"),
    ("tcp6", ("fe80::1%eth0", 256), "fe80::1%eth0.1.0"),
    ("local", "/run/rpcbind.sock", "/run/rpcbind.sock"),
]


@pytest.mark.parametrize(("netid", "address", "uaddr"), ROWS)
def test_rows_hold_both_ways(netid: str, address: Address, uaddr: str) -> None:
    assert to_uaddr(netid, address) == uaddr
    assert from_uaddr(netid, uaddr) == address


@given(host=st.ip_addresses(), port=st.integers(0, 65535))
def test_every_address_comes_back(host: object, port: int) -> None:
    netid = "tcp6" if ":" in str(host) else "udp"
    address = (str(host), port)
    assert from_uaddr(netid, to_uaddr(netid, address)) == address
    assert from_sockaddr(netid, to_sockaddr(netid, address)) == address


@pytest.mark.parametrize(
    ("netid", "uaddr"),
    [
        ("tcp", ""),
        ("tcp", "127.0.0.1"),
        ("tcp", "127.0.0.1.8"),
        ("tcp", "127.0.0.1.256.1"),
        ("tcp", "127.0.0.1.8.1.1"),
        ("tcp", "127.0.0.1.8.-1"),
        ("tcp", "127.0.0.1.8.+1"),
        ("tcp", "127.0.0.1. 8.1"),
        ("tcp", "127.0.0.1.\u0668.1"),
        ("tcp", "127.0.0.1.0008.1"),
        ("tcp", "127.1.8.1"),
        ("tcp", "localhost.8.1"),
        ("tcp", "::1.8.1"),
        ("tcp6", "127.0.0.1.8.1"),
        ("tcp6", ":::1.8.1"),
        ("tcp6", "fe80::1%a b.8.1"),
        ("local", "run/rpcbind.sock"),
        ("local", ""),
        ("local", "/run/\0x"),
        ("local", "/" + "x" * 107),
        ("ticotsord", "x"),
    ],
)
def test_a_peers_bad_address_is_the_peers_fault(netid: str, uaddr: str) -> None:
    with pytest.raises(RemoteError):
        from_uaddr(netid, uaddr)


@pytest.mark.parametrize(
    ("netid", "address"),
    [
        ("tcp", "/path"),
        ("local", ("127.0.0.1", 1)),
        ("local", "relative"),
        ("tcp", ("127.0.0.1", 65536)),
        ("tcp", ("127.0.0.1", -1)),
        ("tcp", ("localhost", 1)),
        ("tcp", ("::1", 1)),
        ("sctp", ("127.0.0.1", 1)),
    ],
)
def test_our_own_bad_address_is_our_fault(netid: str, address: Address) -> None:
    with pytest.raises(LocalError):
        to_uaddr(netid, address)


@pytest.mark.parametrize("data", [b"", b"\2", b"\2\0\0\1", b"\n\0" + bytes(26), bytes(16)])
def test_a_socket_address_of_another_family_or_too_short_is_refused(data: bytes) -> None:
    with pytest.raises(RemoteError):
        from_sockaddr("tcp", data)


def test_a_path_comes_back_from_its_socket_address() -> None:
    assert from_sockaddr("local", to_sockaddr("local", "/run/x")) == "/run/x"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:192.0.2.1", False),
        ("192.0.2.1", False),
        ("localhost", False),
        ("", False),
    ],
)
def test_loopback_is_told_by_the_number(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback
