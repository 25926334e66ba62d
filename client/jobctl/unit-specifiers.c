/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright The JobTracker Authors */
#include "config.h"

#include "unit-specifiers.h"

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <glib/gi18n-lib.h>

#include "jt-error.h"

#define MAX_TEXT (1024 * 1024)

typedef struct
{
  const Unit *unit;
  UnitManager manager;
} Place;

/* Each gives (transfer full), or NULL: not known here. */
typedef char *(*Resolve) (const Place *place);

/* --- of the name --- */

static const char *
instance_of (const Place *place)
{
  return place->unit->parts->instance != NULL ? place->unit->parts->instance : "";
}

static const char *
last_part_of (const Place *place)
{
  const char *dash = strrchr (place->unit->parts->prefix, '-');

  return dash != NULL ? dash + 1 : place->unit->parts->prefix;
}

static char *
resolve_name (const Place *place)
{
  return g_strdup (place->unit->name);
}

static char *
resolve_bare_name (const Place *place)
{
  return g_strndup (place->unit->name, strlen (place->unit->name) - strlen (place->unit->parts->type) - 1);
}

static char *
resolve_prefix (const Place *place)
{
  return g_strdup (place->unit->parts->prefix);
}

static char *
resolve_unescaped_prefix (const Place *place)
{
  return unit_name_unescape (place->unit->parts->prefix);
}

static char *
resolve_instance (const Place *place)
{
  return g_strdup (instance_of (place));
}

static char *
resolve_unescaped_instance (const Place *place)
{
  return unit_name_unescape (instance_of (place));
}

static char *
resolve_last_part (const Place *place)
{
  return g_strdup (last_part_of (place));
}

static char *
resolve_unescaped_last_part (const Place *place)
{
  return unit_name_unescape (last_part_of (place));
}

static char *
resolve_as_path (const Place *place)
{
  const UnitName *parts = place->unit->parts;
  g_autofree char *path = unit_name_unescape (parts->instance != NULL ? parts->instance : parts->prefix);

  return g_strconcat ("/", path + strspn (path, "/"), NULL);
}

static char *
resolve_file (const Place *place)
{
  return place->unit->paths->len > 0 ? g_strdup (g_ptr_array_index (place->unit->paths, 0)) : NULL;
}

static char *
resolve_folder (const Place *place)
{
  return place->unit->paths->len > 0 ? g_path_get_dirname (g_ptr_array_index (place->unit->paths, 0)) : NULL;
}

/* --- of the manager and its user --- */

static struct passwd *
get_account (const Place *place)
{
  return getpwuid (place->manager == UNIT_MANAGER_SYSTEM ? 0 : getuid ());
}

static char *
resolve_user (const Place *place)
{
  struct passwd *account = get_account (place);

  return account != NULL ? g_strdup (account->pw_name) : NULL;
}

static char *
resolve_uid (const Place *place)
{
  return g_strdup_printf ("%u", place->manager == UNIT_MANAGER_SYSTEM ? 0 : getuid ());
}

static char *
resolve_group (const Place *place)
{
  struct group *group = getgrgid (place->manager == UNIT_MANAGER_SYSTEM ? 0 : getgid ());

  return group != NULL ? g_strdup (group->gr_name) : NULL;
}

static char *
resolve_gid (const Place *place)
{
  return g_strdup_printf ("%u", place->manager == UNIT_MANAGER_SYSTEM ? 0 : getgid ());
}

static char *
resolve_home (const Place *place)
{
  struct passwd *account = get_account (place);

  return account != NULL ? g_strdup (account->pw_dir) : NULL;
}

static char *
resolve_shell (const Place *place)
{
  struct passwd *account = get_account (place);

  return account != NULL ? g_strdup (account->pw_shell) : NULL;
}

static char *
resolve_runtime (const Place *place)
{
  const char *own = g_getenv ("XDG_RUNTIME_DIR");

  if (place->manager == UNIT_MANAGER_SYSTEM)
    return g_strdup ("/run");
  return own != NULL ? g_strdup (own) : g_strdup_printf ("/run/user/%u", getuid ());
}

/* Of a user's manager this is ~/.config up to version 253, ~/.local/state since. */
static char *
resolve_state (const Place *place)
{
  return place->manager == UNIT_MANAGER_SYSTEM ? g_strdup ("/var/lib") : NULL;
}

static char *
resolve_logs (const Place *place)
{
  return place->manager == UNIT_MANAGER_SYSTEM ? g_strdup ("/var/log") : NULL;
}

static char *
resolve_cache (const Place *place)
{
  return g_strdup (place->manager == UNIT_MANAGER_SYSTEM ? "/var/cache" : g_get_user_cache_dir ());
}

static char *
resolve_configuration (const Place *place)
{
  return g_strdup (place->manager == UNIT_MANAGER_SYSTEM ? "/etc" : g_get_user_config_dir ());
}

static char *
resolve_temporary (const Place *place G_GNUC_UNUSED)
{
  return g_strdup ("/tmp");
}

static char *
resolve_large_temporary (const Place *place G_GNUC_UNUSED)
{
  return g_strdup ("/var/tmp");
}

/* --- of the machine --- */

static char *
resolve_host (const Place *place G_GNUC_UNUSED)
{
  struct utsname names;

  return uname (&names) == 0 ? g_strdup (names.nodename) : NULL;
}

static char *
resolve_short_host (const Place *place)
{
  char *host = resolve_host (place);

  if (host != NULL)
    host[strcspn (host, ".")] = '\0';
  return host;
}

static char *
resolve_machine_id (const Place *place G_GNUC_UNUSED)
{
  char *text = NULL;

  if (!g_file_get_contents ("/etc/machine-id", &text, NULL, NULL))
    return NULL;
  text[strspn (text, "0123456789abcdef")] = '\0';
  if (strlen (text) == 32)
    return text;
  g_free (text);
  return NULL;
}

static char *
resolve_architecture (const Place *place G_GNUC_UNUSED)
{
  static const char *const names[][2] = {
    { "x86_64", "x86-64" }, { "i686", "x86" },       { "i586", "x86" },       { "aarch64", "arm64" },     { "armv7l", "arm" },  { "armv6l", "arm" },
    { "ppc64le", "ppc64-le" }, { "ppc64", "ppc64" }, { "s390x", "s390x" },    { "riscv64", "riscv64" }, { "loongarch64", "loongarch64" },
  };
  struct utsname machine;

  if (uname (&machine) == 0)
    for (guint i = 0; i < G_N_ELEMENTS (names); i++)
      if (g_str_equal (machine.machine, names[i][0]))
        return g_strdup (names[i][1]);
  return NULL;
}

/* --- all of them --- */

static const struct
{
  char    letter;
  Resolve resolve; /* NULL: it does not stay what it is */
} specifiers[] = {
  { 'n', resolve_name },
  { 'N', resolve_bare_name },
  { 'p', resolve_prefix },
  { 'P', resolve_unescaped_prefix },
  { 'i', resolve_instance },
  { 'I', resolve_unescaped_instance },
  { 'j', resolve_last_part },
  { 'J', resolve_unescaped_last_part },
  { 'f', resolve_as_path },
  { 'y', resolve_file },
  { 'Y', resolve_folder },
  { 'u', resolve_user },
  { 'U', resolve_uid },
  { 'g', resolve_group },
  { 'G', resolve_gid },
  { 'h', resolve_home },
  { 's', resolve_shell },
  { 't', resolve_runtime },
  { 'S', resolve_state },
  { 'L', resolve_logs },
  { 'C', resolve_cache },
  { 'E', resolve_configuration },
  { 'T', resolve_temporary },
  { 'V', resolve_large_temporary },
  { 'H', resolve_host },
  { 'l', resolve_short_host },
  { 'm', resolve_machine_id },
  { 'a', resolve_architecture },
  { 'b', NULL }, /* boot id */
  { 'v', NULL }, /* kernel release */
  { 'd', NULL }, /* folder of credentials */
  { 'q', NULL }, /* pretty host name */
  { 'A', NULL }, /* versions and variants of the system, from here on */
  { 'B', NULL },
  { 'M', NULL },
  { 'o', NULL },
  { 'w', NULL },
  { 'W', NULL },
};

/* What is no specifier stays as it is, as with systemd. */
static gboolean
append_specifier (GString *out, const Place *place, char letter, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (specifiers); i++)
    if (specifiers[i].letter == letter)
      {
        g_autofree char *value = specifiers[i].resolve != NULL ? specifiers[i].resolve (place) : NULL;

        if (value != NULL)
          {
            g_string_append (out, value);
            return TRUE;
          }
        g_set_error (error, JT_ERROR, JT_ERROR_NOT_SUPPORTED, _("%%%c is known only when systemd starts it; write what it stands for"), letter);
        return FALSE;
      }
  g_string_append_printf (out, "%%%c", letter);
  return TRUE;
}

/**
 * unit_expand:
 *
 * Returns: (transfer full): @text with what its specifiers stand for in @unit; %NULL with %JT_ERROR_NOT_SUPPORTED
 */
char *
unit_expand (const Unit *unit, UnitManager manager, const char *text, GError **error)
{
  const Place place = { unit, manager };
  g_autoptr (GString) out = g_string_new (NULL);

  for (; *text != '\0'; text++)
    {
      if (*text != '%' || text[1] == '\0')
        g_string_append_c (out, *text);
      else if (*++text == '%')
        g_string_append_c (out, '%');
      else if (!append_specifier (out, &place, *text, error))
        return NULL;
      if (out->len > MAX_TEXT)
        {
          g_set_error (error, JT_ERROR, JT_ERROR_TOO_LARGE, _("is longer than %d bytes with what its specifiers stand for"), MAX_TEXT);
          return NULL;
        }
    }
  return g_strdup (out->str);
}
