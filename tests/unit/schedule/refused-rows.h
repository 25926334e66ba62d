/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <glib.h>

/* Schedules that no job may have: each with the column of the fault and what the message must say, which is what to write instead. The
 * library is asked, jobctl and the service on the bus. */

typedef enum
{
  REFUSED,   /* does not parse: InvalidSchedule */
  TOO_LARGE, /* TooLarge */
  NEVER,     /* parses and never elapses: previews as that, and no job is defined with it */
} Refusal;

typedef struct
{
  const char *name;
  const char *text;     /* NULL: made by make_large_text() */
  guint       column;   /* 0: about the whole */
  const char *needle;   /* in the message, behind the column */
  Refusal     refusal;
  const char *timezone; /* NULL: UTC */
} RefusedRow;

/* The bad input that a careful tester thinks of. */
static const RefusedRow bad_input_rows[] = {
  { "01-empty", "", 0, "schedule is empty; write '30 2 * * *' or 'every 15min'" },
  { "02-blank", "  ", 0, "schedule is empty; write '30 2 * * *' or 'every 15min'" },
  { "03-minute", "60 * * * *", 1, "minute 0-59, not 60; the full hour is 0" },
  { "04-hour", "* 24 * * *", 3, "hour 0-23, not 24; midnight is 0" },
  { "05-day-low", "* * 0 * *", 5, "day of month 1-31, not 0; the last one is L" },
  { "06-day-high", "* * 32 * *", 5, "day of month 1-31, not 32; the last one is L" },
  { "07-month", "* * * 13 *", 7, "month 1-12, not 13; or a name, JAN to DEC" },
  { "08-weekday", "* * * * 8", 9, "weekday 0-7, not 8; 0 and 7 are Sunday, or write SUN to SAT" },
  { "09-three-fields", "1 2 3", 6, "has 3 fields, needs 5 or 6: minute hour day-of-month month weekday; write '1 2 3 * *'" },
  { "10-seven-fields", "1 2 3 4 5 6 7", 13, "has more than 6 fields; write '1 2 3 4 5 6' without the rest" },
  { "11-step-0", "*/0 * * * *", 3, "step at least 1, as in */5" },
  { "12-step-negative", "*/-5 * * * *", 3, "step at least 1, as in */5" },
  { "13-step-large", "*/99 * * * *", 3, "step 99 is larger than the range of the minute, 0-59; write 'every 99min'" },
  { "14-backwards", "5-1 * * * *", 1, "range runs backwards; use 5-59,0-1" },
  { "15-open-end", "1- * * * *", 3, "minute is missing; expected 0-59" },
  { "16-open-beginning", "-1 * * * *", 1, "minute 0-59 cannot be negative, and a range needs its beginning, as 0-5" },
  { "17-empty-item", "1,,2 * * * *", 3, "empty list item; write '1,2'" },
  { "18-empty-last-item", "1, * * * *", 3, "empty list item; write '1'" },
  { "19-letters", "a b c d e", 1, "minute: expected a number 0-59, '*', a range 0-5 or a step */5, not 'a'" },
  { "20-misspelt", "* * * * MOM", 9, "unknown weekday 'MOM'; did you mean MON? There are SUN MON TUE WED THU FRI SAT" },
  { "21-30-february", "0 0 30 2 *", 5, "never occurs: none of its months has a day 30; the last day of a month is L", NEVER },
  { "22-31-april", "0 0 31 4,6 *", 5, "never occurs: none of its months has a day 31; the last day of a month is L", NEVER },
  { "23-nickname", "@fortnightly", 1, "write 'every 2w'; there are @hourly @daily @midnight @weekly @monthly @yearly @annually @reboot" },
  { "24-trailing", "@reboot now", 9, "trailing text after @reboot; write @reboot alone" },
  { "25-fraction", "1.5 * * * *", 2, "unexpected '.' in the minute; expected whole numbers as 1,2 or 1-5 or */5" },
  { "26-exponent", "1e3 * * * *", 2, "unexpected 'e' in the minute; expected whole numbers as 1,2 or 1-5 or */5" },
  { "27-arabic-digit", "\xd9\xa3 * * * *", 1, "use the digits 0-9: write 3" },
  { "28-no-break-space", "1\xc2\xa0* * * *", 2, "U+00A0 is not a space here; write a plain one" },
  { "29-4-KiB", NULL, 0, "limit 4096", TOO_LARGE },
  { "30-1000-items", NULL, 281, "more than 100 list items; write ranges or steps, or several schedules", TOO_LARGE },
  { "31-20-digits", "99999999999999999999 * * * *", 1, "minute is too large; expected 0-59" },
  { "32-30-february", "*-02-30", 6, "never occurs: none of its months has a day 30; the last day of a month is '*-*~1'", NEVER },
  { "33-month", "2024-13-01", 6, "month 1-12, not 13; 1 is January" },
  { "34-weekday-range", "Mon..Foo", 6, "unknown weekday 'FOO'; there are SUN MON TUE WED THU FRI SAT" },
  { "35-second", "00:00:60", 7, "second 0-59, not 60; the full minute is 00" },
  { "36-zone", "* * * * *", 0, "did you mean 'Europe/Athens'?", REFUSED, "Europe/Atlantis" },
  { "37-trailing", "daily 02:30 xyz", 13, "unexpected 'xyz': after 'daily' only a zone may stand, as Europe/Berlin; with a time write '*-*-* 02:30'" },
  { "38-zone-path", "* * * * *", 0, "is not a zone name; zones have names like Europe/Berlin", REFUSED, "../../etc/passwd" },
  { "39-past", "at 2020-01-01 10:00", 4, "is in the past (at 2020-01-01T10:00:00Z); give a coming instant, or leave it out and start the job now", NEVER },
  { "40-short-interval", "every 0.5s", 7, "an interval is 1 s to 10 y" },
  { "40-long-interval", "every 500y", 7, "an interval is 1 s to 10 y" },
};

/* The usual slips. */
static const RefusedRow slip_rows[] = {
  /* cron: numbers and fields */
  { "step-90", "*/90 * * * *", 3, "write 'every 90min'" },
  { "step-hours", "0 */36 * * *", 5, "write 'every 36h'" },
  { "step-days", "0 0 */45 * *", 7, "write 'every 45d'" },
  { "step-months", "0 0 1 */18 *", 9, "larger than the range of the month, 1-12; write one value" },
  { "step-seconds", "*/90 * * * * *", 3, "write 'every 90s'" },
  { "step-missing", "*/ * * * *", 3, "as in */5" },
  { "step-twice", "1//2 * * * *", 3, "as in */5" },
  { "two-steps", "0 1/2/3 * * *", 6, "unexpected '/' in the hour; expected whole numbers as 1,2 or 1-5 or */5" },
  { "two-fields", "*/5 9", 6, "write '*/5 9 * * *'" },
  { "number", "60", 1, "a number alone is no schedule; write 'every 60min'" },
  { "number-minute", "15", 1, "write 'every 15min', or '15 * * * *' for that minute of each hour" },
  { "backwards-hours", "0 22-2 * * *", 3, "range runs backwards; use 22-23,0-2" },
  { "backwards-step", "0 22-2/2 * * *", 3, "range runs backwards; use 22,0,2" },
  { "backwards-months", "0 0 * 11-2 *", 7, "use 11-12,1-2" },
  { "backwards-weekdays", "0 0 * * SAT-MON", 9, "use 6,0-1" },
  { "backwards-from-7", "0 0 * * 7-2", 9, "use 0-2" },
  { "only-comma", ", * * * *", 1, "empty list item; write '*'" },
  { "one-field", "*/15", 5, "has 1 field, needs 5 or 6: minute hour day-of-month month weekday; write '*/15 * * * *'" },
  { "one-field-list", "15,45", 6, "write '15,45 * * * *'" },
  { "four-fields", "0 9,17 * *", 11, "write '0 9,17 * * *'" },
  { "user-and-command", "0 2 * * 1-5 root cmd", 13, "'root cmd' is no field: write '0 2 * * 1-5' alone; user and command" },
  { "command", "30 2 * * * /usr/bin/backup", 12, "'/usr/bin/backup' is no field: write '30 2 * * *' alone" },
  { "comment", "30 2 * * * # nightly", 12, "leave out the comment" },
  { "quartz-year", "0 0 12 * * ? 2026", 14, "write '0 0 12 * * ?' without the rest; for some years only write a calendar, as '2026-*-* 12:00'" },
  { "question-mark", "? 2 * * *", 1, "'?' is for the day fields; write '*'" },
  { "hash-of-jenkins", "H/15 * * * *", 1, "write a number, and spread starts with the setting jitter" },
  { "random", "0~59 * * * *", 2, "write a number, and spread starts with the setting jitter" },
  { "dots-in-cron", "0 9 * * Mon..Fri", 12, "a range of cron has '-', as in 1-5" },
  { "ordinal", "0 0 1st * *", 6, "leave out 'st'; write 1" },
  { "nth-weekday", "0 0 * * 5#6", 11, "number of the weekday in the month 1-5, as in 5#2" },
  { "from-last", "0 0 L-99 * *", 7, "distance from the last day 0-30, as in L-3" },
  { "semicolon", "30 2 * * *;", 11, "unexpected ';' in the weekday" },
  { "line-break", "30 2 * * *\n0 3 * * *", 11, "a schedule is one line, and a job may have several schedules" },
  { "31-digits", "9999999999999999999999999999999 * * * *", 1, "minute is too large; expected 0-59" },
  { "nickname-misspelt", "@dayly", 1, "did you mean @daily? There are @hourly" },
  { "nickname-minutely", "@minutely", 1, "write '* * * * *'" },
  { "nickname-every", "@every 5m", 1, "leave out the '@': write 'every 5m'" },
  { "nickname-trailing", "@weekly  x", 10, "trailing text after @weekly; write @weekly alone" },
  { "variable-zone", "CRON_TZ=Europe/Berlin 30 2 * * *", 1, "use the setting timezone" },
  { "variable", "MAILTO=ops 30 2 * * *", 1, "use the setting environment" },
  { "call-cron", "cron(0 12 * * ? *)", 1, "leave out 'cron(' and ')'" },
  { "call-rate", "rate(5 minutes)", 1, "leave out 'rate(' and ')'" },
  /* names of another language */
  { "german-mai", "0 0 1 Mai *", 7, "unknown month 'MAI'; did you mean MAY? There are JAN FEB MAR APR MAY JUN" },
  { "german-maerz", "0 0 1 M\xc3\xa4rz *", 7, "unknown month 'M\xc3\x84RZ'; did you mean MAR?" },
  { "german-oktober", "0 0 1 Okt *", 7, "did you mean OCT?" },
  { "german-dezember", "0 0 1 Dezember *", 7, "did you mean DEC?" },
  { "german-mi", "0 0 * * Mi", 9, "unknown weekday 'MI'; did you mean WED?" },
  { "german-mo-fr", "Mo-Fr 09:00", 1, "did you mean MON?" },
  { "german-unit", "every 5 Minuten", 9, "unknown unit 'minuten'; did you mean minute?" },
  { "german-date", "24.12.2026 18:00", 1, "a date is YEAR-MONTH-DAY; write 2026-12-24" },
  /* signs that look like ours */
  { "quotes", "'30 2 * * *'", 1, "leave out the quotation marks" },
  { "smart-quotes", "\xe2\x80\x9c" "30 2 * * *\xe2\x80\x9d", 1, "leave out the quotation marks" },
  { "low-quotes", "\xe2\x80\x9e" "30 2 * * *\xe2\x80\x9c", 1, "leave out the quotation marks" },
  { "en-dash", "0 0 * * 1\xe2\x80\x93" "5", 10, "(U+2013) is not known; write '-'" },
  { "minus", "0 0 * * 1\xe2\x88\x92" "5", 10, "(U+2212) is not known; write '-'" },
  { "ellipsis", "Mon\xe2\x80\xa6" "Fri 09:00", 4, "(U+2026) is not known; write '..'" },
  { "wide-digit", "\xef\xbc\x91 * * * *", 1, "use the digits 0-9: write 1" },
  { "wide-star", "0 2 \xef\xbc\x8a * *", 5, "(U+FF0A) is not known; write '*'" },
  { "wide-colon", "02\xef\xbc\x9a" "30", 3, "(U+FF1A) is not known; write ':'" },
  { "no-break-space", "30 2 *\xc2\xa0* *", 7, "U+00A0 is not a space here; write a plain one" },
  { "thin-space", "30\xe2\x80\xaf" "2 * * *", 3, "U+202F is not a space here; write a plain one" },
  { "zero-width", "30 2 * * *\xe2\x80\x8b", 11, "U+200B cannot be seen; leave it out" },
  { "byte-order-mark", "\xef\xbb\xbf" "30 2 * * *", 1, "U+FEFF cannot be seen; leave it out" },
  { "backslash", "\\*/5 * * * *", 1, "leave out the backslash" },
  { "escape", "30 2 * * *\x1b[0m", 11, "control character U+001B; leave it out" },
  { "letter", "30 2 * * \xc3\xa4", 10, "there are SUN MON TUE WED THU FRI SAT" },
  /* calendars */
  { "weekdays-backwards", "Fri..Mon", 1, "range runs backwards; use Fri..Sun,Mon" },
  { "weekdays-from-sunday", "Sun..Tue 10:00", 1, "range runs backwards; use Sun,Mon..Tue" },
  { "hours-backwards", "17..9:00", 1, "range runs backwards; use 17..23,0..9" },
  { "hour-24", "24:00", 1, "hour 0-23, not 24; midnight is 00:00" },
  { "hours-dash", "09-17:00", 3, "a range of a calendar has '..'; write 09..17:00" },
  { "time-range", "09:00-17:00", 6, "a range as 9..17:00" },
  { "day-32", "*-*-32", 5, "day 1-31, not 32; the last one is ~1" },
  { "days-from-0", "*-*-5..0", 8, "day 1-31, not 0; the last one is ~1" },
  { "months-to-0", "*-11..0-01", 7, "month 1-12, not 0; 1 is January" },
  { "step-leaves", "*:0/60", 3, "the repetition leaves the minute after its first time; write the one value" },
  { "step-leaves-month", "*-12/6-01", 3, "leaves the month" },
  { "hour-alone", "Mon 9", 6, "the minutes are missing; write 09:00" },
  { "hour-alone-after-date", "*-*-* 10", 9, "the minutes are missing; write 10:00" },
  { "no-colon", "0230", 3, "a ':' is missing; write 02:30" },
  { "dot", "02.30", 3, "hour and minute are joined by ':'; write 02:30" },
  { "h", "2h30", 2, "hour and minute are joined by ':'; write 02:30" },
  { "am", "2:30am", 5, "'am' is not known, hours are 0-23; write 02:30" },
  { "pm", "2:30 pm", 6, "'pm' is not known, hours are 0-23; write 14:30" },
  { "12am", "Mon 12am", 7, "write 00:00" },
  { "offset", "2026-12-24T18:00:00+01:00", 20, "write 'at 2026-12-24T18:00:00+01:00'" },
  { "offset-as-zone", "02:30 +01:00", 7, "'+01:00' is no zone; zones have names like Europe/Berlin" },
  { "abbreviation", "02:30 PST", 7, "unexpected 'PST'; here only a zone may stand, UTC or a name like Europe/Berlin" },
  { "zone-misspelt", "02:30 Europe/Berlim", 7, "unknown time zone 'Europe/Berlim'; did you mean 'Europe/Berlin'?" },
  { "zone-path", "02:30 ../../etc/passwd", 7, "'../../etc/passwd' is not a zone name" },
  { "daily-zone-misspelt", "daily Europe/Berlim", 7, "unknown time zone 'Europe/Berlim'; did you mean 'Europe/Berlin'?" },
  { "daily-zone-path", "weekly ../../etc/passwd", 8, "'../../etc/passwd' is not a zone name" },
  { "monthly-zone-small", "monthly europe/berlin", 9, "unknown time zone 'europe/berlin'; did you mean 'Europe/Berlin'?" },
  { "weekday-behind", "09:00 Mon-Fri", 7, "weekdays stand in front; write 'Mon-Fri 09:00'" },
  { "tabs", "calendar:\t*-*-*\t24:00", 17, "hour 0-23, not 24" },
  { "slashes", "2026/12/24 18:00", 1, "a date is YEAR-MONTH-DAY; write 2026-12-24" },
  { "american-date", "12/24/2026", 1, "a date is YEAR-MONTH-DAY, as 2026-12-24" },
  { "seconds-since", "@9999999999999999999999999999999", 2, "seconds since 1970 end with the year 2199" },
  { "calendar-without", "calendar:", 10, "an expression is missing; write *-*-* 02:30" },
  { "always-skipped", "Sun *-03~7/1 02:30", 5, "never occurs: on each of its days the clock goes forward over its time", NEVER, "Europe/Berlin" },
  { "years-over", "2020-01-01", 1, "never occurs again: its years are over", NEVER },
  { "years-over-weekday", "Mon 2020..2022-01-01", 5, "for each year write '*' in place of the year", NEVER },
  /* words */
  { "daily-at", "daily at 5", 7, "'daily' stands alone; write '*-*-* 05:00'" },
  { "daily-time", "daily 02:30", 7, "'daily' stands alone; write '*-*-* 02:30'" },
  { "hourly-at", "hourly at 5", 8, "'hourly' stands alone; write '*:05'" },
  { "weekdays", "weekdays 09:00", 1, "write 'Mon..Fri 09:00'" },
  { "mondays", "Mondays 09:00", 1, "write 'Mon 09:00'" },
  { "monday-25", "Monday 25:00", 8, "hour 0-23, not 25; midnight is 00:00" },
  { "monday-at", "monday at 9", 1, "write 'Mon 09:00'" },
  { "on-monday", "on monday at 9", 1, "write 'Mon 09:00'" },
  { "midnight", "midnight", 1, "write '00:00' for each day" },
  { "tomorrow", "tomorrow 07:00", 1, "for once write 'at tomorrow 07:00'" },
  { "now", "now", 1, "leave the schedule out, and start the job with jobctl run" },
  /* intervals */
  { "no-space", "every15min", 6, "a space is missing; write 'every 15min'" },
  { "no-unit", "every 15", 9, "missing unit after the number; write 'every 15min' for minutes, 'every 15h' for hours" },
  { "mins", "every 5 mins", 9, "unknown unit 'mins'; did you mean min?" },
  { "every-tabs", "every\t5\tparsecs", 9, "unknown unit; units are us, ms, s, min, h, d" },
  { "at-tab", "at\t2026-02-30", 12, "there is no day 30 in that month" },
  { "capitals", "every 5 MIN", 9, "units are small letters; write min" },
  { "capital-in-a-row", "in 1h30MIN", 8, "units are small letters; write min" },
  { "no-number", "every hour", 7, "a number is missing; write 'every 1h'" },
  { "number-word", "every five minutes", 7, "write the number in digits: 'every 5min'" },
  { "every-day-at", "every day at 5", 7, "write '*-*-* 05:00' for each day" },
  { "every-other-day", "every other day", 7, "'every 2d'" },
  { "every-monday", "every monday at 9:30", 7, "write 'Mon 09:30'" },
  { "every-weekday", "every weekday", 7, "write 'Mon..Fri 00:00'" },
  { "every-days-at", "every 2 days at 5", 14, "takes no time of the day; write a calendar, as '*-*-* 05:00', or 'every 2d from 2026-01-01 05:00'" },
  { "every-nothing", "every", 6, "an interval is missing; write every 15min" },
  { "every-from-nothing", "every 1h from", 14, "write from 2026-01-01 05:00" },
  { "every-0", "every 0s", 7, "an interval is 1 s to 10 y" },
  { "every-negative", "every -5m", 7, "a duration is not negative; write 15min" },
  { "every-after-what", "every 10min after lunch", 19, "'after' is the last word" },
  { "every-31-digits", "every 9999999999999999999999999999999s", 7, "too large; write 15min, 1h 30min or PT15M" },
  { "every-in-cron", "cron:every 5min", 16, "has 2 fields, needs 5 or 6" },
  { "each", "each 10 minutes", 1, "write 'every' in place of 'each'" },
  { "length-alone", "15min", 1, "write 'every 15min', or 'in 15min' for once" },
  { "length-alone-iso", "PT15M", 1, "write 'every PT15M', or 'in PT15M' for once" },
  /* single instants */
  { "in-negative", "in -5min", 4, "a duration is not negative; write 15min" },
  { "in-no-unit", "in 5", 5, "write 'in 5min' for minutes, 'in 5h' for hours" },
  { "in-words", "in five minutes", 4, "write the number in digits: 'in 5min'" },
  { "at-25", "at 25:00", 4, "hour 0-23, not 25; write 18:30 or 2026-12-24 18:00" },
  { "at-nothing", "at", 3, "a time is missing; write at 18:30" },
  { "at-soon", "at soon", 4, "write 2026-12-24 18:00, 18:30 or tomorrow 07:00" },
  { "at-noon", "at noon", 4, "write 'at 12:00'" },
  { "at-18", "at 18", 6, "the minutes are missing; write 18:00" },
  { "at-9-00", "at 9:00", 4, "an hour has two digits; write 09:00" },
  { "at-6pm", "at 6pm", 5, "write 18:00" },
  { "at-order", "at 10:00 tomorrow", 10, "write 'at tomorrow 10:00'" },
  { "at-30-february", "at 2026-02-30 10:00", 12, "there is no day 30 in that month, it has 28" },
  { "at-date", "at 24.12.2026 18:00", 4, "write 2026-12-24" },
  { "at-31-digits", "at 9999999999999999999999999999999", 4, "year 1970-2500, not 9999" },
};

/* The text of a row that has none of its own: too long, or a list of 1000. (transfer full) */
static inline char *
make_large_text (const RefusedRow *row)
{
  GString *list;

  if (row->column == 0)
    return g_strnfill (8192, '*');
  list = g_string_new ("0");
  for (guint i = 1; i < 1000; i++)
    g_string_append_printf (list, ",%u", i % 60);
  g_string_append (list, " * * * *");
  return g_string_free (list, FALSE);
}
