/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-agent.h"

#include "jt-board.h"
#include "jt-deeds.h"
#include "jt-presenter.h"
#include "jt-registration.h"

struct _JtAgent
{
  GObject      parent;
  GPtrArray   *registrations; /* (element-type JtRegistration) (owned) one for each bus */
  JtPresenter *presenter;     /* (owned) */
  JtBoard     *board;         /* (owned) */
  GSource     *alarm;         /* (owned) (nullable) the board's */
};

G_DEFINE_FINAL_TYPE (JtAgent, jt_agent, G_TYPE_OBJECT)

/* (nullable): the service that a popup came from. */
static JtRegistration *
find_registration (JtAgent *self, const char *origin)
{
  for (guint i = 0; i < self->registrations->len; i++)
    {
      JtRegistration *registration = self->registrations->pdata[i];

      if (g_str_equal (jt_link_get_name (jt_registration_get_link (registration)), origin))
        return registration;
    }
  return NULL;
}

static void
show_cb (guint64 place, const JtPopupContent *content, gpointer user_data)
{
  jt_presenter_show (JT_AGENT (user_data)->presenter, place, content);
}

static void
close_cb (guint64 place, gpointer user_data)
{
  jt_presenter_close (JT_AGENT (user_data)->presenter, place);
}

static void
report_cb (const JtPopup *popup, const char *outcome, const char *detail, gpointer user_data)
{
  JtRegistration *registration = find_registration (JT_AGENT (user_data), popup->origin);

  if (registration != NULL)
    jt_registration_report (registration, popup->id, outcome, detail);
}

static void
complain_cb (JtPopup *popup, gpointer user_data)
{
  jt_board_add (JT_AGENT (user_data)->board, popup, g_get_monotonic_time ());
}

static void
act_cb (const JtPopup *popup, const char *origin, const char *action, const char *token, gpointer user_data)
{
  JtAgent *self = JT_AGENT (user_data);
  JtRegistration *registration = find_registration (self, origin);

  jt_deeds_do (popup, action, token, registration == NULL ? NULL : jt_registration_get_link (registration), complain_cb, G_OBJECT (self));
}

static void
stop_alarm (JtAgent *self)
{
  if (self->alarm != NULL)
    g_source_destroy (self->alarm);
  g_clear_pointer (&self->alarm, g_source_unref);
}

static gboolean
on_alarm (gpointer user_data)
{
  JtAgent *self = JT_AGENT (user_data);

  stop_alarm (self);
  jt_board_on_alarm (self->board, g_get_monotonic_time ());
  return G_SOURCE_REMOVE;
}

static void
set_alarm_cb (gint64 at_usec, gpointer user_data)
{
  JtAgent *self = JT_AGENT (user_data);
  gint64 wait_usec;

  stop_alarm (self);
  if (at_usec == G_MAXINT64)
    return;
  wait_usec = MAX (at_usec - g_get_monotonic_time (), 0);
  self->alarm = g_timeout_source_new ((guint) (wait_usec / 1000) + 1);
  g_source_set_callback (self->alarm, on_alarm, self, NULL);
  g_source_attach (self->alarm, NULL);
}

static void
give_up_cb (gpointer user_data)
{
  JtAgent *self = JT_AGENT (user_data);

  for (guint i = 0; i < self->registrations->len; i++)
    jt_registration_leave (self->registrations->pdata[i]);
}

static void
on_popup (JtRegistration *registration, JtPopup *popup, JtAgent *self)
{
  jt_board_add (self->board, popup, g_get_monotonic_time ());
}

static void
on_server (JtPresenter *presenter, const JtServerInfo *info, JtAgent *self)
{
  jt_board_on_server (self->board, info, g_get_monotonic_time ());
  if (info == NULL)
    {
      g_debug ("there is no notification server");
      return;
    }
  g_debug ("the notification server is %s %s", info->server, info->version);
  for (guint i = 0; i < self->registrations->len; i++)
    jt_registration_set_server (self->registrations->pdata[i], info);
}

static void
on_shown (JtPresenter *presenter, guint64 place, const char *problem, JtAgent *self)
{
  if (problem != NULL)
    g_message ("could not show a popup: %s", problem);
  jt_board_on_shown (self->board, place, problem, g_get_monotonic_time ());
}

static void
on_closed (JtPresenter *presenter, guint64 place, const char *outcome, JtAgent *self)
{
  jt_board_on_closed (self->board, place, outcome, g_get_monotonic_time ());
}

static void
on_action (JtPresenter *presenter, guint64 place, const char *action, const char *token, JtAgent *self)
{
  jt_board_on_action (self->board, place, action, token, g_get_monotonic_time ());
}

static void
add_service (JtAgent *self, const char *name, const char *address)
{
  g_autoptr (JtLink) link = jt_link_new (name, address);
  JtRegistration *registration = jt_registration_new (link);

  g_signal_connect_object (registration, "popup", G_CALLBACK (on_popup), self, 0);
  g_ptr_array_add (self->registrations, registration);
}

/**
 * jt_agent_new:
 * @session: the session bus
 * @system_address: (nullable): where the service of the machine is
 * @session_address: (nullable): where the person's own service is
 *
 * Begins at once.
 *
 * Returns: (transfer full): the agent
 */
JtAgent *
jt_agent_new (GDBusConnection *session, const char *system_address, const char *session_address)
{
  static const JtBoardOutlets outlets = { show_cb, close_cb, report_cb, act_cb, set_alarm_cb, give_up_cb };
  JtAgent *self = g_object_new (JT_TYPE_AGENT, NULL);

  self->board = jt_board_new (&outlets, self);
  if (system_address != NULL)
    add_service (self, "system", system_address);
  /* One bus that is both has one service. */
  if (session_address != NULL && g_strcmp0 (session_address, system_address) != 0)
    add_service (self, "session", session_address);
  self->presenter = jt_presenter_new (session);
  g_signal_connect_object (self->presenter, "server", G_CALLBACK (on_server), self, 0);
  g_signal_connect_object (self->presenter, "shown", G_CALLBACK (on_shown), self, 0);
  g_signal_connect_object (self->presenter, "closed", G_CALLBACK (on_closed), self, 0);
  g_signal_connect_object (self->presenter, "action", G_CALLBACK (on_action), self, 0);
  return self;
}

static void
jt_agent_init (JtAgent *self)
{
  self->registrations = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
jt_agent_dispose (GObject *object)
{
  JtAgent *self = JT_AGENT (object);

  stop_alarm (self);
  g_clear_object (&self->presenter);
  g_clear_pointer (&self->registrations, g_ptr_array_unref);
  g_clear_pointer (&self->board, jt_board_free);
  G_OBJECT_CLASS (jt_agent_parent_class)->dispose (object);
}

static void
jt_agent_class_init (JtAgentClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = jt_agent_dispose;
}
