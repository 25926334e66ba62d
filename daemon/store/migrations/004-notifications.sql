-- SPDX-License-Identifier: LGPL-2.1-or-later
-- Copyright The JobTracker Authors
--
-- Who was told what, who wants to be told, and what goes on for those who were.

-- Rooms that nothing has been in yet.
DROP TABLE outbox;
DROP TABLE preference;

-- What it tells of may go, run or job, while it stays: nothing refers to them but by number.
CREATE TABLE delivery (
  id          INTEGER PRIMARY KEY CHECK (id > 0),
  event       TEXT NOT NULL,
  severity    TEXT NOT NULL,
  run         INTEGER NOT NULL,
  job         INTEGER NOT NULL,
  job_name    TEXT NOT NULL,
  owner       INTEGER NOT NULL CHECK (owner BETWEEN 0 AND 4294967295),
  -- -1: no user of this machine
  user        INTEGER NOT NULL CHECK (user BETWEEN -1 AND 4294967295),
  user_name   TEXT NOT NULL,
  recipient   TEXT NOT NULL,
  channel     TEXT NOT NULL,
  address     TEXT,
  state       TEXT NOT NULL CHECK (instr ('|waiting|held|sending|delivered|failed|expired|merged|suppressed|', '|' || state || '|') > 0),
  hold        TEXT,
  created     INTEGER NOT NULL,
  next        INTEGER NOT NULL,
  attempts    INTEGER NOT NULL CHECK (attempts >= 0),
  delivered   INTEGER NOT NULL,
  expires     INTEGER NOT NULL,
  reason      TEXT,
  detail      TEXT,
  rule        TEXT,
  message_id  TEXT NOT NULL,
  thread      TEXT,
  merged_into INTEGER NOT NULL,
  count       INTEGER NOT NULL CHECK (count >= 0),
  ambiguous   INTEGER NOT NULL CHECK (ambiguous >= 0)
) STRICT;

-- What is asked with a list: newest first of a channel in a state, of a recipient, of a job's owner, of a job, of a run. The first is
-- also the queue of a channel, in which what may not be tried yet is passed over without a look at its row.
CREATE INDEX delivery_by_channel ON delivery (channel, state, id, next);
CREATE INDEX delivery_by_user ON delivery (user, id);
CREATE INDEX delivery_by_owner ON delivery (owner, id);
CREATE INDEX delivery_by_job ON delivery (job, id);
CREATE INDEX delivery_by_run ON delivery (run, id);
CREATE INDEX delivery_merged ON delivery (merged_into, id) WHERE merged_into <> 0;

-- What is still to be done: each recipient's queue, when the next is due, and the opposite, what may go one day.
CREATE INDEX delivery_open_by_recipient ON delivery (channel, state, recipient, id, next) WHERE state = 'waiting' OR state = 'held';
CREATE INDEX delivery_open_by_time ON delivery (channel, state, next) WHERE state = 'waiting' OR state = 'held';
CREATE INDEX delivery_over ON delivery (created)
  WHERE NOT (state = 'waiting' OR state = 'held' OR state = 'sending');

-- Beside the row, which is written anew with each step that it takes.
CREATE TABLE delivery_facts (
  delivery INTEGER PRIMARY KEY REFERENCES delivery (id) ON DELETE CASCADE,
  facts    BLOB NOT NULL CHECK (length (facts) <= 65536)
) STRICT;

-- How many there are, so that nobody has to count them.
CREATE TABLE delivery_total (
  channel TEXT NOT NULL,
  state   TEXT NOT NULL,
  count   INTEGER NOT NULL,
  -- when the last one was delivered
  last    INTEGER NOT NULL,
  PRIMARY KEY (channel, state)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER delivery_is_added AFTER INSERT ON delivery
BEGIN
  INSERT INTO delivery_total (channel, state, count, last) VALUES (new.channel, new.state, 1, new.delivered)
    ON CONFLICT (channel, state) DO UPDATE SET count = count + 1, last = max (last, excluded.last);
END;

CREATE TRIGGER delivery_is_changed AFTER UPDATE OF state ON delivery WHEN new.state <> old.state
BEGIN
  UPDATE delivery_total SET count = count - 1 WHERE channel = old.channel AND state = old.state;
  INSERT INTO delivery_total (channel, state, count, last) VALUES (new.channel, new.state, 1, new.delivered)
    ON CONFLICT (channel, state) DO UPDATE SET count = count + 1, last = max (last, excluded.last);
END;

CREATE TRIGGER delivery_is_gone AFTER DELETE ON delivery
BEGIN
  UPDATE delivery_total SET count = count - 1 WHERE channel = old.channel AND state = old.state;
END;

-- What a user set, a{sv} as it was given.
CREATE TABLE preference (
  uid      INTEGER PRIMARY KEY CHECK (uid BETWEEN 0 AND 4294967295),
  settings BLOB NOT NULL,
  at       INTEGER NOT NULL
) STRICT;

CREATE TABLE template (
  uid  INTEGER NOT NULL CHECK (uid BETWEEN 0 AND 4294967295),
  name TEXT NOT NULL,
  text TEXT NOT NULL,
  at   INTEGER NOT NULL,
  PRIMARY KEY (uid, name)
) STRICT;

-- Trouble that somebody was told of and that has not ended.
CREATE TABLE episode (
  job             INTEGER NOT NULL,
  recipient       TEXT NOT NULL,
  user            INTEGER NOT NULL CHECK (user BETWEEN -1 AND 4294967295),
  run             INTEGER NOT NULL,
  event           TEXT NOT NULL,
  told            INTEGER NOT NULL,
  reminded        INTEGER NOT NULL,
  reminders       INTEGER NOT NULL,
  escalated       INTEGER NOT NULL,
  acknowledged_by TEXT,
  PRIMARY KEY (job, recipient)
) STRICT, WITHOUT ROWID;
