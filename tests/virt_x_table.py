"""What libvirt's remote protocol says of the calls, types and events that virt.x has.

Written from the facts about that protocol, not from virt.x: the second opinion that tests hold it against.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

PROCEDURES: Final = """
1 read connect_open virConnectOpen (name:ostring flags:uint) -> ()
2 read connect_close virConnectClose () -> ()
3 read connect_get_type virConnectGetType () -> (type:string)
4 read connect_get_version virConnectGetVersion () -> (hv_ver:uhyper)
5 read connect_get_max_vcpus virConnectGetMaxVcpus (type:ostring) -> (max_vcpus:int)
6 read node_get_info virNodeGetInfo () -> (model:array<char,32> memory:uhyper cpus:int mhz:int nodes:int sockets:int
    cores:int threads:int)
7 read connect_get_capabilities virConnectGetCapabilities () -> (capabilities:string)
8 write domain_attach_device virDomainAttachDevice (dom:domain xml:string) -> ()
9 write domain_create virDomainCreate (dom:domain) -> ()
10 write domain_create_xml virDomainCreateXML (xml_desc:string flags:uint) -> (dom:domain)
11 write domain_define_xml virDomainDefineXML (xml:string) -> (dom:domain)
12 write domain_destroy virDomainDestroy (dom:domain) -> ()
13 write domain_detach_device virDomainDetachDevice (dom:domain xml:string) -> ()
14 read domain_get_xml_desc virDomainGetXMLDesc (dom:domain flags:uint) -> (xml:string)
15 read domain_get_autostart virDomainGetAutostart (dom:domain) -> (autostart:int)
16 read domain_get_info virDomainGetInfo (dom:domain) -> (state:uchar maxMem:uhyper memory:uhyper nrVirtCpu:ushort
    cpuTime:uhyper)
17 read domain_get_max_memory virDomainGetMaxMemory (dom:domain) -> (memory:uhyper)
18 read domain_get_max_vcpus virDomainGetMaxVcpus (dom:domain) -> (num:int)
19 read domain_get_os_type virDomainGetOSType (dom:domain) -> (type:string)
20 read domain_get_vcpus virDomainGetVcpus (dom:domain maxinfo:int maplen:int) -> (info:list<vcpu_info,16384>
    cpumaps:opaque<8388608>)
21 read connect_list_defined_domains virConnectListDefinedDomains (maxnames:int) -> (names:list<string,16384>)
22 read domain_lookup_by_id virDomainLookupByID (id:int) -> (dom:domain)
23 read domain_lookup_by_name virDomainLookupByName (name:string) -> (dom:domain)
24 read domain_lookup_by_uuid virDomainLookupByUUID (uuid:uuid) -> (dom:domain)
25 read connect_num_of_defined_domains virConnectNumOfDefinedDomains () -> (num:int)
26 write domain_pin_vcpu virDomainPinVcpu (dom:domain vcpu:uint cpumap:opaque<2048>) -> ()
27 write domain_reboot virDomainReboot (dom:domain flags:uint) -> ()
28 write domain_resume virDomainResume (dom:domain) -> ()
29 write domain_set_autostart virDomainSetAutostart (dom:domain autostart:int) -> ()
30 write domain_set_max_memory virDomainSetMaxMemory (dom:domain memory:uhyper) -> ()
31 write domain_set_memory virDomainSetMemory (dom:domain memory:uhyper) -> ()
32 write domain_set_vcpus virDomainSetVcpus (dom:domain nvcpus:uint) -> ()
33 write domain_shutdown virDomainShutdown (dom:domain) -> ()
34 write domain_suspend virDomainSuspend (dom:domain) -> ()
35 write domain_undefine virDomainUndefine (dom:domain) -> ()
36 read connect_list_defined_networks virConnectListDefinedNetworks (maxnames:int) -> (names:list<string,16384>)
37 read connect_list_domains virConnectListDomains (maxids:int) -> (ids:list<int,16384>)
38 read connect_list_networks virConnectListNetworks (maxnames:int) -> (names:list<string,16384>)
39 write network_create virNetworkCreate (net:network) -> ()
40 write network_create_xml virNetworkCreateXML (xml:string) -> (net:network)
41 write network_define_xml virNetworkDefineXML (xml:string) -> (net:network)
42 write network_destroy virNetworkDestroy (net:network) -> ()
43 read network_get_xml_desc virNetworkGetXMLDesc (net:network flags:uint) -> (xml:string)
44 read network_get_autostart virNetworkGetAutostart (net:network) -> (autostart:int)
45 read network_get_bridge_name virNetworkGetBridgeName (net:network) -> (name:string)
46 read network_lookup_by_name virNetworkLookupByName (name:string) -> (net:network)
47 read network_lookup_by_uuid virNetworkLookupByUUID (uuid:uuid) -> (net:network)
48 write network_set_autostart virNetworkSetAutostart (net:network autostart:int) -> ()
49 write network_undefine virNetworkUndefine (net:network) -> ()
50 read connect_num_of_defined_networks virConnectNumOfDefinedNetworks () -> (num:int)
51 read connect_num_of_domains virConnectNumOfDomains () -> (num:int)
52 read connect_num_of_networks virConnectNumOfNetworks () -> (num:int)
53 write domain_core_dump virDomainCoreDump (dom:domain to:string flags:uint) -> ()
54 write domain_restore virDomainRestore (from:string) -> ()
55 write domain_save virDomainSave (dom:domain to:string) -> ()
56 read domain_get_scheduler_type virDomainGetSchedulerType (dom:domain) -> (type:string nparams:int)
57 read domain_get_scheduler_parameters virDomainGetSchedulerParameters (dom:domain nparams:int) ->
    (params:typed_params<16>)
58 write domain_set_scheduler_parameters virDomainSetSchedulerParameters (dom:domain params:typed_params<16>) -> ()
59 read connect_get_hostname virConnectGetHostname () -> (hostname:string)
60 read connect_supports_feature virConnectSupportsFeature (feature:int) -> (supported:int)
64 read domain_block_stats virDomainBlockStats (dom:domain path:string) -> (rd_req:hyper rd_bytes:hyper wr_req:hyper
    wr_bytes:hyper errs:hyper)
65 read domain_interface_stats virDomainInterfaceStats (dom:domain device:string) -> (rx_bytes:hyper rx_packets:hyper
    rx_errs:hyper rx_drop:hyper tx_bytes:hyper tx_packets:hyper tx_errs:hyper tx_drop:hyper)
71 read connect_num_of_storage_pools virConnectNumOfStoragePools () -> (num:int)
72 read connect_list_storage_pools virConnectListStoragePools (maxnames:int) -> (names:list<string,16384>)
73 read connect_num_of_defined_storage_pools virConnectNumOfDefinedStoragePools () -> (num:int)
74 read connect_list_defined_storage_pools virConnectListDefinedStoragePools (maxnames:int) ->
    (names:list<string,16384>)
75 write connect_find_storage_pool_sources virConnectFindStoragePoolSources (type:string srcSpec:ostring flags:uint) ->
    (xml:string)
76 write storage_pool_create_xml virStoragePoolCreateXML (xml:string flags:uint) -> (pool:pool)
77 write storage_pool_define_xml virStoragePoolDefineXML (xml:string flags:uint) -> (pool:pool)
78 write storage_pool_create virStoragePoolCreate (pool:pool flags:uint) -> ()
79 write storage_pool_build virStoragePoolBuild (pool:pool flags:uint) -> ()
80 write storage_pool_destroy virStoragePoolDestroy (pool:pool) -> ()
81 write storage_pool_delete virStoragePoolDelete (pool:pool flags:uint) -> ()
82 write storage_pool_undefine virStoragePoolUndefine (pool:pool) -> ()
83 write storage_pool_refresh virStoragePoolRefresh (pool:pool flags:uint) -> ()
84 read storage_pool_lookup_by_name virStoragePoolLookupByName (name:string) -> (pool:pool)
85 read storage_pool_lookup_by_uuid virStoragePoolLookupByUUID (uuid:uuid) -> (pool:pool)
86 read storage_pool_lookup_by_volume virStoragePoolLookupByVolume (vol:vol) -> (pool:pool)
87 read storage_pool_get_info virStoragePoolGetInfo (pool:pool) -> (state:uchar capacity:uhyper allocation:uhyper
    available:uhyper)
88 read storage_pool_get_xml_desc virStoragePoolGetXMLDesc (pool:pool flags:uint) -> (xml:string)
89 read storage_pool_get_autostart virStoragePoolGetAutostart (pool:pool) -> (autostart:int)
90 write storage_pool_set_autostart virStoragePoolSetAutostart (pool:pool autostart:int) -> ()
91 read storage_pool_num_of_volumes virStoragePoolNumOfVolumes (pool:pool) -> (num:int)
92 read storage_pool_list_volumes virStoragePoolListVolumes (pool:pool maxnames:int) -> (names:list<string,16384>)
93 write storage_vol_create_xml virStorageVolCreateXML (pool:pool xml:string flags:uint) -> (vol:vol)
94 write storage_vol_delete virStorageVolDelete (vol:vol flags:uint) -> ()
95 read storage_vol_lookup_by_name virStorageVolLookupByName (pool:pool name:string) -> (vol:vol)
96 read storage_vol_lookup_by_key virStorageVolLookupByKey (key:string) -> (vol:vol)
97 read storage_vol_lookup_by_path virStorageVolLookupByPath (path:string) -> (vol:vol)
98 read storage_vol_get_info virStorageVolGetInfo (vol:vol) -> (type:char capacity:uhyper allocation:uhyper)
99 read storage_vol_get_xml_desc virStorageVolGetXMLDesc (vol:vol flags:uint) -> (xml:string)
100 read storage_vol_get_path virStorageVolGetPath (vol:vol) -> (name:string)
101 read node_get_cells_free_memory virNodeGetCellsFreeMemory (startCell:int maxcells:int) -> (cells:list<uhyper,1024>)
102 read node_get_free_memory virNodeGetFreeMemory () -> (freeMem:uhyper)
103 write domain_block_peek virDomainBlockPeek (dom:domain path:string offset:uhyper size:uint flags:uint) ->
    (buffer:opaque<4194304>)
104 write domain_memory_peek virDomainMemoryPeek (dom:domain offset:uhyper size:uint flags:uint) ->
    (buffer:opaque<4194304>)
110 read connect_get_uri virConnectGetURI () -> (uri:string)
111 read node_num_of_devices virNodeNumOfDevices (cap:ostring flags:uint) -> (num:int)
112 read node_list_devices virNodeListDevices (cap:ostring maxnames:int flags:uint) -> (names:list<string,65536>)
113 read node_device_lookup_by_name virNodeDeviceLookupByName (name:string) -> (dev:nodedev)
114 read node_device_get_xml_desc virNodeDeviceGetXMLDesc (name:string flags:uint) -> (xml:string)
115 read node_device_get_parent virNodeDeviceGetParent (name:string) -> (parentName:ostring)
116 read node_device_num_of_caps virNodeDeviceNumOfCaps (name:string) -> (num:int)
117 read node_device_list_caps virNodeDeviceListCaps (name:string maxnames:int) -> (names:list<string,65536>)
121 read domain_get_security_label virDomainGetSecurityLabel (dom:domain) -> (label:list<char,4097> enforcing:int)
122 read node_get_security_model virNodeGetSecurityModel () -> (model:list<char,257> doi:list<char,257>)
123 write node_device_create_xml virNodeDeviceCreateXML (xml_desc:string flags:uint) -> (dev:nodedev)
124 write node_device_destroy virNodeDeviceDestroy (name:string) -> ()
125 write storage_vol_create_xml_from virStorageVolCreateXMLFrom (pool:pool xml:string clonevol:vol flags:uint) ->
    (vol:vol)
126 read connect_num_of_interfaces virConnectNumOfInterfaces () -> (num:int)
127 read connect_list_interfaces virConnectListInterfaces (maxnames:int) -> (names:list<string,16384>)
128 read interface_lookup_by_name virInterfaceLookupByName (name:string) -> (iface:interface)
129 read interface_lookup_by_mac_string virInterfaceLookupByMACString (mac:string) -> (iface:interface)
130 read interface_get_xml_desc virInterfaceGetXMLDesc (iface:interface flags:uint) -> (xml:string)
131 write interface_define_xml virInterfaceDefineXML (xml:string flags:uint) -> (iface:interface)
132 write interface_undefine virInterfaceUndefine (iface:interface) -> ()
133 write interface_create virInterfaceCreate (iface:interface flags:uint) -> ()
134 write interface_destroy virInterfaceDestroy (iface:interface flags:uint) -> ()
135 write connect_domain_xml_from_native virConnectDomainXMLFromNative (nativeFormat:string nativeConfig:string
    flags:uint) -> (domainXml:string)
136 write connect_domain_xml_to_native virConnectDomainXMLToNative (nativeFormat:string domainXml:string flags:uint) ->
    (nativeConfig:string)
137 read connect_num_of_defined_interfaces virConnectNumOfDefinedInterfaces () -> (num:int)
138 read connect_list_defined_interfaces virConnectListDefinedInterfaces (maxnames:int) -> (names:list<string,16384>)
149 read connect_is_secure virConnectIsSecure () -> (secure:int)
150 read domain_is_active virDomainIsActive (dom:domain) -> (active:int)
151 read domain_is_persistent virDomainIsPersistent (dom:domain) -> (persistent:int)
152 read network_is_active virNetworkIsActive (net:network) -> (active:int)
153 read network_is_persistent virNetworkIsPersistent (net:network) -> (persistent:int)
154 read storage_pool_is_active virStoragePoolIsActive (pool:pool) -> (active:int)
155 read storage_pool_is_persistent virStoragePoolIsPersistent (pool:pool) -> (persistent:int)
156 read interface_is_active virInterfaceIsActive (iface:interface) -> (active:int)
157 read connect_get_lib_version virConnectGetLibVersion () -> (lib_ver:uhyper)
158 read connect_compare_cpu virConnectCompareCPU (xml:string flags:uint) -> (result:int)
159 read domain_memory_stats virDomainMemoryStats (dom:domain maxStats:uint flags:uint) ->
    (stats:list<domain_memory_stat,1024>)
160 write domain_attach_device_flags virDomainAttachDeviceFlags (dom:domain xml:string flags:uint) -> ()
161 write domain_detach_device_flags virDomainDetachDeviceFlags (dom:domain xml:string flags:uint) -> ()
162 read connect_baseline_cpu virConnectBaselineCPU (xmlCPUs:list<string,256> flags:uint) -> (cpu:string)
163 read domain_get_job_info virDomainGetJobInfo (dom:domain) -> (type:int timeElapsed:uhyper timeRemaining:uhyper
    dataTotal:uhyper dataProcessed:uhyper dataRemaining:uhyper memTotal:uhyper memProcessed:uhyper memRemaining:uhyper
    fileTotal:uhyper fileProcessed:uhyper fileRemaining:uhyper)
164 write domain_abort_job virDomainAbortJob (dom:domain) -> ()
165 write storage_vol_wipe virStorageVolWipe (vol:vol flags:uint) -> ()
174 write domain_update_device_flags virDomainUpdateDeviceFlags (dom:domain xml:string flags:uint) -> ()
182 write domain_managed_save virDomainManagedSave (dom:domain flags:uint) -> ()
183 read domain_has_managed_save_image virDomainHasManagedSaveImage (dom:domain flags:uint) -> (result:int)
184 write domain_managed_save_remove virDomainManagedSaveRemove (dom:domain flags:uint) -> ()
185 write domain_snapshot_create_xml virDomainSnapshotCreateXML (dom:domain xml_desc:string flags:uint) ->
    (snap:snapshot)
186 read domain_snapshot_get_xml_desc virDomainSnapshotGetXMLDesc (snap:snapshot flags:uint) -> (xml:string)
187 read domain_snapshot_num virDomainSnapshotNum (dom:domain flags:uint) -> (num:int)
188 read domain_snapshot_list_names virDomainSnapshotListNames (dom:domain maxnames:int flags:uint) ->
    (names:list<string,16384>)
189 read domain_snapshot_lookup_by_name virDomainSnapshotLookupByName (dom:domain name:string flags:uint) ->
    (snap:snapshot)
190 read domain_has_current_snapshot virDomainHasCurrentSnapshot (dom:domain flags:uint) -> (result:int)
191 read domain_snapshot_current virDomainSnapshotCurrent (dom:domain flags:uint) -> (snap:snapshot)
192 write domain_revert_to_snapshot virDomainRevertToSnapshot (snap:snapshot flags:uint) -> ()
193 write domain_snapshot_delete virDomainSnapshotDelete (snap:snapshot flags:uint) -> ()
194 read domain_get_block_info virDomainGetBlockInfo (dom:domain path:string flags:uint) -> (allocation:uhyper
    capacity:uhyper physical:uhyper)
196 write domain_create_with_flags virDomainCreateWithFlags (dom:domain flags:uint) -> (dom:domain)
197 write domain_set_memory_parameters virDomainSetMemoryParameters (dom:domain params:typed_params<16> flags:uint) ->
    ()
198 read domain_get_memory_parameters virDomainGetMemoryParameters (dom:domain nparams:int flags:uint) ->
    (params:typed_params<16> nparams:int)
199 write domain_set_vcpus_flags virDomainSetVcpusFlags (dom:domain nvcpus:uint flags:uint) -> ()
200 read domain_get_vcpus_flags virDomainGetVcpusFlags (dom:domain flags:uint) -> (num:int)
202 read domain_is_updated virDomainIsUpdated (dom:domain) -> (updated:int)
203 read connect_get_sysinfo virConnectGetSysinfo (flags:uint) -> (sysinfo:string)
204 write domain_set_memory_flags virDomainSetMemoryFlags (dom:domain memory:uhyper flags:uint) -> ()
205 write domain_set_blkio_parameters virDomainSetBlkioParameters (dom:domain params:typed_params<16> flags:uint) -> ()
206 read domain_get_blkio_parameters virDomainGetBlkioParameters (dom:domain nparams:int flags:uint) ->
    (params:typed_params<16> nparams:int)
210 write domain_inject_nmi virDomainInjectNMI (dom:domain flags:uint) -> ()
212 read domain_get_state virDomainGetState (dom:domain flags:uint) -> (state:int reason:int)
219 write domain_set_scheduler_parameters_flags virDomainSetSchedulerParametersFlags (dom:domain
    params:typed_params<16> flags:uint) -> ()
220 write interface_change_begin virInterfaceChangeBegin (flags:uint) -> ()
221 write interface_change_commit virInterfaceChangeCommit (flags:uint) -> ()
222 write interface_change_rollback virInterfaceChangeRollback (flags:uint) -> ()
223 read domain_get_scheduler_parameters_flags virDomainGetSchedulerParametersFlags (dom:domain nparams:int flags:uint)
    -> (params:typed_params<16>)
225 write domain_pin_vcpu_flags virDomainPinVcpuFlags (dom:domain vcpu:uint cpumap:opaque<2048> flags:uint) -> ()
226 write domain_send_key virDomainSendKey (dom:domain codeset:uint holdtime:uint keycodes:list<uint,16> flags:uint) ->
    ()
227 read node_get_cpu_stats virNodeGetCPUStats (cpuNum:int nparams:int flags:uint) ->
    (params:list<node_get_cpu_stats,16> nparams:int)
228 read node_get_memory_stats virNodeGetMemoryStats (nparams:int cellNum:int flags:uint) ->
    (params:list<node_get_memory_stats,16> nparams:int)
229 read domain_get_control_info virDomainGetControlInfo (dom:domain flags:uint) -> (state:uint details:uint
    stateTime:uhyper)
230 read domain_get_vcpu_pin_info virDomainGetVcpuPinInfo (dom:domain ncpumaps:int maplen:int flags:uint) ->
    (cpumaps:opaque<8388608> num:int)
231 write domain_undefine_flags virDomainUndefineFlags (dom:domain flags:uint) -> ()
232 write domain_save_flags virDomainSaveFlags (dom:domain to:string dxml:ostring flags:uint) -> ()
233 write domain_restore_flags virDomainRestoreFlags (from:string dxml:ostring flags:uint) -> ()
234 write domain_destroy_flags virDomainDestroyFlags (dom:domain flags:uint) -> ()
235 write domain_save_image_get_xml_desc virDomainSaveImageGetXMLDesc (file:string flags:uint) -> (xml:string)
236 write domain_save_image_define_xml virDomainSaveImageDefineXML (file:string dxml:string flags:uint) -> ()
237 write domain_block_job_abort virDomainBlockJobAbort (dom:domain path:string flags:uint) -> ()
238 read domain_get_block_job_info virDomainGetBlockJobInfo (dom:domain path:string flags:uint) -> (found:int type:int
    bandwidth:uhyper cur:uhyper end:uhyper)
239 write domain_block_job_set_speed virDomainBlockJobSetSpeed (dom:domain path:string bandwidth:uhyper flags:uint) ->
    ()
240 write domain_block_pull virDomainBlockPull (dom:domain path:string bandwidth:uhyper flags:uint) -> ()
243 read domain_block_stats_flags virDomainBlockStatsFlags (dom:domain path:string nparams:int flags:uint) ->
    (params:typed_params<16> nparams:int)
244 read domain_snapshot_get_parent virDomainSnapshotGetParent (snap:snapshot flags:uint) -> (snap:snapshot)
245 write domain_reset virDomainReset (dom:domain flags:uint) -> ()
246 read domain_snapshot_num_children virDomainSnapshotNumChildren (snap:snapshot flags:uint) -> (num:int)
247 read domain_snapshot_list_children_names virDomainSnapshotListChildrenNames (snap:snapshot maxnames:int flags:uint)
    -> (names:list<string,16384>)
251 write domain_block_resize virDomainBlockResize (dom:domain disk:string size:uhyper flags:uint) -> ()
252 write domain_set_block_io_tune virDomainSetBlockIoTune (dom:domain disk:string params:typed_params<32> flags:uint)
    -> ()
253 read domain_get_block_io_tune virDomainGetBlockIoTune (dom:domain disk:ostring nparams:int flags:uint) ->
    (params:typed_params<32> nparams:int)
254 write domain_set_numa_parameters virDomainSetNumaParameters (dom:domain params:typed_params<16> flags:uint) -> ()
255 read domain_get_numa_parameters virDomainGetNumaParameters (dom:domain nparams:int flags:uint) ->
    (params:typed_params<16> nparams:int)
256 write domain_set_interface_parameters virDomainSetInterfaceParameters (dom:domain device:string
    params:typed_params<16> flags:uint) -> ()
257 read domain_get_interface_parameters virDomainGetInterfaceParameters (dom:domain device:string nparams:int
    flags:uint) -> (params:typed_params<16> nparams:int)
258 write domain_shutdown_flags virDomainShutdownFlags (dom:domain flags:uint) -> ()
259 write storage_vol_wipe_pattern virStorageVolWipePattern (vol:vol algorithm:uint flags:uint) -> ()
260 write storage_vol_resize virStorageVolResize (vol:vol capacity:uhyper flags:uint) -> ()
262 read domain_get_cpu_stats virDomainGetCPUStats (dom:domain nparams:uint start_cpu:int ncpus:uint flags:uint) ->
    (params:typed_params<2048> nparams:int)
263 read domain_get_disk_errors virDomainGetDiskErrors (dom:domain maxerrors:uint flags:uint) ->
    (errors:list<domain_disk_error,256> nerrors:int)
264 write domain_set_metadata virDomainSetMetadata (dom:domain type:int metadata:ostring key:ostring uri:ostring
    flags:uint) -> ()
265 read domain_get_metadata virDomainGetMetadata (dom:domain type:int uri:ostring flags:uint) -> (metadata:string)
266 write domain_block_rebase virDomainBlockRebase (dom:domain path:string base:ostring bandwidth:uhyper flags:uint) ->
    ()
271 read domain_snapshot_is_current virDomainSnapshotIsCurrent (snap:snapshot flags:uint) -> (current:int)
272 read domain_snapshot_has_metadata virDomainSnapshotHasMetadata (snap:snapshot flags:uint) -> (metadata:int)
273 read connect_list_all_domains virConnectListAllDomains (need_results:int flags:uint) -> (domains:list<domain,16384>
    ret:uint)
274 read domain_list_all_snapshots virDomainListAllSnapshots (dom:domain need_results:int flags:uint) ->
    (snapshots:list<snapshot,16384> ret:int)
275 read domain_snapshot_list_all_children virDomainSnapshotListAllChildren (snapshot:snapshot need_results:int
    flags:uint) -> (snapshots:list<snapshot,16384> ret:int)
277 write domain_get_hostname virDomainGetHostname (dom:domain flags:uint) -> (hostname:string)
278 read domain_get_security_label_list virDomainGetSecurityLabelList (dom:domain) ->
    (labels:list<domain_get_security_label_ret,64> ret:int)
279 write domain_pin_emulator virDomainPinEmulator (dom:domain cpumap:opaque<2048> flags:uint) -> ()
280 read domain_get_emulator_pin_info virDomainGetEmulatorPinInfo (dom:domain maplen:int flags:uint) ->
    (cpumaps:opaque<8388608> ret:int)
281 read connect_list_all_storage_pools virConnectListAllStoragePools (need_results:int flags:uint) ->
    (pools:list<pool,16384> ret:uint)
282 read storage_pool_list_all_volumes virStoragePoolListAllVolumes (pool:pool need_results:int flags:uint) ->
    (vols:list<vol,16384> ret:uint)
283 read connect_list_all_networks virConnectListAllNetworks (need_results:int flags:uint) -> (nets:list<network,16384>
    ret:uint)
284 read connect_list_all_interfaces virConnectListAllInterfaces (need_results:int flags:uint) ->
    (ifaces:list<interface,16384> ret:uint)
285 read connect_list_all_node_devices virConnectListAllNodeDevices (need_results:int flags:uint) ->
    (devices:list<nodedev,65536> ret:uint)
288 write node_set_memory_parameters virNodeSetMemoryParameters (params:typed_params<64> flags:uint) -> ()
289 read node_get_memory_parameters virNodeGetMemoryParameters (nparams:int flags:uint) -> (params:typed_params<64>
    nparams:int)
290 write domain_block_commit virDomainBlockCommit (dom:domain disk:string base:ostring top:ostring bandwidth:uhyper
    flags:uint) -> ()
291 write network_update virNetworkUpdate (net:network command:uint section:uint parentIndex:int xml:string flags:uint)
    -> ()
293 read node_get_cpu_map virNodeGetCPUMap (need_map:int need_online:int flags:uint) -> (cpumap:opaque<2048>
    online:uint ret:int)
294 write domain_fstrim virDomainFSTrim (dom:domain mountPoint:ostring minimum:uhyper flags:uint) -> ()
295 write domain_send_process_signal virDomainSendProcessSignal (dom:domain pid_value:hyper signum:uint flags:uint) ->
    ()
298 read domain_get_job_stats virDomainGetJobStats (dom:domain flags:uint) -> (type:int params:typed_params<64>)
308 write domain_set_memory_stats_period virDomainSetMemoryStatsPeriod (dom:domain period:int flags:uint) -> ()
312 read connect_get_cpu_model_names virConnectGetCPUModelNames (arch:string need_results:int flags:uint) ->
    (models:list<string,8192> ret:int)
334 write domain_core_dump_with_format virDomainCoreDumpWithFormat (dom:domain to:string dumpformat:uint flags:uint) ->
    ()
335 write domain_fsfreeze virDomainFSFreeze (dom:domain mountpoints:list<string,256> flags:uint) -> (filesystems:int)
336 write domain_fsthaw virDomainFSThaw (dom:domain mountpoints:list<string,256> flags:uint) -> (filesystems:int)
337 write domain_get_time virDomainGetTime (dom:domain flags:uint) -> (seconds:hyper nseconds:uint)
338 write domain_set_time virDomainSetTime (dom:domain seconds:hyper nseconds:uint flags:uint) -> ()
340 read node_get_free_pages virNodeGetFreePages (pages:list<uint,1024> startCell:int cellCount:uint flags:uint) ->
    (counts:list<uhyper,1024>)
341 read network_get_dhcp_leases virNetworkGetDHCPLeases (net:network mac:ostring need_results:int flags:uint) ->
    (leases:list<network_dhcp_lease,65536> ret:uint)
342 write connect_get_domain_capabilities virConnectGetDomainCapabilities (emulatorbin:ostring arch:ostring
    machine:ostring virttype:ostring flags:uint) -> (capabilities:string)
344 read connect_get_all_domain_stats virConnectGetAllDomainStats (doms:list<domain,16384> stats:uint flags:uint) ->
    (retStats:list<domain_stats_record,16384>)
345 write domain_block_copy virDomainBlockCopy (dom:domain path:string destxml:string params:typed_params<16>
    flags:uint) -> ()
349 write domain_get_fsinfo virDomainGetFSInfo (dom:domain flags:uint) -> (info:list<domain_fsinfo,256> ret:uint)
350 write domain_define_xml_flags virDomainDefineXMLFlags (xml:string flags:uint) -> (dom:domain)
351 read domain_get_iothread_info virDomainGetIOThreadInfo (dom:domain flags:uint) ->
    (info:list<domain_iothread_info,16384> ret:uint)
352 write domain_pin_iothread virDomainPinIOThread (dom:domain iothreads_id:uint cpumap:opaque<2048> flags:uint) -> ()
353 read domain_interface_addresses virDomainInterfaceAddresses (dom:domain source:uint flags:uint) ->
    (ifaces:list<domain_interface,2048>)
355 write domain_add_iothread virDomainAddIOThread (dom:domain iothread_id:uint flags:uint) -> ()
356 write domain_del_iothread virDomainDelIOThread (dom:domain iothread_id:uint flags:uint) -> ()
357 write domain_set_user_password virDomainSetUserPassword (dom:domain user:ostring password:ostring flags:uint) -> ()
358 write domain_rename virDomainRename (dom:domain new_name:ostring flags:uint) -> (retcode:int)
365 read domain_get_perf_events virDomainGetPerfEvents (dom:domain flags:uint) -> (params:typed_params<64>)
366 write domain_set_perf_events virDomainSetPerfEvents (dom:domain params:typed_params<64> flags:uint) -> ()
371 write domain_get_guest_vcpus virDomainGetGuestVcpus (dom:domain flags:uint) -> (params:typed_params<64>)
372 write domain_set_guest_vcpus virDomainSetGuestVcpus (dom:domain cpumap:string state:int flags:uint) -> ()
378 read storage_vol_get_info_flags virStorageVolGetInfoFlags (vol:vol flags:uint) -> (type:char capacity:uhyper
    allocation:uhyper)
390 write domain_set_lifecycle_action virDomainSetLifecycleAction (dom:domain type:uint action:uint flags:uint) -> ()
391 read storage_pool_lookup_by_target_path virStoragePoolLookupByTargetPath (path:string) -> (pool:pool)
392 write domain_detach_device_alias virDomainDetachDeviceAlias (dom:domain alias:string flags:uint) -> ()
396 read domain_get_launch_security_info virDomainGetLaunchSecurityInfo (dom:domain flags:uint) ->
    (params:typed_params<64>)
402 write domain_set_iothread_params virDomainSetIOThreadParams (dom:domain iothread_id:uint params:typed_params<64>
    flags:uint) -> ()
403 read connect_get_storage_pool_capabilities virConnectGetStoragePoolCapabilities (flags:uint) ->
    (capabilities:string)
404 read network_list_all_ports virNetworkListAllPorts (network:network need_results:int flags:uint) ->
    (ports:list<network_port,16384> ret:uint)
411 write domain_checkpoint_create_xml virDomainCheckpointCreateXML (dom:domain xml_desc:string flags:uint) ->
    (checkpoint:checkpoint)
412 read domain_checkpoint_get_xml_desc virDomainCheckpointGetXMLDesc (checkpoint:checkpoint flags:uint) ->
    (xml:string)
413 read domain_list_all_checkpoints virDomainListAllCheckpoints (dom:domain need_results:int flags:uint) ->
    (checkpoints:list<checkpoint,16384> ret:int)
414 read domain_checkpoint_list_all_children virDomainCheckpointListAllChildren (checkpoint:checkpoint need_results:int
    flags:uint) -> (checkpoints:list<checkpoint,16384> ret:int)
415 read domain_checkpoint_lookup_by_name virDomainCheckpointLookupByName (dom:domain name:string flags:uint) ->
    (checkpoint:checkpoint)
416 read domain_checkpoint_get_parent virDomainCheckpointGetParent (checkpoint:checkpoint flags:uint) ->
    (parent:checkpoint)
417 write domain_checkpoint_delete virDomainCheckpointDelete (checkpoint:checkpoint flags:uint) -> ()
418 write domain_get_guest_info virDomainGetGuestInfo (dom:domain types:uint flags:uint) -> (params:typed_params<2048>)
426 read domain_get_messages virDomainGetMessages (dom:domain flags:uint) -> (msgs:list<string,2048>)
432 write network_define_xml_flags virNetworkDefineXMLFlags (xml:string flags:uint) -> (net:network)
437 write network_create_xml_flags virNetworkCreateXMLFlags (xml:string flags:uint) -> (net:network)
442 write domain_abort_job_flags virDomainAbortJobFlags (dom:domain flags:uint) -> ()
"""
"""Number, right, name, libvirt's function, (arguments) -> (results); indented lines go on with the one before."""

TYPES: Final = {
    "uint": "unsigned int",
    "uhyper": "unsigned hyper",
    "uchar": "unsigned char",
    "ushort": "unsigned short",
    "string": "string<4194304>",
    "ostring": "?string<4194304>",
    "uuid": "opaque[16]",
    "domain": "{name:string uuid:uuid id:int}",
    "network": "{name:string uuid:uuid}",
    "odomain": "?domain",
    "onetwork": "?network",
    "vcpu_info": "{number:uint state:int cpu_time:uhyper cpu:int}",
    "domain_memory_stat": "{tag:int val:uhyper}",
    "typed_param_value": "int(1:i:int 2:ui:uint 3:l:hyper 4:ul:uhyper 5:d:double 6:b:int 7:s:string)",
    "typed_param": "{field:string value:typed_param_value}",
    "domain_stats_record": "{dom:domain params:typed_param<262144>}",
    "pool": "{name:string uuid:uuid}",
    "vol": "{pool:string name:string key:string}",
    "snapshot": "{name:string dom:domain}",
    "checkpoint": "{name:string dom:domain}",
    "nodedev": "{name:string}",
    "interface": "{name:string mac:string}",
    "network_port": "{net:network uuid:uuid}",
    "domain_disk_error": "{disk:string error:int}",
    "domain_iothread_info": "{iothread_id:uint cpumap:opaque<2048>}",
    "domain_fsinfo": "{mountpoint:string name:string fstype:string dev_aliases:string<4194304><256>}",
    "domain_ip_addr": "{type:int addr:string prefix:uint}",
    "domain_interface": "{name:string hwaddr:ostring addrs:domain_ip_addr<2048>}",
    "node_get_cpu_stats": "{field:string value:uhyper}",
    "node_get_memory_stats": "{field:string value:uhyper}",
    "network_dhcp_lease": "{iface:string expirytime:hyper type:int mac:ostring iaid:ostring ipaddr:string prefix:uint "
    "hostname:ostring clientid:ostring}",
    "domain_event_graphics_address": "{family:int node:string service:string}",
    "domain_event_graphics_identity": "{type:string name:string}",
    "domain_get_security_label_ret": "{label:char<4097> enforcing:int}",
    "error": "{code:int domain:int message:ostring level:int dom:odomain str1:ostring str2:ostring str3:ostring "
    "int1:int int2:int net:onetwork}",
    "cursor": "{epoch:opaque[16] next:uhyper}",
    "event": "{number:uhyper time_us:hyper kind:int body:opaque}",
}
"""What the short names of types stand for: ? is optional, {} a struct, <n> a bound, [n] a size."""

EVENTS: Final = """
315 network_lifecycle callback_id:int net:network event:int detail:int
318 lifecycle callback_id:int dom:domain event:int detail:int
319 reboot callback_id:int dom:domain
320 rtc_change callback_id:int dom:domain offset:hyper
321 watchdog callback_id:int dom:domain action:int
322 io_error callback_id:int dom:domain src_path:string dev_alias:string action:int
323 graphics callback_id:int dom:domain phase:int local:domain_event_graphics_address
    remote:domain_event_graphics_address auth_scheme:string subject:domain_event_graphics_identity<20>
324 io_error_reason callback_id:int dom:domain src_path:string dev_alias:string action:int reason:string
325 control_error callback_id:int dom:domain
326 block_job callback_id:int dom:domain path:string type:int status:int
327 disk_change callback_id:int dom:domain old_src_path:ostring new_src_path:ostring dev_alias:string reason:int
328 tray_change callback_id:int dom:domain dev_alias:string reason:int
329 pmwakeup callback_id:int reason:int dom:domain
330 pmsuspend callback_id:int reason:int dom:domain
331 balloon_change callback_id:int dom:domain actual:uhyper
332 pmsuspend_disk callback_id:int reason:int dom:domain
333 device_removed callback_id:int dom:domain dev_alias:string
339 block_job_2 callback_id:int dom:domain dst:string type:int status:int
346 tunable callback_id:int dom:domain params:typed_param<2048>
348 agent_lifecycle callback_id:int dom:domain state:int reason:int
354 device_added callback_id:int dom:domain dev_alias:string
359 migration_iteration callback_id:int dom:domain iteration:int
363 job_completed callback_id:int dom:domain params:typed_param<64>
367 device_removal_failed callback_id:int dom:domain dev_alias:string
370 storage_pool_lifecycle callback_id:int pool:pool event:int detail:int
373 storage_pool_refresh callback_id:int pool:pool
376 node_device_lifecycle callback_id:int dev:nodedev event:int detail:int
377 node_device_update callback_id:int dev:nodedev
379 metadata_change callback_id:int dom:domain type:int nsuri:ostring
385 block_threshold callback_id:int dom:domain dev:string path:ostring threshold:uhyper excess:uhyper
423 memory_failure callback_id:int dom:domain recipient:int action:int flags:uint
438 memory_device_size_change callback_id:int dom:domain alias:string size:uhyper
"""
"""Bodies of events: kind, name, fields. libvirt nests the older message in the newer one, which changes no byte."""


class Row(NamedTuple):
    """One line of PROCEDURES."""

    number: int
    right: str
    name: str
    api: str
    args: str
    rets: str


def joined(table: str) -> list[str]:
    """Return the lines of a table, each whole."""
    return table.replace("\n    ", " ").strip().splitlines()


def procedures() -> list[Row]:
    """Return PROCEDURES, line by line."""
    rows = []
    for line in joined(PROCEDURES):
        match = re.fullmatch(r"(\d+) (read|write) (\w+) (\w+) \((.*)\) -> \((.*)\)", line)
        assert match is not None, line
        rows.append(Row(int(match[1]), *match.groups()[1:]))
    return rows
