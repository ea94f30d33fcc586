-- What dashboards ask. Each question has a view of all runs (`_all`, with the column `run`) and one of live runs.
-- FINAL in the views: rows that were written twice never show.

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
    t.reason AS reason
FROM cliptide.highlights AS h FINAL
LEFT JOIN
(
    SELECT
        run,
        stream_id,
        highlight_id,
        argMax(to_state, transitions.revision) AS state,
        argMax(reason, transitions.revision) AS reason,
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

CREATE OR REPLACE VIEW cliptide.clips_per_day_all AS
SELECT
    run,
    channel_id,
    toDate(peak_at) AS day,
    countIf(outcome = 'done') AS clips,
    countIf(outcome != 'done') AS failed,
    uniqExactIf(highlight_id, outcome = 'done') AS moments,
    sumIf(duration_ms, outcome = 'done') / 1000 AS clip_seconds,
    sumIf(bytes, outcome = 'done') AS clip_bytes
FROM cliptide.clips FINAL
GROUP BY run, channel_id, day;

CREATE OR REPLACE VIEW cliptide.clips_per_day AS
SELECT * EXCEPT (run) FROM cliptide.clips_per_day_all WHERE run = 'live';

CREATE OR REPLACE VIEW cliptide.detection_latency_all AS
SELECT
    run,
    channel_id,
    toDate(peak_at) AS day,
    count() AS highlights,
    quantileExact(0.5)(delay) AS median_seconds,
    quantileExact(0.95)(delay) AS p95_seconds,
    max(delay) AS worst_seconds
FROM
(
    SELECT
        run,
        channel_id,
        peak_at,
        (toUnixTimestamp64Milli(emitted_at) - toUnixTimestamp64Milli(peak_at)) / 1000 AS delay
    FROM cliptide.detections FINAL
)
GROUP BY run, channel_id, day;

CREATE OR REPLACE VIEW cliptide.detection_latency AS
SELECT * EXCEPT (run) FROM cliptide.detection_latency_all WHERE run = 'live';

CREATE OR REPLACE VIEW cliptide.clip_latency_all AS
SELECT
    run,
    channel_id,
    preset,
    toDate(peak_at) AS day,
    count() AS clips,
    quantileExact(0.5)(delay) AS median_seconds,
    quantileExact(0.95)(delay) AS p95_seconds,
    max(delay) AS worst_seconds
FROM
(
    SELECT
        run,
        channel_id,
        preset,
        peak_at,
        (toUnixTimestamp64Milli(on_disk_at) - toUnixTimestamp64Milli(peak_at)) / 1000 AS delay
    FROM cliptide.clips FINAL
    WHERE outcome = 'done'
)
GROUP BY run, channel_id, preset, day;

CREATE OR REPLACE VIEW cliptide.clip_latency AS
SELECT * EXCEPT (run) FROM cliptide.clip_latency_all WHERE run = 'live';

CREATE OR REPLACE VIEW cliptide.clip_cost_all AS
WITH
    tried AS
    (
        SELECT
            run,
            highlight_id,
            task_id,
            any(role) AS role,
            count() AS attempts,
            sum(attempts.cpu_seconds) AS cpu_seconds,
            sum(attempts.bytes_fetched) AS bytes_fetched,
            sum(attempts.wall_ms) AS wall_ms,
            sum(attempts.cost_micros) AS cost_micros
        FROM cliptide.attempts FINAL
        GROUP BY run, highlight_id, task_id
    ),
    refined AS
    (
        SELECT
            run,
            highlight_id,
            sum(tried.attempts) AS attempts,
            sum(tried.cpu_seconds) AS cpu_seconds,
            sum(tried.bytes_fetched) AS bytes_fetched,
            sum(tried.wall_ms) AS wall_ms,
            sum(tried.cost_micros) AS cost_micros
        FROM tried
        WHERE role = 'refine'
        GROUP BY run, highlight_id
    )
SELECT
    c.run AS run,
    c.channel_id AS channel_id,
    c.stream_id AS stream_id,
    c.highlight_id AS highlight_id,
    c.clip_id AS clip_id,
    c.preset AS preset,
    c.peak_at AS peak_at,
    c.sharers AS sharers,
    r.attempts + f.attempts / c.sharers AS attempts,
    r.cpu_seconds + f.cpu_seconds / c.sharers AS cpu_seconds,
    r.bytes_fetched + f.bytes_fetched / c.sharers AS bytes_fetched,
    c.bytes_needed AS bytes_needed,
    (r.wall_ms + f.wall_ms / c.sharers) / 1000 AS work_seconds,
    (r.cost_micros + f.cost_micros / c.sharers) / 1000000 AS cost
FROM
(
    SELECT *, count() OVER (PARTITION BY run, highlight_id) AS sharers
    FROM cliptide.clips FINAL
    WHERE outcome = 'done'
) AS c
LEFT JOIN tried AS r ON r.run = c.run AND r.task_id = c.task_id
LEFT JOIN refined AS f ON f.run = c.run AND f.highlight_id = c.highlight_id;

CREATE OR REPLACE VIEW cliptide.clip_cost AS
SELECT * EXCEPT (run) FROM cliptide.clip_cost_all WHERE run = 'live';

CREATE OR REPLACE VIEW cliptide.curve_all AS
SELECT
    s.run AS run,
    s.channel_id AS channel_id,
    s.stream_id AS stream_id,
    s.at AS at,
    s.messages AS messages,
    s.score AS score,
    s.threshold AS threshold,
    s.viewers AS viewers,
    h.highlight_ids AS highlight_ids,
    h.titles AS titles
FROM cliptide.seconds AS s FINAL
LEFT JOIN
(
    SELECT
        run,
        stream_id,
        toUnixTimestamp(peak_at) AS second,
        groupArray(highlight_id) AS highlight_ids,
        groupArray(title) AS titles
    FROM cliptide.highlights FINAL
    GROUP BY run, stream_id, second
) AS h ON h.run = s.run AND h.stream_id = s.stream_id AND h.second = toUnixTimestamp(s.at);

CREATE OR REPLACE VIEW cliptide.curve AS
SELECT * EXCEPT (run) FROM cliptide.curve_all WHERE run = 'live';

CREATE OR REPLACE VIEW cliptide.failures_all AS
SELECT run, role AS stage, 'attempt' AS what, outcome, stream_id, highlight_id, attempt_id AS subject, error AS reason
FROM cliptide.attempts FINAL
WHERE outcome != 'done'
UNION ALL
SELECT run, 'render' AS stage, 'clip' AS what, outcome, stream_id, highlight_id, clip_id AS subject, error AS reason
FROM cliptide.clips FINAL
WHERE outcome != 'done'
UNION ALL
SELECT
    run,
    'conduct' AS stage,
    'highlight' AS what,
    to_state AS outcome,
    stream_id,
    highlight_id,
    highlight_id AS subject,
    reason
FROM cliptide.transitions FINAL
WHERE to_state IN ('failed', 'expired')
UNION ALL
SELECT
    run,
    stage,
    'record' AS what,
    'dead-lettered' AS outcome,
    stream_id,
    '' AS highlight_id,
    concat(topic, '/', toString(partition), '/', toString(offset)) AS subject,
    concat(code, ': ', reason) AS reason
FROM cliptide.dead_letters FINAL;

CREATE OR REPLACE VIEW cliptide.failures AS
SELECT * EXCEPT (run) FROM cliptide.failures_all WHERE run = 'live';
