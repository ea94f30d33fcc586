-- What did people decide, and by how much did they move a moment's boundaries? `cliptide tune --decisions` learns from it.

ALTER TABLE cliptide.detections
    ADD COLUMN IF NOT EXISTS start_at Nullable(DateTime64(3, 'UTC'))
    COMMENT 'As the scorer put it; null for what was recorded before this column was there'
    AFTER highlight_id,
    ADD COLUMN IF NOT EXISTS end_at Nullable(DateTime64(3, 'UTC'))
    COMMENT 'As the scorer put it'
    AFTER peak_at;

ALTER TABLE cliptide.transitions
    ADD COLUMN IF NOT EXISTS start_at Nullable(DateTime64(3, 'UTC'))
    COMMENT 'Where the transition changed what is known of the moment: its start from then on'
    AFTER decided_at,
    ADD COLUMN IF NOT EXISTS end_at Nullable(DateTime64(3, 'UTC'))
    COMMENT 'The same of its end'
    AFTER start_at;

CREATE OR REPLACE VIEW cliptide.decisions_all AS
SELECT
    t.run AS run,
    t.channel_id AS channel_id,
    t.stream_id AS stream_id,
    t.highlight_id AS highlight_id,
    t.revision AS revision,
    multiIf(t.to_state = 'rejected', 'rejected', t.start_at IS NULL, 'approved', 'trimmed') AS decision,
    t.actor AS actor,
    t.reason AS reason,
    t.decided_at AS decided_at,
    d.start_at AS found_start_at,
    d.end_at AS found_end_at,
    h.start_at AS start_at,
    h.end_at AS end_at,
    h.peak_at AS peak_at,
    h.score AS score,
    h.contributions AS contributions,
    h.model AS model
FROM
(
    SELECT * FROM cliptide.transitions FINAL
    WHERE cause = 'operator.commands' AND to_state IN ('approved', 'rejected')
    ORDER BY revision DESC
    LIMIT 1 BY run, stream_id, highlight_id
) AS t
INNER JOIN cliptide.highlights AS h FINAL
    ON h.run = t.run AND h.stream_id = t.stream_id AND h.highlight_id = t.highlight_id
LEFT JOIN
(
    SELECT run, stream_id, highlight_id, start_at, end_at FROM cliptide.detections FINAL
) AS d ON d.run = t.run AND d.stream_id = t.stream_id AND d.highlight_id = t.highlight_id;

CREATE OR REPLACE VIEW cliptide.decisions AS
SELECT * EXCEPT (run) FROM cliptide.decisions_all WHERE run = 'live';
