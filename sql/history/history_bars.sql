-- Grain: one row per venue, instrument, interval and open time; the newest import's, once merged. Read it with FINAL.
-- Source: files that `tapeflow bars import` was given. Nothing of it is in the log: only an import brings it back.
-- ORDER BY: one series is read by range of time (notebooks, a bot's start, backtests), so that it lies together.
-- Apart from market_bars, which the log fills in the log's order: an imported bar has no position, and a correction
-- replaces it. ReplacingMergeTree: a file that is imported twice, or after a crash once more, changes nothing.
-- TTL: none.
CREATE TABLE IF NOT EXISTS history_bars
(
    venue LowCardinality(String) COMMENT 'where it was traded',
    instrument LowCardinality(String) COMMENT 'normalised instrument: BTC-USDT',
    interval_ns Int64 COMMENT 'length of the bar',
    open_ns DateTime64(9, 'UTC') CODEC(DoubleDelta, LZ4) COMMENT 'start',
    price_exponent Int32 COMMENT 'prices of this import are whole numbers of 10^price_exponent',
    quantity_exponent Int32 COMMENT 'its volumes are whole numbers of 10^quantity_exponent',
    open Decimal(38, 18) COMMENT 'first price',
    high Decimal(38, 18) COMMENT 'highest price',
    low Decimal(38, 18) COMMENT 'lowest price',
    close Decimal(38, 18) COMMENT 'last price',
    volume Decimal(38, 18) COMMENT 'what was traded; 0 where the file does not say',
    source LowCardinality(String) COMMENT 'name of the file',
    imported_ns Int64 COMMENT 'when, in nanoseconds since 1970; of two rows the higher counts'
)
ENGINE = ReplacingMergeTree(imported_ns)
ORDER BY (instrument, venue, interval_ns, open_ns)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
