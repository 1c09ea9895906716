"""From bytes to text: encodings, names of modules, digests."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from pyrpcgen import compile_file, compile_text
from pyrpcgen.compiler import module_name


def test_header_names_the_file_without_its_folder_and_the_digest_of_its_bytes() -> None:
    text = "const A = 1;\n"
    lines = compile_text(text, "/some/where/t.x").split("\n")
    assert lines[0].endswith(" from t.x; do not edit.")
    assert lines[1] == "# sha256 of the source: " + hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("data", ["/* né */ const A = 1;".encode(), "/* né */ const A = 1;".encode("latin-1")])
def test_comments_may_be_utf8_or_latin1(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "t.x").write_bytes(data)
    assert "né" in compile_file(tmp_path / "t.x")


def test_line_ends_of_other_systems_and_byte_order_marks_are_read() -> None:
    data = b"\xef\xbb\xbf/* one\r\n * two */\r\nconst A = 1;\r\n"
    assert '"""one\ntwo\n"""' in compile_text(data, "t.x")


@pytest.mark.parametrize(
    "comment", ['a """ b', "ends in a quote\"", "back\\slash \\", "bell \a and \x1b[0m", "\u2028 \udc80", "%", "{x}"]
)
def test_any_comment_is_harmless_in_python(comment: str) -> None:
    compile(compile_text(f"/* {comment} */\n\n/* {comment} */ const A = 1;", "t.x"), "t.py", "exec")


@pytest.mark.parametrize(
    ("path", "name"),
    [("a/b.x", "b"), ("my-proto.x", "my_proto"), ("2.x", "_2"), ("class.x", "class_"), ("a.b.x", "a_b")],
)
def test_modules_have_names_that_can_be_imported(path: str, name: str) -> None:
    assert module_name(path) == name
