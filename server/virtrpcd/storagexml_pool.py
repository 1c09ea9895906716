"""Storage pool XML -> PoolDef, as libvirt reads it: what it does not know it ignores."""

from __future__ import annotations

from typing import Final

from lxml import etree

from virtrpcd.errors import FROM_STORAGE, NotSupported, VirtError
from virtrpcd.storage_def import PoolAuth, PoolDef, PoolSource, SourceDevice, SourceHost
from virtrpcd.storagexml_adapter import check_adapter, read_adapter
from virtrpcd.storagexml_kinds import KINDS, NET_FILE_SYSTEMS, Part, PoolKind
from virtrpcd.storagexml_values import (
    POOL_TEXT,
    SOURCE_TEXT,
    attribute_at,
    clean_path,
    int_attribute,
    parse_uuid,
    read_permissions,
    read_secret,
    root_of,
    text_at,
    unsupported,
    xml_error,
    yes_no,
)
from virtrpcd.xmlread import invalid_value, missing

_AUTH_TYPES: Final = ("none", "chap", "ceph")
_REFRESH_ALLOCATIONS: Final = ("default", "capacity")
_NAMED_TARGETS: Final = {"logical": "/dev/", "zfs": "/dev/zvol/"}
_COPY_ON_WRITE: Final = ("dir", "fs")
_WITH_PROTOCOL: Final = 2
"""How many of the first formats of a type may say <protocol>: libvirt looks at the number, whatever it is of."""


def parse_pool(xml: str) -> PoolDef:
    """Return the pool that libvirt's storage pool XML describes; the uuid is None when the XML has none.

    Raises XmlError and ConfigUnsupported with libvirt's texts; NotSupported for <features> that the type cannot have.
    """
    root = root_of(xml, "pool", POOL_TEXT)
    kind_name = root.get("type")
    if kind_name is None:
        raise missing(root, "type")
    kind = KINDS.get(kind_name)
    if kind is None:
        raise invalid_value(root, "type")
    node = root.find("source")
    source = PoolSource(format=kind.default_format) if node is None else _read_source(node, kind_name, kind)
    found = PoolDef(kind_name, _read_name(root, source, kind), _read_uuid(root), source)
    found.cow = _read_cow(root, kind_name)
    _check_source(found, kind)
    if kind.target:
        found.target = _read_target(root, found)
        found.permissions = read_permissions(root, "target/permissions")
    if kind_name == "iscsi-direct" and source.initiator is None:
        raise unsupported("missing initiator IQN")
    found.refresh_allocation = _read_refresh(root)
    return found


def parse_source(xml: str, kind_name: str) -> PoolSource:
    """Return a <source> that stands alone, of a pool of that type."""
    node = root_of(xml, "source", SOURCE_TEXT)
    kind = KINDS.get(kind_name)
    if kind is None:
        raise VirtError("internal error: missing backend for pool type -1", domain=FROM_STORAGE)
    return _read_source(node, kind_name, kind)


def _read_name(root: etree._Element, source: PoolSource, kind: PoolKind) -> str:
    name = text_at(root, "name")
    if name is None and Part.NAME in kind.parts:
        name = source.name
    if name is None:
        raise xml_error("missing pool source name element")
    if "/" in name:
        raise xml_error(f"name {name} cannot contain '/'")
    return name


def _read_uuid(root: etree._Element) -> bytes | None:
    text = text_at(root, "uuid")
    if text is None:
        return None
    uuid = parse_uuid(text)
    if uuid is None:
        raise xml_error("malformed uuid element")
    return uuid


def _read_cow(root: etree._Element, kind_name: str) -> str | None:
    node = root.find("features/cow")
    cow = None if node is None else yes_no(node, "state")
    if cow is not None and kind_name not in _COPY_ON_WRITE:
        raise NotSupported("cow feature may only be used for 'fs' and 'dir' pools", domain=FROM_STORAGE)
    return cow


def _check_source(found: PoolDef, kind: PoolKind) -> None:
    """Refuse a source without what its type needs; its name is that of the pool when it has none."""
    source = found.source
    if Part.HOST in kind.parts and not source.hosts:
        raise xml_error("missing storage pool source host name")
    if Part.DIR in kind.parts and source.dir is None:
        if found.type != "gluster":
            raise xml_error("missing storage pool source path")
        source.dir = "/"
    if Part.NAME in kind.parts and source.name is None:
        source.name = found.name
    if Part.ADAPTER in kind.parts:
        check_adapter(source.adapter)
    if kind.parts == {Part.DEVICE} and not source.devices:
        raise xml_error("missing storage pool source device name")


def _read_target(root: etree._Element, found: PoolDef) -> str:
    prefix = _NAMED_TARGETS.get(found.type)
    path = text_at(root, "target/path") if prefix is None else f"{prefix}{found.source.name}"
    if path is None:
        raise xml_error("missing storage pool target path")
    return clean_path(path)


def _read_refresh(root: etree._Element) -> str | None:
    allocation = attribute_at(root, "refresh/volume", "allocation")
    if allocation is not None and allocation not in _REFRESH_ALLOCATIONS:
        raise unsupported(f"unknown storage pool volume refresh allocation type {allocation}")
    return allocation


def _read_source(node: etree._Element, kind_name: str, kind: PoolKind) -> PoolSource:
    found = PoolSource(name=text_at(node, "name"))
    if kind_name == "rbd" and found.name is None:
        raise xml_error("element 'name' is mandatory for RBD pool")
    if kind.formats:
        found.format = attribute_at(node, "format", "type") or kind.default_format
        if found.format not in kind.formats:
            raise unsupported(f"unknown pool format type {found.format}")
    found.hosts = [_read_host(host) for host in node.iterfind("host")]
    found.initiator = attribute_at(node, "initiator/iqn", "name")
    found.devices = [_read_device(device) for device in node.iterfind("device")]
    path = attribute_at(node, "dir", "path")
    found.dir = None if path is None else clean_path(path)
    adapter = node.find("adapter")
    found.adapter = None if adapter is None else read_adapter(adapter)
    auth = node.find("auth")
    found.auth = None if auth is None else _read_auth(auth)
    found.protocol = _read_protocol(node, found, kind)
    found.vendor = attribute_at(node, "vendor", "name")
    found.product = attribute_at(node, "product", "name")
    return found


def _read_host(node: etree._Element) -> SourceHost:
    name = node.get("name")
    if name is None:
        raise xml_error("missing storage pool host name")
    return SourceHost(name, int_attribute(node, "port"))


def _read_device(node: etree._Element) -> SourceDevice:
    path = node.get("path")
    if path is None:
        raise xml_error("missing storage pool source device path")
    return SourceDevice(path, yes_no(node, "part_separator"))


def _read_auth(node: etree._Element) -> PoolAuth:
    username = node.get("username")
    if not username:
        raise xml_error("missing username for auth")
    kind = node.get("type") or "none"
    if kind not in _AUTH_TYPES:
        raise unsupported(f"unknown auth type '{kind}'")
    secret = node.find("secret")
    if secret is None:
        raise xml_error("Missing <secret> element in auth")
    auth = PoolAuth(kind, username, read_secret(secret))
    if kind == "none":
        raise unsupported("storage pool missing auth type")
    return auth


def _read_protocol(node: etree._Element, found: PoolSource, kind: PoolKind) -> str | None:
    version = attribute_at(node, "protocol", "ver")
    number = kind.formats.index(found.format) if found.format in kind.formats else 0
    if version is not None and number >= _WITH_PROTOCOL:
        name = NET_FILE_SYSTEMS[number] if number < len(NET_FILE_SYSTEMS) else "(null)"
        raise unsupported(f"storage pool protocol ver unsupported for pool type '{name}'")
    return version
