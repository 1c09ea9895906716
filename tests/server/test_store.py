"""The store keeps what it acknowledged, and knows what it cannot trust."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from virtrpcd.store import (
    FILE_NAME,
    Definition,
    RunPhase,
    RunRecord,
    StateBusy,
    StateDamaged,
    StateError,
    StateTooNew,
    Store,
)

UUID = bytes(range(16))
OTHER = bytes(range(16, 32))
DEFINITION = Definition(UUID, "m1", "<domain/>", False)
RUN = RunRecord(UUID, "m1", "<domain/>", 7, 1234, 5678, RunPhase.STARTED)


def edit(folder: Path, statement: str) -> None:
    with sqlite3.connect(folder / FILE_NAME) as db:
        db.execute(statement)
    db.close()


def test_what_was_put_is_there_after_a_restart(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put_definition(DEFINITION)
    store.put_definition(DEFINITION._replace(name="m2", autostart=True))
    store.put_run(RUN._replace(phase=RunPhase.STARTING, pid=0))
    store.put_run(RUN)
    store.close()
    store = Store(tmp_path)
    loaded = store.load()
    store.close()
    assert loaded.definitions == [DEFINITION._replace(name="m2", autostart=True)]
    assert loaded.runs == [RUN]
    assert loaded.damaged == []


def test_what_was_removed_is_gone_and_removing_again_is_no_error(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put_definition(DEFINITION)
    store.put_run(RUN)
    for _ in range(2):
        store.remove_definition(UUID)
        store.remove_run(UUID)
    assert store.load()[:3] == ([], [], [])
    store.close()


def test_an_id_is_not_given_again_after_its_run_has_ended(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.load().next_id == 1
    store.put_run(RUN)
    store.put_run(RUN._replace(uuid=OTHER, id=3))
    store.remove_run(UUID)
    store.close()
    store = Store(tmp_path)
    assert store.load().next_id == RUN.id + 1
    store.close()


def test_an_acknowledged_change_is_there_when_the_process_is_killed(tmp_path: Path) -> None:
    script = """
import os, signal, sys
from pathlib import Path
from virtrpcd.store import Definition, Store
store = Store(Path(sys.argv[1]))
store.put_definition(Definition(bytes(16), "m", "<domain/>", True))
os.kill(os.getpid(), signal.SIGKILL)
"""
    path = os.pathsep.join(entry for entry in sys.path if entry)
    environment = {**os.environ, "PYTHONPATH": path}
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], env=environment, check=False, timeout=30)
    store = Store(tmp_path)
    assert [row.name for row in store.load().definitions] == ["m"]
    store.close()


def test_the_state_of_a_later_release_is_refused_and_left_alone(tmp_path: Path) -> None:
    Store(tmp_path).close()
    edit(tmp_path, "PRAGMA user_version = 99")
    with pytest.raises(StateTooNew, match="later release"):
        Store(tmp_path)
    with pytest.raises(StateTooNew):
        Store(tmp_path)


def test_two_at_once_are_refused(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(StateBusy):
        Store(tmp_path)
    store.close()
    Store(tmp_path).close()


@pytest.mark.parametrize(
    "spoil",
    [
        "UPDATE definitions SET xml = '<evil/>' WHERE name = 'm1'",
        "UPDATE definitions SET uuid = x'00' WHERE name = 'm1'",
        "UPDATE definitions SET xml = x'ff' WHERE name = 'm1'",
        "UPDATE definitions SET autostart = 7 WHERE name = 'm1'",
        "UPDATE definitions SET xml = CAST(x'fffe' AS TEXT) WHERE name = 'm1'",
    ],
)
def test_a_damaged_row_is_told_apart_and_the_rest_is_served(spoil: str, tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put_definition(DEFINITION)
    store.put_definition(Definition(OTHER, "m2", "<domain/>", False))
    store.close()
    edit(tmp_path, spoil)
    store = Store(tmp_path)
    loaded = store.load()
    store.close()
    assert [row.name for row in loaded.definitions] == ["m2"]
    assert len(loaded.damaged) == 1
    assert loaded.damaged[0].table == "definitions"


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to be looked at" * 100, b"SQLite format 3\0" * 64]
)
def test_a_file_that_is_no_state_is_refused_and_left_alone(content: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(StateDamaged):
        Store(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_somebody_elses_database_is_refused(tmp_path: Path) -> None:
    edit(tmp_path, "CREATE TABLE theirs (x)")
    with pytest.raises(StateDamaged, match="not a file of this program"):
        Store(tmp_path)


def test_a_change_that_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put_definition(DEFINITION)
    store._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StateError, match="could not be kept"):
        store.put_definition(DEFINITION._replace(xml="x" * 1_000_000))
    assert store.load().definitions == [DEFINITION]
    store.close()


def test_files_are_the_owners_alone(tmp_path: Path) -> None:
    store = Store(tmp_path / "new")
    store.put_definition(DEFINITION)
    for file in [tmp_path / "new", *(tmp_path / "new").iterdir()]:
        assert file.stat().st_mode & 0o077 == 0, file
    store.close()


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="cannot be used"):
        Store(tmp_path / "file")


def test_pools_are_kept_beside_machines(tmp_path: Path) -> None:
    pool = Definition(UUID, "p", "<pool/>", True)
    store = Store(tmp_path)
    store.put_definition(DEFINITION)
    store.put_pool(pool._replace(autostart=False))
    store.put_pool(pool)
    store.put_pool(pool._replace(uuid=OTHER))
    store.remove_pool(OTHER)
    store.close()
    edit(tmp_path, "INSERT INTO pools VALUES (x'00', 'q', '<pool/>', 0, 0)")
    store = Store(tmp_path)
    loaded = store.load()
    store.close()
    assert loaded.pools == [pool]
    assert loaded.definitions == [DEFINITION]
    assert [(damage.table, damage.name) for damage in loaded.damaged] == [("pools", "q")]


def test_state_of_the_first_version_is_taken_over(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put_definition(DEFINITION)
    store.close()
    edit(tmp_path, "DROP TABLE pools")
    edit(tmp_path, "PRAGMA user_version = 1")
    store = Store(tmp_path)
    assert store.load().definitions == [DEFINITION]
    store.put_pool(DEFINITION)
    assert store.load().pools == [DEFINITION]
    store.close()
