-- Grain: lowest and highest receive_ns of 8,192 rows.
-- Source: market_ticks.
-- ORDER BY: none; within a partition of the topic times go up with offsets, so a stretch of time reads few rows.
ALTER TABLE market_ticks ADD INDEX IF NOT EXISTS receive_ns receive_ns TYPE minmax GRANULARITY 1;
