"""test:///default as connect_open gives it: what libvirt's test driver refuses and ours could do is refused too.

So every client can be tried on it and on libvirt's own with the same outcome. The daemon's default test driver does
what a hypervisor does.
"""

from __future__ import annotations

import time

from virtrpcd.drivers.test.driver import TestDriver
from virtrpcd.drivers.test.refusals import one_of_two, only_flags
from virtrpcd.errors import FROM_TEST, NoDomain
from virtrpcd.model import Affect, CreateFlag, DomainInfo, DomainRef

_BOTH = ("VIR_DOMAIN_AFFECT_LIVE", "VIR_DOMAIN_AFFECT_CONFIG")


class StrictTestDriver(TestDriver):
    """A test driver that does not know flags which libvirt's does not know."""

    def lookup_by_name(self, name: str) -> DomainRef:
        """As TestDriver's; the error does not say what was looked for, as libvirt's does not."""
        machine = self._by_name.get(name)
        if machine is None:
            raise NoDomain("Domain not found", domain=FROM_TEST)
        return machine.ref

    def lookup_by_id(self, id: int) -> DomainRef:
        """As lookup_by_name."""
        machine = self._by_id.get(id)
        if machine is None:
            raise NoDomain("Domain not found", domain=FROM_TEST)
        return machine.ref

    async def create_xml(self, xml: str, flags: int) -> DomainRef:
        only_flags(flags, CreateFlag.VALIDATE, "testDomainCreateXML")
        return await super().create_xml(xml, flags)

    async def start_domain(self, uuid: bytes, flags: int) -> DomainRef:
        self.lookup_by_uuid(uuid)
        only_flags(flags, 0, "testDomainCreateWithFlags")
        return await super().start_domain(uuid, flags)

    async def set_memory(self, uuid: bytes, kib: int, flags: int) -> None:
        one_of_two(flags, Affect.LIVE, Affect.CONFIG, _BOTH)
        await super().set_memory(uuid, kib, flags)

    async def set_autostart(self, uuid: bytes, autostart: bool) -> None:
        """As libvirt's: of a machine without a definition too."""
        self._find(uuid).autostart = autostart

    def domain_info(self, uuid: bytes) -> DomainInfo:
        """As TestDriver's, but cpu time is the time of day, for a machine that is off too."""
        machine = self._by_uuid.get(uuid)
        if machine is None:
            raise self.no_domain(uuid)
        return DomainInfo(machine.state, machine.max_memory_kib, machine.memory_kib, machine.vcpus, time.time_ns())
