"""What virsh is asked (virsh_rows.txt), and the files that are in the folder in which it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FILES: Final = {
    "d1.xml": """<domain type='test'><name>d1</name><uuid>11111111-2222-3333-4444-555555555555</uuid>
<memory>1048576</memory><vcpu>2</vcpu><os><type>hvm</type></os><devices>
<disk type='file' device='disk'><source file='/tmp/d1.img'/><target dev='vda' bus='virtio'/></disk>
<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
<interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/>
<target dev='testnet0'/></interface>
</devices></domain>""",
    "disk.xml": "<disk type='file'><source file='/tmp/d2.img'/><target dev='vdb' bus='virtio'/></disk>",
    "net1.xml": """<network><name>n1</name><uuid>aaaaaaaa-2222-3333-4444-555555555555</uuid><bridge name='virbr7'/>
<forward mode='nat'/><ip address='192.168.77.1' netmask='255.255.255.0'>
<dhcp><range start='192.168.77.2' end='192.168.77.9'/></dhcp></ip></network>""",
    "pool1.xml": """<pool type='dir'><name>p1</name><uuid>bbbbbbbb-2222-3333-4444-555555555555</uuid>
<target><path>/p1</path></target></pool>""",
    "vol1.xml": "<volume><name>v1.img</name><capacity unit='M'>10</capacity><allocation>0</allocation></volume>",
    "snap1.xml": "<domainsnapshot><name>s1</name><description>first</description></domainsnapshot>",
    "cpu.xml": "<cpu><arch>x86_64</arch><model>qemu64</model></cpu>",
    "broken.xml": "<domain><name>x</name",
}

_SHORT: Final = {
    "$D1": "define d1.xml;",
    "$RUNS": "define d1.xml; start d1;",
    "$SNAP": "snapshot-create test snap1.xml;",
    "$NET": "net-define net1.xml;",
    "$POOL": "pool-define pool1.xml;",
    "$VOL": "vol-create default-pool vol1.xml;",
}


def rows() -> list[str]:
    """Return the rows of virsh_rows.txt, written out."""
    found = []
    for line in Path(__file__).with_suffix(".txt").read_text().splitlines():
        row = " ".join(_SHORT.get(word, word) for word in line.split(" "))
        if row and not row.startswith("#"):
            found.append(row)
    return found
