"""Ends a call into a user's code after so many steps, so that a loop without end does not hold the desk.

A step is a line that the interpreter begins, or a call: how many a call takes follows from the code and what it is
given, so that a replay ends it at the same record. A clock would not do: what ends late on a busy machine ends in time
on another, and the same log would make other orders.
"""

from __future__ import annotations

from collections.abc import Callable
from sys import gettrace, settrace
from typing import Any, TypeVar

STEPS_MAX = 1_000_000
"""Some thousand times what a strategy takes for a bar, so that Python's versions may count a little differently."""

Made = TypeVar("Made")


class Overrun(BaseException):
    """A call took more than STEPS_MAX steps, or let them go uncounted. No Exception, so that the code's own handlers
    let it pass."""

    def __init__(self, why: str = f"more than {STEPS_MAX} steps for one bar") -> None:
        super().__init__(why)


def limited(call: Callable[[], Made]) -> Made:
    """What `call` gives. Raises Overrun, at the step that is one too many.

    Steps inside functions written in C are not counted. A debugger or a coverage tool does not see into the call.
    """
    left = STEPS_MAX

    def step(frame: Any, event: str, argument: Any) -> Any:
        nonlocal left
        if event == "line" or event == "call":
            left -= 1
            if left < 0:
                raise Overrun
        return step

    # The tracer is the thread's own: other stages of this process are not counted.
    before = gettrace()
    settrace(step)
    try:
        made = call()
        is_counted = gettrace() is step
    finally:
        settrace(before)
    if left < 0:
        # The code caught it; what it says after that is not to be trusted.
        raise Overrun
    if not is_counted:
        raise Overrun("its steps were not counted to the end: it called sys.settrace")
    return made
