#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
#
# What ./dev promises about packages, builds and its last line, with the programs it calls replaced by ones that write
# down how they were called. Runs on a copy in a temporary folder.
# shellcheck disable=SC2016,SC2317 # bodies of fakes expand later; conditions are called through check
set -uo pipefail

source_dir=$(dirname "$(dirname "$(dirname "$(readlink -f "$0")")")")
scratch=$(mktemp -d "${TMPDIR:-/tmp}/jobtracker-dev.XXXXXX")
trap 'rm -rf -- "$scratch"' EXIT
number=0 failures=0

# check WHAT CONDITION…
check() {
  local what=$1
  shift
  number=$((number + 1))
  if "$@"; then
    printf 'ok %d %s\n' "$number" "$what"
  else
    printf 'not ok %d %s\n' "$number" "$what"
    failures=$((failures + 1))
    sed 's/^/# /' "$scratch/output" "$scratch/calls" 2> /dev/null
  fi
}

# fake NAME TEXT: a program in the path whose body is TEXT.
fake() {
  printf '#!/bin/bash\necho "%s $*" >> "%s/calls"\n%s\n' "$1" "$scratch" "$2" > "$scratch/bin/$1"
  chmod +x "$scratch/bin/$1"
}

dev() {
  : > "$scratch/calls"
  PATH="$scratch/bin:$PATH" "$scratch/tree/dev" "$@" > "$scratch/output" 2>&1
  status=$?
}

called() { grep -q -- "$1" "$scratch/calls"; }
said() { grep -q -- "$1" "$scratch/output"; }
said_commands() { for word in run test lab bench build lint po help; do said "^  $word" || return 1; done; }
not() { ! "$@"; }
status_is() { [ "$status" -eq "$1" ]; }
last_line_is() { [ "$(tail -n 1 "$scratch/output")" = "$1" ]; }

mkdir -p "$scratch/bin" "$scratch/tree"
cp "$source_dir/dev" "$source_dir/packages.list" "$scratch/tree/"
all_installed='shift 2; for package; do echo "installed $package"; done'
no_meson='shift 2; for package; do [ "$package" = meson ] || echo "installed $package"; done'
fake dpkg-query "$all_installed"
fake apt-get 'exit 0'
fake sudo 'exec "$@"'
fake id 'echo 0'
fake meson 'exit 0'
fake ninja 'exit 0'

echo 1..16
dev help
check 'help ends with 0' status_is 0
check 'help names every command' said_commands
dev nonsense
check 'an unknown command ends with 2' status_is 2
dev run --nonsense
check 'an unknown option ends with 2' status_is 2

dev build
check 'a build ends with 0' status_is 0
check 'apt-get is left alone when nothing is missing' not called '^apt-get'

fake dpkg-query "$no_meson"
dev build
check 'what is missing is installed, and only that' called '^apt-get install .*--no-install-recommends --no-remove meson$'
fake id 'echo 1000'
dev build
check 'sudo is used by others than root' called '^sudo .*apt-get install'
fake id 'echo 0'
fake apt-get '[ "$1" = update ] || { echo "no network"; exit 100; }'
dev build
check 'a failed installation ends with 1' status_is 1
check 'and says which packages and why' eval "said 'could not install: meson' && said 'no network'"
check 'and builds nothing' not called '^ninja'

fake dpkg-query "$all_installed"
fake ninja 'echo "a.c:1: error"; exit 1'
dev test
check 'a failed build ends the tests with 1' status_is 1
check 'its message is shown' said 'a.c:1: error'
check 'both builds count as failures' last_line_is '0 passed, 2 failed'
dev test --quick
check 'the quick one builds once' last_line_is '0 passed, 1 failed'
check 'CI runs the test command' grep -qx 'exec ./dev test' "$source_dir/.ci/run"

exit $((failures > 0))
