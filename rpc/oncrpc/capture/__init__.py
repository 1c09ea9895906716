"""RPC in captured packets: files -> packets -> streams -> records -> calls with their answers. Nothing is sent."""

from oncrpc.capture.exchanges import Exchange, Notice, exchanges
from oncrpc.capture.files import CaptureError, packets

__all__ = ["CaptureError", "Exchange", "Notice", "exchanges", "packets"]
