"""Only files under the configured folders can be named."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from virtrpcd.errors import AccessDenied, InvalidArgument, SystemCallFailed
from virtrpcd.paths import PathRules


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "sub").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "secret").write_text("secret")
    (tmp_path / "in" / "file").write_text("file")
    return tmp_path


def rules(folder: Path) -> PathRules:
    return PathRules([folder / "in"])


def test_a_file_inside_is_allowed_there_or_not(folder: Path) -> None:
    for name in ("file", "new", "sub/new", "a,b=c -d"):
        assert rules(folder).check(f"{folder}/in/{name}", "disk") == f"{folder}/in/{name}"
    assert rules(folder).check(f"{folder}/in//./file", "disk") == f"{folder}/in/file"


def test_a_link_inside_is_followed_to_where_it_leads(folder: Path) -> None:
    (folder / "in/link").symlink_to(folder / "in/file")
    assert rules(folder).check(f"{folder}/in/link", "disk") == f"{folder}/in/file"


@pytest.mark.parametrize("name", ["out/secret", "in", "inside/x", "", "../../etc/shadow"])
def test_outside_is_refused(name: str, folder: Path) -> None:
    with pytest.raises((AccessDenied, InvalidArgument)):
        rules(folder).check(f"{folder}/{name}", "disk")


def test_a_link_that_leads_out_is_refused_without_telling_where(folder: Path) -> None:
    (folder / "in/link").symlink_to(folder / "out")
    (folder / "in/dangling").symlink_to(folder / "out/new")
    for name in ("link", "link/secret", "link/new", "dangling"):
        with pytest.raises(AccessDenied) as caught:
            rules(folder).check(f"{folder}/in/{name}", "disk")
        assert f"{folder}/out" not in caught.value.message


@pytest.mark.parametrize("path", ["file", "", "./x", "/a/../b", "/a\0b", "/a\nb", "/" + "x" * 5000])
def test_what_is_no_proper_path_is_refused(path: str, folder: Path) -> None:
    with pytest.raises(InvalidArgument):
        rules(folder).check(path, "disk")


def test_folders_sockets_fifos_and_devices_are_refused(folder: Path) -> None:
    os.mkfifo(folder / "in/fifo")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(folder / "in/socket"))
        for name in ("fifo", "socket", "sub"):
            with pytest.raises(InvalidArgument, match="regular"):
                rules(folder).check(f"{folder}/in/{name}", "disk")
    with pytest.raises(InvalidArgument, match="regular"):
        PathRules([Path("/dev")]).check("/dev/null", "disk")


def test_without_folders_nothing_is_allowed(folder: Path) -> None:
    with pytest.raises(AccessDenied):
        PathRules([]).check(f"{folder}/in/file", "disk")


def test_the_root_folder_allows_everything(folder: Path) -> None:
    assert PathRules([Path("/")]).check(f"{folder}/out/secret", "disk") == f"{folder}/out/secret"


def test_a_folder_that_is_a_link_is_one_folder_under_two_names(folder: Path) -> None:
    (folder / "alias").symlink_to(folder / "in")
    assert PathRules([folder / "alias"]).check(f"{folder}/in/file", "disk") == f"{folder}/in/file"
    assert rules(folder).check(f"{folder}/alias/file", "disk") == f"{folder}/in/file"


def test_opening_creates_files_for_the_owner_alone(folder: Path) -> None:
    handle = rules(folder).open(f"{folder}/in/sub/new", "serial output", os.O_WRONLY | os.O_CREAT)
    assert os.fstat(handle).st_mode & 0o077 == 0
    os.close(handle)


def test_a_link_put_there_after_the_check_is_not_followed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for swapped in ("file", "sub"):
        target = folder / "in" / swapped

        def check(self: PathRules, path: str, what: str, target: Path = target) -> str:
            target.rename(folder / f"old-{target.name}")
            target.symlink_to(folder / "out" / ("secret" if target.name == "file" else ""))
            return str(target) if target.name == "file" else f"{target}/secret"

        with monkeypatch.context() as patched:
            patched.setattr(PathRules, "check", check)
            with pytest.raises(SystemCallFailed):
                rules(folder).open("any", "disk", os.O_RDONLY)


def test_a_folder_may_be_one_of_the_folders_itself(folder: Path) -> None:
    assert rules(folder).check_folder(f"{folder}/in/", "pool") == f"{folder}/in"
    assert rules(folder).check_folder(f"{folder}/in/new/er", "pool") == f"{folder}/in/new/er"
    (folder / "in/link").symlink_to(folder / "out")
    for name in ("out", "in/link", "in/link/x", "inside", ""):
        with pytest.raises(AccessDenied):
            rules(folder).check_folder(f"{folder}/{name}", "pool")
    with pytest.raises(InvalidArgument):
        rules(folder).check_folder(f"{folder}/in/../out", "pool")


def test_folders_are_made_with_those_above_them_and_removed_when_empty(folder: Path) -> None:
    new = f"{folder}/in/a/b"
    assert rules(folder).make_folder(new, "pool", 0o751)
    assert not rules(folder).make_folder(new, "pool", 0o700)
    assert os.stat(new).st_mode & 0o777 == 0o751
    handle = rules(folder).open_folder(new, "pool")
    assert os.listdir(handle) == []
    os.close(handle)
    with pytest.raises(OSError, match="not empty"):
        rules(folder).remove_folder(f"{folder}/in/a", "pool")
    rules(folder).remove_folder(new, "pool")
    assert not os.path.exists(new)
    with pytest.raises(NotADirectoryError):
        rules(folder).make_folder(f"{folder}/in/file/x", "pool", 0o700)
    for refused in (rules(folder).make_folder(f"{folder}/in/file", "pool", 0o700), os.path.isdir(f"{folder}/in/file")):
        assert not refused
    with pytest.raises(NotADirectoryError):
        rules(folder).open_folder(f"{folder}/in/file", "pool")
    assert PathRules([Path("/")]).make_folder("/", "pool", 0o700) is False
    os.close(PathRules([Path("/")]).open_folder("/", "pool"))
