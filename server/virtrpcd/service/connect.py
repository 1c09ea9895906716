"""Handlers of the connection and the host."""

from __future__ import annotations

import socket

from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd import convert
from virtrpcd.access import Peer, Right
from virtrpcd.errors import FROM_RPC, OperationUnsupported, VirtError
from virtrpcd.service.context import Handlers, driver_of


class ConnectHandlers(Handlers):
    """connect_* and node_*."""

    async def virt_connect_open(self, args: v.virt_connect_open_args, call: Call) -> None:
        """Choose the driver of this connection, once."""
        peer: Peer = call.peer
        if peer.datagram:
            raise OperationUnsupported("connect_open has no meaning over udp")
        if peer.opened:
            raise VirtError("internal error: connection already open", domain=FROM_RPC)
        peer.opened = True
        try:
            peer.driver = await self.context.open_driver(args.name, peer)
        except VirtError:
            peer.opened = False
            raise
        if args.flags & v.VIRT_CONNECT_RO:
            peer.read_only = True
            peer.right = min(peer.right, Right.READ)

    def virt_connect_close(self, call: Call) -> None:
        """Nothing to do here: the door hangs up after the answer."""

    def virt_connect_get_type(self, call: Call) -> v.virt_connect_get_type_ret:
        return v.virt_connect_get_type_ret(driver_of(call).hypervisor_type())

    def virt_connect_get_version(self, call: Call) -> v.virt_connect_get_version_ret:
        return v.virt_connect_get_version_ret(driver_of(call).hypervisor_version())

    def virt_connect_get_lib_version(self, call: Call) -> v.virt_connect_get_lib_version_ret:
        return v.virt_connect_get_lib_version_ret(self.context.version)

    def virt_connect_get_max_vcpus(
        self, args: v.virt_connect_get_max_vcpus_args, call: Call
    ) -> v.virt_connect_get_max_vcpus_ret:
        return v.virt_connect_get_max_vcpus_ret(driver_of(call).max_vcpus(args.type))

    def virt_connect_get_capabilities(self, call: Call) -> v.virt_connect_get_capabilities_ret:
        return v.virt_connect_get_capabilities_ret(driver_of(call).capabilities())

    def virt_connect_get_hostname(self, call: Call) -> v.virt_connect_get_hostname_ret:
        return v.virt_connect_get_hostname_ret(socket.gethostname())

    def virt_connect_get_uri(self, call: Call) -> v.virt_connect_get_uri_ret:
        return v.virt_connect_get_uri_ret(driver_of(call).uri())

    def virt_connect_is_secure(self, call: Call) -> v.virt_connect_is_secure_ret:
        """A unix socket cannot be read on the way; plain tcp and udp can."""
        peer: Peer = call.peer
        return v.virt_connect_is_secure_ret(1 if peer.what.startswith("unix") else 0)

    def virt_connect_supports_feature(
        self, args: v.virt_connect_supports_feature_args, call: Call
    ) -> v.virt_connect_supports_feature_ret:
        return v.virt_connect_supports_feature_ret(int(driver_of(call).supports_feature(args.feature)))

    def virt_node_get_info(self, call: Call) -> v.virt_node_get_info_ret:
        return convert.node_info(driver_of(call).node_info())

    def virt_node_get_free_memory(self, call: Call) -> v.virt_node_get_free_memory_ret:
        return v.virt_node_get_free_memory_ret(driver_of(call).free_memory_bytes())

    def virt_node_get_cpu_map(self, args: v.virt_node_get_cpu_map_args, call: Call) -> v.virt_node_get_cpu_map_ret:
        cpus = driver_of(call).cpu_map()
        packed = bytearray((len(cpus) + 7) // 8)
        for number, online in enumerate(cpus):
            if online:
                packed[number // 8] |= 1 << number % 8
        return v.virt_node_get_cpu_map_ret(
            cpumap=bytes(packed) if args.need_map else b"",
            online=sum(cpus) if args.need_online else 0,
            ret=len(cpus),
        )
