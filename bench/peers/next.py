# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""next.py SECONDS EXPRESSION: the same as next.mjs with croniter."""

import sys
import time

import croniter

FROM, UNTIL = 1767225600, 5680281600


def main():
    seconds, expression = float(sys.argv[1]), sys.argv[2]
    first = int(croniter.croniter(expression, FROM).get_next(float))
    iterator = croniter.croniter(expression, FROM)
    start, count = time.monotonic(), 0
    while time.monotonic() - start < seconds:
        for _ in range(16):
            if iterator.get_next(float) > UNTIL:
                iterator = croniter.croniter(expression, FROM)
        count += 16
    print(count / (time.monotonic() - start), first)


main()
