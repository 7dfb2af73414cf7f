# Sourced, after common.sh and packages.sh: finds the Docker Engine, or installs and starts Debian's.

ENGINE_PACKAGES=(docker.io iptables iproute2)
ENGINE_LOG=/var/log/dockerd.log
ENGINE_WAIT_SECONDS=60
DEFAULT_SOCKET=/var/run/docker.sock
CONTAINERD_PID_FILE=/var/run/docker/containerd/containerd.pid

# Path of the engine's socket, by the same rules as src/config: our own variable, DOCKER_HOST, the default.
engine_socket() {
  if [ -n "${ZUNOVA_DOCKER_SOCKET_PATH:-}" ]; then
    echo "$ZUNOVA_DOCKER_SOCKET_PATH"
  else
    case "${DOCKER_HOST:-}" in
      '') echo "$DEFAULT_SOCKET" ;;
      unix://*) echo "${DOCKER_HOST#unix://}" ;;
      *) fail "DOCKER_HOST=$DOCKER_HOST: only unix:// sockets can be used" ;;
    esac
  fi
}

ask_engine() { node bin/lib/engine.mjs "$(engine_socket)" "$1"; }

# Makes sure that an engine answers, or exits and says what to do.
ensure_engine() {
  local socket answer
  socket=$(engine_socket) || exit 1
  ask_engine /_ping
  answer=$?
  if [ "$answer" -eq 0 ]; then return; fi
  if [ "$answer" -eq 2 ]; then
    warn "There is a Docker Engine at $socket, but you may not use it. Run this, and log in again:"
    fail "  sudo usermod -aG docker $(id -un)"
  fi
  if [ "$socket" != "$DEFAULT_SOCKET" ]; then
    fail "The Docker Engine at $socket does not answer. Start it, or unset the variable that names it."
  fi
  step "No Docker Engine answers at $socket"
  is_root || tell_how_to_start
  if ! command -v dockerd >/dev/null; then
    command -v apt-get >/dev/null || fail 'Docker Engine is missing, and this is no Debian: install it and start again'
    install_packages "${ENGINE_PACKAGES[@]}" || fail 'Docker Engine could not be installed'
  fi
  start_engine
}

tell_how_to_start() {
  warn 'Only root can start one. Run these commands, then start again:'
  if ! command -v dockerd >/dev/null && [ ! -x /usr/sbin/dockerd ]; then
    warn '  sudo apt-get update'
    warn "  sudo $(install_command "${ENGINE_PACKAGES[@]}" busybox-static)"
  fi
  if [ -d /run/systemd/system ]; then
    warn '  sudo systemctl start docker'
  else
    warn "  sudo sh -c 'setsid nohup dockerd >$ENGINE_LOG 2>&1 </dev/null &'"
  fi
  fail "  sudo usermod -aG docker $(id -un) && newgrp docker"
}

start_engine() {
  local pid=
  if [ -d /run/systemd/system ]; then
    step 'Starting Docker Engine (systemctl start docker)'
    systemctl start docker || fail 'It did not start: see journalctl -u docker'
  elif ! names_running dockerd /var/run/docker.pid; then
    step "Starting Docker Engine (its log: $ENGINE_LOG)"
    # After a kill -9 these name processes that are dead, or somebody else's by now, and the engine would not start.
    rm -f /var/run/docker.pid
    names_running containerd "$CONTAINERD_PID_FILE" || rm -f "$CONTAINERD_PID_FILE"
    # In a subshell, so that init inherits it: a dead child of ours would stay a zombie as long as the service runs.
    pid=$(
      setsid nohup dockerd >>"$ENGINE_LOG" 2>&1 </dev/null &
      echo $!
    )
  fi
  local end=$((SECONDS + ENGINE_WAIT_SECONDS))
  until ask_engine /_ping; do
    if [ -n "$pid" ] && ! lives "$pid"; then
      tail -n 20 "$ENGINE_LOG" >&2
      fail 'Docker Engine ended at once: its last words are above'
    fi
    ((SECONDS < end)) || fail "Docker Engine does not answer after $ENGINE_WAIT_SECONDS s: see $ENGINE_LOG"
    sleep 0.2
  done
}

# A zombie does not live.
lives() { grep -Eq '^State:[[:space:]]+[^ZX[:space:]]' "/proc/$1/status" 2>/dev/null; }

# names_running PROGRAM PID_FILE: whether the process that the file names lives and is that program.
names_running() {
  local pid
  pid=$(cat "$2" 2>/dev/null) && [ -n "$pid" ] && lives "$pid" && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "$1" ]
}

# What the first image is made of where no registry can be reached. Not having it is no reason not to start.
ensure_seed_program() {
  if [ -x /bin/busybox ] || ask_engine /images/busybox:latest/json; then return; fi
  if is_root && command -v apt-get >/dev/null; then
    install_packages busybox-static || warn 'busybox-static could not be installed: there may be no image to run'
  fi
}
