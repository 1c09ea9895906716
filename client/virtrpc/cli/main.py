"""The entry point: options before the command, errors in one line, exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from virtrpc.cli.commands import changes, host, life, queries, volumes
from virtrpc.cli.context import Context, Exit
from virtrpc.cli.output import ReaderLeft, printable
from virtrpc.errors import BadValue, NotReached, UriError, VirtrpcError


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="DOM is a machine's id, uuid or name; FILE may be - for standard input. Exit code: 0 done, 1 refused by the "
    "daemon, 2 wrong usage, 3 daemon not reached. onc+tls:// takes its certificates from ?ca=FILE&cert=FILE&key=FILE, "
    "else $VIRTRPC_TLS_CA, $VIRTRPC_TLS_CERT and $VIRTRPC_TLS_KEY, else ca.pem, cert.pem and key.pem in "
    "~/.config/virtrpc/tls or /etc/virtrpc/tls; without a CA those of the system count, without a certificate you are "
    "nobody. ?name=NAME: what the daemon's certificate is made out to, if not HOST. Completion in bash: "
    'eval "$(_VIRTRPC_COMPLETE=bash_source virtrpc)"; zsh and fish in the same way.',
)
@click.option(
    "-c",
    "--connect",
    "uri",
    metavar="URI",
    help="onc+tcp://HOST[:PORT]/, onc+udp://HOST[:PORT]/, onc+tls://HOST[:PORT]/ or onc+unix:///PATH; without PORT the "
    "portmapper is asked (?portmap=PORT: one that is not on 111). By libvirt's protocol, also of a libvirtd: "
    "libvirt+unix:///NAME, libvirt+tcp:// or libvirt+tls://HOST[:PORT]/NAME (NAME: system, session, default).  "
    "[default: $VIRTRPC_URI, else this host's daemon]",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with the same fields as the tables.")
@click.pass_context
def cli(context: click.Context, uri: str | None, as_json: bool) -> None:
    """Run and watch virtual machines through virtrpcd."""
    context.obj = Context(uri, as_json)


for module in (queries, life, changes, host, volumes):
    for command in module.COMMANDS:
        cli.add_command(command)


def _complain(message: str) -> None:
    print("virtrpc: " + " ".join(printable(message).split()), file=sys.stderr)


def run(arguments: Sequence[str] | None = None) -> Exit:
    """Run a command line; return its exit code."""
    try:
        cli.main(args=arguments, prog_name="virtrpc", standalone_mode=False)
        sys.stdout.flush()
    except click.Abort as exc:
        raise KeyboardInterrupt from exc
    except click.exceptions.NoArgsIsHelpError as exc:
        print(exc.ctx.get_help() if exc.ctx else "", file=sys.stderr)
        return Exit.USAGE
    except click.ClickException as exc:
        _complain(exc.format_message())
        return Exit.USAGE
    except (UriError, BadValue) as exc:
        _complain(str(exc))
        return Exit.USAGE
    except NotReached as exc:
        _complain(str(exc) + (" (the call may have been carried out)" if exc.may_have_run else ""))
        return Exit.NOT_REACHED
    except VirtrpcError as exc:
        _complain(str(exc))
        return Exit.REFUSED
    except (ReaderLeft, BrokenPipeError):
        # What Python still holds for it must not fail at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return Exit.DONE


def main() -> NoReturn:
    """Run the command line of this process."""
    try:
        code = int(run())
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
