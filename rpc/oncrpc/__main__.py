"""The oncrpc command: tools for ONC RPC, one module of oncrpc.commands a subcommand.

Exit codes: 0 done, 1 refused, 2 usage, 3 not reached. Errors are one line on stderr.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Final

from oncrpc.commands import call, decode, info, ping, portmap
from oncrpc.commands.common import Exit
from oncrpc.errors import OncRpcError, TransportError

COMMANDS: Final = (info, ping, call, decode, portmap)
"""In the order in which the help lists them."""


def parser() -> argparse.ArgumentParser:
    """Return the command line."""
    top = argparse.ArgumentParser(prog="oncrpc", description="Tools for ONC RPC (SunRPC).")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; a wrong command line exits with 2."""
    options = parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], Exit] = options.run
    try:
        code = run(options)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Who reads what we print has read enough (`| head`): no more of it, also not when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.REFUSED
    except TransportError as exc:
        print(f"oncrpc: {exc}", file=sys.stderr)
        return Exit.NOT_REACHED
    except OncRpcError as exc:
        print(f"oncrpc: {exc}", file=sys.stderr)
        return Exit.REFUSED


if __name__ == "__main__":
    sys.exit(main())
