/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "jt-place.h"

static void
entry_free (gpointer data)
{
  JtPlaceEntry *entry = data;

  jt_popup_unref (entry->popup);
  g_free (entry);
}

/* (transfer full) */
JtPlace *
jt_place_new (guint64 number, gboolean is_stack)
{
  JtPlace *place = g_new0 (JtPlace, 1);

  place->number = number;
  place->is_stack = is_stack;
  place->entries = g_ptr_array_new_with_free_func (entry_free);
  return place;
}

void
jt_place_free (JtPlace *place)
{
  if (place == NULL)
    return;
  g_ptr_array_unref (place->entries);
  g_free (place);
}

void
jt_place_add (JtPlace *place, JtPopup *popup)
{
  JtPlaceEntry *entry = g_new0 (JtPlaceEntry, 1);

  entry->popup = jt_popup_ref (popup);
  g_ptr_array_add (place->entries, entry);
  place->is_dirty = TRUE;
}

/* The one of this key that is to be seen. (nullable) (transfer none) */
JtPlaceEntry *
jt_place_find (JtPlace *place, const char *key)
{
  for (guint i = 0; i < place->entries->len; i++)
    {
      JtPlaceEntry *entry = place->entries->pdata[i];

      if (!entry->is_superseded && g_str_equal (entry->popup->key, key))
        return entry;
    }
  return NULL;
}

guint
jt_place_count_unshown (const JtPlace *place)
{
  guint n = 0;

  for (guint i = 0; i < place->entries->len; i++)
    n += !((const JtPlaceEntry *) place->entries->pdata[i])->is_shown;
  return n;
}

/* (transfer container) */
static GPtrArray *
list_visible (const JtPlace *place)
{
  GPtrArray *popups = g_ptr_array_new ();

  for (guint i = 0; i < place->entries->len; i++)
    {
      JtPlaceEntry *entry = place->entries->pdata[i];

      if (!entry->is_superseded)
        g_ptr_array_add (popups, entry->popup);
    }
  return popups;
}

/* The popup, when it tells of one alone. (nullable) (transfer none) */
JtPopup *
jt_place_get_single (const JtPlace *place)
{
  g_autoptr (GPtrArray) popups = list_visible (place);

  return popups->len == 1 && place->n_uncounted == 0 ? popups->pdata[0] : NULL;
}

/* (transfer full) */
JtPopupContent *
jt_place_make_content (const JtPlace *place, const JtServerInfo *info)
{
  g_autoptr (GPtrArray) popups = list_visible (place);
  guint count = place->n_uncounted;

  if (popups->len == 1 && count == 0)
    return jt_popup_content_new (popups->pdata[0], info);
  for (guint i = 0; i < popups->len; i++)
    count += ((const JtPopup *) popups->pdata[i])->count;
  return jt_popup_content_new_stack (popups, count, info);
}
