"""Which engine runs a stage: an operator's word in the log, a switch amid the stream, and the fall back to Python."""
