# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright The JobTracker Authors
# shellcheck shell=bash
#
# bash completion of jobctl(1). The words come from jobctl itself ("jobctl __complete"), so nothing here changes when
# verbs, options or settings do.

# Takes the line up to the cursor apart into words and current: bash itself cuts words at "=", ":" and "@" as well, and
# those pieces touch each other. piece is the one that readline will put its completion in place of.
__jobctl_split() {
  local rest=${COMP_LINE:0:COMP_POINT} before word i
  words=() current='' piece=''
  for ((i = 0; i <= COMP_CWORD; i++)); do
    before=$rest
    rest=${rest#"${rest%%[![:blank:]]*}"}
    word=${COMP_WORDS[i]}
    [[ $i -lt $COMP_CWORD ]] || word=$rest piece=$rest
    rest=${rest#"$word"}
    if [[ $i -gt 1 && $before == "$word$rest" && -n $word ]]; then words[-1]+=$word; else words+=("$word"); fi
  done
  current=${words[-1]}
  unset 'words[-1]'
  [[ $piece == *[!=:]* ]] || piece=''
}

# What follows "--" is completed as the command that it is.
__jobctl_command() {
  local i
  for ((i = 1; i < COMP_CWORD; i++)); do [[ ${COMP_WORDS[i]} != -- ]] || break; done
  if declare -F _comp_command_offset > /dev/null; then
    _comp_command_offset $((i + 1))
  elif declare -F _command_offset > /dev/null; then
    _command_offset $((i + 1))
  else
    compopt -o default
    [[ $COMP_CWORD -gt $((i + 1)) ]] || mapfile -t COMPREPLY < <(compgen -c -- "$current")
  fi
}

# __jobctl_take PREFIX COMPGEN-OPTION…: what bash knows, of which PREFIX is no part.
__jobctl_take() {
  local prefix=$1 word
  shift
  while IFS= read -r word; do
    word=$prefix$word
    COMPREPLY+=("${word#"$kept"}")
  done < <(compgen "$@" -- "${current#"$prefix"}")
}

__jobctl_offer() {
  local word=$1
  [[ $word == "$current"* ]] || return
  [[ $word != *= ]] || compopt -o nospace
  word=${word#"$kept"}
  [[ -n $quote ]] || printf -v word %q "$word"
  COMPREPLY+=("$word")
}

_jobctl() {
  local words current piece word what kept quote=''
  __jobctl_split
  [[ $current != [\'\"]* ]] || quote=${current:0:1} current=${current:1} piece=${piece#[\'\"]}
  kept=${current%"$piece"}
  # To readline an "@" belongs to what is after it.
  kept=${kept%@}
  COMPREPLY=()
  while IFS=$'\t' read -r word what; do
    case $word in
      :command) __jobctl_command ;;
      :files) compopt -o filenames; __jobctl_take "$what" -f ;;
      :folders) compopt -o filenames; __jobctl_take "$what" -d ;;
      :users) __jobctl_take "$what" -u ;;
      :groups) __jobctl_take "$what" -g ;;
      :hosts) __jobctl_take "$what" -A hostname ;;
      *) __jobctl_offer "$word" ;;
    esac
  done < <(jobctl __complete "${words[@]:1}" "$current" 2> /dev/null)
}

complete -F _jobctl jobctl
