"""Checks of single settings: each is given (source, key, value) and returns the value that it stands for, or raises."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


class ConfigError(ValueError):
    """A setting that cannot be used; the text is one line for the person who wrote it."""


Check = Callable[[str, str, object], Any]


def wrong(source: str, key: str, expected: str, value: object) -> ConfigError:
    return ConfigError(f"{source}: {key}: expected {expected}, found {value!r}")


def path(source: str, key: str, value: object) -> Path:
    if not isinstance(value, str) or not value.startswith("/"):
        raise wrong(source, key, "an absolute path", value)
    return Path(value)


def paths(source: str, key: str, value: object) -> tuple[Path, ...]:
    if not isinstance(value, list):
        raise wrong(source, key, "a list of absolute paths", value)
    return tuple(path(source, key, item) for item in value)


def choice(*choices: str) -> Callable[[str, str, object], str]:
    def check(source: str, key: str, value: object) -> str:
        if value not in choices:
            raise wrong(source, key, " or ".join(choices), value)
        return str(value)

    return check


def text(source: str, key: str, value: object) -> str:
    if not isinstance(value, str) or not value:
        raise wrong(source, key, "a text", value)
    return value


def whole(low: int, high: int) -> Callable[[str, str, object], int]:
    def check(source: str, key: str, value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise wrong(source, key, f"a whole number from {low} to {high}", value)
        return value

    return check


def seconds(low: float, high: float) -> Callable[[str, str, object], float]:
    def check(source: str, key: str, value: object) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
            raise wrong(source, key, f"seconds from {low:g} to {high:g}", value)
        return float(value)

    return check


def checked(values: dict[str, Any], table: dict[str, Check], source: str, prefix: str) -> dict[str, Any]:
    unknown = sorted(set(values) - set(table))
    if unknown:
        known = ", ".join(prefix + key for key in sorted(table))
        raise ConfigError(f"{source}: unknown setting {prefix}{unknown[0]}; there are: {known}")
    return {key: table[key](source, prefix + key, value) for key, value in values.items()}
