"""Which elements and attributes of network XML are read: for callers that want the rest refused."""

from __future__ import annotations

from typing import Final

from virtrpcd.xmlread import Known

_PORT: Final = ("virtualport", "vlan", "bandwidth")

KNOWN: Final[Known] = {
    "network": (
        ("ipv6", "trustGuestRxFilters", "connections"),
        (
            *("name", "uuid", "metadata", "title", "description", "forward", "bridge", "mtu", "mac", "domain", "dns"),
            *("port", "ip", "route", "portgroup", *_PORT),
        ),
    ),
    "forward": (("mode", "dev", "managed"), ("driver", "nat", "interface", "pf", "address")),
    "nat": (("ipv6",), ("address", "port")),
    "bridge": (("name", "zone", "stp", "delay", "macTableManager"), ()),
    "mtu": (("size",), ()),
    "mac": (("address",), ()),
    "domain": (("name", "localOnly", "register"), ()),
    "dns": (("enable", "forwardPlainNames"), ("forwarder", "txt", "srv", "host")),
    "forwarder": (("addr", "domain"), ()),
    "txt": (("name", "value"), ()),
    "srv": (("service", "protocol", "domain", "target", "port", "priority", "weight"), ()),
    "hostname": ((), ()),
    "ip": (("family", "address", "netmask", "prefix", "localPtr"), ("tftp", "dhcp")),
    "tftp": (("root",), ()),
    "dhcp": ((), ("range", "host", "bootp")),
    "range": (("start", "end"), ("lease",)),
    "host": (("mac", "id", "name", "ip"), ("lease", "hostname")),
    "lease": (("expiry", "unit"), ()),
    "bootp": (("file", "server"), ()),
    "route": (("family", "address", "netmask", "prefix", "gateway", "metric"), ()),
    "vlan": (("trunk",), ("tag",)),
    "tag": (("id", "nativeMode"), ()),
    "virtualport": (("type",), ("parameters",)),
    "bandwidth": ((), ("inbound", "outbound")),
    "inbound": (("average", "peak", "burst", "floor"), ()),
    "outbound": (("average", "peak", "burst", "floor"), ()),
    "portgroup": (("name", "default", "trustGuestRxFilters"), _PORT),
}
