"""Endpoints: rows of text and what it means, then rows that must fail."""

from __future__ import annotations

import pytest

from virtrpcd.endpoint import Endpoint, EndpointError, parse_endpoint

GOOD = [
    ("tcp:127.0.0.1:0", Endpoint("tcp", host="127.0.0.1")),
    ("udp:localhost:111", Endpoint("udp", host="localhost", port=111)),
    ("tls:example.org:0", Endpoint("tls", host="example.org")),
    ("tcp:[::1]:99", Endpoint("tcp", host="::1", port=99)),
    ("unix:/run/x.sock", Endpoint("unix", path="/run/x.sock")),
    ("unix:/run/x.sock?ro", Endpoint("unix", path="/run/x.sock", read_only=True)),
]


@pytest.mark.parametrize(("text", "endpoint"), GOOD)
def test_text_and_endpoint_are_each_other(text: str, endpoint: Endpoint) -> None:
    assert parse_endpoint(text) == endpoint
    assert str(endpoint) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("http:x:1", "starts with none of"),
        ("tls:1", "expected tls:HOST:PORT"),
        ("tcp:1", "expected tcp:HOST:PORT"),
        ("tcp::1", "expected tcp:HOST:PORT"),
        ("tcp:x:70000", "no port"),
        ("tcp:x:-1", "no port"),
        ("tcp:::1:5", "in brackets"),
        ("unix:relative", "absolute"),
        ("unix:/x?rw", "only option"),
        ("unix:/" + "x" * 107, "longer than 107"),
    ],
)
def test_what_is_no_endpoint_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(EndpointError, match=why):
        parse_endpoint(text)
