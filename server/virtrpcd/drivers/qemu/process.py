"""One QEMU process, ours or one that an earlier daemon started: spawn, find again, measure, signal, see it end.

A process is held by a pidfd, so that nothing is ever read from or sent to a later process with the same pid.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import signal
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

_TICK_NS: Final = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
_STAT_BYTES: Final = 1024
_UTIME, _STIME, _START, _CPU = 11, 12, 19, 36
"""Fields 14, 15, 22 and 39 of proc(5)'s stat, counted from the one after the name in parentheses."""


class ThreadStat(NamedTuple):
    """A thread: cpu time used in ns, the host cpu it last ran on."""

    cpu_time_ns: int
    cpu: int


def _fields(stat: bytes) -> list[bytes]:
    # the name may hold anything, blanks and parentheses too: count from its last one
    return stat[stat.rindex(b")") + 2 :].split()


def start_ticks(pid: int) -> int | None:
    """Return when a process started (clock ticks since boot), None if there is no such process or it has ended."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = _fields(file.read(_STAT_BYTES))
    except OSError:
        return None
    return None if fields[0] in (b"Z", b"X") else int(fields[_START])


def find_by_argument(text: str) -> Iterator[int]:
    """Yield the pids of this user's processes that have `text` in an argument."""
    wanted = os.fsencode(text)
    for entry in os.listdir("/proc"):
        if not entry.isdecimal():
            continue
        try:
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                found = wanted in file.read()
            if found and os.stat(f"/proc/{entry}").st_uid == os.geteuid():
                yield int(entry)
        except OSError:
            continue  # it ended while we looked


class Process:
    """A process by pid and start time. `close` it when it has ended, or to let go of it."""

    def __init__(self, pid: int, ticks: int, pidfd: int, stat_fd: int) -> None:
        self.pid = pid
        self.ticks = ticks
        self._pidfd = pidfd
        self._stat_fd = stat_fd
        self._last_cpu_ns = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self.ended = asyncio.Event()

    @classmethod
    def spawn(cls, args: list[str], log: int, fds: dict[int, int]) -> Process:
        """Start a program in a session of its own, so that it outlives us: no pipes, output to the file `log`.

        fds: what it inherits, its number there -> ours. Raises OSError.
        """
        null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        # first out of the way of the numbers they are to have
        moved = {number: _high_copy(fd) for number, fd in fds.items()}
        try:
            actions = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)]
            actions += [(os.POSIX_SPAWN_DUP2, fd, number) for number, fd in moved.items()]
            pid = os.posix_spawn(
                args[0],
                args,
                {"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
                file_actions=actions,
                setsid=True,
                setsigmask=[],
                setsigdef=[signal.SIGPIPE, signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGXFSZ],
            )
        finally:
            for fd in (null, *moved.values()):
                os.close(fd)
        process = cls.adopt(pid, None)
        if process is None:
            raise ProcessLookupError("the process ended at once")
        return process

    @classmethod
    def adopt(cls, pid: int, ticks: int | None) -> Process | None:
        """Take hold of a running process; None if it is not there or did not start at `ticks`."""
        try:
            pidfd = os.pidfd_open(pid)
        except OSError:
            return None
        try:
            stat_fd = os.open(f"/proc/{pid}/stat", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            os.close(pidfd)
            return None
        # looked at after the pidfd was opened: what it says is of the process that we hold
        found = start_ticks(pid)
        if found is None and ticks is None:
            # our own child that has already ended; whoever waits for it will see
            found = 0
        if found is None or (ticks is not None and found != ticks):
            os.close(pidfd)
            os.close(stat_fd)
            return None
        return cls(pid, found, pidfd, stat_fd)

    def watch(self, ended: Callable[[], None]) -> None:
        """Set `self.ended` and call `ended` when the process has ended."""

        def seen() -> None:
            self._unwatch()
            self._reap()
            self.ended.set()
            ended()

        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._pidfd, seen)

    def cpu_time_ns(self) -> int:
        """Return the cpu time used by all its threads; never less than before."""
        try:
            stat = os.pread(self._stat_fd, _STAT_BYTES, 0)
        except OSError:
            return self._last_cpu_ns
        # as _fields, but no further than needed: nothing is asked more often
        fields = stat[stat.rindex(b")") + 2 :].split(b" ", _STIME + 1)
        self._last_cpu_ns = max(self._last_cpu_ns, (int(fields[_UTIME]) + int(fields[_STIME])) * _TICK_NS)
        return self._last_cpu_ns

    def cpu_times_ns(self) -> tuple[int, int]:
        """Return the cpu time used by all its threads: in programs, in the kernel."""
        try:
            fields = _fields(os.pread(self._stat_fd, _STAT_BYTES, 0))
        except OSError:
            return self._last_cpu_ns, 0
        return int(fields[_UTIME]) * _TICK_NS, int(fields[_STIME]) * _TICK_NS

    def run_delay_ns(self, tid: int) -> int | None:
        """Return how long a thread of this process has waited for a host cpu, None if that is not known."""
        try:
            with open(f"/proc/{self.pid}/task/{tid}/schedstat", "rb", buffering=0) as file:
                return int(file.read(_STAT_BYTES).split()[1])
        except (OSError, IndexError):
            return None

    def thread(self, tid: int) -> ThreadStat | None:
        """Return what a thread of this process used, None if there is no such thread."""
        try:
            with open(f"/proc/{self.pid}/task/{tid}/stat", "rb", buffering=0) as file:
                fields = _fields(file.read(_STAT_BYTES))
        except OSError:
            return None
        return ThreadStat((int(fields[_UTIME]) + int(fields[_STIME])) * _TICK_NS, int(fields[_CPU]))

    def pin(self, tid: int, cpus: frozenset[int]) -> None:
        """Let a thread of this process run on these host cpus only. Raises OSError."""
        os.stat(f"/proc/{self.pid}/task/{tid}")
        os.sched_setaffinity(tid, cpus)

    def resident_kib(self) -> int:
        """Return how much of the host's memory it has."""
        try:
            with open(f"/proc/{self.pid}/statm", "rb") as file:
                return int(file.read().split()[1]) * (os.sysconf("SC_PAGE_SIZE") // 1024)
        except OSError:
            return 0

    def signal(self, number: int) -> None:
        """Send a signal, if it is still there."""
        try:
            signal.pidfd_send_signal(self._pidfd, number)
        except ProcessLookupError:
            return

    def terminate(self) -> None:
        """Ask it to end (SIGTERM)."""
        self.signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it now."""
        self.signal(signal.SIGKILL)

    async def wait(self, timeout_s: float) -> bool:
        """Return whether it has ended within the time. It must be watched."""
        try:
            async with asyncio.timeout(timeout_s):
                await self.ended.wait()
        except TimeoutError:
            return False
        return True

    def close(self) -> None:
        """Let go; the process goes on if it has not ended."""
        self._unwatch()
        if self._pidfd >= 0:
            os.close(self._pidfd)
            os.close(self._stat_fd)
            self._pidfd = self._stat_fd = -1

    def _unwatch(self) -> None:
        if self._loop is not None:
            self._loop.remove_reader(self._pidfd)
            self._loop = None

    def _reap(self) -> None:
        try:
            os.waitid(os.P_PIDFD, self._pidfd, os.WEXITED | os.WNOHANG)
        except ChildProcessError:
            return  # an earlier daemon's child: init reaps it


def _high_copy(fd: int) -> int:
    """Return a copy of a descriptor at a number that no spawn asks for, not inherited by itself."""
    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 512)
