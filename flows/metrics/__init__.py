"""What flows tell Prometheus: counted by `meter.py`, named by `flow.py` and `audit.py`, served by `server.py`."""
