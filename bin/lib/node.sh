# Sourced, in the project's folder: Node.js, the dependencies, the build.

check_node() {
  command -v node >/dev/null || fail 'Node.js is missing: Zunova needs version 20.19 or newer (https://nodejs.org)'
  local version major minor
  version=$(node --version)
  IFS=. read -r major minor _ <<<"${version#v}"
  if ((major < 20 || major == 21 || (major == 20 && minor < 19) || (major == 22 && minor < 12))); then
    fail "Node.js $version is too old: Zunova needs ^20.19 or >=22.12"
  fi
}

# npm notes in node_modules/.package-lock.json when it ended an installation.
install_dependencies() {
  local done=node_modules/.package-lock.json
  if [ -f "$done" ] && [ ! package-lock.json -nt "$done" ]; then return; fi
  command -v npm >/dev/null || fail 'npm is missing: it comes with Node.js, or as a package of its own'
  step 'Installing dependencies (npm ci)'
  npm ci --include=dev --no-audit --no-fund </dev/null || fail 'npm ci failed'
}

# Builds when a source is newer than the last build that succeeded. Folders count: a removed file changes its folder.
# Without a last build find complains, which counts as a change as well.
build_if_needed() {
  local stamp=dist/.built changed started
  changed=$(find bin src nova-compat native-api schemas package.json tsconfig.json tsconfig.build.json \
    \( -type d -o -name '*.ts' -o -name '*.sql' -o -name '*.json' \) -newer "$stamp" -print -quit 2>&1)
  if [ -z "$changed" ]; then return; fi
  step 'Building (npm run build)'
  started=$(date +%s.%N)
  npm run --silent build || fail 'The build failed'
  touch -d "@$started" "$stamp"
}
