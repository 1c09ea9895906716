"""Handlers that ask something of the system inside a machine."""

from __future__ import annotations

from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd import convert_details as details
from virtrpcd.access import Peer, Right
from virtrpcd.errors import OperationDenied
from virtrpcd.service.arguments import fitting, not_null, not_zero, refuse
from virtrpcd.service.context import Handlers, driver_of

CODESETS = 10
SOURCE_AGENT = 1


class DomainGuestHandlers(Handlers):
    """Names, clocks, file systems, keys, users."""

    async def virt_domain_get_hostname(
        self, args: v.virt_domain_get_hostname_args, call: Call
    ) -> v.virt_domain_get_hostname_ret:
        return v.virt_domain_get_hostname_ret(await driver_of(call).guest_hostname(args.dom.uuid, args.flags))

    async def virt_domain_get_time(self, args: v.virt_domain_get_time_args, call: Call) -> v.virt_domain_get_time_ret:
        return v.virt_domain_get_time_ret(*await driver_of(call).guest_time(args.dom.uuid, args.flags))

    async def virt_domain_set_time(self, args: v.virt_domain_set_time_args, call: Call) -> None:
        await driver_of(call).set_guest_time(args.dom.uuid, args.seconds, args.nseconds, args.flags)

    async def virt_domain_get_fsinfo(
        self, args: v.virt_domain_get_fsinfo_args, call: Call
    ) -> v.virt_domain_get_fsinfo_ret:
        found = await driver_of(call).file_systems(args.dom.uuid, args.flags)
        return v.virt_domain_get_fsinfo_ret([details.file_system(one) for one in found], len(found))

    async def virt_domain_fsfreeze(
        self, args: v.virt_domain_fsfreeze_args, call: Call
    ) -> v.virt_domain_fsfreeze_ret:
        count = await driver_of(call).freeze_file_systems(args.dom.uuid, args.mountpoints, args.flags)
        return v.virt_domain_fsfreeze_ret(count)

    async def virt_domain_fsthaw(self, args: v.virt_domain_fsthaw_args, call: Call) -> v.virt_domain_fsthaw_ret:
        count = await driver_of(call).thaw_file_systems(args.dom.uuid, args.mountpoints, args.flags)
        return v.virt_domain_fsthaw_ret(count)

    async def virt_domain_fstrim(self, args: v.virt_domain_fstrim_args, call: Call) -> None:
        await driver_of(call).trim_file_systems(args.dom.uuid, args.mount_point, args.minimum, args.flags)

    async def virt_domain_interface_addresses(
        self, args: v.virt_domain_interface_addresses_args, call: Call
    ) -> v.virt_domain_interface_addresses_ret:
        """Asking the guest itself is a change, as libvirt sees it."""
        peer: Peer = call.peer
        if args.source == SOURCE_AGENT and peer.right < Right.WRITE:
            raise OperationDenied("operation forbidden: read only access prevents virDomainInterfaceAddresses")
        found = await driver_of(call).interface_addresses(args.dom.uuid, args.source, args.flags)
        return v.virt_domain_interface_addresses_ret([details.guest_interface(one) for one in found])

    async def virt_domain_send_key(self, args: v.virt_domain_send_key_args, call: Call) -> None:
        if not args.keycodes:
            raise refuse("nkeycodes in virDomainSendKey must be greater than zero", "nkeycodes")
        if args.codeset >= CODESETS:
            raise refuse(f"Unsupported codeset '{args.codeset}'", "codeset")
        await driver_of(call).send_key(args.dom.uuid, args.codeset, args.holdtime, args.keycodes, args.flags)

    async def virt_domain_inject_nmi(self, args: v.virt_domain_inject_nmi_args, call: Call) -> None:
        await driver_of(call).inject_nmi(args.dom.uuid, args.flags)

    async def virt_domain_send_process_signal(
        self, args: v.virt_domain_send_process_signal_args, call: Call
    ) -> None:
        not_zero(args.pid_value, "pid_value", "virDomainSendProcessSignal")
        await driver_of(call).send_signal(args.dom.uuid, args.pid_value, args.signum, args.flags)

    async def virt_domain_set_user_password(self, args: v.virt_domain_set_user_password_args, call: Call) -> None:
        user = not_null(args.user, "user", "virDomainSetUserPassword")
        password = not_null(args.password, "password", "virDomainSetUserPassword")
        await driver_of(call).set_user_password(args.dom.uuid, user, password, args.flags)

    async def virt_domain_get_guest_vcpus(
        self, args: v.virt_domain_get_guest_vcpus_args, call: Call
    ) -> v.virt_domain_get_guest_vcpus_ret:
        found = await driver_of(call).guest_vcpus(args.dom.uuid, args.flags)
        return v.virt_domain_get_guest_vcpus_ret(fitting(found, 0xFF))

    async def virt_domain_set_guest_vcpus(self, args: v.virt_domain_set_guest_vcpus_args, call: Call) -> None:
        await driver_of(call).set_guest_vcpus(args.dom.uuid, args.cpumap, args.state, args.flags)

    async def virt_domain_get_guest_info(
        self, args: v.virt_domain_get_guest_info_args, call: Call
    ) -> v.virt_domain_get_guest_info_ret:
        found = await driver_of(call).guest_info(args.dom.uuid, args.types, args.flags)
        return v.virt_domain_get_guest_info_ret(fitting(found, 0xFF))
