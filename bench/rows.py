# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""The lines of the table: what was measured, against what, and whether that is good enough."""

import statistics

MET, MISSED, SKIPPED, PLAIN = 'met', 'MISSED', 'skipped', ''
TITLES = ['what', 'JobTracker', 'limit', 'against', 'ratio [spread]', 'goal', 'verdict']


def show(value):
    return f'{value:,.0f}' if abs(value) >= 100 or value == int(value) else f'{value:.2f}'


class Row:
    """Ours against the limit, alternating samples; the goal is of their ratio, None for a figure that is only shown.

    A row's key is BENCHMARK/WORD: the benchmark that measures it again, and what bench/remarks.md calls it.
    """

    def __init__(self, key, what, unit, ours, limit, against, goal=None, lower_is_better=True):
        self.key, self.what, self.unit, self.against = key, what, unit, against
        self.ours, self.limit = statistics.median(ours), statistics.median(limit)
        self.ratio = self.ours / self.limit if self.limit else float('inf')
        ratios = sorted(a / b for a, b in zip(ours, limit) if b)
        self.spread = (ratios[0], ratios[-1]) if ratios else (self.ratio, self.ratio)
        self.goal_text = '-' if goal is None else f'{"≤" if lower_is_better else "≥"} {goal:g}'
        is_met = goal is None or (self.ratio <= goal if lower_is_better else self.ratio >= goal)
        self.verdict = PLAIN if goal is None else MET if is_met else MISSED

    def cells(self):
        return [self.what, f'{show(self.ours)} {self.unit}', f'{show(self.limit)} {self.unit}', self.against,
                f'{self.ratio:.2f} [{self.spread[0]:.2f}..{self.spread[1]:.2f}]', self.goal_text, self.verdict]


class Count:
    """A plain number with a plain limit."""

    against = 'a fixed limit'

    def __init__(self, key, what, value, unit, most):
        self.key, self.what, self.value, self.unit, self.most = key, what, value, unit, most
        self.verdict = MET if value <= most else MISSED

    def cells(self):
        most = f'{show(self.most)} {self.unit}'.strip()
        return [self.what, f'{show(self.value)} {self.unit}'.strip(), most, self.against, '-', f'≤ {most}',
                self.verdict]


class Skip:
    """A row that cannot be measured here, with the reason."""

    def __init__(self, key, what, against, reason):
        self.key, self.what, self.against, self.reason = key, what, against, reason
        self.verdict = SKIPPED

    def cells(self):
        return [self.what, '-', '-', self.against, '-', '-', f'{SKIPPED}: {self.reason}']


def table_lines(rows):
    """A Markdown table, its columns as wide as a terminal wants them."""
    cells = [TITLES] + [row.cells() for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(len(TITLES))]
    lines = ['| ' + ' | '.join(cell.ljust(width) for cell, width in zip(line, widths)) + ' |' for line in cells]
    return lines[:1] + ['|' + '|'.join('-' * (width + 2) for width in widths) + '|'] + lines[1:]
