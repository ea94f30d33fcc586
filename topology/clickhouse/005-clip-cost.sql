-- What a clip cost, with the parts by name. `clips` tells of the render alone, which is a clip's own; the refinement was
-- done once for all clips of a highlight, and they share it: `clip_cost` tells of both, and of tries that failed.

ALTER TABLE cliptide.clips
    COMMENT COLUMN IF EXISTS cpu_seconds 'Of the render that made it; clip_cost adds refinement and other tries',
    COMMENT COLUMN IF EXISTS wall_ms 'Of the render that made it',
    COMMENT COLUMN IF EXISTS bytes_fetched 'For the render; 0 where refinement had fetched all of it already',
    COMMENT COLUMN IF EXISTS bytes_needed 'Size of the segments that the render needed';

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
    r.cpu_seconds AS render_cpu_seconds,
    f.cpu_seconds / c.sharers AS refine_cpu_seconds,
    render_cpu_seconds + refine_cpu_seconds AS cpu_seconds,
    r.bytes_fetched AS render_bytes_fetched,
    f.bytes_fetched / c.sharers AS refine_bytes_fetched,
    render_bytes_fetched + refine_bytes_fetched AS bytes_fetched,
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
