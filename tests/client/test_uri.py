"""Where a daemon is."""

from __future__ import annotations

from pathlib import Path

import pytest

from virtrpc.errors import UriError
from virtrpc.uri import Address, default_address, parse_uri

ROWS = [
    ("onc+tcp://host/", Address("tcp", host="host")),
    ("onc+tcp://host", Address("tcp", host="host")),
    ("onc+tcp://host:4012/", Address("tcp", host="host", port=4012)),
    ("onc+udp://127.0.0.1:9/", Address("udp", host="127.0.0.1", port=9)),
    ("onc+tcp://[::1]:70/", Address("tcp", host="::1", port=70)),
    ("onc+tcp://host/?portmap=1111", Address("tcp", host="host", portmap_port=1111)),
    ("onc+tls://host/", Address("tls", host="host")),
    (
        "onc+tls://10.0.0.1:4012/?ca=/a b/ca.pem&cert=/c.pem&key=/k.pem&name=host.example",
        Address("tls", host="10.0.0.1", port=4012, ca="/a b/ca.pem", cert="/c.pem", key="/k.pem", name="host.example"),
    ),
    ("onc+tls://host/?portmap=1111&ca=/x", Address("tls", host="host", portmap_port=1111, ca="/x")),
    ("onc+unix:///run/a%20b.sock", Address("unix", path="/run/a b.sock")),
    ("libvirt+tcp://host/", Address("tcp", host="host", port=16509, protocol="libvirt")),
    (
        "libvirt+tls://[::1]:7/system?ca=/c",
        Address("tls", host="::1", port=7, protocol="libvirt", driver="qemu:///system", ca="/c"),
    ),
    ("libvirt+tcp://host/ch:///x", Address("tcp", host="host", port=16509, protocol="libvirt", driver="ch:///x")),
    (
        "libvirt+unix:///run/x?name=test:///default",
        Address("unix", path="/run/x", protocol="libvirt", driver="test:///default"),
    ),
    ("libvirt+unix:///run/x", Address("unix", path="/run/x", protocol="libvirt")),
]


@pytest.mark.parametrize(("uri", "address"), ROWS)
def test_a_uri_names_an_address(uri: str, address: Address) -> None:
    assert parse_uri(uri) == address


@pytest.mark.parametrize("address", [address for _, address in ROWS if " " not in address.path])
def test_an_address_reads_back(address: Address) -> None:
    assert parse_uri(str(address)) == address


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("onc+tls://host/?colour=red", "unknown option 'colour'; there is only portmap=PORT, ca="),
        ("onc+tls://host/?cert=", "cert= says nothing"),
        ("onc+tcp://host/?ca=/x", "unknown option"),
        ("libvirt+tcp://host/nowhere", "names no driver"),
        ("libvirt+tcp://host/system?colour=red", "there is none"),
        ("libvirt+tcp:///system", "host is missing"),
        ("libvirt+unix://run/x", "three slashes"),
        ("libvirt+unix:///x?ca=y", "there is only name=NAME"),
        ("libvirt+udp://host/", "expected onc"),
        ("qemu:///system", "expected onc"),
        ("tcp://host/", "expected onc"),
        ("", "expected onc"),
        ("onc+tcp:///", "host is missing"),
        ("onc+tcp://host/system", "nothing may follow"),
        ("onc+tcp://host:0/", "no port"),
        ("onc+tcp://host:99999/", "no URI"),
        ("onc+tcp://user@host/", "user"),
        ("onc+tcp://host/?portmap=x", "no port"),
        ("onc+tcp://host/?colour=red", "unknown option"),
        ("onc+unix://run/x.sock", "three slashes"),
        ("onc+unix:///", "three slashes"),
        ("onc+unix:///x?ro", "no URI"),
        ("onc+unix:///" + "x" * 107, "107 bytes"),
    ],
)
def test_what_is_no_address_is_refused_with_its_reason(uri: str, said: str) -> None:
    with pytest.raises(UriError, match=said):
        parse_uri(uri)


def test_the_variable_comes_first() -> None:
    assert default_address({"VIRTRPC_URI": "onc+tcp://h:1/"}, 0) == Address("tcp", host="h", port=1)


def test_root_takes_the_systems_socket() -> None:
    address = default_address({"XDG_RUNTIME_DIR": "/nowhere"}, 0)
    assert (address.path, address.read_only_path) == ("/run/virtrpc/virtrpcd.sock", "/run/virtrpc/virtrpcd-ro.sock")


@pytest.mark.parametrize(
    ("variable", "folder"),
    [("XDG_RUNTIME_DIR", "virtrpc"), ("XDG_STATE_HOME", "virtrpc/run"), ("HOME", ".local/state/virtrpc/run")],
)
def test_a_user_takes_the_own_daemon_if_its_socket_is_there(tmp_path: Path, variable: str, folder: str) -> None:
    environment = {"HOME": str(tmp_path / "nobody"), variable: str(tmp_path)}
    assert default_address(environment, 1000).path == "/run/virtrpc/virtrpcd.sock"
    socket = tmp_path / folder / "virtrpcd.sock"
    socket.parent.mkdir(parents=True)
    socket.touch()
    assert default_address(environment, 1000) == Address("unix", path=str(socket))
