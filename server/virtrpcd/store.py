"""What outlives the daemon: definitions, autostart, what runs where. The only module that knows it is in SQLite.

One writer: the folder is locked while a Store is open. Each change is one transaction, on disk when the method returns
(WAL, synchronous=FULL). The methods block; the caller runs them one at a time, in a thread of its own if it must not
wait. Each row has a checksum, so that a damaged one is known as such and costs nobody else anything.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from virtrpcd.errors import OperationFailed

SCHEMA_VERSION: Final = 2
APPLICATION_ID: Final = 0x76697274
FILE_NAME: Final = "state.sqlite"

_SCHEMA: Final = """
CREATE TABLE definitions (
    uuid BLOB PRIMARY KEY, name TEXT NOT NULL, xml TEXT NOT NULL, autostart INTEGER NOT NULL, crc INTEGER NOT NULL);
CREATE TABLE runs (
    uuid BLOB PRIMARY KEY, name TEXT NOT NULL, xml TEXT NOT NULL, id INTEGER NOT NULL, pid INTEGER NOT NULL,
    start_ticks INTEGER NOT NULL, phase INTEGER NOT NULL, crc INTEGER NOT NULL);
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
INSERT INTO counters VALUES ('next_id', 1);
"""
_POOLS: Final = """
CREATE TABLE pools (
    uuid BLOB PRIMARY KEY, name TEXT NOT NULL, xml TEXT NOT NULL, autostart INTEGER NOT NULL, crc INTEGER NOT NULL);
"""
_STEPS: Final = (_SCHEMA, _POOLS)
"""What makes each version of the schema of the one before; the first of nothing."""


class StateError(OperationFailed):
    """The state could not be read or written; nothing has changed. Its children say why at start."""


class StateTooNew(StateError):
    """The state was written by a later release; this one does not touch it."""


class StateBusy(StateError):
    """Another daemon uses this state."""


class StateDamaged(StateError):
    """The state as a whole cannot be read."""


class Definition(NamedTuple):
    """A kept definition of a machine or a storage pool: its XML holds secrets; uuid is 16 bytes."""

    uuid: bytes
    name: str
    xml: str
    autostart: bool


class RunPhase(IntEnum):
    """How far a run is; SAVING: it was stopped by us, to be saved, and goes on if nothing comes of that."""

    STARTING = 0
    STARTED = 1
    SAVING = 2


class RunRecord(NamedTuple):
    """A machine that runs, or whose start has begun.

    xml is what it runs with, secrets too. pid 0: not known yet. start_ticks: field 22 of /proc/PID/stat, which tells
    this process from a later one with its pid.
    """

    uuid: bytes
    name: str
    xml: str
    id: int
    pid: int
    start_ticks: int
    phase: RunPhase


class Damage(NamedTuple):
    """A row that cannot be trusted: its table, what is left of its key, why."""

    table: str
    uuid: bytes | None
    name: str | None
    why: str


class Loaded(NamedTuple):
    """All that was kept."""

    definitions: list[Definition]
    runs: list[RunRecord]
    damaged: list[Damage]
    next_id: int
    pools: list[Definition]


_Row = TypeVar("_Row", Definition, RunRecord)


class Store:
    """The state in a folder, which is created (0700) if it is not there. `close` it, or the lock stays.

    Raises StateTooNew, StateBusy, StateDamaged, or StateError when the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self._lock = _lock_folder(folder)
        try:
            self._db = self._open()
        except BaseException:
            os.close(self._lock)
            raise

    def close(self) -> None:
        """Close the file and give the folder free."""
        self._db.close()
        os.close(self._lock)

    # -- reading ------------------------------------------------------------------------------------------------------

    def load(self) -> Loaded:
        """Return everything; rows that are damaged are told apart. Raises StateDamaged if no row can be reached."""
        damaged: list[Damage] = []
        try:
            definitions = list(self._rows("definitions", "uuid, name, xml, autostart", _definition, damaged))
            runs = list(self._rows("runs", "uuid, name, xml, id, pid, start_ticks, phase", _run, damaged))
            pools = list(self._rows("pools", "uuid, name, xml, autostart", _definition, damaged))
            found = self._db.execute("SELECT value FROM counters WHERE name = 'next_id'").fetchone()
        except sqlite3.Error as error:
            raise StateDamaged(f"{self.path} cannot be read: {error}") from error
        next_id = found[0] if found and isinstance(found[0], int) else 1
        next_id = max([next_id, *(run.id + 1 for run in runs)])
        return Loaded(definitions, runs, damaged, next_id, pools)

    def _rows(
        self, table: str, columns: str, build: Callable[[tuple[object, ...]], _Row], damaged: list[Damage]
    ) -> Iterator[_Row]:
        for (rowid,) in self._db.execute(f"SELECT rowid FROM {table} ORDER BY rowid").fetchall():
            try:
                row = self._db.execute(f"SELECT {columns}, crc FROM {table} WHERE rowid = ?", (rowid,)).fetchone()
            except sqlite3.Error as error:
                damaged.append(Damage(table, None, None, f"row {rowid}: {error}"))
                continue
            try:
                built = build(row[:-1])
            except ValueError as error:
                damaged.append(_damage(table, row, str(error)))
                continue
            if row[-1] == _crc(built):
                yield built
            else:
                damaged.append(_damage(table, row, "the checksum is wrong"))

    # -- writing ------------------------------------------------------------------------------------------------------

    def put_definition(self, definition: Definition) -> None:
        """Keep a definition in place of the one with its uuid."""
        with self._change() as db:
            db.execute("DELETE FROM definitions WHERE uuid = ?", (definition.uuid,))
            db.execute("INSERT INTO definitions VALUES (?, ?, ?, ?, ?)", (*definition, _crc(definition)))

    def remove_definition(self, uuid: bytes) -> None:
        """Forget a definition, if there is one."""
        with self._change() as db:
            db.execute("DELETE FROM definitions WHERE uuid = ?", (uuid,))

    def put_pool(self, pool: Definition) -> None:
        """Keep the definition of a storage pool in place of the one with its uuid."""
        with self._change() as db:
            db.execute("DELETE FROM pools WHERE uuid = ?", (pool.uuid,))
            db.execute("INSERT INTO pools VALUES (?, ?, ?, ?, ?)", (*pool, _crc(pool)))

    def remove_pool(self, uuid: bytes) -> None:
        """Forget the definition of a storage pool, if there is one."""
        with self._change() as db:
            db.execute("DELETE FROM pools WHERE uuid = ?", (uuid,))

    def put_run(self, run: RunRecord) -> None:
        """Keep what runs in place of what ran with its uuid; its id will not be given again."""
        with self._change() as db:
            db.execute("DELETE FROM runs WHERE uuid = ?", (run.uuid,))
            db.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (*run, _crc(run)))
            db.execute("INSERT INTO counters VALUES ('next_id', ?) ON CONFLICT (name) DO UPDATE "
                       "SET value = max(value, excluded.value)", (run.id + 1,))  # fmt: skip

    def remove_run(self, uuid: bytes) -> None:
        """Forget what ran."""
        with self._change() as db:
            db.execute("DELETE FROM runs WHERE uuid = ?", (uuid,))

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        """One transaction around the body, on disk after it; StateError, and nothing changed, when it fails."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise StateError(f"the change could not be kept in {self.path}: {error}") from error

    def _open(self) -> sqlite3.Connection:
        # the file holds passwords of machines
        try:
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600))
        except OSError as error:
            raise StateError(f"{self.path} cannot be used: {error.strerror}") from error
        db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=5.0)
        try:
            self._prepare(db)
        except sqlite3.Error as error:
            db.close()
            raise StateDamaged(f"{self.path} cannot be read: {error}") from error
        except StateError:
            db.close()
            raise
        return db

    def _prepare(self, db: sqlite3.Connection) -> None:
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        application = int(db.execute("PRAGMA application_id").fetchone()[0])
        if version > SCHEMA_VERSION:
            raise StateTooNew(
                f"{self.path} was written by a later release (its version is {version}, this release knows"
                f" {SCHEMA_VERSION}); start that release, or use another state folder"
            )
        empty = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] == 0
        if application != APPLICATION_ID and not empty:
            raise StateDamaged(f"{self.path} is not a file of this program")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        if version < SCHEMA_VERSION:
            db.executescript(
                f"BEGIN IMMEDIATE; {' '.join(_STEPS[version:])} PRAGMA application_id = {APPLICATION_ID};"
                f" PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
            )


def _lock_folder(folder: Path) -> int:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise StateError(f"the state folder {folder} cannot be used: {error.strerror}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise StateBusy(f"another daemon uses the state in {folder}") from error
    return lock


def _crc(row: Definition | RunRecord) -> int:
    return zlib.crc32(repr([int(v) if isinstance(v, int) else v for v in row]).encode("utf-8", "surrogatepass"))


def _damage(table: str, row: tuple[object, ...], why: str) -> Damage:
    uuid = row[0] if isinstance(row[0], bytes) and len(row[0]) == 16 else None
    return Damage(table, uuid, row[1] if isinstance(row[1], str) else None, why)


def _definition(row: tuple[object, ...]) -> Definition:
    match row:
        case (bytes(uuid), str(name), str(xml), int(autostart)) if len(uuid) == 16 and autostart in (0, 1):
            return Definition(uuid, name, xml, bool(autostart))
    raise ValueError("a value is of the wrong type")


def _run(row: tuple[object, ...]) -> RunRecord:
    match row:
        case (bytes(uuid), str(name), str(xml), int(id), int(pid), int(ticks), int(phase)) if len(uuid) == 16:
            return RunRecord(uuid, name, xml, id, pid, ticks, RunPhase(phase))
    raise ValueError("a value is of the wrong type")
