"""What the groups of optional driver methods stand on: the refusal of what a driver does not have."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NoReturn

from virtrpcd.errors import NotSupported
from virtrpcd.model import DomainRef


class OptionalMethods(ABC):
    """Base of drivers/{hosts,tuning,details,guest}.py: every method there raises NotSupported, or says what it does."""

    @abstractmethod
    def lookup_by_uuid(self, uuid: bytes) -> DomainRef:
        """Return the machine, its present name and id."""

    def _unsupported(self, api: str) -> NoReturn:
        raise NotSupported(api)
