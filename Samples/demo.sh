#!/usr/bin/env bash
# Shows evt on the samples: make demo. Leaves nothing behind.
set -eu
evt=$(realpath "$1")
cd "$(dirname "$0")/.."
EVT_STORE=$(mktemp -d)/demo.evt
export EVT_STORE
trap 'rm -rf "$(dirname "$EVT_STORE")"' EXIT

show() {
  printf '\n$ evt'
  printf ' %s' "$@"
  printf '\n'
  "$evt" "$@"
}

show ingest --verbose Samples/shop.ndjson Samples/shop-2.ndjson.gz 2>&1
show query --by event --agg count,users,sessions
show funnel page_view,product_view,add_to_cart,purchase --window 1d --chart always
show funnel product_view,add_to_cart --by device --chart always
