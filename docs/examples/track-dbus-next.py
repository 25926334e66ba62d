#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
"""A run that is reported over D-Bus with dbus-next and asyncio."""
import asyncio
import os

from dbus_next import BusType, Message, MessageType, Variant
from dbus_next.aio import MessageBus

SERVICE = "org.example.JobTracker"


async def call(bus, path, interface, member, signature, *body):
    reply = await bus.call(Message(destination=SERVICE, path=path, interface=interface, member=member, signature=signature,
                                   body=list(body)))
    if reply.message_type == MessageType.ERROR:
        raise RuntimeError(f"{reply.error_name}: {reply.body[0]}")
    return reply.body


async def main():
    session = os.environ.get("JOBTRACKER_BUS") == "session"
    bus = await MessageBus(bus_type=BusType.SESSION if session else BusType.SYSTEM).connect()
    (run,) = await call(bus, "/org/example/JobTracker", SERVICE, "StartTracking", "sa{sv}", "crawl", {})
    for step in range(1, 4):
        await call(bus, run, SERVICE + ".Run", "SetProgress", "ds", step / 3, f"site {step}")
        await call(bus, run, SERVICE + ".Run", "AppendLog", "say", "stdout", f"site {step}\n".encode())
    await call(bus, run, SERVICE + ".Run", "Finish", "sa{sv}", "failed",
               {"exit-code": Variant("i", 3), "reason": Variant("s", "robots.txt")})
    print(run)


asyncio.run(main())
