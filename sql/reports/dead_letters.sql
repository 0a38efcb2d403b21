-- Grain: one row per stage, source and reason with a dead letter in the stretch; a repeated letter counts once.
-- Source: ops_dead_letters.
-- ORDER BY: the most frequent first.
-- A letter's time is when the ingestor read what it is about, else when it was written. Letters of a stage have an origin;
-- the ingestor's have none, and are never repeated. latest: the last one's words.
SELECT
    stage,
    source,
    reason,
    countIf(origin_offset IS NULL)
        + uniqExactIf((origin_partition, origin_offset, origin_index, detail), origin_offset IS NOT NULL) AS letters,
    min(ifNull(receive_ns, timestamp)) AS first_at,
    max(ifNull(receive_ns, timestamp)) AS last_at,
    argMax(detail, offset) AS latest
FROM ops_dead_letters
WHERE kind = 'DeadLetter' AND topic = {prefix:String} || 'ops.dead_letters'
    AND ifNull(receive_ns, timestamp) >= fromUnixTimestamp64Nano({from_ns:Int64}, 'UTC')
    AND ifNull(receive_ns, timestamp) < fromUnixTimestamp64Nano({to_ns:Int64}, 'UTC')
GROUP BY stage, source, reason
ORDER BY letters DESC, stage, source, reason;
