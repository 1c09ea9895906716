"""Where `@threaded` methods run: as many at once as there are threads, and a program that ends waits for none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import Future
from pathlib import Path

import pytest

from oncrpc.threads import Threads

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import sys, threading
sys.path.insert(0, sys.argv[2])
from oncrpc.dispatch import threaded
from oncrpc.procedure import Procedure, Program
from oncrpc.server import Limits
from oncrpc.service import Server
from oncrpc.xdr import VOID

class Stuck:
    PROGRAM = Program("STUCK", 300, "V1", 1, (Procedure(1, "STICK", VOID, VOID, arity=0),))

    @threaded
    def stick(self, call):
        print("stuck", flush=True)
        threading.Event().wait()

server = Server(Stuck(), [sys.argv[1]], register=False, limits=Limits(drain_s=0.1))
server.run(ready=lambda _: print("ready", flush=True))
"""


def test_work_is_done_by_as_many_threads_as_there_may_be() -> None:
    threads, gate, names = Threads(2), threading.Barrier(2), set()

    def work(number: int) -> int:
        gate.wait(10)
        names.add(threading.current_thread().ident)
        return number

    futures = [threads.submit(work, number) for number in range(20)]
    assert [future.result(10) for future in futures] == list(range(20))
    assert len(names) == 2


def test_a_thread_that_is_free_is_used_again() -> None:
    threads = Threads(8)
    seen = {threads.submit(threading.get_ident).result(10)}
    for _ in range(50):
        while not threads._idle:
            pass
        seen.add(threads.submit(threading.get_ident).result(10))
    assert len(seen) == 1


def test_errors_come_out_of_the_result_and_what_was_cancelled_is_not_run() -> None:
    threads, gate = Threads(1), threading.Event()
    held: Future[bool] = threads.submit(gate.wait, 10)
    cancelled = threads.submit(pytest.fail, "ran")
    assert cancelled.cancel()
    failing = threads.submit(int, "x")
    gate.set()
    assert held.result(10)
    with pytest.raises(ValueError, match="invalid literal"):
        failing.result(10)


def test_sigterm_is_not_held_up_by_a_method_that_never_returns(tmp_path: Path) -> None:
    from oncrpc.client import Client
    from oncrpc.procedure import Procedure
    from oncrpc.xdr import VOID

    place = str(tmp_path / "sock")
    command = [sys.executable, "-c", PROGRAM, f"unix:{place}", os.fspath(ROOT / "rpc")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            with Client.unix(place, 300, 1) as client:
                client.send(Procedure(1, "STICK", VOID, VOID, arity=0))
                assert process.stdout.readline() == "stuck\n"
                process.send_signal(signal.SIGTERM)
                assert process.wait(20) == 0
        finally:
            process.kill()
