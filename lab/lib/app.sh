# shellcheck shell=bash
# The portal itself: published once per state of its sources, run in the background as an ordinary user.

APP_PID_FILE=$PORTAL_HOME/portal.pid
APP_LOG=$PORTAL_HOME/portal.log
LAB_FILE=/var/lib/portal-lab/portal/lab.json
URL=http://127.0.0.1:$PORTAL_PORT

# Every file a build of the program reads, by content.
source_hash() {
  (cd "$REPO" && find Portal.Web Portal.Domain Portal.Hypervisor migrations Directory.*.props .editorconfig \
    \( -name bin -o -name obj -o -name node_modules -o -name dist \) -prune -o -type f -print0 |
    LC_ALL=C sort -z | xargs -0 sha256sum) | sha256sum | cut -c1-16
}

need_sdk() {
  [[ $(dotnet --list-sdks 2>/dev/null) =~ (^|$'\n')(1[0-9])\. ]] ||
    fail "the .NET SDK 10 is missing" "Install dotnet-sdk-10.0 as Microsoft describes for your system, so that 'dotnet --list-sdks' shows 10.0, then start again."
}

need_node() { command -v npm >/dev/null || need_packages nodejs npm; }

# dotnet_step TEXT ARGUMENTS…: quiet unless it fails.
dotnet_step() {
  local text=$1 log
  shift
  step_begin
  log=$(mktemp)
  if ! (cd "$REPO" && dotnet "$@" -nologo -v q -p:UseSharedCompilation=false) >"$log" 2>&1 </dev/null 8>&-; then
    cat "$log" >&2
    rm -f "$log"
    fail "dotnet $1 failed" "What it said is above."
  fi
  rm -f "$log"
  step_end "$text"
}

# Leaves the program in APP_DIR; a run that is cut off leaves nothing there.
publish_app() {
  APP_HASH=$(source_hash)
  APP_DIR=$PORTAL_HOME/app/$APP_HASH
  [[ ! -e $APP_DIR/Portal.Web.dll ]] || return 0
  local fresh
  fresh=$(mktemp -d)
  dotnet_step "portal built" publish Portal.Web -c Release -o "$fresh"
  chmod -R a+rX "$fresh"
  portal_dir "$PORTAL_HOME/app"
  rm -rf "$APP_DIR.new"
  mv "$fresh" "$APP_DIR.new"
  mv "$APP_DIR.new" "$APP_DIR"
}

# portal_web VERB…: the program in the foreground.
portal_web() {
  (cd "$PORTAL_HOME" && ConnectionStrings__Portal=$(database_string) as_portal dotnet "$APP_DIR/Portal.Web.dll" "$@" 8>&-)
}

app_pid() {
  local pid
  [[ -r $APP_PID_FILE ]] || return 1
  pid=$(<"$APP_PID_FILE")
  [[ -n $pid && -r /proc/$pid/cmdline ]] && [[ $(tr '\0' ' ' <"/proc/$pid/cmdline") == *"$PORTAL_HOME/app/"*Portal.Web.dll* ]] || return 1
  echo "$pid"
}

# What a running portal was started with; the same again means that nothing needs a restart.
app_fingerprint() { echo "$APP_HASH $PORTAL_PORT $(sha256sum <"$LAB_FILE" | cut -c1-16)"; }

# The status /readyz answers with, or nothing.
ready_status() {
  local status
  exec 7<>"/dev/tcp/127.0.0.1/$PORTAL_PORT" || return 1
  printf 'GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$PORTAL_PORT" >&7
  read -r -t 10 _ status _ <&7 || true
  exec 7>&-
  echo "$status"
}

# Ready, or gone: either ends the wait.
app_settled() { [[ $(ready_status) == 200 ]] || ! app_pid >/dev/null; }

start_app() {
  step_begin
  portal_dir "$PORTAL_HOME/state"
  as_portal rm -f "$APP_PID_FILE"
  # Its own session: Ctrl-C on this script, or closing the terminal, does not reach it.
  (
    exec 8>&- </dev/null >/dev/null 2>&1
    cd "$PORTAL_HOME" || exit
    # The probe's thread may wait for no other; where that cannot be granted it takes its turn.
    prlimit --pid "$BASHPID" --rtprio=1 || true
    ConnectionStrings__Portal=$(database_string) ASPNETCORE_URLS=$URL Portal__Lab=$LAB_FILE Portal__StateDir=$PORTAL_HOME/state \
      become_portal setsid bash -c 'echo $$ >"$1"; exec dotnet "$2" >>"$3" 2>&1' portal "$APP_PID_FILE" \
      "$APP_DIR/Portal.Web.dll" "$APP_LOG"
  ) &
  until_true 10 app_pid >/dev/null || true
  until_true 90 app_settled || true
  if [[ $(ready_status 2>/dev/null) != 200 ]]; then
    tail -n 15 "$APP_LOG" >&2
    stop_app >/dev/null
    fail "the portal did not become ready" "Its log: $APP_LOG"
  fi
  app_fingerprint | as_portal tee "$PORTAL_HOME/fingerprint" >/dev/null
  # Earlier builds: this one is what runs now.
  find "$PORTAL_HOME/app" -mindepth 1 -maxdepth 1 ! -name "$APP_HASH" -exec rm -rf {} +
  step_end "portal ready at $URL"
}

stop_app() {
  local pid
  pid=$(app_pid) || return 0
  step_begin
  as_portal kill "$pid" 2>/dev/null || true
  until_true 40 app_gone || as_portal kill -KILL "$pid" 2>/dev/null || true
  as_portal rm -f "$APP_PID_FILE"
  step_end "portal stopped"
}

app_gone() { ! app_pid >/dev/null; }
