"""A portmapper that was started anew is told again."""

from __future__ import annotations

import asyncio
from pathlib import Path

from oncrpc.portmap.chooser import SystemPortmap
from oncrpc.portmap.embedded import EmbeddedPortmap
from oncrpc.portmap.entries import Registration

OURS = [
    Registration(0x20000099, 2, "tcp", ("127.0.0.1", 40001)),
    Registration(0x20000099, 2, "udp", ("127.0.0.1", 40002)),
]


def test_what_is_missing_is_registered_again_and_nothing_else(tmp_path: Path) -> None:
    async def main() -> None:
        path = str(tmp_path / "rpcbind.sock")
        first = EmbeddedPortmap("127.0.0.1", 0, path)
        await first.start()
        ours = SystemPortmap(path=path)
        await ours.register(OURS)
        assert await ours.refresh() == 0
        await first.stop()
        second = EmbeddedPortmap("127.0.0.1", 0, path)
        await second.start()
        assert await ours.refresh() == 2
        assert await ours.refresh() == 0
        await ours.close()
        assert await SystemPortmap(path=path).refresh() == 0
        await second.stop()

    asyncio.run(main())
