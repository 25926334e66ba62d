-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Copyright The JobTracker Authors
--
-- Check-ins that are expected, and statistics.

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

-- Logs that are there, for whoever looks for those that may go.
CREATE INDEX run_log_by_job ON run (job, id, log_size, state, finished) WHERE log_size > 0;
CREATE INDEX run_log_by_id ON run (id, log_size, state) WHERE log_size > 0;
