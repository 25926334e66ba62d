#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
# A dead-man's switch around a command: late when it has not checked in for a day and an hour.
set -u

# The command runs and its exit status is kept, whether the service is there or not.
jobctl -q ping backup start --expect-every 1d --expect-grace 1h
status=0
output=$(tar -cf /dev/null /etc/hostname 2>&1) || status=$?
# Through a pipe, because an argument may be too long; the last 64 KiB are kept.
printf '%s' "$output" | jobctl -q ping backup "$status" --log -
exit "$status"
