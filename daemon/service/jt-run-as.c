/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-run-as.h"

#include "jt-error.h"

typedef struct
{
  JtAccounts *accounts; /* (owned) */
  guint32     uid;
  guint32     gid;
  char       *name;
  GPtrArray  *users;    /* (element-type char) (owned) still to be looked up, each once */
  GPtrArray  *groups;   /* likewise */
} Check;

static void look_up_next (GTask *task);

static void
check_free (Check *check)
{
  g_object_unref (check->accounts);
  g_free (check->name);
  g_ptr_array_unref (check->users);
  g_ptr_array_unref (check->groups);
  g_free (check);
}

static void
refuse (GTask *task, const char *key)
{
  Check *check = g_task_get_task_data (task);

  g_task_return_new_error (task, JT_ERROR, JT_ERROR_NOT_AUTHORIZED,
                           "setting '%s': only the administrator may name another than your own (user '%s')", key,
                           check->name);
}

static void
on_user (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JtAccount) account = jt_accounts_lookup_finish (JT_ACCOUNTS (source), result, &error);

  if (account != NULL)
    look_up_next (task);
  else
    g_task_return_new_error (task, JT_ERROR, JT_ERROR_INVALID_SETTINGS, "setting 'user': %s", error->message);
}

static void
on_group (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Check *check = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  guint32 gid = G_MAXUINT32;
  gboolean is_known = jt_accounts_lookup_group_finish (JT_ACCOUNTS (source), result, &gid, &error);

  if (check->uid != 0 && (!is_known || gid != check->gid || gid == G_MAXUINT32))
    refuse (task, "group");
  else if (!is_known)
    g_task_return_new_error (task, JT_ERROR, JT_ERROR_INVALID_SETTINGS, "setting 'group': %s", error->message);
  else
    look_up_next (task);
}

static void
look_up_next (GTask *task)
{
  Check *check = g_task_get_task_data (task);
  g_autofree char *name = NULL;

  if (check->users->len > 0)
    {
      name = g_ptr_array_steal_index_fast (check->users, check->users->len - 1);
      jt_accounts_lookup_async (check->accounts, name, 0, NULL, on_user, g_object_ref (task));
    }
  else if (check->groups->len > 0)
    {
      name = g_ptr_array_steal_index_fast (check->groups, check->groups->len - 1);
      jt_accounts_lookup_group_async (check->accounts, name, NULL, on_group, g_object_ref (task));
    }
  else
    g_task_return_boolean (task, TRUE);
}

static void
add_once (GPtrArray *names, const char *name)
{
  if (!g_ptr_array_find_with_equal_func (names, name, g_str_equal, NULL))
    g_ptr_array_add (names, g_strdup (name));
}

/* What makes a program run other code than its own, given by one user to run as another (ld.so(8)): no job needs it. */
static const char *
find_forbidden_variable (JtSettings *settings)
{
  static const char *const forbidden[] = { "LD_PRELOAD", "LD_AUDIT" };
  g_auto (GStrv) environment = jt_settings_get_strv (settings, "environment");

  for (guint i = 0; i < G_N_ELEMENTS (forbidden); i++)
    if (g_environ_getenv (environment, forbidden[i]) != NULL)
      return forbidden[i];
  return NULL;
}

static gboolean
check_variables (GTask *task, JtSettings *settings, const char *user)
{
  const char *variable = find_forbidden_variable (settings);

  if (variable == NULL)
    return TRUE;
  g_task_return_new_error (task, JT_ERROR, JT_ERROR_NOT_AUTHORIZED,
                           "setting 'environment': variable '%s' is not allowed with run-as (user '%.64s')", variable, user);
  return FALSE;
}

/* FALSE: refused already. */
static gboolean
take_names (GTask *task, JtSettings *settings)
{
  Check *check = g_task_get_task_data (task);
  const char *user = jt_settings_has (settings, "user") ? jt_settings_get_string (settings, "user") : NULL;
  const char *group = jt_settings_has (settings, "group") ? jt_settings_get_string (settings, "group") : NULL;

  if (user != NULL && *user != '\0' && !g_str_equal (user, check->name))
    {
      if (check->uid != 0)
        {
          refuse (task, "user");
          return FALSE;
        }
      if (!check_variables (task, settings, user))
        return FALSE;
      add_once (check->users, user);
    }
  if (group != NULL && *group != '\0')
    add_once (check->groups, group);
  return TRUE;
}

void
jt_run_as_check_async (JtAccounts *accounts, const JtPeer *peer, GPtrArray *settings, GAsyncReadyCallback cb, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (accounts, NULL, cb, data);
  Check *check = g_new0 (Check, 1);

  g_task_set_source_tag (task, jt_run_as_check_async);
  check->accounts = g_object_ref (accounts);
  check->uid = peer->uid;
  check->gid = peer->gid;
  check->name = g_strdup (peer->name);
  check->users = g_ptr_array_new_with_free_func (g_free);
  check->groups = g_ptr_array_new_with_free_func (g_free);
  g_task_set_task_data (task, check, (GDestroyNotify) check_free);
  for (guint i = 0; i < settings->len; i++)
    if (!take_names (task, g_ptr_array_index (settings, i)))
      return;
  look_up_next (task);
}

gboolean
jt_run_as_check_finish (JtAccounts *accounts, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
