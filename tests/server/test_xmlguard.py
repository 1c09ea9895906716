"""XML that costs more than its size is refused before a tree is built, with time and memory flat."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from virtrpcd import xmlguard
from virtrpcd.errors import XmlError
from virtrpcd.xmlguard import MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS, MAX_XML_BYTES, parse_tree

BILLION_LAUGHS = (
    '<!DOCTYPE a [<!ENTITY l0 "ha">'
    + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    + "]><a>&l11;</a>"
)
QUADRATIC = '<!DOCTYPE a [<!ENTITY big "' + "x" * 30000 + '">]><a>' + "&big;" * 6000 + "</a>"
BOMBS = {
    "billion laughs": BILLION_LAUGHS,
    "quadratic": QUADRATIC,
    "laughs after a prologue": "\ufeff<?xml version='1.0' encoding='latin-1'?>\n<!-- <a> -->\n<?b ?>" + BILLION_LAUGHS,
    "laughs in an attribute": BILLION_LAUGHS.replace("<a>&l11;</a>", "<a b='&l11;'/>"),
    "parameter entities": "<!DOCTYPE a [<!ENTITY % p 'x'><!ENTITY % q '%p;%p;%p;'>%q;]><a/>",
    "external entity": "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
    "external subset": "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/a.dtd'><a/>",
    "public subset": "<!DOCTYPE a PUBLIC '-//X//Y' 'http://127.0.0.1:9/a.dtd'><a/>",
    "bare": "<!DOCTYPE a><a/>",
    "not ended": "<!DOCTYPE a [" + "<!ENTITY x 'y'>" * 50000,
}
COSTLY = {
    "100,000 levels": "<a>" * 100_000 + "</a>" * 100_000,
    "100,000 levels left open": "<a>" * 100_000,
    "many elements": "<a>" + "<b/>" * 200_000 + "</a>",
    "many attributes": "<a " + " ".join(f"b{n}=''" for n in range(90_000)) + "/>",
    "one long comment": "<!--" + "<!DOCTYPE a [>" * 70_000 + "--><a>",
    "one long instruction": "<?" + "<!DOCTYPE a [>" * 70_000 + "?><a>",
    "one long attribute left open": "<a b='" + "x" * 1_000_000,
    "one long tag": "<" + "a" * 1_000_000,
    "many comments": "<!---->" * 140_000,
    "many namespaces": "<a " + " ".join(f"xmlns:b{n}='u{n}'" for n in range(50_000)) + "/>",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_doctype_is_refused_unread(name: str) -> None:
    began = time.process_time()
    with pytest.raises(XmlError, match="DOCTYPE"):
        parse_tree(BOMBS[name])
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("name", BOMBS)
def test_a_doctype_does_not_reach_expat(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xmlguard, "_Shape", None)
    with pytest.raises(XmlError, match="DOCTYPE"):
        parse_tree(BOMBS[name])


@pytest.mark.parametrize("name", BOMBS)
def test_a_doctype_that_reached_expat_would_go_no_further(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xmlguard, "_refuse_doctype", lambda data: None)
    with pytest.raises(XmlError, match="DOCTYPE"):
        parse_tree(BOMBS[name])


@pytest.mark.parametrize("name", COSTLY)
def test_costly_shapes_are_refused_quickly(name: str) -> None:
    began = time.process_time()
    with pytest.raises(XmlError):
        parse_tree(COSTLY[name])
    assert time.process_time() - began < 2


def test_memory_stays_flat_whatever_is_sent(tmp_path: Path) -> None:
    script = tmp_path / "send.py"
    script.write_text(
        "import resource, sys\n"
        "from virtrpcd.errors import XmlError\n"
        "from virtrpcd.xmlguard import parse_tree\n"
        "parse_tree('<a/>')\n"
        "text = sys.stdin.read()\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for _ in range(5):\n"
        "    try:\n"
        "        parse_tree(text)\n"
        "    except XmlError:\n"
        "        pass\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    env = {"PYTHONPATH": ":".join(sys.path)}
    for name, text in (BOMBS | COSTLY).items():
        run = subprocess.run([sys.executable, script], input=text, env=env, capture_output=True, text=True, check=True)
        grown_kib = int(run.stdout)
        assert grown_kib < 40 * 1024, name


@pytest.mark.parametrize(
    "xml",
    ["", " ", "a", "<a", "<a>", "<a></b>", "<a/><b/>", "<a b=c/>", "<a>&nbsp;</a>", "<a>\0</a>", "<a>&#0;</a>"]
    + ["<a>\x01</a>", "<a>\ud800</a>", "<a>\ufffe</a>", "<a b='1' b='2'/>", "<a/>x", "<b:a/>", "]]>", "<a>]]></a>"]
    + ["<a/><!DOCTYPE a>", "<a><!DOCTYPE a></a>", "x<!DOCTYPE a><a/>", "<!doctype a><a/>", "<?xml version='1.0'?>"],
)
def test_what_is_not_well_formed_is_refused(xml: str) -> None:
    with pytest.raises(XmlError):
        parse_tree(xml)


def test_limits_are_exact() -> None:
    parse_tree("<a>" * MAX_DEPTH + "</a>" * MAX_DEPTH)
    with pytest.raises(XmlError, match="deeper than"):
        parse_tree("<a>" * (MAX_DEPTH + 1) + "</a>" * (MAX_DEPTH + 1))
    parse_tree("<a>" + "<b/>" * (MAX_ELEMENTS - 1) + "</a>")
    with pytest.raises(XmlError, match="elements"):
        parse_tree("<a>" + "<b/>" * MAX_ELEMENTS + "</a>")
    attributes = [f"b{n}=''" for n in range(MAX_ATTRIBUTES + 1)]
    parse_tree(f"<a {' '.join(attributes[1:])}/>")
    with pytest.raises(XmlError, match="attributes"):
        parse_tree(f"<a {' '.join(attributes)}/>")
    parse_tree("<a>" + "x" * (MAX_XML_BYTES - 7) + "</a>")
    for text in ("x" * (MAX_XML_BYTES - 6), "\u00e9" * (MAX_XML_BYTES // 2)):
        with pytest.raises(XmlError, match="longer than"):
            parse_tree(f"<a>{text}</a>")


def test_a_doctype_in_text_is_text() -> None:
    assert parse_tree("<!-- <!DOCTYPE a> --><a><![CDATA[<!DOCTYPE a [<!ENTITY]]></a>").text == "<!DOCTYPE a [<!ENTITY"


def test_a_declared_encoding_is_not_believed() -> None:
    assert parse_tree("<?xml version='1.0' encoding='iso-8859-1'?><a>\u65e5</a>").text == "\u65e5"
    assert parse_tree("<?xml version='1.0' encoding='utf-16'?><a>\u00e9</a>").text == "\u00e9"
