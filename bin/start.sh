#!/usr/bin/env bash
# `npm start`: makes everything that is missing, says what it does, and becomes the service.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
. bin/lib/common.sh
. bin/lib/packages.sh
. bin/lib/node.sh
. bin/lib/engine.sh

check_node
install_dependencies
build_if_needed
ensure_engine
ensure_seed_program
# No shell stays between the terminal and the service: Ctrl-C is the service's own.
exec node dist/bin/zunova.js serve "$@"
