#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""A run that is reported over D-Bus with PyGObject. It ends with this process if it is not finished."""
import os

from gi.repository import Gio, GLib

SERVICE = "org.example.JobTracker"
bus_type = Gio.BusType.SESSION if os.environ.get("JOBTRACKER_BUS") == "session" else Gio.BusType.SYSTEM
bus = Gio.bus_get_sync(bus_type, None)


def call(path, interface, method, parameters):
    return bus.call_sync(SERVICE, path, interface, method, parameters, None, Gio.DBusCallFlags.NONE, -1, None)


(run,) = call("/org/example/JobTracker", SERVICE, "StartTracking",
              GLib.Variant("(sa{sv})", ("report", {"message": GLib.Variant("s", "collecting")})))
for step in range(1, 6):
    call(run, SERVICE + ".Run", "SetProgress", GLib.Variant("(ds)", (step / 5, f"page {step} of 5")))
    call(run, SERVICE + ".Run", "AppendLog", GLib.Variant("(say)", ("stdout", f"page {step}\n".encode())))
call(run, SERVICE + ".Run", "Finish", GLib.Variant("(sa{sv})", ("succeeded", {"exit-code": GLib.Variant("i", 0)})))
print(run)
