"""A mount server (MOUNT version 3, RFC 1813 appendix I): tells who asks with `showmount` what is exported.

    pyrpcgen mount.x && python mountd.py /srv=192.0.2.0/24 /home
"""

import sys

import mount as m

from oncrpc.procedure import Call
from oncrpc.service import Server


class Mountd(m.MOUNT_V3_Server):
    def __init__(self, exported: dict[str, list[str]]) -> None:
        self.exported = exported
        self.mounted: set[tuple[str, str]] = set()  # (host, directory)

    def mountproc3_mnt(self, directory: str, call: Call) -> m.mountres3:
        if directory not in self.exported:
            return m.mountres3(m.MNT3ERR_NOENT)
        self.mounted.add((call.peer.address[0], directory))
        return m.mountres3(m.MNT3_OK, m.mountres3_ok(directory.encode()[: m.FHSIZE3], [1]))  # 1: AUTH_SYS

    def mountproc3_dump(self, call: Call) -> m.mountlist:
        return linked(m.mountbody, sorted(self.mounted))

    def mountproc3_umnt(self, directory: str, call: Call) -> None:
        self.mounted.discard((call.peer.address[0], directory))

    def mountproc3_export(self, call: Call) -> m.exports:
        each = self.exported.items()
        return linked(m.exportnode, [(name, linked(m.groupnode, [(host,) for host in hosts])) for name, hosts in each])


def linked(node, rows):
    """Return the linked list of a node for each row: its fields but the last, which is the next node."""
    first = None
    for row in reversed(rows):
        first = node(*row, first)
    return first


if __name__ == "__main__":
    words = [word.partition("=") for word in sys.argv[1:]]
    mountd = Mountd({directory: hosts.split(",") if hosts else [] for directory, _, hosts in words})
    Server(mountd, ["tcp:0.0.0.0:0", "udp:0.0.0.0:0"]).run(ready=lambda server: print(*server.bound, flush=True))
