"""Volume XML -> VolumeDef, as libvirt reads it: what it does not know it ignores."""

from __future__ import annotations

from typing import Final

from lxml import etree

from virtrpcd.errors import FROM_XML
from virtrpcd.model_storage import VOLUME_TYPES
from virtrpcd.storage_def import Backing, Cipher, Encryption, Ivgen, SecretRef, VolumeDef
from virtrpcd.storagexml_kinds import KINDS
from virtrpcd.storagexml_values import (
    VOLUME_TEXT,
    attribute_at,
    decimal,
    positive,
    read_permissions,
    read_secret,
    root_of,
    scaled,
    size_at,
    text_at,
    unsupported,
    xml_error,
)
from virtrpcd.xmlread import choice, missing, uint

_FEATURES: Final = ("lazy_refcounts", "extended_l2")
_ENCRYPTIONS: Final = ("default", "qcow", "luks", "luks2")
_ENGINES: Final = ("qemu", "librbd")
_SECRET_TYPES: Final = ("passphrase",)
_DEFAULT_COMPAT: Final = "1.1"
_MAX_COMPAT: Final = (1 << 32) - 1
_MAX_CLUSTER_BYTES: Final = (1 << 64) - 1


def parse_volume(xml: str, pool_type: str) -> VolumeDef:
    """Return the volume that libvirt's volume XML describes, for a pool of that type.

    Its path and key are left for the driver. What XML says of them counts for nothing.
    Raises XmlError, ConfigUnsupported, InvalidArgument (unit) and NumberOverflow with libvirt's texts.
    """
    root = root_of(xml, "volume", VOLUME_TEXT)
    name = text_at(root, "name")
    if name is None:
        raise xml_error("missing volume name element")
    found = VolumeDef(name, root.get("type") or VOLUME_TYPES[0])
    if found.type not in VOLUME_TYPES:
        raise unsupported(f"unknown volume type '{found.type}'")
    formats = KINDS[pool_type].volume_formats
    found.backing = _read_backing(root, formats)
    capacity = size_at(root, "capacity")
    if capacity is None:
        raise xml_error("missing capacity element")
    allocation = size_at(root, "allocation")
    found.capacity = capacity
    found.allocation = capacity if allocation is None else allocation
    found.format = _read_format(root, "target", formats)
    found.permissions = read_permissions(root, "target/permissions")
    encryption = root.find("target/encryption")
    found.encryption = None if encryption is None else _read_encryption(encryption)
    _read_qcow2(root, found)
    return found


def _read_format(root: etree._Element, parent: str, formats: tuple[str, ...]) -> str | None:
    if not formats:
        return None
    found = attribute_at(root, f"{parent}/format", "type") or formats[0]
    if found not in formats:
        raise unsupported(f"unknown volume format type {found}")
    return found


def _read_backing(root: etree._Element, formats: tuple[str, ...]) -> Backing | None:
    path = text_at(root, "backingStore/path")
    if path is None:
        return None
    image_format = _read_format(root, "backingStore", formats)
    return Backing(path, image_format, read_permissions(root, "backingStore/permissions"))


def _read_qcow2(root: etree._Element, found: VolumeDef) -> None:
    """Read what images of format qcow2 have; libvirt takes it whatever the format is."""
    found.compat = text_at(root, "target/compat")
    if found.compat is not None and not _is_compat(found.compat):
        raise xml_error("forbidden characters in 'compat' attribute")
    cluster = text_at(root, "target/clusterSize")
    if cluster is not None:
        number = positive(cluster)
        if number is None:
            why = f"Invalid value '{cluster}' for element or attribute './target/clusterSize'"
            raise xml_error(why, FROM_XML)
        found.cluster_size = scaled(number, attribute_at(root, "target/clusterSize", "unit"), _MAX_CLUSTER_BYTES)
    if root.find("target/features") is None:
        return
    found.compat = found.compat or _DEFAULT_COMPAT
    named = {str(node.tag) for node in root.iterfind("target/features/*")}
    for name in sorted(named.difference(_FEATURES)):
        raise unsupported(f"unsupported feature {name}")
    found.features = [name for name in _FEATURES if name in named]


def _is_compat(text: str) -> bool:
    """Return whether text is two numbers with a dot between; libvirt takes negative ones, too."""
    major, dot, minor = text.partition(".")
    numbers = (decimal(major), decimal(minor))
    return bool(dot) and all(number is not None and abs(number) <= _MAX_COMPAT for number in numbers)


def _read_encryption(node: etree._Element) -> Encryption:
    name = node.get("format")
    if not name:
        raise xml_error("unknown volume encryption format")
    if name not in _ENCRYPTIONS:
        raise unsupported(f"unknown volume encryption format type {name}")
    found = Encryption(name, choice(node, "engine", _ENGINES))
    found.secrets = [_read_secret(secret) for secret in node.iterfind("secret")]
    if name == "luks":
        cipher, ivgen = node.find("cipher"), node.find("ivgen")
        found.cipher = None if cipher is None else _read_cipher(cipher)
        if ivgen is not None and cipher is None:
            raise xml_error("ivgen element found, but cipher is missing")
        found.ivgen = None if ivgen is None else _read_ivgen(ivgen)
    return found


def _read_secret(node: etree._Element) -> SecretRef:
    kind = node.get("type")
    if not kind:
        raise xml_error("unknown volume encryption secret type")
    if kind not in _SECRET_TYPES:
        raise unsupported(f"unknown volume encryption secret type {kind}")
    return read_secret(node)


def _read_cipher(node: etree._Element) -> Cipher:
    name = node.get("name")
    if name is None:
        raise xml_error("cipher info missing 'name' attribute")
    size = uint(node, "size")
    if size is None:
        raise missing(node, "size")
    return Cipher(name, size, node.get("mode"), node.get("hash"))


def _read_ivgen(node: etree._Element) -> Ivgen:
    name = node.get("name")
    if name is None:
        raise xml_error("missing ivgen info name string")
    return Ivgen(name, node.get("hash"))
