-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Copyright The JobTracker Authors
--
-- Check-ins that are expected, and statistics.

ALTER TABLE job ADD COLUMN checked_in INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN begun INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN late_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN turned INTEGER NOT NULL DEFAULT 0;

-- Hours of jobs are the only rollups that end.
CREATE INDEX rollup_hour_by_time ON rollup (scope, at) WHERE scope = 'job-hour';
