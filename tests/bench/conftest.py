"""What is no benchmark: the peers' own sources."""

collect_ignore = ["engine_peers", "indicator_peers", "market_peers", "matching_peers"]
