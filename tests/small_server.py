"""A program that serves the sample on oncrpc.service: run as a child by tests, which send it signals.

Arguments: the endpoints. One line of JSON for each start: {"pid", "bound", "portmap"}. ECHO answers the pid with it.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys

from xdr_sample import Sample

from oncrpc.procedure import Call
from oncrpc.server import Limits
from oncrpc.service import Server


class Told(Sample):
    """The sample, whose echo says who answers, and whose wait ends by itself when told to stop."""

    def echo(self, text: str, call: Call) -> str:
        return f"{text} {os.getpid()} {call.peer.kind}"

    async def wait(self, call: Call) -> int:
        await asyncio.sleep(0.3)
        return os.getpid()


def tell(server: Server) -> None:
    line = {"pid": os.getpid(), "bound": server.bound, "portmap": server.portmap}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    register = os.environ.get("SMALL_SERVER_PORTMAP", "off")
    Server(Told(), sys.argv[1:], register=register, limits=Limits(drain_s=5.0)).run(ready=tell)
