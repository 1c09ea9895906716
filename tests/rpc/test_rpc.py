"""oncrpc.rpc: a program written as pynfs's users write them, over the modules that `--style xdrlib` makes."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from xdrlib_values import Modules, write_and_load

from oncrpc import rpc
from oncrpc.auth import sys as auth_sys
from oncrpc.auth.sys import AuthSysParms
from oncrpc.errors import ConnectionLost, LocalError, TransportError
from pyrpcgen.compiler import load_text

FILES_X = """
enum stat { OK = 0, NOENT = 2 };
typedef opaque fh<32>;
struct entry { string name<255>; fh handle; entry *next; };
struct lookup_args { fh dir; string name<255>; };
union lookup_res switch (stat status) { case OK: fh object; default: void; };
union list_res switch (stat status) { case OK: entry *entries; default: void; };
program FILES { version FILES_V1 {
    void NULLPROC(void) = 0;
    lookup_res LOOKUP(lookup_args) = 1;
    list_res LIST(fh) = 2;
} = 1; version FILES_V3 { lookup_res LOOKUP(lookup_args) = 1; } = 3; } = 0x20001234;
"""
ROOT_FH = b"root"
NAMES = (b"a", b"bb", b"ccc")


class FileServer(rpc.Server):
    def __init__(self, modules: Modules, **options: Any) -> None:
        self.const, self.types, self.pack = modules
        super().__init__(self.const.FILES, [self.const.FILES_V1, self.const.FILES_V3], 0, "127.0.0.1", **options)
        self.release = threading.Event()
        self.after: list[str] = []

    def handle_1(self, data: bytes, call_info: rpc.CallInfo) -> tuple[Any, ...]:
        unpacker = self.pack.FILESUnpacker(data)
        try:
            args = unpacker.unpack_lookup_args()
        except (self.pack.XDRError, EOFError):
            return 4, b""
        if args.name == b"who":
            self.after.append(auth_sys.parse(call_info.credinfo.body).machine_name)
        if args.name == b"slow":
            self.release.wait(20)
        found = args.dir == ROOT_FH and args.name in NAMES
        result = self.types.lookup_res(self.const.OK, args.name) if found else self.types.lookup_res(self.const.NOENT)
        packer = self.pack.FILESPacker()
        packer.pack_lookup_res(result)
        return rpc.SUCCESS, packer.get_buffer(), lambda: self.after.append(args.name.decode())

    def handle_2_v1(self, data: bytes, call_info: rpc.CallInfo) -> tuple[Any, ...]:
        entries: list[Any] = []
        for name in reversed(NAMES):
            entries = [self.types.entry(name, b"fh-" + name, entries)]
        packer = self.pack.FILESPacker()
        packer.pack_list_res(self.types.list_res(self.const.OK, entries))
        return rpc.SUCCESS, packer.get_buffer()

    def handle_9(self, data: bytes, call_info: rpc.CallInfo) -> tuple[Any, ...]:
        raise RuntimeError("a bug in a handler")


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Modules:
    return write_and_load(load_text(FILES_X, "files.x"), "files", tmp_path_factory.mktemp("files"))


@pytest.fixture
def server(modules: Modules) -> Iterator[FileServer]:
    made = FileServer(modules)
    thread = threading.Thread(target=made.start)
    thread.start()
    yield made
    made.release.set()
    made.stop()
    thread.join(20)
    assert not thread.is_alive()


@pytest.fixture
def client(server: FileServer, modules: Modules) -> Iterator[rpc.Client]:
    with rpc.Client(modules.const.FILES, modules.const.FILES_V1) as made:
        yield made


def lookup(modules: Modules, name: bytes) -> bytes:
    packer = modules.pack.FILESPacker()
    packer.pack_lookup_args(modules.types.lookup_args(ROOT_FH, name))
    return bytes(packer.get_buffer())


def test_a_client_in_the_manner_of_pynfs(server: FileServer, client: rpc.Client, modules: Modules) -> None:
    const, pack = modules.const, modules.pack
    pipe = client.connect(("127.0.0.1", server.port))
    xid = client.send_call(pipe, const.LOOKUP, lookup(modules, b"bb"))
    header, data = pipe.listen(xid, timeout=20)
    assert header == (xid, rpc.SUCCESS)
    result = pack.FILESUnpacker(data).unpack_lookup_res()
    assert (const.stat[result.status], result.object, result.switch) == ("OK", b"bb", b"bb")
    header, data = pipe.listen(client.send_call(pipe, const.LIST, b"\0\0\0\0"), 20)
    entry, names = pack.FILESUnpacker(data).unpack_list_res().entries, []
    while entry:
        names.append(entry[0].name)
        entry = entry[0].next
    assert names == list(NAMES)
    call = client.make_call_function(pipe, const.LOOKUP, const.FILES, const.FILES_V3)
    _, data = call(lookup(modules, b"zz"), None)
    assert pack.FILESUnpacker(data).unpack_lookup_res().status == const.NOENT
    assert server.after == ["bb", "zz"]


def test_a_client_listens_on_its_pipes_and_closes_them_one_by_one(
    server: FileServer, client: rpc.Client, modules: Modules
) -> None:
    first, second = (client.connect(("127.0.0.1", server.port)) for _ in range(2))
    xid = client.send_call(first, modules.const.LOOKUP, lookup(modules, b"bb"))
    header, data = client.listen(first, xid, 20)
    assert header == (xid, rpc.SUCCESS)
    assert modules.pack.FILESUnpacker(data).unpack_lookup_res().object == b"bb"
    client.close(first)
    client.close(first)
    with pytest.raises(TransportError):
        client.send_call(first, modules.const.LOOKUP, lookup(modules, b"bb"))
    assert client.listen(second, client.send_call(second, 0), 20)[1] == b""


def test_credentials_reach_the_handler(server: FileServer, client: rpc.Client, modules: Modules) -> None:
    client.set_cred(auth_sys.credential(AuthSysParms(1, "box", 0, 0, [])))
    pipe = client.connect(("127.0.0.1", server.port))
    pipe.listen(client.send_call(pipe, 1, lookup(modules, b"who")), 20)
    assert server.after[0] == "box"


def test_replies_come_to_the_threads_that_wait_for_them(
    server: FileServer, client: rpc.Client, modules: Modules
) -> None:
    pipe = client.connect(("127.0.0.1", server.port))
    slow = client.send_call(pipe, 1, lookup(modules, b"slow"))
    got: dict[bytes, bytes] = {}

    def one(name: bytes) -> None:
        got[name] = pipe.listen(client.send_call(pipe, 1, lookup(modules, name)), 20)[1]

    threads = [threading.Thread(target=one, args=(name,)) for name in NAMES]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    server.release.set()
    assert pipe.listen(slow, 20)[0].xid == slow
    for name in NAMES:
        assert modules.pack.FILESUnpacker(got[name]).unpack_lookup_res().object == name


def test_refusals_have_pynfs_errors(server: FileServer, client: rpc.Client, modules: Modules) -> None:
    pipe = client.connect(("127.0.0.1", server.port))

    def refused(procedure: int, data: bytes = b"", **where: int) -> rpc.RPCAcceptError:
        with pytest.raises(rpc.RPCAcceptError) as caught:
            pipe.listen(client.send_call(pipe, procedure, data, **where), 20)  # type: ignore[arg-type]
        return caught.value

    assert refused(77).stat == 3
    assert refused(2, version=3).stat == 3
    assert refused(1, b"\0").stat == 4
    assert refused(9).stat == 5
    assert refused(1, program=5).stat == 1
    mismatch = refused(1, version=8)
    assert (mismatch.stat, mismatch.low, mismatch.high) == (rpc.PROG_MISMATCH, 1, 3)
    assert pipe.listen(client.send_call(pipe, 0), 20)[1] == b""


def test_denied_calls_say_why(modules: Modules) -> None:
    for words, attributes in (((0, 3, 4), {"stat": 0, "low": 3, "high": 4}), ((1, 5), {"stat": 1, "astat": 5})):
        with socket.create_server(("127.0.0.1", 0)) as listening, rpc.Client(1, 1) as client:
            pipe = client.connect(listening.getsockname())
            xid = client.send_call(pipe, 0)
            peer, _ = listening.accept()
            with peer:
                reply = struct.pack(f">{3 + len(words)}I", xid, 1, 1, *words)
                peer.sendall(struct.pack(">I", 0x80000000 | len(reply)) + reply)
                with pytest.raises(rpc.RPCDeniedError) as caught:
                    pipe.listen(xid, 20)
        assert {name: getattr(caught.value, name) for name in attributes} == attributes


def test_a_reply_that_does_not_come_is_a_timeout_and_a_lost_connection_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, rpc.Client(1, 1) as client:
        pipe = client.connect(listening.getsockname())
        xid = client.send_call(pipe, 0)
        with pytest.raises(rpc.RPCTimeout):
            pipe.listen(xid, timeout=0)
        with pytest.raises(LocalError, match="no call with xid"):
            pipe.listen(xid, timeout=0)
        xid = client.send_call(pipe, 0)
        peer, _ = listening.accept()
        peer.recv(1000)
        peer.close()
        with pytest.raises(ConnectionLost):
            pipe.listen(xid, 20)
        with pytest.raises(ConnectionLost):
            client.send_call(pipe, 0)
