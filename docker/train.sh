#!/bin/sh
# Makes the class-data archive beside it. The archive knows its classes by the jar's path and times and by the flags, so
# it is made where and how it is used.
set -eu
home=$(cd "$(dirname "$0")" && pwd)
training=$(mktemp -d)
trap 'rm -rf "$training"' EXIT
HFECO2AI_DATA="$training/data" \
  HFECO2AI_ARCHIVE="-XX:ArchiveClassesAtExit=$home/hf-eco2ai.jsa" \
  HFECO2AI_JAVA_OPTS="-Dspring.context.exit=onRefresh" \
  "$home/start.sh" --server.port=0 >"$training/log" 2>&1 || { cat "$training/log" >&2; exit 1; }
[ -s "$home/hf-eco2ai.jsa" ] || { cat "$training/log" >&2; echo "no class-data archive was made" >&2; exit 1; }
