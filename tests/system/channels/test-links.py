#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""What the service and the client are linked with: nothing that speaks TLS, HTTP, SMTP or MIME.

test-links.py PROGRAM…; the last is a channel, which shows that the list is looked for in the right place.
"""

import os
import re
import shutil
import subprocess
import sys

UNWANTED = re.compile(r'lib(curl|gmime|soup|gnutls|ssl|crypto|nss3|mbedtls|gpgme|nettle|hogweed)\b')


def find_unwanted(program):
    environment = {key: value for key, value in os.environ.items() if key != 'LD_PRELOAD'}
    text = subprocess.run(['ldd', program], stdout=subprocess.PIPE, check=True, timeout=60, env=environment).stdout.decode()
    return sorted(set(UNWANTED.findall(text)))


def main():
    if shutil.which('ldd') is None:
        print('1..0 # SKIP there is no ldd')
        return
    *ours, channel = sys.argv[1:]
    print(f'1..{len(ours) + 1}')
    failures = 0
    for number, program in enumerate(ours, 1):
        unwanted = find_unwanted(program)
        failures += bool(unwanted)
        print(f'{"not ok" if unwanted else "ok"} {number} {os.path.basename(program)} is linked with none of them {unwanted or ""}')
    is_found = 'curl' in find_unwanted(channel)
    print(f'{"ok" if is_found else "not ok"} {len(ours) + 1} a channel is')
    sys.exit(1 if failures or not is_found else 0)


main()
