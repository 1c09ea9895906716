"""Handlers of what only a connection has: who is there, events, close callbacks, streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from oncrpc.procedure import Call
from virtproto import libvirt as lv
from virtrpcd.drivers.base import Driver
from virtrpcd.drivers.streams import Duplex
from virtrpcd.errors import FROM_RPC, ArgumentUnsupported, AuthFailed, AuthUnavailable, InvalidArgument, VirtError
from virtrpcd.libvirt_door.login import LoginGate
from virtrpcd.libvirt_door.streams import DuplexSink, pieces, what_it_says
from virtrpcd.libvirt_door.subscriptions import Family
from virtrpcd.model_storage import VolumeRef

DEVICE_NAME: Final = 256
"""The longest name of a device that is kept for its events."""

HMP: Final = 1
"""A monitor command is a line as people type it, not JSON."""

if TYPE_CHECKING:
    from virtrpcd.libvirt_door.connection import LibvirtConnection


def connection_of(call: Call) -> LibvirtConnection:
    """Return the connection a call came in on."""
    return cast("LibvirtConnection", call.connection)


def _driver(call: Call) -> Driver:
    return connection_of(call).driver


class RemoteHandlers(lv.REMOTE_V1_Server):
    """libvirt's remote program, as far as virt.x does not have it."""

    # -- who is at the other end -------------------------------------------------------------------------------------

    def remote_auth_list(self, call: Call) -> lv.remote_auth_list_ret:
        gate = connection_of(call).gate
        kind = lv.remote_auth_type
        return lv.remote_auth_list_ret([kind.REMOTE_AUTH_TYPE_NONE if gate is None else kind.REMOTE_AUTH_TYPE_SASL])

    def remote_auth_sasl_init(self, call: Call) -> lv.remote_auth_sasl_init_ret:
        return lv.remote_auth_sasl_init_ret(_gate(call).mechanisms)

    async def remote_auth_sasl_start(
        self, args: lv.remote_auth_sasl_start_args, call: Call
    ) -> lv.remote_auth_sasl_start_ret:
        complete, data = await _gate(call).start(args.mech, _sasl_data(args.nil, args.data))
        return lv.remote_auth_sasl_start_ret(int(complete), int(data is None), list(data or b""))

    async def remote_auth_sasl_step(
        self, args: lv.remote_auth_sasl_step_args, call: Call
    ) -> lv.remote_auth_sasl_step_ret:
        complete, data = await _gate(call).step(_sasl_data(args.nil, args.data))
        return lv.remote_auth_sasl_step_ret(int(complete), int(data is None), list(data or b""))

    def remote_auth_polkit(self, call: Call) -> lv.remote_auth_polkit_ret:
        raise AuthUnavailable("authentication unavailable: polkit is not asked here")

    # -- events ------------------------------------------------------------------------------------------------------

    def remote_connect_domain_event_register(self, call: Call) -> lv.remote_registered_ret:
        return lv.remote_registered_ret(connection_of(call).subscriptions.add_legacy(0))

    def remote_connect_domain_event_deregister(self, call: Call) -> lv.remote_registered_ret:
        return lv.remote_registered_ret(connection_of(call).subscriptions.remove_legacy(0))

    def remote_connect_domain_event_register_any(self, args: lv.remote_event_register_any_args, call: Call) -> None:
        connection_of(call).subscriptions.add_legacy(args.event_id)

    def remote_connect_domain_event_deregister_any(self, args: lv.remote_event_register_any_args, call: Call) -> None:
        connection_of(call).subscriptions.remove_legacy(args.event_id)

    def remote_connect_domain_event_callback_register_any(
        self, args: lv.remote_domain_event_register_args, call: Call
    ) -> lv.remote_callback_ret:
        only = None if args.dom is None else _driver(call).lookup_by_uuid(args.dom.uuid).uuid
        return _registered(call, Family.DOMAIN, args.event_id, only)

    def remote_connect_domain_event_callback_deregister_any(self, args: lv.remote_callback_args, call: Call) -> None:
        connection_of(call).subscriptions.remove(Family.DOMAIN, args.callback_id)

    def remote_connect_network_event_register_any(
        self, args: lv.remote_named_event_register_args, call: Call
    ) -> lv.remote_callback_ret:
        only = None if args.which is None else args.which.uuid
        return _registered(call, Family.NETWORK, args.event_id, only)

    def remote_connect_network_event_deregister_any(self, args: lv.remote_callback_args, call: Call) -> None:
        connection_of(call).subscriptions.remove(Family.NETWORK, args.callback_id)

    def remote_connect_storage_pool_event_register_any(
        self, args: lv.remote_named_event_register_args, call: Call
    ) -> lv.remote_callback_ret:
        only = None if args.which is None else args.which.uuid
        return _registered(call, Family.STORAGE_POOL, args.event_id, only)

    def remote_connect_storage_pool_event_deregister_any(self, args: lv.remote_callback_args, call: Call) -> None:
        connection_of(call).subscriptions.remove(Family.STORAGE_POOL, args.callback_id)

    def remote_connect_node_device_event_register_any(
        self, args: lv.remote_node_device_event_register_args, call: Call
    ) -> lv.remote_callback_ret:
        only = None if args.dev is None else args.dev.name
        if only is not None and len(only) > DEVICE_NAME:
            raise InvalidArgument(f"the name of a device has at most {DEVICE_NAME} characters")
        return _registered(call, Family.NODE_DEVICE, args.event_id, only)

    def remote_connect_node_device_event_deregister_any(self, args: lv.remote_callback_args, call: Call) -> None:
        connection_of(call).subscriptions.remove(Family.NODE_DEVICE, args.callback_id)

    # -- close callbacks ---------------------------------------------------------------------------------------------

    def remote_connect_register_close_callback(self, call: Call) -> None:
        connection = connection_of(call)
        if connection.wants_close_reason:
            raise VirtError("internal error: a close callback is already registered", domain=FROM_RPC)
        connection.wants_close_reason = True

    def remote_connect_unregister_close_callback(self, call: Call) -> None:
        connection = connection_of(call)
        if not connection.wants_close_reason:
            raise VirtError("internal error: a close callback was not registered", domain=FROM_RPC)
        connection.wants_close_reason = False

    # -- streams -----------------------------------------------------------------------------------------------------

    async def remote_storage_vol_upload(self, args: lv.remote_storage_vol_stream_args, call: Call) -> None:
        connection = connection_of(call)
        with connection.opening(call):
            storage, volume = connection.driver.storage, _volume(args)
            connection.open_stream(call, sink=await storage.open_upload(volume, args.offset, args.length, args.flags))

    async def remote_storage_vol_download(self, args: lv.remote_storage_vol_stream_args, call: Call) -> None:
        connection = connection_of(call)
        with connection.opening(call):
            storage, volume = connection.driver.storage, _volume(args)
            source = await storage.open_download(volume, args.offset, args.length, args.flags)
            connection.open_stream(call, source=source)

    async def remote_domain_open_console(self, args: lv.remote_domain_open_console_args, call: Call) -> None:
        with connection_of(call).opening(call):
            _open_duplex(call, await _driver(call).open_console(args.dom.uuid, args.dev_name, args.flags))

    async def remote_domain_open_channel(self, args: lv.remote_domain_open_channel_args, call: Call) -> None:
        with connection_of(call).opening(call):
            _open_duplex(call, await _driver(call).open_channel(args.dom.uuid, args.name, args.flags))

    async def remote_domain_open_graphics_fd(self, args: lv.remote_domain_open_graphics_fd_args, call: Call) -> None:
        connection = connection_of(call)
        if not connection.on_unix:
            raise ArgumentUnsupported("fd passing is not supported by this connection")
        connection.to_pass(call, await connection.driver.open_graphics(args.dom.uuid, args.idx, args.flags))

    async def remote_domain_screenshot(
        self, args: lv.remote_domain_screenshot_args, call: Call
    ) -> lv.remote_domain_screenshot_ret:
        with connection_of(call).opening(call):
            picture = await _driver(call).screenshot(args.dom.uuid, args.screen, args.flags)
            connection_of(call).open_stream(call, source=pieces(picture.data))
        return lv.remote_domain_screenshot_ret(picture.mime)


class QemuHandlers(lv.QEMU_V1_Server):
    """What QEMU alone has."""

    async def qemu_domain_monitor_command(
        self, args: lv.qemu_domain_monitor_command_args, call: Call
    ) -> lv.qemu_domain_monitor_command_ret:
        answer = await _driver(call).monitor_command(args.dom.uuid, args.cmd, args.flags & HMP != 0)
        return lv.qemu_domain_monitor_command_ret(answer)

    def qemu_connect_domain_monitor_event_register(
        self, args: lv.qemu_monitor_event_register_args, call: Call
    ) -> lv.remote_callback_ret:
        only = None if args.dom is None else _driver(call).lookup_by_uuid(args.dom.uuid).uuid
        return lv.remote_callback_ret(connection_of(call).monitor.add(only, args.event, args.flags))

    def qemu_connect_domain_monitor_event_deregister(self, args: lv.remote_callback_args, call: Call) -> None:
        connection_of(call).monitor.remove(args.callback_id)


def _gate(call: Call) -> LoginGate:
    gate = connection_of(call).gate
    if gate is None:
        raise AuthFailed("authentication failed: nobody is asked for a password here")
    return gate


def _sasl_data(nil: int, words: list[int]) -> bytes | None:
    """Return what travels as a word a byte, of a C char, which may be signed."""
    return None if nil else bytes(word & 0xFF for word in words)
def _volume(args: lv.remote_storage_vol_stream_args) -> VolumeRef:
    return VolumeRef(args.vol.pool, args.vol.name, args.vol.key)


def _open_duplex(call: Call, duplex: Duplex) -> None:
    connection_of(call).open_stream(call, source=what_it_says(duplex), sink=DuplexSink(duplex))


def _registered(call: Call, family: Family, event_id: int, only: bytes | str | None) -> lv.remote_callback_ret:
    return lv.remote_callback_ret(connection_of(call).subscriptions.add(family, event_id, only))
