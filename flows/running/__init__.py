"""How a flow runs: what it is, how its source, stages and sinks are wired, and the processes that run it."""
