#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
#
# The service under a real systemd, bus and logins; run.sh starts this with a machine up: cases.sh STAGE
# shellcheck disable=SC2016,SC2317 # what is in quotes expands there; cases are called through check
set -uo pipefail

stage=$1
number=0 failures=0
readonly config=$JOBTRACKER_CONFIG

root() { "$JOBTRACKER_LAB" exec -- "$@" < /dev/null; }
alice() { "$JOBTRACKER_LAB" exec --user alice -- "$@" < /dev/null; }
bob() { "$JOBTRACKER_LAB" exec --user bob -- "$@" < /dev/null; }

# check WHAT CASE: a case is a function whose every command must succeed
check() {
  local what=$1 output status
  number=$((number + 1))
  # No part of a condition, in which bash forgets "set -e".
  output=$(exec 2>&1; set -eE; trap 'echo "failed: $BASH_COMMAND"' ERR; "$2")
  status=$?
  if [ "$status" -eq 0 ]; then
    printf 'ok %d %s\n' "$number" "$what"
  else
    printf 'not ok %d %s\n' "$number" "$what"
    failures=$((failures + 1))
    printf '%s\n' "$output" | sed 's/^/# /'
    root journalctl -u jobtrackerd -b -n 30 --no-pager 2>&1 | sed 's/^/# /'
  fi
}

# skip WHAT WHY
skip() { number=$((number + 1)); printf 'ok %d %s # SKIP %s\n' "$number" "$1" "$2"; }

# equal FOUND EXPECTED
equal() { [ "$1" = "$2" ] || { printf "found '%s', expected '%s'\n" "$1" "$2"; return 1; }; }
# exits STATUS COMMAND…
exits() {
  local expected=$1 status=0
  shift
  "$@" || status=$?
  equal "$status" "$expected"
}
# prints TEXT COMMAND…: what it prints has TEXT in it
prints() {
  local expected=$1 output
  shift
  output=$("$@" 2>&1) || { printf '%s\n' "$output"; return 1; }
  [[ $output == *"$expected"* ]] || { printf "'%s' is not in: %s\n" "$expected" "$output"; return 1; }
}
refuses() { local status=0; "$@" > /dev/null 2>&1 || status=$?; [ "$status" -ne 0 ]; }
property() { root systemctl show -P "$1" jobtrackerd; }
# until_true COMMAND…, run by a shell there, for a minute at most
until_true() { root bash -c 'for i in $(seq 600); do eval "$1" && exit; sleep 0.1; done; echo "never true: $1"; exit 1' until "$*"; }

# --- cases ---

installed() {
  "$JOBTRACKER_LAB" copy "$stage/." lab:/
  root systemctl daemon-reload
  root systemctl reload dbus
  alice systemctl --user daemon-reload
  alice busctl --user call org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus ReloadConfig
}

verified() {
  root systemd-analyze verify --man=no jobtrackerd.service
}

activated() {
  equal "$(property ActiveState)" inactive
  # Root has no session, and alice asks for the machine's.
  prints 'answers on the system bus' root jobctl status
  equal "$(property ActiveState)" active
  root systemctl stop jobtrackerd
  prints 'answers on the system bus' alice jobctl --system status
  root systemctl stop jobtrackerd
}

enabled() {
  root systemctl enable --now jobtrackerd
  equal "$(property ActiveState)/$(property SubState)" active/running
  equal "$(property NRestarts)" 0
  equal "$(property StatusText)" ready
  equal "$(root stat -c '%U %a' /var/lib/jobtracker)" 'root 700'
}

everybody_calls() {
  prints 'answers on the system bus' root jobctl status
  prints 'answers on the system bus' alice jobctl status
  prints 'answers on the system bus' bob jobctl status
}

runs_as_owner() {
  bob jobctl add whoami -- sh -c 'echo "$(id -un) $(id -Gn) $HOME $PWD $(umask)"'
  bob jobctl run whoami --wait
  equal "$(bob jobctl log whoami)" 'bob bob /home/bob /home/bob 0022'
}

# As root, and compared with what systemd starts without any setting.
inherits_nothing() {
  local look='ulimit -Sa; ulimit -Ha; grep -E "^(NoNewPrivs|Seccomp|Cap|SigBlk)" /proc/self/status
    for n in mnt net pid uts ipc user cgroup; do readlink "/proc/self/ns/$n"; done; cat /proc/self/oom_score_adj; nice; umask'
  root jobctl add look -- bash -c "$look"
  root jobctl run look --wait
  diff <(root jobctl log look) <(root systemd-run --quiet --wait --pipe bash -c "$look")
}

others_are_hidden() {
  local run
  run=$(bob jobctl history whoami --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["id"])')
  prints 'No jobs' alice jobctl list
  exits 3 alice jobctl show bob/whoami
  exits 3 alice jobctl show "$run"
  exits 3 alice jobctl log "$run"
  exits 3 alice jobctl retry "$run"
  exits 3 alice jobctl remove bob/whoami
  prints bob/whoami root jobctl list
  prints 'bob bob' root jobctl log "$run"
}

rights() {
  exits 4 alice jobctl add as-root --user root -- id
  exits 4 alice jobctl add as-bob --user bob -- id
  refuses alice systemctl reload jobtrackerd
  refuses alice busctl call org.example.JobTracker /org/example/JobTracker org.example.JobTracker Reload
  refuses alice busctl call org.example.JobTracker /org/example/JobTracker org.example.JobTracker Pause s mine
}

monitored() {
  # After 64 events the service asks whether a subscriber still reads.
  bob sh -c 'jobctl monitor --json --after 1 --limit 150 > events & for i in $(seq 80); do jobctl run whoami --wait; done; wait $!; wc -l < events' \
    | tail -n 1 | grep -qx 150
}

reloaded() {
  root sh -c 'printf "[Job]\nshell=id -un\nuser=bob\n" > "$1/jobs.d/from-file.job"' write "$config"
  root systemctl reload jobtrackerd
  root jobctl run from-file --wait
  equal "$(root jobctl log from-file)" bob
  exits 3 bob jobctl show from-file
  root rm "$config/jobs.d/from-file.job"
  root systemctl reload jobtrackerd
  exits 3 root jobctl show from-file
}

# put FILE TEXT
put() { root sh -c 'printf "%s\n" "$2" > "$1"' put "$@"; }
# told UNIT: starts it, and shows what it printed; the journal would lose who printed what has ended by then
told() {
  root sh -c 'mkdir "/run/systemd/system/$1.d" && printf "[Service]\nStandardOutput=truncate:/run/told\n" > "/run/systemd/system/$1.d/told.conf"' told "$1"
  root systemctl daemon-reload
  root systemctl start "$1"
  root cat /run/told
  root rm -r "/run/systemd/system/$1.d"
  root systemctl daemon-reload
}
# next_of NAME: when the job is due next, in seconds since 1970
next_of() { date -d "$(root jobctl show "$1" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["next-elapse"])')" +%s; }

# Whoever starts it tells what it was given.
probe_written() {
  put /usr/local/bin/probe '#!/bin/bash
printf "<%q>\n" "$@"
id -un; id -gn; id -Gn; pwd; umask; nice; ulimit -Sn; ulimit -Hn; ulimit -c
cat
env | grep -E "^(ONE|TWO|THREE|PATH|USER|LOGNAME|HOME|SHELL)=" | sort'
  root chmod 755 /usr/local/bin/probe
}

# A unit that is hard to read is run by systemd and as a job: both are given the same, byte for byte.
adopts_timer() {
  probe_written
  put /etc/systemd/system/probe@.timer '[Timer]
OnCalendar=Mon..Fri *-*-* 09..17:00/30 Europe/Berlin
OnCalendar=*-*~01 23:00:00
Persistent=true
[Install]
WantedBy=timers.target'
  put /etc/systemd/system/probe@.service '[Unit]
Description=What %i is given
[Service]
Type=oneshot
User=bob
Group=users
WorkingDirectory=/var/tmp
UMask=0027
Nice=5
LimitNOFILE=200:300
LimitCORE=0
Environment=ONE=1 "TWO=x  y" THREE=%%i\x41
StandardInputText=Dear \\ %i
StandardInputText=bye
ExecStart=/usr/local/bin/probe "a b" \
  '"'c\"d'"' $$HOME %%n %I \x41\u00e4 \; ${ONE}${TWO} $TWO x$ONE \
# a comment between
  ;  -/usr/local/bin/probe *  ~ "" '"''"'
ExecStart=:/usr/local/bin/probe ${ONE} $ONE'
  root systemctl daemon-reload
  root systemctl enable probe@sub-unit.timer
  prints 'would be adopted' root jobctl import systemd --dry-run probe@sub-unit
  root jobctl import systemd
  root jobctl run probe@sub-unit --wait
  diff <(told probe@sub-unit.service) <(root jobctl log probe@sub-unit)
  # Both count to the same instant.
  root systemctl start probe@sub-unit.timer
  equal "$(date -d "$(root systemctl show -P NextElapseUSecRealtime probe@sub-unit.timer)" +%s)" "$(next_of probe@sub-unit)"
  root jobctl run systemd-tmpfiles-clean --wait
  # What it says to do afterwards does it.
  root sh -c "$(root jobctl import systemd probe@sub-unit --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["turn-off"])')"
  refuses root systemctl is-enabled probe@sub-unit.timer
  refuses root systemctl is-active probe@sub-unit.timer
}

# The other way round, and back again.
exports_job() {
  probe_written
  root jobctl add probe --user alice --schedule 'Mon..Fri 02:30 Europe/Berlin' --schedule '17 * * * *' --environment 'ONE=it'"'"'s 100%' \
    --environment 'TWO=$ONE \"' --stdin $'one 5%\ntwo' --nice 3 --limits nofile=123:456 --timezone UTC --timeout 1h \
    --shell 'probe "$ONE" "$0" '"'a\$b' % %n"' && umask'
  root jobctl run probe --wait
  root jobctl export probe --to systemd --output-folder /etc/systemd/system
  root systemd-analyze verify --man=no probe.timer probe.service
  root systemctl daemon-reload
  diff <(root jobctl log probe) <(told probe.service)
  root systemctl start probe.timer
  equal "$(date -d "$(root systemctl show -P NextElapseUSecRealtime probe.timer)" +%s)" "$(next_of probe)"
  root systemctl stop probe.timer
  local before
  before=$(root jobctl log probe)
  root jobctl remove probe
  root jobctl import systemd /etc/systemd/system/probe.timer
  root jobctl run probe --wait
  equal "$(root jobctl log probe)" "$before"
  root rm /etc/systemd/system/probe.timer /etc/systemd/system/probe.service
  root systemctl daemon-reload
}

# Her own timers become jobs of her own service.
adopts_own_timer() {
  probe_written
  alice sh -c 'mkdir -p .config/systemd/user && cd .config/systemd/user &&
    printf "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n" > own.timer &&
    printf "[Service]\nType=oneshot\nExecStart=/usr/local/bin/probe %%h %%u %%t\n" > own.service'
  alice systemctl --user daemon-reload
  alice systemctl --user enable own.timer
  alice jobctl --session import systemd
  alice jobctl --session run own --wait
  alice sh -c 'mkdir .config/systemd/user/own.service.d && printf "[Service]\nStandardOutput=truncate:%%h/told\n" > .config/systemd/user/own.service.d/told.conf'
  alice systemctl --user daemon-reload
  alice systemctl --user start own.service
  diff <(alice jobctl --session log own) <(alice cat told)
}

# start_long NAME: a job of bob's that runs until it may end, with 7; leaves its process in pid
start_long() {
  bob jobctl add "$1" -- sh -c 'echo $$ > "pid-$JOBTRACKER_JOB"; until [ -e "go-$JOBTRACKER_JOB" ]; do sleep 0.1; done; echo ended; exit 7'
  bob jobctl run "$1"
  until_true "[ -s /home/bob/pid-$1 ]"
  pid=$(root cat "/home/bob/pid-$1")
}

# ended_once NAME: its one run has one attempt, which ended with 7
ended_once() {
  equal "$(bob jobctl history "$1" --json | python3 -c '
import json, sys
for run in json.load(sys.stdin): print(run["state"], run["attempt"], run["exit-code"])')" 'failed 1 7'
}

# end_long NAME: lets it end; it must be the very process, and its result on record
end_long() {
  root kill -0 "$pid"
  bob touch "go-$1"
  until_true "! kill -0 $pid 2> /dev/null"
  bob jobctl log "$1" --follow
  equal "$(bob jobctl log "$1")" ended
  ended_once "$1"
}

survives_restart() {
  local pid before
  start_long restarted
  before=$(property MainPID)
  root systemctl restart jobtrackerd
  [ "$(property MainPID)" != "$before" ]
  prints restarted bob jobctl active
  end_long restarted
}

survives_kill() {
  local pid before
  start_long killed
  before=$(property MainPID)
  root systemctl kill --kill-whom=main --signal=KILL jobtrackerd
  until_true '[ "$(systemctl show -P MainPID jobtrackerd)" != '"$before"' ] && systemctl -q is-active jobtrackerd'
  prints killed bob jobctl active
  end_long killed
  equal "$(property NRestarts)" 1
}

ends_while_away() {
  local pid
  start_long alone
  root systemctl stop jobtrackerd
  root kill -0 "$pid"
  bob touch go-alone
  until_true "! kill -0 $pid 2> /dev/null"
  root systemctl start jobtrackerd
  bob jobctl log alone --follow
  ended_once alone
}

survives_bus() {
  local pid before
  start_long busless
  before=$(property MainPID)
  root systemctl restart dbus
  until_true 'busctl --quiet --auto-start=no call org.example.JobTracker / org.freedesktop.DBus.Peer Ping 2> /dev/null'
  equal "$(property MainPID)" "$before"
  root systemctl restart systemd-logind
  end_long busless
}

# started_by NAME CAUSE, as root sees it
started_by() {
  until_true "jobctl history '$1' --json | grep -q '\"state\" : \"succeeded\"'"
  equal "$(root jobctl history "$1" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[-1]["cause"])')" "$2"
}

units_start_jobs() {
  root jobctl add on-failure --on-event unit:breaks.service:failed -- true
  root systemd-run --quiet --unit=breaks false
  started_by on-failure unit:breaks.service:failed
  equal "$(root jobctl history on-failure --json | grep -c '"id"')" 1
  # systemd forgets its connections when it is executed anew.
  root systemctl reset-failed breaks
  root systemctl daemon-reexec
  root jobctl add on-success --on-event unit:works.service:active -- true
  root systemd-run --quiet --unit=works sleep 1000
  started_by on-success unit:works.service:active
  root systemctl stop works
}

logins_start_jobs() {
  bob jobctl add welcome --on-event login -- true
  alice true
  refuses root sh -c 'jobctl history bob/welcome --json | grep -q succeeded'
  bob true
  started_by bob/welcome login
  bob jobctl remove welcome
}

puts_off_sleep() {
  local pid
  bob jobctl add important --inhibit sleep --inhibit shutdown -- sh -c 'until [ -e go-important ]; do sleep 0.1; done'
  bob jobctl run important
  until_true 'systemd-inhibit --list --no-legend | grep -Eq "JobTracker.* (shutdown:sleep|sleep:shutdown) .*important.* block"'
  bob touch go-important
  until_true '! systemd-inhibit --list --no-legend | grep -q JobTracker'
}

conditions_hold() {
  root sh -c 'umask 077; touch /root/private; mkdir -p /mnt/disk'
  bob jobctl add curious --schedule 'every 1s' --condition path:/root/private -- true
  root jobctl add allowed --schedule 'every 1s' --condition path:/root/private --condition '!path:/root/other' -- true
  until_true 'jobctl history bob/curious --json | grep -q "condition: path:/root/private"'
  until_true 'jobctl history allowed --json | grep -q succeeded'
  refuses root sh -c 'jobctl history bob/curious --json | grep -q succeeded'
  bob jobctl remove curious
  root jobctl remove allowed
  # bob is at it as long as he is logged in, and otherwise nobody is.
  bob jobctl add resting --schedule 'every 1s' --condition idle -- true
  until_true 'jobctl history bob/resting --json | grep -q succeeded'
  bob sh -c 'jobctl add busy --schedule "every 1s" --condition "!idle" -- true
    until jobctl history busy --json | grep -q succeeded; do sleep 0.1; done; jobctl remove busy; jobctl remove resting'
  # inotify says nothing of mounts.
  root jobctl add when-mounted --schedule 'every 1s' --condition path:/mnt/disk/file --condition-wait 1h -- true
  until_true 'jobctl active --json | grep -q "condition: path:/mnt/disk/file"'
  root sh -c 'mkdir -p /run/disk && touch /run/disk/file && mount --bind /run/disk /mnt/disk'
  until_true 'jobctl history when-mounted --json | grep -q succeeded'
  root jobctl remove when-mounted
  root umount /mnt/disk
}

# Nothing but the job wakes it.
wakes_up() {
  root jobctl add on-resume --on-event resume -- true
  root jobctl add alarm --wake yes --schedule 'in 20s' -- true
  root systemctl suspend
  started_by on-resume resume
  until_true 'jobctl history alarm --json | grep -q succeeded'
  root jobctl history alarm --json | python3 -c '
import datetime, json, sys
run = json.load(sys.stdin)[0]
due, started = (datetime.datetime.fromisoformat(run[key].rstrip("Z")) for key in ("scheduled-for", "started-at"))
print(due, started)
sys.exit(started - due > datetime.timedelta(seconds=5))'
}

says_what_is_missing() {
  prints "on-event: 'ac-power': UPower is not on this machine's bus" exits 2 bob jobctl add never --on-event ac-power -- true
  prints "condition: 'unmetered': NetworkManager is not on this machine's bus" exits 2 bob jobctl add never --condition unmetered -- true
}

watched() {
  equal "$(property WatchdogUSec)" 1min
  root mkdir -p /run/systemd/system/jobtrackerd.service.d
  root sh -c 'printf "[Service]\nWatchdogSec=1\n" > /run/systemd/system/jobtrackerd.service.d/watchdog.conf'
  root systemctl daemon-reload
  root systemctl restart jobtrackerd
  local before
  before=$(property MainPID)
  # It feeds the dog for longer than the dog waits, and when it hangs it is started anew.
  until_true '[ "$(systemctl show -P WatchdogTimestampMonotonic jobtrackerd)" -gt $(($(systemctl show -P ActiveEnterTimestampMonotonic jobtrackerd) + 2000000)) ]'
  equal "$(property MainPID)" "$before"
  root kill -STOP "$before"
  until_true '[ "$(systemctl show -P MainPID jobtrackerd)" != '"$before"' ] && systemctl -q is-active jobtrackerd'
  prints 'Watchdog timeout' root journalctl -u jobtrackerd -b --no-pager
  root rm /run/systemd/system/jobtrackerd.service.d/watchdog.conf
  root systemctl daemon-reload
  root systemctl restart jobtrackerd
}

wrong_configuration() {
  root sh -c 'printf "[Limits]\nmax-runing=3\n" > "$1/jobtracker.conf"' write "$config"
  # What runs goes on with what it has, and says what is wrong.
  root systemctl reload jobtrackerd
  prints 'answers on' root jobctl status
  prints "did you mean 'max-running'" root journalctl -u jobtrackerd -b --no-pager
  refuses root systemctl restart jobtrackerd
  equal "$(property ActiveState)/$(property ExecMainStatus)" failed/78
  root sh -c 'printf "[Limits]\nmax-running=300\n" > "$1/jobtracker.conf"' write "$config"
  root systemctl start jobtrackerd
}

own_service() {
  equal "$(alice systemctl --user show -P ActiveState jobtrackerd)" inactive
  prints 'answers on the session bus' alice jobctl --session status
  equal "$(alice systemctl --user show -P ActiveState jobtrackerd)" active
  alice systemctl --user enable jobtrackerd
  alice jobctl --session add mine -- sh -c 'id -un; exit 3'
  exits 3 alice jobctl --session run mine --wait
  equal "$(alice jobctl --session log mine)" alice
  alice sh -c 'mkdir -p .config/jobtracker/jobs.d && printf "[Job]\nshell=true\n" > .config/jobtracker/jobs.d/file.job'
  alice systemctl --user reload jobtrackerd
  prints file alice jobctl --session list
  # units are those of her own systemd
  alice jobctl --session add after-hers --on-event unit:hers.service:failed -- true
  alice systemd-run --user --quiet --unit=hers false
  alice sh -c 'until jobctl --session history after-hers --json | grep -q unit:hers.service:failed; do sleep 0.1; done'
  alice systemctl --user restart jobtrackerd
  prints failed alice jobctl --session history mine
  root test -d /home/alice/.local/state/jobtracker
  exits 3 root jobctl show alice/mine
}

comes_back_after_boot() {
  local pid
  start_long interrupted
  "$JOBTRACKER_LAB" reboot
  equal "$(property ActiveState)" active
  equal "$(alice systemctl --user show -P ActiveState jobtrackerd)" active
  # Whether its supervisor could still write down that it was stopped, or was lost with it.
  bob jobctl history interrupted --json | grep -Eq '"state" : "(cancelled|lost)"'
  prints failed alice jobctl --session history mine
}

# Told by mail, through the sendmail that is there: one that keeps what it is given, and by whom.
mail_is_kept() {
  put /usr/sbin/sendmail '#!/bin/sh
for last; do :; done
cat > "/var/tmp/mail/$last.$(date +%N)" && id -un > "/var/tmp/mail-by"'
  root chmod 755 /usr/sbin/sendmail
  root sh -c 'mkdir -m 1777 -p /var/tmp/mail && touch /var/tmp/mail-by && chmod 666 /var/tmp/mail-by'
  root systemctl reload jobtrackerd
  prints email alice jobctl notify channels
}

# mailed TO TEXT: a mail to them has it
mailed() { until_true "grep -qs -- '$2' /var/tmp/mail/$1.*"; }

tells_by_mail() {
  mail_is_kept
  root jobctl notify set email=root@lab.example
  alice jobctl --system notify set email=alice@lab.example
  prints delivered alice jobctl --system notify test email --wait
  root jobctl add breaks --notify user:alice --notify user:root -- sh -c 'echo out of paper; exit 3'
  exits 3 root jobctl run breaks --wait
  mailed alice@lab.example 'out of paper'
  mailed root@lab.example 'out of paper'
  equal "$(root cat /var/tmp/mail-by)" nobody
  prints delivered root jobctl notify why breaks
  # alice sees what she was told, bob nothing of it.
  prints breaks alice jobctl --system notify deliveries
  [[ $(bob jobctl notify deliveries --json) != *breaks* ]]
  refuses bob jobctl notify set --user alice email=bob@lab.example
  refuses bob jobctl notify test email --to alice@lab.example
}

# One's own program, without a line of configuration, and without the rights of the service.
tells_by_program() {
  put "$config/channels.d/witness" '#!/bin/sh
read -r configure
while read -r line; do
  id=$(printf "%s\n" "$line" | sed "s/^{\"type\":\"notification\",\"id\":\"\([0-9]*\)\".*/\1/")
  { id -un; id -Gn; grep NoNewPrivs /proc/self/status; cat /var/lib/jobtracker/jobtracker.db; } > /var/tmp/witness 2>&1
  printf "{\"id\":\"%s\",\"outcome\":\"delivered\"}\n" "$id"
done'
  root sh -c 'chmod 755 "$1"; touch /var/tmp/witness; chmod 666 /var/tmp/witness' make "$config/channels.d/witness"
  root systemctl reload jobtrackerd
  prints delivered root jobctl notify test witness --wait
  equal "$(root sed -n 1,2p /var/tmp/witness | tr '\n' ' ')" 'nobody nogroup '
  prints 'NoNewPrivs:	1' root cat /var/tmp/witness
  prints 'Permission denied' root cat /var/tmp/witness
  root rm "$config/channels.d/witness"
  root systemctl reload jobtrackerd
}

# As soon as she has a desktop: by the service of the machine and by her own.
tells_by_popup() {
  prints no-agent root jobctl notify channels
  alice jobctl --system add hers -- sh -c 'exit 3'
  exits 3 alice jobctl --system run hers --wait
  alice systemctl --user enable jobtracker-agent
  "$JOBTRACKER_LAB" desktop --user alice
  equal "$(alice systemctl --user is-active jobtracker-agent)" active
  until_true 'jobctl notify why alice/hers | grep -q delivered'
  prints delivered alice jobctl --session notify test desktop --wait
  "$JOBTRACKER_LAB" desktop --user alice --stop
  until_true 'jobctl notify channels | grep -q no-agent'
}

# --- all of them ---

trap 'failures=$((failures + 1))' INT TERM
echo 1..33
check 'the files are there, and systemd and the buses know' installed
check 'the unit is good where it is' verified
check 'the first call starts the service' activated
check 'it is enabled, and tells when it is ready' enabled
check 'root, alice and bob are answered' everybody_calls
check "a job of bob's runs as bob" runs_as_owner
check 'a job has nothing of the service: limits, rights, namespaces' inherits_nothing
check "alice sees nothing of bob's, root all" others_are_hidden
check 'what is for root is refused to others' rights
check 'a subscriber gets every event' monitored
check 'systemctl reload reads job files' reloaded
check 'a timer becomes a job that is given the very same, and is due at the same time' adopts_timer
check 'a job becomes a timer that is given the very same, and is due at the same time' exports_job
check 'a job lives on when the service is restarted, and its result is recorded' survives_restart
check 'and when it is killed' survives_kill
check 'a job that ends while there is no service is recorded' ends_while_away
check 'the service lives on when the bus is restarted' survives_bus
check 'a unit that fails starts a job, also after systemd was executed anew' units_start_jobs
check "bob's login starts a job of his, alice's does not" logins_start_jobs
check 'sleep and shutdown are put off while a job runs' puts_off_sleep
check 'conditions are asked as the owner, and mounts are noticed' conditions_hold
if [ "$(root systemd-detect-virt --container)" = none ]; then
  check 'a machine that sleeps is woken for a job, and waking up starts another' wakes_up
else
  skip 'a machine that sleeps is woken for a job, and waking up starts another' 'a container does not sleep'
fi
check 'who is missing on this machine is said at definition' says_what_is_missing
check 'the watchdog restarts a service that hangs' watched
check 'a wrong configuration stops the service for good, and is named' wrong_configuration
check 'alice has a service of her own' own_service
check "alice's own timers become jobs of her service" adopts_own_timer
if root sh -c 'ldd /usr/libexec/jobtracker/channel-email | grep "not found"' > /dev/null 2>&1; then
  skip "root's failing job is told to root and alice by sendmail, run as nobody" 'the machine lacks libraries of channel-email'
else
  check "root's failing job is told to root and alice by sendmail, run as nobody" tells_by_mail
fi
check "a program of one's own is a channel, and may nothing" tells_by_program
check "alice's popups come as soon as she has a desktop" tells_by_popup
check 'after a boot both are there, and what was interrupted has ended' comes_back_after_boot

score() { root systemd-analyze security --no-pager jobtrackerd | tail -n 1; }
# Shown, not judged: what would make it better would be a sandbox for every job.
check "systemd-analyze security says: $(score | sed 's/.*service: //')" score
logged_well() { equal "$(root journalctl -u jobtrackerd -b -p err --no-pager -q)" ''; }
check 'since that boot, no error is logged' logged_well
exit $((failures > 0))
