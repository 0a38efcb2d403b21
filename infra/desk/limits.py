"""Says the limits of a `tapeflow.toml` to the log, where it holds others; with --open also opens the accounts that
nobody has opened, which is for a simulated exchange: where money is real, an operator does that by hand.

python limits.py FILE [--open]
"""

import sys
from pathlib import Path

from flows.connectors import operator, schema_ids
from flows.desk import configuration, limits
from flows.operator_commands import opening
from flows.stack.settings import Settings


def main() -> None:
    settings, wanted = Settings.load(), configuration.load(Path(sys.argv[1])).desired
    if "--open" in sys.argv[2:]:
        for account in limits.unopened(settings, wanted):
            operator.say(settings, schema_ids.load(), [opening(account, "the first start of the desk")])
            print(f"opened account {account}")
    for line in limits.bring_up_to_date(settings, wanted):
        print(line)


main()
