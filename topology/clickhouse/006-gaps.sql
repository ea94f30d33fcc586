-- Records that a stage never saw, since retention took them first, and that an operator has given up
-- (`cliptide recover --accept-gap`). Whose they were is not known any more, so they are counted by run, not by broadcast.

CREATE TABLE IF NOT EXISTS cliptide.gaps
(
    run LowCardinality(String),
    stage LowCardinality(String) COMMENT 'The stage that they are lost to',
    topic LowCardinality(String),
    partition Int32,
    from_offset Int64 COMMENT 'The first that is lost',
    to_offset Int64 COMMENT 'The stage went on here',
    records UInt64 COMMENT 'Offsets that are lost',
    actor String COMMENT 'Node at which the operator gave them up',
    at DateTime64(3, 'UTC') COMMENT 'Wall clock'
)
ENGINE = ReplacingMergeTree
ORDER BY (run, stage, topic, partition, from_offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE OR REPLACE VIEW cliptide.fates_all AS
SELECT
    run,
    sum(fates.processed) + sum(fates.late) + sum(fates.duplicate) + sum(fates.dead_lettered) + sum(fates.ignored)
        + sum(fates.lost) AS read,
    sum(fates.processed) AS processed,
    sum(fates.late) AS late,
    sum(fates.duplicate) AS duplicate,
    sum(fates.dead_lettered) AS dead_lettered,
    sum(fates.ignored) AS ignored,
    sum(fates.lost) AS lost
FROM
(
    SELECT run, processed, late, duplicate, dead_lettered, ignored, toUInt64(0) AS lost FROM cliptide.streams FINAL
    UNION ALL
    SELECT
        run,
        toUInt64(0) AS processed,
        toUInt64(0) AS late,
        toUInt64(0) AS duplicate,
        toUInt64(0) AS dead_lettered,
        toUInt64(0) AS ignored,
        records AS lost
    FROM cliptide.gaps FINAL
    WHERE stage = 'score' AND topic = 'live.analytics'
) AS fates
GROUP BY run;

CREATE OR REPLACE VIEW cliptide.fates AS
SELECT * EXCEPT (run) FROM cliptide.fates_all WHERE run = 'live';
