"""A QMP peer that misbehaves: it greets (or not), then answers each command with what it was told to."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

GREETING: Final = b'{"QMP": {"version": {"qemu": {"major": 7, "minor": 2, "micro": 0}}, "capabilities": []}}\r\n'

Answer = Callable[[dict[str, Any]], bytes]


def result(command: dict[str, Any], value: object = None) -> bytes:
    """The proper answer to a command."""
    return json.dumps({"return": {} if value is None else value, "id": command.get("id")}).encode() + b"\r\n"


class FakeQmp:
    """Listens at a path; `answer` makes the bytes for each command after the agreement on QMP."""

    def __init__(self, answer: Answer, greeting: bytes = GREETING) -> None:
        self._answer = answer
        self._greeting = greeting
        self.commands: list[str] = []
        self._serving: list[asyncio.Task[None]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until it goes."""
        task = asyncio.current_task()
        assert task is not None
        self._serving.append(task)
        try:
            with contextlib.suppress(ConnectionError):
                writer.write(self._greeting)
                await self._answer_all(reader, writer)
        finally:
            writer.transport.abort()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        buffer = ""
        while data := await reader.read(65536):
            buffer += data.decode()
            while buffer:
                # commands follow each other with nothing in between, each in one piece
                command, end = json.JSONDecoder().raw_decode(buffer)
                buffer = buffer[end:].lstrip()
                self.commands.append(command["execute"])
                agreed = command["execute"] == "qmp_capabilities"
                writer.write(result(command) if agreed else self._answer(command))
            await writer.drain()

    async def stop(self) -> None:
        """Let go of every client."""
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)


@asynccontextmanager
async def listening(path: Path, peer: FakeQmp) -> AsyncIterator[None]:
    """Let `peer` listen at `path`."""
    server = await asyncio.start_unix_server(peer.serve, path)
    try:
        yield
    finally:
        server.close()
        await peer.stop()
        await server.wait_closed()
