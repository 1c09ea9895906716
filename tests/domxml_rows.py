"""Parts of domain XML as libvirt 9.0's test driver writes them (tests/interop asks it whether it still does)."""

from __future__ import annotations


def machine(more: str = "", devices: str = "") -> str:
    return (
        "<domain type='test'><name>m</name><memory>1024</memory><vcpu>4</vcpu><os><type>hvm</type></os>"
        f"{more}<devices>{devices}</devices></domain>"
    )


MACHINES = [
    ("<features><acpi/><apic/><pae/><hap state='on'/><hyperv mode='custom'><relaxed state='on'/>"
    "<spinlocks state='on' retries='8191'/><vpindex state='off'/><stimer state='on'><direct state='on'/></stimer>"
    "<vendor_id state='on' value='abc'/></hyperv><kvm><hidden state='on'/></kvm><pvspinlock state='on'/>"
    "<pmu state='off'/><vmport state='off'/><smm state='on'/><vmcoreinfo state='on'/></features>"),
    "<cpu mode='host-model'/>",
    "<cpu mode='host-passthrough' check='none' migratable='on'/>",
    ("<cpu mode='custom' match='exact'><model fallback='allow'>qemu64</model><vendor>Intel</vendor>"
    "<topology sockets='1' dies='1' cores='2' threads='2'/><feature policy='require' name='vmx'/>"
    "<feature policy='disable' name='svm'/></cpu>"),
    "<cpu><topology sockets='1' dies='1' cores='4' threads='1'/></cpu>",
    ("<clock offset='utc'><timer name='rtc' tickpolicy='catchup' track='guest'/>"
    "<timer name='tsc' frequency='3000' mode='auto'/><timer name='kvmclock' present='no'/></clock>"),
    "<pm><suspend-to-mem enabled='yes'/><suspend-to-disk enabled='no'/></pm>",
]
PCI = "<address type='pci' domain='0x0000' bus='0x04' slot='0x1f' function='0x7' multifunction='on'/>"
DEVICES = [
    ("<disk type='file' device='cdrom'><driver name='qemu' type='qcow2' cache='none' io='threads' discard='unmap'"
    " detect_zeroes='unmap'/><source file='/a'/><backingStore/><target dev='hdc' bus='ide'/><readonly/>"
    "<boot order='2'/><alias name='ua-x'/><address type='drive' controller='0' bus='1' target='0' unit='0'/></disk>"),
    f"<controller type='usb' index='0' model='qemu-xhci' ports='15'>{PCI}</controller>",
    ("<controller type='usb' index='0' model='ich9-ehci1'/>"
    "<controller type='usb' index='0' model='ich9-uhci1'><master startport='0'/></controller>"),
    ("<controller type='pci' index='1' model='pcie-root-port'><model name='pcie-root-port'/>"
    "<target chassis='1' port='0x10'/></controller>"),
    "<controller type='virtio-serial' index='0' ports='3' vectors='2'/>",
    ("<interface type='user'><mac address='52:54:00:00:00:01'/><target dev='testnet0'/><model type='e1000'/>"
    "<link state='down'/><boot order='1'/></interface>"),
    "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/></interface>",
    ("<interface type='bridge'><mac address='52:54:00:00:00:02'/><source bridge='br0'/><bandwidth>"
    "<inbound average='1000' peak='2000' burst='3000'/></bandwidth><target dev='testnet0'/><model type='virtio'/>"
    "</interface>"),
    ("<serial type='pty'><target type='isa-serial' port='0'><model name='isa-serial'/></target></serial>"
    "<console type='pty'><target type='serial' port='0'/></console>"),
    ("<channel type='unix'><source mode='bind' path='/x &amp; y'/><target type='virtio' name='org.qemu.guest_agent.0'/>"
    "<address type='virtio-serial' controller='0' bus='0' port='1'/></channel>"),
    "<input type='tablet' bus='usb'><address type='usb' bus='0' port='1.2'/></input>",
    ("<graphics type='vnc' port='-1' autoport='yes' listen='0.0.0.0' keymap='de'>"
    "<listen type='address' address='0.0.0.0'/></graphics>"),
    "<audio id='1' type='none'/>",
    "<video><model type='virtio' heads='1' primary='yes'><acceleration accel3d='no'/></model></video>",
    "<video><model type='qxl' ram='65536' vram='65536' vgamem='16384' heads='1' primary='yes'/></video>",
    ("<video><model type='virtio' heads='1' primary='yes'/></video>"
    "<video><model type='vga' vram='16384' heads='1'/></video>"),
    "<video><model type='none'/></video>",
    "<watchdog model='i6300esb' action='reset'/>",
    f"<memballoon model='virtio'>{PCI}</memballoon>",
    "<rng model='virtio'><rate bytes='1' period='2'/><backend model='random'>/dev/random</backend></rng>",
    "<panic model='isa'/>",
]
