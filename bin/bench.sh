#!/usr/bin/env bash
# `npm run bench`: measures speed as ratios to baselines of the same run, and prints a table.
# `npm run bench -- --markdown FILE` also writes it as Markdown; `--only create|list|accept|memory` measures a part.
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
# What is measured runs compiled, and so does what measures.
npx tsc -p bench/tsconfig.json || fail 'The benchmark could not be built'
NODE_ENV=production exec node dist/bench/main.js "$@"
