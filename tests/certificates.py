"""Certificates for tests of TLS: two authorities, servers good and bad, clients; made by trustme."""

from __future__ import annotations

import datetime
import functools
import tempfile
from pathlib import Path

import trustme


class Certificates:
    """Files in one folder, each with a certificate and its key: `ca` vouches for all but the strange ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ca, strange = trustme.CA(), trustme.CA()
        self.ca = folder / "ca.pem"
        self.strange_ca = folder / "strange-ca.pem"
        self._ca.cert_pem.write_to_path(self.ca)
        strange.cert_pem.write_to_path(self.strange_ca)
        self.server = self._write("server", self._ca.issue_cert("localhost", "127.0.0.1", "::1"))
        self.elsewhere = self._write("elsewhere", self._ca.issue_cert("elsewhere.example"))
        self.wildcard = self._write("wildcard", self._ca.issue_cert("*.hosts.example"))
        self.expired = self._write("expired", self._ca.issue_cert("localhost", "127.0.0.1", not_after=_yesterday()))
        self.strange_server = self._write("strange-server", strange.issue_cert("localhost", "127.0.0.1"))
        self.alice = self._write("alice", self._ca.issue_cert("alice@example.org", common_name="alice"))
        self.bob = self._write("bob", self._ca.issue_cert("bob.example", common_name="bob"))
        self.strange_alice = self._write("strange-alice", strange.issue_cert("x@example.org", common_name="alice"))
        self.expired_alice = self._write(
            "expired-alice", self._ca.issue_cert("alice@example.org", common_name="alice", not_after=_yesterday())
        )

    def another_server(self, path: Path) -> None:
        """Write a new certificate of the same name, by the same authority."""
        self._ca.issue_cert("localhost", "127.0.0.1").private_key_and_cert_chain_pem.write_to_path(path)

    def _write(self, name: str, made: trustme.LeafCert) -> Path:
        path = self.folder / f"{name}.pem"
        made.private_key_and_cert_chain_pem.write_to_path(path)
        return path


def _yesterday() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)


@functools.cache
def certificates() -> Certificates:
    """Return the certificates of this run; the folder goes with the process."""
    folder = tempfile.TemporaryDirectory(prefix="virtrpc-certificates-")
    made = Certificates(Path(folder.name))
    made.keep = folder  # type: ignore[attr-defined]
    return made
