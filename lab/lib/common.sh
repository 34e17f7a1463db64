# shellcheck shell=bash
# Talking to the person at the keyboard, and small things every piece needs.

if [[ -t 1 ]]; then OK=$'\e[32m✓\e[0m' BAD=$'\e[31m✗\e[0m'; else OK='✓' BAD='✗'; fi

# Milliseconds since an arbitrary start; used only for differences.
now_ms() { local t=${EPOCHREALTIME/[.,]/}; echo $((t / 1000)); }

# step_begin / step_end TEXT: one line per step, with how long it took.
step_begin() { STEP_AT=$(now_ms); }
step_end() {
  local took=$(($(now_ms) - STEP_AT))
  printf '%s %s (%d.%d s)\n' "$OK" "$1" $((took / 1000)) $((took % 1000 / 100))
}

say() { printf '  %s\n' "$*"; }

# fail TEXT [WHAT-TO-DO]: ends the script.
fail() {
  printf '%s %s\n' "$BAD" "$1" >&2
  [[ -z ${2:-} ]] || printf '  %s\n' "$2" >&2
  exit 1
}

# until_true SECONDS COMMAND…: polls every 50 ms against a deadline.
until_true() {
  local deadline=$(($(now_ms) + $1 * 1000))
  shift
  until "$@" 2>/dev/null; do
    (($(now_ms) < deadline)) || return 1
    sleep 0.05
  done
}

# uninterrupted COMMAND…: Ctrl-C is not heeded before it is done; what it is half-way through would be worse than the wait.
uninterrupted() {
  local trapped status=0
  trapped=$(trap -p INT)
  trap '' INT
  "$@" || status=$?
  eval "${trapped:-trap - INT}"
  return "$status"
}

# Root directly, or through sudo for an ordinary user.
as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}
