"""The host: every call that is not on one machine, written once for both faces."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

from virtproto import virt as v
from virtrpc.batch import BatchResult, run_batch
from virtrpc.domain import DomainCalls
from virtrpc.errors import NoDomain
from virtrpc.events import NOW, Cursor, News, cursor_to_wire, to_cursor, to_event
from virtrpc.operation import Face, operation
from virtrpc.results import DomainStats, NodeInfo, VersionInfo, to_ref, to_wire, version_text
from virtrpc.session import Session, body, done, param_value
from virtrpc.uri import Address

D = TypeVar("D", bound=DomainCalls)

EVENTS_ROOM_S = 10.0
"""How much longer than the daemon may wait for an event its answer may take."""


class HostCalls(Face, Generic[D]):
    """A connection to the daemon of one host. Raises as DomainCalls does."""

    _domain_class: type[D]

    def __init__(self, session: Session) -> None:
        self._session = session

    def _over(self, session: Session) -> Self:
        return type(self)(session)

    @property
    def address(self) -> Address:
        """Where the daemon was reached."""
        return self._session.address

    @property
    def interface_version(self) -> int:
        """The version of the interface that is spoken: the highest that both sides have."""
        return self._session.version

    @property
    def _stub(self) -> v.VIRT_V2_AsyncClient:
        return self._session.stub

    def _found(self, dom: v.virt_domain) -> D:
        return self._domain_class(self._session.home, to_ref(dom))

    # -- machines -------------------------------------------------------------------------------------------------

    @operation
    async def domains(self, *, active: bool = True, inactive: bool = True) -> list[D]:
        """Return the machines that run, that are off, or both.

        From a daemon of version 1 by one lookup each; one that goes meanwhile is left out.
        """
        if self._session.version < 2:
            return await self._domains_one_by_one(active, inactive)
        if not (active or inactive):
            return []
        flags = v.VIRT_LIST_ACTIVE * active | v.VIRT_LIST_INACTIVE * inactive
        found = body(await self._stub.virt_connect_list_all_domains(v.virt_connect_list_all_domains_args(1, flags)))
        return [self._found(dom) for dom in found.domains]

    async def _domains_one_by_one(self, active: bool, inactive: bool) -> list[D]:
        most = v.VIRT_DOMAIN_LIST_MAX
        found: dict[bytes, D] = {}
        ids: list[int] = []
        names: list[str] = []
        if active:
            ids = body(await self._stub.virt_connect_list_domains(v.virt_connect_list_domains_args(most))).ids
        if inactive:
            args = v.virt_connect_list_defined_domains_args(most)
            names = body(await self._stub.virt_connect_list_defined_domains(args)).names
        keys: list[int | str] = [*ids, *names]
        for key in keys:
            try:
                domain = await self._look_up(key)
            except NoDomain:
                continue
            found[domain.uuid.bytes] = domain
        return list(found.values())

    async def _look_up(self, key: str | int | bytes) -> D:
        if isinstance(key, int):
            by_id = v.virt_domain_lookup_by_id_args(key)
            return self._found(body(await self._stub.virt_domain_lookup_by_id(by_id)).dom)
        if isinstance(key, bytes):
            by_uuid = v.virt_domain_lookup_by_uuid_args(key)
            return self._found(body(await self._stub.virt_domain_lookup_by_uuid(by_uuid)).dom)
        by_name = v.virt_domain_lookup_by_name_args(key)
        return self._found(body(await self._stub.virt_domain_lookup_by_name(by_name)).dom)

    @operation
    async def domain(self, key: str | int | bytes | UUID) -> D:
        """Return a machine by name, by uuid (UUID, its 16 bytes, or its text), or by id (an int).

        A text that reads as a uuid is tried as one first, then as a name. Raises NoDomain.
        """
        if isinstance(key, UUID):
            return await self._look_up(key.bytes)
        if isinstance(key, str):
            try:
                uuid = UUID(key)
            except ValueError:
                return await self._look_up(key)
            try:
                return await self._look_up(uuid.bytes)
            except NoDomain:
                return await self._look_up(key)
        return await self._look_up(key)

    @operation
    async def define(self, xml: str, *, validate: bool = False) -> D:
        """Keep a definition, without starting it. validate: check it against its schema first."""
        if validate:
            args = v.virt_domain_define_xml_flags_args(xml, v.VIRT_DEFINE_VALIDATE)
            return self._found(body(await self._stub.virt_domain_define_xml_flags(args)).dom)
        return self._found(body(await self._stub.virt_domain_define_xml(v.virt_domain_define_xml_args(xml))).dom)

    @operation
    async def create(self, xml: str, *, paused: bool = False) -> D:
        """Start a machine from XML, without keeping its definition."""
        args = v.virt_domain_create_xml_args(xml, v.VIRT_START_PAUSED * paused)
        return self._found(body(await self._stub.virt_domain_create_xml(args)).dom)

    @operation
    async def restore(self, path: str) -> None:
        """Start a machine from a file on the host that save wrote, where it left off."""
        done(await self._stub.virt_domain_restore(v.virt_domain_restore_args(path)))

    @operation
    async def all_domain_stats(self, domains: Iterable[DomainCalls] = (), groups: int = 0) -> list[DomainStats]:
        """Return statistics of these machines (none: of all). groups: VIRT_STATS_... bits of virt.x, 0 for all."""
        wanted = [to_wire(domain.ref) for domain in domains]
        args = v.virt_connect_get_all_domain_stats_args(wanted, groups, 0)
        return [
            DomainStats(to_ref(record.dom), {param.field: param_value(param) for param in record.params})
            for record in body(await self._stub.virt_connect_get_all_domain_stats(args)).ret_stats
        ]

    # -- the host -------------------------------------------------------------------------------------------------

    @operation
    async def node_info(self) -> NodeInfo:
        """Return what the host is."""
        found = body(await self._stub.virt_node_get_info())
        model = bytes(byte & 0xFF for byte in found.model).partition(b"\0")[0].decode(errors="replace")
        return NodeInfo(
            model, found.memory, found.cpus, found.mhz, found.nodes, found.sockets, found.cores, found.threads
        )

    @operation
    async def free_memory(self) -> int:
        """Return the host's free memory in bytes."""
        return body(await self._stub.virt_node_get_free_memory()).free_mem

    @operation
    async def capabilities(self) -> str:
        """Return what host and driver can do, as libvirt's capabilities XML."""
        return body(await self._stub.virt_connect_get_capabilities()).capabilities

    @operation
    async def version(self) -> VersionInfo:
        """Return the versions of hypervisor, daemon and interface, and the type of the hypervisor."""
        kind = body(await self._stub.virt_connect_get_type()).type
        hypervisor = body(await self._stub.virt_connect_get_version()).hv_ver
        daemon = None
        if self._session.version >= 2:
            daemon = version_text(body(await self._stub.virt_connect_get_lib_version()).lib_ver)
        return VersionInfo(version_text(hypervisor), daemon, self._session.version, kind)

    @operation
    async def hostname(self) -> str:
        """Return the host's name."""
        return body(await self._stub.virt_connect_get_hostname()).hostname

    @operation
    async def uri(self) -> str:
        """Return libvirt's URI of the driver that answers: "qemu:///system", "test:///default"."""
        return body(await self._stub.virt_connect_get_uri()).uri

    @operation
    async def max_vcpus(self, domain_type: str | None = None) -> int:
        """Return the most vcpus that a machine may have here."""
        args = v.virt_connect_get_max_vcpus_args(domain_type)
        return body(await self._stub.virt_connect_get_max_vcpus(args)).max_vcpus

    @operation
    async def open(self, name: str | None = None, *, read_only: bool = False) -> None:
        """Choose the driver that answers on this connection ("test:///default"), once; read_only: only look."""
        args = v.virt_connect_open_args(name, v.VIRT_CONNECT_RO * read_only)
        done(await self._stub.virt_connect_open(args))

    # -- many calls, and news -------------------------------------------------------------------------------------

    @operation
    async def batch(
        self,
        calls: Iterable[Callable[[], Any]],
        *,
        stop_on_error: bool = False,
        cursor: Cursor = NOW,
        max_events: int = 0,
    ) -> BatchResult:
        """Make many calls in one round trip: batch([d.info, functools.partial(d.set_memory, 65536), host.hostname]).

        calls: methods of domains and of the host, without arguments or in functools.partial; run in order, each with
        its own outcome. stop_on_error: after one that fails the rest is NotRun. cursor, max_events: bring that news.
        """
        return await run_batch(self._session, calls, stop_on_error, cursor, max_events)

    @operation
    async def events(self, cursor: Cursor = NOW, *, max_events: int = 1024, wait_s: float = 0.0) -> News:
        """Return what is newer than a cursor, waiting up to wait_s for something if there is nothing.

        NOW returns no events but the cursor to begin with.
        """
        args = v.virt_events_args(cursor_to_wire(cursor), max_events, round(wait_s * 1000))
        timeout_s = self._session.wire.call_timeout_s
        if timeout_s is not None:
            timeout_s = max(timeout_s, wait_s + EVENTS_ROOM_S)
        found = body(await self._stub.virt_events(args, timeout_s=timeout_s))
        return News([to_event(event) for event in found.events], to_cursor(found.cursor), found.lost)
