#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
#
# Installs a configuration file, but not over one that somebody may have changed: install-config.sh FROM TO
set -eu
to=${DESTDIR:-}$2
if [ -e "$to" ]; then
  [ -n "${MESON_INSTALL_QUIET:-}" ] || echo "Keeping $to as it is"
  exit 0
fi
install -D -m 0644 "$1" "$to"
