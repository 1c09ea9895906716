"""Settings: defaults, the file, the command line; every mistake named in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from virtrpcd import config
from virtrpcd.access import Right
from virtrpcd.config_checks import ConfigError

ROOT = Path(__file__).resolve().parent.parent.parent


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "virtrpcd.toml"
    path.write_text(text)
    return path


def test_a_daemon_told_nothing_listens_on_loopback_and_two_unix_sockets(tmp_path: Path) -> None:
    made = config.load(write(tmp_path, ""), state_dir=tmp_path)
    assert [str(endpoint) for endpoint in made.onc] == [
        "tcp:127.0.0.1:0",
        "udp:127.0.0.1:0",
        f"unix:{tmp_path}/run/virtrpcd.sock",
        f"unix:{tmp_path}/run/virtrpcd-ro.sock?ro",
    ]
    assert made.access.remote is Right.NONE
    assert made.allowed_dirs[0] == tmp_path / "images"


def test_root_and_users_have_their_own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("XDG_STATE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/7")
    root, user = config.defaults(root=True), config.defaults(root=False)
    assert (root.state_dir, root.run_dir) == (Path("/var/lib/virtrpc"), Path("/run/virtrpc"))
    assert user.state_dir == tmp_path / ".local/state/virtrpc"
    assert user.run_dir == Path("/run/user/7/virtrpc")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert config.defaults(root=False).run_dir == tmp_path / ".local/state/virtrpc/run"
    assert config.default_config_file(root=True) == Path("/etc/virtrpc/virtrpcd.toml")
    assert config.default_config_file(root=False) == tmp_path / ".config/virtrpc/virtrpcd.toml"


def test_the_file_sets_everything_and_the_command_line_wins(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        f"""
        state_dir = "{tmp_path}/state"
        allowed_dirs = ["/srv/vm"]
        driver = "test"
        onc = ["tcp:127.0.0.1:7000"]
        portmap = "off"
        log_level = "debug"
        [limits]
        connections = 10
        record_timeout_s = 1.5
        [access]
        local = "none"
        remote = "read"
        [qemu]
        accel = "tcg"
        """,
    )
    made = config.load(path)
    assert made.state_dir == tmp_path / "state"
    assert made.allowed_dirs == (Path("/srv/vm"),)
    assert (made.driver, made.portmap, made.log_level, made.qemu.accel) == ("test", "off", "debug", "tcg")
    assert (made.limits.connections, made.limits.record_timeout_s) == (10, 1.5)
    assert (made.access.local, made.access.remote) == (Right.NONE, Right.READ)
    again = config.load(path, driver="qemu", onc=("udp:127.0.0.1:0",), portmap="embedded:7", log_level="error")
    assert (again.driver, again.portmap, again.log_level) == ("qemu", "embedded:7", "error")
    assert [str(endpoint) for endpoint in again.onc] == ["udp:127.0.0.1:0"]


WRONG = [
    ("driver = 'xen'", "driver: expected auto or test or qemu, found 'xen'"),
    ("driver = 'libvirt:qemu:///system'", "not there yet"),
    ("driver = 5", "driver: expected"),
    ("speed = 'fast'", "unknown setting speed; there are: allowed_dirs"),
    ("[limits]\nconections = 5", "unknown setting limits.conections; there are: limits.calls_under_way"),
    ("[limits]\nconnections = 0", "limits.connections: expected a whole number from 1 to 100000, found 0"),
    ("[limits]\nconnections = true", "found True"),
    ("[limits]\ndrain_s = -1", "limits.drain_s: expected seconds from 0 to 3600"),
    ("limits = 5", "limits: expected a table"),
    ("state_dir = 'here'", "state_dir: expected an absolute path, found 'here'"),
    ("allowed_dirs = '/x'", "a list of absolute paths"),
    ("onc = ['tcp:x']", "expected tcp:HOST:PORT"),
    ("onc = 'tcp:x:1'", "a list of endpoints"),
    ("portmap = 'embedded:x'", "expected embedded:PORT"),
    ("portmap = 'system:1'", "expected auto, system"),
    ("[access]\nremote = 'write'", "access.remote: expected none or read"),
    ("[qemu]\naccel = 'hvf'", "qemu.accel: expected auto or kvm or tcg"),
    ("= 5", "virtrpcd.toml"),
]


@pytest.mark.parametrize(("text", "why"), WRONG)
def test_every_mistake_is_one_line_with_file_and_key(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(ConfigError) as caught:
        config.load(write(tmp_path, text))
    message = str(caught.value)
    assert why in message
    assert "virtrpcd.toml" in message
    assert "\n" not in message


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        config.load(tmp_path / "none.toml")


def test_the_example_file_is_valid_and_shows_the_defaults() -> None:
    example = ROOT / "server" / "virtrpcd" / "virtrpcd.example.toml"
    assert config.load(example) == config.load(Path("/dev/null"))
