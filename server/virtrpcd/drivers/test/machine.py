"""One machine of the test driver: two definitions, a state, and a stopwatch for its cpu time."""

from __future__ import annotations

import copy
from collections.abc import Iterable

from virtrpcd.domain_def import DomainDef
from virtrpcd.domxml import format_domain
from virtrpcd.drivers.test.image import Image
from virtrpcd.errors import FROM_TEST, InvalidArgument, OperationInvalid
from virtrpcd.lifecycle import Move, is_active
from virtrpcd.model import Affect, DomainRef, DomainState, XmlFlag
from virtrpcd.model_snapshot import CheckpointDef, SnapshotDef
from virtrpcd.moment_tree import MomentTree

_RUNNING = int(DomainState.RUNNING)
_SHUTOFF = int(DomainState.SHUTOFF)
# flags as plain int: arithmetic on enum flags costs ten times as much, and queries do it
_LIVE = int(Affect.LIVE)
_CONFIG = int(Affect.CONFIG)
_SECURE = int(XmlFlag.SECURE)
_INACTIVE = int(XmlFlag.INACTIVE)

MAX_MOMENTS = 16384
"""No more snapshots, or checkpoints, of one machine than a list can hold on any wire."""


class Machine:
    """A machine: `config` is kept when it stops (None: it is then gone), `live` is what runs (None: it is off).

    The fields that queries answer from (ref, state, memory, vcpus) are kept beside the definitions, as plain values.
    """

    __slots__ = (
        "autostart",
        "checkpoints",
        "config",
        "cpu_ns",
        "live",
        "managed",
        "max_memory_kib",
        "memory_kib",
        "reason",
        "ref",
        "since_ns",
        "snapshots",
        "state",
        "updated",
        "uuid",
        "vcpus",
        "weight",
        "xml",
    )

    def __init__(self, uuid: bytes, name: str, *, weight: int) -> None:
        self.uuid = uuid
        self.ref = DomainRef(name, uuid, -1)
        self.config: DomainDef | None = None
        self.live: DomainDef | None = None
        self.state = _SHUTOFF
        self.reason = 0
        self.cpu_ns = 0
        self.since_ns = -1
        self.max_memory_kib = self.memory_kib = self.vcpus = 0
        self.autostart = False
        self.updated = False
        self.managed: Image | None = None
        self.weight = weight
        self.xml: dict[int, str] = {}
        self.snapshots: MomentTree[SnapshotDef] = MomentTree(MAX_MOMENTS)
        self.checkpoints: MomentTree[CheckpointDef] = MomentTree(MAX_MOMENTS)

    @property
    def name(self) -> str:
        """The machine's present name."""
        return self.ref.name

    @property
    def active(self) -> bool:
        """Whether it has an id, running or paused."""
        return self.live is not None

    def current(self) -> DomainDef:
        """Return the definition that counts now: what runs, else what would."""
        found = self.live or self.config
        if found is None:
            raise self.invalid("domain is gone")
        return found

    def chosen(self, flags: int) -> DomainDef:
        """Return the one definition that Affect flags choose for a question."""
        if flags & _LIVE and flags & _CONFIG:
            raise InvalidArgument("live and config cannot both be asked for", domain=FROM_TEST)
        return self.affected(flags)[0]

    def affected(self, flags: int) -> list[DomainDef]:
        """Return the definitions that Affect flags choose for a change: live first.

        Raises OperationInvalid for LIVE when it is off and for CONFIG when it is transient.
        """
        wanted = flags & (_LIVE | _CONFIG)
        if not wanted:
            return [self.current()]
        found: list[DomainDef] = []
        if wanted & _LIVE:
            if self.live is None:
                raise self.invalid("domain is not running")
            found.append(self.live)
        if wanted & _CONFIG:
            if self.config is None:
                raise self.invalid("a transient domain has no persistent definition")
            found.append(self.config)
        return found

    def changed(self, definitions: Iterable[DomainDef] = ()) -> None:
        """Bring what queries answer from up to date after a change of `definitions`."""
        if self.live is not None and any(changed is self.config for changed in definitions):
            self.updated = True
        shown = self.current()
        self.max_memory_kib = shown.memory_kib
        self.memory_kib = shown.current_memory_kib
        self.vcpus = shown.vcpus
        self.xml = {}

    def enter(self, move: Move, now_ns: int) -> None:
        """Take a new state; cpu time runs in RUNNING only."""
        if self.since_ns >= 0:
            self.cpu_ns += now_ns - self.since_ns
        self.state, self.reason = move.state, move.reason
        self.since_ns = now_ns if move.state == _RUNNING else -1

    def begin(self, definition: DomainDef, id: int, cpu_ns: int) -> None:
        """Become active with a copy of a definition."""
        self.live = copy.deepcopy(definition)
        self.ref = DomainRef(self.ref.name, self.uuid, id)
        self.cpu_ns = cpu_ns
        self.changed()

    def end(self) -> None:
        """Become inactive: only the kept definition, if there is one, is left."""
        self.live = None
        self.ref = DomainRef(self.ref.name, self.uuid, -1)
        self.cpu_ns = 0
        self.updated = False
        if self.config is not None:
            self.changed()

    def image(self, now_ns: int) -> Image:
        """Return what is kept of an active machine that is saved now."""
        cpu_ns = self.cpu_ns + (now_ns - self.since_ns if self.since_ns >= 0 else 0)
        return Image(format_domain(self.current(), id=None, secure=True), cpu_ns, self.state == _RUNNING)

    def describe(self, flags: int) -> str:
        """Return XML; kept until the next change, as it is asked for far more often than it changes."""
        kind = flags & (_SECURE | _INACTIVE)
        text = self.xml.get(kind)
        if text is None:
            inactive = bool(kind & _INACTIVE)
            definition = self.config if inactive and self.config is not None else self.current()
            id = self.ref.id if self.active and not inactive else None
            text = self.xml[kind] = format_domain(definition, id=id, secure=bool(kind & _SECURE))
        return text

    def invalid(self, why: str) -> OperationInvalid:
        """Return the error for what this machine's state does not allow."""
        return OperationInvalid(why, domain=FROM_TEST)

    def need_active(self) -> DomainDef:
        """Return what runs; OperationInvalid when it is off."""
        if self.live is None or not is_active(self.state):
            raise self.invalid("domain is not running")
        return self.live

    def need_config(self, what: str) -> DomainDef:
        """Return the kept definition; OperationInvalid for a transient machine."""
        if self.config is None:
            raise self.invalid(f"cannot {what} a transient domain")
        return self.config
