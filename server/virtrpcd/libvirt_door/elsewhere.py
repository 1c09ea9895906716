"""Calls of libvirt 9.0 that are not here: known, so that clients are told "not supported" and by which function's name.

A number that is in no table is an unknown procedure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from oncrpc.dispatch import Endpoint
from oncrpc.procedure import Call
from virtrpcd.door import encode_error
from virtrpcd.errors import FROM_DOM, NotSupported

NAMES: Final[dict[int, str]] = {
    61: "virDomainMigratePrepare",
    62: "virDomainMigratePerform",
    63: "virDomainMigrateFinish",
    108: "virDomainMigratePrepare2",
    109: "virDomainMigrateFinish2",
    118: "virNodeDeviceDettach",
    119: "virNodeDeviceReAttach",
    120: "virNodeDeviceReset",
    139: "virConnectNumOfSecrets",
    140: "virConnectListSecrets",
    141: "virSecretLookupByUUID",
    142: "virSecretDefineXML",
    143: "virSecretGetXMLDesc",
    144: "virSecretSetValue",
    145: "virSecretGetValue",
    146: "virSecretUndefine",
    147: "virSecretLookupByUsage",
    148: "virDomainMigratePrepareTunnel",
    166: "virDomainMigrateSetMaxDowntime",
    175: "virNWFilterLookupByName",
    176: "virNWFilterLookupByUUID",
    177: "virNWFilterGetXMLDesc",
    178: "virConnectNumOfNWFilters",
    179: "virConnectListNWFilters",
    180: "virNWFilterDefineXML",
    181: "virNWFilterUndefine",
    207: "virDomainMigrateSetMaxSpeed",
    213: "virDomainMigrateBegin3",
    214: "virDomainMigratePrepare3",
    215: "virDomainMigratePrepareTunnel3",
    216: "virDomainMigratePerform3",
    217: "virDomainMigrateFinish3",
    218: "virDomainMigrateConfirm3",
    242: "virDomainMigrateGetMaxSpeed",
    249: "virDomainOpenGraphics",
    250: "virNodeSuspendForDuration",
    261: "virDomainPMSuspendForDuration",
    267: "virDomainPMWakeup",
    286: "virConnectListAllNWFilters",
    287: "virConnectListAllSecrets",
    297: "virNodeDeviceLookupSCSIHostByWWN",
    299: "virDomainMigrateGetCompressionCache",
    300: "virDomainMigrateSetCompressionCache",
    301: "virNodeDeviceDetachFlags",
    302: "virDomainMigrateBegin3Params",
    303: "virDomainMigratePrepare3Params",
    304: "virDomainMigratePrepareTunnel3Params",
    305: "virDomainMigratePerform3Params",
    306: "virDomainMigrateFinish3Params",
    307: "virDomainMigrateConfirm3Params",
    309: "virDomainCreateXMLWithFiles",
    310: "virDomainCreateWithFiles",
    347: "virNodeAllocPages",
    364: "virDomainMigrateStartPostCopy",
    380: "virConnectSecretEventRegisterAny",
    381: "virConnectSecretEventDeregisterAny",
    384: "virDomainSetVcpu",
    386: "virDomainSetBlockThreshold",
    387: "virDomainMigrateGetMaxDowntime",
    388: "virDomainManagedSaveGetXMLDesc",
    389: "virDomainManagedSaveDefineXML",
    393: "virConnectCompareHypervisorCPU",
    394: "virConnectBaselineHypervisorCPU",
    395: "virNodeGetSEVInfo",
    397: "virNWFilterBindingLookupByPortDev",
    398: "virNWFilterBindingGetXMLDesc",
    399: "virNWFilterBindingCreateXML",
    400: "virNWFilterBindingDelete",
    401: "virConnectListAllNWFilterBindings",
    405: "virNetworkPortLookupByUUID",
    406: "virNetworkPortCreateXML",
    407: "virNetworkPortGetParameters",
    408: "virNetworkPortSetParameters",
    409: "virNetworkPortGetXMLDesc",
    410: "virNetworkPortDelete",
    419: "virConnectSetIdentity",
    420: "virDomainAgentSetResponseTimeout",
    421: "virDomainBackupBegin",
    422: "virDomainBackupGetXMLDesc",
    424: "virDomainAuthorizedSSHKeysGet",
    425: "virDomainAuthorizedSSHKeysSet",
    427: "virDomainStartDirtyRateCalc",
    428: "virNodeDeviceDefineXML",
    429: "virNodeDeviceUndefine",
    430: "virNodeDeviceCreate",
    431: "virNWFilterDefineXMLFlags",
    433: "virNodeDeviceGetAutostart",
    434: "virNodeDeviceSetAutostart",
    435: "virNodeDeviceIsPersistent",
    436: "virNodeDeviceIsActive",
    439: "virDomainSetLaunchSecurityState",
    440: "virDomainSaveParams",
    441: "virDomainRestoreParams",
    443: "virDomainFDAssociate",
}

QEMU_NAMES: Final[dict[int, str]] = {
    2: "virDomainQemuAttach",
    3: "virDomainQemuAgentCommand",
    7: "virDomainQemuMonitorCommandWithFiles",
}

_DOMAINS: Final = (
    ("virNetwork", 19),
    ("virStorage", 18),
    ("virNodeDevice", 22),
    ("virInterface", 26),
    ("virSecret", 30),
    ("virNWFilter", 33),
)


def endpoints(names: Mapping[int, str]) -> dict[int, Endpoint]:
    """Return what answers the calls of a table."""
    return {number: _refusing(name) for number, name in names.items()}


def _refusing(name: str) -> Endpoint:
    domain = next((domain for noun, domain in _DOMAINS if name.startswith(noun)), FROM_DOM)
    said = encode_error(NotSupported(name, domain=domain))

    def endpoint(call: Call) -> bytes:
        return said

    return endpoint
