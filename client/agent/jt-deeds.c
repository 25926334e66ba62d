/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-deeds.h"

#include <glib/gi18n-lib.h>

#include "jt-names.h"
#include "jt-viewer.h"

#define MUTE_USEC (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

typedef struct
{
  char           *what;     /* (owned) it could not be done */
  JtDeedsComplain complain;
  GWeakRef        owner;
} Deed;

static Deed *
deed_new (const char *what, JtDeedsComplain complain, GObject *owner)
{
  Deed *deed = g_new0 (Deed, 1);

  deed->what = g_strdup (what);
  deed->complain = complain;
  g_weak_ref_init (&deed->owner, owner);
  return deed;
}

static void
deed_free (Deed *deed)
{
  g_weak_ref_clear (&deed->owner);
  g_free (deed->what);
  g_free (deed);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Deed, deed_free)

static void
complain (Deed *deed, const char *why)
{
  g_autoptr (GObject) owner = g_weak_ref_get (&deed->owner);
  g_autoptr (JtPopup) popup = jt_popup_new_own (deed->what, why);

  if (owner != NULL)
    deed->complain (popup, owner);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Deed) deed = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply = jt_link_call_finish (JT_LINK (source), result, NULL, &error);

  if (reply == NULL)
    complain (deed, error->message);
}

/* The service is named when it is known: the same number may be another run elsewhere. */
static void
show (const JtPopup *popup, const char *token, JtLink *link, Deed *deed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autofree char *bus = link == NULL ? NULL : g_strconcat ("--", jt_link_get_name (link), NULL);
  g_autofree char *run = popup == NULL ? NULL : g_strdup_printf ("%" G_GUINT64_FORMAT, jt_popup_get_run_id (popup));
  g_autofree char *command = NULL;
  g_autofree char *why = NULL;

  g_ptr_array_add (words, (char *) "jobctl");
  if (bus != NULL)
    g_ptr_array_add (words, bus);
  if (popup != NULL && popup->run != NULL)
    {
      g_ptr_array_add (words, (char *) "log");
      g_ptr_array_add (words, run);
    }
  else if (popup != NULL && *popup->job_name != '\0')
    {
      g_ptr_array_add (words, (char *) "show");
      g_ptr_array_add (words, (char *) "--");
      g_ptr_array_add (words, popup->job_name);
    }
  else
    g_ptr_array_add (words, (char *) "history");
  g_ptr_array_add (words, NULL);
  if (jt_viewer_open ((const char *const *) words->pdata, token, &error))
    return;
  command = g_strjoinv (" ", (char **) words->pdata);
  /* Translators: a reason, then a command */
  why = g_strdup_printf (_("%s; the command is: %s"), error->message, command);
  complain (deed, why);
}

static void
call (JtLink *link, const char *object, const char *interface, const char *method, GVariant *parameters, Deed *deed)
{
  if (link == NULL || object == NULL)
    {
      g_variant_unref (g_variant_ref_sink (parameters));
      complain (deed, _("the service is not there"));
      deed_free (deed);
      return;
    }
  jt_link_call_async (link, object, interface, method, parameters, on_done, deed);
}

static void
run_again (const JtPopup *popup, JtLink *link, Deed *deed)
{
  if (popup->run != NULL)
    call (link, popup->run, JT_RUN_INTERFACE, "Retry", g_variant_new ("(a{sv})", NULL), deed);
  else
    call (link, popup->job, JT_JOB_INTERFACE, "Start", g_variant_new ("(a{sv})", NULL), deed);
}

/* See the header. */
void
jt_deeds_do (const JtPopup *popup, const char *action, const char *token, JtLink *link, JtDeedsComplain complain_cb, GObject *owner)
{
  g_autofree char *what = NULL;

  if (popup != NULL && g_str_equal (action, "run-again"))
    {
      /* Translators: the name of a job */
      what = g_strdup_printf (_("Could not run %s again"), popup->job_name);
      run_again (popup, link, deed_new (what, complain_cb, owner));
    }
  else if (popup != NULL && g_str_equal (action, "acknowledge"))
    {
      what = g_strdup_printf (_("Could not acknowledge the run of %s"), popup->job_name);
      call (link, popup->run, JT_RUN_INTERFACE, "Acknowledge", g_variant_new ("(sa{sv})", "", NULL),
            deed_new (what, complain_cb, owner));
    }
  else if (popup != NULL && g_str_equal (action, "mute"))
    {
      what = g_strdup_printf (_("Could not mute %s"), popup->job_name);
      call (link, popup->job, JT_JOB_INTERFACE, "Mute", g_variant_new ("(t)", (guint64) (g_get_real_time () + MUTE_USEC)),
            deed_new (what, complain_cb, owner));
    }
  else
    {
      g_autoptr (Deed) deed = deed_new (_("Could not show it"), complain_cb, owner);

      show (popup, token, link, deed);
    }
}
