// SPDX-License-Identifier: LGPL-2.1-or-later
// Copyright The JobTracker Authors
//
// next.mjs croner|cron-parser SECONDS EXPRESSION: computes one occurrence after the other, from the first after 2026-01-01
// UTC on, for so long, each library in the way that is its fastest. Prints how many a second, and the first in seconds
// since the epoch.
import { CronExpressionParser } from 'cron-parser';
import { Cron } from 'croner';

const [library, seconds, expression] = process.argv.slice (2);
const from = new Date ('2026-01-01T00:00:00Z');
const until = new Date ('2150-01-01T00:00:00Z');

function with_croner () {
  const cron = new Cron (expression, { timezone: 'UTC', paused: true });

  return (after) => cron.nextRun (after);
}

function with_cron_parser () {
  const parse = (date) => CronExpressionParser.parse (expression, { currentDate: date, tz: 'UTC' });
  let iterator = parse (from);

  return (after) => {
    if (after === from)
      iterator = parse (from);
    return iterator.next ().toDate ();
  };
}

const next = library === 'croner' ? with_croner () : with_cron_parser ();
const first = next (from);
const start = process.hrtime.bigint ();
const limit = BigInt (Math.round (Number (seconds) * 1e9));
let at = from;
let count = 0;
let elapsed;

do {
  for (let i = 0; i < 16; i++) {
    at = next (at);
    if (at === null || at > until)
      at = from;
  }
  count += 16;
  elapsed = process.hrtime.bigint () - start;
} while (elapsed < limit);
console.log (`${(count / Number (elapsed)) * 1e9} ${first.getTime () / 1000}`);
