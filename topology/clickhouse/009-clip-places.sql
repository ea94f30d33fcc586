-- Where is each clip? A folder's are below the data folder, those in a bucket have an address of their own.

ALTER TABLE cliptide.clips
    ADD COLUMN IF NOT EXISTS file String DEFAULT concat('clips/', video)
    COMMENT 'Place below the data folder, or address in a bucket'
    AFTER poster;

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
    file
FROM cliptide.clips FINAL
WHERE outcome = 'done';
