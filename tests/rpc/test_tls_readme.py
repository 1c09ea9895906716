"""The page on TLS in rpc/README.md: its commands make certificates that its server and its client take."""

from __future__ import annotations

import asyncio
import re
import subprocess
from pathlib import Path

from interop.programs import need
from xdr_sample import PROGRAM, Sample

from oncrpc import Client, ClientTls, Procedure, Server, ServerTls
from oncrpc.dispatch import Dispatcher
from oncrpc.peers import Peer, tls_peer
from oncrpc.procedure import Call
from oncrpc.xdr import VOID

README = Path(__file__).resolve().parents[2] / "rpc" / "README.md"
WHO: Procedure[None] = Procedure(1, "WHO", VOID, VOID, arity=0)


def test_the_commands_make_certificates_that_work(tmp_path: Path) -> None:
    need("openssl", "sh")
    (commands,) = re.findall(r"```sh\n(openssl req .*?)```", README.read_text(), re.DOTALL)
    subprocess.run(["sh", "-e", "-c", commands], cwd=tmp_path, check=True, capture_output=True, timeout=60)
    files = {name: tmp_path / f"{name}.pem" for name in ("ca", "server", "server-key", "client", "client-key")}
    tls = ServerTls(files["server"], files["server-key"], files["ca"], clients="optional", identify=tls_peer)
    seen: list[Peer] = []

    def who(call: Call) -> bytes:
        seen.append(call.peer)
        return b""

    dispatcher = Dispatcher()
    dispatcher.serve(Sample())
    dispatcher.register(PROGRAM, 3, {1: who})

    def ask(port: int, mine: ClientTls) -> None:
        for host in ("localhost", "127.0.0.1"):
            with Client.tcp(host, port, PROGRAM, 3, tls=mine) as client:
                client.call(WHO)

    async def main() -> None:
        async with Server(dispatcher, ["tcp:127.0.0.1:0"], tls=tls, register=False) as server:
            port = int(server.bound[0].rpartition(":")[2])
            await asyncio.to_thread(ask, port, ClientTls(files["ca"], files["client"], files["client-key"]))
            await asyncio.to_thread(ask, port, ClientTls(files["ca"]))

    asyncio.run(main())
    names = [peer.certificate and peer.certificate.names for peer in seen]
    assert names == [{"CN:alice", "email:alice@example.org"}] * 2 + [None] * 2
    assert {peer.kind for peer in seen} == {"tls"}
    assert str(seen[0]) == "tls CN:alice email:alice@example.org"
