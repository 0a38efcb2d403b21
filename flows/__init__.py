"""Tapeflow: ticks to risk-checked orders on a Kafka-style log, every order re-derivable from it."""

__version__ = "0.1.0"
