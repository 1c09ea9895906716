"""The peers that are measured: how each is built, started and asked."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from oncrpc.message import pack_call
from oncrpc.record import mark
from virtproto import virt as v

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CORE = 0
"""Client and server share this core: their costs add up, and no wake-up across cores blurs them."""

UUID = bytes.fromhex("6695eb01f6a4830479aa97f2502e193f")
DOMAIN = v.virt_domain("test", UUID, 1)
BATCH_ITEMS = 1000
REMOTE_PROGRAM = 0x20008086
NOBODY = 65534


def pinned(command: list[str]) -> list[str]:
    """Return a command that runs on the one core."""
    return ["taskset", "-c", str(CORE), *command]


def run(command: list[str], cwd: Path | None = None) -> str:
    """Run a command; return what it printed. Raises RuntimeError with its errors."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()[-500:]}")
    return done.stdout


def build(work: Path) -> list[str]:
    """Compile the C programs into `work`; return what had to be left out, with the reason."""
    left_out = []
    run(["gcc", "-O2", "-Wall", "-Wextra", "-o", str(work / "pump"), str(HERE / "pump.c")])
    shutil.copy(ROOT / "xdr_spec" / "virt.x", work / "virt.x")
    for option, name in (("-h", "virt.h"), ("-c", "virt_xdr.c"), ("-m", "virt_svc.c")):
        (work / name).unlink(missing_ok=True)
        run(["rpcgen", "-N", "-C", option, "-o", name, "virt.x"], work)
    sources = [str(HERE / "libtirpc_server.c"), "virt_xdr.c", "virt_svc.c"]
    # Procedures that are not measured are not written: their names stay unresolved and are never called.
    loose = ["-Wl,--unresolved-symbols=ignore-all", "-no-pie"]
    tirpc = ["-O2", "-w", "-I.", "-isystem", "/usr/include/tirpc"]
    run(["gcc", *tirpc, *loose, "-o", "libtirpc_server", *sources, "-ltirpc"], work)
    try:
        run(["gcc", "-O2", "-o", str(work / "libvirt_client"), str(HERE / "libvirt_client.c"), "-lvirt"])
    except RuntimeError as exc:
        left_out.append(f"libvirt's C client: {exc}")
    return left_out


def onc_requests() -> dict[str, bytes]:
    """Return the calls to measure, as ONC RPC records."""
    item = v.virt_batch_item(v.VIRT_DOMAIN_GET_INFO, v.virt_domain_get_info_args(DOMAIN).to_xdr())
    batch = v.virt_batch_args([item] * BATCH_ITEMS, False, v.virt_cursor(bytes(16), 0), 0)
    args = {
        "info": (v.VIRT_DOMAIN_GET_INFO, v.virt_domain_get_info_args(DOMAIN).to_xdr()),
        "dumpxml": (v.VIRT_DOMAIN_GET_XML_DESC, v.virt_domain_get_xml_desc_args(DOMAIN, 0).to_xdr()),
        "list": (v.VIRT_CONNECT_LIST_ALL_DOMAINS, v.virt_connect_list_all_domains_args(1, 0).to_xdr()),
        "batch": (v.VIRT_BATCH, batch.to_xdr()),
    }
    return {name: mark(pack_call(1, v.VIRT_PROGRAM, 2, number, data)) for name, (number, data) in args.items()}


def virnet(procedure: int, args: bytes) -> bytes:
    """Return one call in libvirt's own framing."""
    return struct.pack(">7I", 28 + len(args), REMOTE_PROGRAM, 1, procedure, 0, 1, 0) + args


def http_requests() -> dict[str, bytes]:
    """Return the call for the XML-RPC server and for the old HTTP server."""
    body = xmlrpc.client.dumps(("test", UUID.hex(), 1), "domain_get_info").encode()
    head = f"POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
    return {"xmlrpc": head.encode() + body, "sexpr": b"GET /domain/test/info HTTP/1.0\r\n\r\n"}


def write_requests(work: Path) -> None:
    """Write every request to a file for the pump."""
    for name, data in onc_requests().items():
        (work / f"onc-{name}").write_bytes(data)
    for name, data in http_requests().items():
        (work / name).write_bytes(data)
    (work / "virnet-info").write_bytes(virnet(16, v.virt_domain_get_info_args(DOMAIN).to_xdr()))
    name_arg = b"test:///default"
    opening = struct.pack(">2I", 1, len(name_arg)) + name_arg + b"\0" + struct.pack(">I", 0)
    (work / "virnet-open").write_bytes(virnet(1, opening))


@dataclass
class Server:
    """A server that runs: its process, and where it listens."""

    process: subprocess.Popen[bytes]
    unix: str = ""
    tcp: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    def cpu_s(self) -> float:
        """Return the CPU time of the whole process in seconds: threads that have ended count too.

        It is the clock that clock_getcpuclockid(3) names; /proc/PID/stat has the same in steps of 10 ms.
        """
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout:
            self.process.stdout.close()


def _start(command: list[str], log: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start a server; return it and the line it prints when it is ready."""
    sources = os.pathsep.join(str(ROOT / name) for name in ("rpc", "xdr_spec", "server"))
    with log.open("wb") as errors:
        process = subprocess.Popen(
            pinned(command), stdout=subprocess.PIPE, stderr=errors, env={**os.environ, "PYTHONPATH": sources}
        )
    assert process.stdout is not None
    line = process.stdout.readline().decode().strip()
    if not line:
        process.kill()
        raise RuntimeError(f"{command[0]} did not start: {log.read_text()[-500:]}")
    return process, line


def virtrpcd(work: Path) -> Server:
    """Start our daemon with the test driver."""
    state = work / "state"
    command = [sys.executable, "-m", "virtrpcd", "--driver", "test", "--state-dir", str(state), "--portmap", "off"]
    command += ["--config", os.devnull, "--onc", f"unix:{work}/virtrpcd.sock", "--onc", "tcp:127.0.0.1:0"]
    command += ["--libvirt", f"unix:{work}/libvirt.sock"]
    process, line = _start([*command, "--log-level", "warning"], work / "virtrpcd.log")
    places = json.loads(line)["onc"]
    extra = {"unix": f"test+unix:///default?socket={work}/libvirt.sock", "virnet": f"unix:{work}/libvirt.sock"}
    return Server(process, unix=places[0], tcp="tcp:" + places[1].rpartition(":")[2], extra=extra)


def our_xml_bytes() -> int:
    """Return the length of the XML that our dumpxml answers with, so that the C server's is as long."""
    import asyncio

    from virtrpcd.drivers.test.driver import TestDriver
    from virtrpcd.events import EventBus

    driver = TestDriver(EventBus())
    asyncio.run(driver.start())
    return len(driver.domain_xml(driver.lookup_by_name("test").uuid, 0))


def libtirpc(work: Path) -> list[Server]:
    """Start rpcgen's C server, once on each transport (libtirpc serves one a process here)."""
    os.environ["BENCH_XML_BYTES"] = str(our_xml_bytes())
    path = f"unix:{work}/libtirpc.sock"
    on_unix, _ = _start([str(work / "libtirpc_server"), path], work / "libtirpc.log")
    on_tcp, port = _start([str(work / "libtirpc_server"), "tcp:0"], work / "libtirpc.log")
    return [Server(on_unix, unix=path), Server(on_tcp, tcp=f"tcp:{port}")]


def http_peer(work: Path, kind: str) -> Server:
    """Start one of http_peers.py."""
    process, port = _start([sys.executable, str(HERE / "http_peers.py"), kind], work / f"{kind}.log")
    return Server(process, tcp=f"tcp:{port}")


def libvirtd(work: Path) -> Server:
    """Start a private libvirtd with the test driver, on unix and tcp."""
    folder = work / "libvirt"
    folder.mkdir(exist_ok=True)
    port = _free_port()
    config = folder / "libvirtd.conf"
    config.write_text(
        f'listen_tls = 0\nlisten_tcp = 1\ntcp_port = "{port}"\nlisten_addr = "127.0.0.1"\nauth_tcp = "none"\n'
        f'auth_unix_rw = "none"\nauth_unix_ro = "none"\nunix_sock_dir = "{folder}"\nlog_outputs = "4:stderr"\n'
    )
    program = shutil.which("libvirtd") or "/usr/sbin/libvirtd"
    command = [program, "--listen", "-f", str(config), "-p", str(folder / "pid")]
    if os.geteuid() == 0:
        # As root it would start its hypervisor drivers; as somebody else the test driver alone answers.
        work.chmod(0o711)
        for path in (folder, config):
            os.chown(path, NOBODY, NOBODY)
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *command]
    with (folder / "log").open("wb") as errors:
        process = subprocess.Popen(
            pinned(command),
            stdout=errors,
            stderr=errors,
            env={**os.environ, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder), "XDG_CONFIG_HOME": str(folder)},
        )
    path = folder / "libvirt-sock"
    deadline = time.monotonic() + 20
    while not path.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"libvirtd did not start: {(folder / 'log').read_text()[-500:]}")
        time.sleep(0.1)
    uris = {
        "unix": f"test+unix:///default?socket={path}",
        "tcp": f"test+tcp://127.0.0.1:{port}/default",
    }
    return Server(process, unix=f"unix:{path}", tcp=f"tcp:{port}", extra=uris)


def _free_port() -> int:
    import socket

    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextlib.contextmanager
def all_peers(work: Path) -> Iterator[tuple[dict[str, Server], list[str]]]:
    """Start every peer that there is; yield them by name, with what had to be left out."""
    started: dict[str, Server] = {}
    left_out: list[str] = []
    try:
        started["virtrpcd"] = virtrpcd(work)
        started["libtirpc unix"], started["libtirpc tcp"] = libtirpc(work)
        for kind in ("xmlrpc", "sexpr"):
            started[kind] = http_peer(work, kind)
        try:
            started["libvirtd"] = libvirtd(work)
        except (OSError, RuntimeError) as exc:
            left_out.append(f"libvirtd: {exc}")
        yield started, left_out
    finally:
        for server in started.values():
            server.stop()
