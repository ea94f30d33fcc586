-- Every table is keyed so that writing a row twice changes nothing: `run` stands in front of every key, a row's
-- version follows from the record (the conductor's revision and the log's order, never the time of writing), and the
-- partition follows from the key, because rows are replaced within a partition only. What was inserted is on the disk
-- (fsync): the offsets that are committed next must not outlive it. Times are event time in UTC.

CREATE TABLE IF NOT EXISTS cliptide.seconds
(
    run LowCardinality(String),
    channel_id LowCardinality(String),
    stream_id String,
    at DateTime64(3, 'UTC') COMMENT 'Start of the second',
    messages UInt32,
    score Float64,
    threshold Float64,
    viewers Nullable(UInt64),
    recorded_at DateTime MATERIALIZED now() COMMENT 'Only for retention: a backfill of an old broadcast keeps its curve'
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (run, stream_id, at)
TTL recorded_at + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS cliptide.highlights
(
    run LowCardinality(String),
    channel_id LowCardinality(String),
    stream_id String,
    highlight_id String,
    revision UInt32 COMMENT '0 as it was detected, then the conductor''s',
    start_at DateTime64(3, 'UTC'),
    peak_at DateTime64(3, 'UTC'),
    end_at DateTime64(3, 'UTC'),
    score Float64,
    detected_at DateTime64(3, 'UTC') COMMENT 'Broadcast time at which it was known',
    rank Nullable(UInt32),
    title String,
    tags Array(String),
    terms Array(String) COMMENT 'What chat said, most characteristic first',
    contributions Map(String, Float64),
    model LowCardinality(String),
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (run, stream_id, highlight_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS cliptide.detections
(
    run LowCardinality(String),
    channel_id LowCardinality(String),
    stream_id String,
    highlight_id String,
    peak_at DateTime64(3, 'UTC'),
    emitted_at DateTime64(3, 'UTC') COMMENT 'Broadcast time at which it was sent',
    score Float64,
    threshold Float64 COMMENT 'The one that it passed',
    model LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (run, stream_id, highlight_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS cliptide.transitions
(
    run LowCardinality(String),
    channel_id LowCardinality(String),
    stream_id String,
    highlight_id String,
    revision UInt32 COMMENT 'The revision that it led to',
    to_state LowCardinality(String),
    cause String,
    actor String,
    reason String,
    presets Array(String),
    clips Array(String),
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (run, stream_id, highlight_id, revision)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS cliptide.clips
(
    run LowCardinality(String),
    channel_id LowCardinality(String),
    stream_id String,
    highlight_id String,
    clip_id String,
    task_id String,
    revision UInt32,
    preset LowCardinality(String),
    outcome LowCardinality(String) COMMENT 'done or failed',
    error String,
    title String,
    rank Nullable(UInt32),
    start_at DateTime64(3, 'UTC'),
    peak_at DateTime64(3, 'UTC'),
    end_at DateTime64(3, 'UTC'),
    on_disk_at DateTime64(3, 'UTC') COMMENT 'Broadcast time at which it was on disk',
    head_ms Float64 COMMENT 'Extra picture before the start',
    duration_ms Float64,
    bytes UInt64,
    sha256 String,
    video String,
    poster String,
    bytes_fetched UInt64,
    bytes_needed UInt64,
    cpu_seconds Float64,
    wall_ms UInt64,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (run, stream_id, highlight_id, clip_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS cliptide.attempts
(
    run LowCardinality(String),
    channel_id LowCardinality(String),
    stream_id String,
    highlight_id String,
    task_id String,
    attempt_id String,
    role LowCardinality(String),
    node_id LowCardinality(String),
    number UInt32,
    outcome LowCardinality(String) COMMENT 'done, retried or failed',
    error String,
    started_at DateTime64(3, 'UTC') COMMENT 'Wall clock',
    wall_ms UInt64,
    cpu_seconds Float64,
    bytes_fetched UInt64,
    cost_micros Int64 COMMENT 'Millionths of the currency''s unit',
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (run, stream_id, highlight_id, task_id, attempt_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS cliptide.dead_letters
(
    run LowCardinality(String),
    stage LowCardinality(String),
    topic LowCardinality(String) COMMENT 'Topic, or the name of the source',
    partition Int32 COMMENT '-1 for a source',
    offset Int64 COMMENT 'Or the number of the source record',
    key String,
    stream_id String,
    code LowCardinality(String),
    reason String,
    headers Map(String, String),
    value_bytes UInt64 COMMENT 'The record itself stays in the dead-letter topic',
    at DateTime64(3, 'UTC') COMMENT 'Wall clock'
)
ENGINE = ReplacingMergeTree
ORDER BY (run, stage, topic, stream_id, partition, offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS cliptide.runs
(
    run LowCardinality(String),
    node_id LowCardinality(String),
    kind LowCardinality(String) COMMENT 'started or ended',
    at DateTime64(3, 'UTC') COMMENT 'Wall clock',
    code_version LowCardinality(String),
    model LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (run, node_id, at, kind)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS cliptide.streams
(
    run LowCardinality(String),
    channel_id LowCardinality(String),
    stream_id String,
    model LowCardinality(String),
    zero_at DateTime64(3, 'UTC'),
    first_at Nullable(DateTime64(3, 'UTC')),
    last_at Nullable(DateTime64(3, 'UTC')),
    read UInt64 COMMENT 'Source records; the sum of the five fates',
    processed UInt64,
    late UInt64,
    duplicate UInt64,
    dead_lettered UInt64,
    ignored UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (run, stream_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS cliptide.rankings
(
    run LowCardinality(String),
    channel_id LowCardinality(String),
    stream_id String,
    rank UInt32,
    highlight_id String,
    emitted Bool,
    start_at DateTime64(3, 'UTC'),
    peak_at DateTime64(3, 'UTC'),
    end_at DateTime64(3, 'UTC'),
    score Float64,
    contributions Map(String, Float64)
)
ENGINE = ReplacingMergeTree
ORDER BY (run, stream_id, rank)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
