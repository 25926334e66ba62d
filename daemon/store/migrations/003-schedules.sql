-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Copyright The JobTracker Authors
--
-- What stands around an occurrence: jitter, what started a run, and which jobs it comes after.

ALTER TABLE job ADD COLUMN due INTEGER NOT NULL DEFAULT 0;

-- 0: when its schedule said.
ALTER TABLE run ADD COLUMN due INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN cause TEXT;

-- How the jobs ended that a job comes after, since it last ran.
CREATE TABLE mark (
  job    INTEGER NOT NULL REFERENCES job (id),
  entry  TEXT NOT NULL,
  mark   INTEGER NOT NULL CHECK (mark BETWEEN 1 AND 3),
  reason TEXT,
  run    INTEGER NOT NULL,
  PRIMARY KEY (job, entry)
) STRICT, WITHOUT ROWID;
