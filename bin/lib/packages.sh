# Sourced: Debian packages.

# Prints those of the given packages that are not installed.
missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

# The command that installs packages, as a user would type it.
install_command() { echo "apt-get install -y --no-install-recommends $*"; }

# Installs packages without asking, waiting for another apt to end. Needs root and Debian.
install_packages() {
  local apt=(apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0)
  step "Installing Debian packages: $*"
  DEBIAN_FRONTEND=noninteractive "${apt[@]}" update </dev/null || return 1
  DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y --no-install-recommends "$@" </dev/null
}
