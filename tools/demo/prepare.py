"""Makes what the tour needs and the network helps with: a small Linux guest, the C and the Java client.

What could be made, and what is left out and why, is written to build/demo/parts.json.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OUT = ROOT / "build" / "demo"


def say(text: str) -> None:
    print(f"\033[1m==> {text}\033[0m", file=sys.stderr, flush=True)


def make_client(name: str, folder: Path, needs: list[str]) -> str | None:
    """Run make there; return why not, None when it is made."""
    missing = [program for program in needs if shutil.which(program) is None]
    if missing:
        return f"{name}: needs {', '.join(missing)}"
    say(f"building the {name} in {folder.relative_to(ROOT)}")
    done = subprocess.run(["make", "-s", "-C", str(folder)], capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else f"{name}: make failed: {done.stderr.strip().splitlines()[-1:]}"


def make_guest() -> str | None:
    """Build the guest that the tour boots; return why not."""
    import guest as guests

    if not any(shutil.which(name) for name in ("qemu-system-x86_64", "kvm")):
        return "QEMU: not installed; the machine of the tour is one of the test driver"
    say("making a small Linux guest (Debian's cloud kernel and busybox)")
    try:
        guest = guests.guest()
    except (guests.NoGuest, OSError, subprocess.CalledProcessError) as exc:
        return f"Linux guest: {exc}; the machine of the tour boots nothing"
    for source, name in ((guest.kernel, "vmlinuz"), (guest.initrd, "initrd.gz")):
        shutil.copyfile(source, OUT / name)
    return None


def main() -> int:
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    reasons = {
        "guest": make_guest(),
        "c": make_client("C client", ROOT / "client" / "c", ["make", "gcc", "rpcgen"]),
        "java": make_client("Java client", ROOT / "client" / "java", ["make", "javac", "java"]),
    }
    left_out = [reason for reason in reasons.values() if reason is not None]
    made = [part for part, reason in reasons.items() if reason is None]
    (OUT / "parts.json").write_text(json.dumps({"made": made, "left_out": left_out}))
    for reason in left_out:
        say(f"left out: {reason}")
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "tools"))
    sys.exit(main())
