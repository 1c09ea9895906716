"""<domainsnapshot>: libvirt's text to a SnapshotDef and back, and the disks that a machine has brought into line."""

from __future__ import annotations

from typing import Final

from virtrpcd.domain_def import DiskDef, DomainDef
from virtrpcd.errors import FROM_SNAPSHOT, ConfigUnsupported, VirtError, XmlError
from virtrpcd.model_snapshot import DISK_SNAPSHOT, SHUTOFF, SnapshotDef, SnapshotDisk
from virtrpcd.moment_xml import (
    ReadDomain,
    Shape,
    absolute,
    any_text,
    choice,
    format_domain_in,
    format_parent,
    integer,
    leaf,
    one_of,
    parse_integer,
    quoted,
    read_domain_in,
    text_of,
    validate,
)
from virtrpcd.xmlread import Element, parse_root

STATES: Final = ("running", "blocked", "paused", "shutdown", SHUTOFF, "crashed", "pmsuspended", DISK_SNAPSHOT)
_LOCATIONS: Final = ("no", "internal", "external", "manual")
_TYPES: Final = ("file", "block", "dir", "network", "volume", "nvme", "vhostuser")
_FORMATS: Final = ("raw", "qcow", "qcow2", "qed", "vmdk", "vdi", "vpc", "bochs", "cloop", "dmg", "iso", "fat")


def _rule_of_disk(node: Element) -> str | None:
    inside = node.get("snapshot") in ("no", "internal")
    return "a file is named for a disk that is not kept in one" if inside and len(node) else None


def _rule_of_memory(node: Element) -> str | None:
    return None if node.attrib else "neither snapshot nor file is there"


_TEXT: Final = Shape(text=any_text)
_DISK: Final = Shape(
    {"name": any_text, "snapshot": one_of(*_LOCATIONS), "type": one_of("file", "block")},
    {"source": Shape({"file": absolute, "dev": absolute}), "driver": Shape({"type": one_of(*_FORMATS)})},
    needed=("name",),
    rule=_rule_of_disk,
)
_SHAPE: Final = Shape(
    {},
    {
        "name": _TEXT,
        "description": _TEXT,
        "state": Shape(text=one_of(*STATES)),
        "creationTime": Shape(text=integer),
        "memory": Shape(
            {"snapshot": one_of("no", "internal", "external"), "file": absolute}, rule=_rule_of_memory
        ),
        "disks": Shape({}, {"disk": _DISK}, many=("disk",)),
        "active": Shape(text=one_of("0", "1")),
        "parent": Shape({}, {"name": _TEXT}, needed=("name",)),
        "domain": Shape(children=None),
        "inactiveDomain": Shape(children=None),
        "cookie": Shape(children=None),
    },
)


def parse_snapshot(
    xml: str, *, redefine: bool, read_domain: ReadDomain, now_s: int, strict: bool = False
) -> SnapshotDef:
    """Return the snapshot that XML describes; its name is the time if it gives none.

    redefine: it describes one that was made before, so that it says all about it; else what only a finished one has
    (state, time, parent, the machine) is left out, and `created_s` is now. strict: SchemaError for what is not known.
    """
    root = parse_root(xml, "domainsnapshot", "(domain_snapshot)", FROM_SNAPSHOT)
    if strict:
        validate(root, _SHAPE)
    name = text_of(root, "name")
    if redefine and name is None:
        raise _xml_error("a redefined snapshot must have a name")
    found = SnapshotDef(name or str(now_s), text_of(root, "description"), now_s)
    if redefine:
        _read_past(root, found, read_domain)
    _read_memory(root, found, offline=found.state in (SHUTOFF, DISK_SNAPSHOT), redefine=redefine)
    found.disks = [_read_disk(disk) for disk in root.iterfind("disks/disk")]
    return found


def _xml_error(why: str) -> XmlError:
    """Return the error for XML of a snapshot that makes no sense."""
    return XmlError(f"XML error: {why}", domain=FROM_SNAPSHOT, detail=why)


def _unsupported(why: str) -> ConfigUnsupported:
    return ConfigUnsupported(f"unsupported configuration: {why}", domain=FROM_SNAPSHOT, detail=why)


def _internal(why: str) -> VirtError:
    return VirtError(f"internal error: {why}", domain=FROM_SNAPSHOT, detail=why)


def _read_past(root: Element, found: SnapshotDef, read_domain: ReadDomain) -> None:
    found.created_s = parse_integer(text_of(root, "creationTime"))
    if found.created_s is None:
        raise _internal("missing creationTime from existing snapshot")
    found.parent = text_of(root, "parent/name")
    state = text_of(root, "state")
    if state is None:
        raise _xml_error("missing state from existing snapshot")
    if state not in STATES:
        raise _unsupported(f"Invalid state '{state[:80]}' in domain snapshot XML")
    found.state = state
    found.domain = read_domain_in(root, "domain", read_domain)
    found.inactive_domain = read_domain_in(root, "inactiveDomain", read_domain)


def _read_memory(root: Element, found: SnapshotDef, *, offline: bool, redefine: bool) -> None:
    node = root.find("memory")
    place = "" if node is None else choice(node, "snapshot", ("no", "internal", "external"))
    file = None if node is None else node.get("file")
    if place and file is not None and place != "external":
        raise _xml_error(f"memory filename '{file}' requires external snapshot")
    if place == "external" and file is None:
        raise _xml_error("external memory snapshots require a filename")
    if file is not None:
        place = "external"
    if offline and place not in ("", "no"):
        raise _xml_error("memory state cannot be saved with offline or disk-only snapshot")
    if file is not None and not file.startswith("/"):
        raise _xml_error(f"memory snapshot file path ({file}) must be absolute")
    if not place and redefine:
        place = "no" if offline else "internal"
    found.memory, found.memory_file = place, file


def _read_disk(node: Element) -> SnapshotDisk:
    name = node.get("name")
    if name is None:
        raise _internal("missing name from disk snapshot element")
    found = SnapshotDisk(name, choice(node, "snapshot", _LOCATIONS), choice(node, "type", _TYPES) or "file")
    if found.type not in ("file", "block") or found.location == "manual":
        raise _unsupported(f"disk '{name}': a snapshot can be in a file or a block device")
    source, driver = node.find("source"), node.find("driver")
    if source is not None:
        found.source = source.get("file" if found.type == "file" else "dev") or None
    if driver is not None:
        found.format = driver.get("type")
        if found.format is not None and found.format not in _FORMATS:
            raise _unsupported(f"unknown disk snapshot driver '{found.format[:80]}'")
    if not found.location and (found.source is not None or found.format is not None):
        found.location = "external"
    if found.source is not None and not found.source.startswith("/"):
        raise _xml_error(f"disk snapshot image path '{found.source}' must be absolute")
    return found


def align_disks(found: SnapshotDef, domain: DomainDef, default: str, *, match: bool) -> None:
    """Let `found` name each disk of `domain` once, in its order, and say of each where it is kept.

    default: where a disk is kept that the XML says nothing of. match: the XML may not say otherwise.
    Disks that are empty or only read are left out ("no") unless it says so.
    """
    if len(found.disks) > len(domain.disks):
        raise _unsupported("too many disk snapshot requests for domain")
    given: dict[str, SnapshotDisk] = {}
    for asked in found.disks:
        disk = next((disk for disk in domain.disks if asked.name in (disk.target, disk.source)), None)
        if disk is None:
            raise _unsupported(f"no disk named '{asked.name}'")
        if disk.target in given:
            raise _unsupported(f"disk '{disk.target}' specified twice")
        _settle(asked, disk, default, match=match)
        given[disk.target] = asked
    found.disks = [
        given.get(disk.target) or SnapshotDisk(disk.target, "no" if _left_out(disk) else default)
        for disk in domain.disks
    ]
    for chosen in found.disks:
        if default == "external" and chosen.location == "external" and chosen.source is None:
            # libvirt makes a name only beside a file that is there; no file of a disk need be there here
            why = f"source for disk '{chosen.name}' is not a regular file; refusing to generate external snapshot name"
            raise _unsupported(why)


def _left_out(disk: DiskDef) -> bool:
    return disk.source is None or disk.readonly


def _settle(asked: SnapshotDisk, disk: DiskDef, default: str, *, match: bool) -> None:
    if not asked.location:
        asked.location = "no" if _left_out(disk) else default
    elif match and asked.location != default and not (asked.location == "no" and _left_out(disk)):
        raise _unsupported(f"disk '{asked.name}' must use snapshot mode '{default}'")
    if asked.source is not None and asked.location != "external":
        why = f"file '{asked.source}' for disk '{asked.name}' requires use of external snapshot mode"
        raise _unsupported(why)
    asked.name = disk.target


def format_snapshot(found: SnapshotDef, *, secure: bool) -> str:
    """Return the XML of a snapshot; `secure`: with the passwords of the machine within it."""
    lines = ["<domainsnapshot>", leaf("name", found.name)]
    if found.description is not None:
        lines.append(leaf("description", found.description))
    lines.append(leaf("state", found.state))
    lines += format_parent(found.parent)
    lines.append(f"  <creationTime>{found.created_s}</creationTime>")
    file = "" if found.memory_file is None else f" file={quoted(found.memory_file)}"
    lines.append(f"  <memory snapshot={quoted(found.memory)}{file}/>")
    if found.disks:
        lines += ["  <disks>", *(line for disk in found.disks for line in _format_disk(disk)), "  </disks>"]
    if found.domain is not None:
        lines += format_domain_in(found.domain, "domain", secure=secure)
    if found.inactive_domain is not None:
        lines += format_domain_in(found.inactive_domain, "inactiveDomain", secure=secure)
    return "\n".join([*lines, "</domainsnapshot>", ""])


def _format_disk(disk: SnapshotDisk) -> list[str]:
    start = f"    <disk name={quoted(disk.name)} snapshot={quoted(disk.location)}"
    if disk.location != "external":
        return [start + "/>"]
    start += f" type={quoted(disk.type)}"
    inner: list[str] = []
    if disk.format is not None:
        inner.append(f"      <driver type={quoted(disk.format)}/>")
    if disk.source is not None:
        inner.append(f"      <source {'file' if disk.type == 'file' else 'dev'}={quoted(disk.source)}/>")
    return [start + ">", *inner, "    </disk>"] if inner else [start + "/>"]
