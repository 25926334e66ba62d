# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
#
# fish completion of jobctl(1). The words come from jobctl itself ("jobctl __complete"), so nothing here changes when
# verbs, options or settings do.

function __jobctl_complete
    set -l before (commandline -opc)
    set -e before[1]
    set -l current (commandline -ct)
    for line in (jobctl __complete $before "$current" 2>/dev/null)
        set -l parts (string split -m 1 \t -- $line)
        # Of the typed word, what is no part of a file's or user's name: "--env-file=".
        set -l prefix "$parts[2]"
        switch $parts[1]
            case ':command'
                # What follows "--" is completed as the command that it is.
                set -l first (contains -i -- -- $before)
                complete -C "$(string join ' ' -- (string escape -- $before[(math $first + 1)..-1]) "$current")"
            case ':files'
                printf '%s\n' $prefix(__fish_complete_path (string replace -- "$prefix" '' "$current"))
            case ':folders'
                printf '%s\n' $prefix(__fish_complete_directories (string replace -- "$prefix" '' "$current"))
            case ':users'
                printf '%s\n' $prefix(__fish_complete_users)
            case ':groups'
                printf '%s\n' $prefix(__fish_complete_groups)
            case ':hosts'
                printf '%s\n' $prefix(__fish_print_hostnames)
            case '*'
                echo $line
        end
    end
end

complete -c jobctl -f -a '(__jobctl_complete)'
