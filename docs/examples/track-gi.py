#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""A run that is reported over D-Bus with PyGObject."""
import os
import sys

from gi.repository import Gio, GLib

SERVICE = "org.example.JobTracker"
ROOT = "/org/example/JobTracker"


class TrackedRun:
    """One run, from entering a `with` block to leaving it.

    An exception that leaves the block makes it failed. Should the process die, the service sees its connection go, and the run is lost.
    """

    def __init__(self, bus, name, **options):
        self.bus, self.name, self.options = bus, name, options
        self.path = None

    def _call(self, path, interface, method, parameters):
        return self.bus.call_sync(SERVICE, path, interface, method, parameters, None, Gio.DBusCallFlags.NONE, -1, None)

    def __enter__(self):
        (self.path,) = self._call(ROOT, SERVICE, "StartTracking", GLib.Variant("(sa{sv})", (self.name, self.options)))
        return self

    def progress(self, fraction, message=""):
        self._call(self.path, SERVICE + ".Run", "SetProgress", GLib.Variant("(ds)", (fraction, message)))

    def log(self, text, stream="stdout"):
        self._call(self.path, SERVICE + ".Run", "AppendLog", GLib.Variant("(say)", (stream, text.encode())))

    def __exit__(self, kind, error, traceback):
        details = {}
        if kind is not None:
            # A reason is one line of at most 1024 bytes.
            details["reason"] = GLib.Variant("s", " ".join(f"{kind.__name__}: {error}".split())[:250])
        state = "succeeded" if kind is None else "failed"
        self._call(self.path, SERVICE + ".Run", "Finish", GLib.Variant("(sa{sv})", (state, details)))


def main():
    session = os.environ.get("JOBTRACKER_BUS") == "session"
    try:
        bus = Gio.bus_get_sync(Gio.BusType.SESSION if session else Gio.BusType.SYSTEM, None)
        with TrackedRun(bus, "report", message=GLib.Variant("s", "collecting")) as run:
            for page in range(1, 6):
                run.log(f"page {page}\n")
                run.progress(page / 5, f"page {page} of 5")
        print(run.path)
    except GLib.Error as error:
        # The domain of a D-Bus error is its name: org.example.JobTracker.Error.QuotaExceeded, say.
        name = Gio.DBusError.get_remote_error(error)
        Gio.DBusError.strip_remote_error(error)
        sys.exit(f"could not report: {error.message}" + (f" ({name})" if name else ""))


main()
