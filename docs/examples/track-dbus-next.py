#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""A run that is reported over D-Bus with dbus-next and asyncio."""
import asyncio
import os
import sys

from dbus_next import BusType, Message, MessageType, Variant
from dbus_next.aio import MessageBus
from dbus_next.errors import DBusError

SERVICE = "org.example.JobTracker"
ROOT = "/org/example/JobTracker"


async def call(bus, path, interface, member, signature, *body):
    reply = await bus.call(Message(destination=SERVICE, path=path, interface=interface, member=member, signature=signature,
                                   body=list(body)))
    if reply.message_type == MessageType.ERROR:
        raise DBusError(reply.error_name, reply.body[0] if reply.body else "")
    return reply.body


async def crawl(bus, run):
    for site in range(1, 4):
        await call(bus, run, SERVICE + ".Run", "AppendLog", "say", "stdout", f"site {site}\n".encode())
        await call(bus, run, SERVICE + ".Run", "SetProgress", "ds", site / 3, f"site {site} of 3")
    raise PermissionError("robots.txt")


async def main():
    session = os.environ.get("JOBTRACKER_BUS") == "session"
    bus = await MessageBus(bus_type=BusType.SESSION if session else BusType.SYSTEM).connect()
    (run,) = await call(bus, ROOT, SERVICE, "StartTracking", "sa{sv}", "crawl", {"tags": Variant("as", ["web"])})
    # However the work ends, it is said; were this process killed, the service would see its connection go, and the run be lost.
    state, details = "succeeded", {}
    try:
        await crawl(bus, run)
    except Exception as error:  # (whatever it is, it is the reason)
        state, details = "failed", {"reason": Variant("s", " ".join(str(error).split())[:250])}
    await call(bus, run, SERVICE + ".Run", "Finish", "sa{sv}", state, details)
    print(run)


try:
    asyncio.run(main())
except (DBusError, OSError) as error:
    sys.exit(f"could not report: {error}")
