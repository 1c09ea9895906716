"""Cpu models by architecture, and what several cpus have in common.

The names are those of libvirt 9.0's cpu map. What features a model has is not known here, so only cpus of one model can
be brought together; libvirt can do more.
"""

from __future__ import annotations

from typing import Final

from lxml import etree

from virtrpcd.errors import (
    ConfigUnsupported,
    InvalidArgument,
    OperationFailed,
    OperationUnsupported,
    VirtError,
    XmlError,
)
from virtrpcd.xmlguard import parse_tree

FROM_CPU: Final = 31
EXPAND_FEATURES: Final = 1

_X86: Final = (
    "486", "pentium", "pentium2", "pentium3", "pentiumpro", "coreduo", "n270", "core2duo", "qemu32", "kvm32",
    "cpu64-rhel5", "cpu64-rhel6", "qemu64", "kvm64", "Conroe", "Penryn", "Nehalem", "Nehalem-IBRS", "Westmere",
    "Westmere-IBRS", "SandyBridge", "SandyBridge-IBRS", "IvyBridge", "IvyBridge-IBRS", "Haswell-noTSX",
    "Haswell-noTSX-IBRS", "Haswell", "Haswell-IBRS", "Broadwell-noTSX", "Broadwell-noTSX-IBRS", "Broadwell",
    "Broadwell-IBRS", "Skylake-Client", "Skylake-Client-IBRS", "Skylake-Client-noTSX-IBRS", "Skylake-Server",
    "Skylake-Server-IBRS", "Skylake-Server-noTSX-IBRS", "Cascadelake-Server", "Cascadelake-Server-noTSX",
    "Icelake-Client", "Icelake-Client-noTSX", "Icelake-Server", "Icelake-Server-noTSX", "Cooperlake", "Snowridge",
    "athlon", "phenom", "Opteron_G1", "Opteron_G2", "Opteron_G3", "Opteron_G4", "Opteron_G5", "EPYC", "EPYC-IBPB",
    "EPYC-Rome", "EPYC-Milan", "Dhyana",
)  # fmt: skip
_PPC64: Final = ("POWER6", "POWER7", "POWER8", "POWER9", "POWER10", "POWERPC_e5500", "POWERPC_e6500")
MODELS: Final[dict[str, tuple[str, ...]]] = {
    "i686": _X86,
    "x86_64": _X86,
    "ppc64": _PPC64,
    "ppc64le": _PPC64,
    **dict.fromkeys(("armv6l", "armv7l", "armv7b", "aarch64", "s390", "s390x"), ()),
}
WITHOUT_MODELS: Final = frozenset((
    "alpha", "cris", "ia64", "lm32", "m68k", "microblaze", "microblazeel", "mips", "mipsel", "mips64", "mips64el",
    "openrisc", "parisc", "parisc64", "ppc", "ppcemb", "riscv32", "riscv64", "sh4", "sh4eb", "sparc", "sparc64",
    "unicore32", "xtensa", "xtensaeb",
))  # fmt: skip
_VENDORS: Final = ("Intel", "AMD", "Hygon")


def baseline(xmls: list[str], *, expand: bool) -> str:
    """Return the <cpu> that all of `xmls` are, with the features that all of them add to one model.

    Raises XmlError, ConfigUnsupported, VirtError and OperationFailed as libvirt does for cpus that make no sense,
    OperationUnsupported for different models, and when the model's own features are to be listed.
    """
    if not xmls:
        raise _error(InvalidArgument, "no CPUs given")
    cpus = [_read(xml) for xml in xmls]
    vendors = {vendor for _, vendor, _ in cpus if vendor}
    if len(vendors) > 1:
        raise _error(OperationFailed, "CPU vendors do not match", "operation failed")
    models = {model for model, _, _ in cpus}
    if len(models) > 1 or expand:
        raise _error(OperationUnsupported, "the features of cpu models are not known here", "Operation not supported")
    lines = ["<cpu mode='custom' match='exact'>", f"  <model fallback='forbid'>{models.pop()}</model>"]
    lines += [f"  <vendor>{vendor}</vendor>" for vendor in vendors]
    common = [name for name in cpus[0][2] if all(name in features for _, _, features in cpus)]
    lines += [f"  <feature policy='require' name='{name}'/>" for name in common]
    return "\n".join([*lines, "</cpu>", ""])


def _read(xml: str) -> tuple[str, str | None, list[str]]:
    """Return model, vendor and features of a host's <cpu>."""
    root = parse_tree(xml)
    if root.tag != "cpu":
        raise _error(XmlError, "XML does not contain expected 'cpu' element", "XML error")
    if root.get("mode") is not None:
        raise _error(ConfigUnsupported, "Attribute mode is only allowed for guest CPU", "unsupported configuration")
    arch = root.findtext("arch")
    if not arch:
        raise _error(XmlError, "Missing CPU architecture", "XML error")
    if arch not in MODELS and arch not in WITHOUT_MODELS:
        raise _error(ConfigUnsupported, f"Unknown architecture {arch[:80]}", "unsupported configuration")
    model = root.findtext("model")
    if not model:
        raise _error(XmlError, "Missing CPU model name", "XML error")
    if model not in MODELS.get(arch, ()):
        raise _error(VirtError, f"Unknown CPU model {model[:80]}", "internal error")
    vendor = root.findtext("vendor")
    if vendor and vendor not in _VENDORS:
        raise _error(OperationFailed, f"Unknown CPU vendor {vendor[:80]}", "operation failed")
    return model, vendor, _features(root)


def _features(root: etree._Element) -> list[str]:
    names = [feature.get("name") or "" for feature in root.iterchildren("feature")]
    for name in names:
        if not name or not all(c.isascii() and (c.isalnum() or c in "._-") for c in name):
            raise _error(VirtError, f"Unknown CPU feature {name[:80]}", "internal error")
    return names


def _error(kind: type[VirtError], why: str, before: str = "invalid argument") -> VirtError:
    return kind(f"{before}: {why}", domain=FROM_CPU, detail=why)
