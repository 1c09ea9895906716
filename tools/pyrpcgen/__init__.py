"""pyrpcgen: compiles XDR and ONC RPC specifications (.x files) into typed Python modules for oncrpc."""

from pyrpcgen.compiler import compile_file, compile_text
from pyrpcgen.emit.module import VERSION as __version__
from pyrpcgen.errors import CompileErrors, Place, SourceError

__all__ = ["CompileErrors", "Place", "SourceError", "__version__", "compile_file", "compile_text"]
