#!/usr/bin/env bash
# `npm test`: installs what the tests need, runs all suites, and ends with the line `N passed, N failed`.
# With arguments only the suites named: `npm test unit contract`.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. bin/lib/common.sh
. bin/lib/packages.sh
. bin/lib/node.sh
. bin/lib/engine.sh
. bin/lib/totals.sh

SUITES=(unit contract integration faults clients)
SUITE_SECONDS=900
TOTAL_SECONDS=2160
PACKAGES=(docker.io iptables iproute2 procps busybox-static)
PACKAGES+=(python3-openstackclient python3-novaclient python3-zunclient)

install_test_packages() {
  command -v dpkg-query >/dev/null || fail 'The tests need a Debian machine: they drive its OpenStack clients'
  local missing
  mapfile -t missing < <(missing_packages "${PACKAGES[@]}")
  if [ "${#missing[@]}" -eq 0 ]; then return; fi
  if ! is_root; then
    warn 'The tests need Debian packages that only root can install. Run these commands, then test again:'
    warn '  sudo apt-get update'
    fail "  sudo $(install_command "${missing[@]}")"
  fi
  install_packages "${missing[@]}" || fail "Could not be installed: ${missing[*]}"
}

# A process for each suite: one that crashes or hangs hides nothing of the others.
run_suite() {
  local suite=$1 before status left=$((TOTAL_SECONDS - SECONDS))
  if [ -z "$(find "test/$suite" -name '*.test.ts' -print -quit 2>/dev/null)" ]; then
    count 0 1
    warn "test/$suite has no tests"
    return
  fi
  if ((left <= 0)); then
    count 0 1
    warn "test/$suite was not run: the time is over"
    return
  fi
  step "test/$suite"
  before=$(wc -l <"$ZUNOVA_TEST_TOTALS")
  timeout --kill-after=10 $((left < SUITE_SECONDS ? left : SUITE_SECONDS)) \
    node_modules/.bin/mocha --reporter test/lib/totals-reporter.ts "test/$suite/**/*.test.ts" </dev/null
  status=$?
  if [ "$(wc -l <"$ZUNOVA_TEST_TOTALS")" -eq "$before" ]; then
    count 0 1
    warn "test/$suite ended (status $status) before its tests did"
  elif [ "$status" -ne 0 ] && [ "$(tail -n 1 "$ZUNOVA_TEST_TOTALS" | cut -d' ' -f2)" -eq 0 ]; then
    count 0 1
    warn "test/$suite passed, but its process ended with status $status"
  fi
}

# Whatever ends this script, its last line says what came of it.
finish() {
  if [ -z "$concluded" ]; then
    count 0 1
    conclude
  fi
  if [ -n "$own_totals" ]; then rm -f "$own_totals"; fi
}

concluded=
own_totals=
if [ -z "${ZUNOVA_TEST_TOTALS:-}" ]; then
  own_totals=$(mktemp)
  ZUNOVA_TEST_TOTALS=$own_totals
fi
export ZUNOVA_TEST_TOTALS
trap finish EXIT

check_node
install_dependencies
install_test_packages
ensure_engine
# Only some suites run what was built: the others shall speak even when it does not.
(build_if_needed) || count 0 1
if [ "$#" -eq 0 ]; then set -- "${SUITES[@]}"; fi
for suite; do run_suite "$suite"; done
concluded=yes
conclude
