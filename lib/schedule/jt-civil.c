/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-civil.h"

gint64
jt_floor_div (gint64 number, gint64 divisor)
{
  return number / divisor - (number % divisor < 0 ? 1 : 0);
}

/* Years begin in March, so that the leap day is the last of its year, and eras of 400 years repeat exactly. */
gint64
jt_civil_to_days (int year, int month, int day)
{
  gint64 shifted = month <= 2 ? year - 1 : year;
  gint64 era = jt_floor_div (shifted, 400);
  gint64 year_of_era = shifted - era * 400;
  gint64 day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

JtDate
jt_civil_from_days (gint64 days)
{
  gint64 shifted = days + 719468;
  gint64 era = jt_floor_div (shifted, 146097);
  gint64 day_of_era = shifted - era * 146097;
  gint64 year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  gint64 day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  gint64 month_of_year = (5 * day_of_year + 2) / 153;
  int month = (int) (month_of_year < 10 ? month_of_year + 3 : month_of_year - 9);

  return (JtDate) {
    .year = (int) (year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
    .month = month,
    .day = (int) (day_of_year - (153 * month_of_year + 2) / 5 + 1),
  };
}

int
jt_civil_days_in_month (int year, int month)
{
  static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
  gboolean is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

  return lengths[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

int
jt_civil_weekday (gint64 days)
{
  return (int) (days + 4 - 7 * jt_floor_div (days + 4, 7));
}
