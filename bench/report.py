# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""docs/benchmarks.md: made of what was measured, of what each benchmark says about itself, and of bench/remarks.md."""

import inspect
import os
import re
import subprocess
import time

from rows import MET, MISSED, SKIPPED, table_lines

HEAD = '''<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->
<!-- Copyright The JobTracker Authors -->
<!-- Written by ./dev bench; what is said about missed goals comes from bench/remarks.md. -->

# Benchmarks

A figure alone says nothing about a program: machines differ and are noisy. So each one is a ratio to a floor (the
barest program that does the same) or to a peer, in the same run, on the same disk, the two sides in turn. The median of
the samples counts; behind the ratio stand its least and its greatest value. `./dev bench` measures all of it again and
writes this file, `./dev bench NAME` measures one section, `--quick` takes fewer and shorter samples.
'''


def first_line(*command):
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        return done.stdout.decode().split('\n')[0].strip()
    except OSError:
        return ''


def read_field(path, key):
    with open(path, encoding='utf-8') as file:
        return next((line.partition(':' if ':' in line else '=')[2].strip().strip('"') for line in file
                     if line.startswith(key)), '')


def describe_machine(build):
    """What figures depend on; nothing that tells one machine of a kind from another."""
    memory = int(read_field('/proc/meminfo', 'MemTotal').split()[0]) / 1048576
    virtual = first_line('systemd-detect-virt')
    parts = [f'{os.cpu_count()} × {read_field("/proc/cpuinfo", "model name")}']
    if virtual not in ('', 'none'):
        parts[0] += f' ({virtual})'
    parts += [f'{memory:.0f} GiB', read_field('/etc/os-release', 'PRETTY_NAME'),
              f'Linux {os.uname().release.split("-")[0]}', first_line('stat', '-f', '-c', '%T', build)]
    versions = [f'GLib {first_line("pkg-config", "--modversion", "glib-2.0")}',
                f'SQLite {first_line("pkg-config", "--modversion", "sqlite3")}',
                f'gcc {first_line("gcc", "-dumpfullversion")}',
                first_line('dbus-daemon', '--version').replace('D-Bus Message Bus Daemon', 'dbus-daemon')]
    node = first_line('node', '--version')
    return ', '.join(parts) + '; ' + ', '.join(versions) + (f', Node.js {node.lstrip("v")}' if node else '')


def read_remarks(path):
    """Key of a row → what is said about its miss: the text below a heading of that name."""
    with open(path, encoding='utf-8') as file:
        parts = re.split(r'^## (\S+)$', file.read(), flags=re.M)
    return {key: text.strip() for key, text in zip(parts[1::2], parts[2::2])}


def section_lines(name, bench, rows, remarks):
    title, _, how = inspect.getdoc(bench).partition('\n')
    lines = ['', f'## {name}', '', title, how.rstrip(), ''] + table_lines(rows)
    for row in rows:
        if row.verdict == MISSED:
            lines += ['', f'**{row.what}, against {row.against}**: {remarks.get(row.key, "not explained yet.")}']
    return lines


def write_report(path, build, benches, results, load, remarks):
    """RESULTS: name → rows. LOAD: what the machine was busy with before."""
    rows = [row for name in results for row in results[name]]
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in (MET, MISSED, SKIPPED)}
    lines = [HEAD, f'Measured on {time.strftime("%Y-%m-%d", time.gmtime())}: {describe_machine(build)}; load {load:.1f} at'
             ' the start.', '',
             f'{counts[MET]} goals met, {counts[MISSED]} missed, {counts[SKIPPED]} rows skipped; rows without a goal are'
             ' shown for orientation.']
    for name, found in results.items():
        lines += section_lines(name, benches[name], found, remarks)
    with open(path, 'w', encoding='utf-8') as file:
        file.write('\n'.join(lines) + '\n')
