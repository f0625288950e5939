#!/bin/sh
# One night of one endpoint on a plain machine (docs/nightly.md): ci/crontab calls it.
#
# Options stand in connect-conformance.toml beside this file, or are variables CONNECT_CONFORMANCE_...; reports and
# history are kept beside it too. It prints something only where something has changed: cron sends that as a mail.
set -eu
cd "$(dirname "$0")"
if [ ! -d venv ]; then
  python3 -m venv venv
  venv/bin/python -m pip install --quiet "${CONFORMANCE_SUITE:-connect-chat-conformance}"
fi
PATH="$PWD/venv/bin:$PATH"
export CONNECT_CONFORMANCE_REPORT_DIR=report CONNECT_CONFORMANCE_HISTORY=history
export CONNECT_CONFORMANCE_MAX_MINUTES="${CONNECT_CONFORMANCE_MAX_MINUTES:-50}"

code=0
connect-conformance run > night.log 2>&1 || code=$?
if [ -e history/last ]; then
  connect-conformance compare history/last report --markdown --allow-truncated --allow-different --report-dir report \
    >> night.log 2>&1 || true
fi
connect-conformance notify report --history history --exit-code "$code" || code=$?
exit "$code"
