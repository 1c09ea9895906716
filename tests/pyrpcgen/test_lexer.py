"""Tokens, their places, and which comment goes to which token."""

from __future__ import annotations

import pytest

from pyrpcgen.errors import Place, Reporter
from pyrpcgen.lexer import Kind, Source, Token


def tokens(text: str) -> list[Token]:
    reporter = Reporter("t.x")
    found = Source(text, reporter).tokens
    reporter.raise_if_any()
    assert found[-1].kind is Kind.END
    return found[:-1]


@pytest.mark.parametrize(
    ("text", "value"),
    [("0", 0), ("10", 10), ("-7", -7), ("0x1F", 31), ("0Xff", 255), ("-0x10", -16), ("017", 15), ("00", 0)],
)
def test_numbers_have_values(text: str, value: int) -> None:
    (token,) = tokens(text)
    assert token.kind is Kind.NUMBER
    assert token.value == value


def test_words_and_marks_are_told_apart() -> None:
    found = tokens("struct Foo1_{int x<2>;}")
    assert [token.text for token in found] == ["struct", "Foo1_", "{", "int", "x", "<", "2", ">", ";", "}"]
    assert [token.kind for token in found[:4]] == [Kind.KEYWORD, Kind.NAME, Kind.PUNCTUATION, Kind.KEYWORD]


def test_places_count_lines_and_columns_from_one() -> None:
    assert [token.place for token in tokens("a\n\tb /* x\n*/ c")] == [Place(1, 1), Place(2, 2), Place(3, 4)]


@pytest.mark.parametrize("line", ["%#include <x.h>", "%/* not a comment", "  % { struct", "# 12 \"a.x\" 1", "#line 3"])
def test_percent_lines_and_line_marks_are_skipped_anywhere(line: str) -> None:
    assert [token.text for token in tokens(f"struct\n{line}\nfoo\n{line}")] == ["struct", "foo"]


def test_text_between_tokens_has_no_percent_lines() -> None:
    source = Source("const A\n%junk\n= 1;\n", Reporter("t.x"))
    assert source.between(source.tokens[0], source.tokens[-2]) == "const A\n= 1;"


def test_a_percent_line_inside_a_comment_is_comment() -> None:
    (token,) = tokens("/* a\n% */ x")
    assert token.leading[0].lines == ["a", "%"]


def test_a_comment_that_ends_a_line_goes_to_the_token_before() -> None:
    found = tokens("int a; /* of a */\n/* of b */ int b; /* of c */ int c; // of c too\n")
    assert [comment.lines for comment in found[2].trailing] == [["of a"]]
    assert [comment.lines for comment in found[3].leading] == [["of b"]]
    assert [comment.lines for comment in found[6].leading] == [["of c"]]
    assert [comment.lines for comment in found[8].trailing] == [["of c too"]]


def test_stars_and_indentation_of_block_comments_are_taken_off() -> None:
    (token,) = tokens("/*\n * One.\n *     two\n *\n * three\n **/\nx")
    assert token.leading[0].lines == ["One.", "    two", "", "three"]
    (token,) = tokens("/* One.\n   two\n     three */\nx")
    assert token.leading[0].lines == ["One.", "two", "  three"]


def test_lines_of_slashes_make_one_comment() -> None:
    (token,) = tokens("// one\n// two\n\n// three\nx")
    assert [comment.lines for comment in token.leading] == [["one", "two"], ["three"]]
