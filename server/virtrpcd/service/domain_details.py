"""Handlers that tell more of a machine than its state, or say what happens to it later."""

from __future__ import annotations

from oncrpc.procedure import Call
from virtproto import virt as v
from virtrpcd import convert
from virtrpcd.drivers.base import Driver
from virtrpcd.errors import InvalidArgument
from virtrpcd.model import TypedParam
from virtrpcd.service.arguments import STRINGS_FIT, counted, exclusive, fitting, not_null, null, one_definition, refuse
from virtrpcd.service.context import Handlers, at_most, driver_of

ALL_CPUS = -1
TITLE = 1
ELEMENT = 2
LIFECYCLE_TYPES = 3
LIFECYCLE_ACTIONS = 6
DUMP_FORMATS = 5
DUMP_FLAGS = ((1, "VIR_DUMP_CRASH"), (2, "VIR_DUMP_LIVE"), (8, "VIR_DUMP_RESET"))


def check_dump_flags(flags: int) -> None:
    """Raise InvalidArgument for flags of a dump that exclude each other."""
    for index, (first, name) in enumerate(DUMP_FLAGS):
        for second, other in DUMP_FLAGS[index + 1 :]:
            exclusive(flags, first, second, (name, other))


def _save_flags(flags: int) -> None:
    exclusive(flags, 2, 4, ("VIR_DOMAIN_SAVE_RUNNING", "VIR_DOMAIN_SAVE_PAUSED"))


class DomainStatisticsHandlers(Handlers):
    """Counters, sizes, errors, memory, labels, messages, jobs."""

    async def virt_domain_block_stats(
        self, args: v.virt_domain_block_stats_args, call: Call
    ) -> v.virt_domain_block_stats_ret:
        await driver_of(call).learn_details([args.dom.uuid])
        return v.virt_domain_block_stats_ret(*driver_of(call).block_stats(args.dom.uuid, args.path))

    async def virt_domain_block_stats_flags(
        self, args: v.virt_domain_block_stats_flags_args, call: Call
    ) -> v.virt_domain_block_stats_flags_ret:
        driver = driver_of(call)
        await driver.learn_details([args.dom.uuid])
        found = driver.block_stats_parameters(args.dom.uuid, args.path, args.flags & ~STRINGS_FIT)
        most = v.VIRT_BLOCK_STATS_PARAMETERS_MAX
        return v.virt_domain_block_stats_flags_ret(*counted(found, args.nparams, args.flags, most))

    def virt_domain_interface_stats(
        self, args: v.virt_domain_interface_stats_args, call: Call
    ) -> v.virt_domain_interface_stats_ret:
        return v.virt_domain_interface_stats_ret(*driver_of(call).interface_stats(args.dom.uuid, args.device))

    async def virt_domain_get_block_info(
        self, args: v.virt_domain_get_block_info_args, call: Call
    ) -> v.virt_domain_get_block_info_ret:
        await driver_of(call).learn_details([args.dom.uuid])
        return v.virt_domain_get_block_info_ret(*driver_of(call).block_info(args.dom.uuid, args.path, args.flags))

    def virt_domain_get_disk_errors(
        self, args: v.virt_domain_get_disk_errors_args, call: Call
    ) -> v.virt_domain_get_disk_errors_ret:
        """Asked for none, only say how many there are."""
        most = at_most(args.maxerrors, v.VIRT_DISK_ERRORS_MAX, "maxerrors")
        found = driver_of(call).disk_errors(args.dom.uuid, args.flags)
        shown = [v.virt_domain_disk_error(disk, error) for disk, error in found[:most]]
        return v.virt_domain_get_disk_errors_ret(shown, len(shown) if most else len(found))

    def virt_domain_get_cpu_stats(
        self, args: v.virt_domain_get_cpu_stats_args, call: Call
    ) -> v.virt_domain_get_cpu_stats_ret:
        flags = args.flags & ~STRINGS_FIT
        driver = driver_of(call)
        if args.start_cpu == ALL_CPUS:
            if args.ncpus != 1:
                raise refuse("ncpus in virDomainGetCPUStats must be 1 when start_cpu is -1", "start_cpu")
            found = [driver.cpu_total(args.dom.uuid, flags)]
        else:
            found = _cpus(driver, args, flags)
            if not args.ncpus:
                return v.virt_domain_get_cpu_stats_ret([], len(found))
        if not args.nparams:
            return v.virt_domain_get_cpu_stats_ret([], len(found[0]))
        each = min(args.nparams, len(found[0]))
        flat = [param for one in found for param in one[:each]]
        at_most(len(flat), v.VIRT_CPU_STATS_MAX, "the number of parameters")
        return v.virt_domain_get_cpu_stats_ret(fitting(flat, args.flags), each)

    def virt_domain_memory_peek(
        self, args: v.virt_domain_memory_peek_args, call: Call
    ) -> v.virt_domain_memory_peek_ret:
        size = at_most(args.size, v.VIRT_MEMORY_PEEK_MAX, "size")
        exclusive(args.flags, 1, 2, ("VIR_MEMORY_VIRTUAL", "VIR_MEMORY_PHYSICAL"))
        found = driver_of(call).memory_peek(args.dom.uuid, args.offset, size, args.flags)
        return v.virt_domain_memory_peek_ret(found)

    def virt_domain_get_security_label(
        self, args: v.virt_domain_get_security_label_args, call: Call
    ) -> v.virt_domain_get_security_label_ret:
        return _label(driver_of(call).security_label(args.dom.uuid))

    def virt_domain_get_security_label_list(
        self, args: v.virt_domain_get_security_label_list_args, call: Call
    ) -> v.virt_domain_get_security_label_list_ret:
        found = driver_of(call).security_labels(args.dom.uuid)
        return v.virt_domain_get_security_label_list_ret([_label(one) for one in found], len(found))

    def virt_domain_get_messages(
        self, args: v.virt_domain_get_messages_args, call: Call
    ) -> v.virt_domain_get_messages_ret:
        return v.virt_domain_get_messages_ret(driver_of(call).messages(args.dom.uuid, args.flags))

    def virt_domain_get_launch_security_info(
        self, args: v.virt_domain_get_launch_security_info_args, call: Call
    ) -> v.virt_domain_get_launch_security_info_ret:
        found = driver_of(call).launch_security(args.dom.uuid, args.flags)
        return v.virt_domain_get_launch_security_info_ret(fitting(found, args.flags))

    def virt_domain_get_job_info(
        self, args: v.virt_domain_get_job_info_args, call: Call
    ) -> v.virt_domain_get_job_info_ret:
        return v.virt_domain_get_job_info_ret(*driver_of(call).job_info(args.dom.uuid))

    def virt_domain_get_job_stats(
        self, args: v.virt_domain_get_job_stats_args, call: Call
    ) -> v.virt_domain_get_job_stats_ret:
        kind, found = driver_of(call).job_stats(args.dom.uuid, args.flags)
        return v.virt_domain_get_job_stats_ret(kind, [convert.typed_param(param) for param in found])

    async def virt_domain_abort_job(self, args: v.virt_domain_abort_job_args, call: Call) -> None:
        await driver_of(call).abort_job(args.dom.uuid)


class DomainMetadataHandlers(Handlers):
    """Title, description, applications' XML; what follows the guest's end; the XML in saved machines."""

    def virt_domain_get_metadata(
        self, args: v.virt_domain_get_metadata_args, call: Call
    ) -> v.virt_domain_get_metadata_ret:
        one_definition(args.flags)
        if args.type in (0, TITLE):
            null(args.uri, "uri", "virDomainGetMetadata")
        elif args.type == ELEMENT:
            not_null(args.uri, "uri", "virDomainGetMetadata")
        found = driver_of(call).metadata(args.dom.uuid, args.type, args.uri, args.flags)
        return v.virt_domain_get_metadata_ret(found)

    async def virt_domain_set_metadata(self, args: v.virt_domain_set_metadata_args, call: Call) -> None:
        if args.type == TITLE and args.metadata is not None and "\n" in args.metadata:
            raise refuse("metadata title can't contain newlines", "metadata")
        if args.type in (0, TITLE):
            null(args.uri, "uri", "virDomainSetMetadata")
            null(args.key, "key", "virDomainSetMetadata")
        elif args.type == ELEMENT:
            not_null(args.uri, "uri", "virDomainSetMetadata")
            if args.metadata is not None:
                not_null(args.key, "key", "virDomainSetMetadata")
        await driver_of(call).set_metadata(args.dom.uuid, args.type, args.metadata, args.key, args.uri, args.flags)

    async def virt_domain_set_lifecycle_action(
        self, args: v.virt_domain_set_lifecycle_action_args, call: Call
    ) -> None:
        if args.type >= LIFECYCLE_TYPES:
            raise refuse(f"invalid argument: invalid lifecycle type '{args.type}'")
        if args.action >= LIFECYCLE_ACTIONS:
            raise refuse(f"invalid argument: invalid lifecycle action '{args.action}'")
        await driver_of(call).set_lifecycle_action(args.dom.uuid, args.type, args.action, args.flags)

    async def virt_domain_core_dump_with_format(
        self, args: v.virt_domain_core_dump_with_format_args, call: Call
    ) -> None:
        if args.dumpformat >= DUMP_FORMATS:
            raise refuse(f"dumpformat '{args.dumpformat}' is not supported", "flags")
        check_dump_flags(args.flags)
        path = self.context.paths.check(args.to, "dump")
        await driver_of(call).core_dump_format(args.dom.uuid, path, args.dumpformat, args.flags)

    async def virt_domain_save_image_get_xml_desc(
        self, args: v.virt_domain_save_image_get_xml_desc_args, call: Call
    ) -> v.virt_domain_save_image_get_xml_desc_ret:
        path = self.context.paths.check(args.file, "saved machine")
        return v.virt_domain_save_image_get_xml_desc_ret(await driver_of(call).saved_xml(path, args.flags))

    async def virt_domain_save_image_define_xml(
        self, args: v.virt_domain_save_image_define_xml_args, call: Call
    ) -> None:
        _save_flags(args.flags)
        path = self.context.paths.check(args.file, "saved machine")
        await driver_of(call).change_saved_xml(path, args.dxml, args.flags)


def _cpus(driver: Driver, args: v.virt_domain_get_cpu_stats_args, flags: int) -> list[list[TypedParam]]:
    """Return the statistics of the cpus asked for, of all for 0 cpus. Raises InvalidArgument when there is none."""
    found = driver.cpu_stats(args.dom.uuid, flags)
    if not 0 <= args.start_cpu < len(found):
        why = f"start_cpu {args.start_cpu} larger than maximum of {len(found) - 1}"
        raise InvalidArgument(f"invalid argument: {why}", domain=driver.error_domain, detail=why)
    return found[args.start_cpu : args.start_cpu + args.ncpus] if args.ncpus else found


def _label(found: tuple[str, bool]) -> v.virt_domain_get_security_label_ret:
    label, enforcing = found
    return v.virt_domain_get_security_label_ret(convert.chars(label, v.VIRT_SECURITY_LABEL_MAX), int(enforcing))
