#!/bin/sh
# Starts the extracted application: the server, or the command given (start.sh run -- …).
# HFECO2AI_JAVA_OPTS adds options of the JVM; a later -Xmx wins.
set -eu
home=$(cd "$(dirname "$0")" && pwd)
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
archive=${HFECO2AI_ARCHIVE:-"-XX:SharedArchiveFile=$home/hf-eco2ai.jsa"}
# 256 MB of heap hold a server with a year of hours; one collector thread and one compiler are enough for it.
# shellcheck disable=SC2086 # the options are words
exec "$java" "$archive" -Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 ${HFECO2AI_JAVA_OPTS:-} \
  -jar "$home/hf-eco2ai.jar" "$@"
