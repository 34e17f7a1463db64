# shellcheck shell=bash
# One libvirt host: its configuration, its daemon in its own namespaces, its storage pool.

QEMU_USER=libvirt-qemu
QEMU_GROUP=kvm

# Whom guests run as. Newer libvirt packages bring the two; Debian 12's own come without.
ensure_qemu_user() {
  getent group "$QEMU_GROUP" >/dev/null || groupadd --system "$QEMU_GROUP"
  id "$QEMU_USER" >/dev/null 2>&1 ||
    useradd --system --gid "$QEMU_GROUP" --no-create-home --home-dir /var/lib/libvirt --shell /usr/sbin/nologin "$QEMU_USER"
}

# True when the installed libvirt is at least VERSION.
libvirt_at_least() {
  dpkg --compare-versions "$(dpkg-query -W -f '${Version}' libvirt-daemon)" ge "$1"
}

# Written once per lab; a host's UUID must never change, or its peers would take it for another.
configure_host() {
  local dir etc
  dir=$(host_dir "$1")
  etc=$dir/etc
  install -d -m 755 "$dir" "$etc" "$dir/cache" "$dir/log" "$dir/log/qemu" "$dir/lib"
  # What QEMU can do is probed anew: whether KVM is offered may have changed.
  rm -rf "$dir/cache/qemu"
  host_pki "$1"
  [[ -e $dir/uuid ]] || cat /proc/sys/kernel/random/uuid >"$dir/uuid"
  {
    echo "127.0.0.1 localhost"
    local peer
    for peer in "${HOSTS[@]}"; do echo "$(host_address "$peer") $peer $LAB-$peer"; done
  } >"$dir/hosts"
  libvirtd_conf "$(<"$dir/uuid")" >"$etc/libvirtd.conf"
  qemu_conf >"$etc/qemu.conf"
}

libvirtd_conf() {
  cat <<END
host_uuid = "$1"
listen_tls = 1
listen_tcp = 0
auth_tls = "none"
tls_no_verify_certificate = 0
unix_sock_group = "root"
auth_unix_rw = "none"
auth_unix_ro = "none"
max_clients = 500
max_anonymous_clients = 50
min_workers = 5
max_workers = 40
max_client_requests = 20
log_level = 3
log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
END
}

qemu_conf() {
  cat <<END
user = "$QEMU_USER"
group = "$QEMU_GROUP"
dynamic_ownership = 1
remember_owner = 0
security_driver = "none"
namespaces = []
cgroup_controllers = []
stdio_handler = "file"
vnc_listen = "0.0.0.0"
auto_dump_path = "/var/lib/libvirt/qemu/dump"
default_tls_x509_cert_dir = "/etc/pki/qemu"
default_tls_x509_verify = 1
migrate_tls_x509_verify = 1
migration_address = "0.0.0.0"
END
  # Tells libvirt that every host sees the same image store, so that a move is safe and ownership stays put.
  ! libvirt_at_least 10.8 || echo "shared_filesystems = [ \"$IMAGES_DIR\" ]"
}

host_pid_file() { echo "$RUN_DIR/$1/libvirtd.pid"; }

# The daemon of a host: alive and living in the host's own network namespace (a pid may have been used again).
host_pid() {
  local file pid
  file=$(host_pid_file "$1")
  [[ -r $file ]] || return 1
  pid=$(<"$file")
  [[ -n $pid && /proc/$pid/ns/net -ef /run/netns/$(host_netns "$1") ]] || return 1
  [[ $(<"/proc/$pid/comm") == libvirtd ]] || return 1
  echo "$pid"
}

host_answers() { virsh -c "$(host_uri "$1")" hostname >/dev/null 2>&1; }

start_host() {
  ! host_pid "$1" >/dev/null || return 0
  install -d -m 755 "$RUN_DIR/$1" /etc/pki /etc/libvirt /run/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt
  rm -f "$(host_pid_file "$1")"
  setsid ip netns exec "$(host_netns "$1")" unshare --mount --uts --propagation private \
    "$LAB_LIB/host-main" "$1" "$(host_dir "$1")" "$RUN_DIR/$1" "$(sed -n 2p "$LABS_ROOT/cache/accelerator")" \
    </dev/null >"$(host_dir "$1")/log/start.log" 2>&1 9>&- &
  disown
}

await_host() {
  until_true 30 host_answers "$1" && return 0
  tail -n 5 "$(host_dir "$1")/log/start.log" "$(host_dir "$1")/log/libvirtd.log" >&2 2>/dev/null || true
  fail "host $1 of lab $LAB does not answer at $(host_uri "$1")" "Its log: $(host_dir "$1")/log/libvirtd.log"
}

# ensure_pool HOST POOL DIRECTORY
ensure_pool() {
  local uri
  uri=$(host_uri "$1")
  if ! virsh -c "$uri" pool-info "$2" >/dev/null 2>&1; then
    virsh -q -c "$uri" pool-define-as "$2" dir --target "$3" >/dev/null
    virsh -q -c "$uri" pool-autostart "$2" >/dev/null
    virsh -q -c "$uri" pool-start "$2" >/dev/null 2>&1 || true
  fi
  [[ $(LC_ALL=C virsh -c "$uri" pool-info "$2") =~ State:\ *running ]] || virsh -q -c "$uri" pool-start "$2" >/dev/null
}

# Two pools: the directory all hosts share, and one each host has to itself, at the same path as everybody else's.
ensure_pools() {
  install -d -m 755 "$(host_dir "$1")/lib/local"
  ensure_pool "$1" images "$IMAGES_DIR"
  ensure_pool "$1" local /var/lib/libvirt/local
}

# kill_all SIGNAL-DEADLINE PIDS…: asks, waits, then insists.
kill_all() {
  local pid deadline=$(($(now_ms) + $1 * 1000))
  shift
  (($#)) || return 0
  kill "$@" 2>/dev/null || true
  for pid in "$@"; do
    while [[ -d /proc/$pid && $(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$pid/status" 2>/dev/null) != Z ]]; do
      (($(now_ms) < deadline)) || { kill -KILL "$pid" 2>/dev/null || true; break; }
      sleep 0.05
    done
  done
}

# Stops the daemon only; guests go on, as they do when a real host's daemon restarts.
stop_daemon() {
  local pid
  pid=$(host_pid "$1") || return 0
  kill_all 10 "$pid"
  rm -f "$(host_pid_file "$1")"
}

# Everything that lives in the host's namespace, guests included.
stop_host() {
  local pids
  stop_daemon "$1"
  netns_exists "$(host_netns "$1")" || return 0
  mapfile -t pids < <(ip netns pids "$(host_netns "$1")")
  kill_all 10 "${pids[@]}"
}
