"""A broadcast on a network of three hosts, each with a real rpcbind."""

from __future__ import annotations

import json

import pytest
from namespaces import Namespace, wait_until

pytestmark = pytest.mark.interop

HOSTS = {"one": "10.9.0.1", "two": "10.9.0.2", "three": "10.9.0.3"}

NETWORK = """
set -e
ip link add net type bridge
ip addr add 10.9.0.9/24 brd + dev net
ip link set net up
"""
HOST = """
ip netns add {name}
ip link add to-{name} type veth peer name eth0 netns {name}
ip link set to-{name} master net up
ip -n {name} link set lo up
ip -n {name} addr add {address}/24 brd + dev eth0
ip -n {name} link set eth0 up
"""
ASK = """
import json
from oncrpc.broadcast import broadcast
from oncrpc.client import NULL
found = broadcast(["10.9.0.255"], 111, 100000, 2, NULL, timeout_s=2.0, most={most})
print(json.dumps(sorted(answer.address[0] for answer in found if answer.error is None)))
"""


def test_every_host_of_the_subnet_answers(namespace: Namespace) -> None:
    script = NETWORK + "".join(HOST.format(name=name, address=address) for name, address in HOSTS.items())
    made = namespace.run("sh", "-c", script)
    assert made.returncode == 0, made.stderr
    for name in HOSTS:
        # Each with a /run of its own: one rpcbind does not start beside another.
        own = "mount -t tmpfs tmpfs /run && exec rpcbind -f"
        namespace.start("ip", "netns", "exec", name, "unshare", "-m", "sh", "-c", own)
    wait_until(lambda: len(json.loads(namespace.python(ASK.format(most=3)))) == 3)
    assert json.loads(namespace.python(ASK.format(most=9))) == sorted(HOSTS.values())
