"""Specifications of every family that is around: they compile, import, number their procedures as published, and their
bytes are what xdrlib3 packs and what was written out by hand."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from compiled_specs import TEXTS, compiled, go_there_and_back, kinds, tables
from wire_samples import Samples
from xdrlib3 import Packer
from xdrlib_values import converted, same, write_and_load

from oncrpc.errors import XdrError
from pyrpcgen.compiler import load_file
from pyrpcgen.options import Options, options

SPECS: Final = Path(__file__).parent / "specs"
NAMES: Final = sorted(path.stem for path in SPECS.glob("*.x"))
ROUNDS: Final = 40

LIBVIRT: Final = options(
    ["VIR_UUID_BUFLEN=16", "VIR_AUTH_POLKIT=2"],
    prelude=[str(SPECS / "libvirt-constants.h")],
    program_from="remote_procedure=REMOTE_PROGRAM.REMOTE_PROTOCOL_VERSION",
)
OPTIONS: Final = {"libvirt": LIBVIRT, "nlm": options(["OWN_NETOBJ"])}

# program, version, table: its name, and numbers of procedures as the documents have them
PROGRAMS: Final[dict[str, list[tuple[int, int, str, dict[str, int]]]]] = {
    "nfs2": [(100003, 2, "NFS_VERSION", {"NFSPROC_GETATTR": 1, "NFSPROC_READ": 6, "NFSPROC_READDIR": 16})],
    "mount": [
        (100005, 1, "MOUNTVERS", {"MOUNTPROC_MNT": 1, "MOUNTPROC_EXPORT": 5}),
        (100005, 3, "MOUNT_V3", {"MOUNTPROC3_MNT": 1, "MOUNTPROC3_UMNTALL": 4, "MOUNTPROC3_EXPORT": 5}),
    ],
    "nfs3": [(100003, 3, "NFS_V3", {"NFSPROC3_READ": 6, "NFSPROC3_WRITE": 7, "NFSPROC3_READDIRPLUS": 17})],
    "nlm": [
        (100021, 3, "NLM_VERSX", {"NLM_TEST": 1, "NLM_LOCK": 2, "NLM_LOCK_MSG": 7}),
        (100021, 4, "NLM4_VERS", {"NLMPROC4_LOCK": 2, "NLMPROC4_GRANTED_RES": 15, "NLMPROC4_FREE_ALL": 23}),
    ],
    "nsm": [(100024, 1, "SM_VERS", {"SM_STAT": 1, "SM_UNMON_ALL": 4, "SM_SIMU_CRASH": 5, "SM_NOTIFY": 6})],
    "rquota": [
        (100011, 1, "RQUOTAVERS", {"RQUOTAPROC_GETQUOTA": 1, "RQUOTAPROC_SETQUOTA": 3}),
        (100011, 2, "EXT_RQUOTAVERS", {"RQUOTAPROC_GETQUOTA": 1, "RQUOTAPROC_GETACTIVEQUOTA": 2}),
    ],
    "nfs40": [
        (100003, 4, "NFS_V4", {"NFSPROC4_NULL": 0, "NFSPROC4_COMPOUND": 1}),
        (0x40000000, 1, "NFS_CB", {"CB_NULL": 0}),
    ],
    "nfs41": [(100003, 4, "NFS_V4", {"NFSPROC4_NULL": 0, "NFSPROC4_COMPOUND": 1})],
    "nfs42": [(100003, 4, "NFS_V4", {"NFSPROC4_COMPOUND": 1})],
    "vxi11": [
        (0x0607B0, 1, "DEVICE_ASYNC_VERSION", {"device_abort": 1}),
        (0x0607AF, 1, "DEVICE_CORE_VERSION", {"create_link": 10, "device_read": 12, "destroy_intr_chan": 26}),
        (0x0607B1, 1, "DEVICE_INTR_VERSION", {"device_intr_srq": 30}),
    ],
    "kernel": [(100021, 4, "NLM4_VERS", {"NLMPROC4_LOCK": 2, "NLMPROC4_LOCK_RES": 12})],
    "goxdr": [(0x2FFF1234, 1, "GOXDR_V1", {"both": 1}), (0x2FFF1234, 2, "GOXDR_V2", {"three": 3})],
    "libvirt": [
        (0x20008086, 1, "REMOTE_V", {"REMOTE_PROC_CONNECT_OPEN": 1, "REMOTE_PROC_CONNECT_GET_HOSTNAME": 59,
                                     "REMOTE_PROC_DOMAIN_EVENT_LIFECYCLE": 107}),
    ],
    "rpcgen": [
        (0x20000099, 1, "RPCGEN_VERS", {"EMPTY": 0, "SEVERAL": 17, "UNSIGNED": 16}),
        (0x20000099, 2, "RPCGEN_VERS_2", {"FLAG": 1}),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def spec(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    folder = tmp_path_factory.mktemp("specs")
    made: dict[str, Any] = {}

    def get(name: str) -> Any:
        if name not in made:
            made[name] = compiled(SPECS / f"{name}.x", folder, OPTIONS.get(name, Options()))
        return made[name]

    return get


@pytest.mark.parametrize("name", NAMES)
def test_every_type_goes_there_and_back(spec: Callable[[str], Any], name: str) -> None:
    found = kinds(spec(name))
    assert found
    go_there_and_back(found, name, ROUNDS)


def test_every_specification_with_a_program_has_a_row() -> None:
    assert set(PROGRAMS) == set(NAMES) - {"gluster", "stellar", "stellar-types"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_and_procedures_have_the_published_numbers(spec: Callable[[str], Any], name: str) -> None:
    found = tables(spec(name))
    assert [(table.number, table.version, version) for version, table in found.items()] == [
        row[:3] for row in PROGRAMS[name]
    ]
    for _, _, version, numbers in PROGRAMS[name]:
        have = {procedure.name: procedure.number for procedure in found[version].procedures}
        assert {word: have[word] for word in numbers} == numbers


@pytest.mark.parametrize("name", NAMES)
def test_the_xdrlib_style_has_the_same_bytes(spec: Callable[[str], Any], name: str, tmp_path: Path) -> None:
    own = f"style_{name.replace('-', '_')}"
    style = write_and_load(load_file(SPECS / f"{name}.x", OPTIONS.get(name, Options())), own, tmp_path)
    samples = Samples(random.Random(name), special={}, texts=TEXTS)
    found = {word[4:]: kind for word, kind in vars(spec(name)).items() if word.startswith("xdr_")}
    for word, kind in found.items():
        for value in [samples.of(kind) for _ in range(ROUNDS)]:
            wire, plain = kind.encode(value), converted(kind, value, style.types, {"type": "type_"})
            packer = getattr(style.pack, f"{own.upper()}Packer")()
            getattr(packer, f"pack_{word}")(plain)
            assert packer.get_buffer() == wire, word
            unpacker = getattr(style.pack, f"{own.upper()}Unpacker")(wire)
            assert same(getattr(unpacker, f"unpack_{word}")(), plain), word
            unpacker.done()


def w(*words: int) -> bytes:
    """Words of four bytes, as the documents draw them."""
    return b"".join((word & 0xFFFFFFFF).to_bytes(4, "big") for word in words)


Row = tuple[str, str, Callable[[Any], Any], bytes]
WIRE: Final[list[Row]] = [
    ("nfs2", "readdirres", lambda m: m.readdirres(m.NFS_OK, m.readdirres_readdirok(
        m.entry(2, ".", b"\0\0\0\1", m.entry(7, "a.txt", b"\0\0\0\2", None)), True)),
     w(0, 1, 2, 1) + b".\0\0\0" + w(1, 1, 7, 5) + b"a.txt\0\0\0" + w(2, 0, 1)),
    ("nfs2", "attrstat", lambda m: m.attrstat(m.NFSERR_STALE), w(70)),
    ("mount", "mountres3", lambda m: m.mountres3(m.MNT3_OK, m.mountres3_ok(b"\1\2\3", [1, 390003])),
     w(0, 3) + b"\1\2\3\0" + w(2, 1, 390003)),
    ("nfs3", "READ3args", lambda m: m.READ3args(m.nfs_fh3(b"FH01"), 0x100000000, 4096), w(4) + b"FH01" + w(1, 0, 4096)),
    ("nfs3", "WRITE3res", lambda m: m.WRITE3res(m.NFS3_OK, m.WRITE3resok(
        m.wcc_data(m.pre_op_attr(False), m.post_op_attr(False)), 512, m.FILE_SYNC, b"verifier")),
     w(0, 0, 0, 512, 2) + b"verifier"),
    ("nlm", "nlm4_res", lambda m: m.nlm4_res(b"c", m.nlm4_stat(m.NLM4_DEADLCK)), w(1) + b"c\0\0\0" + w(5)),
    ("nsm", "mon", lambda m: m.mon(m.mon_id("host", m.my_id("me", 100021, 4, 16)), bytes(range(16))),
     w(4) + b"host" + w(2) + b"me\0\0" + w(100021, 4, 16, 0x00010203, 0x04050607, 0x08090A0B, 0x0C0D0E0F)),
    ("rquota", "getquota_rslt", lambda m: m.getquota_rslt(m.Q_OK, m.rquota(1024, True, 9, 8, 7)),
     w(1, 1024, 1, 9, 8, 7)),
    ("rquota", "getquota_rslt", lambda m: m.getquota_rslt(m.Q_EPERM), w(3)),
    ("nfs40", "COMPOUND4args", lambda m: m.COMPOUND4args(b"ls", 0, [
        m.nfs_argop4(m.OP_PUTROOTFH), m.nfs_argop4(m.OP_LOOKUP, m.LOOKUP4args(b"export")),
        m.nfs_argop4(m.OP_GETATTR, m.GETATTR4args([0x0010011A, 0x0030A23A]))]),
     w(2) + b"ls\0\0" + w(0, 3, 24, 15, 6) + b"export\0\0" + w(9, 2, 0x0010011A, 0x0030A23A)),
    ("nfs40", "createtype4", lambda m: m.createtype4(m.NF4CHR, m.specdata4(4, 64)), w(4, 4, 64)),
    ("nfs40", "nfs_resop4", lambda m: m.nfs_resop4(m.OP_ILLEGAL, m.NFS4ERR_PERM), w(10044, 1)),
    ("nfs41", "SEQUENCE4args", lambda m: m.SEQUENCE4args(b"0123456789abcdef", 1, 0, 7, False),
     b"0123456789abcdef" + w(1, 0, 7, 0)),
    ("nfs41", "callback_sec_parms4", lambda m: m.callback_sec_parms4(1, m.authsys_parms(5, "pc", 0, 0, [4, 24])),
     w(1, 5, 2) + b"pc\0\0" + w(0, 0, 2, 4, 24)),
    ("nfs42", "SEEK4args", lambda m: m.SEEK4args(m.stateid4(1, b"other-12-byt"), 1 << 33, m.NFS4_CONTENT_HOLE),
     w(1) + b"other-12-byt" + w(2, 0, 1)),
    ("vxi11", "Device_ReadParms", lambda m: m.Device_ReadParms(3, 255, 1000, 0, 0x80, 10),
     w(3, 255, 1000, 0, 0x80, 10)),
    ("vxi11", "Create_LinkResp", lambda m: m.Create_LinkResp(0, -1, 65535, 4096), w(0, -1, 65535, 4096)),
    ("gluster", "gfx_dict", lambda m: m.gfx_dict(20, 1, [m.gfx_dict_pair(b"n", m.gfx_value(m.GF_DATA_TYPE_INT, -2))]),
     w(20, 1, 1, 1) + b"n\0\0\0" + w(2, -1, -2)),
    ("kernel", "nlm4_lock", lambda m: m.nlm4_lock("pc", b"", b"o", -1, 1, (1 << 64) - 1),
     w(2) + b"pc\0\0" + w(0, 1) + b"o\0\0\0" + w(-1, 0, 1, -1, -1)),
    ("stellar-types", "ExtensionPoint", lambda m: m.ExtensionPoint(0), w(0)),
    ("stellar-types", "PublicKey", lambda m: m.PublicKey(m.PUBLIC_KEY_TYPE_ED25519, b"k" * 32), w(0) + b"k" * 32),
    ("stellar", "ClaimPredicate", lambda m: m.ClaimPredicate(m.CLAIM_PREDICATE_AND, [
        m.ClaimPredicate(m.CLAIM_PREDICATE_UNCONDITIONAL),
        m.ClaimPredicate(m.CLAIM_PREDICATE_NOT, m.ClaimPredicate(m.CLAIM_PREDICATE_BEFORE_RELATIVE_TIME, 60))]),
     w(1, 2, 0, 3, 1, 5, 0, 60)),
    ("stellar", "Asset", lambda m: m.Asset(m.ASSET_TYPE_CREDIT_ALPHANUM4, m.Asset_alphaNum(
        m.AssetCode(m.ASSET_TYPE_CREDIT_ALPHANUM4, b"USD\0"), m.PublicKey(m.PUBLIC_KEY_TYPE_ED25519, b"i" * 32))),
     w(1, 1) + b"USD\0" + w(0) + b"i" * 32),
    ("goxdr", "maybe", lambda m: m.maybe(True, m.only(m.ALPHA, 9)), w(1, 16, 9)),
    ("goxdr", "spread", lambda m: m.spread(0x7FFFFFFFFFFFFFFF), w(0x7FFFFFFF, -1)),
    ("goxdr", "signed_one", lambda m: m.signed_one(-2, [1, 2]), w(-2, 1, 2)),
    ("libvirt", "remote_typed_param", lambda m: m.remote_typed_param("cpu", m.remote_typed_param_value(4, 1 << 32)),
     w(3) + b"cpu\0" + w(4, 1, 0)),
    ("libvirt", "remote_connect_open_args", lambda m: m.remote_connect_open_args("test:///x", 0),
     w(1, 9) + b"test:///x\0\0\0" + w(0)),
    ("libvirt", "remote_table", lambda m: [["a"], [], ["b", ""]],
     w(3, 1, 1) + b"a\0\0\0" + w(0, 2, 1) + b"b\0\0\0" + w(0)),
    ("rpcgen", "answer", lambda m: m.answer(m.MINUS_ONE, m.foo(1, m.foo(2, None))), w(-1, 1, 1, 2, 0)),
    ("rpcgen", "kin", lambda m: m.kin(-1, 255, -2, 65535, -3, -4, 5, -6, 7, 8, 9, 10, -11, 12, -13, 14, -15, 16, -17,
                                      18, -19, True, 20),
     w(-1, 255, -2, 65535, -3, -4, 5, -6, 7, 8, 9, 10, -11, 12, -13, 14, -15, 16, -1, -17, 0, 18, -1, -19, 1, 20)),
]  # fmt: skip


@pytest.mark.parametrize("row", WIRE, ids=lambda row: f"{row[0]}-{row[1]}")
def test_bytes_are_those_written_out_by_hand(spec: Callable[[str], Any], row: Row) -> None:
    name, kind, make, wire = row
    module = spec(name)
    codec, value = getattr(module, f"xdr_{kind}"), make(module)
    assert codec.encode(value) == wire
    assert codec.unpack(wire) == value


def test_every_file_has_bytes_written_out() -> None:
    assert {row[0] for row in WIRE} == set(NAMES)


def test_lists_of_exports_are_what_xdrlib3_packs(spec: Callable[[str], Any]) -> None:
    m = spec("mount")
    given = [("/srv", ["pc", "10.0.0.0/8"]), ("/home/grün", []), ("", ["*"])]
    packer = Packer()

    def group(name: str) -> None:
        packer.pack_string(name.encode())

    def export(item: tuple[str, list[str]]) -> None:
        packer.pack_string(item[0].encode())
        packer.pack_list(item[1], group)

    packer.pack_list(given, export)
    made = None
    for path, names in reversed(given):
        groups = None
        for name in reversed(names):
            groups = m.groupnode(name, groups)
        made = m.exportnode(path, groups, made)
    assert m.MOUNT_V3_TABLE.procedure(5).result.encode(made) == packer.get_buffer()


def test_attributes_of_a_file_are_what_xdrlib3_packs(spec: Callable[[str], Any]) -> None:
    m = spec("nfs3")
    packer = Packer()
    packer.pack_enum(0)
    packer.pack_bool(True)
    for number in (1, 0o644, 1, 1000, 100):
        packer.pack_uint(number)
    for number in (1 << 40, 8192):
        packer.pack_uhyper(number)
    packer.pack_uint(8)
    packer.pack_uint(1)
    for number in (77, (1 << 64) - 1):
        packer.pack_uhyper(number)
    for number in (1, 2, 3, 4, 5, 6, 5):
        packer.pack_uint(number)
    packer.pack_bool(True)
    packer.pack_opaque(b"hello")
    times = (m.nfstime3(1, 2), m.nfstime3(3, 4), m.nfstime3(5, 6))
    attributes = m.fattr3(m.NF3REG, 0o644, 1, 1000, 100, 1 << 40, 8192, m.specdata3(8, 1), 77, (1 << 64) - 1, *times)
    ok = m.READ3resok(m.post_op_attr(True, attributes), 5, True, b"hello")
    assert m.READ3res(m.NFS3_OK, ok).to_xdr() == packer.get_buffer()


def test_floats_and_fixed_arrays_are_what_xdrlib3_packs(spec: Callable[[str], Any]) -> None:
    m = spec("goxdr")
    packer = Packer()
    packer.pack_bool(True)
    packer.pack_float(1.5)
    packer.pack_double(-0.1)
    packer.pack_uint(0xFFFFFFFF)
    packer.pack_uhyper(1 << 63)
    packer.pack_array([2, 16], packer.pack_enum)
    packer.pack_bool(False)
    packer.pack_int(-5)
    packer.pack_uint(1)
    packer.pack_farray(4, [0, 7, 3, 8], packer.pack_uint)
    packer.pack_enum(2)
    nested = m.type_nested(-5, [m.type_nested_deep([m.only(m.RED, 7), m.only(m.BLUE, 8)])])
    value = m.type(True, 1.5, -0.1, 0xFFFFFFFF, 1 << 63, [m.GREEN, m.ALPHA], None, nested, m.LARGE)
    assert value.to_xdr() == packer.get_buffer()


def test_only_programs_that_say_so_are_called_back(spec: Callable[[str], Any]) -> None:
    backwards = {name for name in PROGRAMS for table in tables(spec(name)).values() if table.callback}
    assert backwards == {"vxi11", "nfs40"}


def test_netobj_comes_from_the_file_or_from_rpc_h(tmp_path: Path) -> None:
    with_own, without = (compiled(SPECS / "nlm.x", tmp_path, how) for how in (OPTIONS["nlm"], Options()))
    assert "MAXNETOBJ_SZ" in vars(with_own)
    assert "MAXNETOBJ_SZ" not in vars(without)
    for module in (with_own, without):
        assert module.xdr_netobj.encode(b"abc") == w(3) + b"abc\0"
        with pytest.raises(XdrError):
            module.xdr_netobj.encode(bytes(1025))


def test_constants_as_they_were_written(spec: Callable[[str], Any]) -> None:
    m = spec("rpcgen")
    assert (m.OCTAL, m.HEXADECIMAL, m.NEGATIVE, m.AGAIN) == (511, 0xDEADBEEF, -(2**31), -(2**31))
    assert (m.FIRST, m.SECOND, m.FIFTH, m.SIXTH, m.MINUS_ONE, m.INNER_B) == (0, 1, 5, 6, -1, 16)
    assert m.MODULUS.startswith("d4a0ba02")
    assert m.READ_HERE == 1
    assert not {"NEVER", "left_out"} & set(vars(m))
    assert spec("nfs40").NFS4_UINT64_MAX == 2**64 - 1
