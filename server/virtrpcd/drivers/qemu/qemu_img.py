"""qemu-img, which makes, resizes and copies qcow2 images.

It gets open files, never names: nothing that is swapped for a link between our check and its start leads it elsewhere,
and no image is opened that names another one.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
from typing import Final

from virtrpcd.drivers.qemu.files import OpenFile
from virtrpcd.errors import FROM_NONE, FROM_STORAGE, OperationFailed, OperationTimeout, VirtError

SHORT_S: Final = 60.0
"""For what writes an image's head only."""
LONG_S: Final = 6 * 3600.0
"""For what reads or writes a whole image: at 100 MB/s, 2 TB."""

_MAX_WORDS: Final = 1000


async def create(image: OpenFile, path: str, capacity: int, options: list[str]) -> None:
    """Write an empty qcow2 image into an open file; path: what it is called in errors."""
    # preallocation writes the whole image
    limit_s = LONG_S if any(option.startswith("preallocation=") for option in options) else SHORT_S
    size = f"{-(-capacity // 1024)}K"
    await _run("create", "-q", "-f", "qcow2", "-o", ",".join(options), image, size, path=path, limit_s=limit_s)


async def resize(image: OpenFile, path: str, capacity: int, *, shrink: bool) -> None:
    """Change how much a qcow2 image holds."""
    words = ["--shrink"] if shrink else []
    await _run("resize", "-q", *words, _qcow2(image), str(capacity), path=path, limit_s=LONG_S, also=image)


async def convert(source: OpenFile, source_format: str, image: OpenFile, path: str, options: list[str] | None) -> None:
    """Write what is in a raw or qcow2 image into another one, both open; options of a qcow2 one, None for a raw one."""
    kind = ["-O", "raw"] if options is None else ["-O", "qcow2", "-o", ",".join(options)]
    where = _qcow2(source) if source_format == "qcow2" else _raw(source)
    await _run("convert", "-q", *kind, where, image, path=path, limit_s=LONG_S, also=source)


def _name(file: OpenFile) -> str:
    return f"/proc/self/fd/{file.fileno()}"


def _raw(file: OpenFile) -> str:
    return "json:" + json.dumps({"driver": "raw", "file": {"driver": "file", "filename": _name(file)}})


def _qcow2(file: OpenFile) -> str:
    inner = {"driver": "file", "filename": _name(file)}
    return "json:" + json.dumps({"driver": "qcow2", "backing": None, "file": inner})


async def _run(command: str, *words: str | OpenFile, path: str, limit_s: float, also: OpenFile | None = None) -> None:
    """Run qemu-img; it is gone when this returns, also by being cancelled. Raises VirtError with what it said."""
    program = shutil.which("qemu-img")
    if program is None:
        raise OperationFailed("operation failed: there is no qemu-img on this host", domain=FROM_STORAGE)
    files = [word for word in (*words, also) if isinstance(word, OpenFile)]
    shown = [_name(word) if isinstance(word, OpenFile) else word for word in words]
    child = await asyncio.create_subprocess_exec(
        program,
        command,
        *shown,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        pass_fds=[file.fileno() for file in files],
    )
    try:
        async with asyncio.timeout(limit_s):
            _, said = await child.communicate()
    except TimeoutError as error:
        why = f"cannot {command} volume '{path}': qemu-img took more than {limit_s:.0f} s"
        raise OperationTimeout(why, domain=FROM_STORAGE) from error
    finally:
        if child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await asyncio.shield(child.wait())
    if child.returncode:
        # it would remove what it could not finish, by its name; we do that
        lines = [line for line in said.decode(errors="replace").splitlines() if "Error when deleting file" not in line]
        text = "\n".join(lines)[:_MAX_WORDS].strip()
        for file in files:
            text = text.replace(_name(file), path)
        why = f"internal error: qemu-img {command} '{path}' ended with status {child.returncode}: {text}"
        raise VirtError(why, domain=FROM_NONE)
