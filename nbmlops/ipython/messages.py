"""What a tap sees."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

# Our own kinds: a thread of an earlier cell writes into this one; what an execution showed is complete.
STRANGER = "stranger"
END = "end"


class Message(NamedTuple):
    """One message as it was sent."""

    msg_type: str
    message_id: str | None
    content: Mapping[str, Any]
    thread: threading.Thread


class Tap(Protocol):
    """A way to see messages."""

    queue: deque[Message]

    def install(self) -> bool: ...
    def remove(self) -> None: ...
    def begin(self, message_id: str | None) -> None: ...
    def end(self, *, flush: bool) -> None: ...
