-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Copyright The JobTracker Authors
--
-- Check-ins that are expected, statistics, and what is kept for how long.

ALTER TABLE job ADD COLUMN checked_in INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN late_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN turned INTEGER NOT NULL DEFAULT 0;

-- Events were kept in another form. The latest stays for its id.
DELETE FROM event WHERE id < (SELECT max (id) FROM event);

-- Decided for each row that is written; IN would build a table of its words for that.
DROP INDEX run_active;
CREATE INDEX run_active ON run (id) WHERE state = 'queued' OR state = 'starting' OR state = 'running' OR state = 'retry-wait';

-- Hours of jobs are the only rollups that end.
CREATE INDEX rollup_hour_by_time ON rollup (scope, at) WHERE scope = 'job-hour';

-- Jobs that are no more are part of what was, by name and by owner.
CREATE INDEX job_removed_by_name ON job (name) WHERE removed <> 0;
CREATE INDEX job_removed_by_owner ON job (owner) WHERE removed <> 0;

-- Logs that are there, in the order in which they may go: of successes, then of failures, the oldest first. (Not IN: it would build a
-- table of its words for each row that is written.)
CREATE INDEX run_log_by_job ON run (job, state = 'failed' OR state = 'timed-out' OR state = 'lost', id) WHERE log_size > 0;
CREATE INDEX run_log_by_age ON run (state = 'failed' OR state = 'timed-out' OR state = 'lost', id) WHERE log_size > 0;

-- How much they are together, of each job and (job 0) of all, so that nobody has to add them up.
CREATE TABLE log_total (
  job   INTEGER PRIMARY KEY,
  bytes INTEGER NOT NULL
) STRICT;

INSERT INTO log_total (job, bytes) SELECT job, sum (log_size) FROM run WHERE log_size > 0 GROUP BY job;
INSERT INTO log_total (job, bytes) SELECT 0, coalesce (sum (bytes), 0) FROM log_total;

CREATE TRIGGER log_is_added AFTER INSERT ON run WHEN new.log_size <> 0
BEGIN
  INSERT INTO log_total (job, bytes) VALUES (new.job, new.log_size), (0, new.log_size)
    ON CONFLICT (job) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

CREATE TRIGGER log_is_changed AFTER UPDATE OF log_size ON run WHEN new.log_size <> old.log_size
BEGIN
  INSERT INTO log_total (job, bytes) VALUES (new.job, new.log_size - old.log_size), (0, new.log_size - old.log_size)
    ON CONFLICT (job) DO UPDATE SET bytes = bytes + excluded.bytes;
END;

CREATE TRIGGER log_is_gone AFTER DELETE ON run WHEN old.log_size <> 0
BEGIN
  UPDATE log_total SET bytes = bytes - old.log_size WHERE job IN (old.job, 0);
END;

-- Jobs whose history is deleted: nobody sees their runs any more, and the rows go in small slices.
CREATE TABLE purge (
  job INTEGER PRIMARY KEY
) STRICT;
