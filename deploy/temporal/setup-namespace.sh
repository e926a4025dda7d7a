#!/bin/sh
# Creates the namespace and the search attributes of devicepass. Safe to run again.
set -eu

namespace=${TEMPORAL_NAMESPACE:-default}

# The port is open before the server answers: ask until it does.
tries=30
until temporal operator cluster health >/dev/null 2>&1; do
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then
    echo "Temporal at ${TEMPORAL_ADDRESS:-localhost:7233} is not healthy after 60 s" >&2
    exit 1
  fi
  sleep 2
done

if ! temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1; then
  # Histories of ended runs are kept this long. Running devices are kept for as long as they run.
  temporal operator namespace create --namespace "$namespace" --retention 30d
fi

# One call each: of several names in one call only the first is created.
add() {
  tries=30
  # A new namespace reaches the frontend's cache within seconds: until then this is refused.
  until temporal operator search-attribute create --namespace "$namespace" --name "$1" --type Keyword; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || exit 1
    sleep 2
  done
}

add DevicepassPhase
add DevicepassMvpd
add DevicepassServiceProvider
add DevicepassLastError
add DevicepassCode
add DevicepassRoom
add DevicepassProfileType
add DevicepassHousehold
echo "namespace $namespace is ready"
