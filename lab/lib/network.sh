# shellcheck shell=bash
# The fabric: a bridge in the root namespace that all hosts hang on, with NAT outward, and one namespace per host.

# lab_mac N: the MAC of a bridge of this lab. A bridge without one of its own takes the least of its ports', which may be a guest's tap: then its
# host changes address with every guest that comes or goes, and shares it with the host a guest moves to.
lab_mac() { printf '02:70:6c:%02x:00:%02x' "${NET##*.}" "$1"; }

ensure_fabric() {
  modprobe -q -a bridge veth tun 2>/dev/null || true
  [[ -e /sys/class/net/$FABRIC ]] || ip link add "$FABRIC" address "$(lab_mac 1)" type bridge stp_state 0 forward_delay 0 mcast_snooping 0
  ip address replace "$NET.0.1/16" dev "$FABRIC"
  ip link set "$FABRIC" up
  ensure_sysctls
  ensure_nat
}

# set_sysctl NAME VALUE: remembers what was there before, for the day the last lab goes.
set_sysctl() {
  local path=/proc/sys/${1//.//} before
  [[ -e $path ]] || return 0
  before=$(<"$path")
  [[ ${before//[[:space:]]/ } != "$2" ]] || return 0
  install -d "$RUN_ROOT/sysctl"
  [[ -e $RUN_ROOT/sysctl/$1 ]] || echo "$before" >"$RUN_ROOT/sysctl/$1"
  echo "$2" >"$path"
}

restore_sysctls() {
  local file
  for file in "$RUN_ROOT"/sysctl/*; do
    [[ -e $file ]] || continue
    cat "$file" >"/proc/sys/$(basename "$file" | tr . /)" || true
    rm -f "$file"
  done
}

ensure_sysctls() {
  set_sysctl net.ipv4.ip_forward 1
  # Frames between the lab's hosts are switched, not routed: the machine's own firewall must not drop them.
  set_sysctl net.bridge.bridge-nf-call-iptables 0
  set_sysctl net.bridge.bridge-nf-call-ip6tables 0
  set_sysctl net.bridge.bridge-nf-call-arptables 0
  # The portal pings machines from unprivileged ICMP sockets.
  set_sysctl net.ipv4.ping_group_range "0 2147483647"
}

# The first name server that is not on the loopback, which guests cannot reach.
upstream_dns() {
  cat /run/systemd/resolve/resolv.conf /etc/resolv.conf 2>/dev/null |
    awk '$1 == "nameserver" && $2 ~ /^[0-9.]+$/ && $2 !~ /^127\./ { print $2; exit }' || true
}

ensure_nat() {
  local dns names=''
  nft list table ip "$NFT_TABLE" >/dev/null 2>&1 && return 0
  dns=$(upstream_dns)
  [[ -z $dns ]] || names="ip saddr $NET.0.0/16 ip daddr $NET.0.1 meta l4proto { tcp, udp } th dport 53 dnat to $dns"
  nft -f - <<END
table ip $NFT_TABLE {
  chain outward {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr $NET.0.0/16 ip daddr != $NET.0.0/16 masquerade
  }
  chain names {
    type nat hook prerouting priority dstnat; policy accept;
    $names
  }
}
END
  # A machine with Docker drops what it does not know: let the lab's own traffic through.
  if command -v iptables >/dev/null && [[ $(iptables -S FORWARD 2>/dev/null) == *"-P FORWARD DROP"* ]]; then
    iptables -C FORWARD -i "$FABRIC" -j ACCEPT 2>/dev/null || iptables -I FORWARD -i "$FABRIC" -j ACCEPT
    iptables -C FORWARD -o "$FABRIC" -j ACCEPT 2>/dev/null || iptables -I FORWARD -o "$FABRIC" -j ACCEPT
  fi
}

ensure_host_network() {
  local ns mac veth=$LAB-$1
  ns=$(host_netns "$1")
  mac=$(host_address "$1")
  mac=$(lab_mac "${mac##*.}")
  netns_exists "$ns" || ip netns add "$ns"
  # The route is the last thing set up: where it is missing, an earlier set-up was cut off.
  if [[ ! -e /sys/class/net/$veth || -z $(ip -n "$ns" route show default) ]]; then
    ip link delete "$veth" 2>/dev/null || true
    ip -n "$ns" link delete br0 2>/dev/null || true
    ip link add "$veth" type veth peer name uplink netns "$ns"
    ip link set "$veth" master "$FABRIC" up
    ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 2>/dev/null || true
    ip netns exec "$ns" sh -c 'for f in /proc/sys/net/bridge/bridge-nf-call-*; do [ ! -e "$f" ] || echo 0 >"$f"; done'
    ip -n "$ns" link set lo up
    ip -n "$ns" link add br0 address "$mac" type bridge stp_state 0 forward_delay 0 mcast_snooping 0
    ip -n "$ns" link set uplink master br0 up
    ip -n "$ns" address add "$(host_address "$1")/16" dev br0
    ip -n "$ns" link set br0 up
    # QEMU shakes hands for an encrypted stream in its main loop, and there one side's small pieces wait for acknowledgements that the other
    # delays by 40 ms: for so long the guest that is to move stands still.
    ip -n "$ns" route replace "$NET.0.0/16" dev br0 proto kernel scope link src "$(host_address "$1")" quickack 1
    ip -n "$ns" route add default via "$NET.0.1"
  fi
}

remove_host_network() {
  local ns
  ns=$(host_netns "$1")
  [[ ! -e /sys/class/net/$LAB-$1 ]] || ip link delete "$LAB-$1"
  ! netns_exists "$ns" || ip netns delete "$ns"
}

remove_fabric() {
  if command -v iptables >/dev/null; then
    iptables -D FORWARD -i "$FABRIC" -j ACCEPT 2>/dev/null || true
    iptables -D FORWARD -o "$FABRIC" -j ACCEPT 2>/dev/null || true
  fi
  nft delete table ip "$NFT_TABLE" 2>/dev/null || true
  [[ ! -e /sys/class/net/$FABRIC ]] || ip link delete "$FABRIC"
}
