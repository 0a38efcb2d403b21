"""The whole path in one command: market, ingestor, flows, router, audit, and the proof at the end."""
