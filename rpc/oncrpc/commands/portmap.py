"""`oncrpc portmap`: the embedded portmapper on its own."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys

from oncrpc.commands.common import Commands, Exit, add_command, port_number
from oncrpc.portmap import PMAP_PORT, EmbeddedPortmap
from oncrpc.sockdiag import loopback_owner

EXAMPLES = """\
  oncrpc portmap                          port 111 of 127.0.0.1 (root)
  oncrpc portmap --port 0                 any free port; the line of JSON on stdout names it
  oncrpc portmap --local /run/rpcbind.sock   also where rpcinfo and libtirpc register
  oncrpc portmap --host :: --host 0.0.0.0    from anywhere (to be asked, not to be changed)
"""


def add(commands: Commands) -> None:
    """Put it on the command line."""
    command = add_command(commands, "portmap", "run a portmapper until interrupted", run, EXAMPLES)
    command.add_argument("--port", type=port_number, default=PMAP_PORT, help="tcp and udp port; 0: any free one")
    command.add_argument(
        "--host",
        action="append",
        metavar="ADDRESS",
        help="numeric address to listen on, :: all of IPv6, 0.0.0.0 all of IPv4; may be repeated (default 127.0.0.1)",
    )
    command.add_argument("--local", metavar="PATH", help="a unix socket to serve besides")


def run(options: argparse.Namespace) -> Exit:
    """Serve until SIGINT or SIGTERM; when ready, print one line of JSON."""
    return asyncio.run(_serve(options.host or ["127.0.0.1"], options.port, options.local))


async def _serve(hosts: list[str], port: int, local: str | None) -> Exit:
    portmap = EmbeddedPortmap(hosts, port, local, tcp_owner=loopback_owner)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, ended.set)
    try:
        await portmap.start()
    except OSError as exc:
        print(f"oncrpc: cannot listen on {' '.join(hosts)} port {port}: {exc.strerror or exc}", file=sys.stderr)
        return Exit.REFUSED
    ready = {"ready": True, "host": hosts[0], "hosts": hosts, "port": portmap.port, "local": local}
    print(json.dumps(ready), flush=True)
    await ended.wait()
    await portmap.stop()
    return Exit.DONE
