# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""Programs of others to compare with, and what is said when one of them is not there."""

import os
import shutil
import subprocess

from machine import Absent

PEERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'peers')
INSTALL_SECONDS = 120


def require(program, reason):
    if shutil.which(program) is None:
        raise Absent(reason)


def install_node_peers(machine):
    """The npm packages that peers/package-lock.json pins, in the build folder. Returns where they are."""
    require('node', 'there is no Node.js on this machine')
    require('npm', 'there is no npm on this machine')
    folder = os.path.join(machine.build, 'bench-peers')
    shutil.copytree(PEERS, folder, dirs_exist_ok=True)
    if os.path.exists(os.path.join(folder, 'node_modules', '.package-lock.json')):
        return folder
    try:
        done = subprocess.run(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], cwd=folder, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=INSTALL_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Absent('npm did not come to an end') from error
    if done.returncode != 0:
        raise Absent('npm could not install croner and cron-parser')
    return folder
