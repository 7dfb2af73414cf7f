# Sourced by the scripts of bin/ and .ci/: what all of them need.

step() { printf '==> %s\n' "$*"; }
warn() { printf '!!  %s\n' "$*" >&2; }
fail() {
  warn "$@"
  exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }
