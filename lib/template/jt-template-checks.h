/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-mustache.h"
#include "jt-template-name.h"

/* What is wrong with a template before it is ever used: text that is none, variables that nobody fills, markup that would let a
 * value out of its place. Pure; partials of others are looked at by jt_templates_check(). */

/* Parses @text as the template @name and lints it. Refused, each with line and column: bytes that are no UTF-8, NUL and control
 * characters but tab and newline; more than 64 KiB; sections deeper than 16; a variable, section or key that the context does
 * not have (the nearest is named); {{{raw}}} in an html part; a value in a place of HTML where escaping does not hold it (an
 * attribute without quotes, a script, an address that is not one of links); a newline in a subject or title; a partial that is
 * a path or of another part. @length -1: @text ends with 0. (transfer full)
 * Fails with JT_ERROR_INVALID_TEMPLATE, JT_ERROR_TOO_LARGE, or JT_ERROR_INVALID_ARGUMENT for @name. */
JtMustache *jt_template_check (const char *name, const char *text, gssize length, GError **error);
