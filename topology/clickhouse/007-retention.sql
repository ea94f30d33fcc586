-- Every table can have a retention (`retentionHours` of the configuration), counted from when a row was recorded: event
-- time would take the rows of an old broadcast as soon as a backfill wrote them. Here are the defaults.

ALTER TABLE cliptide.attempts ADD COLUMN IF NOT EXISTS recorded_at DateTime MATERIALIZED now() COMMENT 'Only for retention';
ALTER TABLE cliptide.dead_letters ADD COLUMN IF NOT EXISTS recorded_at DateTime MATERIALIZED now() COMMENT 'Only for retention';
ALTER TABLE cliptide.highlights ADD COLUMN IF NOT EXISTS recorded_at DateTime MATERIALIZED now() COMMENT 'Only for retention';
ALTER TABLE cliptide.detections ADD COLUMN IF NOT EXISTS recorded_at DateTime MATERIALIZED now() COMMENT 'Only for retention';
ALTER TABLE cliptide.rankings ADD COLUMN IF NOT EXISTS recorded_at DateTime MATERIALIZED now() COMMENT 'Only for retention';
ALTER TABLE cliptide.transitions ADD COLUMN IF NOT EXISTS recorded_at DateTime MATERIALIZED now() COMMENT 'Only for retention';
ALTER TABLE cliptide.clips ADD COLUMN IF NOT EXISTS recorded_at DateTime MATERIALIZED now() COMMENT 'Only for retention';
ALTER TABLE cliptide.streams ADD COLUMN IF NOT EXISTS recorded_at DateTime MATERIALIZED now() COMMENT 'Only for retention';
ALTER TABLE cliptide.gaps ADD COLUMN IF NOT EXISTS recorded_at DateTime MATERIALIZED now() COMMENT 'Only for retention';
ALTER TABLE cliptide.runs ADD COLUMN IF NOT EXISTS recorded_at DateTime MATERIALIZED now() COMMENT 'Only for retention';

ALTER TABLE cliptide.attempts MODIFY TTL recorded_at + INTERVAL 365 DAY;
ALTER TABLE cliptide.dead_letters MODIFY TTL recorded_at + INTERVAL 90 DAY;
