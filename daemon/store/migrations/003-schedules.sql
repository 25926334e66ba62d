-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Copyright The JobTracker Authors
--
-- What stands around an occurrence: jitter, what started a run, and which jobs it comes after.

ALTER TABLE job ADD COLUMN due INTEGER NOT NULL DEFAULT 0;

-- 0: when its schedule said.
ALTER TABLE run ADD COLUMN due INTEGER NOT NULL DEFAULT 0;
ALTER TABLE run ADD COLUMN cause TEXT;
