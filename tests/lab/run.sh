#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
#
# Installs a build into a disposable machine with a real systemd, and tries it there: run.sh BUILD
#
# The machine comes from a program "lab", in the path or named by JOBTRACKER_LAB, of which these verbs are used:
#   lab with [OPTION…] -- COMMAND…       boots a machine, runs COMMAND here, takes the machine down;
#                                        JOBTRACKER_LAB_OPTIONS has the options
#   lab exec [--user NAME] -- COMMAND…   runs COMMAND there, as root or in a login of NAME (alice, bob)
#   lab copy FOLDER/. lab:/              puts files there
#   lab reboot
set -euo pipefail

skip() { printf '1..0 # SKIP %s\n' "$*"; exit 0; }
# option NAME: its value in the build
option() {
  meson introspect --buildoptions "$build" \
    | python3 -c 'import json, sys; print(*[o["value"] for o in json.load(sys.stdin) if o["name"] == sys.argv[1]])' "$1"
}

build=$1
JOBTRACKER_LAB=$(command -v "${JOBTRACKER_LAB:-lab}") || skip 'no lab in the path nor in JOBTRACKER_LAB'
[ "$(id -u)" -eq 0 ] || skip 'the lab wants root'
[ "$(option b_sanitize)" = none ] || skip 'the lab has no sanitizers'
[ "$(option systemd)" != disabled ] || skip 'built without units'
export JOBTRACKER_LAB

stage=$(mktemp -d "${TMPDIR:-/tmp}/jobtracker-lab.XXXXXX")
trap 'rm -rf -- "$stage"' EXIT
meson install -C "$build" --no-rebuild --destdir "$stage" > /dev/null
JOBTRACKER_CONFIG=$(option prefix)/$(option sysconfdir)
[[ $(option sysconfdir) != /* ]] || JOBTRACKER_CONFIG=$(option sysconfdir)
export JOBTRACKER_CONFIG=$JOBTRACKER_CONFIG/jobtracker
read -ra options <<< "${JOBTRACKER_LAB_OPTIONS:-}"
"$JOBTRACKER_LAB" with "${options[@]}" -- "$(dirname "$0")/cases.sh" "$stage"
