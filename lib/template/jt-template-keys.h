/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* The table of what a template may speak of. The checks, the sample and the manual are made from it, so that they agree;
 * whoever makes the context of a real event fills these names and no others. */

typedef enum
{
  JT_TEMPLATE_TEXT,   /* s: {{name}}, or {{#name}} if there is any */
  JT_TEMPLATE_NUMBER, /* an integer */
  JT_TEMPLATE_FLAG,   /* b: {{#name}} … {{/name}} */
  JT_TEMPLATE_TEXTS,  /* as: {{#name}}{{.}}{{/name}} */
  JT_TEMPLATE_GROUP,  /* a{sv}: {{name.key}}, or {{#name}}{{key}}{{/name}} */
  JT_TEMPLATE_GROUPS, /* aa{sv}: {{#name}}{{key}}{{/name}} for each of them */
} JtTemplateKind;

typedef struct
{
  const char    *name;   /* dotted: "run.attempts.number" is a key of each of run.attempts */
  JtTemplateKind kind;
  const char    *type;   /* of the value on the bus: "s", "u", "aa{sv}" … */
  const char    *help;   /* one sentence for the manual, without a full stop */
  const char    *sample; /* (nullable) what the sample has; numbers as digits, flags "yes" */
} JtTemplateKey;

/* Ends with a row whose name is NULL. Groups come before their keys. */
const JtTemplateKey *jt_template_keys (void);
/* (nullable) @length of @name, -1 if it ends with 0. */
const JtTemplateKey *jt_template_key_find (const char *name, gssize length);
