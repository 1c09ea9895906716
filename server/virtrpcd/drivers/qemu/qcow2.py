"""The head of a qcow2 image, as far as needed to know that the image stands alone.

An image may name another file as its backing file or data file. Whoever wrote the image chose that name, so QEMU must
never follow it: through it a guest could read any file that QEMU can.
"""

from __future__ import annotations

import os
import struct
from typing import Final

from virtrpcd.errors import FROM_QEMU, ConfigUnsupported, OperationFailed

_HEAD: Final = struct.Struct(">4sIQI")
_HEAD_V3: Final = struct.Struct(">Q")
_SIZE: Final = struct.Struct(">Q")
_SIZE_OFFSET: Final = 24
_V3_OFFSET: Final = 72
_EXTERNAL_DATA: Final = 1 << 2


def check_alone(handle: int, name: str) -> None:
    """Raise ConfigUnsupported if the open image needs another file, OperationFailed if it is no qcow2 image."""
    head = os.pread(handle, _V3_OFFSET + _HEAD_V3.size, 0)
    if len(head) < _V3_OFFSET:
        raise OperationFailed(f"disk '{name}' is not a qcow2 image", domain=FROM_QEMU)
    magic, version, backing_offset, _ = _HEAD.unpack_from(head)
    if magic != b"QFI\xfb" or version not in (2, 3):
        raise OperationFailed(f"disk '{name}' is not a qcow2 image", domain=FROM_QEMU)
    if backing_offset:
        raise ConfigUnsupported(f"disk '{name}' has a backing file; that is not supported", domain=FROM_QEMU)
    if version == 3:
        if len(head) < _V3_OFFSET + _HEAD_V3.size:
            raise OperationFailed(f"disk '{name}' is not a qcow2 image", domain=FROM_QEMU)
        if _HEAD_V3.unpack_from(head, _V3_OFFSET)[0] & _EXTERNAL_DATA:
            raise ConfigUnsupported(f"disk '{name}' keeps its data in another file", domain=FROM_QEMU)


def virtual_size(handle: int) -> int | None:
    """Return how many bytes a guest sees of an open image, None if it is no qcow2 image."""
    head = os.pread(handle, _SIZE_OFFSET + _SIZE.size, 0)
    if len(head) < _SIZE_OFFSET + _SIZE.size or not head.startswith(b"QFI\xfb"):
        return None
    return min(int(_SIZE.unpack_from(head, _SIZE_OFFSET)[0]), (1 << 63) - 1)
