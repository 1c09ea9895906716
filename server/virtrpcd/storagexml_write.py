"""PoolDef and VolumeDef -> storage XML, in libvirt's order and with its indentation."""

from __future__ import annotations

from collections.abc import Iterator

from virtrpcd.model_storage import PoolInfo
from virtrpcd.storage_def import Backing, Encryption, PoolDef, PoolSource, Timestamps, VolumeDef
from virtrpcd.storagexml_adapter import format_adapter
from virtrpcd.storagexml_kinds import KINDS, Part
from virtrpcd.storagexml_values import (
    attributes,
    escaped,
    format_permissions,
    format_secret,
    format_uuid,
    indented,
)


def format_pool(d: PoolDef, info: PoolInfo) -> str:
    """Return the XML of a pool with the sizes that it has now."""
    return _document(f"<pool type='{d.type}'>", _pool(d, info), "</pool>")


def format_sources(kind_name: str, sources: list[PoolSource]) -> str:
    """Return <sources>: what pools of that type could be made of."""
    inner = [line for source in sources for line in _source(source, kind_name)]
    return _document("<sources>", inner, "</sources>")


def format_volume(d: VolumeDef, pool_type: str) -> str:
    """Return the XML of a volume in a pool of that type."""
    return _document(f"<volume type='{d.type}'>", _volume(d, pool_type), "</volume>")


def format_pool_capabilities(supported: set[str]) -> str:
    """Return <storagepoolCapabilities>: every type of pool, what it and its volumes can be, whether there are such."""
    inner = [line for name in KINDS for line in _capability(name, name in supported)]
    return _document("<storagepoolCapabilities>", inner, "</storagepoolCapabilities>")


def _capability(name: str, supported: bool) -> Iterator[str]:
    kind = KINDS[name]
    yield f"<pool type='{name}' supported='{'yes' if supported else 'no'}'>"
    if kind.formats:
        yield from indented(_choice("poolOptions", "source", kind.formats, kind.default_format))
    if kind.volume_formats:
        known = kind.volume_formats if "none" in kind.volume_formats else ("none", *kind.volume_formats)
        yield from indented(_choice("volOptions", "target", known, kind.volume_formats[0]))
    yield "</pool>"


def _choice(element: str, prefix: str, words: tuple[str, ...], default: str | None) -> Iterator[str]:
    yield f"<{element}>"
    yield f"  <defaultFormat{attributes(type=default)}/>"
    yield f"  <enum name='{prefix}FormatType'>"
    yield from (f"    <value>{word}</value>" for word in words)
    yield "  </enum>"
    yield f"</{element}>"


def _document(first: str, inner: Iterator[str] | list[str], last: str) -> str:
    return "\n".join([first, *indented(inner), last, ""])


def _leaf(name: str, text: str | None) -> Iterator[str]:
    if text is not None:
        yield f"<{name}>{escaped(text)}</{name}>"


def _named(element: str, /, **pairs: str | None) -> Iterator[str]:
    shown = attributes(**pairs)
    if shown:
        yield f"<{element}{shown}/>"


def _bytes(name: str, size: int) -> str:
    return f"<{name} unit='bytes'>{size}</{name}>"


def _pool(d: PoolDef, info: PoolInfo) -> Iterator[str]:
    yield from _leaf("name", d.name)
    if d.uuid is not None:
        yield f"<uuid>{format_uuid(d.uuid)}</uuid>"
    yield _bytes("capacity", info.capacity)
    yield _bytes("allocation", info.allocation)
    yield _bytes("available", info.available)
    if d.cow is not None:
        yield from ("<features>", f"  <cow state='{d.cow}'/>", "</features>")
    yield from _source(d.source, d.type)
    if d.target is not None:
        yield "<target>"
        yield from indented(_leaf("path", d.target))
        yield from indented(format_permissions(d.permissions))
        yield "</target>"
    if d.refresh_allocation is not None:
        yield from ("<refresh>", f"  <volume allocation='{d.refresh_allocation}'/>", "</refresh>")


def _source(source: PoolSource, kind_name: str) -> Iterator[str]:
    yield "<source>"
    yield from indented(_source_parts(source, kind_name))
    yield "</source>"


def _source_parts(source: PoolSource, kind_name: str) -> Iterator[str]:
    """Give the parts that the type has, then those that libvirt keeps for every type."""
    parts = KINDS[kind_name].parts
    if Part.HOST in parts:
        for host in source.hosts:
            yield f"<host{attributes(name=host.name, port=host.port or None)}/>"
    if Part.DEVICE in parts:
        for device in source.devices:
            yield f"<device{attributes(path=device.path, part_separator=device.part_separator)}/>"
    if Part.DIR in parts:
        yield from _named("dir", path=source.dir)
    if Part.ADAPTER in parts and source.adapter is not None:
        yield from format_adapter(source.adapter)
    if Part.NAME in parts:
        yield from _leaf("name", source.name)
    if Part.INITIATOR in parts and source.initiator is not None:
        yield from ("<initiator>", f"  <iqn{attributes(name=source.initiator)}/>", "</initiator>")
    yield from _named("format", type=source.format)
    if source.auth is not None:
        yield f"<auth{attributes(type=source.auth.type, username=source.auth.username)}>"
        yield f"  {format_secret(source.auth.secret)}"
        yield "</auth>"
    yield from _named("protocol", ver=source.protocol)
    yield from _named("vendor", name=source.vendor)
    yield from _named("product", name=source.product)


def _volume(d: VolumeDef, pool_type: str) -> Iterator[str]:
    yield from _leaf("name", d.name)
    yield from _leaf("key", d.key)
    yield _bytes("capacity", d.capacity)
    yield _bytes("allocation", d.allocation)
    if d.physical:
        yield _bytes("physical", d.physical)
    formats = KINDS[pool_type].volume_formats
    yield "<target>"
    yield from indented(_image(d, _shown_format(d.format, formats)))
    yield from indented(_target_rest(d))
    yield "</target>"
    if d.backing is not None:
        yield "<backingStore>"
        yield from indented(_image(d.backing, _shown_format(d.backing.format, formats)))
        yield "</backingStore>"


def _shown_format(name: str | None, formats: tuple[str, ...]) -> str | None:
    """Return the format, as the pool's type has it now: a pool can be defined anew with another type."""
    if not formats:
        return None
    return name if name in formats else formats[0]


def _image(image: VolumeDef | Backing, image_format: str | None) -> Iterator[str]:
    yield from _leaf("path", image.path)
    yield from _named("format", type=image_format)
    yield from format_permissions(image.permissions)
    if image.timestamps is not None:
        yield from _timestamps(image.timestamps)


def _timestamps(times: Timestamps) -> Iterator[str]:
    yield "<timestamps>"
    for name, moment_ns in (("atime", times.atime_ns), ("mtime", times.mtime_ns), ("ctime", times.ctime_ns)):
        seconds, rest = divmod(moment_ns, 1_000_000_000)
        yield f"  <{name}>{seconds}.{rest:09}</{name}>" if rest else f"  <{name}>{seconds}</{name}>"
    # when a file was made is not what stat() tells
    yield "  <btime>0</btime>"
    yield "</timestamps>"


def _target_rest(d: VolumeDef) -> Iterator[str]:
    if d.encryption is not None:
        yield from _encryption(d.encryption)
    yield from _leaf("compat", d.compat)
    if d.cluster_size:
        yield f"<clusterSize unit='B'>{d.cluster_size}</clusterSize>"
    if d.features:
        yield from ("<features>", *(f"  <{name}/>" for name in d.features), "</features>")
    elif d.features is not None:
        yield "<features/>"


def _encryption(encryption: Encryption) -> Iterator[str]:
    yield f"<encryption{attributes(format=encryption.format, engine=encryption.engine)}>"
    for secret in encryption.secrets:
        yield f"  {format_secret(secret)}"
    cipher, ivgen = encryption.cipher, encryption.ivgen
    if cipher is not None:
        yield f"  <cipher{attributes(name=cipher.name, size=cipher.size, mode=cipher.mode, hash=cipher.hash)}/>"
    if ivgen is not None:
        yield f"  <ivgen{attributes(name=ivgen.name, hash=ivgen.hash)}/>"
    yield "</encryption>"
