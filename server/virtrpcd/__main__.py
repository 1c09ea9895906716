"""The command line of virtrpcd."""

from __future__ import annotations

import argparse
import asyncio
import gc
import getpass
import json
import logging
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from oncrpc import __version__
from virtrpcd.config import Config, default_config_file, load
from virtrpcd.config_checks import ConfigError

EPILOG = f"""\
ENDPOINT is tcp:HOST:PORT, udp:HOST:PORT, tls:HOST:PORT or unix:PATH[?ro]; PORT 0 is any free one. tls: is tcp with TLS
required (RFC 9289); its certificates are in the configuration file, section [tls]. Without --onc: loopback tcp and udp
on free ports, and the sockets virtrpcd.sock and virtrpcd-ro.sock in the run folder. Without --libvirt: the sockets
libvirt-sock and libvirt-sock-ro there; --libvirt default: where a libvirtd would listen. udp is no libvirt endpoint.

When ready, one line of JSON on stdout says where the daemon listens. Logs go to stderr. SIGTERM ends it: it
unregisters, answers what is under way, and leaves the machines running. A wrong option or file: one line on stderr,
exit 2.

Settings without an option are in the configuration file (by default {default_config_file()}); see the README.
"""


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(
        prog="virtrpcd",
        description="Serves this host's virtual machines over ONC RPC (program 0x20070125, versions 1 and 2).",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    made.add_argument("--config", type=Path, metavar="FILE", help="configuration file (TOML)")
    made.add_argument("--state-dir", type=Path, metavar="DIR", help="folder of the state, for sockets too")
    made.add_argument("--driver", metavar="DRIVER", help="test, qemu, or auto: qemu where it is installed, else test")
    made.add_argument("--onc", action="append", default=[], metavar="ENDPOINT", help="listen here; may be repeated")
    made.add_argument(
        "--libvirt",
        action="append",
        default=[],
        metavar="ENDPOINT",
        help="answer libvirt's clients (virsh, virt-manager) here; default: libvirt's own paths; may be repeated",
    )
    made.add_argument("--portmap", metavar="MODE", help="auto, system, embedded[:PORT] or off (default: auto)")
    made.add_argument("--log-level", metavar="LEVEL", help="debug, info, warning or error (default: info)")
    made.add_argument(
        "--sasl-user",
        metavar="NAME[:RIGHT]",
        help="read a password, print a user's line for the file of sasl.users (RIGHT: read, write, admin), and exit",
    )
    made.add_argument("--check", action="store_true", help="check the settings and exit")
    made.add_argument("--version", action="version", version=f"virtrpcd {__version__}")
    return made


def settings(arguments: argparse.Namespace) -> Config:
    """Return the settings from all sources. Raises ConfigError."""
    state_dir: Path | None = arguments.state_dir
    return load(
        arguments.config,
        state_dir=None if state_dir is None else state_dir.absolute(),
        driver=arguments.driver,
        onc=tuple(arguments.onc),
        libvirt=tuple(arguments.libvirt),
        portmap=arguments.portmap,
        log_level=arguments.log_level,
    )


def new_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return the event loop to use: uvloop where it is installed."""
    try:
        import uvloop
    except ImportError:
        logging.getLogger("virtrpcd").info("uvloop is not installed: the standard event loop serves, more slowly")
        return asyncio.new_event_loop
    made: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return made


def calm_garbage_collector() -> None:
    """Look for cycles seldom: what the start built stays, and what calls make holds none and is freed at once."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def allow_open_files() -> None:
    """Raise the soft limit of open files to the hard one: the configured connections have to fit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def serve(config: Config, ready: Callable[[dict[str, Any]], None]) -> None:
    """Run a daemon until SIGTERM or SIGINT."""
    from virtrpcd.daemon import Daemon, notify_systemd

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    daemon = Daemon(config)
    line = await daemon.start()
    calm_garbage_collector()
    ready(line)
    notify_systemd("READY=1")
    await stop.wait()
    notify_systemd("STOPPING=1")
    await daemon.stop()


def check_users(config: Config) -> None:
    """Raise ConfigError when the users file could not be used."""
    if config.sasl.users is None:
        return
    from virtrpcd.sasl import UsersError, read_users

    try:
        read_users(config.sasl.users)
    except UsersError as exc:
        raise ConfigError(f"sasl.users: {exc}") from exc


def sasl_user(wanted: str) -> int:
    """Read a password and print the line of a user; return the exit code."""
    from virtrpcd.access import Right
    from virtrpcd.sasl import UsersError, make_line

    name, _, right = wanted.partition(":")
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        if (right or "write") not in ("read", "write", "admin"):
            raise UsersError(f"{right!r}: a right is read, write or admin")
        print(make_line(name, Right[(right or "write").upper()], password))
    except UsersError as exc:
        print(f"virtrpcd: --sasl-user: {exc}", file=sys.stderr)
        return 2
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run the command line; return its exit code: 0 done, 1 could not start, 2 wrong option or file."""
    from virtrpcd import logs, tls

    arguments = parser().parse_args(argv)
    if arguments.sasl_user is not None:
        return sasl_user(arguments.sasl_user)
    try:
        config = settings(arguments)
        tls.check(config)
        check_users(config)
    except ConfigError as exc:
        print(f"virtrpcd: {exc}", file=sys.stderr)
        return 2
    logs.set_up(config.log_level)
    allow_open_files()
    if arguments.check:
        return 0
    from virtrpcd.daemon import StartError

    def ready(line: dict[str, Any]) -> None:
        print(json.dumps(line), flush=True)

    try:
        with asyncio.Runner(loop_factory=new_loop()) as runner:
            runner.run(serve(config, ready))
    except ConfigError as exc:
        print(f"virtrpcd: {exc}", file=sys.stderr)
        return 2
    except StartError as exc:
        print(f"virtrpcd: {exc}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
