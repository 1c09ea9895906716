from __future__ import annotations
from collections.abc import Awaitable
from enum import IntEnum
from typing import Any, ClassVar, Final, TypeAlias
from oncrpc import xdr
from oncrpc.errors import ProcedureUnavailable
from oncrpc.procedure import AsyncCaller, Call, Caller, Procedure, Program
VIRT_STRING_MAX: Final = 4194304
VIRT_UUID_LEN: Final = 16
VIRT_MODEL_LEN: Final = 32
VIRT_DOMAIN_LIST_MAX: Final = 16384
VIRT_NETWORK_LIST_MAX: Final = 16384
VIRT_VCPUINFO_MAX: Final = 16384
VIRT_CPUMAP_MAX: Final = 2048
VIRT_CPUMAPS_MAX: Final = 8388608
VIRT_SCHEDULER_PARAMETERS_MAX: Final = 16
VIRT_MEMORY_STATS_MAX: Final = 1024
VIRT_DOMAIN_STATS_MAX: Final = 262144
VIRT_BATCH_MAX: Final = 1024
VIRT_EVENTS_MAX: Final = 1024
VIRT_EPOCH_LEN: Final = 16
virt_string: TypeAlias = "str"
xdr_virt_string: Final = xdr.string(VIRT_STRING_MAX)
virt_opt_string: TypeAlias = "virt_string | None"
xdr_virt_opt_string: Final = xdr.optional(xdr_virt_string)
virt_uuid: TypeAlias = "bytes"
xdr_virt_uuid: Final = xdr.fixed_opaque(VIRT_UUID_LEN)
class virt_domain(xdr.Record):
    __slots__ = ("name", "uuid", "id", )
    def __init__(self, name: virt_string, uuid: virt_uuid, id: int) -> None:
        self.name = name
        self.uuid = uuid
        self.id = id
xdr_virt_domain: Final = xdr.struct(virt_domain, ("name", xdr_virt_string), ("uuid", xdr_virt_uuid), ("id", xdr.INT))
virt_opt_domain: TypeAlias = "virt_domain | None"
xdr_virt_opt_domain: Final = xdr.optional(xdr_virt_domain)
class virt_network(xdr.Record):
    __slots__ = ("name", "uuid", )
    def __init__(self, name: virt_string, uuid: virt_uuid) -> None:
        self.name = name
        self.uuid = uuid
xdr_virt_network: Final = xdr.struct(virt_network, ("name", xdr_virt_string), ("uuid", xdr_virt_uuid))
virt_opt_network: TypeAlias = "virt_network | None"
xdr_virt_opt_network: Final = xdr.optional(xdr_virt_network)
class virt_status(IntEnum):
    VIRT_OK = 0
    VIRT_FAILED = 1
VIRT_OK: Final = virt_status.VIRT_OK
VIRT_FAILED: Final = virt_status.VIRT_FAILED
xdr_virt_status: Final = xdr.enum(virt_status)
class virt_error(xdr.Record):
    __slots__ = ("code", "domain", "message", "level", "dom", "str1", "str2", "str3", "int1", "int2", "net", )
    def __init__(self, code: int, domain: int, message: virt_opt_string, level: int, dom: virt_opt_domain, str1: virt_opt_string, str2: virt_opt_string, str3: virt_opt_string, int1: int, int2: int, net: virt_opt_network) -> None:
        self.code = code
        self.domain = domain
        self.message = message
        self.level = level
        self.dom = dom
        self.str1 = str1
        self.str2 = str2
        self.str3 = str3
        self.int1 = int1
        self.int2 = int2
        self.net = net
xdr_virt_error: Final = xdr.struct(virt_error, ("code", xdr.INT), ("domain", xdr.INT), ("message", xdr_virt_opt_string), ("level", xdr.INT), ("dom", xdr_virt_opt_domain), ("str1", xdr_virt_opt_string), ("str2", xdr_virt_opt_string), ("str3", xdr_virt_opt_string), ("int1", xdr.INT), ("int2", xdr.INT), ("net", xdr_virt_opt_network))
class virt_void_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
xdr_virt_void_res: Final = xdr.union(virt_void_res, xdr_virt_status, {VIRT_OK: None}, default=("error", xdr_virt_error))
class virt_error_code(IntEnum):
    VIRT_ERR_OK = 0
    VIRT_ERR_INTERNAL_ERROR = 1
    VIRT_ERR_NO_MEMORY = 2
    VIRT_ERR_NO_SUPPORT = 3
    VIRT_ERR_NO_CONNECT = 5
    VIRT_ERR_INVALID_CONN = 6
    VIRT_ERR_INVALID_DOMAIN = 7
    VIRT_ERR_INVALID_ARG = 8
    VIRT_ERR_OPERATION_FAILED = 9
    VIRT_ERR_OS_TYPE = 16
    VIRT_ERR_XML_ERROR = 27
    VIRT_ERR_DOM_EXIST = 28
    VIRT_ERR_OPERATION_DENIED = 29
    VIRT_ERR_OPEN_FAILED = 30
    VIRT_ERR_READ_FAILED = 31
    VIRT_ERR_WRITE_FAILED = 34
    VIRT_ERR_XML_DETAIL = 35
    VIRT_ERR_INVALID_NETWORK = 36
    VIRT_ERR_NETWORK_EXIST = 37
    VIRT_ERR_SYSTEM_ERROR = 38
    VIRT_ERR_RPC = 39
    VIRT_ERR_NO_DOMAIN = 42
    VIRT_ERR_NO_NETWORK = 43
    VIRT_ERR_AUTH_FAILED = 45
    VIRT_ERR_OPERATION_INVALID = 55
    VIRT_ERR_CONFIG_UNSUPPORTED = 67
    VIRT_ERR_OPERATION_TIMEOUT = 68
    VIRT_ERR_ARGUMENT_UNSUPPORTED = 74
    VIRT_ERR_OPERATION_ABORTED = 78
    VIRT_ERR_NO_DOMAIN_METADATA = 80
    VIRT_ERR_OVERFLOW = 82
    VIRT_ERR_OPERATION_UNSUPPORTED = 84
    VIRT_ERR_AGENT_UNRESPONSIVE = 86
    VIRT_ERR_RESOURCE_BUSY = 87
    VIRT_ERR_ACCESS_DENIED = 88
    VIRT_ERR_XML_INVALID_SCHEMA = 92
    VIRT_ERR_AUTH_UNAVAILABLE = 94
    VIRT_ERR_DEVICE_MISSING = 99
    VIRT_ERR_NO_HOSTNAME = 108
VIRT_ERR_OK: Final = virt_error_code.VIRT_ERR_OK
VIRT_ERR_INTERNAL_ERROR: Final = virt_error_code.VIRT_ERR_INTERNAL_ERROR
VIRT_ERR_NO_MEMORY: Final = virt_error_code.VIRT_ERR_NO_MEMORY
VIRT_ERR_NO_SUPPORT: Final = virt_error_code.VIRT_ERR_NO_SUPPORT
VIRT_ERR_NO_CONNECT: Final = virt_error_code.VIRT_ERR_NO_CONNECT
VIRT_ERR_INVALID_CONN: Final = virt_error_code.VIRT_ERR_INVALID_CONN
VIRT_ERR_INVALID_DOMAIN: Final = virt_error_code.VIRT_ERR_INVALID_DOMAIN
VIRT_ERR_INVALID_ARG: Final = virt_error_code.VIRT_ERR_INVALID_ARG
VIRT_ERR_OPERATION_FAILED: Final = virt_error_code.VIRT_ERR_OPERATION_FAILED
VIRT_ERR_OS_TYPE: Final = virt_error_code.VIRT_ERR_OS_TYPE
VIRT_ERR_XML_ERROR: Final = virt_error_code.VIRT_ERR_XML_ERROR
VIRT_ERR_DOM_EXIST: Final = virt_error_code.VIRT_ERR_DOM_EXIST
VIRT_ERR_OPERATION_DENIED: Final = virt_error_code.VIRT_ERR_OPERATION_DENIED
VIRT_ERR_OPEN_FAILED: Final = virt_error_code.VIRT_ERR_OPEN_FAILED
VIRT_ERR_READ_FAILED: Final = virt_error_code.VIRT_ERR_READ_FAILED
VIRT_ERR_WRITE_FAILED: Final = virt_error_code.VIRT_ERR_WRITE_FAILED
VIRT_ERR_XML_DETAIL: Final = virt_error_code.VIRT_ERR_XML_DETAIL
VIRT_ERR_INVALID_NETWORK: Final = virt_error_code.VIRT_ERR_INVALID_NETWORK
VIRT_ERR_NETWORK_EXIST: Final = virt_error_code.VIRT_ERR_NETWORK_EXIST
VIRT_ERR_SYSTEM_ERROR: Final = virt_error_code.VIRT_ERR_SYSTEM_ERROR
VIRT_ERR_RPC: Final = virt_error_code.VIRT_ERR_RPC
VIRT_ERR_NO_DOMAIN: Final = virt_error_code.VIRT_ERR_NO_DOMAIN
VIRT_ERR_NO_NETWORK: Final = virt_error_code.VIRT_ERR_NO_NETWORK
VIRT_ERR_AUTH_FAILED: Final = virt_error_code.VIRT_ERR_AUTH_FAILED
VIRT_ERR_OPERATION_INVALID: Final = virt_error_code.VIRT_ERR_OPERATION_INVALID
VIRT_ERR_CONFIG_UNSUPPORTED: Final = virt_error_code.VIRT_ERR_CONFIG_UNSUPPORTED
VIRT_ERR_OPERATION_TIMEOUT: Final = virt_error_code.VIRT_ERR_OPERATION_TIMEOUT
VIRT_ERR_ARGUMENT_UNSUPPORTED: Final = virt_error_code.VIRT_ERR_ARGUMENT_UNSUPPORTED
VIRT_ERR_OPERATION_ABORTED: Final = virt_error_code.VIRT_ERR_OPERATION_ABORTED
VIRT_ERR_NO_DOMAIN_METADATA: Final = virt_error_code.VIRT_ERR_NO_DOMAIN_METADATA
VIRT_ERR_OVERFLOW: Final = virt_error_code.VIRT_ERR_OVERFLOW
VIRT_ERR_OPERATION_UNSUPPORTED: Final = virt_error_code.VIRT_ERR_OPERATION_UNSUPPORTED
VIRT_ERR_AGENT_UNRESPONSIVE: Final = virt_error_code.VIRT_ERR_AGENT_UNRESPONSIVE
VIRT_ERR_RESOURCE_BUSY: Final = virt_error_code.VIRT_ERR_RESOURCE_BUSY
VIRT_ERR_ACCESS_DENIED: Final = virt_error_code.VIRT_ERR_ACCESS_DENIED
VIRT_ERR_XML_INVALID_SCHEMA: Final = virt_error_code.VIRT_ERR_XML_INVALID_SCHEMA
VIRT_ERR_AUTH_UNAVAILABLE: Final = virt_error_code.VIRT_ERR_AUTH_UNAVAILABLE
VIRT_ERR_DEVICE_MISSING: Final = virt_error_code.VIRT_ERR_DEVICE_MISSING
VIRT_ERR_NO_HOSTNAME: Final = virt_error_code.VIRT_ERR_NO_HOSTNAME
xdr_virt_error_code: Final = xdr.enum(virt_error_code)
class virt_error_domain(IntEnum):
    VIRT_FROM_NONE = 0
    VIRT_FROM_XML = 5
    VIRT_FROM_DOM = 6
    VIRT_FROM_RPC = 7
    VIRT_FROM_CONF = 9
    VIRT_FROM_QEMU = 10
    VIRT_FROM_NET = 11
    VIRT_FROM_TEST = 12
    VIRT_FROM_REMOTE = 13
    VIRT_FROM_NETWORK = 19
    VIRT_FROM_DOMAIN = 20
    VIRT_FROM_CPU = 31
    VIRT_FROM_EVENT = 40
    VIRT_FROM_AUTH = 46
    VIRT_FROM_ACCESS = 55
VIRT_FROM_NONE: Final = virt_error_domain.VIRT_FROM_NONE
VIRT_FROM_XML: Final = virt_error_domain.VIRT_FROM_XML
VIRT_FROM_DOM: Final = virt_error_domain.VIRT_FROM_DOM
VIRT_FROM_RPC: Final = virt_error_domain.VIRT_FROM_RPC
VIRT_FROM_CONF: Final = virt_error_domain.VIRT_FROM_CONF
VIRT_FROM_QEMU: Final = virt_error_domain.VIRT_FROM_QEMU
VIRT_FROM_NET: Final = virt_error_domain.VIRT_FROM_NET
VIRT_FROM_TEST: Final = virt_error_domain.VIRT_FROM_TEST
VIRT_FROM_REMOTE: Final = virt_error_domain.VIRT_FROM_REMOTE
VIRT_FROM_NETWORK: Final = virt_error_domain.VIRT_FROM_NETWORK
VIRT_FROM_DOMAIN: Final = virt_error_domain.VIRT_FROM_DOMAIN
VIRT_FROM_CPU: Final = virt_error_domain.VIRT_FROM_CPU
VIRT_FROM_EVENT: Final = virt_error_domain.VIRT_FROM_EVENT
VIRT_FROM_AUTH: Final = virt_error_domain.VIRT_FROM_AUTH
VIRT_FROM_ACCESS: Final = virt_error_domain.VIRT_FROM_ACCESS
xdr_virt_error_domain: Final = xdr.enum(virt_error_domain)
class virt_error_level(IntEnum):
    VIRT_ERR_LEVEL_NONE = 0
    VIRT_ERR_LEVEL_WARNING = 1
    VIRT_ERR_LEVEL_ERROR = 2
VIRT_ERR_LEVEL_NONE: Final = virt_error_level.VIRT_ERR_LEVEL_NONE
VIRT_ERR_LEVEL_WARNING: Final = virt_error_level.VIRT_ERR_LEVEL_WARNING
VIRT_ERR_LEVEL_ERROR: Final = virt_error_level.VIRT_ERR_LEVEL_ERROR
xdr_virt_error_level: Final = xdr.enum(virt_error_level)
class virt_domain_state(IntEnum):
    VIRT_STATE_NOSTATE = 0
    VIRT_STATE_RUNNING = 1
    VIRT_STATE_BLOCKED = 2
    VIRT_STATE_PAUSED = 3
    VIRT_STATE_SHUTDOWN = 4
    VIRT_STATE_SHUTOFF = 5
    VIRT_STATE_CRASHED = 6
    VIRT_STATE_PMSUSPENDED = 7
VIRT_STATE_NOSTATE: Final = virt_domain_state.VIRT_STATE_NOSTATE
VIRT_STATE_RUNNING: Final = virt_domain_state.VIRT_STATE_RUNNING
VIRT_STATE_BLOCKED: Final = virt_domain_state.VIRT_STATE_BLOCKED
VIRT_STATE_PAUSED: Final = virt_domain_state.VIRT_STATE_PAUSED
VIRT_STATE_SHUTDOWN: Final = virt_domain_state.VIRT_STATE_SHUTDOWN
VIRT_STATE_SHUTOFF: Final = virt_domain_state.VIRT_STATE_SHUTOFF
VIRT_STATE_CRASHED: Final = virt_domain_state.VIRT_STATE_CRASHED
VIRT_STATE_PMSUSPENDED: Final = virt_domain_state.VIRT_STATE_PMSUSPENDED
xdr_virt_domain_state: Final = xdr.enum(virt_domain_state)
class virt_running_reason(IntEnum):
    VIRT_RUNNING_UNKNOWN = 0
    VIRT_RUNNING_BOOTED = 1
    VIRT_RUNNING_MIGRATED = 2
    VIRT_RUNNING_RESTORED = 3
    VIRT_RUNNING_FROM_SNAPSHOT = 4
    VIRT_RUNNING_UNPAUSED = 5
    VIRT_RUNNING_MIGRATION_CANCELED = 6
    VIRT_RUNNING_SAVE_CANCELED = 7
    VIRT_RUNNING_WAKEUP = 8
    VIRT_RUNNING_CRASHED = 9
    VIRT_RUNNING_POSTCOPY = 10
    VIRT_RUNNING_POSTCOPY_FAILED = 11
VIRT_RUNNING_UNKNOWN: Final = virt_running_reason.VIRT_RUNNING_UNKNOWN
VIRT_RUNNING_BOOTED: Final = virt_running_reason.VIRT_RUNNING_BOOTED
VIRT_RUNNING_MIGRATED: Final = virt_running_reason.VIRT_RUNNING_MIGRATED
VIRT_RUNNING_RESTORED: Final = virt_running_reason.VIRT_RUNNING_RESTORED
VIRT_RUNNING_FROM_SNAPSHOT: Final = virt_running_reason.VIRT_RUNNING_FROM_SNAPSHOT
VIRT_RUNNING_UNPAUSED: Final = virt_running_reason.VIRT_RUNNING_UNPAUSED
VIRT_RUNNING_MIGRATION_CANCELED: Final = virt_running_reason.VIRT_RUNNING_MIGRATION_CANCELED
VIRT_RUNNING_SAVE_CANCELED: Final = virt_running_reason.VIRT_RUNNING_SAVE_CANCELED
VIRT_RUNNING_WAKEUP: Final = virt_running_reason.VIRT_RUNNING_WAKEUP
VIRT_RUNNING_CRASHED: Final = virt_running_reason.VIRT_RUNNING_CRASHED
VIRT_RUNNING_POSTCOPY: Final = virt_running_reason.VIRT_RUNNING_POSTCOPY
VIRT_RUNNING_POSTCOPY_FAILED: Final = virt_running_reason.VIRT_RUNNING_POSTCOPY_FAILED
xdr_virt_running_reason: Final = xdr.enum(virt_running_reason)
class virt_paused_reason(IntEnum):
    VIRT_PAUSED_UNKNOWN = 0
    VIRT_PAUSED_USER = 1
    VIRT_PAUSED_MIGRATION = 2
    VIRT_PAUSED_SAVE = 3
    VIRT_PAUSED_DUMP = 4
    VIRT_PAUSED_IOERROR = 5
    VIRT_PAUSED_WATCHDOG = 6
    VIRT_PAUSED_FROM_SNAPSHOT = 7
    VIRT_PAUSED_SHUTTING_DOWN = 8
    VIRT_PAUSED_SNAPSHOT = 9
    VIRT_PAUSED_CRASHED = 10
    VIRT_PAUSED_STARTING_UP = 11
    VIRT_PAUSED_POSTCOPY = 12
    VIRT_PAUSED_POSTCOPY_FAILED = 13
VIRT_PAUSED_UNKNOWN: Final = virt_paused_reason.VIRT_PAUSED_UNKNOWN
VIRT_PAUSED_USER: Final = virt_paused_reason.VIRT_PAUSED_USER
VIRT_PAUSED_MIGRATION: Final = virt_paused_reason.VIRT_PAUSED_MIGRATION
VIRT_PAUSED_SAVE: Final = virt_paused_reason.VIRT_PAUSED_SAVE
VIRT_PAUSED_DUMP: Final = virt_paused_reason.VIRT_PAUSED_DUMP
VIRT_PAUSED_IOERROR: Final = virt_paused_reason.VIRT_PAUSED_IOERROR
VIRT_PAUSED_WATCHDOG: Final = virt_paused_reason.VIRT_PAUSED_WATCHDOG
VIRT_PAUSED_FROM_SNAPSHOT: Final = virt_paused_reason.VIRT_PAUSED_FROM_SNAPSHOT
VIRT_PAUSED_SHUTTING_DOWN: Final = virt_paused_reason.VIRT_PAUSED_SHUTTING_DOWN
VIRT_PAUSED_SNAPSHOT: Final = virt_paused_reason.VIRT_PAUSED_SNAPSHOT
VIRT_PAUSED_CRASHED: Final = virt_paused_reason.VIRT_PAUSED_CRASHED
VIRT_PAUSED_STARTING_UP: Final = virt_paused_reason.VIRT_PAUSED_STARTING_UP
VIRT_PAUSED_POSTCOPY: Final = virt_paused_reason.VIRT_PAUSED_POSTCOPY
VIRT_PAUSED_POSTCOPY_FAILED: Final = virt_paused_reason.VIRT_PAUSED_POSTCOPY_FAILED
xdr_virt_paused_reason: Final = xdr.enum(virt_paused_reason)
class virt_shutdown_reason(IntEnum):
    VIRT_SHUTDOWN_UNKNOWN = 0
    VIRT_SHUTDOWN_USER = 1
VIRT_SHUTDOWN_UNKNOWN: Final = virt_shutdown_reason.VIRT_SHUTDOWN_UNKNOWN
VIRT_SHUTDOWN_USER: Final = virt_shutdown_reason.VIRT_SHUTDOWN_USER
xdr_virt_shutdown_reason: Final = xdr.enum(virt_shutdown_reason)
class virt_shutoff_reason(IntEnum):
    VIRT_SHUTOFF_UNKNOWN = 0
    VIRT_SHUTOFF_SHUTDOWN = 1
    VIRT_SHUTOFF_DESTROYED = 2
    VIRT_SHUTOFF_CRASHED = 3
    VIRT_SHUTOFF_MIGRATED = 4
    VIRT_SHUTOFF_SAVED = 5
    VIRT_SHUTOFF_FAILED = 6
    VIRT_SHUTOFF_FROM_SNAPSHOT = 7
    VIRT_SHUTOFF_DAEMON = 8
VIRT_SHUTOFF_UNKNOWN: Final = virt_shutoff_reason.VIRT_SHUTOFF_UNKNOWN
VIRT_SHUTOFF_SHUTDOWN: Final = virt_shutoff_reason.VIRT_SHUTOFF_SHUTDOWN
VIRT_SHUTOFF_DESTROYED: Final = virt_shutoff_reason.VIRT_SHUTOFF_DESTROYED
VIRT_SHUTOFF_CRASHED: Final = virt_shutoff_reason.VIRT_SHUTOFF_CRASHED
VIRT_SHUTOFF_MIGRATED: Final = virt_shutoff_reason.VIRT_SHUTOFF_MIGRATED
VIRT_SHUTOFF_SAVED: Final = virt_shutoff_reason.VIRT_SHUTOFF_SAVED
VIRT_SHUTOFF_FAILED: Final = virt_shutoff_reason.VIRT_SHUTOFF_FAILED
VIRT_SHUTOFF_FROM_SNAPSHOT: Final = virt_shutoff_reason.VIRT_SHUTOFF_FROM_SNAPSHOT
VIRT_SHUTOFF_DAEMON: Final = virt_shutoff_reason.VIRT_SHUTOFF_DAEMON
xdr_virt_shutoff_reason: Final = xdr.enum(virt_shutoff_reason)
class virt_crashed_reason(IntEnum):
    VIRT_CRASHED_UNKNOWN = 0
    VIRT_CRASHED_PANICKED = 1
VIRT_CRASHED_UNKNOWN: Final = virt_crashed_reason.VIRT_CRASHED_UNKNOWN
VIRT_CRASHED_PANICKED: Final = virt_crashed_reason.VIRT_CRASHED_PANICKED
xdr_virt_crashed_reason: Final = xdr.enum(virt_crashed_reason)
class virt_control_state(IntEnum):
    VIRT_CONTROL_OK = 0
    VIRT_CONTROL_JOB = 1
    VIRT_CONTROL_OCCUPIED = 2
    VIRT_CONTROL_ERROR = 3
VIRT_CONTROL_OK: Final = virt_control_state.VIRT_CONTROL_OK
VIRT_CONTROL_JOB: Final = virt_control_state.VIRT_CONTROL_JOB
VIRT_CONTROL_OCCUPIED: Final = virt_control_state.VIRT_CONTROL_OCCUPIED
VIRT_CONTROL_ERROR: Final = virt_control_state.VIRT_CONTROL_ERROR
xdr_virt_control_state: Final = xdr.enum(virt_control_state)
class virt_vcpu_state(IntEnum):
    VIRT_VCPU_OFFLINE = 0
    VIRT_VCPU_RUNNING = 1
    VIRT_VCPU_BLOCKED = 2
VIRT_VCPU_OFFLINE: Final = virt_vcpu_state.VIRT_VCPU_OFFLINE
VIRT_VCPU_RUNNING: Final = virt_vcpu_state.VIRT_VCPU_RUNNING
VIRT_VCPU_BLOCKED: Final = virt_vcpu_state.VIRT_VCPU_BLOCKED
xdr_virt_vcpu_state: Final = xdr.enum(virt_vcpu_state)
class virt_memory_stat_tag(IntEnum):
    VIRT_MEMORY_STAT_SWAP_IN = 0
    VIRT_MEMORY_STAT_SWAP_OUT = 1
    VIRT_MEMORY_STAT_MAJOR_FAULT = 2
    VIRT_MEMORY_STAT_MINOR_FAULT = 3
    VIRT_MEMORY_STAT_UNUSED = 4
    VIRT_MEMORY_STAT_AVAILABLE = 5
    VIRT_MEMORY_STAT_ACTUAL_BALLOON = 6
    VIRT_MEMORY_STAT_RSS = 7
    VIRT_MEMORY_STAT_USABLE = 8
    VIRT_MEMORY_STAT_LAST_UPDATE = 9
    VIRT_MEMORY_STAT_DISK_CACHES = 10
    VIRT_MEMORY_STAT_HUGETLB_PGALLOC = 11
    VIRT_MEMORY_STAT_HUGETLB_PGFAIL = 12
VIRT_MEMORY_STAT_SWAP_IN: Final = virt_memory_stat_tag.VIRT_MEMORY_STAT_SWAP_IN
VIRT_MEMORY_STAT_SWAP_OUT: Final = virt_memory_stat_tag.VIRT_MEMORY_STAT_SWAP_OUT
VIRT_MEMORY_STAT_MAJOR_FAULT: Final = virt_memory_stat_tag.VIRT_MEMORY_STAT_MAJOR_FAULT
VIRT_MEMORY_STAT_MINOR_FAULT: Final = virt_memory_stat_tag.VIRT_MEMORY_STAT_MINOR_FAULT
VIRT_MEMORY_STAT_UNUSED: Final = virt_memory_stat_tag.VIRT_MEMORY_STAT_UNUSED
VIRT_MEMORY_STAT_AVAILABLE: Final = virt_memory_stat_tag.VIRT_MEMORY_STAT_AVAILABLE
VIRT_MEMORY_STAT_ACTUAL_BALLOON: Final = virt_memory_stat_tag.VIRT_MEMORY_STAT_ACTUAL_BALLOON
VIRT_MEMORY_STAT_RSS: Final = virt_memory_stat_tag.VIRT_MEMORY_STAT_RSS
VIRT_MEMORY_STAT_USABLE: Final = virt_memory_stat_tag.VIRT_MEMORY_STAT_USABLE
VIRT_MEMORY_STAT_LAST_UPDATE: Final = virt_memory_stat_tag.VIRT_MEMORY_STAT_LAST_UPDATE
VIRT_MEMORY_STAT_DISK_CACHES: Final = virt_memory_stat_tag.VIRT_MEMORY_STAT_DISK_CACHES
VIRT_MEMORY_STAT_HUGETLB_PGALLOC: Final = virt_memory_stat_tag.VIRT_MEMORY_STAT_HUGETLB_PGALLOC
VIRT_MEMORY_STAT_HUGETLB_PGFAIL: Final = virt_memory_stat_tag.VIRT_MEMORY_STAT_HUGETLB_PGFAIL
xdr_virt_memory_stat_tag: Final = xdr.enum(virt_memory_stat_tag)
class virt_feature(IntEnum):
    VIRT_FEATURE_TYPED_PARAM_STRING = 9
    VIRT_FEATURE_XML_MIGRATABLE = 11
VIRT_FEATURE_TYPED_PARAM_STRING: Final = virt_feature.VIRT_FEATURE_TYPED_PARAM_STRING
VIRT_FEATURE_XML_MIGRATABLE: Final = virt_feature.VIRT_FEATURE_XML_MIGRATABLE
xdr_virt_feature: Final = xdr.enum(virt_feature)
VIRT_CONNECT_RO: Final = 0x1
VIRT_CONNECT_NO_ALIASES: Final = 0x2
VIRT_AFFECT_CURRENT: Final = 0x0
VIRT_AFFECT_LIVE: Final = 0x1
VIRT_AFFECT_CONFIG: Final = 0x2
VIRT_MEM_MAXIMUM: Final = 0x4
VIRT_VCPU_MAXIMUM: Final = 0x4
VIRT_VCPU_GUEST: Final = 0x8
VIRT_VCPU_HOTPLUGGABLE: Final = 0x10
VIRT_XML_SECURE: Final = 0x1
VIRT_XML_INACTIVE: Final = 0x2
VIRT_XML_UPDATE_CPU: Final = 0x4
VIRT_XML_MIGRATABLE: Final = 0x8
VIRT_NETWORK_XML_INACTIVE: Final = 0x1
VIRT_DEFINE_VALIDATE: Final = 0x1
VIRT_START_PAUSED: Final = 0x1
VIRT_START_AUTODESTROY: Final = 0x2
VIRT_START_BYPASS_CACHE: Final = 0x4
VIRT_START_FORCE_BOOT: Final = 0x8
VIRT_START_VALIDATE: Final = 0x10
VIRT_START_RESET_NVRAM: Final = 0x20
VIRT_SHUTDOWN_BY_DEFAULT: Final = 0x0
VIRT_SHUTDOWN_BY_ACPI: Final = 0x1
VIRT_SHUTDOWN_BY_AGENT: Final = 0x2
VIRT_SHUTDOWN_BY_INITCTL: Final = 0x4
VIRT_SHUTDOWN_BY_SIGNAL: Final = 0x8
VIRT_SHUTDOWN_BY_PARAVIRT: Final = 0x10
VIRT_DESTROY_GRACEFUL: Final = 0x1
VIRT_DESTROY_REMOVE_LOGS: Final = 0x2
VIRT_UNDEFINE_MANAGED_SAVE: Final = 0x1
VIRT_UNDEFINE_SNAPSHOTS_METADATA: Final = 0x2
VIRT_UNDEFINE_NVRAM: Final = 0x4
VIRT_UNDEFINE_KEEP_NVRAM: Final = 0x8
VIRT_UNDEFINE_CHECKPOINTS_METADATA: Final = 0x10
VIRT_UNDEFINE_TPM: Final = 0x20
VIRT_UNDEFINE_KEEP_TPM: Final = 0x40
VIRT_SAVE_BYPASS_CACHE: Final = 0x1
VIRT_SAVE_RUNNING: Final = 0x2
VIRT_SAVE_PAUSED: Final = 0x4
VIRT_SAVE_RESET_NVRAM: Final = 0x8
VIRT_DUMP_CRASH: Final = 0x1
VIRT_DUMP_LIVE: Final = 0x2
VIRT_DUMP_BYPASS_CACHE: Final = 0x4
VIRT_DUMP_RESET: Final = 0x8
VIRT_DUMP_MEMORY_ONLY: Final = 0x10
VIRT_LIST_ACTIVE: Final = 0x1
VIRT_LIST_INACTIVE: Final = 0x2
VIRT_LIST_PERSISTENT: Final = 0x4
VIRT_LIST_TRANSIENT: Final = 0x8
VIRT_LIST_RUNNING: Final = 0x10
VIRT_LIST_PAUSED: Final = 0x20
VIRT_LIST_SHUTOFF: Final = 0x40
VIRT_LIST_OTHER: Final = 0x80
VIRT_LIST_MANAGEDSAVE: Final = 0x100
VIRT_LIST_NO_MANAGEDSAVE: Final = 0x200
VIRT_LIST_AUTOSTART: Final = 0x400
VIRT_LIST_NO_AUTOSTART: Final = 0x800
VIRT_LIST_HAS_SNAPSHOT: Final = 0x1000
VIRT_LIST_NO_SNAPSHOT: Final = 0x2000
VIRT_LIST_HAS_CHECKPOINT: Final = 0x4000
VIRT_LIST_NO_CHECKPOINT: Final = 0x8000
VIRT_STATS_STATE: Final = 0x1
VIRT_STATS_CPU_TOTAL: Final = 0x2
VIRT_STATS_BALLOON: Final = 0x4
VIRT_STATS_VCPU: Final = 0x8
VIRT_STATS_INTERFACE: Final = 0x10
VIRT_STATS_BLOCK: Final = 0x20
VIRT_STATS_PERF: Final = 0x40
VIRT_STATS_IOTHREAD: Final = 0x80
VIRT_STATS_MEMORY: Final = 0x100
VIRT_STATS_DIRTYRATE: Final = 0x200
VIRT_STATS_VM: Final = 0x400
VIRT_STATS_NOWAIT: Final = 0x20000000
VIRT_STATS_BACKING: Final = 0x40000000
VIRT_STATS_ENFORCE: Final = 0x80000000
class virt_typed_param_kind(IntEnum):
    VIRT_TYPED_PARAM_INT = 1
    VIRT_TYPED_PARAM_UINT = 2
    VIRT_TYPED_PARAM_LLONG = 3
    VIRT_TYPED_PARAM_ULLONG = 4
    VIRT_TYPED_PARAM_DOUBLE = 5
    VIRT_TYPED_PARAM_BOOLEAN = 6
    VIRT_TYPED_PARAM_STRING = 7
VIRT_TYPED_PARAM_INT: Final = virt_typed_param_kind.VIRT_TYPED_PARAM_INT
VIRT_TYPED_PARAM_UINT: Final = virt_typed_param_kind.VIRT_TYPED_PARAM_UINT
VIRT_TYPED_PARAM_LLONG: Final = virt_typed_param_kind.VIRT_TYPED_PARAM_LLONG
VIRT_TYPED_PARAM_ULLONG: Final = virt_typed_param_kind.VIRT_TYPED_PARAM_ULLONG
VIRT_TYPED_PARAM_DOUBLE: Final = virt_typed_param_kind.VIRT_TYPED_PARAM_DOUBLE
VIRT_TYPED_PARAM_BOOLEAN: Final = virt_typed_param_kind.VIRT_TYPED_PARAM_BOOLEAN
VIRT_TYPED_PARAM_STRING: Final = virt_typed_param_kind.VIRT_TYPED_PARAM_STRING
xdr_virt_typed_param_kind: Final = xdr.enum(virt_typed_param_kind)
class virt_typed_param_value(xdr.Union):
    __slots__ = ()
    def __init__(self, kind: int, value: Any = None) -> None: super().__init__(kind, value)
    @property
    def kind(self) -> int:
        v: int = self.discriminant
        return v
    @property
    def i(self) -> int:
        v: int = self._arm("i")
        return v
    @property
    def ui(self) -> int:
        v: int = self._arm("ui")
        return v
    @property
    def l(self) -> int:
        v: int = self._arm("l")
        return v
    @property
    def ul(self) -> int:
        v: int = self._arm("ul")
        return v
    @property
    def d(self) -> float:
        v: float = self._arm("d")
        return v
    @property
    def b(self) -> int:
        v: int = self._arm("b")
        return v
    @property
    def s(self) -> virt_string:
        v: virt_string = self._arm("s")
        return v
xdr_virt_typed_param_value: Final = xdr.union(virt_typed_param_value, xdr.INT, {1: ("i", xdr.INT), 2: ("ui", xdr.UINT), 3: ("l", xdr.HYPER), 4: ("ul", xdr.UHYPER), 5: ("d", xdr.DOUBLE), 6: ("b", xdr.INT), 7: ("s", xdr_virt_string)}, default=xdr.NO_DEFAULT)
class virt_typed_param(xdr.Record):
    __slots__ = ("field", "value", )
    def __init__(self, field: virt_string, value: virt_typed_param_value) -> None:
        self.field = field
        self.value = value
xdr_virt_typed_param: Final = xdr.struct(virt_typed_param, ("field", xdr_virt_string), ("value", xdr_virt_typed_param_value))
class virt_cursor(xdr.Record):
    __slots__ = ("epoch", "next", )
    def __init__(self, epoch: bytes, next: int) -> None:
        self.epoch = epoch
        self.next = next
xdr_virt_cursor: Final = xdr.struct(virt_cursor, ("epoch", xdr.fixed_opaque(VIRT_EPOCH_LEN)), ("next", xdr.UHYPER))
class virt_event(xdr.Record):
    __slots__ = ("number", "time_us", "kind", "body", )
    def __init__(self, number: int, time_us: int, kind: int, body: bytes) -> None:
        self.number = number
        self.time_us = time_us
        self.kind = kind
        self.body = body
xdr_virt_event: Final = xdr.struct(virt_event, ("number", xdr.UHYPER), ("time_us", xdr.HYPER), ("kind", xdr.INT), ("body", xdr.opaque()))
class virt_event_kind(IntEnum):
    VIRT_EVENT_LIFECYCLE = 318
    VIRT_EVENT_REBOOT = 319
    VIRT_EVENT_RTC_CHANGE = 320
    VIRT_EVENT_WATCHDOG = 321
    VIRT_EVENT_IO_ERROR = 322
    VIRT_EVENT_IO_ERROR_REASON = 324
    VIRT_EVENT_PMWAKEUP = 329
    VIRT_EVENT_PMSUSPEND = 330
    VIRT_EVENT_BALLOON_CHANGE = 331
    VIRT_EVENT_PMSUSPEND_DISK = 332
    VIRT_EVENT_DEVICE_REMOVED = 333
    VIRT_EVENT_DEVICE_ADDED = 354
VIRT_EVENT_LIFECYCLE: Final = virt_event_kind.VIRT_EVENT_LIFECYCLE
VIRT_EVENT_REBOOT: Final = virt_event_kind.VIRT_EVENT_REBOOT
VIRT_EVENT_RTC_CHANGE: Final = virt_event_kind.VIRT_EVENT_RTC_CHANGE
VIRT_EVENT_WATCHDOG: Final = virt_event_kind.VIRT_EVENT_WATCHDOG
VIRT_EVENT_IO_ERROR: Final = virt_event_kind.VIRT_EVENT_IO_ERROR
VIRT_EVENT_IO_ERROR_REASON: Final = virt_event_kind.VIRT_EVENT_IO_ERROR_REASON
VIRT_EVENT_PMWAKEUP: Final = virt_event_kind.VIRT_EVENT_PMWAKEUP
VIRT_EVENT_PMSUSPEND: Final = virt_event_kind.VIRT_EVENT_PMSUSPEND
VIRT_EVENT_BALLOON_CHANGE: Final = virt_event_kind.VIRT_EVENT_BALLOON_CHANGE
VIRT_EVENT_PMSUSPEND_DISK: Final = virt_event_kind.VIRT_EVENT_PMSUSPEND_DISK
VIRT_EVENT_DEVICE_REMOVED: Final = virt_event_kind.VIRT_EVENT_DEVICE_REMOVED
VIRT_EVENT_DEVICE_ADDED: Final = virt_event_kind.VIRT_EVENT_DEVICE_ADDED
xdr_virt_event_kind: Final = xdr.enum(virt_event_kind)
class virt_lifecycle(IntEnum):
    VIRT_LIFECYCLE_DEFINED = 0
    VIRT_LIFECYCLE_UNDEFINED = 1
    VIRT_LIFECYCLE_STARTED = 2
    VIRT_LIFECYCLE_SUSPENDED = 3
    VIRT_LIFECYCLE_RESUMED = 4
    VIRT_LIFECYCLE_STOPPED = 5
    VIRT_LIFECYCLE_SHUTDOWN = 6
    VIRT_LIFECYCLE_PMSUSPENDED = 7
    VIRT_LIFECYCLE_CRASHED = 8
VIRT_LIFECYCLE_DEFINED: Final = virt_lifecycle.VIRT_LIFECYCLE_DEFINED
VIRT_LIFECYCLE_UNDEFINED: Final = virt_lifecycle.VIRT_LIFECYCLE_UNDEFINED
VIRT_LIFECYCLE_STARTED: Final = virt_lifecycle.VIRT_LIFECYCLE_STARTED
VIRT_LIFECYCLE_SUSPENDED: Final = virt_lifecycle.VIRT_LIFECYCLE_SUSPENDED
VIRT_LIFECYCLE_RESUMED: Final = virt_lifecycle.VIRT_LIFECYCLE_RESUMED
VIRT_LIFECYCLE_STOPPED: Final = virt_lifecycle.VIRT_LIFECYCLE_STOPPED
VIRT_LIFECYCLE_SHUTDOWN: Final = virt_lifecycle.VIRT_LIFECYCLE_SHUTDOWN
VIRT_LIFECYCLE_PMSUSPENDED: Final = virt_lifecycle.VIRT_LIFECYCLE_PMSUSPENDED
VIRT_LIFECYCLE_CRASHED: Final = virt_lifecycle.VIRT_LIFECYCLE_CRASHED
xdr_virt_lifecycle: Final = xdr.enum(virt_lifecycle)
class virt_defined_detail(IntEnum):
    VIRT_DEFINED_ADDED = 0
    VIRT_DEFINED_UPDATED = 1
    VIRT_DEFINED_RENAMED = 2
    VIRT_DEFINED_FROM_SNAPSHOT = 3
VIRT_DEFINED_ADDED: Final = virt_defined_detail.VIRT_DEFINED_ADDED
VIRT_DEFINED_UPDATED: Final = virt_defined_detail.VIRT_DEFINED_UPDATED
VIRT_DEFINED_RENAMED: Final = virt_defined_detail.VIRT_DEFINED_RENAMED
VIRT_DEFINED_FROM_SNAPSHOT: Final = virt_defined_detail.VIRT_DEFINED_FROM_SNAPSHOT
xdr_virt_defined_detail: Final = xdr.enum(virt_defined_detail)
class virt_undefined_detail(IntEnum):
    VIRT_UNDEFINED_REMOVED = 0
    VIRT_UNDEFINED_RENAMED = 1
VIRT_UNDEFINED_REMOVED: Final = virt_undefined_detail.VIRT_UNDEFINED_REMOVED
VIRT_UNDEFINED_RENAMED: Final = virt_undefined_detail.VIRT_UNDEFINED_RENAMED
xdr_virt_undefined_detail: Final = xdr.enum(virt_undefined_detail)
class virt_started_detail(IntEnum):
    VIRT_STARTED_BOOTED = 0
    VIRT_STARTED_MIGRATED = 1
    VIRT_STARTED_RESTORED = 2
    VIRT_STARTED_FROM_SNAPSHOT = 3
    VIRT_STARTED_WAKEUP = 4
VIRT_STARTED_BOOTED: Final = virt_started_detail.VIRT_STARTED_BOOTED
VIRT_STARTED_MIGRATED: Final = virt_started_detail.VIRT_STARTED_MIGRATED
VIRT_STARTED_RESTORED: Final = virt_started_detail.VIRT_STARTED_RESTORED
VIRT_STARTED_FROM_SNAPSHOT: Final = virt_started_detail.VIRT_STARTED_FROM_SNAPSHOT
VIRT_STARTED_WAKEUP: Final = virt_started_detail.VIRT_STARTED_WAKEUP
xdr_virt_started_detail: Final = xdr.enum(virt_started_detail)
class virt_suspended_detail(IntEnum):
    VIRT_SUSPENDED_PAUSED = 0
    VIRT_SUSPENDED_MIGRATED = 1
    VIRT_SUSPENDED_IOERROR = 2
    VIRT_SUSPENDED_WATCHDOG = 3
    VIRT_SUSPENDED_RESTORED = 4
    VIRT_SUSPENDED_FROM_SNAPSHOT = 5
    VIRT_SUSPENDED_API_ERROR = 6
    VIRT_SUSPENDED_POSTCOPY = 7
    VIRT_SUSPENDED_POSTCOPY_FAILED = 8
VIRT_SUSPENDED_PAUSED: Final = virt_suspended_detail.VIRT_SUSPENDED_PAUSED
VIRT_SUSPENDED_MIGRATED: Final = virt_suspended_detail.VIRT_SUSPENDED_MIGRATED
VIRT_SUSPENDED_IOERROR: Final = virt_suspended_detail.VIRT_SUSPENDED_IOERROR
VIRT_SUSPENDED_WATCHDOG: Final = virt_suspended_detail.VIRT_SUSPENDED_WATCHDOG
VIRT_SUSPENDED_RESTORED: Final = virt_suspended_detail.VIRT_SUSPENDED_RESTORED
VIRT_SUSPENDED_FROM_SNAPSHOT: Final = virt_suspended_detail.VIRT_SUSPENDED_FROM_SNAPSHOT
VIRT_SUSPENDED_API_ERROR: Final = virt_suspended_detail.VIRT_SUSPENDED_API_ERROR
VIRT_SUSPENDED_POSTCOPY: Final = virt_suspended_detail.VIRT_SUSPENDED_POSTCOPY
VIRT_SUSPENDED_POSTCOPY_FAILED: Final = virt_suspended_detail.VIRT_SUSPENDED_POSTCOPY_FAILED
xdr_virt_suspended_detail: Final = xdr.enum(virt_suspended_detail)
class virt_resumed_detail(IntEnum):
    VIRT_RESUMED_UNPAUSED = 0
    VIRT_RESUMED_MIGRATED = 1
    VIRT_RESUMED_FROM_SNAPSHOT = 2
    VIRT_RESUMED_POSTCOPY = 3
    VIRT_RESUMED_POSTCOPY_FAILED = 4
VIRT_RESUMED_UNPAUSED: Final = virt_resumed_detail.VIRT_RESUMED_UNPAUSED
VIRT_RESUMED_MIGRATED: Final = virt_resumed_detail.VIRT_RESUMED_MIGRATED
VIRT_RESUMED_FROM_SNAPSHOT: Final = virt_resumed_detail.VIRT_RESUMED_FROM_SNAPSHOT
VIRT_RESUMED_POSTCOPY: Final = virt_resumed_detail.VIRT_RESUMED_POSTCOPY
VIRT_RESUMED_POSTCOPY_FAILED: Final = virt_resumed_detail.VIRT_RESUMED_POSTCOPY_FAILED
xdr_virt_resumed_detail: Final = xdr.enum(virt_resumed_detail)
class virt_stopped_detail(IntEnum):
    VIRT_STOPPED_SHUTDOWN = 0
    VIRT_STOPPED_DESTROYED = 1
    VIRT_STOPPED_CRASHED = 2
    VIRT_STOPPED_MIGRATED = 3
    VIRT_STOPPED_SAVED = 4
    VIRT_STOPPED_FAILED = 5
    VIRT_STOPPED_FROM_SNAPSHOT = 6
VIRT_STOPPED_SHUTDOWN: Final = virt_stopped_detail.VIRT_STOPPED_SHUTDOWN
VIRT_STOPPED_DESTROYED: Final = virt_stopped_detail.VIRT_STOPPED_DESTROYED
VIRT_STOPPED_CRASHED: Final = virt_stopped_detail.VIRT_STOPPED_CRASHED
VIRT_STOPPED_MIGRATED: Final = virt_stopped_detail.VIRT_STOPPED_MIGRATED
VIRT_STOPPED_SAVED: Final = virt_stopped_detail.VIRT_STOPPED_SAVED
VIRT_STOPPED_FAILED: Final = virt_stopped_detail.VIRT_STOPPED_FAILED
VIRT_STOPPED_FROM_SNAPSHOT: Final = virt_stopped_detail.VIRT_STOPPED_FROM_SNAPSHOT
xdr_virt_stopped_detail: Final = xdr.enum(virt_stopped_detail)
class virt_shutdown_detail(IntEnum):
    VIRT_SHUTDOWN_FINISHED = 0
    VIRT_SHUTDOWN_GUEST = 1
    VIRT_SHUTDOWN_HOST = 2
VIRT_SHUTDOWN_FINISHED: Final = virt_shutdown_detail.VIRT_SHUTDOWN_FINISHED
VIRT_SHUTDOWN_GUEST: Final = virt_shutdown_detail.VIRT_SHUTDOWN_GUEST
VIRT_SHUTDOWN_HOST: Final = virt_shutdown_detail.VIRT_SHUTDOWN_HOST
xdr_virt_shutdown_detail: Final = xdr.enum(virt_shutdown_detail)
class virt_pmsuspended_detail(IntEnum):
    VIRT_PMSUSPENDED_MEMORY = 0
    VIRT_PMSUSPENDED_DISK = 1
VIRT_PMSUSPENDED_MEMORY: Final = virt_pmsuspended_detail.VIRT_PMSUSPENDED_MEMORY
VIRT_PMSUSPENDED_DISK: Final = virt_pmsuspended_detail.VIRT_PMSUSPENDED_DISK
xdr_virt_pmsuspended_detail: Final = xdr.enum(virt_pmsuspended_detail)
class virt_crashed_detail(IntEnum):
    VIRT_CRASHED_BY_PANIC = 0
    VIRT_CRASHED_CRASHLOADED = 1
VIRT_CRASHED_BY_PANIC: Final = virt_crashed_detail.VIRT_CRASHED_BY_PANIC
VIRT_CRASHED_CRASHLOADED: Final = virt_crashed_detail.VIRT_CRASHED_CRASHLOADED
xdr_virt_crashed_detail: Final = xdr.enum(virt_crashed_detail)
class virt_watchdog_action(IntEnum):
    VIRT_WATCHDOG_NONE = 0
    VIRT_WATCHDOG_PAUSE = 1
    VIRT_WATCHDOG_RESET = 2
    VIRT_WATCHDOG_POWEROFF = 3
    VIRT_WATCHDOG_SHUTDOWN = 4
    VIRT_WATCHDOG_DEBUG = 5
    VIRT_WATCHDOG_INJECTNMI = 6
VIRT_WATCHDOG_NONE: Final = virt_watchdog_action.VIRT_WATCHDOG_NONE
VIRT_WATCHDOG_PAUSE: Final = virt_watchdog_action.VIRT_WATCHDOG_PAUSE
VIRT_WATCHDOG_RESET: Final = virt_watchdog_action.VIRT_WATCHDOG_RESET
VIRT_WATCHDOG_POWEROFF: Final = virt_watchdog_action.VIRT_WATCHDOG_POWEROFF
VIRT_WATCHDOG_SHUTDOWN: Final = virt_watchdog_action.VIRT_WATCHDOG_SHUTDOWN
VIRT_WATCHDOG_DEBUG: Final = virt_watchdog_action.VIRT_WATCHDOG_DEBUG
VIRT_WATCHDOG_INJECTNMI: Final = virt_watchdog_action.VIRT_WATCHDOG_INJECTNMI
xdr_virt_watchdog_action: Final = xdr.enum(virt_watchdog_action)
class virt_io_error_action(IntEnum):
    VIRT_IO_ERROR_NONE = 0
    VIRT_IO_ERROR_PAUSE = 1
    VIRT_IO_ERROR_REPORT = 2
VIRT_IO_ERROR_NONE: Final = virt_io_error_action.VIRT_IO_ERROR_NONE
VIRT_IO_ERROR_PAUSE: Final = virt_io_error_action.VIRT_IO_ERROR_PAUSE
VIRT_IO_ERROR_REPORT: Final = virt_io_error_action.VIRT_IO_ERROR_REPORT
xdr_virt_io_error_action: Final = xdr.enum(virt_io_error_action)
class virt_event_lifecycle(xdr.Record):
    __slots__ = ("callback_id", "dom", "event", "detail", )
    def __init__(self, callback_id: int, dom: virt_domain, event: int, detail: int) -> None:
        self.callback_id = callback_id
        self.dom = dom
        self.event = event
        self.detail = detail
xdr_virt_event_lifecycle: Final = xdr.struct(virt_event_lifecycle, ("callback_id", xdr.INT), ("dom", xdr_virt_domain), ("event", xdr.INT), ("detail", xdr.INT))
class virt_event_reboot(xdr.Record):
    __slots__ = ("callback_id", "dom", )
    def __init__(self, callback_id: int, dom: virt_domain) -> None:
        self.callback_id = callback_id
        self.dom = dom
xdr_virt_event_reboot: Final = xdr.struct(virt_event_reboot, ("callback_id", xdr.INT), ("dom", xdr_virt_domain))
class virt_event_rtc_change(xdr.Record):
    __slots__ = ("callback_id", "dom", "offset", )
    def __init__(self, callback_id: int, dom: virt_domain, offset: int) -> None:
        self.callback_id = callback_id
        self.dom = dom
        self.offset = offset
xdr_virt_event_rtc_change: Final = xdr.struct(virt_event_rtc_change, ("callback_id", xdr.INT), ("dom", xdr_virt_domain), ("offset", xdr.HYPER))
class virt_event_watchdog(xdr.Record):
    __slots__ = ("callback_id", "dom", "action", )
    def __init__(self, callback_id: int, dom: virt_domain, action: int) -> None:
        self.callback_id = callback_id
        self.dom = dom
        self.action = action
xdr_virt_event_watchdog: Final = xdr.struct(virt_event_watchdog, ("callback_id", xdr.INT), ("dom", xdr_virt_domain), ("action", xdr.INT))
class virt_event_io_error(xdr.Record):
    __slots__ = ("callback_id", "dom", "src_path", "dev_alias", "action", )
    def __init__(self, callback_id: int, dom: virt_domain, src_path: virt_string, dev_alias: virt_string, action: int) -> None:
        self.callback_id = callback_id
        self.dom = dom
        self.src_path = src_path
        self.dev_alias = dev_alias
        self.action = action
xdr_virt_event_io_error: Final = xdr.struct(virt_event_io_error, ("callback_id", xdr.INT), ("dom", xdr_virt_domain), ("src_path", xdr_virt_string), ("dev_alias", xdr_virt_string), ("action", xdr.INT))
class virt_event_io_error_reason(xdr.Record):
    __slots__ = ("callback_id", "dom", "src_path", "dev_alias", "action", "reason", )
    def __init__(self, callback_id: int, dom: virt_domain, src_path: virt_string, dev_alias: virt_string, action: int, reason: virt_string) -> None:
        self.callback_id = callback_id
        self.dom = dom
        self.src_path = src_path
        self.dev_alias = dev_alias
        self.action = action
        self.reason = reason
xdr_virt_event_io_error_reason: Final = xdr.struct(virt_event_io_error_reason, ("callback_id", xdr.INT), ("dom", xdr_virt_domain), ("src_path", xdr_virt_string), ("dev_alias", xdr_virt_string), ("action", xdr.INT), ("reason", xdr_virt_string))
class virt_event_pmwakeup(xdr.Record):
    __slots__ = ("callback_id", "reason", "dom", )
    def __init__(self, callback_id: int, reason: int, dom: virt_domain) -> None:
        self.callback_id = callback_id
        self.reason = reason
        self.dom = dom
xdr_virt_event_pmwakeup: Final = xdr.struct(virt_event_pmwakeup, ("callback_id", xdr.INT), ("reason", xdr.INT), ("dom", xdr_virt_domain))
class virt_event_pmsuspend(xdr.Record):
    __slots__ = ("callback_id", "reason", "dom", )
    def __init__(self, callback_id: int, reason: int, dom: virt_domain) -> None:
        self.callback_id = callback_id
        self.reason = reason
        self.dom = dom
xdr_virt_event_pmsuspend: Final = xdr.struct(virt_event_pmsuspend, ("callback_id", xdr.INT), ("reason", xdr.INT), ("dom", xdr_virt_domain))
class virt_event_balloon_change(xdr.Record):
    __slots__ = ("callback_id", "dom", "actual", )
    def __init__(self, callback_id: int, dom: virt_domain, actual: int) -> None:
        self.callback_id = callback_id
        self.dom = dom
        self.actual = actual
xdr_virt_event_balloon_change: Final = xdr.struct(virt_event_balloon_change, ("callback_id", xdr.INT), ("dom", xdr_virt_domain), ("actual", xdr.UHYPER))
class virt_event_pmsuspend_disk(xdr.Record):
    __slots__ = ("callback_id", "reason", "dom", )
    def __init__(self, callback_id: int, reason: int, dom: virt_domain) -> None:
        self.callback_id = callback_id
        self.reason = reason
        self.dom = dom
xdr_virt_event_pmsuspend_disk: Final = xdr.struct(virt_event_pmsuspend_disk, ("callback_id", xdr.INT), ("reason", xdr.INT), ("dom", xdr_virt_domain))
class virt_event_device_removed(xdr.Record):
    __slots__ = ("callback_id", "dom", "dev_alias", )
    def __init__(self, callback_id: int, dom: virt_domain, dev_alias: virt_string) -> None:
        self.callback_id = callback_id
        self.dom = dom
        self.dev_alias = dev_alias
xdr_virt_event_device_removed: Final = xdr.struct(virt_event_device_removed, ("callback_id", xdr.INT), ("dom", xdr_virt_domain), ("dev_alias", xdr_virt_string))
class virt_event_device_added(xdr.Record):
    __slots__ = ("callback_id", "dom", "dev_alias", )
    def __init__(self, callback_id: int, dom: virt_domain, dev_alias: virt_string) -> None:
        self.callback_id = callback_id
        self.dom = dom
        self.dev_alias = dev_alias
xdr_virt_event_device_added: Final = xdr.struct(virt_event_device_added, ("callback_id", xdr.INT), ("dom", xdr_virt_domain), ("dev_alias", xdr_virt_string))
class virt_connect_open_args(xdr.Record):
    __slots__ = ("name", "flags", )
    def __init__(self, name: virt_opt_string, flags: int) -> None:
        self.name = name
        self.flags = flags
xdr_virt_connect_open_args: Final = xdr.struct(virt_connect_open_args, ("name", xdr_virt_opt_string), ("flags", xdr.UINT))
class virt_connect_get_type_ret(xdr.Record):
    __slots__ = ("type", )
    def __init__(self, type: virt_string) -> None:
        self.type = type
xdr_virt_connect_get_type_ret: Final = xdr.struct(virt_connect_get_type_ret, ("type", xdr_virt_string))
class virt_connect_get_type_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_get_type_ret:
        v: virt_connect_get_type_ret = self._arm("ok")
        return v
xdr_virt_connect_get_type_res: Final = xdr.union(virt_connect_get_type_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_get_type_ret)}, default=("error", xdr_virt_error))
class virt_connect_get_version_ret(xdr.Record):
    __slots__ = ("hv_ver", )
    def __init__(self, hv_ver: int) -> None:
        self.hv_ver = hv_ver
xdr_virt_connect_get_version_ret: Final = xdr.struct(virt_connect_get_version_ret, ("hv_ver", xdr.UHYPER))
class virt_connect_get_version_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_get_version_ret:
        v: virt_connect_get_version_ret = self._arm("ok")
        return v
xdr_virt_connect_get_version_res: Final = xdr.union(virt_connect_get_version_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_get_version_ret)}, default=("error", xdr_virt_error))
class virt_connect_get_max_vcpus_args(xdr.Record):
    __slots__ = ("type", )
    def __init__(self, type: virt_opt_string) -> None:
        self.type = type
xdr_virt_connect_get_max_vcpus_args: Final = xdr.struct(virt_connect_get_max_vcpus_args, ("type", xdr_virt_opt_string))
class virt_connect_get_max_vcpus_ret(xdr.Record):
    __slots__ = ("max_vcpus", )
    def __init__(self, max_vcpus: int) -> None:
        self.max_vcpus = max_vcpus
xdr_virt_connect_get_max_vcpus_ret: Final = xdr.struct(virt_connect_get_max_vcpus_ret, ("max_vcpus", xdr.INT))
class virt_connect_get_max_vcpus_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_get_max_vcpus_ret:
        v: virt_connect_get_max_vcpus_ret = self._arm("ok")
        return v
xdr_virt_connect_get_max_vcpus_res: Final = xdr.union(virt_connect_get_max_vcpus_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_get_max_vcpus_ret)}, default=("error", xdr_virt_error))
class virt_connect_get_capabilities_ret(xdr.Record):
    __slots__ = ("capabilities", )
    def __init__(self, capabilities: virt_string) -> None:
        self.capabilities = capabilities
xdr_virt_connect_get_capabilities_ret: Final = xdr.struct(virt_connect_get_capabilities_ret, ("capabilities", xdr_virt_string))
class virt_connect_get_capabilities_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_get_capabilities_ret:
        v: virt_connect_get_capabilities_ret = self._arm("ok")
        return v
xdr_virt_connect_get_capabilities_res: Final = xdr.union(virt_connect_get_capabilities_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_get_capabilities_ret)}, default=("error", xdr_virt_error))
class virt_connect_get_hostname_ret(xdr.Record):
    __slots__ = ("hostname", )
    def __init__(self, hostname: virt_string) -> None:
        self.hostname = hostname
xdr_virt_connect_get_hostname_ret: Final = xdr.struct(virt_connect_get_hostname_ret, ("hostname", xdr_virt_string))
class virt_connect_get_hostname_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_get_hostname_ret:
        v: virt_connect_get_hostname_ret = self._arm("ok")
        return v
xdr_virt_connect_get_hostname_res: Final = xdr.union(virt_connect_get_hostname_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_get_hostname_ret)}, default=("error", xdr_virt_error))
class virt_node_get_info_ret(xdr.Record):
    __slots__ = ("model", "memory", "cpus", "mhz", "nodes", "sockets", "cores", "threads", )
    def __init__(self, model: list[int], memory: int, cpus: int, mhz: int, nodes: int, sockets: int, cores: int, threads: int) -> None:
        self.model = model
        self.memory = memory
        self.cpus = cpus
        self.mhz = mhz
        self.nodes = nodes
        self.sockets = sockets
        self.cores = cores
        self.threads = threads
xdr_virt_node_get_info_ret: Final = xdr.struct(virt_node_get_info_ret, ("model", xdr.array(xdr.CHAR, VIRT_MODEL_LEN)), ("memory", xdr.UHYPER), ("cpus", xdr.INT), ("mhz", xdr.INT), ("nodes", xdr.INT), ("sockets", xdr.INT), ("cores", xdr.INT), ("threads", xdr.INT))
class virt_node_get_info_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_node_get_info_ret:
        v: virt_node_get_info_ret = self._arm("ok")
        return v
xdr_virt_node_get_info_res: Final = xdr.union(virt_node_get_info_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_node_get_info_ret)}, default=("error", xdr_virt_error))
class virt_connect_list_defined_domains_args(xdr.Record):
    __slots__ = ("maxnames", )
    def __init__(self, maxnames: int) -> None:
        self.maxnames = maxnames
xdr_virt_connect_list_defined_domains_args: Final = xdr.struct(virt_connect_list_defined_domains_args, ("maxnames", xdr.INT))
class virt_connect_list_defined_domains_ret(xdr.Record):
    __slots__ = ("names", )
    def __init__(self, names: list[virt_string]) -> None:
        self.names = names
xdr_virt_connect_list_defined_domains_ret: Final = xdr.struct(virt_connect_list_defined_domains_ret, ("names", xdr.varray(xdr_virt_string, VIRT_DOMAIN_LIST_MAX)))
class virt_connect_list_defined_domains_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_list_defined_domains_ret:
        v: virt_connect_list_defined_domains_ret = self._arm("ok")
        return v
xdr_virt_connect_list_defined_domains_res: Final = xdr.union(virt_connect_list_defined_domains_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_list_defined_domains_ret)}, default=("error", xdr_virt_error))
class virt_domain_lookup_by_id_args(xdr.Record):
    __slots__ = ("id", )
    def __init__(self, id: int) -> None:
        self.id = id
xdr_virt_domain_lookup_by_id_args: Final = xdr.struct(virt_domain_lookup_by_id_args, ("id", xdr.INT))
class virt_domain_lookup_by_id_ret(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_lookup_by_id_ret: Final = xdr.struct(virt_domain_lookup_by_id_ret, ("dom", xdr_virt_domain))
class virt_domain_lookup_by_id_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_lookup_by_id_ret:
        v: virt_domain_lookup_by_id_ret = self._arm("ok")
        return v
xdr_virt_domain_lookup_by_id_res: Final = xdr.union(virt_domain_lookup_by_id_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_lookup_by_id_ret)}, default=("error", xdr_virt_error))
class virt_domain_lookup_by_name_args(xdr.Record):
    __slots__ = ("name", )
    def __init__(self, name: virt_string) -> None:
        self.name = name
xdr_virt_domain_lookup_by_name_args: Final = xdr.struct(virt_domain_lookup_by_name_args, ("name", xdr_virt_string))
class virt_domain_lookup_by_name_ret(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_lookup_by_name_ret: Final = xdr.struct(virt_domain_lookup_by_name_ret, ("dom", xdr_virt_domain))
class virt_domain_lookup_by_name_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_lookup_by_name_ret:
        v: virt_domain_lookup_by_name_ret = self._arm("ok")
        return v
xdr_virt_domain_lookup_by_name_res: Final = xdr.union(virt_domain_lookup_by_name_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_lookup_by_name_ret)}, default=("error", xdr_virt_error))
class virt_domain_lookup_by_uuid_args(xdr.Record):
    __slots__ = ("uuid", )
    def __init__(self, uuid: virt_uuid) -> None:
        self.uuid = uuid
xdr_virt_domain_lookup_by_uuid_args: Final = xdr.struct(virt_domain_lookup_by_uuid_args, ("uuid", xdr_virt_uuid))
class virt_domain_lookup_by_uuid_ret(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_lookup_by_uuid_ret: Final = xdr.struct(virt_domain_lookup_by_uuid_ret, ("dom", xdr_virt_domain))
class virt_domain_lookup_by_uuid_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_lookup_by_uuid_ret:
        v: virt_domain_lookup_by_uuid_ret = self._arm("ok")
        return v
xdr_virt_domain_lookup_by_uuid_res: Final = xdr.union(virt_domain_lookup_by_uuid_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_lookup_by_uuid_ret)}, default=("error", xdr_virt_error))
class virt_connect_num_of_defined_domains_ret(xdr.Record):
    __slots__ = ("num", )
    def __init__(self, num: int) -> None:
        self.num = num
xdr_virt_connect_num_of_defined_domains_ret: Final = xdr.struct(virt_connect_num_of_defined_domains_ret, ("num", xdr.INT))
class virt_connect_num_of_defined_domains_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_num_of_defined_domains_ret:
        v: virt_connect_num_of_defined_domains_ret = self._arm("ok")
        return v
xdr_virt_connect_num_of_defined_domains_res: Final = xdr.union(virt_connect_num_of_defined_domains_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_num_of_defined_domains_ret)}, default=("error", xdr_virt_error))
class virt_connect_list_domains_args(xdr.Record):
    __slots__ = ("maxids", )
    def __init__(self, maxids: int) -> None:
        self.maxids = maxids
xdr_virt_connect_list_domains_args: Final = xdr.struct(virt_connect_list_domains_args, ("maxids", xdr.INT))
class virt_connect_list_domains_ret(xdr.Record):
    __slots__ = ("ids", )
    def __init__(self, ids: list[int]) -> None:
        self.ids = ids
xdr_virt_connect_list_domains_ret: Final = xdr.struct(virt_connect_list_domains_ret, ("ids", xdr.varray(xdr.INT, VIRT_DOMAIN_LIST_MAX)))
class virt_connect_list_domains_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_list_domains_ret:
        v: virt_connect_list_domains_ret = self._arm("ok")
        return v
xdr_virt_connect_list_domains_res: Final = xdr.union(virt_connect_list_domains_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_list_domains_ret)}, default=("error", xdr_virt_error))
class virt_connect_num_of_domains_ret(xdr.Record):
    __slots__ = ("num", )
    def __init__(self, num: int) -> None:
        self.num = num
xdr_virt_connect_num_of_domains_ret: Final = xdr.struct(virt_connect_num_of_domains_ret, ("num", xdr.INT))
class virt_connect_num_of_domains_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_num_of_domains_ret:
        v: virt_connect_num_of_domains_ret = self._arm("ok")
        return v
xdr_virt_connect_num_of_domains_res: Final = xdr.union(virt_connect_num_of_domains_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_num_of_domains_ret)}, default=("error", xdr_virt_error))
class virt_domain_create_args(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_create_args: Final = xdr.struct(virt_domain_create_args, ("dom", xdr_virt_domain))
class virt_domain_create_xml_args(xdr.Record):
    __slots__ = ("xml_desc", "flags", )
    def __init__(self, xml_desc: virt_string, flags: int) -> None:
        self.xml_desc = xml_desc
        self.flags = flags
xdr_virt_domain_create_xml_args: Final = xdr.struct(virt_domain_create_xml_args, ("xml_desc", xdr_virt_string), ("flags", xdr.UINT))
class virt_domain_create_xml_ret(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_create_xml_ret: Final = xdr.struct(virt_domain_create_xml_ret, ("dom", xdr_virt_domain))
class virt_domain_create_xml_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_create_xml_ret:
        v: virt_domain_create_xml_ret = self._arm("ok")
        return v
xdr_virt_domain_create_xml_res: Final = xdr.union(virt_domain_create_xml_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_create_xml_ret)}, default=("error", xdr_virt_error))
class virt_domain_define_xml_args(xdr.Record):
    __slots__ = ("xml", )
    def __init__(self, xml: virt_string) -> None:
        self.xml = xml
xdr_virt_domain_define_xml_args: Final = xdr.struct(virt_domain_define_xml_args, ("xml", xdr_virt_string))
class virt_domain_define_xml_ret(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_define_xml_ret: Final = xdr.struct(virt_domain_define_xml_ret, ("dom", xdr_virt_domain))
class virt_domain_define_xml_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_define_xml_ret:
        v: virt_domain_define_xml_ret = self._arm("ok")
        return v
xdr_virt_domain_define_xml_res: Final = xdr.union(virt_domain_define_xml_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_define_xml_ret)}, default=("error", xdr_virt_error))
class virt_domain_destroy_args(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_destroy_args: Final = xdr.struct(virt_domain_destroy_args, ("dom", xdr_virt_domain))
class virt_domain_reboot_args(xdr.Record):
    __slots__ = ("dom", "flags", )
    def __init__(self, dom: virt_domain, flags: int) -> None:
        self.dom = dom
        self.flags = flags
xdr_virt_domain_reboot_args: Final = xdr.struct(virt_domain_reboot_args, ("dom", xdr_virt_domain), ("flags", xdr.UINT))
class virt_domain_resume_args(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_resume_args: Final = xdr.struct(virt_domain_resume_args, ("dom", xdr_virt_domain))
class virt_domain_set_autostart_args(xdr.Record):
    __slots__ = ("dom", "autostart", )
    def __init__(self, dom: virt_domain, autostart: int) -> None:
        self.dom = dom
        self.autostart = autostart
xdr_virt_domain_set_autostart_args: Final = xdr.struct(virt_domain_set_autostart_args, ("dom", xdr_virt_domain), ("autostart", xdr.INT))
class virt_domain_get_autostart_args(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_get_autostart_args: Final = xdr.struct(virt_domain_get_autostart_args, ("dom", xdr_virt_domain))
class virt_domain_get_autostart_ret(xdr.Record):
    __slots__ = ("autostart", )
    def __init__(self, autostart: int) -> None:
        self.autostart = autostart
xdr_virt_domain_get_autostart_ret: Final = xdr.struct(virt_domain_get_autostart_ret, ("autostart", xdr.INT))
class virt_domain_get_autostart_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_get_autostart_ret:
        v: virt_domain_get_autostart_ret = self._arm("ok")
        return v
xdr_virt_domain_get_autostart_res: Final = xdr.union(virt_domain_get_autostart_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_get_autostart_ret)}, default=("error", xdr_virt_error))
class virt_domain_shutdown_args(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_shutdown_args: Final = xdr.struct(virt_domain_shutdown_args, ("dom", xdr_virt_domain))
class virt_domain_suspend_args(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_suspend_args: Final = xdr.struct(virt_domain_suspend_args, ("dom", xdr_virt_domain))
class virt_domain_undefine_args(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_undefine_args: Final = xdr.struct(virt_domain_undefine_args, ("dom", xdr_virt_domain))
class virt_domain_get_xml_desc_args(xdr.Record):
    __slots__ = ("dom", "flags", )
    def __init__(self, dom: virt_domain, flags: int) -> None:
        self.dom = dom
        self.flags = flags
xdr_virt_domain_get_xml_desc_args: Final = xdr.struct(virt_domain_get_xml_desc_args, ("dom", xdr_virt_domain), ("flags", xdr.UINT))
class virt_domain_get_xml_desc_ret(xdr.Record):
    __slots__ = ("xml", )
    def __init__(self, xml: virt_string) -> None:
        self.xml = xml
xdr_virt_domain_get_xml_desc_ret: Final = xdr.struct(virt_domain_get_xml_desc_ret, ("xml", xdr_virt_string))
class virt_domain_get_xml_desc_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_get_xml_desc_ret:
        v: virt_domain_get_xml_desc_ret = self._arm("ok")
        return v
xdr_virt_domain_get_xml_desc_res: Final = xdr.union(virt_domain_get_xml_desc_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_get_xml_desc_ret)}, default=("error", xdr_virt_error))
class virt_domain_get_info_args(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_get_info_args: Final = xdr.struct(virt_domain_get_info_args, ("dom", xdr_virt_domain))
class virt_domain_get_info_ret(xdr.Record):
    __slots__ = ("state", "max_mem", "memory", "nr_virt_cpu", "cpu_time", )
    def __init__(self, state: int, max_mem: int, memory: int, nr_virt_cpu: int, cpu_time: int) -> None:
        self.state = state
        self.max_mem = max_mem
        self.memory = memory
        self.nr_virt_cpu = nr_virt_cpu
        self.cpu_time = cpu_time
xdr_virt_domain_get_info_ret: Final = xdr.struct(virt_domain_get_info_ret, ("state", xdr.UCHAR), ("max_mem", xdr.UHYPER), ("memory", xdr.UHYPER), ("nr_virt_cpu", xdr.USHORT), ("cpu_time", xdr.UHYPER))
class virt_domain_get_info_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_get_info_ret:
        v: virt_domain_get_info_ret = self._arm("ok")
        return v
xdr_virt_domain_get_info_res: Final = xdr.union(virt_domain_get_info_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_get_info_ret)}, default=("error", xdr_virt_error))
class virt_domain_get_max_memory_args(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_get_max_memory_args: Final = xdr.struct(virt_domain_get_max_memory_args, ("dom", xdr_virt_domain))
class virt_domain_get_max_memory_ret(xdr.Record):
    __slots__ = ("memory", )
    def __init__(self, memory: int) -> None:
        self.memory = memory
xdr_virt_domain_get_max_memory_ret: Final = xdr.struct(virt_domain_get_max_memory_ret, ("memory", xdr.UHYPER))
class virt_domain_get_max_memory_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_get_max_memory_ret:
        v: virt_domain_get_max_memory_ret = self._arm("ok")
        return v
xdr_virt_domain_get_max_memory_res: Final = xdr.union(virt_domain_get_max_memory_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_get_max_memory_ret)}, default=("error", xdr_virt_error))
class virt_domain_get_max_vcpus_args(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_get_max_vcpus_args: Final = xdr.struct(virt_domain_get_max_vcpus_args, ("dom", xdr_virt_domain))
class virt_domain_get_max_vcpus_ret(xdr.Record):
    __slots__ = ("num", )
    def __init__(self, num: int) -> None:
        self.num = num
xdr_virt_domain_get_max_vcpus_ret: Final = xdr.struct(virt_domain_get_max_vcpus_ret, ("num", xdr.INT))
class virt_domain_get_max_vcpus_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_get_max_vcpus_ret:
        v: virt_domain_get_max_vcpus_ret = self._arm("ok")
        return v
xdr_virt_domain_get_max_vcpus_res: Final = xdr.union(virt_domain_get_max_vcpus_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_get_max_vcpus_ret)}, default=("error", xdr_virt_error))
class virt_domain_get_os_type_args(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_get_os_type_args: Final = xdr.struct(virt_domain_get_os_type_args, ("dom", xdr_virt_domain))
class virt_domain_get_os_type_ret(xdr.Record):
    __slots__ = ("type", )
    def __init__(self, type: virt_string) -> None:
        self.type = type
xdr_virt_domain_get_os_type_ret: Final = xdr.struct(virt_domain_get_os_type_ret, ("type", xdr_virt_string))
class virt_domain_get_os_type_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_get_os_type_ret:
        v: virt_domain_get_os_type_ret = self._arm("ok")
        return v
xdr_virt_domain_get_os_type_res: Final = xdr.union(virt_domain_get_os_type_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_get_os_type_ret)}, default=("error", xdr_virt_error))
class virt_domain_attach_device_args(xdr.Record):
    __slots__ = ("dom", "xml", )
    def __init__(self, dom: virt_domain, xml: virt_string) -> None:
        self.dom = dom
        self.xml = xml
xdr_virt_domain_attach_device_args: Final = xdr.struct(virt_domain_attach_device_args, ("dom", xdr_virt_domain), ("xml", xdr_virt_string))
class virt_domain_detach_device_args(xdr.Record):
    __slots__ = ("dom", "xml", )
    def __init__(self, dom: virt_domain, xml: virt_string) -> None:
        self.dom = dom
        self.xml = xml
xdr_virt_domain_detach_device_args: Final = xdr.struct(virt_domain_detach_device_args, ("dom", xdr_virt_domain), ("xml", xdr_virt_string))
class virt_vcpu_info(xdr.Record):
    __slots__ = ("number", "state", "cpu_time", "cpu", )
    def __init__(self, number: int, state: int, cpu_time: int, cpu: int) -> None:
        self.number = number
        self.state = state
        self.cpu_time = cpu_time
        self.cpu = cpu
xdr_virt_vcpu_info: Final = xdr.struct(virt_vcpu_info, ("number", xdr.UINT), ("state", xdr.INT), ("cpu_time", xdr.UHYPER), ("cpu", xdr.INT))
class virt_domain_get_vcpus_args(xdr.Record):
    __slots__ = ("dom", "maxinfo", "maplen", )
    def __init__(self, dom: virt_domain, maxinfo: int, maplen: int) -> None:
        self.dom = dom
        self.maxinfo = maxinfo
        self.maplen = maplen
xdr_virt_domain_get_vcpus_args: Final = xdr.struct(virt_domain_get_vcpus_args, ("dom", xdr_virt_domain), ("maxinfo", xdr.INT), ("maplen", xdr.INT))
class virt_domain_get_vcpus_ret(xdr.Record):
    __slots__ = ("info", "cpumaps", )
    def __init__(self, info: list[virt_vcpu_info], cpumaps: bytes) -> None:
        self.info = info
        self.cpumaps = cpumaps
xdr_virt_domain_get_vcpus_ret: Final = xdr.struct(virt_domain_get_vcpus_ret, ("info", xdr.varray(xdr_virt_vcpu_info, VIRT_VCPUINFO_MAX)), ("cpumaps", xdr.opaque(VIRT_CPUMAPS_MAX)))
class virt_domain_get_vcpus_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_get_vcpus_ret:
        v: virt_domain_get_vcpus_ret = self._arm("ok")
        return v
xdr_virt_domain_get_vcpus_res: Final = xdr.union(virt_domain_get_vcpus_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_get_vcpus_ret)}, default=("error", xdr_virt_error))
class virt_domain_pin_vcpu_args(xdr.Record):
    __slots__ = ("dom", "vcpu", "cpumap", )
    def __init__(self, dom: virt_domain, vcpu: int, cpumap: bytes) -> None:
        self.dom = dom
        self.vcpu = vcpu
        self.cpumap = cpumap
xdr_virt_domain_pin_vcpu_args: Final = xdr.struct(virt_domain_pin_vcpu_args, ("dom", xdr_virt_domain), ("vcpu", xdr.UINT), ("cpumap", xdr.opaque(VIRT_CPUMAP_MAX)))
class virt_domain_set_max_memory_args(xdr.Record):
    __slots__ = ("dom", "memory", )
    def __init__(self, dom: virt_domain, memory: int) -> None:
        self.dom = dom
        self.memory = memory
xdr_virt_domain_set_max_memory_args: Final = xdr.struct(virt_domain_set_max_memory_args, ("dom", xdr_virt_domain), ("memory", xdr.UHYPER))
class virt_domain_set_memory_args(xdr.Record):
    __slots__ = ("dom", "memory", )
    def __init__(self, dom: virt_domain, memory: int) -> None:
        self.dom = dom
        self.memory = memory
xdr_virt_domain_set_memory_args: Final = xdr.struct(virt_domain_set_memory_args, ("dom", xdr_virt_domain), ("memory", xdr.UHYPER))
class virt_domain_set_vcpus_args(xdr.Record):
    __slots__ = ("dom", "nvcpus", )
    def __init__(self, dom: virt_domain, nvcpus: int) -> None:
        self.dom = dom
        self.nvcpus = nvcpus
xdr_virt_domain_set_vcpus_args: Final = xdr.struct(virt_domain_set_vcpus_args, ("dom", xdr_virt_domain), ("nvcpus", xdr.UINT))
class virt_domain_core_dump_args(xdr.Record):
    __slots__ = ("dom", "to", "flags", )
    def __init__(self, dom: virt_domain, to: virt_string, flags: int) -> None:
        self.dom = dom
        self.to = to
        self.flags = flags
xdr_virt_domain_core_dump_args: Final = xdr.struct(virt_domain_core_dump_args, ("dom", xdr_virt_domain), ("to", xdr_virt_string), ("flags", xdr.UINT))
class virt_domain_restore_args(xdr.Record):
    __slots__ = ("path", )
    def __init__(self, path: virt_string) -> None:
        self.path = path
xdr_virt_domain_restore_args: Final = xdr.struct(virt_domain_restore_args, ("path", xdr_virt_string))
class virt_domain_save_args(xdr.Record):
    __slots__ = ("dom", "to", )
    def __init__(self, dom: virt_domain, to: virt_string) -> None:
        self.dom = dom
        self.to = to
xdr_virt_domain_save_args: Final = xdr.struct(virt_domain_save_args, ("dom", xdr_virt_domain), ("to", xdr_virt_string))
class virt_domain_get_scheduler_type_args(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_get_scheduler_type_args: Final = xdr.struct(virt_domain_get_scheduler_type_args, ("dom", xdr_virt_domain))
class virt_domain_get_scheduler_type_ret(xdr.Record):
    __slots__ = ("type", "nparams", )
    def __init__(self, type: virt_string, nparams: int) -> None:
        self.type = type
        self.nparams = nparams
xdr_virt_domain_get_scheduler_type_ret: Final = xdr.struct(virt_domain_get_scheduler_type_ret, ("type", xdr_virt_string), ("nparams", xdr.INT))
class virt_domain_get_scheduler_type_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_get_scheduler_type_ret:
        v: virt_domain_get_scheduler_type_ret = self._arm("ok")
        return v
xdr_virt_domain_get_scheduler_type_res: Final = xdr.union(virt_domain_get_scheduler_type_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_get_scheduler_type_ret)}, default=("error", xdr_virt_error))
class virt_domain_get_scheduler_parameters_args(xdr.Record):
    __slots__ = ("dom", "nparams", )
    def __init__(self, dom: virt_domain, nparams: int) -> None:
        self.dom = dom
        self.nparams = nparams
xdr_virt_domain_get_scheduler_parameters_args: Final = xdr.struct(virt_domain_get_scheduler_parameters_args, ("dom", xdr_virt_domain), ("nparams", xdr.INT))
class virt_domain_get_scheduler_parameters_ret(xdr.Record):
    __slots__ = ("params", )
    def __init__(self, params: list[virt_typed_param]) -> None:
        self.params = params
xdr_virt_domain_get_scheduler_parameters_ret: Final = xdr.struct(virt_domain_get_scheduler_parameters_ret, ("params", xdr.varray(xdr_virt_typed_param, VIRT_SCHEDULER_PARAMETERS_MAX)))
class virt_domain_get_scheduler_parameters_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_get_scheduler_parameters_ret:
        v: virt_domain_get_scheduler_parameters_ret = self._arm("ok")
        return v
xdr_virt_domain_get_scheduler_parameters_res: Final = xdr.union(virt_domain_get_scheduler_parameters_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_get_scheduler_parameters_ret)}, default=("error", xdr_virt_error))
class virt_domain_set_scheduler_parameters_args(xdr.Record):
    __slots__ = ("dom", "params", )
    def __init__(self, dom: virt_domain, params: list[virt_typed_param]) -> None:
        self.dom = dom
        self.params = params
xdr_virt_domain_set_scheduler_parameters_args: Final = xdr.struct(virt_domain_set_scheduler_parameters_args, ("dom", xdr_virt_domain), ("params", xdr.varray(xdr_virt_typed_param, VIRT_SCHEDULER_PARAMETERS_MAX)))
class virt_connect_list_defined_networks_args(xdr.Record):
    __slots__ = ("maxnames", )
    def __init__(self, maxnames: int) -> None:
        self.maxnames = maxnames
xdr_virt_connect_list_defined_networks_args: Final = xdr.struct(virt_connect_list_defined_networks_args, ("maxnames", xdr.INT))
class virt_connect_list_defined_networks_ret(xdr.Record):
    __slots__ = ("names", )
    def __init__(self, names: list[virt_string]) -> None:
        self.names = names
xdr_virt_connect_list_defined_networks_ret: Final = xdr.struct(virt_connect_list_defined_networks_ret, ("names", xdr.varray(xdr_virt_string, VIRT_NETWORK_LIST_MAX)))
class virt_connect_list_defined_networks_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_list_defined_networks_ret:
        v: virt_connect_list_defined_networks_ret = self._arm("ok")
        return v
xdr_virt_connect_list_defined_networks_res: Final = xdr.union(virt_connect_list_defined_networks_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_list_defined_networks_ret)}, default=("error", xdr_virt_error))
class virt_connect_list_networks_args(xdr.Record):
    __slots__ = ("maxnames", )
    def __init__(self, maxnames: int) -> None:
        self.maxnames = maxnames
xdr_virt_connect_list_networks_args: Final = xdr.struct(virt_connect_list_networks_args, ("maxnames", xdr.INT))
class virt_connect_list_networks_ret(xdr.Record):
    __slots__ = ("names", )
    def __init__(self, names: list[virt_string]) -> None:
        self.names = names
xdr_virt_connect_list_networks_ret: Final = xdr.struct(virt_connect_list_networks_ret, ("names", xdr.varray(xdr_virt_string, VIRT_NETWORK_LIST_MAX)))
class virt_connect_list_networks_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_list_networks_ret:
        v: virt_connect_list_networks_ret = self._arm("ok")
        return v
xdr_virt_connect_list_networks_res: Final = xdr.union(virt_connect_list_networks_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_list_networks_ret)}, default=("error", xdr_virt_error))
class virt_network_create_args(xdr.Record):
    __slots__ = ("net", )
    def __init__(self, net: virt_network) -> None:
        self.net = net
xdr_virt_network_create_args: Final = xdr.struct(virt_network_create_args, ("net", xdr_virt_network))
class virt_network_create_xml_args(xdr.Record):
    __slots__ = ("xml", )
    def __init__(self, xml: virt_string) -> None:
        self.xml = xml
xdr_virt_network_create_xml_args: Final = xdr.struct(virt_network_create_xml_args, ("xml", xdr_virt_string))
class virt_network_create_xml_ret(xdr.Record):
    __slots__ = ("net", )
    def __init__(self, net: virt_network) -> None:
        self.net = net
xdr_virt_network_create_xml_ret: Final = xdr.struct(virt_network_create_xml_ret, ("net", xdr_virt_network))
class virt_network_create_xml_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_network_create_xml_ret:
        v: virt_network_create_xml_ret = self._arm("ok")
        return v
xdr_virt_network_create_xml_res: Final = xdr.union(virt_network_create_xml_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_network_create_xml_ret)}, default=("error", xdr_virt_error))
class virt_network_define_xml_args(xdr.Record):
    __slots__ = ("xml", )
    def __init__(self, xml: virt_string) -> None:
        self.xml = xml
xdr_virt_network_define_xml_args: Final = xdr.struct(virt_network_define_xml_args, ("xml", xdr_virt_string))
class virt_network_define_xml_ret(xdr.Record):
    __slots__ = ("net", )
    def __init__(self, net: virt_network) -> None:
        self.net = net
xdr_virt_network_define_xml_ret: Final = xdr.struct(virt_network_define_xml_ret, ("net", xdr_virt_network))
class virt_network_define_xml_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_network_define_xml_ret:
        v: virt_network_define_xml_ret = self._arm("ok")
        return v
xdr_virt_network_define_xml_res: Final = xdr.union(virt_network_define_xml_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_network_define_xml_ret)}, default=("error", xdr_virt_error))
class virt_network_destroy_args(xdr.Record):
    __slots__ = ("net", )
    def __init__(self, net: virt_network) -> None:
        self.net = net
xdr_virt_network_destroy_args: Final = xdr.struct(virt_network_destroy_args, ("net", xdr_virt_network))
class virt_network_get_xml_desc_args(xdr.Record):
    __slots__ = ("net", "flags", )
    def __init__(self, net: virt_network, flags: int) -> None:
        self.net = net
        self.flags = flags
xdr_virt_network_get_xml_desc_args: Final = xdr.struct(virt_network_get_xml_desc_args, ("net", xdr_virt_network), ("flags", xdr.UINT))
class virt_network_get_xml_desc_ret(xdr.Record):
    __slots__ = ("xml", )
    def __init__(self, xml: virt_string) -> None:
        self.xml = xml
xdr_virt_network_get_xml_desc_ret: Final = xdr.struct(virt_network_get_xml_desc_ret, ("xml", xdr_virt_string))
class virt_network_get_xml_desc_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_network_get_xml_desc_ret:
        v: virt_network_get_xml_desc_ret = self._arm("ok")
        return v
xdr_virt_network_get_xml_desc_res: Final = xdr.union(virt_network_get_xml_desc_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_network_get_xml_desc_ret)}, default=("error", xdr_virt_error))
class virt_network_get_autostart_args(xdr.Record):
    __slots__ = ("net", )
    def __init__(self, net: virt_network) -> None:
        self.net = net
xdr_virt_network_get_autostart_args: Final = xdr.struct(virt_network_get_autostart_args, ("net", xdr_virt_network))
class virt_network_get_autostart_ret(xdr.Record):
    __slots__ = ("autostart", )
    def __init__(self, autostart: int) -> None:
        self.autostart = autostart
xdr_virt_network_get_autostart_ret: Final = xdr.struct(virt_network_get_autostart_ret, ("autostart", xdr.INT))
class virt_network_get_autostart_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_network_get_autostart_ret:
        v: virt_network_get_autostart_ret = self._arm("ok")
        return v
xdr_virt_network_get_autostart_res: Final = xdr.union(virt_network_get_autostart_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_network_get_autostart_ret)}, default=("error", xdr_virt_error))
class virt_network_get_bridge_name_args(xdr.Record):
    __slots__ = ("net", )
    def __init__(self, net: virt_network) -> None:
        self.net = net
xdr_virt_network_get_bridge_name_args: Final = xdr.struct(virt_network_get_bridge_name_args, ("net", xdr_virt_network))
class virt_network_get_bridge_name_ret(xdr.Record):
    __slots__ = ("name", )
    def __init__(self, name: virt_string) -> None:
        self.name = name
xdr_virt_network_get_bridge_name_ret: Final = xdr.struct(virt_network_get_bridge_name_ret, ("name", xdr_virt_string))
class virt_network_get_bridge_name_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_network_get_bridge_name_ret:
        v: virt_network_get_bridge_name_ret = self._arm("ok")
        return v
xdr_virt_network_get_bridge_name_res: Final = xdr.union(virt_network_get_bridge_name_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_network_get_bridge_name_ret)}, default=("error", xdr_virt_error))
class virt_network_lookup_by_name_args(xdr.Record):
    __slots__ = ("name", )
    def __init__(self, name: virt_string) -> None:
        self.name = name
xdr_virt_network_lookup_by_name_args: Final = xdr.struct(virt_network_lookup_by_name_args, ("name", xdr_virt_string))
class virt_network_lookup_by_name_ret(xdr.Record):
    __slots__ = ("net", )
    def __init__(self, net: virt_network) -> None:
        self.net = net
xdr_virt_network_lookup_by_name_ret: Final = xdr.struct(virt_network_lookup_by_name_ret, ("net", xdr_virt_network))
class virt_network_lookup_by_name_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_network_lookup_by_name_ret:
        v: virt_network_lookup_by_name_ret = self._arm("ok")
        return v
xdr_virt_network_lookup_by_name_res: Final = xdr.union(virt_network_lookup_by_name_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_network_lookup_by_name_ret)}, default=("error", xdr_virt_error))
class virt_network_lookup_by_uuid_args(xdr.Record):
    __slots__ = ("uuid", )
    def __init__(self, uuid: virt_uuid) -> None:
        self.uuid = uuid
xdr_virt_network_lookup_by_uuid_args: Final = xdr.struct(virt_network_lookup_by_uuid_args, ("uuid", xdr_virt_uuid))
class virt_network_lookup_by_uuid_ret(xdr.Record):
    __slots__ = ("net", )
    def __init__(self, net: virt_network) -> None:
        self.net = net
xdr_virt_network_lookup_by_uuid_ret: Final = xdr.struct(virt_network_lookup_by_uuid_ret, ("net", xdr_virt_network))
class virt_network_lookup_by_uuid_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_network_lookup_by_uuid_ret:
        v: virt_network_lookup_by_uuid_ret = self._arm("ok")
        return v
xdr_virt_network_lookup_by_uuid_res: Final = xdr.union(virt_network_lookup_by_uuid_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_network_lookup_by_uuid_ret)}, default=("error", xdr_virt_error))
class virt_network_set_autostart_args(xdr.Record):
    __slots__ = ("net", "autostart", )
    def __init__(self, net: virt_network, autostart: int) -> None:
        self.net = net
        self.autostart = autostart
xdr_virt_network_set_autostart_args: Final = xdr.struct(virt_network_set_autostart_args, ("net", xdr_virt_network), ("autostart", xdr.INT))
class virt_network_undefine_args(xdr.Record):
    __slots__ = ("net", )
    def __init__(self, net: virt_network) -> None:
        self.net = net
xdr_virt_network_undefine_args: Final = xdr.struct(virt_network_undefine_args, ("net", xdr_virt_network))
class virt_connect_num_of_defined_networks_ret(xdr.Record):
    __slots__ = ("num", )
    def __init__(self, num: int) -> None:
        self.num = num
xdr_virt_connect_num_of_defined_networks_ret: Final = xdr.struct(virt_connect_num_of_defined_networks_ret, ("num", xdr.INT))
class virt_connect_num_of_defined_networks_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_num_of_defined_networks_ret:
        v: virt_connect_num_of_defined_networks_ret = self._arm("ok")
        return v
xdr_virt_connect_num_of_defined_networks_res: Final = xdr.union(virt_connect_num_of_defined_networks_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_num_of_defined_networks_ret)}, default=("error", xdr_virt_error))
class virt_connect_num_of_networks_ret(xdr.Record):
    __slots__ = ("num", )
    def __init__(self, num: int) -> None:
        self.num = num
xdr_virt_connect_num_of_networks_ret: Final = xdr.struct(virt_connect_num_of_networks_ret, ("num", xdr.INT))
class virt_connect_num_of_networks_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_num_of_networks_ret:
        v: virt_connect_num_of_networks_ret = self._arm("ok")
        return v
xdr_virt_connect_num_of_networks_res: Final = xdr.union(virt_connect_num_of_networks_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_num_of_networks_ret)}, default=("error", xdr_virt_error))
class virt_connect_supports_feature_args(xdr.Record):
    __slots__ = ("feature", )
    def __init__(self, feature: int) -> None:
        self.feature = feature
xdr_virt_connect_supports_feature_args: Final = xdr.struct(virt_connect_supports_feature_args, ("feature", xdr.INT))
class virt_connect_supports_feature_ret(xdr.Record):
    __slots__ = ("supported", )
    def __init__(self, supported: int) -> None:
        self.supported = supported
xdr_virt_connect_supports_feature_ret: Final = xdr.struct(virt_connect_supports_feature_ret, ("supported", xdr.INT))
class virt_connect_supports_feature_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_supports_feature_ret:
        v: virt_connect_supports_feature_ret = self._arm("ok")
        return v
xdr_virt_connect_supports_feature_res: Final = xdr.union(virt_connect_supports_feature_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_supports_feature_ret)}, default=("error", xdr_virt_error))
class virt_node_get_free_memory_ret(xdr.Record):
    __slots__ = ("free_mem", )
    def __init__(self, free_mem: int) -> None:
        self.free_mem = free_mem
xdr_virt_node_get_free_memory_ret: Final = xdr.struct(virt_node_get_free_memory_ret, ("free_mem", xdr.UHYPER))
class virt_node_get_free_memory_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_node_get_free_memory_ret:
        v: virt_node_get_free_memory_ret = self._arm("ok")
        return v
xdr_virt_node_get_free_memory_res: Final = xdr.union(virt_node_get_free_memory_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_node_get_free_memory_ret)}, default=("error", xdr_virt_error))
class virt_connect_get_uri_ret(xdr.Record):
    __slots__ = ("uri", )
    def __init__(self, uri: virt_string) -> None:
        self.uri = uri
xdr_virt_connect_get_uri_ret: Final = xdr.struct(virt_connect_get_uri_ret, ("uri", xdr_virt_string))
class virt_connect_get_uri_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_get_uri_ret:
        v: virt_connect_get_uri_ret = self._arm("ok")
        return v
xdr_virt_connect_get_uri_res: Final = xdr.union(virt_connect_get_uri_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_get_uri_ret)}, default=("error", xdr_virt_error))
class virt_connect_is_secure_ret(xdr.Record):
    __slots__ = ("secure", )
    def __init__(self, secure: int) -> None:
        self.secure = secure
xdr_virt_connect_is_secure_ret: Final = xdr.struct(virt_connect_is_secure_ret, ("secure", xdr.INT))
class virt_connect_is_secure_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_is_secure_ret:
        v: virt_connect_is_secure_ret = self._arm("ok")
        return v
xdr_virt_connect_is_secure_res: Final = xdr.union(virt_connect_is_secure_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_is_secure_ret)}, default=("error", xdr_virt_error))
class virt_connect_get_lib_version_ret(xdr.Record):
    __slots__ = ("lib_ver", )
    def __init__(self, lib_ver: int) -> None:
        self.lib_ver = lib_ver
xdr_virt_connect_get_lib_version_ret: Final = xdr.struct(virt_connect_get_lib_version_ret, ("lib_ver", xdr.UHYPER))
class virt_connect_get_lib_version_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_get_lib_version_ret:
        v: virt_connect_get_lib_version_ret = self._arm("ok")
        return v
xdr_virt_connect_get_lib_version_res: Final = xdr.union(virt_connect_get_lib_version_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_get_lib_version_ret)}, default=("error", xdr_virt_error))
class virt_node_get_cpu_map_args(xdr.Record):
    __slots__ = ("need_map", "need_online", "flags", )
    def __init__(self, need_map: int, need_online: int, flags: int) -> None:
        self.need_map = need_map
        self.need_online = need_online
        self.flags = flags
xdr_virt_node_get_cpu_map_args: Final = xdr.struct(virt_node_get_cpu_map_args, ("need_map", xdr.INT), ("need_online", xdr.INT), ("flags", xdr.UINT))
class virt_node_get_cpu_map_ret(xdr.Record):
    __slots__ = ("cpumap", "online", "ret", )
    def __init__(self, cpumap: bytes, online: int, ret: int) -> None:
        self.cpumap = cpumap
        self.online = online
        self.ret = ret
xdr_virt_node_get_cpu_map_ret: Final = xdr.struct(virt_node_get_cpu_map_ret, ("cpumap", xdr.opaque(VIRT_CPUMAP_MAX)), ("online", xdr.UINT), ("ret", xdr.INT))
class virt_node_get_cpu_map_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_node_get_cpu_map_ret:
        v: virt_node_get_cpu_map_ret = self._arm("ok")
        return v
xdr_virt_node_get_cpu_map_res: Final = xdr.union(virt_node_get_cpu_map_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_node_get_cpu_map_ret)}, default=("error", xdr_virt_error))
class virt_connect_list_all_domains_args(xdr.Record):
    __slots__ = ("need_results", "flags", )
    def __init__(self, need_results: int, flags: int) -> None:
        self.need_results = need_results
        self.flags = flags
xdr_virt_connect_list_all_domains_args: Final = xdr.struct(virt_connect_list_all_domains_args, ("need_results", xdr.INT), ("flags", xdr.UINT))
class virt_connect_list_all_domains_ret(xdr.Record):
    __slots__ = ("domains", "ret", )
    def __init__(self, domains: list[virt_domain], ret: int) -> None:
        self.domains = domains
        self.ret = ret
xdr_virt_connect_list_all_domains_ret: Final = xdr.struct(virt_connect_list_all_domains_ret, ("domains", xdr.varray(xdr_virt_domain, VIRT_DOMAIN_LIST_MAX)), ("ret", xdr.UINT))
class virt_connect_list_all_domains_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_list_all_domains_ret:
        v: virt_connect_list_all_domains_ret = self._arm("ok")
        return v
xdr_virt_connect_list_all_domains_res: Final = xdr.union(virt_connect_list_all_domains_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_list_all_domains_ret)}, default=("error", xdr_virt_error))
class virt_domain_stats_record(xdr.Record):
    __slots__ = ("dom", "params", )
    def __init__(self, dom: virt_domain, params: list[virt_typed_param]) -> None:
        self.dom = dom
        self.params = params
xdr_virt_domain_stats_record: Final = xdr.struct(virt_domain_stats_record, ("dom", xdr_virt_domain), ("params", xdr.varray(xdr_virt_typed_param, VIRT_DOMAIN_STATS_MAX)))
class virt_connect_get_all_domain_stats_args(xdr.Record):
    __slots__ = ("doms", "stats", "flags", )
    def __init__(self, doms: list[virt_domain], stats: int, flags: int) -> None:
        self.doms = doms
        self.stats = stats
        self.flags = flags
xdr_virt_connect_get_all_domain_stats_args: Final = xdr.struct(virt_connect_get_all_domain_stats_args, ("doms", xdr.varray(xdr_virt_domain, VIRT_DOMAIN_LIST_MAX)), ("stats", xdr.UINT), ("flags", xdr.UINT))
class virt_connect_get_all_domain_stats_ret(xdr.Record):
    __slots__ = ("ret_stats", )
    def __init__(self, ret_stats: list[virt_domain_stats_record]) -> None:
        self.ret_stats = ret_stats
xdr_virt_connect_get_all_domain_stats_ret: Final = xdr.struct(virt_connect_get_all_domain_stats_ret, ("ret_stats", xdr.varray(xdr_virt_domain_stats_record, VIRT_DOMAIN_LIST_MAX)))
class virt_connect_get_all_domain_stats_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_connect_get_all_domain_stats_ret:
        v: virt_connect_get_all_domain_stats_ret = self._arm("ok")
        return v
xdr_virt_connect_get_all_domain_stats_res: Final = xdr.union(virt_connect_get_all_domain_stats_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_connect_get_all_domain_stats_ret)}, default=("error", xdr_virt_error))
class virt_domain_memory_stat(xdr.Record):
    __slots__ = ("tag", "val", )
    def __init__(self, tag: int, val: int) -> None:
        self.tag = tag
        self.val = val
xdr_virt_domain_memory_stat: Final = xdr.struct(virt_domain_memory_stat, ("tag", xdr.INT), ("val", xdr.UHYPER))
class virt_domain_memory_stats_args(xdr.Record):
    __slots__ = ("dom", "max_stats", "flags", )
    def __init__(self, dom: virt_domain, max_stats: int, flags: int) -> None:
        self.dom = dom
        self.max_stats = max_stats
        self.flags = flags
xdr_virt_domain_memory_stats_args: Final = xdr.struct(virt_domain_memory_stats_args, ("dom", xdr_virt_domain), ("max_stats", xdr.UINT), ("flags", xdr.UINT))
class virt_domain_memory_stats_ret(xdr.Record):
    __slots__ = ("stats", )
    def __init__(self, stats: list[virt_domain_memory_stat]) -> None:
        self.stats = stats
xdr_virt_domain_memory_stats_ret: Final = xdr.struct(virt_domain_memory_stats_ret, ("stats", xdr.varray(xdr_virt_domain_memory_stat, VIRT_MEMORY_STATS_MAX)))
class virt_domain_memory_stats_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_memory_stats_ret:
        v: virt_domain_memory_stats_ret = self._arm("ok")
        return v
xdr_virt_domain_memory_stats_res: Final = xdr.union(virt_domain_memory_stats_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_memory_stats_ret)}, default=("error", xdr_virt_error))
class virt_domain_get_state_args(xdr.Record):
    __slots__ = ("dom", "flags", )
    def __init__(self, dom: virt_domain, flags: int) -> None:
        self.dom = dom
        self.flags = flags
xdr_virt_domain_get_state_args: Final = xdr.struct(virt_domain_get_state_args, ("dom", xdr_virt_domain), ("flags", xdr.UINT))
class virt_domain_get_state_ret(xdr.Record):
    __slots__ = ("state", "reason", )
    def __init__(self, state: int, reason: int) -> None:
        self.state = state
        self.reason = reason
xdr_virt_domain_get_state_ret: Final = xdr.struct(virt_domain_get_state_ret, ("state", xdr.INT), ("reason", xdr.INT))
class virt_domain_get_state_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_get_state_ret:
        v: virt_domain_get_state_ret = self._arm("ok")
        return v
xdr_virt_domain_get_state_res: Final = xdr.union(virt_domain_get_state_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_get_state_ret)}, default=("error", xdr_virt_error))
class virt_domain_get_control_info_args(xdr.Record):
    __slots__ = ("dom", "flags", )
    def __init__(self, dom: virt_domain, flags: int) -> None:
        self.dom = dom
        self.flags = flags
xdr_virt_domain_get_control_info_args: Final = xdr.struct(virt_domain_get_control_info_args, ("dom", xdr_virt_domain), ("flags", xdr.UINT))
class virt_domain_get_control_info_ret(xdr.Record):
    __slots__ = ("state", "details", "state_time", )
    def __init__(self, state: int, details: int, state_time: int) -> None:
        self.state = state
        self.details = details
        self.state_time = state_time
xdr_virt_domain_get_control_info_ret: Final = xdr.struct(virt_domain_get_control_info_ret, ("state", xdr.UINT), ("details", xdr.UINT), ("state_time", xdr.UHYPER))
class virt_domain_get_control_info_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_get_control_info_ret:
        v: virt_domain_get_control_info_ret = self._arm("ok")
        return v
xdr_virt_domain_get_control_info_res: Final = xdr.union(virt_domain_get_control_info_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_get_control_info_ret)}, default=("error", xdr_virt_error))
class virt_domain_is_active_args(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_is_active_args: Final = xdr.struct(virt_domain_is_active_args, ("dom", xdr_virt_domain))
class virt_domain_is_active_ret(xdr.Record):
    __slots__ = ("active", )
    def __init__(self, active: int) -> None:
        self.active = active
xdr_virt_domain_is_active_ret: Final = xdr.struct(virt_domain_is_active_ret, ("active", xdr.INT))
class virt_domain_is_active_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_is_active_ret:
        v: virt_domain_is_active_ret = self._arm("ok")
        return v
xdr_virt_domain_is_active_res: Final = xdr.union(virt_domain_is_active_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_is_active_ret)}, default=("error", xdr_virt_error))
class virt_domain_is_persistent_args(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_is_persistent_args: Final = xdr.struct(virt_domain_is_persistent_args, ("dom", xdr_virt_domain))
class virt_domain_is_persistent_ret(xdr.Record):
    __slots__ = ("persistent", )
    def __init__(self, persistent: int) -> None:
        self.persistent = persistent
xdr_virt_domain_is_persistent_ret: Final = xdr.struct(virt_domain_is_persistent_ret, ("persistent", xdr.INT))
class virt_domain_is_persistent_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_is_persistent_ret:
        v: virt_domain_is_persistent_ret = self._arm("ok")
        return v
xdr_virt_domain_is_persistent_res: Final = xdr.union(virt_domain_is_persistent_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_is_persistent_ret)}, default=("error", xdr_virt_error))
class virt_domain_is_updated_args(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_is_updated_args: Final = xdr.struct(virt_domain_is_updated_args, ("dom", xdr_virt_domain))
class virt_domain_is_updated_ret(xdr.Record):
    __slots__ = ("updated", )
    def __init__(self, updated: int) -> None:
        self.updated = updated
xdr_virt_domain_is_updated_ret: Final = xdr.struct(virt_domain_is_updated_ret, ("updated", xdr.INT))
class virt_domain_is_updated_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_is_updated_ret:
        v: virt_domain_is_updated_ret = self._arm("ok")
        return v
xdr_virt_domain_is_updated_res: Final = xdr.union(virt_domain_is_updated_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_is_updated_ret)}, default=("error", xdr_virt_error))
class virt_domain_create_with_flags_args(xdr.Record):
    __slots__ = ("dom", "flags", )
    def __init__(self, dom: virt_domain, flags: int) -> None:
        self.dom = dom
        self.flags = flags
xdr_virt_domain_create_with_flags_args: Final = xdr.struct(virt_domain_create_with_flags_args, ("dom", xdr_virt_domain), ("flags", xdr.UINT))
class virt_domain_create_with_flags_ret(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_create_with_flags_ret: Final = xdr.struct(virt_domain_create_with_flags_ret, ("dom", xdr_virt_domain))
class virt_domain_create_with_flags_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_create_with_flags_ret:
        v: virt_domain_create_with_flags_ret = self._arm("ok")
        return v
xdr_virt_domain_create_with_flags_res: Final = xdr.union(virt_domain_create_with_flags_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_create_with_flags_ret)}, default=("error", xdr_virt_error))
class virt_domain_undefine_flags_args(xdr.Record):
    __slots__ = ("dom", "flags", )
    def __init__(self, dom: virt_domain, flags: int) -> None:
        self.dom = dom
        self.flags = flags
xdr_virt_domain_undefine_flags_args: Final = xdr.struct(virt_domain_undefine_flags_args, ("dom", xdr_virt_domain), ("flags", xdr.UINT))
class virt_domain_destroy_flags_args(xdr.Record):
    __slots__ = ("dom", "flags", )
    def __init__(self, dom: virt_domain, flags: int) -> None:
        self.dom = dom
        self.flags = flags
xdr_virt_domain_destroy_flags_args: Final = xdr.struct(virt_domain_destroy_flags_args, ("dom", xdr_virt_domain), ("flags", xdr.UINT))
class virt_domain_reset_args(xdr.Record):
    __slots__ = ("dom", "flags", )
    def __init__(self, dom: virt_domain, flags: int) -> None:
        self.dom = dom
        self.flags = flags
xdr_virt_domain_reset_args: Final = xdr.struct(virt_domain_reset_args, ("dom", xdr_virt_domain), ("flags", xdr.UINT))
class virt_domain_shutdown_flags_args(xdr.Record):
    __slots__ = ("dom", "flags", )
    def __init__(self, dom: virt_domain, flags: int) -> None:
        self.dom = dom
        self.flags = flags
xdr_virt_domain_shutdown_flags_args: Final = xdr.struct(virt_domain_shutdown_flags_args, ("dom", xdr_virt_domain), ("flags", xdr.UINT))
class virt_domain_define_xml_flags_args(xdr.Record):
    __slots__ = ("xml", "flags", )
    def __init__(self, xml: virt_string, flags: int) -> None:
        self.xml = xml
        self.flags = flags
xdr_virt_domain_define_xml_flags_args: Final = xdr.struct(virt_domain_define_xml_flags_args, ("xml", xdr_virt_string), ("flags", xdr.UINT))
class virt_domain_define_xml_flags_ret(xdr.Record):
    __slots__ = ("dom", )
    def __init__(self, dom: virt_domain) -> None:
        self.dom = dom
xdr_virt_domain_define_xml_flags_ret: Final = xdr.struct(virt_domain_define_xml_flags_ret, ("dom", xdr_virt_domain))
class virt_domain_define_xml_flags_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_define_xml_flags_ret:
        v: virt_domain_define_xml_flags_ret = self._arm("ok")
        return v
xdr_virt_domain_define_xml_flags_res: Final = xdr.union(virt_domain_define_xml_flags_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_define_xml_flags_ret)}, default=("error", xdr_virt_error))
class virt_domain_rename_args(xdr.Record):
    __slots__ = ("dom", "new_name", "flags", )
    def __init__(self, dom: virt_domain, new_name: virt_opt_string, flags: int) -> None:
        self.dom = dom
        self.new_name = new_name
        self.flags = flags
xdr_virt_domain_rename_args: Final = xdr.struct(virt_domain_rename_args, ("dom", xdr_virt_domain), ("new_name", xdr_virt_opt_string), ("flags", xdr.UINT))
class virt_domain_rename_ret(xdr.Record):
    __slots__ = ("retcode", )
    def __init__(self, retcode: int) -> None:
        self.retcode = retcode
xdr_virt_domain_rename_ret: Final = xdr.struct(virt_domain_rename_ret, ("retcode", xdr.INT))
class virt_domain_rename_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_rename_ret:
        v: virt_domain_rename_ret = self._arm("ok")
        return v
xdr_virt_domain_rename_res: Final = xdr.union(virt_domain_rename_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_rename_ret)}, default=("error", xdr_virt_error))
class virt_domain_set_vcpus_flags_args(xdr.Record):
    __slots__ = ("dom", "nvcpus", "flags", )
    def __init__(self, dom: virt_domain, nvcpus: int, flags: int) -> None:
        self.dom = dom
        self.nvcpus = nvcpus
        self.flags = flags
xdr_virt_domain_set_vcpus_flags_args: Final = xdr.struct(virt_domain_set_vcpus_flags_args, ("dom", xdr_virt_domain), ("nvcpus", xdr.UINT), ("flags", xdr.UINT))
class virt_domain_get_vcpus_flags_args(xdr.Record):
    __slots__ = ("dom", "flags", )
    def __init__(self, dom: virt_domain, flags: int) -> None:
        self.dom = dom
        self.flags = flags
xdr_virt_domain_get_vcpus_flags_args: Final = xdr.struct(virt_domain_get_vcpus_flags_args, ("dom", xdr_virt_domain), ("flags", xdr.UINT))
class virt_domain_get_vcpus_flags_ret(xdr.Record):
    __slots__ = ("num", )
    def __init__(self, num: int) -> None:
        self.num = num
xdr_virt_domain_get_vcpus_flags_ret: Final = xdr.struct(virt_domain_get_vcpus_flags_ret, ("num", xdr.INT))
class virt_domain_get_vcpus_flags_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_get_vcpus_flags_ret:
        v: virt_domain_get_vcpus_flags_ret = self._arm("ok")
        return v
xdr_virt_domain_get_vcpus_flags_res: Final = xdr.union(virt_domain_get_vcpus_flags_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_get_vcpus_flags_ret)}, default=("error", xdr_virt_error))
class virt_domain_set_memory_flags_args(xdr.Record):
    __slots__ = ("dom", "memory", "flags", )
    def __init__(self, dom: virt_domain, memory: int, flags: int) -> None:
        self.dom = dom
        self.memory = memory
        self.flags = flags
xdr_virt_domain_set_memory_flags_args: Final = xdr.struct(virt_domain_set_memory_flags_args, ("dom", xdr_virt_domain), ("memory", xdr.UHYPER), ("flags", xdr.UINT))
class virt_domain_pin_vcpu_flags_args(xdr.Record):
    __slots__ = ("dom", "vcpu", "cpumap", "flags", )
    def __init__(self, dom: virt_domain, vcpu: int, cpumap: bytes, flags: int) -> None:
        self.dom = dom
        self.vcpu = vcpu
        self.cpumap = cpumap
        self.flags = flags
xdr_virt_domain_pin_vcpu_flags_args: Final = xdr.struct(virt_domain_pin_vcpu_flags_args, ("dom", xdr_virt_domain), ("vcpu", xdr.UINT), ("cpumap", xdr.opaque(VIRT_CPUMAP_MAX)), ("flags", xdr.UINT))
class virt_domain_get_vcpu_pin_info_args(xdr.Record):
    __slots__ = ("dom", "ncpumaps", "maplen", "flags", )
    def __init__(self, dom: virt_domain, ncpumaps: int, maplen: int, flags: int) -> None:
        self.dom = dom
        self.ncpumaps = ncpumaps
        self.maplen = maplen
        self.flags = flags
xdr_virt_domain_get_vcpu_pin_info_args: Final = xdr.struct(virt_domain_get_vcpu_pin_info_args, ("dom", xdr_virt_domain), ("ncpumaps", xdr.INT), ("maplen", xdr.INT), ("flags", xdr.UINT))
class virt_domain_get_vcpu_pin_info_ret(xdr.Record):
    __slots__ = ("cpumaps", "num", )
    def __init__(self, cpumaps: bytes, num: int) -> None:
        self.cpumaps = cpumaps
        self.num = num
xdr_virt_domain_get_vcpu_pin_info_ret: Final = xdr.struct(virt_domain_get_vcpu_pin_info_ret, ("cpumaps", xdr.opaque(VIRT_CPUMAPS_MAX)), ("num", xdr.INT))
class virt_domain_get_vcpu_pin_info_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_get_vcpu_pin_info_ret:
        v: virt_domain_get_vcpu_pin_info_ret = self._arm("ok")
        return v
xdr_virt_domain_get_vcpu_pin_info_res: Final = xdr.union(virt_domain_get_vcpu_pin_info_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_get_vcpu_pin_info_ret)}, default=("error", xdr_virt_error))
class virt_domain_managed_save_args(xdr.Record):
    __slots__ = ("dom", "flags", )
    def __init__(self, dom: virt_domain, flags: int) -> None:
        self.dom = dom
        self.flags = flags
xdr_virt_domain_managed_save_args: Final = xdr.struct(virt_domain_managed_save_args, ("dom", xdr_virt_domain), ("flags", xdr.UINT))
class virt_domain_has_managed_save_image_args(xdr.Record):
    __slots__ = ("dom", "flags", )
    def __init__(self, dom: virt_domain, flags: int) -> None:
        self.dom = dom
        self.flags = flags
xdr_virt_domain_has_managed_save_image_args: Final = xdr.struct(virt_domain_has_managed_save_image_args, ("dom", xdr_virt_domain), ("flags", xdr.UINT))
class virt_domain_has_managed_save_image_ret(xdr.Record):
    __slots__ = ("result", )
    def __init__(self, result: int) -> None:
        self.result = result
xdr_virt_domain_has_managed_save_image_ret: Final = xdr.struct(virt_domain_has_managed_save_image_ret, ("result", xdr.INT))
class virt_domain_has_managed_save_image_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_domain_has_managed_save_image_ret:
        v: virt_domain_has_managed_save_image_ret = self._arm("ok")
        return v
xdr_virt_domain_has_managed_save_image_res: Final = xdr.union(virt_domain_has_managed_save_image_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_domain_has_managed_save_image_ret)}, default=("error", xdr_virt_error))
class virt_domain_managed_save_remove_args(xdr.Record):
    __slots__ = ("dom", "flags", )
    def __init__(self, dom: virt_domain, flags: int) -> None:
        self.dom = dom
        self.flags = flags
xdr_virt_domain_managed_save_remove_args: Final = xdr.struct(virt_domain_managed_save_remove_args, ("dom", xdr_virt_domain), ("flags", xdr.UINT))
class virt_domain_save_flags_args(xdr.Record):
    __slots__ = ("dom", "to", "dxml", "flags", )
    def __init__(self, dom: virt_domain, to: virt_string, dxml: virt_opt_string, flags: int) -> None:
        self.dom = dom
        self.to = to
        self.dxml = dxml
        self.flags = flags
xdr_virt_domain_save_flags_args: Final = xdr.struct(virt_domain_save_flags_args, ("dom", xdr_virt_domain), ("to", xdr_virt_string), ("dxml", xdr_virt_opt_string), ("flags", xdr.UINT))
class virt_domain_restore_flags_args(xdr.Record):
    __slots__ = ("path", "dxml", "flags", )
    def __init__(self, path: virt_string, dxml: virt_opt_string, flags: int) -> None:
        self.path = path
        self.dxml = dxml
        self.flags = flags
xdr_virt_domain_restore_flags_args: Final = xdr.struct(virt_domain_restore_flags_args, ("path", xdr_virt_string), ("dxml", xdr_virt_opt_string), ("flags", xdr.UINT))
class virt_accept_stat(IntEnum):
    VIRT_ACCEPT_SUCCESS = 0
    VIRT_ACCEPT_PROC_UNAVAIL = 3
    VIRT_ACCEPT_GARBAGE_ARGS = 4
    VIRT_ACCEPT_SYSTEM_ERR = 5
VIRT_ACCEPT_SUCCESS: Final = virt_accept_stat.VIRT_ACCEPT_SUCCESS
VIRT_ACCEPT_PROC_UNAVAIL: Final = virt_accept_stat.VIRT_ACCEPT_PROC_UNAVAIL
VIRT_ACCEPT_GARBAGE_ARGS: Final = virt_accept_stat.VIRT_ACCEPT_GARBAGE_ARGS
VIRT_ACCEPT_SYSTEM_ERR: Final = virt_accept_stat.VIRT_ACCEPT_SYSTEM_ERR
xdr_virt_accept_stat: Final = xdr.enum(virt_accept_stat)
class virt_batch_item(xdr.Record):
    __slots__ = ("procedure", "args", )
    def __init__(self, procedure: int, args: bytes) -> None:
        self.procedure = procedure
        self.args = args
xdr_virt_batch_item: Final = xdr.struct(virt_batch_item, ("procedure", xdr.UINT), ("args", xdr.opaque()))
class virt_batch_result(xdr.Record):
    __slots__ = ("accept_stat", "result", )
    def __init__(self, accept_stat: int, result: bytes) -> None:
        self.accept_stat = accept_stat
        self.result = result
xdr_virt_batch_result: Final = xdr.struct(virt_batch_result, ("accept_stat", xdr.UINT), ("result", xdr.opaque()))
class virt_batch_args(xdr.Record):
    __slots__ = ("items", "stop_on_error", "cursor", "max_events", )
    def __init__(self, items: list[virt_batch_item], stop_on_error: bool, cursor: virt_cursor, max_events: int) -> None:
        self.items = items
        self.stop_on_error = stop_on_error
        self.cursor = cursor
        self.max_events = max_events
xdr_virt_batch_args: Final = xdr.struct(virt_batch_args, ("items", xdr.varray(xdr_virt_batch_item, VIRT_BATCH_MAX)), ("stop_on_error", xdr.BOOL), ("cursor", xdr_virt_cursor), ("max_events", xdr.UINT))
class virt_batch_ret(xdr.Record):
    __slots__ = ("results", "events", "cursor", "lost", )
    def __init__(self, results: list[virt_batch_result], events: list[virt_event], cursor: virt_cursor, lost: bool) -> None:
        self.results = results
        self.events = events
        self.cursor = cursor
        self.lost = lost
xdr_virt_batch_ret: Final = xdr.struct(virt_batch_ret, ("results", xdr.varray(xdr_virt_batch_result, VIRT_BATCH_MAX)), ("events", xdr.varray(xdr_virt_event, VIRT_EVENTS_MAX)), ("cursor", xdr_virt_cursor), ("lost", xdr.BOOL))
class virt_batch_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_batch_ret:
        v: virt_batch_ret = self._arm("ok")
        return v
xdr_virt_batch_res: Final = xdr.union(virt_batch_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_batch_ret)}, default=("error", xdr_virt_error))
class virt_events_args(xdr.Record):
    __slots__ = ("cursor", "max", "wait_ms", )
    def __init__(self, cursor: virt_cursor, max: int, wait_ms: int) -> None:
        self.cursor = cursor
        self.max = max
        self.wait_ms = wait_ms
xdr_virt_events_args: Final = xdr.struct(virt_events_args, ("cursor", xdr_virt_cursor), ("max", xdr.UINT), ("wait_ms", xdr.UINT))
class virt_events_ret(xdr.Record):
    __slots__ = ("events", "cursor", "lost", )
    def __init__(self, events: list[virt_event], cursor: virt_cursor, lost: bool) -> None:
        self.events = events
        self.cursor = cursor
        self.lost = lost
xdr_virt_events_ret: Final = xdr.struct(virt_events_ret, ("events", xdr.varray(xdr_virt_event, VIRT_EVENTS_MAX)), ("cursor", xdr_virt_cursor), ("lost", xdr.BOOL))
class virt_events_res(xdr.Union):
    __slots__ = ()
    def __init__(self, status: virt_status, value: Any = None) -> None: super().__init__(status, value)
    @property
    def status(self) -> virt_status:
        v: virt_status = self.discriminant
        return v
    @property
    def error(self) -> virt_error:
        v: virt_error = self._arm("error")
        return v
    @property
    def ok(self) -> virt_events_ret:
        v: virt_events_ret = self._arm("ok")
        return v
xdr_virt_events_res: Final = xdr.union(virt_events_res, xdr_virt_status, {VIRT_OK: ("ok", xdr_virt_events_ret)}, default=("error", xdr_virt_error))
VIRT_PROGRAM: Final = 0x20070125
VIRT_V1: Final = 1
VIRT_CONNECT_OPEN: Final = 1
_VIRT_V1_VIRT_CONNECT_OPEN: Final = Procedure(1, "VIRT_CONNECT_OPEN", xdr_virt_connect_open_args, xdr_virt_void_res, (('right', 'read'), ('flags', '0x3')), 1, VIRT_OK)
VIRT_CONNECT_CLOSE: Final = 2
_VIRT_V1_VIRT_CONNECT_CLOSE: Final = Procedure(2, "VIRT_CONNECT_CLOSE", xdr.VOID, xdr_virt_void_res, (('right', 'read'),), 0, VIRT_OK)
VIRT_CONNECT_GET_TYPE: Final = 3
_VIRT_V1_VIRT_CONNECT_GET_TYPE: Final = Procedure(3, "VIRT_CONNECT_GET_TYPE", xdr.VOID, xdr_virt_connect_get_type_res, (('right', 'read'),), 0, VIRT_OK)
VIRT_CONNECT_GET_VERSION: Final = 4
_VIRT_V1_VIRT_CONNECT_GET_VERSION: Final = Procedure(4, "VIRT_CONNECT_GET_VERSION", xdr.VOID, xdr_virt_connect_get_version_res, (('right', 'read'),), 0, VIRT_OK)
VIRT_CONNECT_GET_MAX_VCPUS: Final = 5
_VIRT_V1_VIRT_CONNECT_GET_MAX_VCPUS: Final = Procedure(5, "VIRT_CONNECT_GET_MAX_VCPUS", xdr_virt_connect_get_max_vcpus_args, xdr_virt_connect_get_max_vcpus_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_NODE_GET_INFO: Final = 6
_VIRT_V1_VIRT_NODE_GET_INFO: Final = Procedure(6, "VIRT_NODE_GET_INFO", xdr.VOID, xdr_virt_node_get_info_res, (('right', 'read'),), 0, VIRT_OK)
VIRT_CONNECT_GET_CAPABILITIES: Final = 7
_VIRT_V1_VIRT_CONNECT_GET_CAPABILITIES: Final = Procedure(7, "VIRT_CONNECT_GET_CAPABILITIES", xdr.VOID, xdr_virt_connect_get_capabilities_res, (('right', 'read'),), 0, VIRT_OK)
VIRT_DOMAIN_ATTACH_DEVICE: Final = 8
_VIRT_V1_VIRT_DOMAIN_ATTACH_DEVICE: Final = Procedure(8, "VIRT_DOMAIN_ATTACH_DEVICE", xdr_virt_domain_attach_device_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_DOMAIN_CREATE: Final = 9
_VIRT_V1_VIRT_DOMAIN_CREATE: Final = Procedure(9, "VIRT_DOMAIN_CREATE", xdr_virt_domain_create_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_DOMAIN_CREATE_XML: Final = 10
_VIRT_V1_VIRT_DOMAIN_CREATE_XML: Final = Procedure(10, "VIRT_DOMAIN_CREATE_XML", xdr_virt_domain_create_xml_args, xdr_virt_domain_create_xml_res, (('right', 'write'), ('flags', '0x33')), 1, VIRT_OK)
VIRT_DOMAIN_DEFINE_XML: Final = 11
_VIRT_V1_VIRT_DOMAIN_DEFINE_XML: Final = Procedure(11, "VIRT_DOMAIN_DEFINE_XML", xdr_virt_domain_define_xml_args, xdr_virt_domain_define_xml_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_DOMAIN_DESTROY: Final = 12
_VIRT_V1_VIRT_DOMAIN_DESTROY: Final = Procedure(12, "VIRT_DOMAIN_DESTROY", xdr_virt_domain_destroy_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_DOMAIN_DETACH_DEVICE: Final = 13
_VIRT_V1_VIRT_DOMAIN_DETACH_DEVICE: Final = Procedure(13, "VIRT_DOMAIN_DETACH_DEVICE", xdr_virt_domain_detach_device_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_DOMAIN_GET_XML_DESC: Final = 14
_VIRT_V1_VIRT_DOMAIN_GET_XML_DESC: Final = Procedure(14, "VIRT_DOMAIN_GET_XML_DESC", xdr_virt_domain_get_xml_desc_args, xdr_virt_domain_get_xml_desc_res, (('right', 'read'), ('flag', '0x1 write'), ('flag', '0x8 write'), ('flags', '0xf')), 1, VIRT_OK)
VIRT_DOMAIN_GET_AUTOSTART: Final = 15
_VIRT_V1_VIRT_DOMAIN_GET_AUTOSTART: Final = Procedure(15, "VIRT_DOMAIN_GET_AUTOSTART", xdr_virt_domain_get_autostart_args, xdr_virt_domain_get_autostart_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_DOMAIN_GET_INFO: Final = 16
_VIRT_V1_VIRT_DOMAIN_GET_INFO: Final = Procedure(16, "VIRT_DOMAIN_GET_INFO", xdr_virt_domain_get_info_args, xdr_virt_domain_get_info_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_DOMAIN_GET_MAX_MEMORY: Final = 17
_VIRT_V1_VIRT_DOMAIN_GET_MAX_MEMORY: Final = Procedure(17, "VIRT_DOMAIN_GET_MAX_MEMORY", xdr_virt_domain_get_max_memory_args, xdr_virt_domain_get_max_memory_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_DOMAIN_GET_MAX_VCPUS: Final = 18
_VIRT_V1_VIRT_DOMAIN_GET_MAX_VCPUS: Final = Procedure(18, "VIRT_DOMAIN_GET_MAX_VCPUS", xdr_virt_domain_get_max_vcpus_args, xdr_virt_domain_get_max_vcpus_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_DOMAIN_GET_OS_TYPE: Final = 19
_VIRT_V1_VIRT_DOMAIN_GET_OS_TYPE: Final = Procedure(19, "VIRT_DOMAIN_GET_OS_TYPE", xdr_virt_domain_get_os_type_args, xdr_virt_domain_get_os_type_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_DOMAIN_GET_VCPUS: Final = 20
_VIRT_V1_VIRT_DOMAIN_GET_VCPUS: Final = Procedure(20, "VIRT_DOMAIN_GET_VCPUS", xdr_virt_domain_get_vcpus_args, xdr_virt_domain_get_vcpus_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_CONNECT_LIST_DEFINED_DOMAINS: Final = 21
_VIRT_V1_VIRT_CONNECT_LIST_DEFINED_DOMAINS: Final = Procedure(21, "VIRT_CONNECT_LIST_DEFINED_DOMAINS", xdr_virt_connect_list_defined_domains_args, xdr_virt_connect_list_defined_domains_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_DOMAIN_LOOKUP_BY_ID: Final = 22
_VIRT_V1_VIRT_DOMAIN_LOOKUP_BY_ID: Final = Procedure(22, "VIRT_DOMAIN_LOOKUP_BY_ID", xdr_virt_domain_lookup_by_id_args, xdr_virt_domain_lookup_by_id_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_DOMAIN_LOOKUP_BY_NAME: Final = 23
_VIRT_V1_VIRT_DOMAIN_LOOKUP_BY_NAME: Final = Procedure(23, "VIRT_DOMAIN_LOOKUP_BY_NAME", xdr_virt_domain_lookup_by_name_args, xdr_virt_domain_lookup_by_name_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_DOMAIN_LOOKUP_BY_UUID: Final = 24
_VIRT_V1_VIRT_DOMAIN_LOOKUP_BY_UUID: Final = Procedure(24, "VIRT_DOMAIN_LOOKUP_BY_UUID", xdr_virt_domain_lookup_by_uuid_args, xdr_virt_domain_lookup_by_uuid_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_CONNECT_NUM_OF_DEFINED_DOMAINS: Final = 25
_VIRT_V1_VIRT_CONNECT_NUM_OF_DEFINED_DOMAINS: Final = Procedure(25, "VIRT_CONNECT_NUM_OF_DEFINED_DOMAINS", xdr.VOID, xdr_virt_connect_num_of_defined_domains_res, (('right', 'read'),), 0, VIRT_OK)
VIRT_DOMAIN_PIN_VCPU: Final = 26
_VIRT_V1_VIRT_DOMAIN_PIN_VCPU: Final = Procedure(26, "VIRT_DOMAIN_PIN_VCPU", xdr_virt_domain_pin_vcpu_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_DOMAIN_REBOOT: Final = 27
_VIRT_V1_VIRT_DOMAIN_REBOOT: Final = Procedure(27, "VIRT_DOMAIN_REBOOT", xdr_virt_domain_reboot_args, xdr_virt_void_res, (('right', 'write'), ('flags', '0x1f')), 1, VIRT_OK)
VIRT_DOMAIN_RESUME: Final = 28
_VIRT_V1_VIRT_DOMAIN_RESUME: Final = Procedure(28, "VIRT_DOMAIN_RESUME", xdr_virt_domain_resume_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_DOMAIN_SET_AUTOSTART: Final = 29
_VIRT_V1_VIRT_DOMAIN_SET_AUTOSTART: Final = Procedure(29, "VIRT_DOMAIN_SET_AUTOSTART", xdr_virt_domain_set_autostart_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_DOMAIN_SET_MAX_MEMORY: Final = 30
_VIRT_V1_VIRT_DOMAIN_SET_MAX_MEMORY: Final = Procedure(30, "VIRT_DOMAIN_SET_MAX_MEMORY", xdr_virt_domain_set_max_memory_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_DOMAIN_SET_MEMORY: Final = 31
_VIRT_V1_VIRT_DOMAIN_SET_MEMORY: Final = Procedure(31, "VIRT_DOMAIN_SET_MEMORY", xdr_virt_domain_set_memory_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_DOMAIN_SET_VCPUS: Final = 32
_VIRT_V1_VIRT_DOMAIN_SET_VCPUS: Final = Procedure(32, "VIRT_DOMAIN_SET_VCPUS", xdr_virt_domain_set_vcpus_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_DOMAIN_SHUTDOWN: Final = 33
_VIRT_V1_VIRT_DOMAIN_SHUTDOWN: Final = Procedure(33, "VIRT_DOMAIN_SHUTDOWN", xdr_virt_domain_shutdown_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_DOMAIN_SUSPEND: Final = 34
_VIRT_V1_VIRT_DOMAIN_SUSPEND: Final = Procedure(34, "VIRT_DOMAIN_SUSPEND", xdr_virt_domain_suspend_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_DOMAIN_UNDEFINE: Final = 35
_VIRT_V1_VIRT_DOMAIN_UNDEFINE: Final = Procedure(35, "VIRT_DOMAIN_UNDEFINE", xdr_virt_domain_undefine_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_CONNECT_LIST_DEFINED_NETWORKS: Final = 36
_VIRT_V1_VIRT_CONNECT_LIST_DEFINED_NETWORKS: Final = Procedure(36, "VIRT_CONNECT_LIST_DEFINED_NETWORKS", xdr_virt_connect_list_defined_networks_args, xdr_virt_connect_list_defined_networks_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_CONNECT_LIST_DOMAINS: Final = 37
_VIRT_V1_VIRT_CONNECT_LIST_DOMAINS: Final = Procedure(37, "VIRT_CONNECT_LIST_DOMAINS", xdr_virt_connect_list_domains_args, xdr_virt_connect_list_domains_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_CONNECT_LIST_NETWORKS: Final = 38
_VIRT_V1_VIRT_CONNECT_LIST_NETWORKS: Final = Procedure(38, "VIRT_CONNECT_LIST_NETWORKS", xdr_virt_connect_list_networks_args, xdr_virt_connect_list_networks_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_NETWORK_CREATE: Final = 39
_VIRT_V1_VIRT_NETWORK_CREATE: Final = Procedure(39, "VIRT_NETWORK_CREATE", xdr_virt_network_create_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_NETWORK_CREATE_XML: Final = 40
_VIRT_V1_VIRT_NETWORK_CREATE_XML: Final = Procedure(40, "VIRT_NETWORK_CREATE_XML", xdr_virt_network_create_xml_args, xdr_virt_network_create_xml_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_NETWORK_DEFINE_XML: Final = 41
_VIRT_V1_VIRT_NETWORK_DEFINE_XML: Final = Procedure(41, "VIRT_NETWORK_DEFINE_XML", xdr_virt_network_define_xml_args, xdr_virt_network_define_xml_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_NETWORK_DESTROY: Final = 42
_VIRT_V1_VIRT_NETWORK_DESTROY: Final = Procedure(42, "VIRT_NETWORK_DESTROY", xdr_virt_network_destroy_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_NETWORK_GET_XML_DESC: Final = 43
_VIRT_V1_VIRT_NETWORK_GET_XML_DESC: Final = Procedure(43, "VIRT_NETWORK_GET_XML_DESC", xdr_virt_network_get_xml_desc_args, xdr_virt_network_get_xml_desc_res, (('right', 'read'), ('flags', '0x1')), 1, VIRT_OK)
VIRT_NETWORK_GET_AUTOSTART: Final = 44
_VIRT_V1_VIRT_NETWORK_GET_AUTOSTART: Final = Procedure(44, "VIRT_NETWORK_GET_AUTOSTART", xdr_virt_network_get_autostart_args, xdr_virt_network_get_autostart_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_NETWORK_GET_BRIDGE_NAME: Final = 45
_VIRT_V1_VIRT_NETWORK_GET_BRIDGE_NAME: Final = Procedure(45, "VIRT_NETWORK_GET_BRIDGE_NAME", xdr_virt_network_get_bridge_name_args, xdr_virt_network_get_bridge_name_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_NETWORK_LOOKUP_BY_NAME: Final = 46
_VIRT_V1_VIRT_NETWORK_LOOKUP_BY_NAME: Final = Procedure(46, "VIRT_NETWORK_LOOKUP_BY_NAME", xdr_virt_network_lookup_by_name_args, xdr_virt_network_lookup_by_name_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_NETWORK_LOOKUP_BY_UUID: Final = 47
_VIRT_V1_VIRT_NETWORK_LOOKUP_BY_UUID: Final = Procedure(47, "VIRT_NETWORK_LOOKUP_BY_UUID", xdr_virt_network_lookup_by_uuid_args, xdr_virt_network_lookup_by_uuid_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_NETWORK_SET_AUTOSTART: Final = 48
_VIRT_V1_VIRT_NETWORK_SET_AUTOSTART: Final = Procedure(48, "VIRT_NETWORK_SET_AUTOSTART", xdr_virt_network_set_autostart_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_NETWORK_UNDEFINE: Final = 49
_VIRT_V1_VIRT_NETWORK_UNDEFINE: Final = Procedure(49, "VIRT_NETWORK_UNDEFINE", xdr_virt_network_undefine_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_CONNECT_NUM_OF_DEFINED_NETWORKS: Final = 50
_VIRT_V1_VIRT_CONNECT_NUM_OF_DEFINED_NETWORKS: Final = Procedure(50, "VIRT_CONNECT_NUM_OF_DEFINED_NETWORKS", xdr.VOID, xdr_virt_connect_num_of_defined_networks_res, (('right', 'read'),), 0, VIRT_OK)
VIRT_CONNECT_NUM_OF_DOMAINS: Final = 51
_VIRT_V1_VIRT_CONNECT_NUM_OF_DOMAINS: Final = Procedure(51, "VIRT_CONNECT_NUM_OF_DOMAINS", xdr.VOID, xdr_virt_connect_num_of_domains_res, (('right', 'read'),), 0, VIRT_OK)
VIRT_CONNECT_NUM_OF_NETWORKS: Final = 52
_VIRT_V1_VIRT_CONNECT_NUM_OF_NETWORKS: Final = Procedure(52, "VIRT_CONNECT_NUM_OF_NETWORKS", xdr.VOID, xdr_virt_connect_num_of_networks_res, (('right', 'read'),), 0, VIRT_OK)
VIRT_DOMAIN_CORE_DUMP: Final = 53
_VIRT_V1_VIRT_DOMAIN_CORE_DUMP: Final = Procedure(53, "VIRT_DOMAIN_CORE_DUMP", xdr_virt_domain_core_dump_args, xdr_virt_void_res, (('right', 'write'), ('flags', '0x1f')), 1, VIRT_OK)
VIRT_DOMAIN_RESTORE: Final = 54
_VIRT_V1_VIRT_DOMAIN_RESTORE: Final = Procedure(54, "VIRT_DOMAIN_RESTORE", xdr_virt_domain_restore_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_DOMAIN_SAVE: Final = 55
_VIRT_V1_VIRT_DOMAIN_SAVE: Final = Procedure(55, "VIRT_DOMAIN_SAVE", xdr_virt_domain_save_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_DOMAIN_GET_SCHEDULER_TYPE: Final = 56
_VIRT_V1_VIRT_DOMAIN_GET_SCHEDULER_TYPE: Final = Procedure(56, "VIRT_DOMAIN_GET_SCHEDULER_TYPE", xdr_virt_domain_get_scheduler_type_args, xdr_virt_domain_get_scheduler_type_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_DOMAIN_GET_SCHEDULER_PARAMETERS: Final = 57
_VIRT_V1_VIRT_DOMAIN_GET_SCHEDULER_PARAMETERS: Final = Procedure(57, "VIRT_DOMAIN_GET_SCHEDULER_PARAMETERS", xdr_virt_domain_get_scheduler_parameters_args, xdr_virt_domain_get_scheduler_parameters_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_DOMAIN_SET_SCHEDULER_PARAMETERS: Final = 58
_VIRT_V1_VIRT_DOMAIN_SET_SCHEDULER_PARAMETERS: Final = Procedure(58, "VIRT_DOMAIN_SET_SCHEDULER_PARAMETERS", xdr_virt_domain_set_scheduler_parameters_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
VIRT_CONNECT_GET_HOSTNAME: Final = 59
_VIRT_V1_VIRT_CONNECT_GET_HOSTNAME: Final = Procedure(59, "VIRT_CONNECT_GET_HOSTNAME", xdr.VOID, xdr_virt_connect_get_hostname_res, (('right', 'read'),), 0, VIRT_OK)
VIRT_V1_TABLE: Final = Program("VIRT_PROGRAM", 0x20070125, "VIRT_V1", 1, (_VIRT_V1_VIRT_CONNECT_OPEN, _VIRT_V1_VIRT_CONNECT_CLOSE, _VIRT_V1_VIRT_CONNECT_GET_TYPE, _VIRT_V1_VIRT_CONNECT_GET_VERSION, _VIRT_V1_VIRT_CONNECT_GET_MAX_VCPUS, _VIRT_V1_VIRT_NODE_GET_INFO, _VIRT_V1_VIRT_CONNECT_GET_CAPABILITIES, _VIRT_V1_VIRT_DOMAIN_ATTACH_DEVICE, _VIRT_V1_VIRT_DOMAIN_CREATE, _VIRT_V1_VIRT_DOMAIN_CREATE_XML, _VIRT_V1_VIRT_DOMAIN_DEFINE_XML, _VIRT_V1_VIRT_DOMAIN_DESTROY, _VIRT_V1_VIRT_DOMAIN_DETACH_DEVICE, _VIRT_V1_VIRT_DOMAIN_GET_XML_DESC, _VIRT_V1_VIRT_DOMAIN_GET_AUTOSTART, _VIRT_V1_VIRT_DOMAIN_GET_INFO, _VIRT_V1_VIRT_DOMAIN_GET_MAX_MEMORY, _VIRT_V1_VIRT_DOMAIN_GET_MAX_VCPUS, _VIRT_V1_VIRT_DOMAIN_GET_OS_TYPE, _VIRT_V1_VIRT_DOMAIN_GET_VCPUS, _VIRT_V1_VIRT_CONNECT_LIST_DEFINED_DOMAINS, _VIRT_V1_VIRT_DOMAIN_LOOKUP_BY_ID, _VIRT_V1_VIRT_DOMAIN_LOOKUP_BY_NAME, _VIRT_V1_VIRT_DOMAIN_LOOKUP_BY_UUID, _VIRT_V1_VIRT_CONNECT_NUM_OF_DEFINED_DOMAINS, _VIRT_V1_VIRT_DOMAIN_PIN_VCPU, _VIRT_V1_VIRT_DOMAIN_REBOOT, _VIRT_V1_VIRT_DOMAIN_RESUME, _VIRT_V1_VIRT_DOMAIN_SET_AUTOSTART, _VIRT_V1_VIRT_DOMAIN_SET_MAX_MEMORY, _VIRT_V1_VIRT_DOMAIN_SET_MEMORY, _VIRT_V1_VIRT_DOMAIN_SET_VCPUS, _VIRT_V1_VIRT_DOMAIN_SHUTDOWN, _VIRT_V1_VIRT_DOMAIN_SUSPEND, _VIRT_V1_VIRT_DOMAIN_UNDEFINE, _VIRT_V1_VIRT_CONNECT_LIST_DEFINED_NETWORKS, _VIRT_V1_VIRT_CONNECT_LIST_DOMAINS, _VIRT_V1_VIRT_CONNECT_LIST_NETWORKS, _VIRT_V1_VIRT_NETWORK_CREATE, _VIRT_V1_VIRT_NETWORK_CREATE_XML, _VIRT_V1_VIRT_NETWORK_DEFINE_XML, _VIRT_V1_VIRT_NETWORK_DESTROY, _VIRT_V1_VIRT_NETWORK_GET_XML_DESC, _VIRT_V1_VIRT_NETWORK_GET_AUTOSTART, _VIRT_V1_VIRT_NETWORK_GET_BRIDGE_NAME, _VIRT_V1_VIRT_NETWORK_LOOKUP_BY_NAME, _VIRT_V1_VIRT_NETWORK_LOOKUP_BY_UUID, _VIRT_V1_VIRT_NETWORK_SET_AUTOSTART, _VIRT_V1_VIRT_NETWORK_UNDEFINE, _VIRT_V1_VIRT_CONNECT_NUM_OF_DEFINED_NETWORKS, _VIRT_V1_VIRT_CONNECT_NUM_OF_DOMAINS, _VIRT_V1_VIRT_CONNECT_NUM_OF_NETWORKS, _VIRT_V1_VIRT_DOMAIN_CORE_DUMP, _VIRT_V1_VIRT_DOMAIN_RESTORE, _VIRT_V1_VIRT_DOMAIN_SAVE, _VIRT_V1_VIRT_DOMAIN_GET_SCHEDULER_TYPE, _VIRT_V1_VIRT_DOMAIN_GET_SCHEDULER_PARAMETERS, _VIRT_V1_VIRT_DOMAIN_SET_SCHEDULER_PARAMETERS, _VIRT_V1_VIRT_CONNECT_GET_HOSTNAME,))
class VIRT_V1_Client:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller
    def virt_connect_open(self, args: virt_connect_open_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_CONNECT_OPEN, args, timeout_s=timeout_s)
    def virt_connect_close(self, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_CONNECT_CLOSE, timeout_s=timeout_s)
    def virt_connect_get_type(self, *, timeout_s: float | None = None) -> virt_connect_get_type_res:
        return self._caller.call(_VIRT_V1_VIRT_CONNECT_GET_TYPE, timeout_s=timeout_s)
    def virt_connect_get_version(self, *, timeout_s: float | None = None) -> virt_connect_get_version_res:
        return self._caller.call(_VIRT_V1_VIRT_CONNECT_GET_VERSION, timeout_s=timeout_s)
    def virt_connect_get_max_vcpus(self, args: virt_connect_get_max_vcpus_args, *, timeout_s: float | None = None) -> virt_connect_get_max_vcpus_res:
        return self._caller.call(_VIRT_V1_VIRT_CONNECT_GET_MAX_VCPUS, args, timeout_s=timeout_s)
    def virt_node_get_info(self, *, timeout_s: float | None = None) -> virt_node_get_info_res:
        return self._caller.call(_VIRT_V1_VIRT_NODE_GET_INFO, timeout_s=timeout_s)
    def virt_connect_get_capabilities(self, *, timeout_s: float | None = None) -> virt_connect_get_capabilities_res:
        return self._caller.call(_VIRT_V1_VIRT_CONNECT_GET_CAPABILITIES, timeout_s=timeout_s)
    def virt_domain_attach_device(self, args: virt_domain_attach_device_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_ATTACH_DEVICE, args, timeout_s=timeout_s)
    def virt_domain_create(self, args: virt_domain_create_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_CREATE, args, timeout_s=timeout_s)
    def virt_domain_create_xml(self, args: virt_domain_create_xml_args, *, timeout_s: float | None = None) -> virt_domain_create_xml_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_CREATE_XML, args, timeout_s=timeout_s)
    def virt_domain_define_xml(self, args: virt_domain_define_xml_args, *, timeout_s: float | None = None) -> virt_domain_define_xml_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_DEFINE_XML, args, timeout_s=timeout_s)
    def virt_domain_destroy(self, args: virt_domain_destroy_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_DESTROY, args, timeout_s=timeout_s)
    def virt_domain_detach_device(self, args: virt_domain_detach_device_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_DETACH_DEVICE, args, timeout_s=timeout_s)
    def virt_domain_get_xml_desc(self, args: virt_domain_get_xml_desc_args, *, timeout_s: float | None = None) -> virt_domain_get_xml_desc_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_XML_DESC, args, timeout_s=timeout_s)
    def virt_domain_get_autostart(self, args: virt_domain_get_autostart_args, *, timeout_s: float | None = None) -> virt_domain_get_autostart_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_AUTOSTART, args, timeout_s=timeout_s)
    def virt_domain_get_info(self, args: virt_domain_get_info_args, *, timeout_s: float | None = None) -> virt_domain_get_info_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_INFO, args, timeout_s=timeout_s)
    def virt_domain_get_max_memory(self, args: virt_domain_get_max_memory_args, *, timeout_s: float | None = None) -> virt_domain_get_max_memory_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_MAX_MEMORY, args, timeout_s=timeout_s)
    def virt_domain_get_max_vcpus(self, args: virt_domain_get_max_vcpus_args, *, timeout_s: float | None = None) -> virt_domain_get_max_vcpus_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_MAX_VCPUS, args, timeout_s=timeout_s)
    def virt_domain_get_os_type(self, args: virt_domain_get_os_type_args, *, timeout_s: float | None = None) -> virt_domain_get_os_type_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_OS_TYPE, args, timeout_s=timeout_s)
    def virt_domain_get_vcpus(self, args: virt_domain_get_vcpus_args, *, timeout_s: float | None = None) -> virt_domain_get_vcpus_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_VCPUS, args, timeout_s=timeout_s)
    def virt_connect_list_defined_domains(self, args: virt_connect_list_defined_domains_args, *, timeout_s: float | None = None) -> virt_connect_list_defined_domains_res:
        return self._caller.call(_VIRT_V1_VIRT_CONNECT_LIST_DEFINED_DOMAINS, args, timeout_s=timeout_s)
    def virt_domain_lookup_by_id(self, args: virt_domain_lookup_by_id_args, *, timeout_s: float | None = None) -> virt_domain_lookup_by_id_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_LOOKUP_BY_ID, args, timeout_s=timeout_s)
    def virt_domain_lookup_by_name(self, args: virt_domain_lookup_by_name_args, *, timeout_s: float | None = None) -> virt_domain_lookup_by_name_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_LOOKUP_BY_NAME, args, timeout_s=timeout_s)
    def virt_domain_lookup_by_uuid(self, args: virt_domain_lookup_by_uuid_args, *, timeout_s: float | None = None) -> virt_domain_lookup_by_uuid_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_LOOKUP_BY_UUID, args, timeout_s=timeout_s)
    def virt_connect_num_of_defined_domains(self, *, timeout_s: float | None = None) -> virt_connect_num_of_defined_domains_res:
        return self._caller.call(_VIRT_V1_VIRT_CONNECT_NUM_OF_DEFINED_DOMAINS, timeout_s=timeout_s)
    def virt_domain_pin_vcpu(self, args: virt_domain_pin_vcpu_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_PIN_VCPU, args, timeout_s=timeout_s)
    def virt_domain_reboot(self, args: virt_domain_reboot_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_REBOOT, args, timeout_s=timeout_s)
    def virt_domain_resume(self, args: virt_domain_resume_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_RESUME, args, timeout_s=timeout_s)
    def virt_domain_set_autostart(self, args: virt_domain_set_autostart_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_SET_AUTOSTART, args, timeout_s=timeout_s)
    def virt_domain_set_max_memory(self, args: virt_domain_set_max_memory_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_SET_MAX_MEMORY, args, timeout_s=timeout_s)
    def virt_domain_set_memory(self, args: virt_domain_set_memory_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_SET_MEMORY, args, timeout_s=timeout_s)
    def virt_domain_set_vcpus(self, args: virt_domain_set_vcpus_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_SET_VCPUS, args, timeout_s=timeout_s)
    def virt_domain_shutdown(self, args: virt_domain_shutdown_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_SHUTDOWN, args, timeout_s=timeout_s)
    def virt_domain_suspend(self, args: virt_domain_suspend_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_SUSPEND, args, timeout_s=timeout_s)
    def virt_domain_undefine(self, args: virt_domain_undefine_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_UNDEFINE, args, timeout_s=timeout_s)
    def virt_connect_list_defined_networks(self, args: virt_connect_list_defined_networks_args, *, timeout_s: float | None = None) -> virt_connect_list_defined_networks_res:
        return self._caller.call(_VIRT_V1_VIRT_CONNECT_LIST_DEFINED_NETWORKS, args, timeout_s=timeout_s)
    def virt_connect_list_domains(self, args: virt_connect_list_domains_args, *, timeout_s: float | None = None) -> virt_connect_list_domains_res:
        return self._caller.call(_VIRT_V1_VIRT_CONNECT_LIST_DOMAINS, args, timeout_s=timeout_s)
    def virt_connect_list_networks(self, args: virt_connect_list_networks_args, *, timeout_s: float | None = None) -> virt_connect_list_networks_res:
        return self._caller.call(_VIRT_V1_VIRT_CONNECT_LIST_NETWORKS, args, timeout_s=timeout_s)
    def virt_network_create(self, args: virt_network_create_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_NETWORK_CREATE, args, timeout_s=timeout_s)
    def virt_network_create_xml(self, args: virt_network_create_xml_args, *, timeout_s: float | None = None) -> virt_network_create_xml_res:
        return self._caller.call(_VIRT_V1_VIRT_NETWORK_CREATE_XML, args, timeout_s=timeout_s)
    def virt_network_define_xml(self, args: virt_network_define_xml_args, *, timeout_s: float | None = None) -> virt_network_define_xml_res:
        return self._caller.call(_VIRT_V1_VIRT_NETWORK_DEFINE_XML, args, timeout_s=timeout_s)
    def virt_network_destroy(self, args: virt_network_destroy_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_NETWORK_DESTROY, args, timeout_s=timeout_s)
    def virt_network_get_xml_desc(self, args: virt_network_get_xml_desc_args, *, timeout_s: float | None = None) -> virt_network_get_xml_desc_res:
        return self._caller.call(_VIRT_V1_VIRT_NETWORK_GET_XML_DESC, args, timeout_s=timeout_s)
    def virt_network_get_autostart(self, args: virt_network_get_autostart_args, *, timeout_s: float | None = None) -> virt_network_get_autostart_res:
        return self._caller.call(_VIRT_V1_VIRT_NETWORK_GET_AUTOSTART, args, timeout_s=timeout_s)
    def virt_network_get_bridge_name(self, args: virt_network_get_bridge_name_args, *, timeout_s: float | None = None) -> virt_network_get_bridge_name_res:
        return self._caller.call(_VIRT_V1_VIRT_NETWORK_GET_BRIDGE_NAME, args, timeout_s=timeout_s)
    def virt_network_lookup_by_name(self, args: virt_network_lookup_by_name_args, *, timeout_s: float | None = None) -> virt_network_lookup_by_name_res:
        return self._caller.call(_VIRT_V1_VIRT_NETWORK_LOOKUP_BY_NAME, args, timeout_s=timeout_s)
    def virt_network_lookup_by_uuid(self, args: virt_network_lookup_by_uuid_args, *, timeout_s: float | None = None) -> virt_network_lookup_by_uuid_res:
        return self._caller.call(_VIRT_V1_VIRT_NETWORK_LOOKUP_BY_UUID, args, timeout_s=timeout_s)
    def virt_network_set_autostart(self, args: virt_network_set_autostart_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_NETWORK_SET_AUTOSTART, args, timeout_s=timeout_s)
    def virt_network_undefine(self, args: virt_network_undefine_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_NETWORK_UNDEFINE, args, timeout_s=timeout_s)
    def virt_connect_num_of_defined_networks(self, *, timeout_s: float | None = None) -> virt_connect_num_of_defined_networks_res:
        return self._caller.call(_VIRT_V1_VIRT_CONNECT_NUM_OF_DEFINED_NETWORKS, timeout_s=timeout_s)
    def virt_connect_num_of_domains(self, *, timeout_s: float | None = None) -> virt_connect_num_of_domains_res:
        return self._caller.call(_VIRT_V1_VIRT_CONNECT_NUM_OF_DOMAINS, timeout_s=timeout_s)
    def virt_connect_num_of_networks(self, *, timeout_s: float | None = None) -> virt_connect_num_of_networks_res:
        return self._caller.call(_VIRT_V1_VIRT_CONNECT_NUM_OF_NETWORKS, timeout_s=timeout_s)
    def virt_domain_core_dump(self, args: virt_domain_core_dump_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_CORE_DUMP, args, timeout_s=timeout_s)
    def virt_domain_restore(self, args: virt_domain_restore_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_RESTORE, args, timeout_s=timeout_s)
    def virt_domain_save(self, args: virt_domain_save_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_SAVE, args, timeout_s=timeout_s)
    def virt_domain_get_scheduler_type(self, args: virt_domain_get_scheduler_type_args, *, timeout_s: float | None = None) -> virt_domain_get_scheduler_type_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_SCHEDULER_TYPE, args, timeout_s=timeout_s)
    def virt_domain_get_scheduler_parameters(self, args: virt_domain_get_scheduler_parameters_args, *, timeout_s: float | None = None) -> virt_domain_get_scheduler_parameters_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_SCHEDULER_PARAMETERS, args, timeout_s=timeout_s)
    def virt_domain_set_scheduler_parameters(self, args: virt_domain_set_scheduler_parameters_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V1_VIRT_DOMAIN_SET_SCHEDULER_PARAMETERS, args, timeout_s=timeout_s)
    def virt_connect_get_hostname(self, *, timeout_s: float | None = None) -> virt_connect_get_hostname_res:
        return self._caller.call(_VIRT_V1_VIRT_CONNECT_GET_HOSTNAME, timeout_s=timeout_s)
class VIRT_V1_AsyncClient:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller
    async def virt_connect_open(self, args: virt_connect_open_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_CONNECT_OPEN, args, timeout_s=timeout_s)
    async def virt_connect_close(self, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_CONNECT_CLOSE, timeout_s=timeout_s)
    async def virt_connect_get_type(self, *, timeout_s: float | None = None) -> virt_connect_get_type_res:
        return await self._caller.call(_VIRT_V1_VIRT_CONNECT_GET_TYPE, timeout_s=timeout_s)
    async def virt_connect_get_version(self, *, timeout_s: float | None = None) -> virt_connect_get_version_res:
        return await self._caller.call(_VIRT_V1_VIRT_CONNECT_GET_VERSION, timeout_s=timeout_s)
    async def virt_connect_get_max_vcpus(self, args: virt_connect_get_max_vcpus_args, *, timeout_s: float | None = None) -> virt_connect_get_max_vcpus_res:
        return await self._caller.call(_VIRT_V1_VIRT_CONNECT_GET_MAX_VCPUS, args, timeout_s=timeout_s)
    async def virt_node_get_info(self, *, timeout_s: float | None = None) -> virt_node_get_info_res:
        return await self._caller.call(_VIRT_V1_VIRT_NODE_GET_INFO, timeout_s=timeout_s)
    async def virt_connect_get_capabilities(self, *, timeout_s: float | None = None) -> virt_connect_get_capabilities_res:
        return await self._caller.call(_VIRT_V1_VIRT_CONNECT_GET_CAPABILITIES, timeout_s=timeout_s)
    async def virt_domain_attach_device(self, args: virt_domain_attach_device_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_ATTACH_DEVICE, args, timeout_s=timeout_s)
    async def virt_domain_create(self, args: virt_domain_create_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_CREATE, args, timeout_s=timeout_s)
    async def virt_domain_create_xml(self, args: virt_domain_create_xml_args, *, timeout_s: float | None = None) -> virt_domain_create_xml_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_CREATE_XML, args, timeout_s=timeout_s)
    async def virt_domain_define_xml(self, args: virt_domain_define_xml_args, *, timeout_s: float | None = None) -> virt_domain_define_xml_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_DEFINE_XML, args, timeout_s=timeout_s)
    async def virt_domain_destroy(self, args: virt_domain_destroy_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_DESTROY, args, timeout_s=timeout_s)
    async def virt_domain_detach_device(self, args: virt_domain_detach_device_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_DETACH_DEVICE, args, timeout_s=timeout_s)
    async def virt_domain_get_xml_desc(self, args: virt_domain_get_xml_desc_args, *, timeout_s: float | None = None) -> virt_domain_get_xml_desc_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_XML_DESC, args, timeout_s=timeout_s)
    async def virt_domain_get_autostart(self, args: virt_domain_get_autostart_args, *, timeout_s: float | None = None) -> virt_domain_get_autostart_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_AUTOSTART, args, timeout_s=timeout_s)
    async def virt_domain_get_info(self, args: virt_domain_get_info_args, *, timeout_s: float | None = None) -> virt_domain_get_info_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_INFO, args, timeout_s=timeout_s)
    async def virt_domain_get_max_memory(self, args: virt_domain_get_max_memory_args, *, timeout_s: float | None = None) -> virt_domain_get_max_memory_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_MAX_MEMORY, args, timeout_s=timeout_s)
    async def virt_domain_get_max_vcpus(self, args: virt_domain_get_max_vcpus_args, *, timeout_s: float | None = None) -> virt_domain_get_max_vcpus_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_MAX_VCPUS, args, timeout_s=timeout_s)
    async def virt_domain_get_os_type(self, args: virt_domain_get_os_type_args, *, timeout_s: float | None = None) -> virt_domain_get_os_type_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_OS_TYPE, args, timeout_s=timeout_s)
    async def virt_domain_get_vcpus(self, args: virt_domain_get_vcpus_args, *, timeout_s: float | None = None) -> virt_domain_get_vcpus_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_VCPUS, args, timeout_s=timeout_s)
    async def virt_connect_list_defined_domains(self, args: virt_connect_list_defined_domains_args, *, timeout_s: float | None = None) -> virt_connect_list_defined_domains_res:
        return await self._caller.call(_VIRT_V1_VIRT_CONNECT_LIST_DEFINED_DOMAINS, args, timeout_s=timeout_s)
    async def virt_domain_lookup_by_id(self, args: virt_domain_lookup_by_id_args, *, timeout_s: float | None = None) -> virt_domain_lookup_by_id_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_LOOKUP_BY_ID, args, timeout_s=timeout_s)
    async def virt_domain_lookup_by_name(self, args: virt_domain_lookup_by_name_args, *, timeout_s: float | None = None) -> virt_domain_lookup_by_name_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_LOOKUP_BY_NAME, args, timeout_s=timeout_s)
    async def virt_domain_lookup_by_uuid(self, args: virt_domain_lookup_by_uuid_args, *, timeout_s: float | None = None) -> virt_domain_lookup_by_uuid_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_LOOKUP_BY_UUID, args, timeout_s=timeout_s)
    async def virt_connect_num_of_defined_domains(self, *, timeout_s: float | None = None) -> virt_connect_num_of_defined_domains_res:
        return await self._caller.call(_VIRT_V1_VIRT_CONNECT_NUM_OF_DEFINED_DOMAINS, timeout_s=timeout_s)
    async def virt_domain_pin_vcpu(self, args: virt_domain_pin_vcpu_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_PIN_VCPU, args, timeout_s=timeout_s)
    async def virt_domain_reboot(self, args: virt_domain_reboot_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_REBOOT, args, timeout_s=timeout_s)
    async def virt_domain_resume(self, args: virt_domain_resume_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_RESUME, args, timeout_s=timeout_s)
    async def virt_domain_set_autostart(self, args: virt_domain_set_autostart_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_SET_AUTOSTART, args, timeout_s=timeout_s)
    async def virt_domain_set_max_memory(self, args: virt_domain_set_max_memory_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_SET_MAX_MEMORY, args, timeout_s=timeout_s)
    async def virt_domain_set_memory(self, args: virt_domain_set_memory_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_SET_MEMORY, args, timeout_s=timeout_s)
    async def virt_domain_set_vcpus(self, args: virt_domain_set_vcpus_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_SET_VCPUS, args, timeout_s=timeout_s)
    async def virt_domain_shutdown(self, args: virt_domain_shutdown_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_SHUTDOWN, args, timeout_s=timeout_s)
    async def virt_domain_suspend(self, args: virt_domain_suspend_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_SUSPEND, args, timeout_s=timeout_s)
    async def virt_domain_undefine(self, args: virt_domain_undefine_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_UNDEFINE, args, timeout_s=timeout_s)
    async def virt_connect_list_defined_networks(self, args: virt_connect_list_defined_networks_args, *, timeout_s: float | None = None) -> virt_connect_list_defined_networks_res:
        return await self._caller.call(_VIRT_V1_VIRT_CONNECT_LIST_DEFINED_NETWORKS, args, timeout_s=timeout_s)
    async def virt_connect_list_domains(self, args: virt_connect_list_domains_args, *, timeout_s: float | None = None) -> virt_connect_list_domains_res:
        return await self._caller.call(_VIRT_V1_VIRT_CONNECT_LIST_DOMAINS, args, timeout_s=timeout_s)
    async def virt_connect_list_networks(self, args: virt_connect_list_networks_args, *, timeout_s: float | None = None) -> virt_connect_list_networks_res:
        return await self._caller.call(_VIRT_V1_VIRT_CONNECT_LIST_NETWORKS, args, timeout_s=timeout_s)
    async def virt_network_create(self, args: virt_network_create_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_NETWORK_CREATE, args, timeout_s=timeout_s)
    async def virt_network_create_xml(self, args: virt_network_create_xml_args, *, timeout_s: float | None = None) -> virt_network_create_xml_res:
        return await self._caller.call(_VIRT_V1_VIRT_NETWORK_CREATE_XML, args, timeout_s=timeout_s)
    async def virt_network_define_xml(self, args: virt_network_define_xml_args, *, timeout_s: float | None = None) -> virt_network_define_xml_res:
        return await self._caller.call(_VIRT_V1_VIRT_NETWORK_DEFINE_XML, args, timeout_s=timeout_s)
    async def virt_network_destroy(self, args: virt_network_destroy_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_NETWORK_DESTROY, args, timeout_s=timeout_s)
    async def virt_network_get_xml_desc(self, args: virt_network_get_xml_desc_args, *, timeout_s: float | None = None) -> virt_network_get_xml_desc_res:
        return await self._caller.call(_VIRT_V1_VIRT_NETWORK_GET_XML_DESC, args, timeout_s=timeout_s)
    async def virt_network_get_autostart(self, args: virt_network_get_autostart_args, *, timeout_s: float | None = None) -> virt_network_get_autostart_res:
        return await self._caller.call(_VIRT_V1_VIRT_NETWORK_GET_AUTOSTART, args, timeout_s=timeout_s)
    async def virt_network_get_bridge_name(self, args: virt_network_get_bridge_name_args, *, timeout_s: float | None = None) -> virt_network_get_bridge_name_res:
        return await self._caller.call(_VIRT_V1_VIRT_NETWORK_GET_BRIDGE_NAME, args, timeout_s=timeout_s)
    async def virt_network_lookup_by_name(self, args: virt_network_lookup_by_name_args, *, timeout_s: float | None = None) -> virt_network_lookup_by_name_res:
        return await self._caller.call(_VIRT_V1_VIRT_NETWORK_LOOKUP_BY_NAME, args, timeout_s=timeout_s)
    async def virt_network_lookup_by_uuid(self, args: virt_network_lookup_by_uuid_args, *, timeout_s: float | None = None) -> virt_network_lookup_by_uuid_res:
        return await self._caller.call(_VIRT_V1_VIRT_NETWORK_LOOKUP_BY_UUID, args, timeout_s=timeout_s)
    async def virt_network_set_autostart(self, args: virt_network_set_autostart_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_NETWORK_SET_AUTOSTART, args, timeout_s=timeout_s)
    async def virt_network_undefine(self, args: virt_network_undefine_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_NETWORK_UNDEFINE, args, timeout_s=timeout_s)
    async def virt_connect_num_of_defined_networks(self, *, timeout_s: float | None = None) -> virt_connect_num_of_defined_networks_res:
        return await self._caller.call(_VIRT_V1_VIRT_CONNECT_NUM_OF_DEFINED_NETWORKS, timeout_s=timeout_s)
    async def virt_connect_num_of_domains(self, *, timeout_s: float | None = None) -> virt_connect_num_of_domains_res:
        return await self._caller.call(_VIRT_V1_VIRT_CONNECT_NUM_OF_DOMAINS, timeout_s=timeout_s)
    async def virt_connect_num_of_networks(self, *, timeout_s: float | None = None) -> virt_connect_num_of_networks_res:
        return await self._caller.call(_VIRT_V1_VIRT_CONNECT_NUM_OF_NETWORKS, timeout_s=timeout_s)
    async def virt_domain_core_dump(self, args: virt_domain_core_dump_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_CORE_DUMP, args, timeout_s=timeout_s)
    async def virt_domain_restore(self, args: virt_domain_restore_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_RESTORE, args, timeout_s=timeout_s)
    async def virt_domain_save(self, args: virt_domain_save_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_SAVE, args, timeout_s=timeout_s)
    async def virt_domain_get_scheduler_type(self, args: virt_domain_get_scheduler_type_args, *, timeout_s: float | None = None) -> virt_domain_get_scheduler_type_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_SCHEDULER_TYPE, args, timeout_s=timeout_s)
    async def virt_domain_get_scheduler_parameters(self, args: virt_domain_get_scheduler_parameters_args, *, timeout_s: float | None = None) -> virt_domain_get_scheduler_parameters_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_GET_SCHEDULER_PARAMETERS, args, timeout_s=timeout_s)
    async def virt_domain_set_scheduler_parameters(self, args: virt_domain_set_scheduler_parameters_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V1_VIRT_DOMAIN_SET_SCHEDULER_PARAMETERS, args, timeout_s=timeout_s)
    async def virt_connect_get_hostname(self, *, timeout_s: float | None = None) -> virt_connect_get_hostname_res:
        return await self._caller.call(_VIRT_V1_VIRT_CONNECT_GET_HOSTNAME, timeout_s=timeout_s)
class VIRT_V1_Server:
    PROGRAM: ClassVar[Program] = VIRT_V1_TABLE
    def virt_connect_open(self, args: virt_connect_open_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(1)
    def virt_connect_close(self, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(2)
    def virt_connect_get_type(self, call: Call) -> virt_connect_get_type_ret | Awaitable[virt_connect_get_type_ret]:
        raise ProcedureUnavailable(3)
    def virt_connect_get_version(self, call: Call) -> virt_connect_get_version_ret | Awaitable[virt_connect_get_version_ret]:
        raise ProcedureUnavailable(4)
    def virt_connect_get_max_vcpus(self, args: virt_connect_get_max_vcpus_args, call: Call) -> virt_connect_get_max_vcpus_ret | Awaitable[virt_connect_get_max_vcpus_ret]:
        raise ProcedureUnavailable(5)
    def virt_node_get_info(self, call: Call) -> virt_node_get_info_ret | Awaitable[virt_node_get_info_ret]:
        raise ProcedureUnavailable(6)
    def virt_connect_get_capabilities(self, call: Call) -> virt_connect_get_capabilities_ret | Awaitable[virt_connect_get_capabilities_ret]:
        raise ProcedureUnavailable(7)
    def virt_domain_attach_device(self, args: virt_domain_attach_device_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(8)
    def virt_domain_create(self, args: virt_domain_create_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(9)
    def virt_domain_create_xml(self, args: virt_domain_create_xml_args, call: Call) -> virt_domain_create_xml_ret | Awaitable[virt_domain_create_xml_ret]:
        raise ProcedureUnavailable(10)
    def virt_domain_define_xml(self, args: virt_domain_define_xml_args, call: Call) -> virt_domain_define_xml_ret | Awaitable[virt_domain_define_xml_ret]:
        raise ProcedureUnavailable(11)
    def virt_domain_destroy(self, args: virt_domain_destroy_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(12)
    def virt_domain_detach_device(self, args: virt_domain_detach_device_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(13)
    def virt_domain_get_xml_desc(self, args: virt_domain_get_xml_desc_args, call: Call) -> virt_domain_get_xml_desc_ret | Awaitable[virt_domain_get_xml_desc_ret]:
        raise ProcedureUnavailable(14)
    def virt_domain_get_autostart(self, args: virt_domain_get_autostart_args, call: Call) -> virt_domain_get_autostart_ret | Awaitable[virt_domain_get_autostart_ret]:
        raise ProcedureUnavailable(15)
    def virt_domain_get_info(self, args: virt_domain_get_info_args, call: Call) -> virt_domain_get_info_ret | Awaitable[virt_domain_get_info_ret]:
        raise ProcedureUnavailable(16)
    def virt_domain_get_max_memory(self, args: virt_domain_get_max_memory_args, call: Call) -> virt_domain_get_max_memory_ret | Awaitable[virt_domain_get_max_memory_ret]:
        raise ProcedureUnavailable(17)
    def virt_domain_get_max_vcpus(self, args: virt_domain_get_max_vcpus_args, call: Call) -> virt_domain_get_max_vcpus_ret | Awaitable[virt_domain_get_max_vcpus_ret]:
        raise ProcedureUnavailable(18)
    def virt_domain_get_os_type(self, args: virt_domain_get_os_type_args, call: Call) -> virt_domain_get_os_type_ret | Awaitable[virt_domain_get_os_type_ret]:
        raise ProcedureUnavailable(19)
    def virt_domain_get_vcpus(self, args: virt_domain_get_vcpus_args, call: Call) -> virt_domain_get_vcpus_ret | Awaitable[virt_domain_get_vcpus_ret]:
        raise ProcedureUnavailable(20)
    def virt_connect_list_defined_domains(self, args: virt_connect_list_defined_domains_args, call: Call) -> virt_connect_list_defined_domains_ret | Awaitable[virt_connect_list_defined_domains_ret]:
        raise ProcedureUnavailable(21)
    def virt_domain_lookup_by_id(self, args: virt_domain_lookup_by_id_args, call: Call) -> virt_domain_lookup_by_id_ret | Awaitable[virt_domain_lookup_by_id_ret]:
        raise ProcedureUnavailable(22)
    def virt_domain_lookup_by_name(self, args: virt_domain_lookup_by_name_args, call: Call) -> virt_domain_lookup_by_name_ret | Awaitable[virt_domain_lookup_by_name_ret]:
        raise ProcedureUnavailable(23)
    def virt_domain_lookup_by_uuid(self, args: virt_domain_lookup_by_uuid_args, call: Call) -> virt_domain_lookup_by_uuid_ret | Awaitable[virt_domain_lookup_by_uuid_ret]:
        raise ProcedureUnavailable(24)
    def virt_connect_num_of_defined_domains(self, call: Call) -> virt_connect_num_of_defined_domains_ret | Awaitable[virt_connect_num_of_defined_domains_ret]:
        raise ProcedureUnavailable(25)
    def virt_domain_pin_vcpu(self, args: virt_domain_pin_vcpu_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(26)
    def virt_domain_reboot(self, args: virt_domain_reboot_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(27)
    def virt_domain_resume(self, args: virt_domain_resume_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(28)
    def virt_domain_set_autostart(self, args: virt_domain_set_autostart_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(29)
    def virt_domain_set_max_memory(self, args: virt_domain_set_max_memory_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(30)
    def virt_domain_set_memory(self, args: virt_domain_set_memory_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(31)
    def virt_domain_set_vcpus(self, args: virt_domain_set_vcpus_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(32)
    def virt_domain_shutdown(self, args: virt_domain_shutdown_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(33)
    def virt_domain_suspend(self, args: virt_domain_suspend_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(34)
    def virt_domain_undefine(self, args: virt_domain_undefine_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(35)
    def virt_connect_list_defined_networks(self, args: virt_connect_list_defined_networks_args, call: Call) -> virt_connect_list_defined_networks_ret | Awaitable[virt_connect_list_defined_networks_ret]:
        raise ProcedureUnavailable(36)
    def virt_connect_list_domains(self, args: virt_connect_list_domains_args, call: Call) -> virt_connect_list_domains_ret | Awaitable[virt_connect_list_domains_ret]:
        raise ProcedureUnavailable(37)
    def virt_connect_list_networks(self, args: virt_connect_list_networks_args, call: Call) -> virt_connect_list_networks_ret | Awaitable[virt_connect_list_networks_ret]:
        raise ProcedureUnavailable(38)
    def virt_network_create(self, args: virt_network_create_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(39)
    def virt_network_create_xml(self, args: virt_network_create_xml_args, call: Call) -> virt_network_create_xml_ret | Awaitable[virt_network_create_xml_ret]:
        raise ProcedureUnavailable(40)
    def virt_network_define_xml(self, args: virt_network_define_xml_args, call: Call) -> virt_network_define_xml_ret | Awaitable[virt_network_define_xml_ret]:
        raise ProcedureUnavailable(41)
    def virt_network_destroy(self, args: virt_network_destroy_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(42)
    def virt_network_get_xml_desc(self, args: virt_network_get_xml_desc_args, call: Call) -> virt_network_get_xml_desc_ret | Awaitable[virt_network_get_xml_desc_ret]:
        raise ProcedureUnavailable(43)
    def virt_network_get_autostart(self, args: virt_network_get_autostart_args, call: Call) -> virt_network_get_autostart_ret | Awaitable[virt_network_get_autostart_ret]:
        raise ProcedureUnavailable(44)
    def virt_network_get_bridge_name(self, args: virt_network_get_bridge_name_args, call: Call) -> virt_network_get_bridge_name_ret | Awaitable[virt_network_get_bridge_name_ret]:
        raise ProcedureUnavailable(45)
    def virt_network_lookup_by_name(self, args: virt_network_lookup_by_name_args, call: Call) -> virt_network_lookup_by_name_ret | Awaitable[virt_network_lookup_by_name_ret]:
        raise ProcedureUnavailable(46)
    def virt_network_lookup_by_uuid(self, args: virt_network_lookup_by_uuid_args, call: Call) -> virt_network_lookup_by_uuid_ret | Awaitable[virt_network_lookup_by_uuid_ret]:
        raise ProcedureUnavailable(47)
    def virt_network_set_autostart(self, args: virt_network_set_autostart_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(48)
    def virt_network_undefine(self, args: virt_network_undefine_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(49)
    def virt_connect_num_of_defined_networks(self, call: Call) -> virt_connect_num_of_defined_networks_ret | Awaitable[virt_connect_num_of_defined_networks_ret]:
        raise ProcedureUnavailable(50)
    def virt_connect_num_of_domains(self, call: Call) -> virt_connect_num_of_domains_ret | Awaitable[virt_connect_num_of_domains_ret]:
        raise ProcedureUnavailable(51)
    def virt_connect_num_of_networks(self, call: Call) -> virt_connect_num_of_networks_ret | Awaitable[virt_connect_num_of_networks_ret]:
        raise ProcedureUnavailable(52)
    def virt_domain_core_dump(self, args: virt_domain_core_dump_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(53)
    def virt_domain_restore(self, args: virt_domain_restore_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(54)
    def virt_domain_save(self, args: virt_domain_save_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(55)
    def virt_domain_get_scheduler_type(self, args: virt_domain_get_scheduler_type_args, call: Call) -> virt_domain_get_scheduler_type_ret | Awaitable[virt_domain_get_scheduler_type_ret]:
        raise ProcedureUnavailable(56)
    def virt_domain_get_scheduler_parameters(self, args: virt_domain_get_scheduler_parameters_args, call: Call) -> virt_domain_get_scheduler_parameters_ret | Awaitable[virt_domain_get_scheduler_parameters_ret]:
        raise ProcedureUnavailable(57)
    def virt_domain_set_scheduler_parameters(self, args: virt_domain_set_scheduler_parameters_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(58)
    def virt_connect_get_hostname(self, call: Call) -> virt_connect_get_hostname_ret | Awaitable[virt_connect_get_hostname_ret]:
        raise ProcedureUnavailable(59)
VIRT_V2: Final = 2
_VIRT_V2_VIRT_CONNECT_OPEN: Final = Procedure(1, "VIRT_CONNECT_OPEN", xdr_virt_connect_open_args, xdr_virt_void_res, (('right', 'read'), ('flags', '0x3')), 1, VIRT_OK)
_VIRT_V2_VIRT_CONNECT_CLOSE: Final = Procedure(2, "VIRT_CONNECT_CLOSE", xdr.VOID, xdr_virt_void_res, (('right', 'read'),), 0, VIRT_OK)
_VIRT_V2_VIRT_CONNECT_GET_TYPE: Final = Procedure(3, "VIRT_CONNECT_GET_TYPE", xdr.VOID, xdr_virt_connect_get_type_res, (('right', 'read'),), 0, VIRT_OK)
_VIRT_V2_VIRT_CONNECT_GET_VERSION: Final = Procedure(4, "VIRT_CONNECT_GET_VERSION", xdr.VOID, xdr_virt_connect_get_version_res, (('right', 'read'),), 0, VIRT_OK)
_VIRT_V2_VIRT_CONNECT_GET_MAX_VCPUS: Final = Procedure(5, "VIRT_CONNECT_GET_MAX_VCPUS", xdr_virt_connect_get_max_vcpus_args, xdr_virt_connect_get_max_vcpus_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_NODE_GET_INFO: Final = Procedure(6, "VIRT_NODE_GET_INFO", xdr.VOID, xdr_virt_node_get_info_res, (('right', 'read'),), 0, VIRT_OK)
_VIRT_V2_VIRT_CONNECT_GET_CAPABILITIES: Final = Procedure(7, "VIRT_CONNECT_GET_CAPABILITIES", xdr.VOID, xdr_virt_connect_get_capabilities_res, (('right', 'read'),), 0, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_ATTACH_DEVICE: Final = Procedure(8, "VIRT_DOMAIN_ATTACH_DEVICE", xdr_virt_domain_attach_device_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_CREATE: Final = Procedure(9, "VIRT_DOMAIN_CREATE", xdr_virt_domain_create_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_CREATE_XML: Final = Procedure(10, "VIRT_DOMAIN_CREATE_XML", xdr_virt_domain_create_xml_args, xdr_virt_domain_create_xml_res, (('right', 'write'), ('flags', '0x33')), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_DEFINE_XML: Final = Procedure(11, "VIRT_DOMAIN_DEFINE_XML", xdr_virt_domain_define_xml_args, xdr_virt_domain_define_xml_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_DESTROY: Final = Procedure(12, "VIRT_DOMAIN_DESTROY", xdr_virt_domain_destroy_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_DETACH_DEVICE: Final = Procedure(13, "VIRT_DOMAIN_DETACH_DEVICE", xdr_virt_domain_detach_device_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_GET_XML_DESC: Final = Procedure(14, "VIRT_DOMAIN_GET_XML_DESC", xdr_virt_domain_get_xml_desc_args, xdr_virt_domain_get_xml_desc_res, (('right', 'read'), ('flag', '0x1 write'), ('flag', '0x8 write'), ('flags', '0xf')), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_GET_AUTOSTART: Final = Procedure(15, "VIRT_DOMAIN_GET_AUTOSTART", xdr_virt_domain_get_autostart_args, xdr_virt_domain_get_autostart_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_GET_INFO: Final = Procedure(16, "VIRT_DOMAIN_GET_INFO", xdr_virt_domain_get_info_args, xdr_virt_domain_get_info_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_GET_MAX_MEMORY: Final = Procedure(17, "VIRT_DOMAIN_GET_MAX_MEMORY", xdr_virt_domain_get_max_memory_args, xdr_virt_domain_get_max_memory_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_GET_MAX_VCPUS: Final = Procedure(18, "VIRT_DOMAIN_GET_MAX_VCPUS", xdr_virt_domain_get_max_vcpus_args, xdr_virt_domain_get_max_vcpus_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_GET_OS_TYPE: Final = Procedure(19, "VIRT_DOMAIN_GET_OS_TYPE", xdr_virt_domain_get_os_type_args, xdr_virt_domain_get_os_type_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_GET_VCPUS: Final = Procedure(20, "VIRT_DOMAIN_GET_VCPUS", xdr_virt_domain_get_vcpus_args, xdr_virt_domain_get_vcpus_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_CONNECT_LIST_DEFINED_DOMAINS: Final = Procedure(21, "VIRT_CONNECT_LIST_DEFINED_DOMAINS", xdr_virt_connect_list_defined_domains_args, xdr_virt_connect_list_defined_domains_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_LOOKUP_BY_ID: Final = Procedure(22, "VIRT_DOMAIN_LOOKUP_BY_ID", xdr_virt_domain_lookup_by_id_args, xdr_virt_domain_lookup_by_id_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_LOOKUP_BY_NAME: Final = Procedure(23, "VIRT_DOMAIN_LOOKUP_BY_NAME", xdr_virt_domain_lookup_by_name_args, xdr_virt_domain_lookup_by_name_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_LOOKUP_BY_UUID: Final = Procedure(24, "VIRT_DOMAIN_LOOKUP_BY_UUID", xdr_virt_domain_lookup_by_uuid_args, xdr_virt_domain_lookup_by_uuid_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_CONNECT_NUM_OF_DEFINED_DOMAINS: Final = Procedure(25, "VIRT_CONNECT_NUM_OF_DEFINED_DOMAINS", xdr.VOID, xdr_virt_connect_num_of_defined_domains_res, (('right', 'read'),), 0, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_PIN_VCPU: Final = Procedure(26, "VIRT_DOMAIN_PIN_VCPU", xdr_virt_domain_pin_vcpu_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_REBOOT: Final = Procedure(27, "VIRT_DOMAIN_REBOOT", xdr_virt_domain_reboot_args, xdr_virt_void_res, (('right', 'write'), ('flags', '0x1f')), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_RESUME: Final = Procedure(28, "VIRT_DOMAIN_RESUME", xdr_virt_domain_resume_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_SET_AUTOSTART: Final = Procedure(29, "VIRT_DOMAIN_SET_AUTOSTART", xdr_virt_domain_set_autostart_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_SET_MAX_MEMORY: Final = Procedure(30, "VIRT_DOMAIN_SET_MAX_MEMORY", xdr_virt_domain_set_max_memory_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_SET_MEMORY: Final = Procedure(31, "VIRT_DOMAIN_SET_MEMORY", xdr_virt_domain_set_memory_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_SET_VCPUS: Final = Procedure(32, "VIRT_DOMAIN_SET_VCPUS", xdr_virt_domain_set_vcpus_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_SHUTDOWN: Final = Procedure(33, "VIRT_DOMAIN_SHUTDOWN", xdr_virt_domain_shutdown_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_SUSPEND: Final = Procedure(34, "VIRT_DOMAIN_SUSPEND", xdr_virt_domain_suspend_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_UNDEFINE: Final = Procedure(35, "VIRT_DOMAIN_UNDEFINE", xdr_virt_domain_undefine_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_CONNECT_LIST_DEFINED_NETWORKS: Final = Procedure(36, "VIRT_CONNECT_LIST_DEFINED_NETWORKS", xdr_virt_connect_list_defined_networks_args, xdr_virt_connect_list_defined_networks_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_CONNECT_LIST_DOMAINS: Final = Procedure(37, "VIRT_CONNECT_LIST_DOMAINS", xdr_virt_connect_list_domains_args, xdr_virt_connect_list_domains_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_CONNECT_LIST_NETWORKS: Final = Procedure(38, "VIRT_CONNECT_LIST_NETWORKS", xdr_virt_connect_list_networks_args, xdr_virt_connect_list_networks_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_NETWORK_CREATE: Final = Procedure(39, "VIRT_NETWORK_CREATE", xdr_virt_network_create_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_NETWORK_CREATE_XML: Final = Procedure(40, "VIRT_NETWORK_CREATE_XML", xdr_virt_network_create_xml_args, xdr_virt_network_create_xml_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_NETWORK_DEFINE_XML: Final = Procedure(41, "VIRT_NETWORK_DEFINE_XML", xdr_virt_network_define_xml_args, xdr_virt_network_define_xml_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_NETWORK_DESTROY: Final = Procedure(42, "VIRT_NETWORK_DESTROY", xdr_virt_network_destroy_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_NETWORK_GET_XML_DESC: Final = Procedure(43, "VIRT_NETWORK_GET_XML_DESC", xdr_virt_network_get_xml_desc_args, xdr_virt_network_get_xml_desc_res, (('right', 'read'), ('flags', '0x1')), 1, VIRT_OK)
_VIRT_V2_VIRT_NETWORK_GET_AUTOSTART: Final = Procedure(44, "VIRT_NETWORK_GET_AUTOSTART", xdr_virt_network_get_autostart_args, xdr_virt_network_get_autostart_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_NETWORK_GET_BRIDGE_NAME: Final = Procedure(45, "VIRT_NETWORK_GET_BRIDGE_NAME", xdr_virt_network_get_bridge_name_args, xdr_virt_network_get_bridge_name_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_NETWORK_LOOKUP_BY_NAME: Final = Procedure(46, "VIRT_NETWORK_LOOKUP_BY_NAME", xdr_virt_network_lookup_by_name_args, xdr_virt_network_lookup_by_name_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_NETWORK_LOOKUP_BY_UUID: Final = Procedure(47, "VIRT_NETWORK_LOOKUP_BY_UUID", xdr_virt_network_lookup_by_uuid_args, xdr_virt_network_lookup_by_uuid_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_NETWORK_SET_AUTOSTART: Final = Procedure(48, "VIRT_NETWORK_SET_AUTOSTART", xdr_virt_network_set_autostart_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_NETWORK_UNDEFINE: Final = Procedure(49, "VIRT_NETWORK_UNDEFINE", xdr_virt_network_undefine_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_CONNECT_NUM_OF_DEFINED_NETWORKS: Final = Procedure(50, "VIRT_CONNECT_NUM_OF_DEFINED_NETWORKS", xdr.VOID, xdr_virt_connect_num_of_defined_networks_res, (('right', 'read'),), 0, VIRT_OK)
_VIRT_V2_VIRT_CONNECT_NUM_OF_DOMAINS: Final = Procedure(51, "VIRT_CONNECT_NUM_OF_DOMAINS", xdr.VOID, xdr_virt_connect_num_of_domains_res, (('right', 'read'),), 0, VIRT_OK)
_VIRT_V2_VIRT_CONNECT_NUM_OF_NETWORKS: Final = Procedure(52, "VIRT_CONNECT_NUM_OF_NETWORKS", xdr.VOID, xdr_virt_connect_num_of_networks_res, (('right', 'read'),), 0, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_CORE_DUMP: Final = Procedure(53, "VIRT_DOMAIN_CORE_DUMP", xdr_virt_domain_core_dump_args, xdr_virt_void_res, (('right', 'write'), ('flags', '0x1f')), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_RESTORE: Final = Procedure(54, "VIRT_DOMAIN_RESTORE", xdr_virt_domain_restore_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_SAVE: Final = Procedure(55, "VIRT_DOMAIN_SAVE", xdr_virt_domain_save_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_GET_SCHEDULER_TYPE: Final = Procedure(56, "VIRT_DOMAIN_GET_SCHEDULER_TYPE", xdr_virt_domain_get_scheduler_type_args, xdr_virt_domain_get_scheduler_type_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_GET_SCHEDULER_PARAMETERS: Final = Procedure(57, "VIRT_DOMAIN_GET_SCHEDULER_PARAMETERS", xdr_virt_domain_get_scheduler_parameters_args, xdr_virt_domain_get_scheduler_parameters_res, (('right', 'read'),), 1, VIRT_OK)
_VIRT_V2_VIRT_DOMAIN_SET_SCHEDULER_PARAMETERS: Final = Procedure(58, "VIRT_DOMAIN_SET_SCHEDULER_PARAMETERS", xdr_virt_domain_set_scheduler_parameters_args, xdr_virt_void_res, (('right', 'write'),), 1, VIRT_OK)
_VIRT_V2_VIRT_CONNECT_GET_HOSTNAME: Final = Procedure(59, "VIRT_CONNECT_GET_HOSTNAME", xdr.VOID, xdr_virt_connect_get_hostname_res, (('right', 'read'),), 0, VIRT_OK)
VIRT_CONNECT_SUPPORTS_FEATURE: Final = 60
_VIRT_V2_VIRT_CONNECT_SUPPORTS_FEATURE: Final = Procedure(60, "VIRT_CONNECT_SUPPORTS_FEATURE", xdr_virt_connect_supports_feature_args, xdr_virt_connect_supports_feature_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_NODE_GET_FREE_MEMORY: Final = 102
_VIRT_V2_VIRT_NODE_GET_FREE_MEMORY: Final = Procedure(102, "VIRT_NODE_GET_FREE_MEMORY", xdr.VOID, xdr_virt_node_get_free_memory_res, (('right', 'read'),), 0, VIRT_OK)
VIRT_CONNECT_GET_URI: Final = 110
_VIRT_V2_VIRT_CONNECT_GET_URI: Final = Procedure(110, "VIRT_CONNECT_GET_URI", xdr.VOID, xdr_virt_connect_get_uri_res, (('right', 'read'),), 0, VIRT_OK)
VIRT_CONNECT_IS_SECURE: Final = 149
_VIRT_V2_VIRT_CONNECT_IS_SECURE: Final = Procedure(149, "VIRT_CONNECT_IS_SECURE", xdr.VOID, xdr_virt_connect_is_secure_res, (('right', 'read'),), 0, VIRT_OK)
VIRT_DOMAIN_IS_ACTIVE: Final = 150
_VIRT_V2_VIRT_DOMAIN_IS_ACTIVE: Final = Procedure(150, "VIRT_DOMAIN_IS_ACTIVE", xdr_virt_domain_is_active_args, xdr_virt_domain_is_active_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_DOMAIN_IS_PERSISTENT: Final = 151
_VIRT_V2_VIRT_DOMAIN_IS_PERSISTENT: Final = Procedure(151, "VIRT_DOMAIN_IS_PERSISTENT", xdr_virt_domain_is_persistent_args, xdr_virt_domain_is_persistent_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_CONNECT_GET_LIB_VERSION: Final = 157
_VIRT_V2_VIRT_CONNECT_GET_LIB_VERSION: Final = Procedure(157, "VIRT_CONNECT_GET_LIB_VERSION", xdr.VOID, xdr_virt_connect_get_lib_version_res, (('right', 'read'),), 0, VIRT_OK)
VIRT_DOMAIN_MEMORY_STATS: Final = 159
_VIRT_V2_VIRT_DOMAIN_MEMORY_STATS: Final = Procedure(159, "VIRT_DOMAIN_MEMORY_STATS", xdr_virt_domain_memory_stats_args, xdr_virt_domain_memory_stats_res, (('right', 'read'), ('flags', '0x0')), 1, VIRT_OK)
VIRT_DOMAIN_MANAGED_SAVE: Final = 182
_VIRT_V2_VIRT_DOMAIN_MANAGED_SAVE: Final = Procedure(182, "VIRT_DOMAIN_MANAGED_SAVE", xdr_virt_domain_managed_save_args, xdr_virt_void_res, (('right', 'write'), ('flags', '0x7')), 1, VIRT_OK)
VIRT_DOMAIN_HAS_MANAGED_SAVE_IMAGE: Final = 183
_VIRT_V2_VIRT_DOMAIN_HAS_MANAGED_SAVE_IMAGE: Final = Procedure(183, "VIRT_DOMAIN_HAS_MANAGED_SAVE_IMAGE", xdr_virt_domain_has_managed_save_image_args, xdr_virt_domain_has_managed_save_image_res, (('right', 'read'), ('flags', '0x0')), 1, VIRT_OK)
VIRT_DOMAIN_MANAGED_SAVE_REMOVE: Final = 184
_VIRT_V2_VIRT_DOMAIN_MANAGED_SAVE_REMOVE: Final = Procedure(184, "VIRT_DOMAIN_MANAGED_SAVE_REMOVE", xdr_virt_domain_managed_save_remove_args, xdr_virt_void_res, (('right', 'write'), ('flags', '0x0')), 1, VIRT_OK)
VIRT_DOMAIN_CREATE_WITH_FLAGS: Final = 196
_VIRT_V2_VIRT_DOMAIN_CREATE_WITH_FLAGS: Final = Procedure(196, "VIRT_DOMAIN_CREATE_WITH_FLAGS", xdr_virt_domain_create_with_flags_args, xdr_virt_domain_create_with_flags_res, (('right', 'write'), ('flags', '0x2f')), 1, VIRT_OK)
VIRT_DOMAIN_SET_VCPUS_FLAGS: Final = 199
_VIRT_V2_VIRT_DOMAIN_SET_VCPUS_FLAGS: Final = Procedure(199, "VIRT_DOMAIN_SET_VCPUS_FLAGS", xdr_virt_domain_set_vcpus_flags_args, xdr_virt_void_res, (('right', 'write'), ('flags', '0x1f')), 1, VIRT_OK)
VIRT_DOMAIN_GET_VCPUS_FLAGS: Final = 200
_VIRT_V2_VIRT_DOMAIN_GET_VCPUS_FLAGS: Final = Procedure(200, "VIRT_DOMAIN_GET_VCPUS_FLAGS", xdr_virt_domain_get_vcpus_flags_args, xdr_virt_domain_get_vcpus_flags_res, (('right', 'read'), ('flag', '0x8 write'), ('flags', '0xf')), 1, VIRT_OK)
VIRT_DOMAIN_IS_UPDATED: Final = 202
_VIRT_V2_VIRT_DOMAIN_IS_UPDATED: Final = Procedure(202, "VIRT_DOMAIN_IS_UPDATED", xdr_virt_domain_is_updated_args, xdr_virt_domain_is_updated_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_DOMAIN_SET_MEMORY_FLAGS: Final = 204
_VIRT_V2_VIRT_DOMAIN_SET_MEMORY_FLAGS: Final = Procedure(204, "VIRT_DOMAIN_SET_MEMORY_FLAGS", xdr_virt_domain_set_memory_flags_args, xdr_virt_void_res, (('right', 'write'), ('flags', '0x7')), 1, VIRT_OK)
VIRT_DOMAIN_GET_STATE: Final = 212
_VIRT_V2_VIRT_DOMAIN_GET_STATE: Final = Procedure(212, "VIRT_DOMAIN_GET_STATE", xdr_virt_domain_get_state_args, xdr_virt_domain_get_state_res, (('right', 'read'), ('flags', '0x0')), 1, VIRT_OK)
VIRT_DOMAIN_PIN_VCPU_FLAGS: Final = 225
_VIRT_V2_VIRT_DOMAIN_PIN_VCPU_FLAGS: Final = Procedure(225, "VIRT_DOMAIN_PIN_VCPU_FLAGS", xdr_virt_domain_pin_vcpu_flags_args, xdr_virt_void_res, (('right', 'write'), ('flags', '0x3')), 1, VIRT_OK)
VIRT_DOMAIN_GET_CONTROL_INFO: Final = 229
_VIRT_V2_VIRT_DOMAIN_GET_CONTROL_INFO: Final = Procedure(229, "VIRT_DOMAIN_GET_CONTROL_INFO", xdr_virt_domain_get_control_info_args, xdr_virt_domain_get_control_info_res, (('right', 'read'), ('flags', '0x0')), 1, VIRT_OK)
VIRT_DOMAIN_GET_VCPU_PIN_INFO: Final = 230
_VIRT_V2_VIRT_DOMAIN_GET_VCPU_PIN_INFO: Final = Procedure(230, "VIRT_DOMAIN_GET_VCPU_PIN_INFO", xdr_virt_domain_get_vcpu_pin_info_args, xdr_virt_domain_get_vcpu_pin_info_res, (('right', 'read'), ('flags', '0x3')), 1, VIRT_OK)
VIRT_DOMAIN_UNDEFINE_FLAGS: Final = 231
_VIRT_V2_VIRT_DOMAIN_UNDEFINE_FLAGS: Final = Procedure(231, "VIRT_DOMAIN_UNDEFINE_FLAGS", xdr_virt_domain_undefine_flags_args, xdr_virt_void_res, (('right', 'write'), ('flags', '0x7f')), 1, VIRT_OK)
VIRT_DOMAIN_SAVE_FLAGS: Final = 232
_VIRT_V2_VIRT_DOMAIN_SAVE_FLAGS: Final = Procedure(232, "VIRT_DOMAIN_SAVE_FLAGS", xdr_virt_domain_save_flags_args, xdr_virt_void_res, (('right', 'write'), ('flags', '0x7')), 1, VIRT_OK)
VIRT_DOMAIN_RESTORE_FLAGS: Final = 233
_VIRT_V2_VIRT_DOMAIN_RESTORE_FLAGS: Final = Procedure(233, "VIRT_DOMAIN_RESTORE_FLAGS", xdr_virt_domain_restore_flags_args, xdr_virt_void_res, (('right', 'write'), ('flags', '0xf')), 1, VIRT_OK)
VIRT_DOMAIN_DESTROY_FLAGS: Final = 234
_VIRT_V2_VIRT_DOMAIN_DESTROY_FLAGS: Final = Procedure(234, "VIRT_DOMAIN_DESTROY_FLAGS", xdr_virt_domain_destroy_flags_args, xdr_virt_void_res, (('right', 'write'), ('flags', '0x3')), 1, VIRT_OK)
VIRT_DOMAIN_RESET: Final = 245
_VIRT_V2_VIRT_DOMAIN_RESET: Final = Procedure(245, "VIRT_DOMAIN_RESET", xdr_virt_domain_reset_args, xdr_virt_void_res, (('right', 'write'), ('flags', '0x0')), 1, VIRT_OK)
VIRT_DOMAIN_SHUTDOWN_FLAGS: Final = 258
_VIRT_V2_VIRT_DOMAIN_SHUTDOWN_FLAGS: Final = Procedure(258, "VIRT_DOMAIN_SHUTDOWN_FLAGS", xdr_virt_domain_shutdown_flags_args, xdr_virt_void_res, (('right', 'write'), ('flags', '0x1f')), 1, VIRT_OK)
VIRT_CONNECT_LIST_ALL_DOMAINS: Final = 273
_VIRT_V2_VIRT_CONNECT_LIST_ALL_DOMAINS: Final = Procedure(273, "VIRT_CONNECT_LIST_ALL_DOMAINS", xdr_virt_connect_list_all_domains_args, xdr_virt_connect_list_all_domains_res, (('right', 'read'), ('flags', '0xffff')), 1, VIRT_OK)
VIRT_NODE_GET_CPU_MAP: Final = 293
_VIRT_V2_VIRT_NODE_GET_CPU_MAP: Final = Procedure(293, "VIRT_NODE_GET_CPU_MAP", xdr_virt_node_get_cpu_map_args, xdr_virt_node_get_cpu_map_res, (('right', 'read'), ('flags', '0x0')), 1, VIRT_OK)
VIRT_CONNECT_GET_ALL_DOMAIN_STATS: Final = 344
_VIRT_V2_VIRT_CONNECT_GET_ALL_DOMAIN_STATS: Final = Procedure(344, "VIRT_CONNECT_GET_ALL_DOMAIN_STATS", xdr_virt_connect_get_all_domain_stats_args, xdr_virt_connect_get_all_domain_stats_res, (('right', 'read'), ('flags', '0xe00000ff')), 1, VIRT_OK)
VIRT_DOMAIN_DEFINE_XML_FLAGS: Final = 350
_VIRT_V2_VIRT_DOMAIN_DEFINE_XML_FLAGS: Final = Procedure(350, "VIRT_DOMAIN_DEFINE_XML_FLAGS", xdr_virt_domain_define_xml_flags_args, xdr_virt_domain_define_xml_flags_res, (('right', 'write'), ('flags', '0x1')), 1, VIRT_OK)
VIRT_DOMAIN_RENAME: Final = 358
_VIRT_V2_VIRT_DOMAIN_RENAME: Final = Procedure(358, "VIRT_DOMAIN_RENAME", xdr_virt_domain_rename_args, xdr_virt_domain_rename_res, (('right', 'write'), ('flags', '0x0')), 1, VIRT_OK)
VIRT_BATCH: Final = 1000
_VIRT_V2_VIRT_BATCH: Final = Procedure(1000, "VIRT_BATCH", xdr_virt_batch_args, xdr_virt_batch_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_EVENTS: Final = 1001
_VIRT_V2_VIRT_EVENTS: Final = Procedure(1001, "VIRT_EVENTS", xdr_virt_events_args, xdr_virt_events_res, (('right', 'read'),), 1, VIRT_OK)
VIRT_V2_TABLE: Final = Program("VIRT_PROGRAM", 0x20070125, "VIRT_V2", 2, (_VIRT_V2_VIRT_CONNECT_OPEN, _VIRT_V2_VIRT_CONNECT_CLOSE, _VIRT_V2_VIRT_CONNECT_GET_TYPE, _VIRT_V2_VIRT_CONNECT_GET_VERSION, _VIRT_V2_VIRT_CONNECT_GET_MAX_VCPUS, _VIRT_V2_VIRT_NODE_GET_INFO, _VIRT_V2_VIRT_CONNECT_GET_CAPABILITIES, _VIRT_V2_VIRT_DOMAIN_ATTACH_DEVICE, _VIRT_V2_VIRT_DOMAIN_CREATE, _VIRT_V2_VIRT_DOMAIN_CREATE_XML, _VIRT_V2_VIRT_DOMAIN_DEFINE_XML, _VIRT_V2_VIRT_DOMAIN_DESTROY, _VIRT_V2_VIRT_DOMAIN_DETACH_DEVICE, _VIRT_V2_VIRT_DOMAIN_GET_XML_DESC, _VIRT_V2_VIRT_DOMAIN_GET_AUTOSTART, _VIRT_V2_VIRT_DOMAIN_GET_INFO, _VIRT_V2_VIRT_DOMAIN_GET_MAX_MEMORY, _VIRT_V2_VIRT_DOMAIN_GET_MAX_VCPUS, _VIRT_V2_VIRT_DOMAIN_GET_OS_TYPE, _VIRT_V2_VIRT_DOMAIN_GET_VCPUS, _VIRT_V2_VIRT_CONNECT_LIST_DEFINED_DOMAINS, _VIRT_V2_VIRT_DOMAIN_LOOKUP_BY_ID, _VIRT_V2_VIRT_DOMAIN_LOOKUP_BY_NAME, _VIRT_V2_VIRT_DOMAIN_LOOKUP_BY_UUID, _VIRT_V2_VIRT_CONNECT_NUM_OF_DEFINED_DOMAINS, _VIRT_V2_VIRT_DOMAIN_PIN_VCPU, _VIRT_V2_VIRT_DOMAIN_REBOOT, _VIRT_V2_VIRT_DOMAIN_RESUME, _VIRT_V2_VIRT_DOMAIN_SET_AUTOSTART, _VIRT_V2_VIRT_DOMAIN_SET_MAX_MEMORY, _VIRT_V2_VIRT_DOMAIN_SET_MEMORY, _VIRT_V2_VIRT_DOMAIN_SET_VCPUS, _VIRT_V2_VIRT_DOMAIN_SHUTDOWN, _VIRT_V2_VIRT_DOMAIN_SUSPEND, _VIRT_V2_VIRT_DOMAIN_UNDEFINE, _VIRT_V2_VIRT_CONNECT_LIST_DEFINED_NETWORKS, _VIRT_V2_VIRT_CONNECT_LIST_DOMAINS, _VIRT_V2_VIRT_CONNECT_LIST_NETWORKS, _VIRT_V2_VIRT_NETWORK_CREATE, _VIRT_V2_VIRT_NETWORK_CREATE_XML, _VIRT_V2_VIRT_NETWORK_DEFINE_XML, _VIRT_V2_VIRT_NETWORK_DESTROY, _VIRT_V2_VIRT_NETWORK_GET_XML_DESC, _VIRT_V2_VIRT_NETWORK_GET_AUTOSTART, _VIRT_V2_VIRT_NETWORK_GET_BRIDGE_NAME, _VIRT_V2_VIRT_NETWORK_LOOKUP_BY_NAME, _VIRT_V2_VIRT_NETWORK_LOOKUP_BY_UUID, _VIRT_V2_VIRT_NETWORK_SET_AUTOSTART, _VIRT_V2_VIRT_NETWORK_UNDEFINE, _VIRT_V2_VIRT_CONNECT_NUM_OF_DEFINED_NETWORKS, _VIRT_V2_VIRT_CONNECT_NUM_OF_DOMAINS, _VIRT_V2_VIRT_CONNECT_NUM_OF_NETWORKS, _VIRT_V2_VIRT_DOMAIN_CORE_DUMP, _VIRT_V2_VIRT_DOMAIN_RESTORE, _VIRT_V2_VIRT_DOMAIN_SAVE, _VIRT_V2_VIRT_DOMAIN_GET_SCHEDULER_TYPE, _VIRT_V2_VIRT_DOMAIN_GET_SCHEDULER_PARAMETERS, _VIRT_V2_VIRT_DOMAIN_SET_SCHEDULER_PARAMETERS, _VIRT_V2_VIRT_CONNECT_GET_HOSTNAME, _VIRT_V2_VIRT_CONNECT_SUPPORTS_FEATURE, _VIRT_V2_VIRT_NODE_GET_FREE_MEMORY, _VIRT_V2_VIRT_CONNECT_GET_URI, _VIRT_V2_VIRT_CONNECT_IS_SECURE, _VIRT_V2_VIRT_DOMAIN_IS_ACTIVE, _VIRT_V2_VIRT_DOMAIN_IS_PERSISTENT, _VIRT_V2_VIRT_CONNECT_GET_LIB_VERSION, _VIRT_V2_VIRT_DOMAIN_MEMORY_STATS, _VIRT_V2_VIRT_DOMAIN_MANAGED_SAVE, _VIRT_V2_VIRT_DOMAIN_HAS_MANAGED_SAVE_IMAGE, _VIRT_V2_VIRT_DOMAIN_MANAGED_SAVE_REMOVE, _VIRT_V2_VIRT_DOMAIN_CREATE_WITH_FLAGS, _VIRT_V2_VIRT_DOMAIN_SET_VCPUS_FLAGS, _VIRT_V2_VIRT_DOMAIN_GET_VCPUS_FLAGS, _VIRT_V2_VIRT_DOMAIN_IS_UPDATED, _VIRT_V2_VIRT_DOMAIN_SET_MEMORY_FLAGS, _VIRT_V2_VIRT_DOMAIN_GET_STATE, _VIRT_V2_VIRT_DOMAIN_PIN_VCPU_FLAGS, _VIRT_V2_VIRT_DOMAIN_GET_CONTROL_INFO, _VIRT_V2_VIRT_DOMAIN_GET_VCPU_PIN_INFO, _VIRT_V2_VIRT_DOMAIN_UNDEFINE_FLAGS, _VIRT_V2_VIRT_DOMAIN_SAVE_FLAGS, _VIRT_V2_VIRT_DOMAIN_RESTORE_FLAGS, _VIRT_V2_VIRT_DOMAIN_DESTROY_FLAGS, _VIRT_V2_VIRT_DOMAIN_RESET, _VIRT_V2_VIRT_DOMAIN_SHUTDOWN_FLAGS, _VIRT_V2_VIRT_CONNECT_LIST_ALL_DOMAINS, _VIRT_V2_VIRT_NODE_GET_CPU_MAP, _VIRT_V2_VIRT_CONNECT_GET_ALL_DOMAIN_STATS, _VIRT_V2_VIRT_DOMAIN_DEFINE_XML_FLAGS, _VIRT_V2_VIRT_DOMAIN_RENAME, _VIRT_V2_VIRT_BATCH, _VIRT_V2_VIRT_EVENTS,))
class VIRT_V2_Client:
    def __init__(self, caller: Caller) -> None:
        self._caller = caller
    def virt_connect_open(self, args: virt_connect_open_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_OPEN, args, timeout_s=timeout_s)
    def virt_connect_close(self, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_CLOSE, timeout_s=timeout_s)
    def virt_connect_get_type(self, *, timeout_s: float | None = None) -> virt_connect_get_type_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_GET_TYPE, timeout_s=timeout_s)
    def virt_connect_get_version(self, *, timeout_s: float | None = None) -> virt_connect_get_version_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_GET_VERSION, timeout_s=timeout_s)
    def virt_connect_get_max_vcpus(self, args: virt_connect_get_max_vcpus_args, *, timeout_s: float | None = None) -> virt_connect_get_max_vcpus_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_GET_MAX_VCPUS, args, timeout_s=timeout_s)
    def virt_node_get_info(self, *, timeout_s: float | None = None) -> virt_node_get_info_res:
        return self._caller.call(_VIRT_V2_VIRT_NODE_GET_INFO, timeout_s=timeout_s)
    def virt_connect_get_capabilities(self, *, timeout_s: float | None = None) -> virt_connect_get_capabilities_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_GET_CAPABILITIES, timeout_s=timeout_s)
    def virt_domain_attach_device(self, args: virt_domain_attach_device_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_ATTACH_DEVICE, args, timeout_s=timeout_s)
    def virt_domain_create(self, args: virt_domain_create_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_CREATE, args, timeout_s=timeout_s)
    def virt_domain_create_xml(self, args: virt_domain_create_xml_args, *, timeout_s: float | None = None) -> virt_domain_create_xml_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_CREATE_XML, args, timeout_s=timeout_s)
    def virt_domain_define_xml(self, args: virt_domain_define_xml_args, *, timeout_s: float | None = None) -> virt_domain_define_xml_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_DEFINE_XML, args, timeout_s=timeout_s)
    def virt_domain_destroy(self, args: virt_domain_destroy_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_DESTROY, args, timeout_s=timeout_s)
    def virt_domain_detach_device(self, args: virt_domain_detach_device_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_DETACH_DEVICE, args, timeout_s=timeout_s)
    def virt_domain_get_xml_desc(self, args: virt_domain_get_xml_desc_args, *, timeout_s: float | None = None) -> virt_domain_get_xml_desc_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_XML_DESC, args, timeout_s=timeout_s)
    def virt_domain_get_autostart(self, args: virt_domain_get_autostart_args, *, timeout_s: float | None = None) -> virt_domain_get_autostart_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_AUTOSTART, args, timeout_s=timeout_s)
    def virt_domain_get_info(self, args: virt_domain_get_info_args, *, timeout_s: float | None = None) -> virt_domain_get_info_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_INFO, args, timeout_s=timeout_s)
    def virt_domain_get_max_memory(self, args: virt_domain_get_max_memory_args, *, timeout_s: float | None = None) -> virt_domain_get_max_memory_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_MAX_MEMORY, args, timeout_s=timeout_s)
    def virt_domain_get_max_vcpus(self, args: virt_domain_get_max_vcpus_args, *, timeout_s: float | None = None) -> virt_domain_get_max_vcpus_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_MAX_VCPUS, args, timeout_s=timeout_s)
    def virt_domain_get_os_type(self, args: virt_domain_get_os_type_args, *, timeout_s: float | None = None) -> virt_domain_get_os_type_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_OS_TYPE, args, timeout_s=timeout_s)
    def virt_domain_get_vcpus(self, args: virt_domain_get_vcpus_args, *, timeout_s: float | None = None) -> virt_domain_get_vcpus_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_VCPUS, args, timeout_s=timeout_s)
    def virt_connect_list_defined_domains(self, args: virt_connect_list_defined_domains_args, *, timeout_s: float | None = None) -> virt_connect_list_defined_domains_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_LIST_DEFINED_DOMAINS, args, timeout_s=timeout_s)
    def virt_domain_lookup_by_id(self, args: virt_domain_lookup_by_id_args, *, timeout_s: float | None = None) -> virt_domain_lookup_by_id_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_LOOKUP_BY_ID, args, timeout_s=timeout_s)
    def virt_domain_lookup_by_name(self, args: virt_domain_lookup_by_name_args, *, timeout_s: float | None = None) -> virt_domain_lookup_by_name_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_LOOKUP_BY_NAME, args, timeout_s=timeout_s)
    def virt_domain_lookup_by_uuid(self, args: virt_domain_lookup_by_uuid_args, *, timeout_s: float | None = None) -> virt_domain_lookup_by_uuid_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_LOOKUP_BY_UUID, args, timeout_s=timeout_s)
    def virt_connect_num_of_defined_domains(self, *, timeout_s: float | None = None) -> virt_connect_num_of_defined_domains_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_NUM_OF_DEFINED_DOMAINS, timeout_s=timeout_s)
    def virt_domain_pin_vcpu(self, args: virt_domain_pin_vcpu_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_PIN_VCPU, args, timeout_s=timeout_s)
    def virt_domain_reboot(self, args: virt_domain_reboot_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_REBOOT, args, timeout_s=timeout_s)
    def virt_domain_resume(self, args: virt_domain_resume_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_RESUME, args, timeout_s=timeout_s)
    def virt_domain_set_autostart(self, args: virt_domain_set_autostart_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_SET_AUTOSTART, args, timeout_s=timeout_s)
    def virt_domain_set_max_memory(self, args: virt_domain_set_max_memory_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_SET_MAX_MEMORY, args, timeout_s=timeout_s)
    def virt_domain_set_memory(self, args: virt_domain_set_memory_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_SET_MEMORY, args, timeout_s=timeout_s)
    def virt_domain_set_vcpus(self, args: virt_domain_set_vcpus_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_SET_VCPUS, args, timeout_s=timeout_s)
    def virt_domain_shutdown(self, args: virt_domain_shutdown_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_SHUTDOWN, args, timeout_s=timeout_s)
    def virt_domain_suspend(self, args: virt_domain_suspend_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_SUSPEND, args, timeout_s=timeout_s)
    def virt_domain_undefine(self, args: virt_domain_undefine_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_UNDEFINE, args, timeout_s=timeout_s)
    def virt_connect_list_defined_networks(self, args: virt_connect_list_defined_networks_args, *, timeout_s: float | None = None) -> virt_connect_list_defined_networks_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_LIST_DEFINED_NETWORKS, args, timeout_s=timeout_s)
    def virt_connect_list_domains(self, args: virt_connect_list_domains_args, *, timeout_s: float | None = None) -> virt_connect_list_domains_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_LIST_DOMAINS, args, timeout_s=timeout_s)
    def virt_connect_list_networks(self, args: virt_connect_list_networks_args, *, timeout_s: float | None = None) -> virt_connect_list_networks_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_LIST_NETWORKS, args, timeout_s=timeout_s)
    def virt_network_create(self, args: virt_network_create_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_NETWORK_CREATE, args, timeout_s=timeout_s)
    def virt_network_create_xml(self, args: virt_network_create_xml_args, *, timeout_s: float | None = None) -> virt_network_create_xml_res:
        return self._caller.call(_VIRT_V2_VIRT_NETWORK_CREATE_XML, args, timeout_s=timeout_s)
    def virt_network_define_xml(self, args: virt_network_define_xml_args, *, timeout_s: float | None = None) -> virt_network_define_xml_res:
        return self._caller.call(_VIRT_V2_VIRT_NETWORK_DEFINE_XML, args, timeout_s=timeout_s)
    def virt_network_destroy(self, args: virt_network_destroy_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_NETWORK_DESTROY, args, timeout_s=timeout_s)
    def virt_network_get_xml_desc(self, args: virt_network_get_xml_desc_args, *, timeout_s: float | None = None) -> virt_network_get_xml_desc_res:
        return self._caller.call(_VIRT_V2_VIRT_NETWORK_GET_XML_DESC, args, timeout_s=timeout_s)
    def virt_network_get_autostart(self, args: virt_network_get_autostart_args, *, timeout_s: float | None = None) -> virt_network_get_autostart_res:
        return self._caller.call(_VIRT_V2_VIRT_NETWORK_GET_AUTOSTART, args, timeout_s=timeout_s)
    def virt_network_get_bridge_name(self, args: virt_network_get_bridge_name_args, *, timeout_s: float | None = None) -> virt_network_get_bridge_name_res:
        return self._caller.call(_VIRT_V2_VIRT_NETWORK_GET_BRIDGE_NAME, args, timeout_s=timeout_s)
    def virt_network_lookup_by_name(self, args: virt_network_lookup_by_name_args, *, timeout_s: float | None = None) -> virt_network_lookup_by_name_res:
        return self._caller.call(_VIRT_V2_VIRT_NETWORK_LOOKUP_BY_NAME, args, timeout_s=timeout_s)
    def virt_network_lookup_by_uuid(self, args: virt_network_lookup_by_uuid_args, *, timeout_s: float | None = None) -> virt_network_lookup_by_uuid_res:
        return self._caller.call(_VIRT_V2_VIRT_NETWORK_LOOKUP_BY_UUID, args, timeout_s=timeout_s)
    def virt_network_set_autostart(self, args: virt_network_set_autostart_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_NETWORK_SET_AUTOSTART, args, timeout_s=timeout_s)
    def virt_network_undefine(self, args: virt_network_undefine_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_NETWORK_UNDEFINE, args, timeout_s=timeout_s)
    def virt_connect_num_of_defined_networks(self, *, timeout_s: float | None = None) -> virt_connect_num_of_defined_networks_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_NUM_OF_DEFINED_NETWORKS, timeout_s=timeout_s)
    def virt_connect_num_of_domains(self, *, timeout_s: float | None = None) -> virt_connect_num_of_domains_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_NUM_OF_DOMAINS, timeout_s=timeout_s)
    def virt_connect_num_of_networks(self, *, timeout_s: float | None = None) -> virt_connect_num_of_networks_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_NUM_OF_NETWORKS, timeout_s=timeout_s)
    def virt_domain_core_dump(self, args: virt_domain_core_dump_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_CORE_DUMP, args, timeout_s=timeout_s)
    def virt_domain_restore(self, args: virt_domain_restore_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_RESTORE, args, timeout_s=timeout_s)
    def virt_domain_save(self, args: virt_domain_save_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_SAVE, args, timeout_s=timeout_s)
    def virt_domain_get_scheduler_type(self, args: virt_domain_get_scheduler_type_args, *, timeout_s: float | None = None) -> virt_domain_get_scheduler_type_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_SCHEDULER_TYPE, args, timeout_s=timeout_s)
    def virt_domain_get_scheduler_parameters(self, args: virt_domain_get_scheduler_parameters_args, *, timeout_s: float | None = None) -> virt_domain_get_scheduler_parameters_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_SCHEDULER_PARAMETERS, args, timeout_s=timeout_s)
    def virt_domain_set_scheduler_parameters(self, args: virt_domain_set_scheduler_parameters_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_SET_SCHEDULER_PARAMETERS, args, timeout_s=timeout_s)
    def virt_connect_get_hostname(self, *, timeout_s: float | None = None) -> virt_connect_get_hostname_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_GET_HOSTNAME, timeout_s=timeout_s)
    def virt_connect_supports_feature(self, args: virt_connect_supports_feature_args, *, timeout_s: float | None = None) -> virt_connect_supports_feature_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_SUPPORTS_FEATURE, args, timeout_s=timeout_s)
    def virt_node_get_free_memory(self, *, timeout_s: float | None = None) -> virt_node_get_free_memory_res:
        return self._caller.call(_VIRT_V2_VIRT_NODE_GET_FREE_MEMORY, timeout_s=timeout_s)
    def virt_connect_get_uri(self, *, timeout_s: float | None = None) -> virt_connect_get_uri_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_GET_URI, timeout_s=timeout_s)
    def virt_connect_is_secure(self, *, timeout_s: float | None = None) -> virt_connect_is_secure_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_IS_SECURE, timeout_s=timeout_s)
    def virt_domain_is_active(self, args: virt_domain_is_active_args, *, timeout_s: float | None = None) -> virt_domain_is_active_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_IS_ACTIVE, args, timeout_s=timeout_s)
    def virt_domain_is_persistent(self, args: virt_domain_is_persistent_args, *, timeout_s: float | None = None) -> virt_domain_is_persistent_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_IS_PERSISTENT, args, timeout_s=timeout_s)
    def virt_connect_get_lib_version(self, *, timeout_s: float | None = None) -> virt_connect_get_lib_version_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_GET_LIB_VERSION, timeout_s=timeout_s)
    def virt_domain_memory_stats(self, args: virt_domain_memory_stats_args, *, timeout_s: float | None = None) -> virt_domain_memory_stats_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_MEMORY_STATS, args, timeout_s=timeout_s)
    def virt_domain_managed_save(self, args: virt_domain_managed_save_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_MANAGED_SAVE, args, timeout_s=timeout_s)
    def virt_domain_has_managed_save_image(self, args: virt_domain_has_managed_save_image_args, *, timeout_s: float | None = None) -> virt_domain_has_managed_save_image_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_HAS_MANAGED_SAVE_IMAGE, args, timeout_s=timeout_s)
    def virt_domain_managed_save_remove(self, args: virt_domain_managed_save_remove_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_MANAGED_SAVE_REMOVE, args, timeout_s=timeout_s)
    def virt_domain_create_with_flags(self, args: virt_domain_create_with_flags_args, *, timeout_s: float | None = None) -> virt_domain_create_with_flags_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_CREATE_WITH_FLAGS, args, timeout_s=timeout_s)
    def virt_domain_set_vcpus_flags(self, args: virt_domain_set_vcpus_flags_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_SET_VCPUS_FLAGS, args, timeout_s=timeout_s)
    def virt_domain_get_vcpus_flags(self, args: virt_domain_get_vcpus_flags_args, *, timeout_s: float | None = None) -> virt_domain_get_vcpus_flags_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_VCPUS_FLAGS, args, timeout_s=timeout_s)
    def virt_domain_is_updated(self, args: virt_domain_is_updated_args, *, timeout_s: float | None = None) -> virt_domain_is_updated_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_IS_UPDATED, args, timeout_s=timeout_s)
    def virt_domain_set_memory_flags(self, args: virt_domain_set_memory_flags_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_SET_MEMORY_FLAGS, args, timeout_s=timeout_s)
    def virt_domain_get_state(self, args: virt_domain_get_state_args, *, timeout_s: float | None = None) -> virt_domain_get_state_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_STATE, args, timeout_s=timeout_s)
    def virt_domain_pin_vcpu_flags(self, args: virt_domain_pin_vcpu_flags_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_PIN_VCPU_FLAGS, args, timeout_s=timeout_s)
    def virt_domain_get_control_info(self, args: virt_domain_get_control_info_args, *, timeout_s: float | None = None) -> virt_domain_get_control_info_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_CONTROL_INFO, args, timeout_s=timeout_s)
    def virt_domain_get_vcpu_pin_info(self, args: virt_domain_get_vcpu_pin_info_args, *, timeout_s: float | None = None) -> virt_domain_get_vcpu_pin_info_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_VCPU_PIN_INFO, args, timeout_s=timeout_s)
    def virt_domain_undefine_flags(self, args: virt_domain_undefine_flags_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_UNDEFINE_FLAGS, args, timeout_s=timeout_s)
    def virt_domain_save_flags(self, args: virt_domain_save_flags_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_SAVE_FLAGS, args, timeout_s=timeout_s)
    def virt_domain_restore_flags(self, args: virt_domain_restore_flags_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_RESTORE_FLAGS, args, timeout_s=timeout_s)
    def virt_domain_destroy_flags(self, args: virt_domain_destroy_flags_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_DESTROY_FLAGS, args, timeout_s=timeout_s)
    def virt_domain_reset(self, args: virt_domain_reset_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_RESET, args, timeout_s=timeout_s)
    def virt_domain_shutdown_flags(self, args: virt_domain_shutdown_flags_args, *, timeout_s: float | None = None) -> virt_void_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_SHUTDOWN_FLAGS, args, timeout_s=timeout_s)
    def virt_connect_list_all_domains(self, args: virt_connect_list_all_domains_args, *, timeout_s: float | None = None) -> virt_connect_list_all_domains_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_LIST_ALL_DOMAINS, args, timeout_s=timeout_s)
    def virt_node_get_cpu_map(self, args: virt_node_get_cpu_map_args, *, timeout_s: float | None = None) -> virt_node_get_cpu_map_res:
        return self._caller.call(_VIRT_V2_VIRT_NODE_GET_CPU_MAP, args, timeout_s=timeout_s)
    def virt_connect_get_all_domain_stats(self, args: virt_connect_get_all_domain_stats_args, *, timeout_s: float | None = None) -> virt_connect_get_all_domain_stats_res:
        return self._caller.call(_VIRT_V2_VIRT_CONNECT_GET_ALL_DOMAIN_STATS, args, timeout_s=timeout_s)
    def virt_domain_define_xml_flags(self, args: virt_domain_define_xml_flags_args, *, timeout_s: float | None = None) -> virt_domain_define_xml_flags_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_DEFINE_XML_FLAGS, args, timeout_s=timeout_s)
    def virt_domain_rename(self, args: virt_domain_rename_args, *, timeout_s: float | None = None) -> virt_domain_rename_res:
        return self._caller.call(_VIRT_V2_VIRT_DOMAIN_RENAME, args, timeout_s=timeout_s)
    def virt_batch(self, args: virt_batch_args, *, timeout_s: float | None = None) -> virt_batch_res:
        return self._caller.call(_VIRT_V2_VIRT_BATCH, args, timeout_s=timeout_s)
    def virt_events(self, args: virt_events_args, *, timeout_s: float | None = None) -> virt_events_res:
        return self._caller.call(_VIRT_V2_VIRT_EVENTS, args, timeout_s=timeout_s)
class VIRT_V2_AsyncClient:
    def __init__(self, caller: AsyncCaller) -> None:
        self._caller = caller
    async def virt_connect_open(self, args: virt_connect_open_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_OPEN, args, timeout_s=timeout_s)
    async def virt_connect_close(self, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_CLOSE, timeout_s=timeout_s)
    async def virt_connect_get_type(self, *, timeout_s: float | None = None) -> virt_connect_get_type_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_GET_TYPE, timeout_s=timeout_s)
    async def virt_connect_get_version(self, *, timeout_s: float | None = None) -> virt_connect_get_version_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_GET_VERSION, timeout_s=timeout_s)
    async def virt_connect_get_max_vcpus(self, args: virt_connect_get_max_vcpus_args, *, timeout_s: float | None = None) -> virt_connect_get_max_vcpus_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_GET_MAX_VCPUS, args, timeout_s=timeout_s)
    async def virt_node_get_info(self, *, timeout_s: float | None = None) -> virt_node_get_info_res:
        return await self._caller.call(_VIRT_V2_VIRT_NODE_GET_INFO, timeout_s=timeout_s)
    async def virt_connect_get_capabilities(self, *, timeout_s: float | None = None) -> virt_connect_get_capabilities_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_GET_CAPABILITIES, timeout_s=timeout_s)
    async def virt_domain_attach_device(self, args: virt_domain_attach_device_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_ATTACH_DEVICE, args, timeout_s=timeout_s)
    async def virt_domain_create(self, args: virt_domain_create_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_CREATE, args, timeout_s=timeout_s)
    async def virt_domain_create_xml(self, args: virt_domain_create_xml_args, *, timeout_s: float | None = None) -> virt_domain_create_xml_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_CREATE_XML, args, timeout_s=timeout_s)
    async def virt_domain_define_xml(self, args: virt_domain_define_xml_args, *, timeout_s: float | None = None) -> virt_domain_define_xml_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_DEFINE_XML, args, timeout_s=timeout_s)
    async def virt_domain_destroy(self, args: virt_domain_destroy_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_DESTROY, args, timeout_s=timeout_s)
    async def virt_domain_detach_device(self, args: virt_domain_detach_device_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_DETACH_DEVICE, args, timeout_s=timeout_s)
    async def virt_domain_get_xml_desc(self, args: virt_domain_get_xml_desc_args, *, timeout_s: float | None = None) -> virt_domain_get_xml_desc_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_XML_DESC, args, timeout_s=timeout_s)
    async def virt_domain_get_autostart(self, args: virt_domain_get_autostart_args, *, timeout_s: float | None = None) -> virt_domain_get_autostart_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_AUTOSTART, args, timeout_s=timeout_s)
    async def virt_domain_get_info(self, args: virt_domain_get_info_args, *, timeout_s: float | None = None) -> virt_domain_get_info_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_INFO, args, timeout_s=timeout_s)
    async def virt_domain_get_max_memory(self, args: virt_domain_get_max_memory_args, *, timeout_s: float | None = None) -> virt_domain_get_max_memory_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_MAX_MEMORY, args, timeout_s=timeout_s)
    async def virt_domain_get_max_vcpus(self, args: virt_domain_get_max_vcpus_args, *, timeout_s: float | None = None) -> virt_domain_get_max_vcpus_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_MAX_VCPUS, args, timeout_s=timeout_s)
    async def virt_domain_get_os_type(self, args: virt_domain_get_os_type_args, *, timeout_s: float | None = None) -> virt_domain_get_os_type_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_OS_TYPE, args, timeout_s=timeout_s)
    async def virt_domain_get_vcpus(self, args: virt_domain_get_vcpus_args, *, timeout_s: float | None = None) -> virt_domain_get_vcpus_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_VCPUS, args, timeout_s=timeout_s)
    async def virt_connect_list_defined_domains(self, args: virt_connect_list_defined_domains_args, *, timeout_s: float | None = None) -> virt_connect_list_defined_domains_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_LIST_DEFINED_DOMAINS, args, timeout_s=timeout_s)
    async def virt_domain_lookup_by_id(self, args: virt_domain_lookup_by_id_args, *, timeout_s: float | None = None) -> virt_domain_lookup_by_id_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_LOOKUP_BY_ID, args, timeout_s=timeout_s)
    async def virt_domain_lookup_by_name(self, args: virt_domain_lookup_by_name_args, *, timeout_s: float | None = None) -> virt_domain_lookup_by_name_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_LOOKUP_BY_NAME, args, timeout_s=timeout_s)
    async def virt_domain_lookup_by_uuid(self, args: virt_domain_lookup_by_uuid_args, *, timeout_s: float | None = None) -> virt_domain_lookup_by_uuid_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_LOOKUP_BY_UUID, args, timeout_s=timeout_s)
    async def virt_connect_num_of_defined_domains(self, *, timeout_s: float | None = None) -> virt_connect_num_of_defined_domains_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_NUM_OF_DEFINED_DOMAINS, timeout_s=timeout_s)
    async def virt_domain_pin_vcpu(self, args: virt_domain_pin_vcpu_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_PIN_VCPU, args, timeout_s=timeout_s)
    async def virt_domain_reboot(self, args: virt_domain_reboot_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_REBOOT, args, timeout_s=timeout_s)
    async def virt_domain_resume(self, args: virt_domain_resume_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_RESUME, args, timeout_s=timeout_s)
    async def virt_domain_set_autostart(self, args: virt_domain_set_autostart_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_SET_AUTOSTART, args, timeout_s=timeout_s)
    async def virt_domain_set_max_memory(self, args: virt_domain_set_max_memory_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_SET_MAX_MEMORY, args, timeout_s=timeout_s)
    async def virt_domain_set_memory(self, args: virt_domain_set_memory_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_SET_MEMORY, args, timeout_s=timeout_s)
    async def virt_domain_set_vcpus(self, args: virt_domain_set_vcpus_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_SET_VCPUS, args, timeout_s=timeout_s)
    async def virt_domain_shutdown(self, args: virt_domain_shutdown_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_SHUTDOWN, args, timeout_s=timeout_s)
    async def virt_domain_suspend(self, args: virt_domain_suspend_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_SUSPEND, args, timeout_s=timeout_s)
    async def virt_domain_undefine(self, args: virt_domain_undefine_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_UNDEFINE, args, timeout_s=timeout_s)
    async def virt_connect_list_defined_networks(self, args: virt_connect_list_defined_networks_args, *, timeout_s: float | None = None) -> virt_connect_list_defined_networks_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_LIST_DEFINED_NETWORKS, args, timeout_s=timeout_s)
    async def virt_connect_list_domains(self, args: virt_connect_list_domains_args, *, timeout_s: float | None = None) -> virt_connect_list_domains_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_LIST_DOMAINS, args, timeout_s=timeout_s)
    async def virt_connect_list_networks(self, args: virt_connect_list_networks_args, *, timeout_s: float | None = None) -> virt_connect_list_networks_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_LIST_NETWORKS, args, timeout_s=timeout_s)
    async def virt_network_create(self, args: virt_network_create_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_NETWORK_CREATE, args, timeout_s=timeout_s)
    async def virt_network_create_xml(self, args: virt_network_create_xml_args, *, timeout_s: float | None = None) -> virt_network_create_xml_res:
        return await self._caller.call(_VIRT_V2_VIRT_NETWORK_CREATE_XML, args, timeout_s=timeout_s)
    async def virt_network_define_xml(self, args: virt_network_define_xml_args, *, timeout_s: float | None = None) -> virt_network_define_xml_res:
        return await self._caller.call(_VIRT_V2_VIRT_NETWORK_DEFINE_XML, args, timeout_s=timeout_s)
    async def virt_network_destroy(self, args: virt_network_destroy_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_NETWORK_DESTROY, args, timeout_s=timeout_s)
    async def virt_network_get_xml_desc(self, args: virt_network_get_xml_desc_args, *, timeout_s: float | None = None) -> virt_network_get_xml_desc_res:
        return await self._caller.call(_VIRT_V2_VIRT_NETWORK_GET_XML_DESC, args, timeout_s=timeout_s)
    async def virt_network_get_autostart(self, args: virt_network_get_autostart_args, *, timeout_s: float | None = None) -> virt_network_get_autostart_res:
        return await self._caller.call(_VIRT_V2_VIRT_NETWORK_GET_AUTOSTART, args, timeout_s=timeout_s)
    async def virt_network_get_bridge_name(self, args: virt_network_get_bridge_name_args, *, timeout_s: float | None = None) -> virt_network_get_bridge_name_res:
        return await self._caller.call(_VIRT_V2_VIRT_NETWORK_GET_BRIDGE_NAME, args, timeout_s=timeout_s)
    async def virt_network_lookup_by_name(self, args: virt_network_lookup_by_name_args, *, timeout_s: float | None = None) -> virt_network_lookup_by_name_res:
        return await self._caller.call(_VIRT_V2_VIRT_NETWORK_LOOKUP_BY_NAME, args, timeout_s=timeout_s)
    async def virt_network_lookup_by_uuid(self, args: virt_network_lookup_by_uuid_args, *, timeout_s: float | None = None) -> virt_network_lookup_by_uuid_res:
        return await self._caller.call(_VIRT_V2_VIRT_NETWORK_LOOKUP_BY_UUID, args, timeout_s=timeout_s)
    async def virt_network_set_autostart(self, args: virt_network_set_autostart_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_NETWORK_SET_AUTOSTART, args, timeout_s=timeout_s)
    async def virt_network_undefine(self, args: virt_network_undefine_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_NETWORK_UNDEFINE, args, timeout_s=timeout_s)
    async def virt_connect_num_of_defined_networks(self, *, timeout_s: float | None = None) -> virt_connect_num_of_defined_networks_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_NUM_OF_DEFINED_NETWORKS, timeout_s=timeout_s)
    async def virt_connect_num_of_domains(self, *, timeout_s: float | None = None) -> virt_connect_num_of_domains_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_NUM_OF_DOMAINS, timeout_s=timeout_s)
    async def virt_connect_num_of_networks(self, *, timeout_s: float | None = None) -> virt_connect_num_of_networks_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_NUM_OF_NETWORKS, timeout_s=timeout_s)
    async def virt_domain_core_dump(self, args: virt_domain_core_dump_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_CORE_DUMP, args, timeout_s=timeout_s)
    async def virt_domain_restore(self, args: virt_domain_restore_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_RESTORE, args, timeout_s=timeout_s)
    async def virt_domain_save(self, args: virt_domain_save_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_SAVE, args, timeout_s=timeout_s)
    async def virt_domain_get_scheduler_type(self, args: virt_domain_get_scheduler_type_args, *, timeout_s: float | None = None) -> virt_domain_get_scheduler_type_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_SCHEDULER_TYPE, args, timeout_s=timeout_s)
    async def virt_domain_get_scheduler_parameters(self, args: virt_domain_get_scheduler_parameters_args, *, timeout_s: float | None = None) -> virt_domain_get_scheduler_parameters_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_SCHEDULER_PARAMETERS, args, timeout_s=timeout_s)
    async def virt_domain_set_scheduler_parameters(self, args: virt_domain_set_scheduler_parameters_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_SET_SCHEDULER_PARAMETERS, args, timeout_s=timeout_s)
    async def virt_connect_get_hostname(self, *, timeout_s: float | None = None) -> virt_connect_get_hostname_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_GET_HOSTNAME, timeout_s=timeout_s)
    async def virt_connect_supports_feature(self, args: virt_connect_supports_feature_args, *, timeout_s: float | None = None) -> virt_connect_supports_feature_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_SUPPORTS_FEATURE, args, timeout_s=timeout_s)
    async def virt_node_get_free_memory(self, *, timeout_s: float | None = None) -> virt_node_get_free_memory_res:
        return await self._caller.call(_VIRT_V2_VIRT_NODE_GET_FREE_MEMORY, timeout_s=timeout_s)
    async def virt_connect_get_uri(self, *, timeout_s: float | None = None) -> virt_connect_get_uri_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_GET_URI, timeout_s=timeout_s)
    async def virt_connect_is_secure(self, *, timeout_s: float | None = None) -> virt_connect_is_secure_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_IS_SECURE, timeout_s=timeout_s)
    async def virt_domain_is_active(self, args: virt_domain_is_active_args, *, timeout_s: float | None = None) -> virt_domain_is_active_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_IS_ACTIVE, args, timeout_s=timeout_s)
    async def virt_domain_is_persistent(self, args: virt_domain_is_persistent_args, *, timeout_s: float | None = None) -> virt_domain_is_persistent_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_IS_PERSISTENT, args, timeout_s=timeout_s)
    async def virt_connect_get_lib_version(self, *, timeout_s: float | None = None) -> virt_connect_get_lib_version_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_GET_LIB_VERSION, timeout_s=timeout_s)
    async def virt_domain_memory_stats(self, args: virt_domain_memory_stats_args, *, timeout_s: float | None = None) -> virt_domain_memory_stats_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_MEMORY_STATS, args, timeout_s=timeout_s)
    async def virt_domain_managed_save(self, args: virt_domain_managed_save_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_MANAGED_SAVE, args, timeout_s=timeout_s)
    async def virt_domain_has_managed_save_image(self, args: virt_domain_has_managed_save_image_args, *, timeout_s: float | None = None) -> virt_domain_has_managed_save_image_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_HAS_MANAGED_SAVE_IMAGE, args, timeout_s=timeout_s)
    async def virt_domain_managed_save_remove(self, args: virt_domain_managed_save_remove_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_MANAGED_SAVE_REMOVE, args, timeout_s=timeout_s)
    async def virt_domain_create_with_flags(self, args: virt_domain_create_with_flags_args, *, timeout_s: float | None = None) -> virt_domain_create_with_flags_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_CREATE_WITH_FLAGS, args, timeout_s=timeout_s)
    async def virt_domain_set_vcpus_flags(self, args: virt_domain_set_vcpus_flags_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_SET_VCPUS_FLAGS, args, timeout_s=timeout_s)
    async def virt_domain_get_vcpus_flags(self, args: virt_domain_get_vcpus_flags_args, *, timeout_s: float | None = None) -> virt_domain_get_vcpus_flags_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_VCPUS_FLAGS, args, timeout_s=timeout_s)
    async def virt_domain_is_updated(self, args: virt_domain_is_updated_args, *, timeout_s: float | None = None) -> virt_domain_is_updated_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_IS_UPDATED, args, timeout_s=timeout_s)
    async def virt_domain_set_memory_flags(self, args: virt_domain_set_memory_flags_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_SET_MEMORY_FLAGS, args, timeout_s=timeout_s)
    async def virt_domain_get_state(self, args: virt_domain_get_state_args, *, timeout_s: float | None = None) -> virt_domain_get_state_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_STATE, args, timeout_s=timeout_s)
    async def virt_domain_pin_vcpu_flags(self, args: virt_domain_pin_vcpu_flags_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_PIN_VCPU_FLAGS, args, timeout_s=timeout_s)
    async def virt_domain_get_control_info(self, args: virt_domain_get_control_info_args, *, timeout_s: float | None = None) -> virt_domain_get_control_info_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_CONTROL_INFO, args, timeout_s=timeout_s)
    async def virt_domain_get_vcpu_pin_info(self, args: virt_domain_get_vcpu_pin_info_args, *, timeout_s: float | None = None) -> virt_domain_get_vcpu_pin_info_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_GET_VCPU_PIN_INFO, args, timeout_s=timeout_s)
    async def virt_domain_undefine_flags(self, args: virt_domain_undefine_flags_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_UNDEFINE_FLAGS, args, timeout_s=timeout_s)
    async def virt_domain_save_flags(self, args: virt_domain_save_flags_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_SAVE_FLAGS, args, timeout_s=timeout_s)
    async def virt_domain_restore_flags(self, args: virt_domain_restore_flags_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_RESTORE_FLAGS, args, timeout_s=timeout_s)
    async def virt_domain_destroy_flags(self, args: virt_domain_destroy_flags_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_DESTROY_FLAGS, args, timeout_s=timeout_s)
    async def virt_domain_reset(self, args: virt_domain_reset_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_RESET, args, timeout_s=timeout_s)
    async def virt_domain_shutdown_flags(self, args: virt_domain_shutdown_flags_args, *, timeout_s: float | None = None) -> virt_void_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_SHUTDOWN_FLAGS, args, timeout_s=timeout_s)
    async def virt_connect_list_all_domains(self, args: virt_connect_list_all_domains_args, *, timeout_s: float | None = None) -> virt_connect_list_all_domains_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_LIST_ALL_DOMAINS, args, timeout_s=timeout_s)
    async def virt_node_get_cpu_map(self, args: virt_node_get_cpu_map_args, *, timeout_s: float | None = None) -> virt_node_get_cpu_map_res:
        return await self._caller.call(_VIRT_V2_VIRT_NODE_GET_CPU_MAP, args, timeout_s=timeout_s)
    async def virt_connect_get_all_domain_stats(self, args: virt_connect_get_all_domain_stats_args, *, timeout_s: float | None = None) -> virt_connect_get_all_domain_stats_res:
        return await self._caller.call(_VIRT_V2_VIRT_CONNECT_GET_ALL_DOMAIN_STATS, args, timeout_s=timeout_s)
    async def virt_domain_define_xml_flags(self, args: virt_domain_define_xml_flags_args, *, timeout_s: float | None = None) -> virt_domain_define_xml_flags_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_DEFINE_XML_FLAGS, args, timeout_s=timeout_s)
    async def virt_domain_rename(self, args: virt_domain_rename_args, *, timeout_s: float | None = None) -> virt_domain_rename_res:
        return await self._caller.call(_VIRT_V2_VIRT_DOMAIN_RENAME, args, timeout_s=timeout_s)
    async def virt_batch(self, args: virt_batch_args, *, timeout_s: float | None = None) -> virt_batch_res:
        return await self._caller.call(_VIRT_V2_VIRT_BATCH, args, timeout_s=timeout_s)
    async def virt_events(self, args: virt_events_args, *, timeout_s: float | None = None) -> virt_events_res:
        return await self._caller.call(_VIRT_V2_VIRT_EVENTS, args, timeout_s=timeout_s)
class VIRT_V2_Server:
    PROGRAM: ClassVar[Program] = VIRT_V2_TABLE
    def virt_connect_open(self, args: virt_connect_open_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(1)
    def virt_connect_close(self, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(2)
    def virt_connect_get_type(self, call: Call) -> virt_connect_get_type_ret | Awaitable[virt_connect_get_type_ret]:
        raise ProcedureUnavailable(3)
    def virt_connect_get_version(self, call: Call) -> virt_connect_get_version_ret | Awaitable[virt_connect_get_version_ret]:
        raise ProcedureUnavailable(4)
    def virt_connect_get_max_vcpus(self, args: virt_connect_get_max_vcpus_args, call: Call) -> virt_connect_get_max_vcpus_ret | Awaitable[virt_connect_get_max_vcpus_ret]:
        raise ProcedureUnavailable(5)
    def virt_node_get_info(self, call: Call) -> virt_node_get_info_ret | Awaitable[virt_node_get_info_ret]:
        raise ProcedureUnavailable(6)
    def virt_connect_get_capabilities(self, call: Call) -> virt_connect_get_capabilities_ret | Awaitable[virt_connect_get_capabilities_ret]:
        raise ProcedureUnavailable(7)
    def virt_domain_attach_device(self, args: virt_domain_attach_device_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(8)
    def virt_domain_create(self, args: virt_domain_create_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(9)
    def virt_domain_create_xml(self, args: virt_domain_create_xml_args, call: Call) -> virt_domain_create_xml_ret | Awaitable[virt_domain_create_xml_ret]:
        raise ProcedureUnavailable(10)
    def virt_domain_define_xml(self, args: virt_domain_define_xml_args, call: Call) -> virt_domain_define_xml_ret | Awaitable[virt_domain_define_xml_ret]:
        raise ProcedureUnavailable(11)
    def virt_domain_destroy(self, args: virt_domain_destroy_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(12)
    def virt_domain_detach_device(self, args: virt_domain_detach_device_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(13)
    def virt_domain_get_xml_desc(self, args: virt_domain_get_xml_desc_args, call: Call) -> virt_domain_get_xml_desc_ret | Awaitable[virt_domain_get_xml_desc_ret]:
        raise ProcedureUnavailable(14)
    def virt_domain_get_autostart(self, args: virt_domain_get_autostart_args, call: Call) -> virt_domain_get_autostart_ret | Awaitable[virt_domain_get_autostart_ret]:
        raise ProcedureUnavailable(15)
    def virt_domain_get_info(self, args: virt_domain_get_info_args, call: Call) -> virt_domain_get_info_ret | Awaitable[virt_domain_get_info_ret]:
        raise ProcedureUnavailable(16)
    def virt_domain_get_max_memory(self, args: virt_domain_get_max_memory_args, call: Call) -> virt_domain_get_max_memory_ret | Awaitable[virt_domain_get_max_memory_ret]:
        raise ProcedureUnavailable(17)
    def virt_domain_get_max_vcpus(self, args: virt_domain_get_max_vcpus_args, call: Call) -> virt_domain_get_max_vcpus_ret | Awaitable[virt_domain_get_max_vcpus_ret]:
        raise ProcedureUnavailable(18)
    def virt_domain_get_os_type(self, args: virt_domain_get_os_type_args, call: Call) -> virt_domain_get_os_type_ret | Awaitable[virt_domain_get_os_type_ret]:
        raise ProcedureUnavailable(19)
    def virt_domain_get_vcpus(self, args: virt_domain_get_vcpus_args, call: Call) -> virt_domain_get_vcpus_ret | Awaitable[virt_domain_get_vcpus_ret]:
        raise ProcedureUnavailable(20)
    def virt_connect_list_defined_domains(self, args: virt_connect_list_defined_domains_args, call: Call) -> virt_connect_list_defined_domains_ret | Awaitable[virt_connect_list_defined_domains_ret]:
        raise ProcedureUnavailable(21)
    def virt_domain_lookup_by_id(self, args: virt_domain_lookup_by_id_args, call: Call) -> virt_domain_lookup_by_id_ret | Awaitable[virt_domain_lookup_by_id_ret]:
        raise ProcedureUnavailable(22)
    def virt_domain_lookup_by_name(self, args: virt_domain_lookup_by_name_args, call: Call) -> virt_domain_lookup_by_name_ret | Awaitable[virt_domain_lookup_by_name_ret]:
        raise ProcedureUnavailable(23)
    def virt_domain_lookup_by_uuid(self, args: virt_domain_lookup_by_uuid_args, call: Call) -> virt_domain_lookup_by_uuid_ret | Awaitable[virt_domain_lookup_by_uuid_ret]:
        raise ProcedureUnavailable(24)
    def virt_connect_num_of_defined_domains(self, call: Call) -> virt_connect_num_of_defined_domains_ret | Awaitable[virt_connect_num_of_defined_domains_ret]:
        raise ProcedureUnavailable(25)
    def virt_domain_pin_vcpu(self, args: virt_domain_pin_vcpu_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(26)
    def virt_domain_reboot(self, args: virt_domain_reboot_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(27)
    def virt_domain_resume(self, args: virt_domain_resume_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(28)
    def virt_domain_set_autostart(self, args: virt_domain_set_autostart_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(29)
    def virt_domain_set_max_memory(self, args: virt_domain_set_max_memory_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(30)
    def virt_domain_set_memory(self, args: virt_domain_set_memory_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(31)
    def virt_domain_set_vcpus(self, args: virt_domain_set_vcpus_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(32)
    def virt_domain_shutdown(self, args: virt_domain_shutdown_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(33)
    def virt_domain_suspend(self, args: virt_domain_suspend_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(34)
    def virt_domain_undefine(self, args: virt_domain_undefine_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(35)
    def virt_connect_list_defined_networks(self, args: virt_connect_list_defined_networks_args, call: Call) -> virt_connect_list_defined_networks_ret | Awaitable[virt_connect_list_defined_networks_ret]:
        raise ProcedureUnavailable(36)
    def virt_connect_list_domains(self, args: virt_connect_list_domains_args, call: Call) -> virt_connect_list_domains_ret | Awaitable[virt_connect_list_domains_ret]:
        raise ProcedureUnavailable(37)
    def virt_connect_list_networks(self, args: virt_connect_list_networks_args, call: Call) -> virt_connect_list_networks_ret | Awaitable[virt_connect_list_networks_ret]:
        raise ProcedureUnavailable(38)
    def virt_network_create(self, args: virt_network_create_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(39)
    def virt_network_create_xml(self, args: virt_network_create_xml_args, call: Call) -> virt_network_create_xml_ret | Awaitable[virt_network_create_xml_ret]:
        raise ProcedureUnavailable(40)
    def virt_network_define_xml(self, args: virt_network_define_xml_args, call: Call) -> virt_network_define_xml_ret | Awaitable[virt_network_define_xml_ret]:
        raise ProcedureUnavailable(41)
    def virt_network_destroy(self, args: virt_network_destroy_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(42)
    def virt_network_get_xml_desc(self, args: virt_network_get_xml_desc_args, call: Call) -> virt_network_get_xml_desc_ret | Awaitable[virt_network_get_xml_desc_ret]:
        raise ProcedureUnavailable(43)
    def virt_network_get_autostart(self, args: virt_network_get_autostart_args, call: Call) -> virt_network_get_autostart_ret | Awaitable[virt_network_get_autostart_ret]:
        raise ProcedureUnavailable(44)
    def virt_network_get_bridge_name(self, args: virt_network_get_bridge_name_args, call: Call) -> virt_network_get_bridge_name_ret | Awaitable[virt_network_get_bridge_name_ret]:
        raise ProcedureUnavailable(45)
    def virt_network_lookup_by_name(self, args: virt_network_lookup_by_name_args, call: Call) -> virt_network_lookup_by_name_ret | Awaitable[virt_network_lookup_by_name_ret]:
        raise ProcedureUnavailable(46)
    def virt_network_lookup_by_uuid(self, args: virt_network_lookup_by_uuid_args, call: Call) -> virt_network_lookup_by_uuid_ret | Awaitable[virt_network_lookup_by_uuid_ret]:
        raise ProcedureUnavailable(47)
    def virt_network_set_autostart(self, args: virt_network_set_autostart_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(48)
    def virt_network_undefine(self, args: virt_network_undefine_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(49)
    def virt_connect_num_of_defined_networks(self, call: Call) -> virt_connect_num_of_defined_networks_ret | Awaitable[virt_connect_num_of_defined_networks_ret]:
        raise ProcedureUnavailable(50)
    def virt_connect_num_of_domains(self, call: Call) -> virt_connect_num_of_domains_ret | Awaitable[virt_connect_num_of_domains_ret]:
        raise ProcedureUnavailable(51)
    def virt_connect_num_of_networks(self, call: Call) -> virt_connect_num_of_networks_ret | Awaitable[virt_connect_num_of_networks_ret]:
        raise ProcedureUnavailable(52)
    def virt_domain_core_dump(self, args: virt_domain_core_dump_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(53)
    def virt_domain_restore(self, args: virt_domain_restore_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(54)
    def virt_domain_save(self, args: virt_domain_save_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(55)
    def virt_domain_get_scheduler_type(self, args: virt_domain_get_scheduler_type_args, call: Call) -> virt_domain_get_scheduler_type_ret | Awaitable[virt_domain_get_scheduler_type_ret]:
        raise ProcedureUnavailable(56)
    def virt_domain_get_scheduler_parameters(self, args: virt_domain_get_scheduler_parameters_args, call: Call) -> virt_domain_get_scheduler_parameters_ret | Awaitable[virt_domain_get_scheduler_parameters_ret]:
        raise ProcedureUnavailable(57)
    def virt_domain_set_scheduler_parameters(self, args: virt_domain_set_scheduler_parameters_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(58)
    def virt_connect_get_hostname(self, call: Call) -> virt_connect_get_hostname_ret | Awaitable[virt_connect_get_hostname_ret]:
        raise ProcedureUnavailable(59)
    def virt_connect_supports_feature(self, args: virt_connect_supports_feature_args, call: Call) -> virt_connect_supports_feature_ret | Awaitable[virt_connect_supports_feature_ret]:
        raise ProcedureUnavailable(60)
    def virt_node_get_free_memory(self, call: Call) -> virt_node_get_free_memory_ret | Awaitable[virt_node_get_free_memory_ret]:
        raise ProcedureUnavailable(102)
    def virt_connect_get_uri(self, call: Call) -> virt_connect_get_uri_ret | Awaitable[virt_connect_get_uri_ret]:
        raise ProcedureUnavailable(110)
    def virt_connect_is_secure(self, call: Call) -> virt_connect_is_secure_ret | Awaitable[virt_connect_is_secure_ret]:
        raise ProcedureUnavailable(149)
    def virt_domain_is_active(self, args: virt_domain_is_active_args, call: Call) -> virt_domain_is_active_ret | Awaitable[virt_domain_is_active_ret]:
        raise ProcedureUnavailable(150)
    def virt_domain_is_persistent(self, args: virt_domain_is_persistent_args, call: Call) -> virt_domain_is_persistent_ret | Awaitable[virt_domain_is_persistent_ret]:
        raise ProcedureUnavailable(151)
    def virt_connect_get_lib_version(self, call: Call) -> virt_connect_get_lib_version_ret | Awaitable[virt_connect_get_lib_version_ret]:
        raise ProcedureUnavailable(157)
    def virt_domain_memory_stats(self, args: virt_domain_memory_stats_args, call: Call) -> virt_domain_memory_stats_ret | Awaitable[virt_domain_memory_stats_ret]:
        raise ProcedureUnavailable(159)
    def virt_domain_managed_save(self, args: virt_domain_managed_save_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(182)
    def virt_domain_has_managed_save_image(self, args: virt_domain_has_managed_save_image_args, call: Call) -> virt_domain_has_managed_save_image_ret | Awaitable[virt_domain_has_managed_save_image_ret]:
        raise ProcedureUnavailable(183)
    def virt_domain_managed_save_remove(self, args: virt_domain_managed_save_remove_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(184)
    def virt_domain_create_with_flags(self, args: virt_domain_create_with_flags_args, call: Call) -> virt_domain_create_with_flags_ret | Awaitable[virt_domain_create_with_flags_ret]:
        raise ProcedureUnavailable(196)
    def virt_domain_set_vcpus_flags(self, args: virt_domain_set_vcpus_flags_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(199)
    def virt_domain_get_vcpus_flags(self, args: virt_domain_get_vcpus_flags_args, call: Call) -> virt_domain_get_vcpus_flags_ret | Awaitable[virt_domain_get_vcpus_flags_ret]:
        raise ProcedureUnavailable(200)
    def virt_domain_is_updated(self, args: virt_domain_is_updated_args, call: Call) -> virt_domain_is_updated_ret | Awaitable[virt_domain_is_updated_ret]:
        raise ProcedureUnavailable(202)
    def virt_domain_set_memory_flags(self, args: virt_domain_set_memory_flags_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(204)
    def virt_domain_get_state(self, args: virt_domain_get_state_args, call: Call) -> virt_domain_get_state_ret | Awaitable[virt_domain_get_state_ret]:
        raise ProcedureUnavailable(212)
    def virt_domain_pin_vcpu_flags(self, args: virt_domain_pin_vcpu_flags_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(225)
    def virt_domain_get_control_info(self, args: virt_domain_get_control_info_args, call: Call) -> virt_domain_get_control_info_ret | Awaitable[virt_domain_get_control_info_ret]:
        raise ProcedureUnavailable(229)
    def virt_domain_get_vcpu_pin_info(self, args: virt_domain_get_vcpu_pin_info_args, call: Call) -> virt_domain_get_vcpu_pin_info_ret | Awaitable[virt_domain_get_vcpu_pin_info_ret]:
        raise ProcedureUnavailable(230)
    def virt_domain_undefine_flags(self, args: virt_domain_undefine_flags_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(231)
    def virt_domain_save_flags(self, args: virt_domain_save_flags_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(232)
    def virt_domain_restore_flags(self, args: virt_domain_restore_flags_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(233)
    def virt_domain_destroy_flags(self, args: virt_domain_destroy_flags_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(234)
    def virt_domain_reset(self, args: virt_domain_reset_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(245)
    def virt_domain_shutdown_flags(self, args: virt_domain_shutdown_flags_args, call: Call) -> None | Awaitable[None]:
        raise ProcedureUnavailable(258)
    def virt_connect_list_all_domains(self, args: virt_connect_list_all_domains_args, call: Call) -> virt_connect_list_all_domains_ret | Awaitable[virt_connect_list_all_domains_ret]:
        raise ProcedureUnavailable(273)
    def virt_node_get_cpu_map(self, args: virt_node_get_cpu_map_args, call: Call) -> virt_node_get_cpu_map_ret | Awaitable[virt_node_get_cpu_map_ret]:
        raise ProcedureUnavailable(293)
    def virt_connect_get_all_domain_stats(self, args: virt_connect_get_all_domain_stats_args, call: Call) -> virt_connect_get_all_domain_stats_ret | Awaitable[virt_connect_get_all_domain_stats_ret]:
        raise ProcedureUnavailable(344)
    def virt_domain_define_xml_flags(self, args: virt_domain_define_xml_flags_args, call: Call) -> virt_domain_define_xml_flags_ret | Awaitable[virt_domain_define_xml_flags_ret]:
        raise ProcedureUnavailable(350)
    def virt_domain_rename(self, args: virt_domain_rename_args, call: Call) -> virt_domain_rename_ret | Awaitable[virt_domain_rename_ret]:
        raise ProcedureUnavailable(358)
    def virt_batch(self, args: virt_batch_args, call: Call) -> virt_batch_ret | Awaitable[virt_batch_ret]:
        raise ProcedureUnavailable(1000)
    def virt_events(self, args: virt_events_args, call: Call) -> virt_events_ret | Awaitable[virt_events_ret]:
        raise ProcedureUnavailable(1001)
