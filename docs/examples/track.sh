#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
# Work in steps, recorded by the service: how far it is, what it said, how it ended.
set -eu

RUN=$(jobctl track start import --heartbeat-timeout 10min --message "reading")
export JOBTRACKER_RUN="$RUN"
trap 'jobctl track finish "$?"' EXIT

for file in one two three four; do
  echo "loading $file" | jobctl track log
  done_so_far=$((${done_so_far:-0} + 1))
  jobctl track progress "$done_so_far/4" "loaded $file"
done
