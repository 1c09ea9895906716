"""List a directory of an NFS server, or read a file, without mounting it (NFS version 3, RFC 1813).

    pyrpcgen mount.x && pyrpcgen nfs3.x
    python nfs_ls.py HOST /exported          lists it
    python nfs_ls.py HOST /exported FILE     writes the file to stdout
"""

import sys
from collections.abc import Iterator

import mount as m
import nfs3 as n

from oncrpc.auth.sys import credential
from oncrpc.client import Client
from oncrpc.portmap import lookup

READ_BYTES = 65536


def connect(host: str, program: int, version: int) -> Client:
    port = lookup(host, program, version, "tcp")
    return Client.tcp(host, port, program, version, cred=credential())


def mount(host: str, directory: str) -> n.nfs_fh3:
    """Return the handle of an exported directory."""
    with connect(host, m.MOUNT_PROGRAM, m.MOUNT_V3) as client:
        result = m.MOUNT_V3_Client(client).mountproc3_mnt(directory)
    if result.fhs_status != m.MNT3_OK:
        raise SystemExit(f"{host}: {directory}: {result.fhs_status.name}")
    return n.nfs_fh3(result.mountinfo.fhandle)


def entries(nfs: n.NFS_V3_Client, directory: n.nfs_fh3) -> Iterator[n.entryplus3]:
    """Give the entries of a directory, in as many calls as it takes."""
    cookie, verifier = 0, bytes(n.NFS3_COOKIEVERFSIZE)
    while True:
        result = nfs.nfsproc3_readdirplus(n.READDIRPLUS3args(directory, cookie, verifier, 4096, 32768))
        page = expect(result).reply
        entry = page.entries
        while entry is not None:
            yield entry
            cookie, entry = entry.cookie, entry.nextentry
        if page.eof:
            return
        verifier = result.resok.cookieverf


def read(nfs: n.NFS_V3_Client, directory: n.nfs_fh3, name: str) -> Iterator[bytes]:
    """Give the bytes of a file in a directory, piece by piece."""
    file = expect(nfs.nfsproc3_lookup(n.LOOKUP3args(n.diropargs3(directory, name)))).object
    offset, eof = 0, False
    while not eof:
        piece = expect(nfs.nfsproc3_read(n.READ3args(file, offset, READ_BYTES)))
        yield piece.data
        offset, eof = offset + piece.count, piece.eof


def expect(result):
    """Return the arm for NFS3_OK, or end the program with the name of the error."""
    if result.status != n.NFS3_OK:
        raise SystemExit(result.status.name)
    return result.resok


def main(host: str, directory: str, name: str | None = None) -> None:
    root = mount(host, directory)
    with connect(host, n.NFS_PROGRAM, n.NFS_V3) as client:
        nfs = n.NFS_V3_Client(client)
        if name is not None:
            for piece in read(nfs, root, name):
                sys.stdout.buffer.write(piece)
            return
        for entry in entries(nfs, root):
            attributes = entry.name_attributes.value
            print(f"{attributes.type.name} {attributes.mode:04o} {attributes.size:>10} {entry.name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
