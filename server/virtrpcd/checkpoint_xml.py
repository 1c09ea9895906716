"""<domaincheckpoint>: libvirt's text to a CheckpointDef and back; always read strictly, as libvirt does."""

from __future__ import annotations

from typing import Final

from virtrpcd.domain_def import DomainDef
from virtrpcd.errors import FROM_CHECKPOINT, ConfigUnsupported, VirtError, XmlError
from virtrpcd.model_snapshot import CheckpointDef, CheckpointDisk
from virtrpcd.moment_xml import (
    ReadDomain,
    Shape,
    any_text,
    choice,
    format_domain_in,
    format_parent,
    leaf,
    one_of,
    parse_integer,
    quoted,
    read_domain_in,
    text_of,
    unsigned,
    validate,
)
from virtrpcd.xmlread import Element, parse_root


def _moment_name(value: str) -> str:
    if not value or value.startswith(".") or "/" in value:
        raise ValueError("it is not a name")
    return value


def _some_text(value: str) -> str:
    if not value:
        raise ValueError("it is empty")
    return value


def _rule_of_disk(node: Element) -> str | None:
    said = node.get("bitmap") is not None or node.get("size") is not None
    return "there is more to say of a disk that is left out" if said and node.get("checkpoint") == "no" else None


_DISK: Final = Shape(
    {"name": _some_text, "checkpoint": one_of("no", "bitmap"), "bitmap": _some_text, "size": unsigned},
    needed=("name",),
    rule=_rule_of_disk,
)
_SHAPE: Final = Shape(
    {},
    {
        "name": Shape(text=_moment_name),
        "description": Shape(text=any_text),
        "creationTime": Shape(text=unsigned),
        "disks": Shape({}, {"disk": _DISK}, many=("disk",), needed=("disk",)),
        "parent": Shape({}, {"name": Shape(text=_moment_name)}, needed=("name",)),
        "domain": Shape(children=None),
    },
)


def parse_checkpoint(xml: str, *, redefine: bool, read_domain: ReadDomain, now_s: int) -> CheckpointDef:
    """Return the checkpoint that XML describes; its name is the time if it gives none.

    redefine: it describes one that was made before, so that time, parent and machine are read from it too.
    """
    root = parse_root(xml, "domaincheckpoint", "(domain_checkpoint)", FROM_CHECKPOINT)
    validate(root, _SHAPE)
    name = text_of(root, "name")
    if redefine and name is None:
        raise XmlError("XML error: a redefined checkpoint must have a name", domain=FROM_CHECKPOINT)
    found = CheckpointDef(name or str(now_s), text_of(root, "description"), now_s)
    if redefine:
        found.created_s = parse_integer(text_of(root, "creationTime"))
        if found.created_s is None:
            why = "internal error: missing creationTime from existing checkpoint"
            raise VirtError(why, domain=FROM_CHECKPOINT)
        found.parent = text_of(root, "parent/name")
        found.domain = read_domain_in(root, "domain", read_domain)
    for node in root.iterfind("disks/disk"):
        kind, bitmap = choice(node, "checkpoint", ("no", "bitmap")), node.get("bitmap")
        found.disks.append(CheckpointDisk(node.get("name", ""), kind or ("bitmap" if bitmap else ""), bitmap))
    return found


def _unsupported(why: str) -> ConfigUnsupported:
    return ConfigUnsupported(f"unsupported configuration: {why}", domain=FROM_CHECKPOINT, detail=why)


def align_disks(found: CheckpointDef, domain: DomainDef) -> None:
    """Let `found` name each disk of `domain` once, in its order.

    When the XML names none, all that can change are written down; else only those that it names.
    """
    if not domain.disks:
        raise _unsupported("domain must have at least one disk to perform checkpoints")
    if len(found.disks) > len(domain.disks):
        raise _unsupported("too many disk checkpoint requests for domain")
    given: dict[str, CheckpointDisk] = {}
    for asked in found.disks:
        disk = next((disk for disk in domain.disks if asked.name in (disk.target, disk.source)), None)
        if disk is None:
            raise _unsupported(f"no disk named '{asked.name}'")
        if disk.target in given:
            raise _unsupported(f"disk '{disk.target}' specified twice")
        asked.kind = asked.kind or "bitmap"
        if (disk.source is None or disk.readonly) and asked.kind != "no":
            raise _unsupported(f"disk '{asked.name}' is empty or readonly")
        asked.name = disk.target
        given[disk.target] = asked
    default = "no" if given else "bitmap"
    found.disks = [
        given.get(disk.target)
        or CheckpointDisk(disk.target, "no" if disk.source is None or disk.readonly else default)
        for disk in domain.disks
    ]
    for chosen in found.disks:
        if chosen.kind == "bitmap" and chosen.bitmap is None:
            chosen.bitmap = found.name


def format_checkpoint(found: CheckpointDef, *, secure: bool, with_domain: bool) -> str:
    """Return the XML of a checkpoint; `secure`: with the passwords of the machine within it, if it is to be there."""
    lines = ["<domaincheckpoint>", leaf("name", found.name)]
    if found.description is not None:
        lines.append(leaf("description", found.description))
    lines += format_parent(found.parent)
    lines.append(f"  <creationTime>{found.created_s}</creationTime>")
    if found.disks:
        lines.append("  <disks>")
        for disk in found.disks:
            bitmap = "" if disk.bitmap is None else f" bitmap={quoted(disk.bitmap)}"
            lines.append(f"    <disk name={quoted(disk.name)} checkpoint={quoted(disk.kind)}{bitmap}/>")
        lines.append("  </disks>")
    if with_domain and found.domain is not None:
        lines += format_domain_in(found.domain, "domain", secure=secure)
    return "\n".join([*lines, "</domaincheckpoint>", ""])
