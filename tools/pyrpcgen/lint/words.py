"""Words that names cannot be in other languages, and names that rpcgen makes of names."""

from __future__ import annotations

from typing import Final

C: Final = frozenset(
    {
        "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern",
        "float", "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed",
        "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while",
        "_Alignas", "_Alignof", "_Atomic", "_Bool", "_Complex", "_Generic", "_Imaginary", "_Noreturn",
        "_Static_assert", "_Thread_local",
    }
)  # fmt: skip
"""Keywords of C11."""

C_MACROS: Final = frozenset({"NULL", "EOF", "linux", "unix", "TRUE", "FALSE"})
"""Macros that the headers of generated C bring, or GNU C has by itself."""

C_TYPES: Final = frozenset(
    {
        "bool_t", "enum_t", "u_char", "u_short", "u_int", "u_long", "quad_t", "u_quad_t", "caddr_t", "size_t",
        "time_t", "XDR", "CLIENT", "SVCXPRT",
    }
)  # fmt: skip
"""Types of <rpc/rpc.h>."""

JAVA: Final = frozenset(
    {
        "abstract", "assert", "boolean", "break", "byte", "case", "catch", "char", "class", "const", "continue",
        "default", "do", "double", "else", "enum", "extends", "false", "final", "finally", "float", "for", "goto",
        "if", "implements", "import", "instanceof", "int", "interface", "long", "native", "new", "null", "package",
        "private", "protected", "public", "return", "short", "static", "strictfp", "super", "switch",
        "synchronized", "this", "throw", "throws", "transient", "true", "try", "void", "volatile", "while",
    }
)  # fmt: skip
"""Keywords and literals of Java (JLS section 3.9)."""
