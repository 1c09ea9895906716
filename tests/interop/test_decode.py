"""What tcpdump captures of real programs' traffic (libtirpc's rpcinfo and showmount, rpcbind), decoded by oncrpc."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from interop.programs import ROOT, need
from namespaces import Namespace, wait_until

from oncrpc.__main__ import main
from oncrpc.capture import Exchange, exchanges, packets

pytestmark = pytest.mark.interop

EXAMPLES = ROOT / "rpc" / "examples"


@pytest.mark.parametrize("interface", ["lo", "any"])
def test_every_call_of_real_programs_is_found_with_its_answer(
    namespace: Namespace, tmp_path: Path, interface: str, capsys: pytest.CaptureFixture[str]
) -> None:
    need("tcpdump", "showmount", "rpcinfo", "rpcbind")
    namespace.start_rpcbind()
    for name in ("mount.x", "mountd.py"):
        shutil.copy(EXAMPLES / name, tmp_path)
    subprocess.run([sys.executable, "-m", "pyrpcgen", "mount.x", "-q"], cwd=tmp_path, check=True)
    server = namespace.start(sys.executable, str(tmp_path / "mountd.py"), "/home", "/srv=192.0.2.1")
    assert server.stdout is not None
    server.stdout.readline()
    capture = Path(namespace.run_folder) / "capture.pcap"
    namespace.start("tcpdump", "-q", "-i", interface, "-U", "-w", "/run/capture.pcap", "tcp or udp")

    def found() -> list[Exchange]:
        if not capture.exists() or capture.stat().st_size < 24:
            return []
        with capture.open("rb") as file:
            return [one for one in exchanges(packets(file)) if isinstance(one, Exchange)]

    def seen(program: int, procedure: int, transport: str) -> bool:
        return any(
            one.call is not None and one.reply is not None and one.reply.refusal is None
            and (one.call.program, one.call.procedure, one.transport) == (program, procedure, transport)
            for one in found()
        )  # fmt: skip

    def ping_until_captured() -> bool:
        namespace.rpcinfo("-u", "127.0.0.1", "100005", "3")
        return seen(100005, 0, "udp")

    wait_until(ping_until_captured)
    namespace.rpcinfo("-t", "127.0.0.1", "100005", "3")
    shown = namespace.run("showmount", "-e", "127.0.0.1").stdout
    namespace.rpcinfo("-p", "127.0.0.1")
    wait_until(lambda: seen(100000, 4, "tcp") and seen(100005, 5, "tcp") and seen(100005, 0, "tcp"))
    assert all(one.call is not None and one.reply is not None for one in found())

    assert main(["decode", "--json", str(EXAMPLES / "mount.x"), str(capture)]) == 0
    decoded = capsys.readouterr().out
    assert '"procedure": "MOUNTPROC3_EXPORT"' in decoded
    for directory in ("/home", "/srv"):
        assert directory in shown
        assert f'"ex_dir": "{directory}"' in decoded
