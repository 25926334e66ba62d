#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
# Work in steps, recorded by the service: how far it is, what it said, how it ended.
set -eu

# A record that cannot be kept is no reason not to work: the reason is said, and the rest goes on
# without it.
RUN=$(jobctl track start import --heartbeat-timeout 10min --message "reading") || RUN=
export JOBTRACKER_RUN="$RUN"
track() {
  [ -z "$RUN" ] || jobctl track "$@" || :
}

# However this script ends, its exit status is the end of the run. (A signal ends it through exit, or the trap would not see it.)
trap 'track finish "$?"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

count=0
for file in one two three four; do
  echo "loading $file" | track log
  count=$((count + 1))
  track progress "$count/4" "loaded $file"
done
