"""A machine's share of the host's disks as typed parameters: texts of path and value, one after the other."""

from __future__ import annotations

from typing import Final

from virtrpcd.drivers.test.refusals import invalid
from virtrpcd.errors import FROM_DOM
from virtrpcd.model import ParamKind, TypedParam
from virtrpcd.tuning_def import TuningDef

_DEVICE: Final = {
    "device_weight": "weight",
    "device_read_iops_sec": "read_iops_sec",
    "device_write_iops_sec": "write_iops_sec",
    "device_read_bytes_sec": "read_bytes_sec",
    "device_write_bytes_sec": "write_bytes_sec",
}
KINDS: Final = {"weight": ParamKind.UINT, **dict.fromkeys(_DEVICE, ParamKind.STRING)}


def parameters(tuning: TuningDef) -> list[TypedParam]:
    """Return the weight and, for each limit of devices, "path,value,path,value"."""
    found = [TypedParam("weight", int(ParamKind.UINT), tuning.blkio_weight)]
    for field, name in _DEVICE.items():
        pairs = [f"{path},{limits[name]}" for path, limits in tuning.blkio_devices.items() if limits.get(name)]
        found.append(TypedParam(field, int(ParamKind.STRING), ",".join(pairs)))
    return found


def change(tuning: TuningDef, params: list[TypedParam]) -> None:
    """Take over parameters; a device's 0 takes its limit away. Raises InvalidArgument and has then changed nothing."""
    weight = tuning.blkio_weight
    devices = {path: dict(limits) for path, limits in tuning.blkio_devices.items()}
    for param in params:
        if param.field == "weight":
            weight = int(param.value)
            continue
        for path, value in _pairs(param.field, str(param.value)):
            devices.setdefault(path, {})[_DEVICE[param.field]] = value
    tuning.blkio_weight = weight
    tuning.blkio_devices = {
        path: {name: value for name, value in limits.items() if value} for path, limits in devices.items()
    }


def _pairs(field: str, text: str) -> list[tuple[str, int]]:
    if not text:
        return []
    parts = text.split(",")
    if len(parts) % 2 or not all(parts):
        raise invalid(f"unable to parse blkio device '{field}' '{text[:200]}'", domain=FROM_DOM)
    pairs = []
    for path, value in zip(parts[::2], parts[1::2], strict=True):
        if not (value.isascii() and value.isdigit()) or int(value) >= 1 << 63:
            why = f"invalid value '{value[:80]}' for parameter '{field}' of device '{path[:80]}'"
            raise invalid(why, domain=FROM_DOM)
        pairs.append((path, int(value)))
    return pairs
