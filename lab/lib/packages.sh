# shellcheck shell=bash
# Debian packages, by name. Nothing is asked of apt while all of them are installed.

# Newer virtualisation than the machine's own suite: see newer_virtualisation.
VIRT_PACKAGES=(libvirt-daemon libvirt-daemon-driver-qemu libvirt-daemon-driver-storage libvirt-clients
  libvirt0 qemu-system-x86 qemu-utils)
LAB_PACKAGES=(tini iproute2 iputils-ping nftables openssl procps kmod cpio zstd lz4 xz-utils binutils fdisk syslinux syslinux-common mtools dosfstools)

package_installed() { [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null) == ii* ]]; }

# missing_packages NAME…: the ones that are not installed; a single dpkg-query however many there are.
missing_packages() {
  local have
  have=$(dpkg-query -W -f '${binary:Package} ${db:Status-Abbrev}\n' "$@" 2>/dev/null |
    sed -n 's/^\([^: ]*\)[^ ]* ii.*/\1/p') || true
  local name
  for name in "$@"; do
    grep -qxF "$name" <<<"$have" || echo "$name"
  done
}

APT_UPDATED=''
apt_update_once() {
  [[ -z $APT_UPDATED ]] || return 0
  as_root apt-get update -qq -o DPkg::Lock::Timeout=300 || say "apt-get update failed; going on with the lists at hand"
  APT_UPDATED=1
}

# install_packages [-o OPTION] NAME…: installs without starting any service.
install_packages() {
  local log status=0 policy=/usr/sbin/policy-rc.d ours=''
  log=$(mktemp)
  if [[ ! -e $policy ]]; then
    # The packages' own daemons must not start: the lab runs its own.
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
    ours=1
  fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 </dev/null || status=$?
  [[ -z $ours ]] || as_root rm -f "$policy"
  if ((status != 0)); then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail "apt could not install: $*" "Run the same with 'apt-get install' to see why, then start again."
  fi
  rm -f "$log"
}

# need_packages NAME…: installs what is missing, or says nothing.
need_packages() {
  local missing
  mapfile -t missing < <(missing_packages "$@")
  ((${#missing[@]})) || return 0
  step_begin
  apt_update_once
  uninterrupted install_packages "${missing[@]}"
  step_end "installed ${missing[*]}"
}

# Debian 12's own QEMU 7.2 corrupted live-migrated guests now and then; 10.0 did not. The backports suite has
# it. The source is the machine's own with the suite changed, so it needs no host name here.
newer_virtualisation() {
  local codename suite target=/etc/apt/sources.list.d/portal-backports.sources derived
  codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
  [[ $codename == bookworm ]] || return 0
  suite=$codename-backports
  if ! apt_knows_suite "$suite"; then
    derived=$(derive_source "$codename" "$suite")
    if [[ -z $derived ]]; then
      say "no apt source for $codename found to derive $suite from: using the older libvirt and QEMU"
      return 0
    fi
    as_root tee "$target" >/dev/null <<<"$derived"
    if ! as_root apt-get update -qq -o DPkg::Lock::Timeout=300 >/dev/null 2>&1 ||
      ! apt_knows_suite "$suite"; then
      as_root rm -f "$target"
      as_root apt-get update -qq || true
      say "$suite cannot be reached: using the older libvirt and QEMU of $codename"
      return 0
    fi
  fi
  VIRT_PREFERENCES=$(mktemp)
  chmod 644 "$VIRT_PREFERENCES"
  printf 'Package: src:libvirt src:qemu src:seabios\nPin: release n=%s\nPin-Priority: 990\n' "$suite" >"$VIRT_PREFERENCES"
}

apt_knows_suite() { [[ $(apt-cache policy 2>/dev/null) == *"n=$1,"* ]]; }

# derive_source CODENAME SUITE: the machine's main source again, for another suite.
derive_source() {
  local file found=''
  for file in /etc/apt/sources.list.d/*.sources; do
    [[ -e $file ]] || continue
    found=$(grep -v '^#' "$file" | awk -v code="$1" -v suite="$2" 'BEGIN { RS = "" }
      $0 ~ "(^|\n)Suites:([^\n]* )?" code "( |\n|$)" {
        sub(/Suites:[^\n]*/, "Suites: " suite); sub(/Components:[^\n]*/, "Components: main"); print; exit }')
    [[ -z $found ]] || break
  done
  if [[ -n $found || ! -e /etc/apt/sources.list ]]; then
    printf '%s' "$found"
    return 0
  fi
  awk -v code="$1" -v suite="$2" '$1 == "deb" { for (i = 2; i <= NF; i++) if ($i == code) {
      line = $1; for (j = 2; j < i; j++) line = line " " $j; print line, suite, "main"; exit } }' /etc/apt/sources.list |
    sed 's/^/# one-line /' | to_deb822
}

# A one-line entry ("deb [options] URI SUITE main") in the form the .sources file wants.
to_deb822() {
  sed -n -E 's/^# one-line deb (\[([^]]*)\] )?([^ ]+) ([^ ]+) main$/Types: deb\nURIs: \3\nSuites: \4\nComponents: main\nSigned-By: \2/p' |
    sed -E 's/^Signed-By: .*signed-by=([^ ]+).*/Signed-By: \1/; /^Signed-By: *$/d; /^Signed-By: [^\/]/d'
}

install_virtualisation() {
  local missing name wanted=()
  mapfile -t missing < <(missing_packages "${VIRT_PACKAGES[@]}")
  # Before libvirt 11 the storage driver was part of the daemon's package.
  ((${#missing[@]})) || return 0
  if [[ ${missing[*]} == libvirt-daemon-driver-storage && -d /usr/lib/x86_64-linux-gnu/libvirt/storage-backend ]]; then return 0; fi
  step_begin
  apt_update_once
  VIRT_PREFERENCES=''
  newer_virtualisation
  for name in "${missing[@]}"; do
    [[ -z $(apt-cache policy "$name" 2>/dev/null) ]] || wanted+=("$name")
  done
  uninterrupted install_packages ${VIRT_PREFERENCES:+-o "Dir::Etc::Preferences=$VIRT_PREFERENCES"} "${wanted[@]}"
  rm -f "$VIRT_PREFERENCES"
  step_end "libvirt $(dpkg-query -W -f '${Version}' libvirt-daemon) and QEMU $(dpkg-query -W -f '${Version}' qemu-system-x86) installed"
}
