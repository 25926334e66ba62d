/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include "jt-accounts.h"
#include "jt-clock.h"
#include "jt-config.h"
#include "jt-executor.h"
#include "jt-notifier.h"
#include "jt-scheduler.h"
#include "jt-store.h"
#include "jt-surroundings.h"

/* What happens when: the living jobs and active runs, and every change of them. The service delegates to it; it decides,
 * has the store commit, and only then tells the executor, answers, and emits. It checks what concerns the record (names, limits, states,
 * schedules); who may call is the service's business, by the time a call arrives here it is allowed. Main loop only.
 *
 * What the getters show is the committed state.
 *
 * Signals: "event" (JtEvent *)       after its commit, in commit order, before the reply that caused it
 *          "changed" ()              Paused, PauseReason, a count or NextElapse may have changed (coalesced per main loop turn)
 *          "loaded" (JtStoreContents *)  all was read, for the first time or anew: whoever keeps something of it takes it now
 *          "told" ()                 deliveries were put on record that somebody has to send
 *          "reloaded" ()             the storage is back and all was loaded anew: reporters may have left meanwhile
 *          "ready" ()                loaded and recovered: the service may take its name */

#define JT_TYPE_TRACKER (jt_tracker_get_type ())
G_DECLARE_FINAL_TYPE (JtTracker, jt_tracker, JT, TRACKER, GObject)

/* What AddJob asks for. */
typedef struct
{
  guint32     owner;
  char       *owner_name;
  char       *name;
  JtSettings *settings;
  JtOrigin    origin;
  char       *origin_path; /* (nullable) */
} JtJobDraft;

/* Work that somebody else does and reports: StartTracking and Ping. All borrowed for the time of the call. */
typedef struct
{
  guint32     uid;          /* who reports: the job is theirs */
  const char *owner_name;
  const char *name;         /* of the job; made when there is none */
  GVariant   *settings;     /* (nullable) a{sv} of the job, given along */
  const char *message;      /* (nullable) */
  const char *sender;       /* (nullable) unique name with which the run ends; NULL: detached */
  gint64      heartbeat_timeout_usec; /* -1: the default; 0: none */
  const char *request_id;   /* (nullable) */
  const char *digest;
} JtReport;

/* How reported work ended. */
typedef struct
{
  JtRunState  state;        /* JT_RUN_QUEUED: by exit_code and the job's success-exit-codes */
  gint32      exit_code;    /* -1 unknown */
  gint32      signal;
  const char *reason;       /* (nullable) */
  const char *message;      /* (nullable): the one before stays */
  guint64     cpu_usec;
  guint64     memory_peak_bytes;
} JtOutcome;

typedef enum
{
  JT_PING_START,
  JT_PING_END,
  JT_PING_LOG,
} JtPingKind;

JtJobDraft *jt_job_draft_new (guint32 owner, const char *owner_name, const char *name, JtSettings *settings);
void        jt_job_draft_free (JtJobDraft *draft);

JtTracker *jt_tracker_new (JtClock *clock, JtStore *store, JtExecutor *executor, JtConfig *config, const char *boot_id);
/* What tells this machine from others, for jitter that is the same each time; by default its host name. Before the start. */
void       jt_tracker_set_machine_id (JtTracker *self, const char *machine_id);
/* What the machine around the service tells; before the start. Without one whatever needs it is refused as NotSupported. */
void       jt_tracker_set_surroundings (JtTracker *self, JtSurroundings *surroundings);
/* Who is told of what happens; before the start. Without one nobody is. */
void       jt_tracker_set_notifier (JtTracker *self, JtNotifier *notifier);
/* Loads the record, recovers attempts, arms the schedule. Fails when the store cannot be opened. */
void     jt_tracker_start_async (JtTracker *self, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
gboolean jt_tracker_start_finish (JtTracker *self, GAsyncResult *result, GError **error);
/* Orderly stop: nothing new is started; calls back when every commit is through. Runs go on. */
void     jt_tracker_stop_async (JtTracker *self, GAsyncReadyCallback cb, gpointer data);
gboolean jt_tracker_stop_finish (JtTracker *self, GAsyncResult *result, GError **error);
void     jt_tracker_set_config (JtTracker *self, JtConfig *config);
JtStore    *jt_tracker_get_store (JtTracker *self);
JtExecutor *jt_tracker_get_executor (JtTracker *self);
JtClock    *jt_tracker_get_clock (JtTracker *self);

/* Something else that waits for an instant; embedded in whatever waits, and there until it is disarmed. */
typedef struct
{
  JtSchedulerEntry entry;
  void (*func) (gpointer user_data);
  gpointer         user_data;
} JtAlarm;

void jt_tracker_arm (JtTracker *self, JtAlarm *alarm, gint64 at_usec);
void jt_tracker_disarm (JtTracker *self, JtAlarm *alarm);
/* Makes @change (transfer full) true in its turn, without events; while the storage is away it fails as all others do. */
void     jt_tracker_commit_async (JtTracker *self, JtChange *change, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
gboolean jt_tracker_commit_finish (JtTracker *self, GAsyncResult *result, GError **error);

/* Reading: memory only. Values are borrowed; take a reference to keep one. */
const JtJobEntry *jt_tracker_get_job (JtTracker *self, guint64 id);                                  /* (nullable) */
const JtJobEntry *jt_tracker_find_job (JtTracker *self, guint32 owner, const char *name);            /* (nullable) */
GPtrArray        *jt_tracker_list_jobs (JtTracker *self, const JtFilter *filter, guint limit);       /* (element-type JtJobEntry, borrowed) by id; (transfer container) */
JtRun            *jt_tracker_get_active_run (JtTracker *self, guint64 id);                           /* (nullable) */
GPtrArray        *jt_tracker_list_active (JtTracker *self, const JtFilter *filter, guint limit);     /* (element-type JtRun, borrowed) by id; (transfer container) */
guint             jt_tracker_count_jobs (JtTracker *self);
guint             jt_tracker_count_active (JtTracker *self);   /* starting, running, retry-wait */
guint             jt_tracker_count_queued (JtTracker *self);
gint64            jt_tracker_get_next_elapse (JtTracker *self); /* 0: none */
gboolean          jt_tracker_is_paused (JtTracker *self);
const char       *jt_tracker_get_pause_reason (JtTracker *self);
guint64           jt_tracker_get_last_sequence (JtTracker *self);

/* Changing: answered after the commit. Any of them may end in JT_ERROR_STORAGE_UNAVAILABLE, with nothing done.
 * @request_id: (nullable); @digest: of the call's arguments, so that a repeat with others is told (JT_ERROR_EXISTS). */

/* All or nothing. (element-type JtJobDraft), borrowed. Finish: the ids, in order. */
void     jt_tracker_add_jobs_async (JtTracker *self, guint32 caller, GPtrArray *drafts, const char *request_id, const char *digest,
                                    GCancellable *c, GAsyncReadyCallback cb, gpointer data);
GArray  *jt_tracker_add_jobs_finish (JtTracker *self, GAsyncResult *result, GError **error); /* (element-type guint64) */
/* @if_revision 0: any. Another: JT_ERROR_WRONG_STATE. Jobs of origin file are refused the same way. */
void     jt_tracker_update_job_async (JtTracker *self, guint64 job, GVariant *changes, const char *const *reset, guint64 if_revision,
                                      GCancellable *c, GAsyncReadyCallback cb, gpointer data);
gboolean jt_tracker_update_job_finish (JtTracker *self, GAsyncResult *result, GError **error);
/* Active runs of the job: cancelled first when @delete_history, else they run to their end. */
void     jt_tracker_remove_job_async (JtTracker *self, guint64 job, gboolean delete_history, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
gboolean jt_tracker_remove_job_finish (JtTracker *self, GAsyncResult *result, GError **error);
void     jt_tracker_mute_job_async (JtTracker *self, guint64 job, gint64 until_usec, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
gboolean jt_tracker_mute_job_finish (JtTracker *self, GAsyncResult *result, GError **error);
/* By hand. Finish: the run's id. While paused: JT_ERROR_PAUSED. */
void     jt_tracker_start_job_async (JtTracker *self, guint32 caller, guint64 job, const char *request_id, const char *digest,
                                     GCancellable *c, GAsyncReadyCallback cb, gpointer data);
guint64  jt_tracker_start_job_finish (JtTracker *self, GAsyncResult *result, GError **error);
/* Run() again what a finished run did, with the job's present settings. @of: the run, final. */
void     jt_tracker_retry_run_async (JtTracker *self, guint32 caller, JtRun *of, const char *request_id, const char *digest,
                                     GCancellable *c, GAsyncReadyCallback cb, gpointer data);
guint64  jt_tracker_retry_run_finish (JtTracker *self, GAsyncResult *result, GError **error);
/* Answered when the wish is durable; the end comes as an event. A finished run: JT_ERROR_WRONG_STATE "already finished, exit 0". */
void     jt_tracker_cancel_run_async (JtTracker *self, guint64 run, const char *by, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
gboolean jt_tracker_cancel_run_finish (JtTracker *self, GAsyncResult *result, GError **error);
gboolean jt_tracker_signal_run (JtTracker *self, guint64 run, int signal_number, GError **error);
/* @run: as read from the store (final) */
void     jt_tracker_acknowledge_run_async (JtTracker *self, JtRun *run, const char *by, const char *note, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
gboolean jt_tracker_acknowledge_run_finish (JtTracker *self, GAsyncResult *result, GError **error);
void     jt_tracker_pause_async (JtTracker *self, gboolean paused, const char *reason, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
gboolean jt_tracker_pause_finish (JtTracker *self, GAsyncResult *result, GError **error);
/* The jobs that files define now, (element-type JtJobDraft, origin file); the others of origin file are removed, except those whose
 * origin_path is in @keep_paths (files that could not be read: the job they defined before stays). Bad ones are
 * reported, not fatal. Finish: (element-type GError-message char *) "path: message". */
void       jt_tracker_sync_files_async (JtTracker *self, GPtrArray *drafts, const char *const *keep_paths, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
GPtrArray *jt_tracker_sync_files_finish (JtTracker *self, GAsyncResult *result, GError **error);

/* Work of others. A run that the service supervises itself: JT_ERROR_NOT_SUPPORTED; one that has ended: JT_ERROR_WRONG_STATE. */

/* Finish: the run's id. */
void     jt_tracker_start_tracking_async (JtTracker *self, const JtReport *report, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
guint64  jt_tracker_start_tracking_finish (JtTracker *self, GAsyncResult *result, GError **error);
/* Not durable: shown at once, put on record at most once a second. @fraction: 0 to 1, -1 unknown. @message: "" takes it away. */
gboolean jt_tracker_set_progress (JtTracker *self, guint64 run, double fraction, const char *message, GError **error);
gboolean jt_tracker_append_log (JtTracker *self, guint64 run, gboolean is_stderr, GBytes *text, GError **error);
gboolean jt_tracker_heartbeat (JtTracker *self, guint64 run, GError **error);
void     jt_tracker_finish_tracked_async (JtTracker *self, guint64 run, const JtOutcome *outcome, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
gboolean jt_tracker_finish_tracked_finish (JtTracker *self, GAsyncResult *result, GError **error);
/* @outcome: of JT_PING_END. @log: (nullable) text for the run's log. Finish: the run's id. */
void     jt_tracker_ping_async (JtTracker *self, const JtReport *report, JtPingKind kind, const JtOutcome *outcome, GBytes *log,
                                GCancellable *c, GAsyncReadyCallback cb, gpointer data);
guint64  jt_tracker_ping_finish (JtTracker *self, GAsyncResult *result, GError **error);
/* The bus with this id is where reporters are now: runs begun on another are lost. Returns the reporters of the others, of whom the caller
 * finds out whether they are still there. (transfer container) (element-type char *, owned) */
GPtrArray *jt_tracker_enter_bus (JtTracker *self, const char *bus_id);
/* The bus is gone, and with it every reporter. */
void       jt_tracker_leave_bus (JtTracker *self);
void       jt_tracker_sender_gone (JtTracker *self, const char *sender);
