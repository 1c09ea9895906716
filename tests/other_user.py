"""Calls made as another user: run as root by test_daemon.py, becomes uid 65534 first."""

from __future__ import annotations

import encodings.idna  # noqa: F401 - host names need it, and after setuid it may be out of reach
import json
import os
import socket
import sys

from oncrpc.client import Client
from oncrpc.message import pack_call
from oncrpc.record import mark
from virtproto import virt as v

XML = "<domain type='test'><name>intruder</name><memory>1024</memory><os><type>hvm</type></os></domain>"


def calls(kind: str, where: str) -> None:
    """Print the error codes of a read and of a define."""
    make = Client.unix if kind == "unix" else None
    client = make(where, v.VIRT_PROGRAM, 2) if make else Client.tcp("127.0.0.1", int(where), v.VIRT_PROGRAM, 2)
    stubs = v.VIRT_V2_Client(client)
    answers = {
        "info": stubs.virt_domain_lookup_by_name(v.virt_domain_lookup_by_name_args("test")),
        "define": stubs.virt_domain_define_xml(v.virt_domain_define_xml_args(XML)),
    }
    codes = {name: 0 if item.discriminant == v.VIRT_OK else item.error.code for name, item in answers.items()}
    print(json.dumps(codes))
    client.close()


def define_and_go(port: str, when: str) -> None:
    """Send a define over tcp and close at once."""
    args = v.virt_domain_define_xml_args(XML).to_xdr()
    define = mark(pack_call(1, v.VIRT_PROGRAM, 2, v.VIRT_DOMAIN_DEFINE_XML, args))
    null = mark(pack_call(0, v.VIRT_PROGRAM, 2, 0, b""))
    with socket.create_connection(("127.0.0.1", int(port))) as sock:
        if when == "after-accept":
            sock.sendall(null)
            sock.recv(100)
        sock.sendall(define)


if __name__ == "__main__":
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    if sys.argv[1] == "calls":
        calls(sys.argv[2], sys.argv[3])
    else:
        define_and_go(sys.argv[3], sys.argv[4])
