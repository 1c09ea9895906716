"""The daemon is killed, again and again, while real QEMU machines run and definitions are acknowledged."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from daemon_process import DaemonProcess, blocking_wait, running_daemon
from interop.programs import need

from oncrpc.client import Client
from oncrpc.errors import TransportError
from virtproto import virt as v
from virtrpcd.model import DomainState, ShutoffReason

pytestmark = [pytest.mark.interop, pytest.mark.slow]

KILLS: Final = int(os.environ.get("VIRTRPC_KILLS", "50"))
WRITERS: Final = 3
RESTART_S: Final = 15.0
"""No restart may take longer, ready line included (about a second here)."""
TOTAL_S: Final = 150.0
XML: Final = (
    "<domain type='qemu'><name>{name}</name><uuid>{uuid}</uuid><memory unit='MiB'>{mib}</memory>"
    "<os><type>hvm</type></os></domain>"
)


def xml(name: str, mib: int) -> str:
    """Return a machine with a uuid that its name gives."""
    return XML.format(name=name, uuid=uuid_of(name), mib=mib)


def uuid_of(name: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_DNS, name)


def address(name: str) -> v.virt_domain:
    """Return how a call names the machine."""
    return v.virt_domain(name, uuid_of(name).bytes, -1)


# -- QEMU processes ---------------------------------------------------------------------------------------------------


class Qemu(NamedTuple):
    """A QEMU process: its pid, and when it started (so that a later one with that pid is another)."""

    pid: int
    started: int


def qemu_of(name: str) -> Qemu | None:
    """Return the process of a machine, None if there is none; there must not be two."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            arguments = (entry / "cmdline").read_bytes().split(b"\0")
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        if b"-uuid" in arguments and str(uuid_of(name)).encode() in arguments and fields[0] != "Z":
            found.append(Qemu(int(entry.name), int(fields[19])))
    assert len(found) <= 1, f"{name} has {len(found)} processes"
    return found[0] if found else None


@pytest.fixture
def machines() -> Iterator[list[str]]:
    """Names of machines whose processes must not outlive the test; one that does is killed by its pid."""
    need("qemu-system-x86_64")
    names: list[str] = []
    yield names
    for name in names:
        left = qemu_of(name)
        if left is not None:
            os.kill(left.pid, signal.SIGKILL)


# -- the daemon -----------------------------------------------------------------------------------------------------


def settings(folder: Path) -> tuple[str, ...]:
    """Return options that make machines run by emulation."""
    file = folder / "tcg.toml"
    file.write_text("[qemu]\naccel = 'tcg'\n")
    return ("--config", str(file))


def start(folder: Path) -> DaemonProcess:
    """Start the daemon; it must be quick about it."""
    began = time.monotonic()
    daemon = DaemonProcess(folder, *settings(folder), driver="qemu")
    took = time.monotonic() - began
    if took > RESTART_S:
        daemon.kill()
        raise AssertionError(f"the daemon took {took:.1f} s to start")
    return daemon


def state(client: Client, name: str) -> tuple[int, int]:
    """Return state and reason."""
    ok = v.VIRT_V2_Client(client).virt_domain_get_state(v.virt_domain_get_state_args(address(name), 0)).ok
    return ok.state, ok.reason


def memory_mib(client: Client) -> dict[str, int]:
    """Return the maximum memory of every machine the daemon knows."""
    stubs = v.VIRT_V2_Client(client)
    found = stubs.virt_connect_list_all_domains(v.virt_connect_list_all_domains_args(1, 0)).ok.domains
    infos = [stubs.virt_domain_get_info(v.virt_domain_get_info_args(dom)).ok for dom in found]
    return {dom.name: info.max_mem // 1024 for dom, info in zip(found, infos, strict=True)}


def start_machine(client: Client, name: str, mib: int = 32) -> Qemu:
    """Define a machine, start it, return its process."""
    stubs = v.VIRT_V2_Client(client)
    assert stubs.virt_domain_define_xml(v.virt_domain_define_xml_args(xml(name, mib))).discriminant == v.VIRT_OK
    started = stubs.virt_domain_create(v.virt_domain_create_args(address(name)))
    assert started.discriminant == v.VIRT_OK, started.error
    process = qemu_of(name)
    assert process is not None
    return process


def destroy(client: Client, name: str) -> None:
    """End a machine; its process is gone then."""
    answer = v.VIRT_V2_Client(client).virt_domain_destroy(v.virt_domain_destroy_args(address(name)))
    assert answer.discriminant == v.VIRT_OK, answer.error
    assert qemu_of(name) is None


# -- who writes definitions, and what must be true of them -----------------------------------------------------------


class Writer:
    """Defines, redefines and undefines machines of its own, one call at a time, until the connection ends.

    known: what was acknowledged, name -> MiB. doubt: the call under way: its machine, and what may be true of it (None:
    it is not there).
    """

    def __init__(self, number: int) -> None:
        self.known: dict[str, int] = {}
        self.doubt: tuple[str, set[int | None]] | None = None
        self.acknowledged = 0
        self.wrong: str | None = None
        self._number = number
        self._made = 0
        self._rng = random.Random(number)

    def work(self, path: str, news: threading.Condition) -> None:
        """Run until the daemon goes away."""
        try:
            with Client.unix(path, v.VIRT_PROGRAM, 2) as client:
                stubs = v.VIRT_V2_Client(client)
                while self.wrong is None:
                    self._one_call(stubs)
                    with news:
                        self.acknowledged += 1
                        news.notify()
        except TransportError:
            return

    def _one_call(self, stubs: v.VIRT_V2_Client) -> None:
        name, mib = self._choose()
        self.doubt = (name, {self.known.get(name), mib})
        answer: v.virt_domain_define_xml_res | v.virt_void_res
        if mib is None:
            answer = stubs.virt_domain_undefine(v.virt_domain_undefine_args(address(name)))
        else:
            answer = stubs.virt_domain_define_xml(v.virt_domain_define_xml_args(xml(name, mib)))
        if answer.discriminant != v.VIRT_OK:
            self.wrong = f"{name}, {mib} MiB: {answer.error}"
            return
        self.settle(mib)

    def _choose(self) -> tuple[str, int | None]:
        """Return the next machine and its memory, None to undefine it."""
        mib = self._rng.randint(32, 512)
        chance = self._rng.random()
        if self.known and chance < 0.5:
            name = self._rng.choice(sorted(self.known))
            return name, None if chance < 0.3 else mib
        self._made += 1
        return f"kill-{self._number}-{self._made}", mib

    def settle(self, mib: int | None) -> None:
        """Take the call under way for done, with this outcome."""
        assert self.doubt is not None
        name, _ = self.doubt
        self.doubt = None
        if mib is None:
            self.known.pop(name, None)
        else:
            self.known[name] = mib

    def check(self, found: dict[str, int]) -> None:
        """Compare with what a daemon knows after a restart; the call that was under way may have run or not."""
        if self.doubt is not None:
            name, possible = self.doubt
            assert found.get(name) in possible, f"{name} has {found.get(name)} MiB, not one of {possible}"
            self.settle(found.get(name))
        mine = {name: mib for name, mib in found.items() if name.startswith(f"kill-{self._number}-")}
        assert mine == self.known


def work_until_killed(daemon: DaemonProcess, writers: list[Writer], acknowledgements: int) -> None:
    """Let the writers work; kill the daemon when so many more of their calls have been acknowledged."""
    news = threading.Condition()
    goal = sum(writer.acknowledged for writer in writers) + acknowledgements
    threads = [threading.Thread(target=writer.work, args=(daemon.unix(), news)) for writer in writers]
    for thread in threads:
        thread.start()
    with news:
        came = news.wait_for(lambda: sum(writer.acknowledged for writer in writers) >= goal, 30)
    daemon.kill()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    assert [writer.wrong for writer in writers] == [None] * len(writers)
    assert came, "the daemon did not acknowledge so many calls in 30 s"


def test_50_kills_lose_no_acknowledged_definition_and_stop_no_machine(tmp_path: Path, machines: list[str]) -> None:
    began, rng = time.monotonic(), random.Random(50)
    machines.append("kill-keeper")
    writers = [Writer(number) for number in range(WRITERS)]
    daemon = start(tmp_path)
    try:
        with daemon.client() as client:
            process = start_machine(client, "kill-keeper")
        for number in range(KILLS):
            work_until_killed(daemon, writers, rng.randint(1, 12))
            assert qemu_of("kill-keeper") == process
            daemon = start(tmp_path)
            with daemon.client() as client:
                found = memory_mib(client)
                assert found.pop("kill-keeper") == 32
                assert state(client, "kill-keeper")[0] == DomainState.RUNNING
                if number % 10 == 9:
                    obeys(client, "kill-keeper")
            assert qemu_of("kill-keeper") == process
            for writer in writers:
                writer.check(found)
        assert sum(writer.acknowledged for writer in writers) >= KILLS
        with daemon.client() as client:
            destroy(client, "kill-keeper")
        assert daemon.stop() == 0
    finally:
        daemon.kill()
    assert time.monotonic() - began < TOTAL_S


def obeys(client: Client, name: str) -> None:
    """Check that the daemon does not only see the machine but can command it."""
    stubs = v.VIRT_V2_Client(client)
    assert stubs.virt_domain_suspend(v.virt_domain_suspend_args(address(name))).discriminant == v.VIRT_OK
    assert state(client, name)[0] == DomainState.PAUSED
    assert stubs.virt_domain_resume(v.virt_domain_resume_args(address(name))).discriminant == v.VIRT_OK
    assert state(client, name)[0] == DomainState.RUNNING


def test_a_machine_that_died_with_the_daemon_is_off_and_crashed_and_starts_again(
    tmp_path: Path, machines: list[str]
) -> None:
    machines += ["kill-victim", "kill-other"]
    daemon = start(tmp_path)
    try:
        with daemon.client() as client:
            victim, other = start_machine(client, "kill-victim"), start_machine(client, "kill-other")
        daemon.kill()
        os.kill(victim.pid, signal.SIGKILL)
        blocking_wait(lambda: qemu_of("kill-victim") is None, what="the end of QEMU")
        with running_daemon(tmp_path, *settings(tmp_path), driver="qemu") as again, again.client() as client:
            assert state(client, "kill-victim") == (DomainState.SHUTOFF, ShutoffReason.CRASHED)
            assert state(client, "kill-other")[0] == DomainState.RUNNING
            assert qemu_of("kill-other") == other
            assert start_machine(client, "kill-victim") != victim
            for name in machines:
                destroy(client, name)
    finally:
        daemon.kill()


def test_sigterm_leaves_machines_running_and_the_next_daemon_commands_them(tmp_path: Path, machines: list[str]) -> None:
    machines.append("kill-none")
    with running_daemon(tmp_path, *settings(tmp_path), driver="qemu") as daemon, daemon.client() as client:
        process = start_machine(client, "kill-none")
    assert qemu_of("kill-none") == process
    with running_daemon(tmp_path, *settings(tmp_path), driver="qemu") as again, again.client() as client:
        assert state(client, "kill-none")[0] == DomainState.RUNNING
        obeys(client, "kill-none")
        assert qemu_of("kill-none") == process
        destroy(client, "kill-none")


def test_a_start_that_a_kill_interrupts_leaves_one_process_or_none(tmp_path: Path, machines: list[str]) -> None:
    """Killed at any moment of a start, the next daemon says what is: running with its process, or off without one."""
    machines.append("kill-start")
    with running_daemon(tmp_path, *settings(tmp_path), driver="qemu") as daemon, daemon.client() as client:
        definition = v.virt_domain_define_xml_args(xml("kill-start", 32))
        assert v.VIRT_V2_Client(client).virt_domain_define_xml(definition).discriminant == v.VIRT_OK
    for number in range(8):
        daemon = start(tmp_path)
        try:
            kill_in_start(daemon, number * 0.02)
        finally:
            daemon.kill()
        with running_daemon(tmp_path, *settings(tmp_path), driver="qemu") as again, again.client() as client:
            running = state(client, "kill-start")[0] == DomainState.RUNNING
            assert running == (qemu_of("kill-start") is not None), f"killed {number * 20} ms into the start"
            if running:
                destroy(client, "kill-start")


def kill_in_start(daemon: DaemonProcess, after_s: float) -> None:
    """Ask for a start and kill the daemon so long after; the answer, if there is one, does not matter."""
    timer = threading.Timer(after_s, daemon.process.kill)
    with daemon.client() as client:
        timer.start()
        try:
            v.VIRT_V2_Client(client).virt_domain_create(v.virt_domain_create_args(address("kill-start")))
        except TransportError:
            return
        finally:
            timer.join()
