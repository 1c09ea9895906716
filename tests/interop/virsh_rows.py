"""What virsh is asked, of libvirt's own test driver and of ours: rows of commands, each begun on a fresh test:///default.

A row is one virsh process: its commands, with semicolons between. What virsh prints and its exit code are compared.
FILES are in the folder that virsh runs in.
"""

from __future__ import annotations

from typing import Final

UUID: Final = "6695eb01-f6a4-8304-79aa-97f2502e193f"

FILES: Final = {
    "d1.xml": """<domain type='test'><name>d1</name><uuid>11111111-2222-3333-4444-555555555555</uuid>
<memory>1048576</memory><vcpu>2</vcpu><os><type>hvm</type></os><devices>
<disk type='file' device='disk'><source file='/tmp/d1.img'/><target dev='vda' bus='virtio'/></disk>
<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
<interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/><target dev='testnet0'/></interface>
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

D1: Final = "define d1.xml; "
D1_RUNS: Final = "define d1.xml; start d1; "
SNAP: Final = "snapshot-create test snap1.xml; "
VOL: Final = "vol-create default-pool vol1.xml; "
NET: Final = "net-define net1.xml; "
POOL: Final = "pool-define pool1.xml; "

DOMAIN: Final = (
    "list", "list --all", "list --all --name", "list --uuid", "list --all --title", "list --all --managed-save",
    "list --inactive", "list --state-running --state-paused", "list --all --persistent --no-autostart", "list --transient",
    "list --with-snapshot", "list --all --without-snapshot", "list --id --name --uuid",
    "dominfo test", D1 + "dominfo d1", "dominfo nosuch", "dominfo 99", "domstate test", "domstate --reason test",
    "domid test", "domuuid test", "domname 1", f"domuuid {UUID}", f"domname {UUID}", f"dominfo {UUID}",
    D1 + "start d1; list", D1 + "start d1 --paused; domstate d1", "start test", D1 + "start d1 --autodestroy",
    "shutdown test; domstate --reason test", "destroy test; domstate --reason test; list --all",
    "destroy --graceful test; domstate test", "reboot test; domstate --reason test", "reset test", "reset nosuch",
    "destroy test; reboot test", "destroy test; shutdown test", "destroy test; destroy test", "destroy test; reset test",
    "suspend test; domstate --reason test", "suspend test; resume test; domstate --reason test", "resume test",
    "suspend test; suspend test", "destroy test; suspend test", "shutdown test --mode acpi", "reboot test --mode acpi",
    "define d1.xml; list --all", "define --validate d1.xml", "define broken.xml", "define d1.xml; define d1.xml",
    D1 + "undefine d1; list --all", D1_RUNS + "undefine d1; list --all; dominfo d1", D1 + "undefine d1 --managed-save",
    D1 + "undefine d1 --nvram --managed-save --snapshots-metadata", D1 + "undefine d1 --remove-all-storage",
    "create d1.xml; list; dominfo d1", "create --paused d1.xml", "create --paused --autodestroy d1.xml",
    "create d1.xml; destroy d1; list --all", "create d1.xml; autostart d1", "create d1.xml; create d1.xml",
    "dumpxml test", D1 + "dumpxml d1", D1_RUNS + "dumpxml d1", D1_RUNS + "dumpxml d1 --inactive",
    "dumpxml --inactive --security-info test", "dumpxml --xpath //name test", "dumpxml nosuch",
    "setmem test 4194304; dominfo test", "setmem test 4194304 --config; dumpxml test --inactive",
    "setmem test 4194304 --live --config", "setmem test 999999999", "setmem test 4194304 --live",
    D1 + "setmem d1 512", D1 + "setmem d1 524288 --config; dominfo d1",
    D1 + "setmaxmem d1 2097152; dominfo d1", D1 + "setmaxmem d1 2097152 --config; dominfo d1",
    "setmaxmem test 1048576", "setmaxmem test 1048576 --live", D1 + "setmaxmem d1 524288 --config; dominfo d1",
    D1 + "setvcpus d1 1", D1 + "setvcpus d1 1 --config; vcpucount d1", D1 + "setvcpus d1 3 --maximum --config; vcpucount d1",
    "setvcpus test 1; vcpucount test", "setvcpus test 4; vcpucount test", "setvcpus test 1 --config; vcpucount test",
    "setvcpus test 99", "setvcpus test 0", "setvcpus test 1 --guest", "setvcpus test 3 --maximum", "setvcpus test 1 --live",
    "vcpuinfo test", "vcpuinfo --pretty test", D1 + "vcpuinfo d1", "vcpucount test", D1 + "vcpucount d1",
    "vcpucount test --maximum --live", "vcpucount test --current --config", "vcpucount test --guest",
    "vcpupin test", "vcpupin test 0 0-1; vcpupin test", "vcpupin test 0 0,3 --live; vcpuinfo test", "vcpupin test 9 0",
    "vcpupin test 0 0-1 --config", D1 + "vcpupin d1 0 0; vcpupin d1", "vcpupin test --vcpu 0",
    "emulatorpin test", "emulatorpin test 0-1; emulatorpin test", "emulatorpin test 0-1 --config",
    "iothreadinfo test", D1 + "iothreadadd d1 1 --config; iothreadinfo d1; iothreaddel d1 1 --config; iothreadinfo d1",
    "iothreadadd test 1", D1 + "iothreadadd d1 1 --config; iothreadpin d1 1 0-1 --config; iothreadinfo d1",
    D1 + "autostart d1; dominfo d1", D1 + "autostart d1; autostart --disable d1; dominfo d1", "autostart nosuch",
    D1 + "domblklist d1", D1 + "domblklist --details d1", D1 + "domblkstat d1 vda", D1_RUNS + "domblkstat d1 vda",
    D1_RUNS + "domblkstat d1", D1_RUNS + "domblkstat --human d1 vda", D1_RUNS + "domblkstat d1 vdz",
    D1 + "domblkinfo d1 vda", D1_RUNS + "domblkinfo --all d1", D1_RUNS + "domblkinfo d1 vdz", D1 + "domblkerror d1",
    D1_RUNS + "domblkerror d1", D1 + "domiflist d1", D1_RUNS + "domiflist d1", D1_RUNS + "domifstat d1 testnet0",
    D1 + "domifstat d1 testnet0", D1_RUNS + "domifstat d1 nosuch", D1 + "domif-getlink d1 testnet0",
    D1_RUNS + "domifaddr d1", D1 + "domifaddr d1", D1_RUNS + "domifaddr d1 --source agent",
    D1_RUNS + "domif-setlink d1 52:54:00:11:22:33 down", "domstats", "domstats test", D1 + "domstats",
    "domstats --state --balloon --list-active", "domstats --vcpu --interface --block", "domstats --raw --cpu-total",
    "domstats --enforce --perf", "dommemstat test", D1 + "dommemstat d1", "dommemstat test --period 2",
    "dommemstat test --period 2 --config; dumpxml test --inactive", "domcontrol test", D1 + "domcontrol d1",
    "domjobinfo test", "domjobabort test", "domhostname test", D1 + "domhostname d1", "domfsinfo test", D1 + "domfsinfo d1",
    "domtime test --sync", D1 + "domtime d1", "cpu-stats test --total", D1 + "cpu-stats d1",
    "desc test", "desc test --title new title; desc test --title; list --title",
    "desc test --live --config hello; desc test; desc test --config", "desc test --config hello; desc test --config",
    D1 + "desc d1 hello; desc d1; dumpxml d1", "desc test --edit --live",
    "metadata test http://x.org/ --key k --set '<a/>'; metadata test http://x.org/; dumpxml test", "metadata test http://x.org/",
    "metadata test http://x.org/ --key k --set '<a/>' --config; metadata test http://x.org/ --config; metadata test http://x.org/",
    "metadata test http://x.org/ --key k --set '<a/>'; metadata test http://x.org/ --remove; metadata test http://x.org/",
    "metadata test http://x.org/ --key k --set '<a'", "schedinfo test", "schedinfo test --set weight=60; schedinfo test",
    "schedinfo test --set nosuch=60", D1 + "schedinfo d1", "schedinfo test --config", "schedinfo test --live",
    "memtune test", D1 + "memtune d1 --hard-limit 2000000 --config; memtune d1 --config", "memtune test --hard-limit 9000000; memtune test",
    "memtune test --soft-limit 100 --live", "blkiotune test", "blkiotune test --weight 200; blkiotune test",
    D1 + "blkiotune d1 --weight 300 --config; blkiotune d1 --config; dumpxml d1",
    "blkiotune test --device-weights /dev/sda,300; blkiotune test", "numatune test", "numatune test --mode strict --nodeset 0",
    D1 + "numatune d1 --mode strict --nodeset 0-1 --config; numatune d1 --config; dumpxml d1",
    D1_RUNS + "blkdeviotune d1 vda", D1 + "blkdeviotune d1 vda --total-bytes-sec 1000 --config; blkdeviotune d1 vda --config",
    D1_RUNS + "blkdeviotune d1 vda --read-iops-sec 5; blkdeviotune d1 vda", D1_RUNS + "blkdeviotune d1 vdz",
    D1_RUNS + "domiftune d1 testnet0", D1_RUNS + "domiftune d1 testnet0 --inbound 100,200,300; domiftune d1 testnet0",
    D1_RUNS + "domiftune d1 nosuch", "perf test", D1 + "perf d1", "perf test --enable cmt", D1 + "perf d1 --enable cpu_cycles --config; perf d1 --config",
    "guestvcpus test", "guestinfo test", "domdisplay test", "vncdisplay test", "ttyconsole test", D1_RUNS + "ttyconsole d1",
    D1 + "attach-device d1 disk.xml", D1 + "attach-device d1 disk.xml --config", D1 + "attach-device d1 disk.xml --persistent",
    D1 + "detach-device d1 disk.xml", D1 + "detach-device d1 disk.xml --config", D1 + "update-device d1 disk.xml",
    D1 + "attach-disk d1 /tmp/x.img vdc", D1 + "attach-disk d1 /tmp/x.img vdc --config", D1 + "detach-disk d1 vda",
    D1 + "attach-interface d1 network default --config", D1 + "detach-interface d1 network --config",
    D1 + "change-media d1 sda --eject --config", D1 + "detach-device-alias d1 x",
    "save test test.save; list --all; domstate --reason test", "save test test.save; restore test.save; domstate --reason test",
    "save test test.save; save-image-dumpxml test.save", "save test test.save --paused; restore test.save; domstate test",
    "save test /nonexistent/x", "restore /nonexistent/x", "destroy test; save test x.save", "save test test.save; restore test.save --paused; domstate test",
    "managedsave test; list --all --managed-save; dominfo test; start test; domstate --reason test; dominfo test",
    "managedsave test; managedsave-remove test; dominfo test", "managedsave-remove test", D1 + "managedsave d1",
    "managedsave test; managedsave-dumpxml test", "managedsave test; undefine test; list --all",
    "managedsave test; start test --force-boot; domstate --reason test", "managedsave test; undefine test --managed-save; list --all",
    "dump test test.core", "dump test test2.core --crash; domstate --reason test", "dump test test3.core --live",
    "dump test test4.core --memory-only --format elf", "dump test /nonexistent/x", "destroy test; dump test x.core",
    "inject-nmi test", D1 + "inject-nmi d1", "send-key test KEY_A KEY_B", "send-key test --codeset xt 30", D1 + "send-key d1 KEY_A",
    "screenshot test shot.png", D1 + "screenshot d1 shot2.png", "console test",
    "migrate test test+tcp://127.0.0.1:1/default", "migrate-setspeed test 10", "migrate-getspeed test",
    "qemu-agent-command test '{}'", "set-user-password test root x", D1 + "set-user-password d1 root x",
    D1 + "domrename d1 d2; list --all", "domrename test other", "dompmsuspend test mem", "dompmwakeup test",
    "domfstrim test", "domfsfreeze test; domfsthaw test", D1 + "domfsfreeze d1", "domfstrim test --minimum 5",
    "blockjob test vda", "blockresize test vda 2M", "blockcommit test vda", "blockpull test vda", "domdirtyrate-calc test",
    "domlaunchsecinfo test", "dommessages test", D1 + "dommessages d1", "domsetlaunchsecstate test --secret d1.xml",
    "set-lifecycle-action test reboot destroy; dumpxml test", "set-lifecycle-action test crash preserve --config; dumpxml test --inactive",
    "setvcpu test 0 --disable", "set-user-sshkeys test root", "get-user-sshkeys test root", "backup-dumpxml test",
    "send-process-signal test 1 TERM", "send-process-signal test 1 kill", "send-process-signal test 99 kill",
    "domblkthreshold test vda 100", "domxml-to-native qemu-argv d1.xml", "event --list", "domcapabilities",
)  # fmt: skip

SNAPSHOTS: Final = (
    "snapshot-list test", SNAP + "snapshot-list test", SNAP + "snapshot-list --tree test", SNAP + "snapshot-list test --name",
    SNAP + "snapshot-create-as test s2 desc; snapshot-list test --parent; snapshot-list --tree test",
    SNAP + "snapshot-create-as test s2; snapshot-list test --roots", SNAP + "snapshot-create-as test s2; snapshot-list test --leaves",
    SNAP + "snapshot-create-as test s2; snapshot-list test --from s1 --descendants", SNAP + "snapshot-list test --metadata",
    SNAP + "snapshot-create-as test s2; snapshot-list test --topological", SNAP + "snapshot-list test --inactive",
    "snapshot-create test snap1.xml", SNAP + SNAP, "snapshot-create-as test s2 desc --print-xml", "snapshot-create-as test s3 --halt; list --all; snapshot-list test",
    "snapshot-create-as test s3 --disk-only; snapshot-list test", "snapshot-create-as test s3 --no-metadata; snapshot-list test",
    "snapshot-create-as test s3 --disk-only --live", "snapshot-create-as test s3 --quiesce", "snapshot-create-as test s3 --atomic",
    "suspend test; " + SNAP + "snapshot-list test", "destroy test; " + SNAP + "snapshot-list test; snapshot-info test s1",
    SNAP + "snapshot-revert test s1; domstate --reason test", SNAP + "suspend test; snapshot-revert test s1; domstate --reason test",
    SNAP + "destroy test; snapshot-revert test s1; domstate --reason test", SNAP + "snapshot-revert test s1 --paused; domstate --reason test",
    "destroy test; " + SNAP + "start test; snapshot-revert test s1; domstate --reason test",
    "destroy test; " + SNAP + "snapshot-revert test s1 --running; domstate --reason test", "snapshot-revert test nosuch",
    SNAP + "snapshot-revert test --current; snapshot-revert test s1 --force",
    SNAP + "snapshot-delete test s1; snapshot-list test", SNAP + "snapshot-create-as test s2; snapshot-delete test s1 --children; snapshot-list test",
    SNAP + "snapshot-create-as test s2; snapshot-delete test s1; snapshot-list test --parent",
    SNAP + "snapshot-create-as test s2; snapshot-delete test s1 --children-only; snapshot-list test; snapshot-current test --name",
    SNAP + "snapshot-delete test s1 --metadata; snapshot-list test", SNAP + "snapshot-delete test --current", "snapshot-delete test nosuch",
    SNAP + "snapshot-info test s1", SNAP + "snapshot-current test --name", "snapshot-current test", SNAP + "snapshot-current test",
    SNAP + "snapshot-create-as test s2; snapshot-current test s1; snapshot-current test --name", SNAP + "snapshot-dumpxml test s1",
    SNAP + "snapshot-parent test s1", SNAP + "snapshot-create-as test s2; snapshot-parent test s2", "snapshot-info test nosuch",
    SNAP + "undefine test", SNAP + "destroy test; undefine test", SNAP + "destroy test; undefine test --snapshots-metadata; list --all",
    SNAP + "list --with-snapshot; list --without-snapshot", SNAP + "domrename test x", "checkpoint-list test",
    "checkpoint-create-as test c1", "checkpoint-info test c1", "checkpoint-dumpxml test c1",
)  # fmt: skip

NETWORKS: Final = (
    "net-list", "net-list --all", "net-list --inactive", "net-list --all --name", "net-list --uuid", "net-list --all --persistent --autostart",
    "net-info default", "net-info nosuch", "net-dumpxml default", NET + "net-dumpxml n1", NET + "net-dumpxml n1 --inactive",
    NET + "net-list --all", "net-create net1.xml; net-list --all; net-info n1", NET + "net-start n1; net-list --all; net-dumpxml n1",
    NET + "net-start n1; net-start n1", "net-start default", "net-destroy default; net-list --all; net-info default",
    "net-destroy default; net-destroy default", NET + "net-undefine n1; net-list --all", "net-undefine default; net-list --all",
    "net-undefine nosuch", "net-autostart default; net-list; net-autostart default --disable; net-info default",
    "net-create net1.xml; net-autostart n1", "net-uuid default", "net-name dd8fe884-6c02-601e-7551-cca97df1c5df",
    "net-dhcp-leases default", "net-port-list default", NET + NET, "net-create net1.xml; net-destroy n1; net-list --all",
    "net-update default add-last ip-dhcp-host \"<host mac='52:54:00:aa:bb:cc' ip='192.168.122.77'/>\"; net-dumpxml default",
    "net-update default add-last ip-dhcp-host \"<host mac='52:54:00:aa:bb:cc' ip='192.168.122.77'/>\" --config; net-dumpxml default --inactive",
    "net-define d1.xml", "net-define broken.xml", "net-event --list", "net-define net1.xml --validate",
    "iface-list", "iface-list --all", "iface-dumpxml eth1", "iface-mac eth1", "iface-name aa:bb:cc:dd:ee:ff", "iface-dumpxml nosuch",
    "iface-destroy eth1; iface-list --all", "iface-undefine eth1; iface-list --all", "iface-start eth1", "iface-begin; iface-commit",
    "iface-begin; iface-undefine eth1; iface-rollback; iface-list --all", "iface-rollback",
    "nodedev-list", "nodedev-list --tree", "nodedev-list --cap system", "nodedev-dumpxml computer", "nodedev-dumpxml nosuch",
    "nodedev-list --cap scsi_host", "nodedev-info computer", "nodedev-detach computer",
)  # fmt: skip

STORAGE: Final = (
    "pool-list", "pool-list --all", "pool-list --all --details", "pool-list --inactive", "pool-list --all --name", "pool-list --type dir",
    "pool-list --all --uuid", POOL + "pool-list --all", POOL + "pool-list --all --details", "pool-info default-pool",
    "pool-info default-pool --bytes", "pool-info nosuch", POOL + "pool-info p1", "pool-dumpxml default-pool", POOL + "pool-dumpxml p1",
    "pool-define-as p2 dir --target /p2; pool-dumpxml p2", "pool-define-as p2 dir --target /p2 --print-xml",
    "pool-create-as p2 dir --target /p2; pool-list --all; pool-info p2", "pool-create pool1.xml; pool-list --all",
    POOL + "pool-build p1", POOL + "pool-start p1; pool-list --all", POOL + "pool-start p1; pool-start p1", "pool-destroy default-pool; pool-list --all",
    "pool-destroy default-pool; pool-info default-pool; vol-list default-pool", POOL + "pool-undefine p1; pool-list --all",
    "pool-undefine default-pool", POOL + "pool-delete p1", "pool-delete default-pool", "pool-refresh default-pool", POOL + "pool-refresh p1",
    "pool-autostart default-pool; pool-list; pool-autostart default-pool --disable; pool-info default-pool", "pool-uuid default-pool",
    "pool-name 35bb2ad9-388a-cdfe-461a-b8907f6e53fe", POOL + POOL, "pool-create pool1.xml; pool-destroy p1; pool-list --all",
    "pool-define broken.xml", "pool-define d1.xml", "pool-capabilities", "find-storage-pool-sources dir", "find-storage-pool-sources-as dir",
    "pool-define-as p3 netfs --source-host h --source-path /e --target /t; pool-dumpxml p3",
    "pool-define-as p3 logical --source-name vg --target /dev/vg; pool-dumpxml p3", "pool-define-as p3 disk --source-dev /dev/sdz --target /dev; pool-dumpxml p3",
    "pool-define-as p3 iscsi --source-host h --source-dev iqn.x --target /dev/disk; pool-dumpxml p3",
    "pool-define-as p3 rbd --source-host h --source-name rbd; pool-dumpxml p3", "pool-define-as p3 fs --source-dev /dev/sdz1 --target /t; pool-dumpxml p3",
    "vol-list default-pool", VOL + "vol-list default-pool", VOL + "vol-list --details default-pool", VOL + "pool-info default-pool --bytes",
    VOL + VOL, "vol-create-as default-pool v2.img 1M; vol-info v2.img --pool default-pool; vol-dumpxml v2.img default-pool",
    "vol-create-as default-pool v2.img 1M --format qcow2; vol-dumpxml v2.img default-pool", "vol-create-as default-pool v2.img 999999999G",
    "vol-create-as default-pool v2.img 1M --allocation 512K; vol-info v2.img --pool default-pool --bytes; pool-info default-pool --bytes",
    VOL + "vol-info v1.img --pool default-pool", VOL + "vol-dumpxml v1.img default-pool", VOL + "vol-path v1.img default-pool",
    VOL + "vol-key v1.img default-pool", VOL + "vol-name /default-pool/v1.img", VOL + "vol-pool /default-pool/v1.img", "vol-info nosuch --pool default-pool",
    VOL + "vol-delete v1.img default-pool; vol-list default-pool; pool-info default-pool --bytes", VOL + "vol-delete /default-pool/v1.img",
    VOL + "vol-resize v1.img 2M --pool default-pool", VOL + "vol-clone v1.img v3.img --pool default-pool; vol-list default-pool",
    VOL + "vol-upload v1.img d1.xml --pool default-pool", VOL + "vol-download v1.img dl.img --pool default-pool", VOL + "vol-wipe v1.img default-pool",
    VOL + "vol-create-from default-pool vol1.xml v1.img", VOL + "pool-destroy default-pool; vol-list default-pool", "vol-list nosuch",
    VOL + "vol-info /default-pool/v1.img", VOL + "vol-info v1.img --pool default-pool --physical",
    "secret-list", "nwfilter-list", "nwfilter-binding-list",
)  # fmt: skip

HOST: Final = (
    "nodeinfo", "nodecpustats", "nodecpustats --percent", "nodecpustats --cpu 0", "nodememstats", "nodecpumap", "node-memory-tune",
    "capabilities", "sysinfo", "hostname", "version", "version --daemon", "freecell", "freecell --all", "freecell 0", "freecell 9",
    "freepages --all", "freepages --cellno 0 --pagesize 4", "maxvcpus", "maxvcpus --type test", "cpu-models x86_64", "cpu-models nosuch",
    "cpu-baseline cpu.xml", "cpu-compare cpu.xml", "allocpages 2M 4", "hypervisor-cpu-baseline cpu.xml", "hypervisor-cpu-compare cpu.xml",
    "nodesuspend mem 60", "nodesevinfo", "connect", "domcapabilities --virttype test",
)  # fmt: skip

ROWS: Final = DOMAIN + SNAPSHOTS + NETWORKS + STORAGE + HOST
