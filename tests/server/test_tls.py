"""TLS as configured: settings and their mistakes, the rights of certificates, files of no use at the start."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from certificates import certificates
from daemon_process import SOURCES

from oncrpc.certificate import Certificate
from virtrpcd import config, tls
from virtrpcd.access import AccessRule, Right
from virtrpcd.config import TlsSettings
from virtrpcd.config_checks import ConfigError


def load(tmp_path: Path, text: str, *endpoints: str) -> config.Config:
    file = tmp_path / "virtrpcd.toml"
    file.write_text(text)
    return config.load(file, state_dir=tmp_path, onc=endpoints)


def test_all_settings_arrive(tmp_path: Path) -> None:
    text = """
    [tls]
    certificate = "/c.pem"
    key = "/k.pem"
    ca = "/ca.pem"
    clients = "required"
    admin = ["CN:root"]
    write = ["CN:alice", "DNS:host.example"]
    read = ["URI:spiffe://x"]
    others = "read"
    """
    assert load(tmp_path, text, "tls:127.0.0.1:0").tls == TlsSettings(
        certificate=Path("/c.pem"),
        key=Path("/k.pem"),
        ca=Path("/ca.pem"),
        clients="required",
        admin=("CN:root",),
        write=("CN:alice", "DNS:host.example"),
        read=("URI:spiffe://x",),
        others=Right.READ,
    )


@pytest.mark.parametrize(
    ("text", "endpoints", "said"),
    [
        ("", ("tls:127.0.0.1:0",), "tls.certificate is needed for tls:127.0.0.1:0"),
        ('[tls]\nca = "/ca.pem"', (), "tls.certificate is needed for the other settings"),
        ('[tls]\ncertificate = "/c"\nread = ["CN:x"]', (), "tls.ca is needed"),
        ('[tls]\ncertificate = "/c"\nclients = "required"', (), "tls.ca is needed"),
        ('[tls]\ncertificate = "/c"\nothers = "read"', (), "tls.ca is needed"),
        ('[tls]\ncertificate = "c.pem"', (), "tls.certificate: expected an absolute path"),
        ('[tls]\nwrite = ["alice"]', (), "tls.write: expected a list of names that begin with CN:, DNS:"),
        ('[tls]\nwrite = ["CN:"]', (), "tls.write: expected"),
        ('[tls]\nwrite = [7]', (), "tls.write: expected"),
        ('[tls]\nwrite = "CN:alice"', (), "tls.write: expected"),
        ('[tls]\nothers = "admin"', (), "tls.others: expected none or read or write"),
        ('[tls]\nclients = "maybe"', (), "tls.clients: expected none or optional or required"),
        ('[tls]\npassword = "x"', (), "unknown setting tls.password"),
    ],
)
def test_mistakes_are_named_in_one_line(tmp_path: Path, text: str, endpoints: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text, *endpoints)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@contextlib.contextmanager
def accepted() -> Iterator[socket.socket]:
    """A connection from loopback, as a server has it."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as sock,
    ):
        yield sock


NAMED = TlsSettings(admin=("CN:root",), write=("DNS:ops.example", "CN:alice"), read=("CN:alice", "CN:bob"))


@pytest.mark.parametrize(
    ("names", "others", "right"),
    [
        ({"CN:root"}, Right.NONE, Right.ADMIN),
        ({"CN:alice"}, Right.NONE, Right.WRITE),  # the highest of what its names have
        ({"CN:nobody", "DNS:ops.example"}, Right.NONE, Right.WRITE),
        ({"CN:bob"}, Right.WRITE, Right.READ),  # who is named has what is said, not what others have
        ({"DNS:alice"}, Right.NONE, Right.NONE),  # another kind of name
        ({"CN:Alice"}, Right.NONE, Right.NONE),
        (set(), Right.READ, Right.READ),
        (None, Right.WRITE, Right.NONE),
    ],
)
def test_a_certificate_has_the_right_of_its_names(names: set[str] | None, others: Right, right: Right) -> None:
    rule = AccessRule(local=Right.ADMIN, certificates=tls.named_rights(NAMED), others=others)
    shown = None if names is None else Certificate(frozenset(names), "1", "")
    with accepted() as sock:
        peer = rule.tls_peer(sock, shown, cast(Any, None))
    assert peer.right == right
    assert peer.key == "tls 127.0.0.1"


def test_without_a_certificate_the_right_is_that_of_other_hosts_also_for_root_on_loopback() -> None:
    with accepted() as sock:
        for remote in (Right.NONE, Right.READ):
            rule = AccessRule(local=Right.ADMIN, remote=remote)
            assert rule.tls_peer(sock, None, cast(Any, None)).right == remote


def daemon_says(tmp_path: Path, text: str, *options: str) -> tuple[int, str]:
    file = tmp_path / "virtrpcd.toml"
    file.write_text(text)
    where = ["--state-dir", tmp_path / "state", "--onc", "tls:127.0.0.1:0"]
    done = subprocess.run(
        [sys.executable, "-m", "virtrpcd", "--config", file, *where, *options],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": SOURCES},
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("options", [(), ("--check",)])
def test_files_of_no_use_end_the_start_in_one_line(tmp_path: Path, options: tuple[str, ...]) -> None:
    made, absent = certificates(), tmp_path / "absent.pem"
    rows = [
        (f'certificate = "{absent}"', f"tls: {absent}: No such file or directory"),
        (f'certificate = "{made.ca}"', f"tls: {made.ca}: no private key in PEM form in it"),
        (
            f'certificate = "{made.server}"\nkey = "{made.bob}"',
            f"tls: {made.bob}: not the key of the certificate in {made.server}",
        ),
        (f'certificate = "{made.server}"\nca = "{tmp_path}"', f"tls: {tmp_path}: Is a directory"),
    ]
    for text, said in rows:
        assert daemon_says(tmp_path, f"[tls]\n{text}", *options) == (2, f"virtrpcd: {said}\n")


def test_files_that_can_be_used_pass_the_check(tmp_path: Path) -> None:
    made = certificates()
    text = f'[tls]\ncertificate = "{made.server}"\nca = "{made.ca}"'
    assert daemon_says(tmp_path, text, "--check") == (0, "")
