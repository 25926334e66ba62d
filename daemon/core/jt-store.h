/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#pragma once

#include <gio/gio.h>

#include "jt-change.h"
#include "jt-delivery-query.h"
#include "jt-filter.h"
#include "jt-retention.h"

/* The record, as core wants it. Callbacks come on the main loop, those of commits in the order of the calls.
 *
 * After a failed COMMIT every change of its group and all queued behind it end in JT_ERROR_STORAGE_UNAVAILABLE,
 * nothing of them is in the record, and the store stays closed for writing (further commits fail alike, at once) until
 * jt_store_load_async() has reopened it. Core then starts nothing until a load succeeded. */

typedef struct
{
  JtJob      *job;
  JtJobStatus status;
} JtJobEntry;

/* What became of a job that another one comes after. */
typedef struct
{
  guint64 job;    /* the one that comes after */
  char   *entry;  /* (owned) of its `after` */
  JtMark  mark;
  char   *reason; /* (owned) (nullable) */
  guint64 run;
} JtStoreMark;

typedef struct
{
  GArray     *jobs;          /* (element-type JtJobEntry) living ones, in one block that goes as a whole */
  GPtrArray  *runs;          /* (element-type JtRun) those not final, by id */
  GArray     *marks;         /* (element-type JtStoreMark) of jobs that come after others */
  GHashTable *meta;          /* char * → char * */
  guint64     last_job_id;
  guint64     last_run_id;
  guint64     last_sequence;
  gint64      last_commit_usec; /* of the newest event, 0 none */
  guint64     last_delivery_id;
  GPtrArray  *counts;      /* (element-type JtDeliveryCount) those that are open are asked for, never read all at once */
  GPtrArray  *episodes;    /* (element-type JtEpisode) */
  GHashTable *preferences; /* GUINT_TO_POINTER (uid) → GVariant a{sv}: what they gave */
} JtStoreContents;

typedef struct
{
  gboolean found;
  char    *digest;
  guint64  first_id;
  guint    count;
} JtStoreRequest;

typedef enum
{
  JT_STATS_WHOLE,   /* all in one */
  JT_STATS_BY_KEY,  /* each job, or each owner */
  JT_STATS_BY_TIME, /* each hour or day */
} JtStatsBy;

typedef enum
{
  JT_STATS_HOURS,
  JT_STATS_DAYS,
  JT_STATS_MIXED, /* days, and hours where a day is not meant as a whole */
} JtStatsGrain;

/* Which of the jobs that are no more are meant, by all that is said. */
typedef struct
{
  gboolean is_wanted; /* else none */
  guint64  id;        /* 0: any */
  gint64   owner;     /* -1: anybody's */
  char    *name;      /* (owned) (nullable): any */
  char    *tag;       /* (owned) (nullable): any */
} JtRemovedJobs;

/* What is asked of the rollups. They are kept for each (job, hour), (job, day), (owner, hour) and (owner, day). */
typedef struct
{
  gboolean      of_owners;  /* else of jobs */
  GArray       *keys;       /* (owned) (element-type guint64) job ids or uids; NULL: every owner there is */
  JtRemovedJobs removed;    /* besides; of jobs */
  gboolean      needs_job;  /* JT_ERROR_NOT_FOUND when there is neither a key nor such a removed job */
  JtStatsGrain  grain;
  gint64        since_usec; /* whole hours or days */
  gint64        until_usec;
  JtStatsBy     by;
} JtStatsQuery;

/* How long the hours of jobs are kept; those of owners, and days, are for ever. */
#define JT_STATS_KEEP_HOURS_USEC (400 * 24 * 3600 * (gint64) G_USEC_PER_SEC)

/* Jobs that one question may be about, and groups that its answer may have. */
#define JT_STATS_MAX_KEYS 100000
#define JT_STATS_MAX_GROUPS 4000

/* What a job says of its own history; 0: as all others. */
typedef struct
{
  guint64 job;
  guint64 keep_runs;
  guint64 keep_for_usec;
} JtJobRetention;

typedef struct
{
  JtRetention rules;
  GHashTable *jobs;      /* (owned) &job → JtJobRetention (owned) */
  guint64     after_job; /* where the slice before ended; 0: a new pass */
} JtExpiryQuery;

typedef struct
{
  GArray  *runs;       /* (element-type JtExpired) (owned) */
  guint64  purged_job; /* with these its history is gone altogether; 0 none */
  guint64  next_job;   /* the after_job of the next slice */
  gboolean has_more;   /* this pass is not at its end */
} JtStoreExpired;

/* What the record says of some runs. */
typedef struct
{
  GArray *absent; /* (element-type guint64) (owned) */
  GArray *final;  /* (element-type guint64) (owned) */
} JtStoreKnown;

/* A job that is no more. */
typedef struct
{
  guint64 id;
  guint32 owner;
  char   *owner_name; /* (owned) */
  char   *name;       /* (owned) */
  char  **tags;       /* (owned) */
} JtRemovedJob;

typedef struct
{
  guint64       key;     /* by key */
  gint64        at_usec; /* by time: where it begins */
  JtRollup     *rollup;  /* (owned) */
  JtRemovedJob *removed; /* (owned) (nullable) by key: who that was */
} JtStatsGroup;

#define JT_TYPE_STORE (jt_store_get_type ())
G_DECLARE_INTERFACE (JtStore, jt_store, JT, STORE, GObject)

struct _JtStoreInterface
{
  GTypeInterface parent;
  void (*load_async) (JtStore *self, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  JtStoreContents *(*load_finish) (JtStore *self, GAsyncResult *result, GError **error);
  void (*commit_async) (JtStore *self, JtChange *change, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  gboolean (*commit_finish) (JtStore *self, GAsyncResult *result, GError **error);
  void (*find_request_async) (JtStore *self, guint32 uid, const char *request_id, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  JtStoreRequest *(*find_request_finish) (JtStore *self, GAsyncResult *result, GError **error);
  void (*get_run_async) (JtStore *self, guint64 id, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  JtRun *(*get_run_finish) (JtStore *self, GAsyncResult *result, GError **error);
  void (*list_runs_async) (JtStore *self, const JtFilter *filter, guint64 before, guint limit, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  GPtrArray *(*list_runs_finish) (JtStore *self, GAsyncResult *result, GError **error);
  void (*list_events_async) (JtStore *self, guint32 viewer, guint64 after, guint limit, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  GPtrArray *(*list_events_finish) (JtStore *self, GAsyncResult *result, GError **error);
  void (*get_revision_async) (JtStore *self, guint64 job, guint64 revision, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  JtSettings *(*get_revision_finish) (JtStore *self, GAsyncResult *result, GError **error);
  void (*get_statistics_async) (JtStore *self, JtStatsQuery *query, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  GPtrArray *(*get_statistics_finish) (JtStore *self, GAsyncResult *result, GError **error);
  void (*list_expired_async) (JtStore *self, JtExpiryQuery *query, guint limit, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  JtStoreExpired *(*list_expired_finish) (JtStore *self, GAsyncResult *result, GError **error);
  void (*list_known_async) (JtStore *self, GArray *runs, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  JtStoreKnown *(*list_known_finish) (JtStore *self, GAsyncResult *result, GError **error);
  void (*list_open_deliveries_async) (JtStore *self, JtDueQuery *query, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  GPtrArray *(*list_open_deliveries_finish) (JtStore *self, GAsyncResult *result, GError **error);
  void (*next_delivery_async) (JtStore *self, gint64 after_usec, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  GPtrArray *(*next_delivery_finish) (JtStore *self, GAsyncResult *result, GError **error);
  void (*count_deliveries_async) (JtStore *self, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  GPtrArray *(*count_deliveries_finish) (JtStore *self, GAsyncResult *result, GError **error);
  void (*list_deliveries_async) (JtStore *self, const JtDeliveryFilter *filter, guint64 before, guint limit, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  GPtrArray *(*list_deliveries_finish) (JtStore *self, GAsyncResult *result, GError **error);
  void (*get_delivery_async) (JtStore *self, guint64 id, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  JtDelivery *(*get_delivery_finish) (JtStore *self, GAsyncResult *result, GError **error);
  void (*get_template_async) (JtStore *self, guint32 uid, const char *name, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  char *(*get_template_finish) (JtStore *self, GAsyncResult *result, GError **error);
  void (*list_templates_async) (JtStore *self, guint32 uid, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
  GPtrArray *(*list_templates_finish) (JtStore *self, GAsyncResult *result, GError **error);
};

/* Opens (creates, migrates) when closed, and reads everything core keeps in memory. */
void             jt_store_load_async (JtStore *self, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
JtStoreContents *jt_store_load_finish (JtStore *self, GAsyncResult *result, GError **error);
/* @change: (transfer full). TRUE once it is durable. */
void     jt_store_commit_async (JtStore *self, JtChange *change, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
gboolean jt_store_commit_finish (JtStore *self, GAsyncResult *result, GError **error);
/* Answered by the writer, after everything committed before this call. Requests older than 7 days count as absent. */
void            jt_store_find_request_async (JtStore *self, guint32 uid, const char *request_id, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
JtStoreRequest *jt_store_find_request_finish (JtStore *self, GAsyncResult *result, GError **error);
/* Any run in history with its attempts. JT_ERROR_NOT_FOUND. */
void   jt_store_get_run_async (JtStore *self, guint64 id, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
JtRun *jt_store_get_run_finish (JtStore *self, GAsyncResult *result, GError **error);
/* Newest first (by id), ids below @before (0: from the newest), at most @limit; without their attempts.
 * Honours viewer, owner, job, job_name, tag, states, triggers, since, until. (element-type JtRun) */
void       jt_store_list_runs_async (JtStore *self, const JtFilter *filter, guint64 before, guint limit, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
GPtrArray *jt_store_list_runs_finish (JtStore *self, GAsyncResult *result, GError **error);
/* Events with sequence > @after that @viewer may see, oldest first. @after older than what is kept (or above the newest):
 * JT_ERROR_NOT_FOUND. (element-type JtEvent) */
void       jt_store_list_events_async (JtStore *self, guint32 viewer, guint64 after, guint limit, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
GPtrArray *jt_store_list_events_finish (JtStore *self, GAsyncResult *result, GError **error);
/* The frozen settings of a run. JT_ERROR_NOT_FOUND. */
void        jt_store_get_revision_async (JtStore *self, guint64 job, guint64 revision, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
JtSettings *jt_store_get_revision_finish (JtStore *self, GAsyncResult *result, GError **error);

/* @query: (transfer full). Groups that have something, in order of key or time; the whole as one group always.
 * (element-type JtStatsGroup) */
void       jt_store_get_statistics_async (JtStore *self, JtStatsQuery *query, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
GPtrArray *jt_store_get_statistics_finish (JtStore *self, GAsyncResult *result, GError **error);

/* A slice of history that has had its time, at most @limit. A run may be there twice, as itself and as its log. @query: (transfer full) */
void            jt_store_list_expired_async (JtStore *self, JtExpiryQuery *query, guint limit, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
JtStoreExpired *jt_store_list_expired_finish (JtStore *self, GAsyncResult *result, GError **error);

/* Which of @runs (element-type guint64) are on record and over, and which are not on record at all. */
void          jt_store_list_known_async (JtStore *self, GArray *runs, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
JtStoreKnown *jt_store_list_known_finish (JtStore *self, GAsyncResult *result, GError **error);

/* Waiting deliveries that may be tried, and held ones that may be released, as @query says. What has been committed is seen, what is on
 * its way to the disk is not. @query: (transfer full). (element-type JtDelivery) */
void       jt_store_list_due_deliveries_async (JtStore *self, JtDueQuery *query, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
GPtrArray *jt_store_list_due_deliveries_finish (JtStore *self, GAsyncResult *result, GError **error);
/* What a channel has been handed and has not answered. */
void       jt_store_list_sending_async (JtStore *self, JtDueQuery *query, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
GPtrArray *jt_store_list_sending_finish (JtStore *self, GAsyncResult *result, GError **error);
void       jt_store_list_held_async (JtStore *self, JtDueQuery *query, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
GPtrArray *jt_store_list_held_finish (JtStore *self, GAsyncResult *result, GError **error);

/* Of each channel that has something waiting or held, the first instant after @after_usec (-1: any) at which there is something to be
 * done. (element-type JtDeliveryTimes) by channel */
void       jt_store_next_delivery_async (JtStore *self, gint64 after_usec, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
GPtrArray *jt_store_next_delivery_finish (JtStore *self, GAsyncResult *result, GError **error);

/* (element-type JtDeliveryCount) by channel and state, without what there never was; a count of 0 tells when the last was */
void       jt_store_count_deliveries_async (JtStore *self, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
GPtrArray *jt_store_count_deliveries_finish (JtStore *self, GAsyncResult *result, GError **error);

/* Newest first (by id), ids below @before (0: from the newest), at most @limit. (element-type JtDelivery) */
void       jt_store_list_deliveries_async (JtStore *self, const JtDeliveryFilter *filter, guint64 before, guint limit, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
GPtrArray *jt_store_list_deliveries_finish (JtStore *self, GAsyncResult *result, GError **error);
/* With its facts; who may see it is the caller's to ask. JT_ERROR_NOT_FOUND. */
void        jt_store_get_delivery_async (JtStore *self, guint64 id, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
JtDelivery *jt_store_get_delivery_finish (JtStore *self, GAsyncResult *result, GError **error);

/* A template of a user's own. JT_ERROR_NOT_FOUND. (transfer full) */
void  jt_store_get_template_async (JtStore *self, guint32 uid, const char *name, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
char *jt_store_get_template_finish (JtStore *self, GAsyncResult *result, GError **error);
/* (element-type JtTemplateEntry) by name, at most JT_TEMPLATES_MAX */
void       jt_store_list_templates_async (JtStore *self, guint32 uid, GCancellable *c, GAsyncReadyCallback cb, gpointer data);
GPtrArray *jt_store_list_templates_finish (JtStore *self, GAsyncResult *result, GError **error);

JtStoreKnown *jt_store_known_new (void);
void jt_store_known_free (JtStoreKnown *known);
void jt_expiry_query_free (JtExpiryQuery *query);
void jt_store_expired_free (JtStoreExpired *expired);
void jt_stats_query_free (JtStatsQuery *query);
void jt_stats_group_free (JtStatsGroup *group);
void jt_removed_job_free (JtRemovedJob *job);
void jt_store_mark_clear (JtStoreMark *mark);
void jt_job_entry_clear (JtJobEntry *entry);
JtStoreContents *jt_store_contents_new (void);
void jt_store_contents_free (JtStoreContents *contents);
void jt_store_request_free (JtStoreRequest *request);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtStoreContents, jt_store_contents_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtStoreRequest, jt_store_request_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtStatsQuery, jt_stats_query_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtStoreExpired, jt_store_expired_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (JtStoreKnown, jt_store_known_free)
