"""DomainDef -> QEMU's arguments. Pure: no file is looked at, nothing is run.

Values from outside reach QEMU as JSON (-blockdev, -device, -netdev: cmdline_devices.py) or, where QEMU 7.2 takes no
JSON, with each comma doubled, or as a whole argument of their own. There is no shell. QEMU starts stopped (-S).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from virtrpcd.domain_def import DomainDef
from virtrpcd.drivers.base import format_uuid
from virtrpcd.drivers.qemu import cmdline_cpu
from virtrpcd.drivers.qemu.cmdline_devices import arguments_of_devices
from virtrpcd.drivers.qemu.launch import Launch, check_argument, escape
from virtrpcd.errors import FROM_QEMU, ConfigUnsupported, InvalidArgument

_BOOT_LETTERS: Final = {"fd": "a", "hd": "c", "cdrom": "d", "network": "n"}
_SANDBOX: Final = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"


def monitor_id(token: str) -> str:
    """Return the name that QEMU's command line gives the QMP socket; no other process has it."""
    return f"qmp-{token}"


def arguments(definition: DomainDef, launch: Launch) -> list[str]:
    """Return the argument list, emulator first, of a definition with all filled in (uuid, emulator, machine, ...).

    Raises InvalidArgument for text that cannot be an argument, ConfigUnsupported for devices QEMU cannot have.
    """
    if definition.uuid is None or definition.emulator is None or definition.os.machine is None:
        raise InvalidArgument("the definition is not complete", domain=FROM_QEMU)
    args = [definition.emulator]
    args += ["-name", f"guest={escape(definition.name, 'the name')},debug-threads=on"]
    args += ["-nodefaults", "-no-user-config", "-S", "-no-shutdown", "-sandbox", _SANDBOX]
    options = "".join(f",{option}" for option in cmdline_cpu.machine_options(definition))
    machine = escape(definition.os.machine, "the machine type")
    args += ["-machine", f"{machine},accel={launch.accel},usb=off,dump-guest-core=off{options}"]
    args += ["-cpu", cmdline_cpu.cpu(definition, launch.accel)]
    args += ["-m", f"size={definition.memory_kib}k"]
    args += ["-smp", cmdline_cpu.topology(definition)]
    args += ["-uuid", format_uuid(definition.uuid)]
    args += cmdline_cpu.clock(definition)
    args += cmdline_cpu.power(definition)
    args += ["-chardev", f"socket,id={monitor_id(launch.token)},fd={launch.monitor_fd},server=on,wait=off"]
    args += ["-mon", f"chardev={monitor_id(launch.token)},mode=control"]
    if definition.on_reboot != "restart":
        # a guest that reboots is then told of as one that shuts down
        args += ["-action", "reboot=shutdown"]
    args += _boot(definition, launch)
    args += arguments_of_devices(definition, launch)
    if launch.incoming:
        args += ["-incoming", "defer"]
    return args


def _boot(definition: DomainDef, launch: Launch) -> Iterator[str]:
    os = definition.os
    options = [f"order={''.join(_BOOT_LETTERS[device] for device in os.boot)}"] if os.boot else []
    if os.boot_menu is not None:
        options.append(f"menu={'on' if os.boot_menu else 'off'}")
    if os.boot_menu_timeout_ms is not None:
        options.append(f"splash-time={os.boot_menu_timeout_ms}")
    if options or definition.boot_orders:
        yield from ("-boot", ",".join([*options, "strict=on"]))
    for option, path in (("-kernel", os.kernel), ("-initrd", os.initrd)):
        if path is not None:
            yield from (option, escape_initrd(launch.files.get(path, path), option))
    if os.cmdline:
        if os.kernel is None:
            raise ConfigUnsupported("a kernel command line needs a kernel", domain=FROM_QEMU)
        yield from ("-append", check_argument(os.cmdline, "the kernel command line"))


def escape_initrd(path: str, option: str) -> str:
    """Return a path for -kernel or -initrd; QEMU takes a comma in the latter for the end of a file name."""
    if option == "-initrd":
        return escape(path, "the initrd's path")
    return check_argument(path, "the kernel's path")
