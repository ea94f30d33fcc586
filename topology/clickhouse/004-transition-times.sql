-- When was a highlight approved, and how long was it in each state? `decided_at` is when the entry was appended to the
-- journal, by the wall clock: data, which steers nothing. It belongs to the log's record, so that a replay keeps it.

ALTER TABLE cliptide.transitions
    ADD COLUMN IF NOT EXISTS decided_at Nullable(DateTime64(3, 'UTC'))
    COMMENT 'Wall clock; null for what was recorded before this column was there'
    AFTER actor;

CREATE OR REPLACE VIEW cliptide.moments_all AS
SELECT
    h.run AS run,
    h.channel_id AS channel_id,
    h.stream_id AS stream_id,
    h.highlight_id AS highlight_id,
    t.state AS state,
    t.revision AS revision,
    h.start_at AS start_at,
    h.peak_at AS peak_at,
    h.end_at AS end_at,
    h.score AS score,
    d.threshold AS threshold,
    h.detected_at AS detected_at,
    h.rank AS rank,
    h.title AS title,
    h.tags AS tags,
    h.terms AS terms,
    h.contributions AS contributions,
    h.model AS model,
    t.reason AS reason,
    t.decided_at AS decided_at
FROM cliptide.highlights AS h FINAL
LEFT JOIN
(
    SELECT
        run,
        stream_id,
        highlight_id,
        argMax(to_state, transitions.revision) AS state,
        argMax(reason, transitions.revision) AS reason,
        argMax(transitions.decided_at, transitions.revision) AS decided_at,
        max(transitions.revision) AS revision
    FROM cliptide.transitions FINAL
    GROUP BY run, stream_id, highlight_id
) AS t ON t.run = h.run AND t.stream_id = h.stream_id AND t.highlight_id = h.highlight_id
LEFT JOIN
(
    SELECT run, stream_id, highlight_id, toNullable(threshold) AS threshold FROM cliptide.detections FINAL
) AS d ON d.run = h.run AND d.stream_id = h.stream_id AND d.highlight_id = h.highlight_id;

CREATE OR REPLACE VIEW cliptide.moments AS
SELECT * EXCEPT (run) FROM cliptide.moments_all WHERE run = 'live';

CREATE OR REPLACE VIEW cliptide.state_times_all AS
SELECT
    run,
    channel_id,
    stream_id,
    highlight_id,
    revision,
    to_state AS state,
    actor,
    reason,
    decided_at AS entered_at,
    leadInFrame(decided_at) OVER later AS left_at,
    (toUnixTimestamp64Milli(left_at) - toUnixTimestamp64Milli(entered_at)) / 1000 AS seconds
FROM cliptide.transitions FINAL
WINDOW later AS
(
    PARTITION BY run, stream_id, highlight_id
    ORDER BY revision
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
);

CREATE OR REPLACE VIEW cliptide.state_times AS
SELECT * EXCEPT (run) FROM cliptide.state_times_all WHERE run = 'live';
