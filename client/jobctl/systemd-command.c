/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "systemd-job.h"

#include <string.h>

#include <glib/gi18n-lib.h>

#include "unit-exec.h"
#include "unit-words.h"

/* What a service runs. One command without anything around it is the job's; everything else becomes a line for the shell that does
 * the same, step by step, and ends with the same code. */

#define SYSTEM_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define NAME_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"

typedef enum
{
  STEP_BEFORE,
  STEP_MAIN,
  STEP_AFTER,
} StepKind;

typedef struct
{
  const UnitLine *line;
  UnitCommand    *command; /* (owned) */
  StepKind        kind;
  GPtrArray      *plain; /* (element-type utf8) (owned) its words */
  GPtrArray      *shell; /* (element-type utf8) (owned) the same as a shell has to read them */
} Step;

typedef struct
{
  SystemdJob *job;
  GPtrArray  *steps; /* (element-type Step) (owned) */
  gboolean    needs_shell;
  gboolean    is_split; /* a variable becomes several words */
} Commands;

static void
step_free (Step *step)
{
  unit_command_free (step->command);
  g_ptr_array_unref (step->plain);
  g_ptr_array_unref (step->shell);
  g_free (step);
}

/* --- variables --- */

typedef enum
{
  VARIABLE_KNOWN,  /* its value is *@value */
  VARIABLE_LATER,  /* when the job starts */
  VARIABLE_EMPTY,
  VARIABLE_SYSTEMDS, /* systemd says what it is, and here nobody does */
} VariableKind;

/* A user's manager hands on what the session has, the system's only what it is told to. */
static gboolean
is_handed_on (SystemdJob *job, const char *name)
{
  for (guint i = 0; i < job->service->lines->len; i++)
    {
      const UnitLine *line = g_ptr_array_index (job->service->lines, i);
      g_auto (GStrv) names = g_str_equal (line->key, "PassEnvironment") ? unit_words_split (line->value, UNIT_ESCAPES_KEPT, NULL) : NULL;

      if (names != NULL && g_strv_contains ((const char *const *) names, name))
        return TRUE;
    }
  return job->manager == UNIT_MANAGER_USER;
}

static VariableKind
find_variable (SystemdJob *job, const char *name, const char **value)
{
  static const char *const usual[] = { "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", NULL };
  static const char *const theirs[] = {
    "INVOCATION_ID", "JOURNAL_STREAM", "MAINPID", "MANAGERPID", "NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY", "RUNTIME_DIRECTORY",
    "SYSTEMD_EXEC_PID", "TRIGGER_UNIT", "TRIGGER_TIMER_REALTIME_USEC", "TRIGGER_TIMER_MONOTONIC_USEC", "SERVICE_RESULT", "EXIT_CODE",
    "EXIT_STATUS", "WATCHDOG_USEC", "LISTEN_FDS", NULL,
  };

  *value = g_environ_getenv (job->environment, name);
  if (g_strv_contains (theirs, name))
    return VARIABLE_SYSTEMDS;
  if (job->environment_file != NULL)
    return VARIABLE_LATER;
  if (*value != NULL)
    return VARIABLE_KNOWN;
  if (g_strv_contains (usual, name))
    return VARIABLE_LATER;
  return is_handed_on (job, name) ? VARIABLE_SYSTEMDS : VARIABLE_EMPTY;
}

static void
refuse_variable (Commands *self, const Step *step, const char *name)
{
  systemd_job_say (self->job, REMARK_BLOCKS, step->line, _("$%s is what systemd hands to the service; a job does not have it"), name);
}

static void
add_word (Step *step, const char *word)
{
  gboolean is_plain = *word != '\0' && strpbrk (word, " \t\n\r\"'\\$&|;<>()*?[]#~`{}!=%") == NULL;

  g_ptr_array_add (step->plain, g_strdup (word));
  g_ptr_array_add (step->shell, is_plain ? g_strdup (word) : g_shell_quote (word));
}

/* "$NAME" as a word of its own: its value, split as words of units are. */
static void
add_split_variable (Commands *self, Step *step, const char *name)
{
  g_auto (GStrv) words = NULL;
  const char *value;

  switch (find_variable (self->job, name, &value))
    {
    case VARIABLE_KNOWN:
      words = unit_words_split (value, UNIT_ESCAPES_KEPT, NULL);
      for (guint i = 0; words != NULL && words[i] != NULL; i++)
        add_word (step, words[i]);
      if (words == NULL)
        systemd_job_say (self->job, REMARK_BLOCKS, step->line, _("the value of $%s cannot be split into words"), name);
      break;
    case VARIABLE_LATER:
      self->needs_shell = self->is_split = TRUE;
      g_ptr_array_add (step->shell, g_strdup_printf ("$%s", name));
      break;
    case VARIABLE_EMPTY:
      break;
    default:
      refuse_variable (self, step, name);
    }
}

/* "${NAME}" within a word. */
static void
append_variable (Commands *self, Step *step, const char *name, GString *plain, GString *shell)
{
  g_autofree char *quoted = NULL;
  const char *value;

  switch (find_variable (self->job, name, &value))
    {
    case VARIABLE_KNOWN:
      quoted = g_shell_quote (value);
      g_string_append (plain, value);
      g_string_append (shell, quoted);
      break;
    case VARIABLE_LATER:
      self->needs_shell = TRUE;
      g_string_append_printf (shell, "\"${%s}\"", name);
      break;
    case VARIABLE_EMPTY:
      g_string_append (shell, "''");
      break;
    default:
      refuse_variable (self, step, name);
    }
}

static void
append_text (const char *text, gsize length, GString *plain, GString *shell)
{
  g_autofree char *part = g_strndup (text, length);
  g_autofree char *quoted = g_shell_quote (part);

  g_string_append (plain, part);
  g_string_append (shell, quoted);
}

/* The length of a "${NAME}" at @at; 0: there is none. */
static gsize
get_reference_length (const char *at)
{
  gsize length = at[0] == '$' && at[1] == '{' ? strspn (at + 2, NAME_CHARACTERS) : 0;

  return length > 0 && at[2 + length] == '}' ? length + 3 : 0;
}

/* Pieces between variables; "$$" is a "$", and any other "$" itself. */
static void
add_word_with_variables (Commands *self, Step *step, const char *word)
{
  g_autoptr (GString) plain = g_string_new (NULL);
  g_autoptr (GString) shell = g_string_new (NULL);

  while (*word != '\0')
    {
      gsize length = get_reference_length (word);

      if (length > 0)
        {
          g_autofree char *name = g_strndup (word + 2, length - 3);

          append_variable (self, step, name, plain, shell);
        }
      else if (g_str_has_prefix (word, "$$"))
        {
          append_text ("$", 1, plain, shell);
          length = 2;
        }
      else
        {
          length = 1 + strcspn (word + 1, "$");
          append_text (word, length, plain, shell);
        }
      word += length;
    }
  g_ptr_array_add (step->plain, g_strdup (plain->str));
  g_ptr_array_add (step->shell, g_strdup (shell->str));
}

static void
add_argument (Commands *self, Step *step, const char *word)
{
  if (strchr (word, '$') == NULL || (step->command->flags & UNIT_EXEC_NO_VARIABLES))
    add_word (step, word);
  else if (word[0] == '$' && word[1] != '{' && word[1] != '$')
    add_split_variable (self, step, word + 1);
  else
    add_word_with_variables (self, step, word);
}

/* --- steps --- */

/* Where systemd would find a bare name; a shell might take one of its own commands instead. (transfer full) (nullable) */
static char *
find_program (SystemdJob *job, const char *name)
{
  const char *own = unit_get (job->service, "Service", "ExecSearchPath");
  g_auto (GStrv) folders = g_strsplit (own != NULL ? own : SYSTEM_PATH, ":", -1);

  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], name, NULL);

      if (g_path_is_absolute (path) && g_file_test (path, G_FILE_TEST_IS_EXECUTABLE) && !g_file_test (path, G_FILE_TEST_IS_DIR))
        return g_steal_pointer (&path);
    }
  return NULL;
}

/* The program's path and what it is called with are one thing to a job. */
static gboolean
has_its_own_name (const UnitCommand *command)
{
  g_autofree char *base = g_path_get_basename (command->path);

  return g_str_equal (command->argv[0], command->path) || g_str_equal (command->argv[0], base);
}

static void
check_step (Commands *self, const Step *step)
{
  SystemdJob *job = self->job;

  if (!has_its_own_name (step->command))
    systemd_job_say (job, REMARK_BLOCKS, step->line, _("the program would find another name for itself than '%s'"), step->command->argv[0]);
  if ((step->command->flags & UNIT_EXEC_AS_ROOT) && job->user != NULL && !g_str_equal (job->user, "root"))
    systemd_job_say (job, REMARK_BLOCKS, step->line, _("it runs with the rights of root, and the rest as %s; a job has one user"), job->user);
  for (guint i = 0; i < step->plain->len; i++)
    if (!g_utf8_validate (g_ptr_array_index (step->plain, i), -1, NULL))
      {
        systemd_job_say (job, REMARK_BLOCKS, step->line, _("argument %u is not valid UTF-8"), i);
        break;
      }
}

static void
add_step (Commands *self, const UnitLine *line, UnitCommand *command, StepKind kind)
{
  Step *step = g_new0 (Step, 1);
  gboolean is_bare = *command->path != '/';
  g_autofree char *found = is_bare ? find_program (self->job, command->path) : NULL;

  step->line = line;
  step->command = command;
  step->kind = kind;
  step->plain = g_ptr_array_new_with_free_func (g_free);
  step->shell = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->steps, step);
  add_word (step, found != NULL ? found : command->path);
  for (guint i = 1; command->argv[i] != NULL; i++)
    add_argument (self, step, command->argv[i]);
  check_step (self, step);
}

static void
add_steps (Commands *self, const char *key, StepKind kind)
{
  const char *keys[] = { key, NULL };
  g_autoptr (GPtrArray) lines = unit_list (self->job->service, "Service", keys);

  for (guint i = 0; i < lines->len; i++)
    {
      const UnitLine *line = g_ptr_array_index (lines, i);
      g_autoptr (GPtrArray) commands = g_ptr_array_new ();
      g_autoptr (GError) error = NULL;

      if (!unit_exec_parse (self->job->service, self->job->manager, line->value, commands, &error))
        systemd_job_say (self->job, REMARK_BLOCKS, line, "%s", error->message);
      for (guint c = 0; c < commands->len; c++)
        add_step (self, line, g_ptr_array_index (commands, c), kind);
    }
}

static guint
count_steps (Commands *self, StepKind kind)
{
  guint count = 0;

  for (guint i = 0; i < self->steps->len; i++)
    count += ((const Step *) g_ptr_array_index (self->steps, i))->kind == kind;
  return count;
}

/* What a service has and a job has not: it has one command, and nothing runs beside it, after a failure, or at a stop. */
static void
check_steps (Commands *self)
{
  SystemdJob *job = self->job;
  static const char *const others[][2] = {
    { "ExecCondition", N_("a job has no command that decides whether it runs") },
    { "ExecStop", N_("a job has no command for its end") },
    { "ExecStopPost", N_("a job has no command for its end") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      const UnitLine *line = unit_find (job->service, "Service", others[i][0]);

      if (line != NULL)
        systemd_job_say (job, REMARK_BLOCKS, line, "%s", _(others[i][1]));
    }
  if (count_steps (self, STEP_MAIN) == 0)
    remarks_add (job->remarks, REMARK_BLOCKS, "ExecStart", _("the service runs nothing"));
  if (count_steps (self, STEP_MAIN) > 1 && !job->is_oneshot)
    remarks_add (job->remarks, REMARK_BLOCKS, "ExecStart", _("several commands are for Type=oneshot only; systemd does not load the service"));
  if (count_steps (self, STEP_AFTER) > 0 && !job->is_oneshot)
    remarks_add (job->remarks, REMARK_BLOCKS, "ExecStartPost", _("it runs beside the command, which a job cannot"));
}

/* --- as a job's command, or as a line for the shell --- */

/* Codes besides 0 after which the next command runs. (transfer full) "65|66", or NULL */
static char *
list_good_codes (SystemdJob *job)
{
  g_autoptr (GVariant) codes = g_variant_dict_lookup_value (&job->settings, "success-exit-codes", G_VARIANT_TYPE ("ai"));
  GString *text = g_string_new (NULL);

  for (gsize i = 0; codes != NULL && i < g_variant_n_children (codes); i++)
    {
      gint32 code;

      g_variant_get_child (codes, i, "i", &code);
      if (code != 0)
        g_string_append_printf (text, "%s%d", text->len > 0 ? "|" : "", code);
    }
  return g_string_free (text, text->len == 0);
}

static char *
write_step (Commands *self, const Step *step, gboolean is_last, const char *good_codes)
{
  g_autofree char *words = NULL;
  gboolean may_fail = step->command->flags & UNIT_EXEC_MAY_FAIL;

  g_ptr_array_add (step->shell, NULL);
  words = g_strjoinv (" ", (char **) step->shell->pdata);
  g_ptr_array_set_size (step->shell, (int) step->shell->len - 1);
  if (may_fail)
    return g_strdup_printf (is_last ? "%s || true" : "%s", words);
  if (is_last)
    return g_strdup_printf ("exec %s", words);
  if (good_codes == NULL || step->kind != STEP_MAIN)
    return g_strdup_printf ("%s || exit", words);
  return g_strdup_printf ("%s || case $? in %s) ;; *) exit ;; esac", words, good_codes);
}

static void
put_shell (Commands *self)
{
  SystemdJob *job = self->job;
  g_autofree char *good_codes = list_good_codes (job);
  g_autoptr (GString) text = g_string_new (job->setup->str);

  if (self->is_split)
    g_string_append (text, "set -f; ");
  for (guint i = 0; i < self->steps->len; i++)
    {
      const Step *step = g_ptr_array_index (self->steps, i);
      g_autofree char *part = write_step (self, step, i + 1 == self->steps->len, good_codes);

      g_string_append_printf (text, "%s%s", i > 0 ? "; " : "", part);
      systemd_job_say (job, REMARK_SAME, step->line, "shell: %s", part);
      if (self->is_split && strchr (step->line->value, '$') != NULL)
        systemd_job_say (job, REMARK_DIFFERS, step->line, _("a variable is split at blanks; quotes in its value are not looked at"));
    }
  if (g_utf8_validate (text->str, -1, NULL))
    systemd_job_put (job, "shell", g_variant_new_string (text->str));
}

/* What "shell" is run by. */
static gboolean
is_shell_line (const Step *step)
{
  return step->plain->len == 3 && g_str_equal (g_ptr_array_index (step->plain, 0), "/bin/sh") && g_str_equal (g_ptr_array_index (step->plain, 1), "-c")
         && *(const char *) g_ptr_array_index (step->plain, 2) != '\0';
}

/* A bare name is left to the job's own search, unless that goes elsewhere. */
static void
put_command (Commands *self)
{
  SystemdJob *job = self->job;
  const Step *step = g_ptr_array_index (self->steps, 0);
  gboolean is_searched = g_environ_getenv (job->environment, "PATH") == NULL && unit_get (job->service, "Service", "ExecSearchPath") == NULL;
  g_autofree const char **words = g_memdup2 (step->plain->pdata, step->plain->len * sizeof (char *));

  if (is_shell_line (step))
    {
      systemd_job_carry (job, step->line, "shell", g_variant_new_string (words[2]));
      return;
    }
  if (is_searched)
    words[0] = step->command->path;
  systemd_job_carry (job, step->line, "command", g_variant_new_strv (words, step->plain->len));
}

static void
say_about_time (SystemdJob *job)
{
  static const char *const keys[] = { "TimeoutStartSec", "TimeoutSec", NULL };
  const UnitLine *line = unit_find_any (job->service, "Service", keys);

  if (line != NULL)
    systemd_job_say (job, REMARK_DIFFERS, line, _("it counts for all commands together, not for each"));
}

static gboolean
is_valid_text (const Step *step)
{
  for (guint i = 0; i < step->plain->len; i++)
    if (!g_utf8_validate (g_ptr_array_index (step->plain, i), -1, NULL))
      return FALSE;
  return TRUE;
}

void
systemd_job_take_commands (SystemdJob *job)
{
  g_autoptr (GPtrArray) steps = g_ptr_array_new_with_free_func ((GDestroyNotify) step_free);
  Commands self = { .job = job, .steps = steps };
  const Step *only;

  add_steps (&self, "ExecStartPre", STEP_BEFORE);
  add_steps (&self, "ExecStart", STEP_MAIN);
  add_steps (&self, "ExecStartPost", STEP_AFTER);
  check_steps (&self);
  if (steps->len == 0)
    return;
  only = g_ptr_array_index (steps, 0);
  if (steps->len > 1 || job->setup->len > 0 || self.needs_shell || (only->command->flags & UNIT_EXEC_MAY_FAIL))
    put_shell (&self);
  else if (is_valid_text (only))
    put_command (&self);
  if (steps->len > 1)
    say_about_time (job);
}
