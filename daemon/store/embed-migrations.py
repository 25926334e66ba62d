# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""Writes the migration files, in order, as one C array of strings."""
import json
import sys

output, *inputs = sys.argv[1:]
with open(output, 'w', encoding='utf-8') as out:
    out.write('/* Made from the files in migrations/. */\n#include "jt-migrations.h"\n\nconst char *const jt_migrations[] = {\n')
    for name in sorted(inputs):
        with open(name, encoding='utf-8') as file:
            for line in file:
                out.write('  ' + json.dumps(line, ensure_ascii=True) + '\n')
        out.write('  ,\n')
    out.write('  NULL,\n};\n')
