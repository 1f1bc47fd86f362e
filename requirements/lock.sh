#!/usr/bin/env bash
# Write the locked, hashed requirement files from pyproject.toml. They name no index: whoever installs uses
# the index that their own pip is set to. Versions already locked stay, unless `--upgrade` is given.
# Usage: lock.sh UV [further options of `uv pip compile`]
set -euo pipefail
cd "$(dirname "$0")/.."
uv=$1
shift
options=("$@")
update=("$@")
# What a portal does without, and the tests, the types and the measures look at.
wider=(--extra sensitivity --extra sweeps --extra semantic)

# `--universal` from 3.11 on: one resolution for every Python, so that all run the same versions.
compile() {
    local out=$1
    shift
    "$uv" pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate \
        --custom-compile-command "make lock" --output-file "$out" ${options[@]+"${options[@]}"} "$@"
}

# Everything together first; each set is then held to those versions, so that the sets can share one environment.
everything=$(mktemp)
trap 'rm -f "$everything"' EXIT
find requirements -name '*.txt' ! -name peers.txt -exec cat {} + | grep -vE '^ *#' > "$everything" || true
compile "$everything" pyproject.toml --extra postgres --extra portal --extra mcp --extra analysis "${wider[@]}" --group test --group lint --group bench --group docs

options=(--constraint "$everything")
compile requirements/runtime.txt pyproject.toml
compile requirements/portal.txt pyproject.toml --extra portal --extra mcp --extra analysis
compile requirements/build.txt --group build
compile requirements/test.txt pyproject.toml --extra postgres --extra portal --extra mcp --extra analysis "${wider[@]}" --group test
compile requirements/lint.txt pyproject.toml --extra postgres --extra portal --extra mcp --extra analysis "${wider[@]}" --group lint
compile requirements/bench.txt pyproject.toml --extra postgres --extra portal --extra mcp --extra analysis "${wider[@]}" --group bench
compile requirements/docs.txt --group docs

# Peers that are measured beside Comity and are no part of it (negmas is AGPL): an environment of their own, and so not
# held to the versions above.
options=(${update[@]+"${update[@]}"})
printf 'negmas>=0.16\n' | compile requirements/peers.txt -
