"""Commands that move the bytes of volumes, with a progress bar on a terminal. They need libvirt's own framing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import click

from virtrpc.cli.context import Context, pass_context

if TYPE_CHECKING:
    from virtrpc.libvirt.connect import virConnect
    from virtrpc.libvirt.things import virStorageVol

STREAM_URI: Final = "libvirt+"


@contextmanager
def _connection(context: Context) -> Iterator[virConnect]:
    """A connection that has streams, while the block runs; its errors are this package's."""
    from virtrpc.errors import UriError, VirtError
    from virtrpc.libvirt import errors
    from virtrpc.libvirt.connect import open as open_libvirt

    uri = context.uri or os.environ.get("VIRTRPC_URI", "")
    if not uri.startswith(STREAM_URI):
        raise UriError(
            "volumes are moved over libvirt's own framing: -c libvirt+unix, libvirt+tcp or libvirt+tls://..."
        )
    errors.registerErrorHandler(lambda ctx, error: None, None)
    try:
        with open_libvirt(uri) as conn:
            yield conn
    except errors.libvirtError as exc:
        raise VirtError(exc.get_error_code() or 0, exc.get_error_domain() or 0, str(exc)) from exc
    finally:
        errors.registerErrorHandler(None, None)


@contextmanager
def _progress(label: str, total: int) -> Iterator[Callable[[int], object]]:
    """What to tell of each lot of bytes."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    console = Console(stderr=True)
    with Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(label, total=total)
        yield lambda size: bar.advance(task, size)


def _volume(conn: virConnect, pool: str, volume: str) -> virStorageVol:
    found: virStorageVol = conn.storagePoolLookupByName(pool).storageVolLookupByName(volume)
    return found


@click.command(name="vol-upload")
@click.argument("pool")
@click.argument("volume")
@click.argument("file", type=click.File("rb"))
@pass_context
def vol_upload(context: Context, pool: str, volume: str, file: BinaryIO) -> None:
    """Write FILE into a volume, from its beginning."""
    size = os.fstat(file.fileno()).st_size
    with _connection(context) as conn, _progress(volume, size) as tell:
        stream = conn.newStream()
        _volume(conn, pool, volume).upload(stream, 0, size)

        def read(stream: Any, most: int, opaque: Any) -> bytes:
            data = file.read(most)
            tell(len(data))
            return data

        stream.sendAll(read, None)
        stream.finish()
    context.output.done(f"{size} bytes written", {"pool": pool, "volume": volume, "bytes": size})


@click.command(name="vol-download")
@click.argument("pool")
@click.argument("volume")
@click.argument("file", type=click.File("wb"))
@pass_context
def vol_download(context: Context, pool: str, volume: str, file: BinaryIO) -> None:
    """Write what a volume holds into FILE."""
    size = 0
    with _connection(context) as conn:
        found = _volume(conn, pool, volume)
        with _progress(volume, found.info()[1]) as tell:

            def write(stream: Any, data: bytes, opaque: Any) -> None:
                nonlocal size
                file.write(data)
                size += len(data)
                tell(len(data))

            stream = conn.newStream()
            found.download(stream, 0, 0)
            stream.recvAll(write, None)
            stream.finish()
    context.output.done(f"{size} bytes read", {"pool": pool, "volume": volume, "bytes": size})


COMMANDS = (vol_upload, vol_download)
