"""Driver methods that tell more of a machine, or say what happens to it later: all optional."""

from __future__ import annotations

from collections.abc import Iterable

from virtrpcd.drivers.optional import OptionalMethods
from virtrpcd.model import TypedParam
from virtrpcd.model_details import BlockInfo, BlockStats, InterfaceStats, JobInfo


class DetailMethods(OptionalMethods):
    """Statistics of devices, labels, metadata, jobs, images."""

    async def learn_details(self, uuids: Iterable[bytes]) -> None:
        """Bring up to date what block_stats, block_stats_parameters, block_info and domain_stats answer from.

        Nothing to do where it is in memory. A machine that cannot be asked makes no error here.
        """

    def block_stats_parameters(self, uuid: bytes, path: str, flags: int) -> list[TypedParam]:
        """Return all counters of a running machine's disk; of all its disks together for the path ""."""
        self._unsupported("virDomainBlockStatsFlags")

    def block_stats(self, uuid: bytes, path: str) -> BlockStats:
        """Return the counters of a running machine's disk, named by target or source."""
        self._unsupported("virDomainBlockStats")

    def interface_stats(self, uuid: bytes, device: str) -> InterfaceStats:
        """Return the counters of a running machine's interface, named by its name on the host or its MAC address."""
        self._unsupported("virDomainInterfaceStats")

    def block_info(self, uuid: bytes, path: str, flags: int) -> BlockInfo:
        """Return the sizes of a disk."""
        self._unsupported("virDomainGetBlockInfo")

    def disk_errors(self, uuid: bytes, flags: int) -> list[tuple[str, int]]:
        """Return (target, virDomainDiskErrorCode) of the disks that failed."""
        self._unsupported("virDomainGetDiskErrors")

    def cpu_total(self, uuid: bytes, flags: int) -> list[TypedParam]:
        """Return the cpu time of a running machine on all host cpus together."""
        self._unsupported("virDomainGetCPUStats")

    def cpu_stats(self, uuid: bytes, flags: int) -> list[list[TypedParam]]:
        """Return the cpu time of a running machine on each host cpu."""
        self._unsupported("virDomainGetCPUStats")

    def memory_peek(self, uuid: bytes, offset: int, size: int, flags: int) -> bytes:
        """Return a piece of the guest's memory."""
        self._unsupported("virDomainMemoryPeek")

    def security_label(self, uuid: bytes) -> tuple[str, bool]:
        """Return (label, whether it is enforced); empty where there is no security model."""
        self.lookup_by_uuid(uuid)
        return "", False

    def security_labels(self, uuid: bytes) -> list[tuple[str, bool]]:
        """Return a label for each security model."""
        self._unsupported("virDomainGetSecurityLabelList")

    def messages(self, uuid: bytes, flags: int) -> list[str]:
        """Return warnings about the machine: none, for a driver that has none to give."""
        self.lookup_by_uuid(uuid)
        return []

    def launch_security(self, uuid: bytes, flags: int) -> list[TypedParam]:
        """Return how the guest's memory is kept from the host."""
        self._unsupported("virDomainGetLaunchSecurityInfo")

    def control_info(self, uuid: bytes) -> tuple[int, int, int]:
        """Return (virDomainControlState, details, ms in that state) of the way to the machine: open, by default."""
        self.lookup_by_uuid(uuid)
        return 0, 0, 0

    def metadata(self, uuid: bytes, kind: int, uri: str | None, flags: int) -> str:
        """Return description (0), title (1) or the element of name space `uri` (2). Raises NoMetadata."""
        self._unsupported("virDomainGetMetadata")

    async def set_metadata(
        self, uuid: bytes, kind: int, text: str | None, key: str | None, uri: str | None, flags: int
    ) -> None:
        """Set what `metadata` returns, None to take it away; a MetadataChangeEvent follows."""
        self._unsupported("virDomainSetMetadata")

    async def set_lifecycle_action(self, uuid: bytes, kind: int, action: int, flags: int) -> None:
        """Say what follows power off (0), reboot (1), crash (2): a virDomainLifecycleAction."""
        self._unsupported("virDomainSetLifecycleAction")

    def job_info(self, uuid: bytes) -> JobInfo:
        """Return the job under way."""
        self._unsupported("virDomainGetJobInfo")

    def job_stats(self, uuid: bytes, flags: int) -> tuple[int, list[TypedParam]]:
        """Return (kind of job, all that is known of it)."""
        self._unsupported("virDomainGetJobStats")

    async def abort_job(self, uuid: bytes) -> None:
        """Stop the job under way."""
        self._unsupported("virDomainAbortJob")

    async def core_dump_format(self, uuid: bytes, path: str, kind: int, flags: int) -> None:
        """Write the guest's memory in a virDomainCoreDumpFormat."""
        self._unsupported("virDomainCoreDumpWithFormat")

    async def saved_xml(self, path: str, flags: int) -> str:
        """Return the XML of a machine saved to a file."""
        self._unsupported("virDomainSaveImageGetXMLDesc")

    async def change_saved_xml(self, path: str, xml: str, flags: int) -> None:
        """Replace the XML of a machine saved to a file."""
        self._unsupported("virDomainSaveImageDefineXML")
