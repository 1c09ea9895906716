"""virt.x says what libvirt's remote protocol says: numbers, names, fields in order, wire types, rights.

The tables here were written from the facts about that protocol, not from virt.x: they are the second opinion.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from oncrpc.composite import Array, Optional, Ref, Struct
from oncrpc.procedure import Procedure, Program
from oncrpc.unions import UnionType

ROOT = Path(__file__).resolve().parents[1]

# number, right, name (arguments) -> (results); an indented line goes on with the one before it.
PROCEDURES = """
1 read connect_open (name:ostring flags:uint) -> ()
2 read connect_close () -> ()
3 read connect_get_type () -> (type:string)
4 read connect_get_version () -> (hv_ver:uhyper)
5 read connect_get_max_vcpus (type:ostring) -> (max_vcpus:int)
6 read node_get_info () -> (model:array<char,32> memory:uhyper cpus:int mhz:int nodes:int sockets:int cores:int
    threads:int)
7 read connect_get_capabilities () -> (capabilities:string)
8 write domain_attach_device (dom:domain xml:string) -> ()
9 write domain_create (dom:domain) -> ()
10 write domain_create_xml (xml_desc:string flags:uint) -> (dom:domain)
11 write domain_define_xml (xml:string) -> (dom:domain)
12 write domain_destroy (dom:domain) -> ()
13 write domain_detach_device (dom:domain xml:string) -> ()
14 read domain_get_xml_desc (dom:domain flags:uint) -> (xml:string)
15 read domain_get_autostart (dom:domain) -> (autostart:int)
16 read domain_get_info (dom:domain) -> (state:uchar maxMem:uhyper memory:uhyper nrVirtCpu:ushort cpuTime:uhyper)
17 read domain_get_max_memory (dom:domain) -> (memory:uhyper)
18 read domain_get_max_vcpus (dom:domain) -> (num:int)
19 read domain_get_os_type (dom:domain) -> (type:string)
20 read domain_get_vcpus (dom:domain maxinfo:int maplen:int) -> (info:list<vcpu_info,16384> cpumaps:opaque<8388608>)
21 read connect_list_defined_domains (maxnames:int) -> (names:list<string,16384>)
22 read domain_lookup_by_id (id:int) -> (dom:domain)
23 read domain_lookup_by_name (name:string) -> (dom:domain)
24 read domain_lookup_by_uuid (uuid:uuid) -> (dom:domain)
25 read connect_num_of_defined_domains () -> (num:int)
26 write domain_pin_vcpu (dom:domain vcpu:uint cpumap:opaque<2048>) -> ()
27 write domain_reboot (dom:domain flags:uint) -> ()
28 write domain_resume (dom:domain) -> ()
29 write domain_set_autostart (dom:domain autostart:int) -> ()
30 write domain_set_max_memory (dom:domain memory:uhyper) -> ()
31 write domain_set_memory (dom:domain memory:uhyper) -> ()
32 write domain_set_vcpus (dom:domain nvcpus:uint) -> ()
33 write domain_shutdown (dom:domain) -> ()
34 write domain_suspend (dom:domain) -> ()
35 write domain_undefine (dom:domain) -> ()
36 read connect_list_defined_networks (maxnames:int) -> (names:list<string,16384>)
37 read connect_list_domains (maxids:int) -> (ids:list<int,16384>)
38 read connect_list_networks (maxnames:int) -> (names:list<string,16384>)
39 write network_create (net:network) -> ()
40 write network_create_xml (xml:string) -> (net:network)
41 write network_define_xml (xml:string) -> (net:network)
42 write network_destroy (net:network) -> ()
43 read network_get_xml_desc (net:network flags:uint) -> (xml:string)
44 read network_get_autostart (net:network) -> (autostart:int)
45 read network_get_bridge_name (net:network) -> (name:string)
46 read network_lookup_by_name (name:string) -> (net:network)
47 read network_lookup_by_uuid (uuid:uuid) -> (net:network)
48 write network_set_autostart (net:network autostart:int) -> ()
49 write network_undefine (net:network) -> ()
50 read connect_num_of_defined_networks () -> (num:int)
51 read connect_num_of_domains () -> (num:int)
52 read connect_num_of_networks () -> (num:int)
53 write domain_core_dump (dom:domain to:string flags:uint) -> ()
54 write domain_restore (from:string) -> ()
55 write domain_save (dom:domain to:string) -> ()
56 read domain_get_scheduler_type (dom:domain) -> (type:string nparams:int)
57 read domain_get_scheduler_parameters (dom:domain nparams:int) -> (params:typed_params<16>)
58 write domain_set_scheduler_parameters (dom:domain params:typed_params<16>) -> ()
59 read connect_get_hostname () -> (hostname:string)
60 read connect_supports_feature (feature:int) -> (supported:int)
102 read node_get_free_memory () -> (freeMem:uhyper)
110 read connect_get_uri () -> (uri:string)
149 read connect_is_secure () -> (secure:int)
150 read domain_is_active (dom:domain) -> (active:int)
151 read domain_is_persistent (dom:domain) -> (persistent:int)
157 read connect_get_lib_version () -> (lib_ver:uhyper)
159 read domain_memory_stats (dom:domain maxStats:uint flags:uint) -> (stats:list<domain_memory_stat,1024>)
182 write domain_managed_save (dom:domain flags:uint) -> ()
183 read domain_has_managed_save_image (dom:domain flags:uint) -> (result:int)
184 write domain_managed_save_remove (dom:domain flags:uint) -> ()
196 write domain_create_with_flags (dom:domain flags:uint) -> (dom:domain)
199 write domain_set_vcpus_flags (dom:domain nvcpus:uint flags:uint) -> ()
200 read domain_get_vcpus_flags (dom:domain flags:uint) -> (num:int)
202 read domain_is_updated (dom:domain) -> (updated:int)
204 write domain_set_memory_flags (dom:domain memory:uhyper flags:uint) -> ()
212 read domain_get_state (dom:domain flags:uint) -> (state:int reason:int)
225 write domain_pin_vcpu_flags (dom:domain vcpu:uint cpumap:opaque<2048> flags:uint) -> ()
229 read domain_get_control_info (dom:domain flags:uint) -> (state:uint details:uint stateTime:uhyper)
230 read domain_get_vcpu_pin_info (dom:domain ncpumaps:int maplen:int flags:uint) -> (cpumaps:opaque<8388608>
    num:int)
231 write domain_undefine_flags (dom:domain flags:uint) -> ()
232 write domain_save_flags (dom:domain to:string dxml:ostring flags:uint) -> ()
233 write domain_restore_flags (from:string dxml:ostring flags:uint) -> ()
234 write domain_destroy_flags (dom:domain flags:uint) -> ()
245 write domain_reset (dom:domain flags:uint) -> ()
258 write domain_shutdown_flags (dom:domain flags:uint) -> ()
273 read connect_list_all_domains (need_results:int flags:uint) -> (domains:list<domain,16384> ret:uint)
293 read node_get_cpu_map (need_map:int need_online:int flags:uint) -> (cpumap:opaque<2048> online:uint ret:int)
344 read connect_get_all_domain_stats (doms:list<domain,16384> stats:uint flags:uint) ->
    (retStats:list<domain_stats_record,16384>)
350 write domain_define_xml_flags (xml:string flags:uint) -> (dom:domain)
358 write domain_rename (dom:domain new_name:ostring flags:uint) -> (retcode:int)
"""

# What the short names of types above stand for. ? is optional, {} a struct, <n> a bound, [n] a size.
TYPES = {
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
    "error": "{code:int domain:int message:ostring level:int dom:odomain str1:ostring str2:ostring str3:ostring "
    "int1:int int2:int net:onetwork}",
    "cursor": "{epoch:opaque[16] next:uhyper}",
    "event": "{number:uhyper time_us:hyper kind:int body:opaque}",
}

# Bodies of events: kind, name, fields. libvirt nests the older message in the newer one, which changes no byte.
EVENTS = """
318 lifecycle callback_id:int dom:domain event:int detail:int
319 reboot callback_id:int dom:domain
320 rtc_change callback_id:int dom:domain offset:hyper
321 watchdog callback_id:int dom:domain action:int
322 io_error callback_id:int dom:domain src_path:string dev_alias:string action:int
324 io_error_reason callback_id:int dom:domain src_path:string dev_alias:string action:int reason:string
329 pmwakeup callback_id:int reason:int dom:domain
330 pmsuspend callback_id:int reason:int dom:domain
331 balloon_change callback_id:int dom:domain actual:uhyper
332 pmsuspend_disk callback_id:int reason:int dom:domain
333 device_removed callback_id:int dom:domain dev_alias:string
354 device_added callback_id:int dom:domain dev_alias:string
"""

# This project's own procedures.
OWN = {
    1000: (
        "batch",
        "{items:{procedure:uint args:opaque}<1024> stop_on_error:bool cursor:cursor max_events:uint}",
        "{results:{accept_stat:uint result:opaque}<1024> events:event<1024> cursor:cursor lost:bool}",
    ),
    1001: (
        "events",
        "{cursor:cursor max:uint wait_ms:uint}",
        "{events:event<1024> cursor:cursor lost:bool}",
    ),
}

# A field that has another name in virt.x, because libvirt's is a keyword of a language.
RENAMED = {"from": "path"}


def full(short: str) -> str:
    """Return a type with all short names replaced by what they stand for; a word before a colon is a field's name."""
    return re.sub(
        r"\b(?!string<)\w+\b(?!:)", lambda match: full(TYPES[match[0]]) if match[0] in TYPES else match[0], short
    )


def body(fields: str) -> str | None:
    """Return the struct of the table's fields, in full; None when there are none."""
    if not fields:
        return None
    parts = []
    for part in fields.split():
        field, short = part.split(":", 1)
        name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", field).lower()
        match = re.fullmatch(r"(list|array|typed_params)<(?:(\w+),)?(\d+)>", short)
        if match is None:
            wire = full(short)
        else:
            element = full(match[2] or "typed_param")
            wire = f"{element}[{match[3]}]" if match[1] == "array" else f"{element}<{match[3]}>"
        parts.append(f"{RENAMED.get(name, name)}:{wire}")
    return "{" + " ".join(parts) + "}"


def described(wire: Any) -> str:
    """Return what a compiled type is on the wire, in the words of the table."""
    if isinstance(wire, Ref):
        wire = wire.target()
    if isinstance(wire, Struct):
        return "{" + " ".join(f"{name.rstrip('_')}:{described(item)}" for name, item in wire.fields) + "}"
    if isinstance(wire, Array):
        size = f"[{wire.count}]" if wire.count is not None else f"<{wire.bound}>"
        return described(wire.element) + size
    if isinstance(wire, Optional):
        return "?" + described(wire.element)
    if isinstance(wire, UnionType):
        assert wire.default is None, wire
        arms = " ".join(f"{number}:{name}:{described(item)}" for number, (name, item) in wire.arms.items())
        return f"{described(wire.discriminant)}({arms})"
    return str(wire)


@pytest.fixture(scope="module")
def virt(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """Return virt.x as a module, compiled for this test."""
    folder = tmp_path_factory.mktemp("virtproto")
    command = [sys.executable, "-m", "pyrpcgen", str(ROOT / "xdr_spec" / "virt.x"), "-o", str(folder)]
    path = os.pathsep.join([str(ROOT / "tools"), str(ROOT / "rpc")])
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    spec = importlib.util.spec_from_file_location("virt_for_facts", folder / "virt.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def expected() -> dict[int, tuple[str, str, str | None, str | None]]:
    """Return number -> (name, right, argument, result body) of the table."""
    table = {}
    for line in PROCEDURES.replace("\n    ", " ").strip().splitlines():
        match = re.fullmatch(r"(\d+) (read|write) (\w+) \((.*)\) -> \((.*)\)", line)
        assert match is not None, line
        table[int(match[1])] = (match[3], match[2], body(match[4]), body(match[5]))
    for number, (name, args, rets) in OWN.items():
        table[number] = (name, "read", full(args), full(rets))
    return table


def found(procedure: Procedure[Any]) -> tuple[str, str, str | None, str | None]:
    """Return the same of a compiled procedure; its result must be the union of that body and the error."""
    union = procedure.result
    assert isinstance(union, UnionType)
    assert list(union.arms) == [0]
    assert union.default is not None
    assert (union.default[0], described(union.default[1])) == ("error", full("error"))
    name, ok = union.arms[0]
    assert name == ("" if str(ok) == "void" else "ok")
    rights = [rest for word, rest in procedure.annotations if word == "right"]
    assert len(rights) == 1, procedure
    return (
        procedure.name.removeprefix("VIRT_").lower(),
        rights[0],
        described(procedure.args) if procedure.arity else None,
        None if str(ok) == "void" else described(ok),
    )


def compare(program: Program, numbers: set[int]) -> None:
    table = expected()
    assert {procedure.number for procedure in program.procedures} == numbers
    for procedure in program.procedures:
        assert found(procedure) == table[procedure.number], procedure


def test_version_1_is_libvirts_first_59_procedures(virt: ModuleType) -> None:
    compare(virt.VIRT_V1_TABLE, set(range(1, 60)))


def test_version_2_is_version_1_and_more_of_libvirts_and_our_own(virt: ModuleType) -> None:
    compare(virt.VIRT_V2_TABLE, set(expected()))


def test_program_and_version_numbers(virt: ModuleType) -> None:
    tables = (virt.VIRT_V1_TABLE, virt.VIRT_V2_TABLE)
    assert [(table.number, table.version) for table in tables] == [(0x20070125, 1), (0x20070125, 2)]


def test_version_2_repeats_version_1_with_equal_types_and_annotations(virt: ModuleType) -> None:
    for first in virt.VIRT_V1_TABLE.procedures:
        again = virt.VIRT_V2_TABLE.procedure(first.number)
        assert (again.name, again.args, again.result, again.annotations) == (
            first.name,
            first.args,
            first.result,
            first.annotations,
        )


def test_every_procedure_with_flags_says_which_are_known_and_no_other_does(virt: ModuleType) -> None:
    for procedure in virt.VIRT_V2_TABLE.procedures:
        masks = [int(rest, 16) for word, rest in procedure.annotations if word == "flags"]
        has_flags = isinstance(procedure.args, Struct) and "flags" in [name for name, _ in procedure.args.fields]
        assert len(masks) == has_flags, procedure


def test_the_flags_that_raise_a_right_are_those_that_give_secrets_or_ask_the_guest(virt: ModuleType) -> None:
    raised = {
        procedure.number: [rest for word, rest in procedure.annotations if word == "flag"]
        for procedure in virt.VIRT_V2_TABLE.procedures
    }
    assert {number: lines for number, lines in raised.items() if lines} == {
        14: ["0x1 write", "0x8 write"],
        200: ["0x8 write"],
    }


def test_bodies_of_events_are_libvirts_messages(virt: ModuleType) -> None:
    kinds = {}
    for line in EVENTS.strip().splitlines():
        number, name, fields = line.split(" ", 2)
        kinds[f"VIRT_EVENT_{name.upper()}"] = int(number)
        assert described(getattr(virt, f"xdr_virt_event_{name}")) == full("{" + fields + "}"), name
    assert {kind.name: kind.value for kind in virt.virt_event_kind} == kinds


def test_sizes_that_are_known_from_the_wire(virt: ModuleType) -> None:
    model = [0] * 32
    info = virt.virt_node_get_info_ret(model, 1, 1, 1, 1, 1, 1, 1)
    assert len(info.to_xdr()) == 32 * 4 + 8 + 6 * 4
    assert virt.virt_domain_get_info_ret(1, 2, 3, 4, 5).to_xdr().hex() == (
        "0000000100000000000000020000000000000003000000040000000000000005"
    )
