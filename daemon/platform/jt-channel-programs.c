/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-channel-programs.h"

#include <signal.h>

#include "jt-channel-batch.h"
#include "jt-channel-lines.h"
#include "jt-channel-process.h"
#include "jt-channel-secrets.h"
#include "jt-duration.h"
#include "jt-error.h"
#include "jt-in-thread.h"
#include "jt-log.h"

#define GRACE_USEC (5 * (gint64) G_USEC_PER_SEC)
#define CLOSING_USEC (10 * (gint64) G_USEC_PER_SEC)
#define NEVER G_MAXINT64

typedef enum
{
  STATE_WORKING,
  STATE_IDLE,
  STATE_CLOSING,     /* its input has ended */
  STATE_TERMINATING, /* SIGTERM was sent */
  STATE_KILLED,
} State;

typedef struct
{
  JtChannelPrograms *programs; /* (unowned) */
  char      *name;
  char      *problem;          /* (nullable) of the last batch */
  GQueue     waiting;          /* (element-type JtChannelBatch) (owned) */
  JtChannelBatch *batch;       /* (nullable) (owned) the one under way */
  GSource   *cancel_source;    /* of the one under way */
  struct _Runner *runner;      /* (nullable) (unowned) the program that takes batches */
} Channel;

/* A program that runs. */
typedef struct _Runner
{
  Channel          *channel;  /* (unowned) */
  JtConfig         *config;   /* (owned) it was started with */
  const JtChannelConfig *settings; /* (unowned) of config */
  JtChannelProcess *process;  /* (owned) */
  char             *greeting; /* (nullable) the first line */
  gboolean          works;    /* on the batch of its channel */
  State             state;
  char             *stopped;  /* (nullable) why, if the service did it */
  gint64            span_usec;
  gint64            deadline_usec;
  guint             n_junk;   /* lines of this batch that are no answers */
  guint             n_batches;
} Runner;

struct _JtChannelPrograms
{
  GObject     parent;
  JtConfig   *config;   /* (owned) */
  JtClock    *clock;    /* (owned) */
  GHashTable *channels; /* (owned) name → Channel */
  GPtrArray  *runners;  /* (element-type Runner) (owned) */
};

#define MAX_JUNK 20

static void advance (Channel *channel);
static void prepare (Channel *channel);

/* --- time --- */

static void
set_alarm (JtChannelPrograms *self)
{
  gint64 at_usec = NEVER;

  for (guint i = 0; i < self->runners->len; i++)
    at_usec = MIN (at_usec, ((Runner *) g_ptr_array_index (self->runners, i))->deadline_usec);
  jt_clock_set_alarm (self->clock, at_usec);
}

static void
enter (Runner *runner, State state, gint64 span_usec)
{
  JtChannelPrograms *self = runner->channel->programs;

  runner->state = state;
  runner->span_usec = span_usec;
  runner->deadline_usec = span_usec == NEVER ? NEVER : jt_clock_get_realtime (self->clock) + span_usec;
  set_alarm (self);
}

/* --- a program ends --- */

/* It gets no further batch. */
static void
retire (Runner *runner)
{
  if (runner->channel->runner == runner)
    runner->channel->runner = NULL;
}

static void
close_runner (Runner *runner)
{
  retire (runner);
  jt_channel_process_close_input (runner->process);
  enter (runner, STATE_CLOSING, CLOSING_USEC);
}

/* @why: (nullable) for whoever waits for answers. */
static void
stop (Runner *runner, const char *why)
{
  if (runner->state >= STATE_TERMINATING)
    return;
  if (runner->stopped == NULL)
    runner->stopped = g_strdup (why);
  retire (runner);
  jt_channel_process_signal (runner->process, SIGTERM);
  /* A stopped process answers no signal but SIGKILL until it goes on. */
  jt_channel_process_signal (runner->process, SIGCONT);
  enter (runner, STATE_TERMINATING, GRACE_USEC);
}

static void
set_problem (Channel *channel, const char *problem)
{
  if (problem != NULL && g_strcmp0 (problem, channel->problem) != 0)
    jt_log_warning ("channel %s does not work: %s", channel->name, problem);
  g_free (channel->problem);
  channel->problem = g_strdup (problem);
}

static void
clear_cancel (Channel *channel)
{
  if (channel->cancel_source == NULL)
    return;
  g_source_destroy (channel->cancel_source);
  g_clear_pointer (&channel->cancel_source, g_source_unref);
}

static gboolean
free_batch_cb (gpointer user_data)
{
  jt_channel_batch_free (user_data);
  return G_SOURCE_REMOVE;
}

/* The batch under way is over: with an error (transfer full), or with verdicts, which for those without an answer say @why. */
static void
finish_batch (Channel *channel, guint64 taken, const char *why, gboolean pauses, GError *error)
{
  JtChannelBatch *batch = g_steal_pointer (&channel->batch);

  clear_cancel (channel);
  set_problem (channel, error != NULL ? error->message : NULL);
  if (error != NULL)
    jt_channel_batch_fail (batch, error);
  else
    jt_channel_batch_settle (batch, taken, why, pauses);
  /* With its task goes perhaps the last that holds all this, in the middle of which we are. */
  g_idle_add_full (G_PRIORITY_DEFAULT, free_batch_cb, batch, NULL);
  advance (channel);
}

/* Where it ended, or is given up. When nothing was told to it, or nothing is heard of it, the channel as a whole does not work. */
static void
settle (Runner *runner, const char *how)
{
  Channel *channel = runner->channel;
  const char *words = jt_channel_process_get_last_words (runner->process);
  guint64 taken = jt_channel_process_get_taken (runner->process);
  gboolean is_cancelled = g_cancellable_is_cancelled (jt_channel_batch_get_cancellable (channel->batch));
  g_autofree char *why = NULL;

  runner->works = FALSE;
  /* It went while it had nothing to do, as it may, and that crossed the batch. */
  if (!is_cancelled && runner->stopped == NULL && runner->n_batches > 1 && !jt_channel_batch_is_touched (channel->batch, taken))
    {
      jt_channel_batch_rewind (channel->batch);
      prepare (channel);
      return;
    }
  why = runner->stopped != NULL ? g_strdup_printf ("%s; the program %s", runner->stopped, how)
                                : g_strdup_printf ("the program %s before it answered", how);
  if (words != NULL)
    {
      g_autofree char *before = g_steal_pointer (&why);

      why = g_strdup_printf ("%s: %s", before, words);
    }
  if (is_cancelled || jt_channel_batch_count_answered (channel->batch) > 0 || jt_channel_batch_is_touched (channel->batch, taken))
    finish_batch (channel, taken, why, !is_cancelled && jt_channel_batch_count_answered (channel->batch) == 0, NULL);
  else
    finish_batch (channel, taken, NULL, FALSE, g_error_new_literal (JT_ERROR, JT_ERROR_NOT_SUPPORTED, why));
}

static void
runner_free (gpointer data)
{
  Runner *runner = data;

  jt_channel_process_free (runner->process);
  jt_config_unref (runner->config);
  g_free (runner->greeting);
  g_free (runner->stopped);
  g_free (runner);
}

static void
on_process_ended (const char *how, gpointer user_data)
{
  Runner *runner = user_data;
  JtChannelPrograms *self = runner->channel->programs;
  g_autoptr (JtChannelPrograms) keep = g_object_ref (self);

  jt_log_debug ("channel %s: the program %s", runner->channel->name, how);
  retire (runner);
  if (runner->works)
    settle (runner, how);
  g_ptr_array_remove (self->runners, runner);
  set_alarm (self);
}

/* --- a program is heard --- */

static void
finish_answered (Runner *runner)
{
  runner->works = FALSE;
  if (runner->state == STATE_WORKING)
    enter (runner, STATE_IDLE, runner->settings->idle_usec);
  /* Of a configuration that is no more, or not to be kept. */
  if (runner->state == STATE_IDLE && (runner->config != runner->channel->programs->config || runner->settings->idle_usec == 0))
    close_runner (runner);
  finish_batch (runner->channel, 0, NULL, FALSE, NULL);
}

static void
take_problem (Runner *runner, const char *text)
{
  Channel *channel = runner->channel;

  if (!runner->works)
    return;
  runner->works = FALSE;
  stop (runner, text);
  if (jt_channel_batch_count_answered (channel->batch) == 0)
    finish_batch (channel, 0, NULL, FALSE, g_error_new_literal (JT_ERROR, JT_ERROR_WRONG_STATE, text));
  else
    finish_batch (channel, 0, text, TRUE, NULL);
}

static void
take_junk (Runner *runner, const char *why)
{
  if (runner->n_junk++ < MAX_JUNK)
    jt_log_info ("channel %s: a line of its program is left out: %s", runner->channel->name, why);
}

static void
take_verdict (Runner *runner, const JtChannelLine *answer, const char *detail)
{
  JtChannelVerdict *verdict = jt_channel_verdict_new (answer->outcome, detail);
  g_autofree char *unknown = NULL;

  verdict->after_usec = answer->after_usec;
  verdict->is_ambiguous = answer->is_ambiguous;
  verdict->pauses = answer->pauses;
  if (!runner->works || !jt_channel_batch_take (runner->channel->batch, answer->id, verdict))
    {
      unknown = g_strdup_printf ("it was not asked about %" G_GUINT64_FORMAT ", or has answered", answer->id);
      take_junk (runner, unknown);
      return;
    }
  if (jt_channel_batch_is_complete (runner->channel->batch))
    finish_answered (runner);
  else if (runner->state == STATE_WORKING)
    enter (runner, STATE_WORKING, runner->settings->timeout_usec);
}

static void
on_line (const char *line, gsize length, gpointer user_data)
{
  Runner *runner = user_data;
  JtChannelLine answer;
  g_autofree char *hidden = NULL;

  jt_channel_line_parse (line, length, &answer);
  hidden = jt_channel_process_hide (runner->process, answer.detail);
  switch (answer.kind)
    {
    case JT_CHANNEL_LINE_VERDICT:
      take_verdict (runner, &answer, hidden);
      break;
    case JT_CHANNEL_LINE_PROBLEM:
      take_problem (runner, hidden);
      break;
    case JT_CHANNEL_LINE_JUNK:
    default:
      take_junk (runner, answer.detail);
    }
  jt_channel_line_clear (&answer);
}

static void
on_flooded (const char *why, gpointer user_data)
{
  Runner *runner = user_data;

  jt_log_warning ("channel %s: its program is stopped: %s", runner->channel->name, why);
  stop (runner, why);
}

static char *
on_next (gpointer user_data)
{
  Runner *runner = user_data;

  if (runner->greeting != NULL)
    return g_steal_pointer (&runner->greeting);
  if (!runner->works || runner->state != STATE_WORKING)
    return NULL;
  return jt_channel_batch_next (runner->channel->batch, jt_channel_process_get_fed (runner->process));
}

/* --- time passes --- */

static void
act_on_deadline (Runner *runner)
{
  g_autofree char *span = jt_duration_format (runner->span_usec);
  g_autofree char *why = g_strdup_printf ("no answer for %s", span);

  switch (runner->state)
    {
    case STATE_IDLE:
      close_runner (runner);
      break;
    case STATE_WORKING:
    case STATE_CLOSING:
      if (runner->state == STATE_WORKING)
        jt_log_warning ("channel %s: its program is stopped: %s", runner->channel->name, why);
      stop (runner, why);
      break;
    case STATE_TERMINATING:
      jt_channel_process_signal (runner->process, SIGKILL);
      enter (runner, STATE_KILLED, GRACE_USEC);
      break;
    case STATE_KILLED:
    default:
      /* Not even that: the kernel holds it. Nobody waits for it any longer. */
      enter (runner, STATE_KILLED, NEVER);
      if (runner->works)
        settle (runner, "does not end");
    }
}

static void
on_alarm (JtClock *clock, gpointer user_data)
{
  JtChannelPrograms *self = user_data;
  g_autoptr (GPtrArray) due = g_ptr_array_new ();
  gint64 now_usec = jt_clock_get_realtime (clock);

  for (guint i = 0; i < self->runners->len; i++)
    if (((Runner *) g_ptr_array_index (self->runners, i))->deadline_usec <= now_usec)
      g_ptr_array_add (due, g_ptr_array_index (self->runners, i));
  for (guint i = 0; i < due->len; i++)
    act_on_deadline (g_ptr_array_index (due, i));
  set_alarm (self);
}

/* The clock was set: how much of each span is over nobody knows any more, so it begins anew. */
static void
on_clock_changed (JtClock *clock, gpointer user_data)
{
  JtChannelPrograms *self = user_data;
  gint64 now_usec = jt_clock_get_realtime (clock);

  for (guint i = 0; i < self->runners->len; i++)
    {
      Runner *runner = g_ptr_array_index (self->runners, i);

      if (runner->deadline_usec != NEVER)
        runner->deadline_usec = now_usec + runner->span_usec;
    }
  set_alarm (self);
}

/* --- a program starts --- */

typedef struct
{
  JtConfig *config; /* (owned) */
  char     *name;
} Preparation;

static void
preparation_free (gpointer data)
{
  Preparation *preparation = data;

  jt_config_unref (preparation->config);
  g_free (preparation->name);
  g_free (preparation);
}

static void
prepare_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *c)
{
  const Preparation *preparation = data;
  const JtChannelConfig *settings = jt_config_find_channel (preparation->config, preparation->name);
  g_autofree char *problem = jt_channel_config_check_program (settings->program);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) secrets = NULL;

  if (problem == NULL)
    secrets = jt_channel_secrets_read (settings, &error);
  if (problem != NULL)
    g_task_return_new_error (task, JT_ERROR, JT_ERROR_NOT_SUPPORTED, "%s", problem);
  else if (secrets == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&secrets), (GDestroyNotify) g_ptr_array_unref);
}

static const JtChannelProcessFuncs funcs = { on_next, on_line, on_flooded, on_process_ended };

static void
work (Runner *runner)
{
  runner->works = TRUE;
  runner->n_junk = 0;
  runner->n_batches++;
  enter (runner, STATE_WORKING, runner->settings->timeout_usec);
  jt_channel_process_feed (runner->process);
}

/* @config: (transfer full) */
static gboolean
start_runner (Channel *channel, JtConfig *config, GPtrArray *secrets, GError **error)
{
  Runner *runner = g_new0 (Runner, 1);

  runner->channel = channel;
  runner->config = config;
  runner->settings = jt_config_find_channel (config, channel->name);
  runner->deadline_usec = NEVER;
  runner->greeting = jt_channel_lines_configure (runner->settings, g_get_host_name (), secrets);
  runner->process = jt_channel_process_start (config->supervisor, runner->settings, secrets, &funcs, runner, error);
  if (runner->process == NULL)
    {
      jt_config_unref (config);
      g_free (runner->greeting);
      g_free (runner);
      return FALSE;
    }
  g_ptr_array_add (channel->programs->runners, runner);
  channel->runner = runner;
  work (runner);
  return TRUE;
}

static void
on_prepared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Channel *channel = user_data;
  const Preparation *preparation = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) secrets = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_cancellable_is_cancelled (jt_channel_batch_get_cancellable (channel->batch)))
    finish_batch (channel, 0, "it was cancelled", FALSE, NULL);
  else if (secrets == NULL || !start_runner (channel, jt_config_ref (preparation->config), secrets, &error))
    finish_batch (channel, 0, NULL, FALSE, g_steal_pointer (&error));
}

static void
prepare (Channel *channel)
{
  Preparation *preparation = g_new0 (Preparation, 1);

  preparation->config = jt_config_ref (channel->programs->config);
  preparation->name = g_strdup (channel->name);
  jt_in_thread (channel->programs, prepare_in_thread, preparation, preparation_free, on_prepared, channel);
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Channel *channel = user_data;

  clear_cancel (channel);
  if (channel->runner != NULL && channel->runner->works)
    stop (channel->runner, "it was cancelled");
  return G_SOURCE_REMOVE;
}

static void
watch_cancel (Channel *channel)
{
  GCancellable *cancellable = jt_channel_batch_get_cancellable (channel->batch);

  if (cancellable == NULL)
    return;
  channel->cancel_source = g_cancellable_source_new (cancellable);
  g_source_set_callback (channel->cancel_source, G_SOURCE_FUNC (on_cancelled), channel, NULL);
  g_source_attach (channel->cancel_source, NULL);
}

/* Takes up the next batch when there is none under way. */
static void
advance (Channel *channel)
{
  if (channel->batch != NULL || g_queue_is_empty (&channel->waiting))
    return;
  channel->batch = g_queue_pop_head (&channel->waiting);
  if (jt_config_find_channel (channel->programs->config, channel->name) == NULL)
    {
      finish_batch (channel, 0, NULL, FALSE, g_error_new (JT_ERROR, JT_ERROR_NOT_FOUND, "there is no channel '%s'", channel->name));
      return;
    }
  if (g_cancellable_is_cancelled (jt_channel_batch_get_cancellable (channel->batch)))
    {
      finish_batch (channel, 0, "it was cancelled", FALSE, NULL);
      return;
    }
  watch_cancel (channel);
  if (channel->runner != NULL)
    work (channel->runner);
  else
    prepare (channel);
}

/* --- the interface --- */

static Channel *
ensure_channel (JtChannelPrograms *self, const char *name)
{
  Channel *channel = g_hash_table_lookup (self->channels, name);

  if (channel != NULL)
    return channel;
  channel = g_new0 (Channel, 1);
  channel->programs = self;
  channel->name = g_strdup (name);
  g_queue_init (&channel->waiting);
  g_hash_table_insert (self->channels, channel->name, channel);
  return channel;
}

static GPtrArray *
list (JtChannels *channels)
{
  JtChannelPrograms *self = JT_CHANNEL_PROGRAMS (channels);
  GPtrArray *infos = jt_channel_infos_new ();

  for (guint i = 0; i < self->config->channels->len; i++)
    {
      const JtChannelConfig *settings = g_ptr_array_index (self->config->channels, i);
      const Channel *channel = g_hash_table_lookup (self->channels, settings->name);
      const char *problem = channel != NULL ? channel->problem : settings->problem;
      JtChannelInfo *info = jt_channel_info_new (settings->name, settings->type, settings->program, problem);

      info->max_batch = settings->max_batch;
      info->max_age_usec = settings->max_age_usec;
      g_ptr_array_add (infos, info);
    }
  return infos;
}

static void
set_config (JtChannels *channels, JtConfig *config)
{
  JtChannelPrograms *self = JT_CHANNEL_PROGRAMS (channels);
  GHashTableIter iter;
  Channel *channel;

  jt_config_ref (config);
  jt_config_unref (self->config);
  self->config = config;
  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &channel))
    {
      const JtChannelConfig *settings = jt_config_find_channel (config, channel->name);

      g_free (channel->problem);
      channel->problem = settings != NULL ? g_strdup (settings->problem) : NULL;
      if (channel->runner != NULL && channel->runner->state == STATE_IDLE)
        close_runner (channel->runner);
    }
}

static void
deliver_async (JtChannels *channels, const char *name, GPtrArray *messages, GCancellable *c, GAsyncReadyCallback cb, gpointer data)
{
  JtChannelPrograms *self = JT_CHANNEL_PROGRAMS (channels);
  GTask *task = g_task_new (self, c, cb, data);
  Channel *channel;

  g_task_set_source_tag (task, deliver_async);
  /* Its verdicts are what a cancelled one returns. */
  g_task_set_check_cancellable (task, FALSE);
  if (jt_config_find_channel (self->config, name) == NULL)
    {
      g_task_return_new_error (task, JT_ERROR, JT_ERROR_NOT_FOUND, "there is no channel '%s'", name);
      g_object_unref (task);
      return;
    }
  channel = ensure_channel (self, name);
  g_queue_push_tail (&channel->waiting, jt_channel_batch_new (messages, task));
  advance (channel);
}

static GPtrArray *
deliver_finish (JtChannels *channels, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, channels), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
channels_iface_init (JtChannelsInterface *iface)
{
  iface->list = list;
  iface->set_config = set_config;
  iface->deliver_async = deliver_async;
  iface->deliver_finish = deliver_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (JtChannelPrograms, jt_channel_programs, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (JT_TYPE_CHANNELS, channels_iface_init))

/* Batches hold their source object, so that there is none here any more. */
static void
channel_free (gpointer data)
{
  Channel *channel = data;

  clear_cancel (channel);
  g_free (channel->problem);
  g_free (channel->name);
  g_free (channel);
}

static void
jt_channel_programs_finalize (GObject *object)
{
  JtChannelPrograms *self = JT_CHANNEL_PROGRAMS (object);

  g_signal_handlers_disconnect_by_data (self->clock, self);
  jt_clock_set_alarm (self->clock, NEVER);
  g_ptr_array_unref (self->runners);
  g_hash_table_unref (self->channels);
  g_object_unref (self->clock);
  jt_config_unref (self->config);
  G_OBJECT_CLASS (jt_channel_programs_parent_class)->finalize (object);
}

static void
jt_channel_programs_class_init (JtChannelProgramsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = jt_channel_programs_finalize;
}

static void
jt_channel_programs_init (JtChannelPrograms *self)
{
  /* A program that closes its input is no reason to die. */
  signal (SIGPIPE, SIG_IGN);
  self->channels = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, channel_free);
  self->runners = g_ptr_array_new_with_free_func (runner_free);
}

JtChannels *
jt_channel_programs_new (JtConfig *config, JtClock *clock)
{
  JtChannelPrograms *self = g_object_new (JT_TYPE_CHANNEL_PROGRAMS, NULL);

  self->config = jt_config_ref (config);
  self->clock = g_object_ref (clock);
  g_signal_connect (clock, "alarm", G_CALLBACK (on_alarm), self);
  g_signal_connect (clock, "changed", G_CALLBACK (on_clock_changed), self);
  return JT_CHANNELS (self);
}
