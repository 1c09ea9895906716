"""Which comments are about what, and what annotations are."""

from __future__ import annotations

from spec_rows import good

from pyrpcgen.nodes import Program, Struct


def test_only_the_comments_directly_before_a_definition_are_about_it() -> None:
    (item,) = good("/* file */\n\n/* section */\n\n/* one */\n/* two */\nstruct s { int x; }; /* three */\n"
                   ).specification.definitions  # fmt: skip
    assert isinstance(item, Struct)
    assert item.doc.comment == ("one", "", "two", "", "three")


def test_the_first_comment_is_about_the_file_unless_a_definition_follows_at_once() -> None:
    assert good("/* file */\n\nconst A = 1;\n").specification.comment == ("file",)
    checked = good("/* A */\nconst A = 1;\n").specification
    assert checked.comment == ()
    assert checked.definitions[0].doc.comment == ("A",)


def test_rulers_are_no_prose() -> None:
    (item,) = good("/*\n * file\n */\n\n/* ------- */\nconst A = 1;\n").specification.definitions
    assert item.doc.comment == ()


def test_annotations_are_words_with_the_rest_of_their_line() -> None:
    text = """
    program P { version V {
        /*
         * Prose.
         * @right  read
         * @flag 0x1   write
         * @alone
         * mail someone@example.org
         */

        void A(void) = 1;
    } = 1; } = 1;"""
    (program,) = good(text).specification.definitions
    assert isinstance(program, Program)
    (procedure,) = program.versions[0].procedures
    assert [(item.word, item.rest) for item in procedure.annotations] == [
        ("right", "read"), ("flag", "0x1 write"), ("alone", ""),
    ]  # fmt: skip
    assert procedure.doc.comment == ("Prose.", "mail someone@example.org")


def test_words_of_doxygen_are_prose_where_no_program_is_annotated() -> None:
    checked = good(
        "/** @file t.x */\n\n/** @brief A struct. */\nstruct s { int x; };\n/** @brief The program. */\n"
        "program P {\n/** @brief The version. */\nversion V {\n/** @defgroup x */\n\n/** One. */\n"
        "void A(void) = 1;\n/** Two. */\nvoid B(void) = 2; /* @todo more */\n/* @} */ } = 1; /* @see */ } = 0x20000001;"
    )
    struct, program = checked.specification.definitions
    assert checked.specification.comment == ("@file t.x",)
    assert struct.doc.comment == ("@brief A struct.",)
    assert isinstance(program, Program)
    assert (program.doc.comment, program.annotations) == (("@brief The program.",), ())
    (version,) = program.versions
    assert version.doc.comment == ("@brief The version.",)
    assert [item.doc.comment[-1] for item in version.procedures] == ["One.", "@todo more"]
