"""A real libvirtd as a process of the tests' own: private configuration, sockets in a folder."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from needs import skip_without

START_TIMEOUT_S = 20.0


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@contextlib.contextmanager
def running_libvirtd(folder: Path) -> Iterator[tuple[str, int]]:
    """The path of its unix socket, and its tcp port on 127.0.0.1."""
    skip_without(None if shutil.which("libvirtd") else "needs libvirtd (libvirt-daemon-system)")
    port = _free_port()
    config = folder / "libvirtd.conf"
    config.write_text(
        f'listen_tls = 0\nlisten_tcp = 1\nlisten_addr = "127.0.0.1"\ntcp_port = "{port}"\nauth_tcp = "none"\n'
        f'auth_unix_rw = "none"\nauth_unix_ro = "none"\nunix_sock_dir = "{folder}"\n'
    )
    home = {**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "XDG_CACHE_HOME": str(folder)}
    with (folder / "libvirtd.log").open("wb") as log:
        process = subprocess.Popen(
            [*_apart(), "libvirtd", "--listen", "-f", str(config), "-p", str(folder / "libvirtd.pid")],
            env=home,
            stdout=log,
            stderr=log,
        )
    try:
        path = folder / "libvirt-sock"
        _wait_until_it_listens(path, process)
        yield str(path), port
    finally:
        process.terminate()
        process.wait(30)


def _apart() -> list[str]:
    """What root's libvirtd is started with, so that it finds and leaves nothing in the system's folders."""
    if os.geteuid() != 0:
        return []
    folders = [
        path for path in ("/run", "/var/lib/libvirt", "/var/cache/libvirt", "/etc/libvirt") if Path(path).is_dir()
    ]
    mounts = " && ".join(f"mount -t tmpfs tmpfs {path}" for path in folders)
    return ["unshare", "--mount", "sh", "-c", f'{mounts} && exec "$@"', "sh"]


def _wait_until_it_listens(path: Path, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < ends and process.poll() is None:
        with socket.socket(socket.AF_UNIX) as sock:
            if sock.connect_ex(str(path)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("libvirtd did not start:\n" + (path.parent / "libvirtd.log").read_text()[-2000:])
