"""Machines: every call on one, written once for both faces."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self
from uuid import UUID

from virtproto import virt as v
from virtrpc.errors import NeedsVersion, NoDomain
from virtrpc.operation import BlockingFace, Face, operation
from virtrpc.results import (
    Affect,
    DomainInfo,
    DomainRef,
    DomainState,
    State,
    VcpuInfo,
    member_text,
    pack_cpus,
    to_ref,
    to_wire,
    unpack_cpus,
)
from virtrpc.session import Session, body, done, param_value

AUTOSTART_FLAG = 1


class DomainCalls(Face):
    """A virtual machine. All calls go by its uuid; name and id are as last heard (see refresh).

    Every call raises VirtError's children when the daemon refuses, NoDomain when the machine is gone, NotReached when
    no answer came, NeedsVersion when the daemon is too old for it.
    """

    def __init__(self, session: Session, ref: DomainRef) -> None:
        self._session = session
        self._ref = ref

    def _over(self, session: Session) -> Self:
        return type(self)(session, self._ref)

    @property
    def ref(self) -> DomainRef:
        """Name, uuid and id, as last heard."""
        return self._ref

    @property
    def name(self) -> str:
        """Its name, as last heard."""
        return self._ref.name

    @property
    def uuid(self) -> UUID:
        """Its uuid; str(d.uuid) and d.uuid.bytes are its two forms."""
        return self._ref.uuid

    @property
    def id(self) -> int | None:
        """Its id as last heard, None when it was off."""
        return self._ref.id

    def __repr__(self) -> str:
        return f"<domain {self.name!r} {self.uuid} id={self.id}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DomainCalls) and other.uuid == self.uuid

    def __hash__(self) -> int:
        return hash(self.uuid)

    @property
    def _dom(self) -> v.virt_domain:
        return to_wire(self._ref)

    @property
    def _stub(self) -> v.VIRT_V2_AsyncClient:
        return self._session.stub

    @property
    def _old(self) -> bool:
        return self._session.version < 2

    # -- what it is and does --------------------------------------------------------------------------------------

    @operation
    async def refresh(self) -> DomainRef:
        """Ask for name and id anew, keep and return them."""
        args = v.virt_domain_lookup_by_uuid_args(self.uuid.bytes)
        self._ref = to_ref(body(await self._stub.virt_domain_lookup_by_uuid(args)).dom)
        return self._ref

    @operation
    async def info(self) -> DomainInfo:
        """Return state, memory, vcpus and cpu time."""
        found = body(await self._stub.virt_domain_get_info(v.virt_domain_get_info_args(self._dom)))
        return DomainInfo(State(found.state), found.max_mem, found.memory, found.nr_virt_cpu, found.cpu_time)

    @operation
    async def state(self) -> DomainState:
        """Return its state and the reason; from a daemon of version 1 the state alone."""
        if self._old:
            info = body(await self._stub.virt_domain_get_info(v.virt_domain_get_info_args(self._dom)))
            return DomainState(State(info.state), None)
        found = body(await self._stub.virt_domain_get_state(v.virt_domain_get_state_args(self._dom, 0)))
        return DomainState(State(found.state), found.reason)

    @operation
    async def is_active(self) -> bool:
        """Say whether it runs; paused counts."""
        if self._old:
            args = v.virt_domain_lookup_by_uuid_args(self.uuid.bytes)
            return body(await self._stub.virt_domain_lookup_by_uuid(args)).dom.id >= 0
        return bool(body(await self._stub.virt_domain_is_active(v.virt_domain_is_active_args(self._dom))).active)

    @operation
    async def is_persistent(self) -> bool:
        """Say whether a definition is kept."""
        args = v.virt_domain_is_persistent_args(self._dom)
        return bool(body(await self._stub.virt_domain_is_persistent(args)).persistent)

    @operation
    async def is_updated(self) -> bool:
        """Say whether the kept definition differs from what runs."""
        return bool(body(await self._stub.virt_domain_is_updated(v.virt_domain_is_updated_args(self._dom))).updated)

    @operation
    async def xml(self, *, inactive: bool = False, secure: bool = False, migratable: bool = False) -> str:
        """Return its description in libvirt's XML.

        inactive: what the next start would use. secure: with secrets; migratable: fit for another host (needs write).
        """
        flags = v.VIRT_XML_INACTIVE * inactive | v.VIRT_XML_SECURE * secure | v.VIRT_XML_MIGRATABLE * migratable
        return body(await self._stub.virt_domain_get_xml_desc(v.virt_domain_get_xml_desc_args(self._dom, flags))).xml

    @operation
    async def os_type(self) -> str:
        """Return "hvm" or another type of operating system."""
        return body(await self._stub.virt_domain_get_os_type(v.virt_domain_get_os_type_args(self._dom))).type

    @operation
    async def autostart(self) -> bool:
        """Say whether it is started with the daemon."""
        args = v.virt_domain_get_autostart_args(self._dom)
        return bool(body(await self._stub.virt_domain_get_autostart(args)).autostart)

    @operation
    async def stats(self, groups: int = 0) -> dict[str, Any]:
        """Return its statistics; groups: VIRT_STATS_... bits of virt.x, 0 for all."""
        args = v.virt_connect_get_all_domain_stats_args([self._dom], groups, 0)
        records = body(await self._stub.virt_connect_get_all_domain_stats(args)).ret_stats
        if not records:
            raise NoDomain(v.VIRT_ERR_NO_DOMAIN, v.VIRT_FROM_DOMAIN, f"no machine has the uuid {self.uuid}")
        return {param.field: param_value(param) for param in records[0].params}

    @operation
    async def memory_stats(self) -> dict[str, int]:
        """Return figures on the memory of a running machine, in KiB unless virt_memory_stat_tag says otherwise."""
        args = v.virt_domain_memory_stats_args(self._dom, v.VIRT_MEMORY_STATS_MAX, 0)
        stats = body(await self._stub.virt_domain_memory_stats(args)).stats
        prefix = "VIRT_MEMORY_STAT_"
        return {member_text(v.virt_memory_stat_tag, prefix, s.tag).replace(" ", "_"): s.val for s in stats}

    # -- its life -------------------------------------------------------------------------------------------------

    @operation
    async def start(self, *, paused: bool = False) -> None:
        """Start it from its definition (or its saved image), and take its new id."""
        if not self._old:
            args = v.virt_domain_create_with_flags_args(self._dom, v.VIRT_START_PAUSED * paused)
            self._ref = to_ref(body(await self._stub.virt_domain_create_with_flags(args)).dom)
            return
        if paused:
            raise NeedsVersion("start(paused=True)", 2, self._session.version)
        done(await self._stub.virt_domain_create(v.virt_domain_create_args(self._dom)))
        lookup = v.virt_domain_lookup_by_uuid_args(self.uuid.bytes)
        self._ref = to_ref(body(await self._stub.virt_domain_lookup_by_uuid(lookup)).dom)

    @operation
    async def shutdown(self) -> None:
        """Ask the guest to shut down; returns when it has been asked, not when it is off."""
        done(await self._stub.virt_domain_shutdown(v.virt_domain_shutdown_args(self._dom)))

    @operation
    async def reboot(self) -> None:
        """Ask the guest to reboot; returns when it has been asked."""
        done(await self._stub.virt_domain_reboot(v.virt_domain_reboot_args(self._dom, 0)))

    @operation
    async def reset(self) -> None:
        """Press the reset button."""
        done(await self._stub.virt_domain_reset(v.virt_domain_reset_args(self._dom, 0)))

    @operation
    async def destroy(self, *, graceful: bool = False) -> None:
        """Pull the plug. graceful: give the process some seconds, and fail rather than kill it."""
        if graceful:
            args = v.virt_domain_destroy_flags_args(self._dom, v.VIRT_DESTROY_GRACEFUL)
            done(await self._stub.virt_domain_destroy_flags(args))
        else:
            done(await self._stub.virt_domain_destroy(v.virt_domain_destroy_args(self._dom)))
        self._ref = self._ref._replace(id=None)

    @operation
    async def suspend(self) -> None:
        """Let it stand still; its memory stays."""
        done(await self._stub.virt_domain_suspend(v.virt_domain_suspend_args(self._dom)))

    @operation
    async def resume(self) -> None:
        """Let it go on after suspend."""
        done(await self._stub.virt_domain_resume(v.virt_domain_resume_args(self._dom)))

    @operation
    async def undefine(self, *, managed_save: bool = False) -> None:
        """Remove its definition; one that runs goes on. managed_save: its saved image too."""
        if managed_save:
            args = v.virt_domain_undefine_flags_args(self._dom, v.VIRT_UNDEFINE_MANAGED_SAVE)
            done(await self._stub.virt_domain_undefine_flags(args))
            return
        done(await self._stub.virt_domain_undefine(v.virt_domain_undefine_args(self._dom)))

    @operation
    async def rename(self, new_name: str) -> None:
        """Give a machine that is off another name."""
        body(await self._stub.virt_domain_rename(v.virt_domain_rename_args(self._dom, new_name, 0)))
        self._ref = self._ref._replace(name=new_name)

    @operation
    async def set_autostart(self, autostart: bool = True) -> None:
        """Say whether it shall be started with the daemon."""
        args = v.virt_domain_set_autostart_args(self._dom, AUTOSTART_FLAG if autostart else 0)
        done(await self._stub.virt_domain_set_autostart(args))

    # -- files on the host ----------------------------------------------------------------------------------------

    @operation
    async def save(self, path: str) -> None:
        """Write it with its memory to a file on the host (an absolute, allowed path), and stop it."""
        done(await self._stub.virt_domain_save(v.virt_domain_save_args(self._dom, path)))

    @operation
    async def core_dump(self, path: str, flags: int = 0) -> None:
        """Write its memory to a file on the host. flags: VIRT_DUMP_... bits of virt.x."""
        done(await self._stub.virt_domain_core_dump(v.virt_domain_core_dump_args(self._dom, path, flags)))

    @operation
    async def managed_save(self) -> None:
        """Save it to a file of the daemon's own and stop it; the next start goes on from there."""
        done(await self._stub.virt_domain_managed_save(v.virt_domain_managed_save_args(self._dom, 0)))

    @operation
    async def has_managed_save(self) -> bool:
        """Say whether there is such a file."""
        args = v.virt_domain_has_managed_save_image_args(self._dom, 0)
        return bool(body(await self._stub.virt_domain_has_managed_save_image(args)).result)

    @operation
    async def managed_save_remove(self) -> None:
        """Throw that file away; the next start boots."""
        done(await self._stub.virt_domain_managed_save_remove(v.virt_domain_managed_save_remove_args(self._dom, 0)))

    # -- memory and vcpus -----------------------------------------------------------------------------------------

    @operation
    async def set_memory(self, kib: int, *, affect: Affect = Affect.CURRENT) -> None:
        """Set its memory, in KiB."""
        if self._old and affect == Affect.CURRENT:
            done(await self._stub.virt_domain_set_memory(v.virt_domain_set_memory_args(self._dom, kib)))
            return
        args = v.virt_domain_set_memory_flags_args(self._dom, kib, affect)
        done(await self._stub.virt_domain_set_memory_flags(args))

    @operation
    async def max_memory(self) -> int:
        """Return the most memory that it may have, in KiB."""
        return body(await self._stub.virt_domain_get_max_memory(v.virt_domain_get_max_memory_args(self._dom))).memory

    @operation
    async def set_max_memory(self, kib: int, *, affect: Affect = Affect.CURRENT) -> None:
        """Set the most memory that it may have, in KiB; of a running machine usually only with Affect.CONFIG."""
        if self._old and affect == Affect.CURRENT:
            done(await self._stub.virt_domain_set_max_memory(v.virt_domain_set_max_memory_args(self._dom, kib)))
            return
        args = v.virt_domain_set_memory_flags_args(self._dom, kib, affect | v.VIRT_MEM_MAXIMUM)
        done(await self._stub.virt_domain_set_memory_flags(args))

    @operation
    async def max_vcpus(self) -> int:
        """Return the most vcpus that it may have."""
        return body(await self._stub.virt_domain_get_max_vcpus(v.virt_domain_get_max_vcpus_args(self._dom))).num

    @operation
    async def set_vcpus(self, count: int, *, maximum: bool = False, affect: Affect = Affect.CURRENT) -> None:
        """Set how many vcpus it has, or (maximum) may have."""
        if self._old and not maximum and affect == Affect.CURRENT:
            done(await self._stub.virt_domain_set_vcpus(v.virt_domain_set_vcpus_args(self._dom, count)))
            return
        args = v.virt_domain_set_vcpus_flags_args(self._dom, count, affect | v.VIRT_VCPU_MAXIMUM * maximum)
        done(await self._stub.virt_domain_set_vcpus_flags(args))

    @operation
    async def vcpus(self) -> list[VcpuInfo]:
        """Return the vcpus of a running machine, with where they may run. Three round trips."""
        node = body(await self._stub.virt_node_get_info())
        map_bytes = max((node.nodes * node.sockets * node.cores * node.threads + 7) // 8, 1)
        count = body(await self._stub.virt_domain_get_info(v.virt_domain_get_info_args(self._dom))).nr_virt_cpu
        args = v.virt_domain_get_vcpus_args(self._dom, count, map_bytes)
        found = body(await self._stub.virt_domain_get_vcpus(args))
        return [
            VcpuInfo(
                info.number,
                info.state,
                info.cpu_time,
                info.cpu if info.cpu >= 0 else None,
                unpack_cpus(found.cpumaps[at * map_bytes : (at + 1) * map_bytes]),
            )
            for at, info in enumerate(found.info)
        ]

    @operation
    async def pin_vcpu(self, vcpu: int, cpus: Iterable[int], *, affect: Affect = Affect.CURRENT) -> None:
        """Let a vcpu run only on these cpus of the host."""
        packed = pack_cpus(list(cpus))
        if affect == Affect.CURRENT:
            done(await self._stub.virt_domain_pin_vcpu(v.virt_domain_pin_vcpu_args(self._dom, vcpu, packed)))
            return
        args = v.virt_domain_pin_vcpu_flags_args(self._dom, vcpu, packed, affect)
        done(await self._stub.virt_domain_pin_vcpu_flags(args))

    @operation
    async def scheduler(self) -> dict[str, Any]:
        """Return the scheduler's parameters for it: {"weight": 50, ...}."""
        kind = body(await self._stub.virt_domain_get_scheduler_type(v.virt_domain_get_scheduler_type_args(self._dom)))
        args = v.virt_domain_get_scheduler_parameters_args(self._dom, kind.nparams)
        found = body(await self._stub.virt_domain_get_scheduler_parameters(args))
        return {param.field: param_value(param) for param in found.params}


class Domain(DomainCalls, BlockingFace):
    """A virtual machine; calls block."""
