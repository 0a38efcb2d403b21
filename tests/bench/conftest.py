"""What is no benchmark: the peers' own sources."""

collect_ignore = ["market_peers", "matching_peers"]
