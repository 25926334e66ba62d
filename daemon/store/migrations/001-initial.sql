-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Copyright The JobTracker Authors
--
-- Instants are microseconds since the epoch in UTC, durations microseconds, 0 unknown.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A removed job stays as a tombstone, so that its runs keep their job and its id is never given again.
CREATE TABLE job (
  id               INTEGER PRIMARY KEY,
  owner            INTEGER NOT NULL CHECK (owner BETWEEN 0 AND 4294967295),
  owner_name       TEXT NOT NULL,
  name             TEXT NOT NULL CHECK (length (name) BETWEEN 1 AND 128),
  origin           TEXT NOT NULL CHECK (origin IN ('api', 'file', 'tracked', 'unit')),
  origin_path      TEXT,
  created          INTEGER NOT NULL,
  revised          INTEGER NOT NULL,
  revision         INTEGER NOT NULL CHECK (revision > 0),
  seed             INTEGER NOT NULL,
  removed          INTEGER NOT NULL DEFAULT 0,
  next_elapse      INTEGER NOT NULL DEFAULT 0,
  cursor           INTEGER NOT NULL DEFAULT 0,
  last_run         INTEGER NOT NULL DEFAULT 0,
  last_state       TEXT NOT NULL DEFAULT 'queued',
  last_finished    INTEGER NOT NULL DEFAULT 0,
  last_duration    INTEGER NOT NULL DEFAULT 0,
  typical_duration INTEGER NOT NULL DEFAULT 0,
  streak           INTEGER NOT NULL DEFAULT 0,
  muted_until      INTEGER NOT NULL DEFAULT 0,
  recent           TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE UNIQUE INDEX job_living_name ON job (owner, name) WHERE removed = 0;

-- What a run was begun with never changes.
CREATE TABLE job_revision (
  job      INTEGER NOT NULL REFERENCES job (id),
  revision INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  settings BLOB NOT NULL,
  PRIMARY KEY (job, revision)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER job_revision_is_immutable BEFORE UPDATE ON job_revision
BEGIN
  SELECT RAISE (ABORT, 'a revision is immutable');
END;

CREATE TABLE job_tag (
  job INTEGER NOT NULL REFERENCES job (id),
  tag TEXT NOT NULL,
  PRIMARY KEY (tag, job)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_tag_by_job ON job_tag (job);

-- A word is looked up in a text, here and below: IN with more than two words would build a table of them for each row that is written.
CREATE TABLE run (
  id               INTEGER PRIMARY KEY,
  job              INTEGER NOT NULL REFERENCES job (id),
  job_revision     INTEGER NOT NULL,
  job_name         TEXT NOT NULL,
  owner            INTEGER NOT NULL,
  owner_name       TEXT NOT NULL,
  state            TEXT NOT NULL CHECK (instr ('|queued|starting|running|retry-wait|succeeded|warning|failed|timed-out|cancelled|lost|skipped|missed|',
                                                 '|' || state || '|') > 0),
  trigger          TEXT NOT NULL,
  attempt          INTEGER NOT NULL,
  max_attempts     INTEGER NOT NULL,
  scheduled        INTEGER NOT NULL,
  queued           INTEGER NOT NULL,
  started          INTEGER NOT NULL,
  finished         INTEGER NOT NULL,
  next_attempt     INTEGER NOT NULL,
  progress         REAL NOT NULL,
  message          TEXT,
  eta              INTEGER NOT NULL,
  exit_code        INTEGER NOT NULL,
  signal           INTEGER NOT NULL,
  reason           TEXT,
  cpu              INTEGER NOT NULL,
  memory_peak      INTEGER NOT NULL,
  log_size         INTEGER NOT NULL,
  acknowledged_by  TEXT,
  acknowledge_note TEXT,
  retry_of         INTEGER NOT NULL,
  missed_count     INTEGER NOT NULL,
  missed_from      INTEGER NOT NULL,
  missed_to        INTEGER NOT NULL,
  cancel_requested INTEGER NOT NULL,
  cancel_reason    TEXT,
  host             TEXT,
  executor         TEXT,
  invocation_id    TEXT,
  request_id       TEXT,
  -- room for values given at the start, and for work that others run
  parameters        BLOB,
  bus_id            TEXT,
  sender            TEXT,
  is_detached       INTEGER NOT NULL DEFAULT 0,
  heartbeat_timeout INTEGER NOT NULL DEFAULT 0,
  heartbeat_at      INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX run_by_job ON run (job, id);
CREATE INDEX run_by_owner ON run (owner, id);
CREATE INDEX run_by_name ON run (job_name, id);
CREATE INDEX run_active ON run (id) WHERE state IN ('queued', 'starting', 'running', 'retry-wait');

CREATE TABLE attempt (
  run            INTEGER NOT NULL REFERENCES run (id) ON DELETE CASCADE,
  number         INTEGER NOT NULL CHECK (number > 0),
  spawns         INTEGER NOT NULL,
  boot_id        TEXT NOT NULL,
  committed      INTEGER NOT NULL,
  started        INTEGER NOT NULL,
  finished       INTEGER NOT NULL,
  pid            INTEGER NOT NULL,
  pid_start_time INTEGER NOT NULL,
  state          TEXT NOT NULL,
  exit_code      INTEGER NOT NULL,
  signal         INTEGER NOT NULL,
  reason         TEXT,
  cpu            INTEGER NOT NULL,
  memory_peak    INTEGER NOT NULL,
  log_offset     INTEGER NOT NULL,
  log_dropped    INTEGER NOT NULL,
  PRIMARY KEY (run, number)
) STRICT, WITHOUT ROWID;

-- An instant of a job exists at most once. Outlives its run.
CREATE TABLE occurrence (
  job     INTEGER NOT NULL,
  key     TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (instr ('|run|skipped|missed|', '|' || outcome || '|') > 0),
  run     INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  PRIMARY KEY (job, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX occurrence_by_time ON occurrence (at);

-- The latest is never pruned, so ids rise without a counter that would have to be written beside each.
CREATE TABLE event (
  id    INTEGER PRIMARY KEY,
  kind  INTEGER NOT NULL,
  at    INTEGER NOT NULL,
  job   INTEGER NOT NULL,
  run   INTEGER NOT NULL,
  owner INTEGER NOT NULL,
  what  BLOB NOT NULL
) STRICT;

CREATE TABLE request (
  uid      INTEGER NOT NULL,
  id       TEXT NOT NULL,
  digest   TEXT NOT NULL,
  first_id INTEGER NOT NULL,
  count    INTEGER NOT NULL,
  at       INTEGER NOT NULL,
  PRIMARY KEY (uid, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX request_by_time ON request (at);

-- Rooms for statistics, notifications, preferences and the audit trail.

CREATE TABLE rollup (
  scope  TEXT NOT NULL CHECK (instr ('|job-hour|job-day|owner-hour|owner-day|', '|' || scope || '|') > 0),
  key    INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  counts BLOB NOT NULL,
  PRIMARY KEY (scope, key, at)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id TEXT NOT NULL UNIQUE,
  event      INTEGER NOT NULL,
  run        INTEGER NOT NULL,
  recipient  TEXT NOT NULL,
  channel    TEXT NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('waiting', 'held', 'sending', 'delivered', 'failed', 'expired')),
  due        INTEGER NOT NULL,
  tries      INTEGER NOT NULL DEFAULT 0,
  body       BLOB
) STRICT;

CREATE TABLE preference (
  uid      INTEGER PRIMARY KEY,
  settings BLOB NOT NULL
) STRICT;

CREATE TABLE audit (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  at      INTEGER NOT NULL,
  uid     INTEGER NOT NULL,
  action  TEXT NOT NULL,
  target  TEXT NOT NULL,
  outcome TEXT NOT NULL
) STRICT;
