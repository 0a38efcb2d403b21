"""What is no benchmark: the peers' own sources."""

collect_ignore = ["bar_peers", "engine_peers", "indicator_peers", "market_peers", "matching_peers"]
