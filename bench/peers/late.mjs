// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright The JobTracker Authors
//
// late.mjs COUNT COMMAND…: COUNT schedules of croner, each second, each of which starts COMMAND.
import { spawn } from 'node:child_process';
import { Cron } from 'croner';

const [count, program, ...words] = process.argv.slice (2);

for (let i = 0; i < Number (count); i++)
  new Cron ('* * * * * *', () => spawn (program, words, { stdio: 'ignore' }));
