-- Which clips are there, and where? `file` is the place below the data folder; the clip store names files by clip id.

CREATE OR REPLACE VIEW cliptide.clip_files_all AS
SELECT
    run,
    channel_id,
    stream_id,
    highlight_id,
    start_at,
    peak_at,
    preset,
    title,
    duration_ms / 1000 AS seconds,
    concat('clips/', video) AS file
FROM cliptide.clips FINAL
WHERE outcome = 'done';

CREATE OR REPLACE VIEW cliptide.clip_files AS
SELECT * EXCEPT (run) FROM cliptide.clip_files_all WHERE run = 'live';
