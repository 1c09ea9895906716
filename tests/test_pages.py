"""The pages that go from an .x file to a running program: their files and commands, run as they stand there."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest
from daemon_process import SOURCES

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    ("rpc/README.md", "## From an .x file to a running server and client"),
    ("tools/pyrpcgen/README.md", "## From an .x file to bytes and back"),
]
FILE_BLOCK = re.compile(r"`([\w.]+\.(?:x|py|json))`[^\n]*\n\n```\w+\n(.*?)^```$", re.S | re.M)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.S | re.M)


def page(file: str, heading: str) -> str:
    text = (ROOT / file).read_text()
    assert text.count(heading + "\n") == 1
    return re.split(r"^## ", text.partition(heading + "\n")[2], maxsplit=1, flags=re.M)[0]


def steps(console: str) -> list[tuple[str, list[str]]]:
    """(command, the lines it prints) of a transcript."""
    found: list[tuple[str, list[str]]] = []
    for line in console.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def commands_of_ours(folder: Path) -> dict[str, str]:
    """An environment in which `python`, `pyrpcgen` and `oncrpc` are those of this checkout."""
    programs = folder / "bin"
    programs.mkdir()
    for name, module in (("python", ""), ("pyrpcgen", "-m pyrpcgen"), ("oncrpc", "-m oncrpc")):
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
        (programs / name).chmod(0o755)
    path = f"{programs}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONPATH": SOURCES}


def read_lines(stream: IO[str], count: int) -> list[str]:
    return [stream.readline().rstrip("\n") for _ in range(count)]


@pytest.mark.parametrize(("file", "heading"), PAGES)
def test_the_page_does_what_it_says(file: str, heading: str, tmp_path: Path) -> None:
    text = page(file, heading)
    environment = commands_of_ours(tmp_path)
    files = FILE_BLOCK.findall(text)
    assert files
    for name, body in files:
        (tmp_path / name).write_text(body)
    servers: list[subprocess.Popen[str]] = []
    try:
        for command, printed in [step for block in CONSOLE.findall(text) for step in steps(block)]:
            words = ["sh", "-c", f"exec {command.removesuffix(' &')}" if command.endswith(" &") else command]
            process = subprocess.Popen(words, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True)
            assert process.stdout is not None
            if command.endswith(" &"):
                servers.append(process)
                assert read_lines(process.stdout, len(printed)) == printed, command
                continue
            output = process.communicate(timeout=60)[0]
            assert (process.returncode, output.splitlines()) == (0, printed), command
    finally:
        for server in servers:
            server.send_signal(signal.SIGTERM)
            server.communicate(timeout=20)
    assert [server.returncode for server in servers] == [0] * len(servers)
