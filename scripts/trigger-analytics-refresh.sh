#!/usr/bin/env bash
# Runs the analytics now, whatever the debounce says, and follows the job until it ends.
#   scripts/trigger-analytics-refresh.sh dev|prod [--force]
# With --force also what is published already is computed, and replaced: after a rollback.
# Shows each change of state and the job's log. Exits with the job's result: 0 where it succeeded,
# else its own exit code, or 1 where it has none. STACK_NAME says which stack if it is not
# cocktailspace-dev or -prod; credentials and region are those of the AWS CLI.
set -euo pipefail

case "${1:-} ${2:-} ${3:-}" in
"dev  " | "prod  ") event='{"source": "manual"}' ;;
"dev --force " | "prod --force ") event='{"source": "manual", "force": true}' ;;
*)
    echo "usage: $0 dev|prod [--force]" >&2
    exit 2
    ;;
esac
stack=${STACK_NAME:-cocktailspace-$1}
pause=${POLL_SECONDS:-5}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

say() { printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*"; }

fail() {
    echo "$*" >&2
    exit 1
}

output_of() { # KEY: an output of the stack
    local value
    value=$(aws cloudformation describe-stacks --stack-name "$stack" --output text \
        --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue") ||
        fail "the stack $stack cannot be read; is it deployed in this account and region?"
    case $value in
    "" | None) fail "the stack $stack has no output $1; deploy it anew" ;;
    *) echo "$value" ;;
    esac
}

field() { # FILE NAME: a field of a JSON object
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"
}

function=$(output_of TriggerFunction)
log_group=$(output_of JobLogGroup)

echo "$event" >"$folder/event"
error=$(aws lambda invoke --function-name "$function" --payload "fileb://$folder/event" \
    --query FunctionError --output text "$folder/answer")
[ "$error" = None ] || fail "$function failed: $(cat "$folder/answer")"
job=$(field "$folder/answer" jobId)
if [ "$(field "$folder/answer" coalesced)" = True ]; then
    say "job $job waits already and will see all edits"
else
    say "job $job is submitted"
fi

shown_stream=
token=
show_log() { # STREAM: what is new in the log of the present attempt
    [ "$1" != None ] || return 0
    if [ "$1" != "$shown_stream" ]; then
        shown_stream=$1
        token=
        say "log $log_group $1"
    fi
    local next
    while :; do
        # The stream appears a little after the job has started to write to it.
        aws logs get-log-events --log-group-name "$log_group" --log-stream-name "$1" \
            --start-from-head ${token:+--next-token "$token"} --output json \
            >"$folder/events" 2>/dev/null || return 0
        python3 - "$folder/events" <<'PYTHON'
import json, sys
for event in json.load(open(sys.argv[1]))["events"]:
    print("   ", event["message"])
PYTHON
        next=$(field "$folder/events" nextForwardToken)
        # The same token again means that there is nothing more for now.
        [ "$next" != "$token" ] || return 0
        token=$next
    done
}

# shellcheck disable=SC2016 # the backticks are the query's
fields='jobs[0].[status, container.logStreamName, container.exitCode, length(attempts || `[]`), statusReason]'
seen=
while :; do
    aws batch describe-jobs --jobs "$job" --output text --query "$fields" >"$folder/job"
    IFS=$'\t' read -r status stream code attempts reason <"$folder/job"
    [ "$status" != None ] || fail "AWS Batch does not know the job $job any more"
    if [ "$status $attempts" != "$seen" ]; then
        seen="$status $attempts"
        note=
        [ "$attempts" = 0 ] || note=" after $attempts attempt(s)"
        [ "$reason" = None ] || note="$note: $reason"
        say "$status$note"
    fi
    show_log "$stream"
    case $status in
    SUCCEEDED) exit 0 ;;
    FAILED)
        [ "$code" != None ] && [ "$code" != 0 ] || code=1
        exit "$code"
        ;;
    esac
    sleep "$pause"
done
