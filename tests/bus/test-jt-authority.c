/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include <string.h>

#include "jt-authority.h"
#include "jt-interfaces.h"
#include "jt-names.h"

/* Every member of every interface has a row, and the rows say what the design says. */

static GDBusInterfaceInfo *(*const interfaces[]) (void)
  = { jt_interfaces_root, jt_interfaces_job, jt_interfaces_run, jt_interfaces_notifications, jt_interfaces_properties,
      jt_interfaces_object_manager };

static void
test_every_member_has_a_row (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (interfaces); i++)
    {
      GDBusInterfaceInfo *info = interfaces[i]();

      g_assert_nonnull (info->methods);
      for (guint m = 0; info->methods[m] != NULL; m++)
        {
          g_test_message ("%s.%s", info->name, info->methods[m]->name);
          g_assert_nonnull (jt_authority_find (info->name, info->methods[m]->name));
        }
    }
}

static void
test_every_row_has_a_member (void)
{
  for (const JtAuthorityRow *row = jt_authority_get_table (); row->interface != NULL; row++)
    {
      gboolean is_found = FALSE;

      for (guint i = 0; i < G_N_ELEMENTS (interfaces); i++)
        is_found = is_found
                   || (g_str_equal (interfaces[i]()->name, row->interface)
                       && g_dbus_interface_info_lookup_method (interfaces[i](), row->member) != NULL);
      g_test_message ("%s.%s", row->interface, row->member);
      g_assert_true (is_found);
    }
}

static void
test_members_of_jobs_and_runs_are_their_owners (void)
{
  for (const JtAuthorityRow *row = jt_authority_get_table (); row->interface != NULL; row++)
    if (g_str_equal (row->interface, JT_JOB_INTERFACE) || g_str_equal (row->interface, JT_RUN_INTERFACE))
      g_assert_cmpint (row->right, ==, JT_RIGHT_OWNER);
}

static void
test_unknown_members_have_none (void)
{
  g_assert_null (jt_authority_find (JT_ROOT_INTERFACE, "Nothing"));
  g_assert_null (jt_authority_find (JT_JOB_INTERFACE, "AddJob"));
}

static void
test_administrator (void)
{
  static const char *const members[] = { "Pause", "Resume", "Reload" };

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      const JtAuthorityRow *row = jt_authority_find (JT_ROOT_INTERFACE, members[i]);

      g_assert_true (jt_authority_may_call (row, 0, TRUE, 1000));
      g_assert_false (jt_authority_may_call (row, 1000, TRUE, 1000));
      g_assert_true (jt_authority_may_call (row, 1000, FALSE, 1000));
      g_assert_false (jt_authority_may_call (row, 1001, FALSE, 1000));
      g_assert_true (jt_authority_may_call (row, 0, FALSE, 1000));
    }
}

static void
test_who_may_see (void)
{
  g_assert_true (jt_authority_may_see (0, 1000));
  g_assert_true (jt_authority_may_see (1000, 1000));
  g_assert_false (jt_authority_may_see (1001, 1000));
  /* uids above INT_MAX are uids like any other */
  g_assert_true (jt_authority_may_see (4000000000u, 4000000000u));
  g_assert_false (jt_authority_may_see (4000000000u, 0));
  g_assert_false (jt_authority_may_see (G_MAXUINT32, 1000));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/authority/every-member-has-a-row", test_every_member_has_a_row);
  g_test_add_func ("/authority/every-row-has-a-member", test_every_row_has_a_member);
  g_test_add_func ("/authority/members-of-jobs-and-runs", test_members_of_jobs_and_runs_are_their_owners);
  g_test_add_func ("/authority/unknown-members", test_unknown_members_have_none);
  g_test_add_func ("/authority/administrator", test_administrator);
  g_test_add_func ("/authority/who-may-see", test_who_may_see);
  return g_test_run ();
}
