#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
# A dead-man's switch around a command: late when it has not checked in for a day and an hour.
set -u

jobctl -q ping backup start --expect-every 1d --expect-grace 1h
output=$(tar -cf /dev/null /etc/hostname 2>&1)
jobctl -q ping backup "$?" --log "$output"
