# shellcheck shell=bash
# Where a lab's things are and how they are called. `use_lab NAME` sets the variables below.

LABS_ROOT=/var/lib/portal-lab
RUN_ROOT=/run/portal-lab
HOSTS=(hv1 hv2 hv3)

use_lab() {
  LAB=$1
  [[ $LAB =~ ^[a-z][a-z0-9]{0,7}$ ]] || fail "'$LAB' is no lab's name" "Use at most 8 lower-case letters and digits, a letter first."
  LAB_DIR=$LABS_ROOT/$LAB
  RUN_DIR=$RUN_ROOT/$LAB
  PKI_DIR=$LAB_DIR/pki
  IMAGES_DIR=$LAB_DIR/images
  LAB_JSON=$LAB_DIR/lab.json
  FABRIC=$LAB-fab
  NFT_TABLE=portal_lab_$LAB
  NET=10.$(lab_octet)
}

# The second octet of the lab's 10.x.0.0/16: fixed for the two that the script uses, else the first free one.
lab_octet() {
  local octet file
  case $LAB in
    portal) echo 77 && return ;;
    test) echo 78 && return ;;
  esac
  if [[ -r $LAB_DIR/octet ]]; then cat "$LAB_DIR/octet" && return; fi
  for octet in {79..99}; do
    for file in "$LABS_ROOT"/*/octet; do
      [[ ! -r $file || $(<"$file") != "$octet" ]] || continue 2
    done
    echo "$octet" && return
  done
  fail "no address range is left for lab '$LAB'" "Purge one: lab/lab down --lab NAME --purge"
}

host_netns() { echo "$LAB-$1"; }
host_address() { echo "$NET.0.$((10 + ${1#hv}))"; }
host_dir() { echo "$LAB_DIR/hosts/$1"; }
host_uri() { echo "qemu+tls://$(host_address "$1")/system?pkipath=$PKI_DIR/client"; }

netns_exists() { [[ -e /run/netns/$1 ]]; }
