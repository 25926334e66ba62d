#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""What ./dev bench makes of what it has measured: verdicts, the table, docs/benchmarks.md. Nothing is measured here."""

import os
import re
import sys
import tempfile

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(SOURCE, 'bench'))

import bench  # noqa: E402
import machine  # noqa: E402
import report  # noqa: E402
import rows  # noqa: E402


def row(ours, limit, goal, lower_is_better=True):
    return rows.Row('some/row', 'what', 'ms', ours, limit, 'floor', goal, lower_is_better)


def test_verdicts():
    assert row([2.0], [1.0], 2).verdict == 'met'
    assert row([2.1], [1.0], 2).verdict == 'MISSED'
    assert row([0.9], [1.0], 0.85, False).verdict == 'met'
    assert row([0.8], [1.0], 0.85, False).verdict == 'MISSED'
    assert row([9.0], [1.0], None).verdict == ''
    assert rows.Count('some/count', 'wake-ups', 0, '', 0).verdict == 'met'
    assert rows.Count('some/count', 'wake-ups', 1, '', 0).verdict == 'MISSED'


def test_medians_and_spread():
    one = row([1.0, 2.0, 90.0], [1.0, 1.0, 3.0], 1)
    assert one.ours == 2.0 and one.limit == 1.0 and one.spread == (1.0, 30.0)
    assert one.cells() == ['what', '2 ms', '1 ms', 'floor', '2.00 [1.00..30.00]', '≤ 1', 'MISSED']


def test_table():
    lines = rows.table_lines([row([1.0], [1.0], 1), rows.Skip('some/peer', 'rate', 'peer', 'not here')])
    assert len({len(line) for line in lines}) == 1
    assert lines[3].endswith('| skipped: not here |')


def test_wakeups():
    before, after = {'1': 10, '2': 5}, {'1': 12, '3': 4}
    # Two of thread 1, four of thread 3 that is new, and thread 2 woke to end.
    assert machine.count_wakeups(before, after) == 7


def written(results, remarks):
    with tempfile.TemporaryDirectory(prefix='jobtracker-bench.') as folder:
        path = os.path.join(folder, 'benchmarks.md')
        report.write_report(path, folder, bench.BENCHES, results, 0.1, remarks)
        with open(path, encoding='utf-8') as file:
            return file.read(), folder


def test_report():
    good = rows.Row('add/job', 'AddJob', 'us', [1.0], [1.0], 'floor', 1)
    bad = rows.Row('read/get', 'GetAll', 'us', [4.0], [1.0], 'echo', 1)
    text, folder = written({'add': [good], 'read': [bad]}, {'read/get': 'Because.', 'add/job': 'Never shown.'})
    assert '1 goals met, 1 missed, 0 rows skipped' in text
    assert '**GetAll, against echo**: Because.' in text and 'Never shown.' not in text
    assert '## add\n\nAddJob, durable' in text
    assert folder not in text and os.uname().nodename not in text
    text, _ = written({'read': [bad], 'idle': [rows.Count('idle/wakeups', 'wake-ups', 3, '', 0)]}, {})
    assert text.count('not explained yet') == 2


def test_remarks():
    """each remark is about a row that there is, and each benchmark says how it measures"""
    remarks = report.read_remarks(os.path.join(SOURCE, 'bench', 'remarks.md'))
    for key in remarks:
        name, _, word = key.partition('/')
        assert name in bench.BENCHES and word, key
        assert remarks[key], key
    for name, function in bench.BENCHES.items():
        title, _, how = function.__doc__.partition('\n')
        assert title.endswith('.') and len(re.sub(r'\s+', ' ', how)) > 80, name


def main():
    tests = [(name[len('test_'):].replace('_', ' '), test) for name, test in globals().items() if name.startswith('test_')]
    print(f'1..{len(tests)}')
    failed = False
    for number, (name, test) in enumerate(tests, 1):
        try:
            test()
            print(f'ok {number} {name}')
        except AssertionError as error:
            failed = True
            print(f'# line {error.__traceback__.tb_next.tb_lineno}: {error}\nnot ok {number} {name}')
    sys.exit(1 if failed else 0)


if __name__ == '__main__':
    main()
