/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "random-cron.h"

#include <string.h>

typedef struct
{
  int                least;
  int                most;
  const char *const *names; /* (nullable) of numbers from `least` on */
} FieldKind;

static const char *const month_names[] = { "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec" };
static const char *const weekday_names[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun" };

static const FieldKind seconds = { 0, 59, NULL }, minutes = { 0, 59, NULL }, hours = { 0, 23, NULL }, days = { 1, 31, NULL },
                       months = { 1, 12, month_names }, weekdays = { 0, 7, weekday_names };

static gboolean
chance (GRand *rand, int percent)
{
  return g_rand_int_range (rand, 0, 100) < percent;
}

/* As a number, perhaps with zeros in front, or as a name in any case. Sunday's is that of 0, and of 7 where a range ends in it. */
static void
add_value (GRand *rand, GString *text, const FieldKind *kind, int value, gboolean may_name)
{
  gsize begin = text->len;

  if (kind->names == NULL || !may_name || chance (rand, 60))
    {
      g_string_append_printf (text, chance (rand, 10) ? "%02d" : "%d", value);
      return;
    }
  g_string_append (text, kind->names[value - kind->least]);
  for (gsize i = begin; i < text->len; i++)
    if (chance (rand, 30))
      text->str[i] = g_ascii_toupper (text->str[i]);
}

static void
add_step (GRand *rand, GString *text, const FieldKind *kind, int *step)
{
  *step = g_rand_int_range (rand, 1, chance (rand, 80) ? MAX ((kind->most - kind->least) / 2, 2) : kind->most - kind->least + 1);
  g_string_append_printf (text, "/%d", *step);
}

static void
add_numbers (GRand *rand, CronField *field, GString *text, const FieldKind *kind)
{
  int first = g_rand_int_range (rand, kind->least, kind->most + 1);
  int last = first;
  int step = 1;
  gboolean may_name_7 = first > 0 && !field->is_plain;

  add_value (rand, text, kind, first, kind != &weekdays || first != 7);
  if (chance (rand, 40))
    {
      last = g_rand_int_range (rand, first, kind->most + 1);
      g_string_append_c (text, '-');
      add_value (rand, text, kind, last, kind != &weekdays || last != 7 || may_name_7);
      if (chance (rand, 40))
        add_step (rand, text, kind, &step);
    }
  else if (!field->is_plain && chance (rand, 20))
    {
      last = kind->most;
      add_step (rand, text, kind, &step);
    }
  for (int value = first; value <= last; value += step)
    field->has[value] = TRUE;
}

static void
add_star (GRand *rand, CronField *field, GString *text, const FieldKind *kind, char star)
{
  int step = 1;

  g_string_append_c (text, star);
  if (chance (rand, 50))
    add_step (rand, text, kind, &step);
  for (int value = kind->least; value <= kind->most; value += step)
    field->has[value] = TRUE;
}

static void
add_special (CronField *field, GString *text, DayRule rule, int value, int number)
{
  static const char *const formats[] = { "L", "LW", "%dW", "%d#%d", "%dL" };

  field->special[field->n_special++] = (SpecialDay){ rule, value, number };
  if (rule == DAY_NUMBERED)
    g_string_append_printf (text, "%d#%d", value, number);
  else if (rule == DAY_WORKING_NEAR || rule == DAY_LAST_OF)
    g_string_append_printf (text, rule == DAY_LAST_OF ? "%dL" : "%dW", value);
  else if (value == 0)
    g_string_append (text, formats[rule]);
  else
    g_string_append_printf (text, "L-%d%s", value, rule == DAY_LAST_WORKING ? "W" : "");
}

static void
add_rule (GRand *rand, CronField *field, GString *text, const FieldKind *kind)
{
  if (kind == &weekdays)
    {
      int day = g_rand_int_range (rand, 0, 8);

      if (chance (rand, 50))
        add_special (field, text, DAY_NUMBERED, day, g_rand_int_range (rand, 1, 6));
      else
        add_special (field, text, DAY_LAST_OF, day, 0);
      return;
    }
  switch (g_rand_int_range (rand, 0, 3))
    {
    case 0:
      add_special (field, text, DAY_LAST, chance (rand, 50) ? 0 : g_rand_int_range (rand, 1, 31), 0);
      break;
    case 1:
      add_special (field, text, DAY_LAST_WORKING, chance (rand, 50) ? 0 : g_rand_int_range (rand, 1, 31), 0);
      break;
    default:
      add_special (field, text, DAY_WORKING_NEAR, g_rand_int_range (rand, 1, 32), 0);
      break;
    }
}

static void
add_field (GRand *rand, CronField *field, GString *text, const FieldKind *kind, int star_chance)
{
  gboolean is_day = kind == &days || kind == &weekdays;
  int n_items = chance (rand, 60) ? 1 : g_rand_int_range (rand, 2, 5);

  if (text->len > 0)
    g_string_append (text, chance (rand, 95) ? " " : " \t ");
  if (chance (rand, star_chance))
    {
      field->is_star = TRUE;
      add_star (rand, field, text, kind, is_day && !field->is_plain && chance (rand, 15) ? '?' : '*');
      n_items = chance (rand, 92) ? 0 : 1;
    }
  for (int i = 0; i < n_items; i++)
    {
      if (i > 0 || field->is_star)
        g_string_append_c (text, ',');
      if (i > 0 && chance (rand, 5))
        add_star (rand, field, text, kind, '*');
      else if (is_day && !field->is_plain && chance (rand, 20))
        add_rule (rand, field, text, kind);
      else
        add_numbers (rand, field, text, kind);
    }
}

static void
add_fields (GRand *rand, CronExpression *expression)
{
  add_field (rand, &expression->minute, expression->text, &minutes, 25);
  add_field (rand, &expression->hour, expression->text, &hours, 40);
  add_field (rand, &expression->day, expression->text, &days, 55);
  add_field (rand, &expression->month, expression->text, &months, 80);
  add_field (rand, &expression->weekday, expression->text, &weekdays, 55);
  expression->weekday.has[0] |= expression->weekday.has[7];
}

void
random_cron (GRand *rand, CronExpression *expression)
{
  memset (expression, 0, sizeof *expression);
  expression->text = g_string_new (NULL);
  expression->has_seconds = chance (rand, 15);
  if (expression->has_seconds)
    add_field (rand, &expression->second, expression->text, &seconds, 10);
  else
    expression->second.has[0] = TRUE;
  add_fields (rand, expression);
}

void
random_crontab (GRand *rand, CronExpression *expression)
{
  memset (expression, 0, sizeof *expression);
  expression->text = g_string_new (NULL);
  expression->second.has[0] = TRUE;
  expression->minute.is_plain = expression->hour.is_plain = expression->day.is_plain = TRUE;
  expression->month.is_plain = expression->weekday.is_plain = TRUE;
  add_fields (rand, expression);
}

void
cron_expression_clear (CronExpression *expression)
{
  g_string_free (expression->text, TRUE);
}
