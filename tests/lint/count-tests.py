#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""Counts what a run of `meson test` proved: count-tests.py TESTLOG.JSON prints PASSED FAILED SKIPPED.

A TAP program counts with each of its cases, any other with itself. A program that ends badly without
a failed case (a crash, a sanitizer's report, a time limit, fewer cases than planned) is one failure more.
Below these figures stands what failed, with the last lines that the program said.
"""

import json
import re
import sys

CASE = re.compile(r'^(not )?ok\b(.*)$')
GOOD = {'OK', 'SKIP', 'EXPECTEDFAIL'}
LAST_LINES = 25


def count_cases(text):
    passed = failed = skipped = 0
    for line in text.splitlines():
        match = CASE.match(line)
        if not match:
            continue
        directive = match.group(2).upper()
        if '# SKIP' in directive:
            skipped += 1
        elif match.group(1) and '# TODO' not in directive:
            failed += 1
        else:
            passed += 1
    return passed, failed, skipped


def count_program(entry):
    passed, failed, skipped = count_cases(entry.get('stdout') or '')
    good = entry.get('result') in GOOD
    if not passed and not failed and not skipped:
        if entry.get('result') == 'SKIP':
            return 0, 0, 1
        return (1, 0, 0) if good else (0, 1, 0)
    if not good and not failed:
        failed = 1
    return passed, failed, skipped


def describe_failure(entry):
    """What a program that failed said of it: its failed cases, and the end of all it wrote."""
    name, result = entry.get('name', '?'), entry.get('result', '?')
    said = (entry.get('stdout') or '').splitlines()
    cases = [line for line in said if (match := CASE.match(line)) and match.group(1)]
    wrote = (said + (entry.get('stderr') or '').splitlines())[-LAST_LINES:]
    return [f'failed: {name} ({result})'] + [f'  {line}' for line in cases[:LAST_LINES]] + [f'  | {line}' for line in wrote]


def read_log(lines):
    totals, failures = [0, 0, 0], []
    for line in lines:
        if not line.strip():
            continue
        entry = json.loads(line)
        counted = count_program(entry)
        totals = [total + number for total, number in zip(totals, counted)]
        if counted[1]:
            failures += describe_failure(entry)
    return totals, failures


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    try:
        with open(sys.argv[1], encoding='utf-8', errors='replace') as log:
            totals, failures = read_log(log)
        print(*totals)
        for line in failures:
            print(line)
    except OSError as error:
        sys.exit(f'could not count the tests: {error}')


if __name__ == '__main__':
    main()
