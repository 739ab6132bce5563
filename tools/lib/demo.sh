# The parts of tools/demo: processes, both sides, walks. Sourced with $dir (scratch) and $bin set.
# shellcheck shell=bash disable=SC2154

orders=20
timeout_ms=1500
conf=$dir/payscore.conf
worker_pid_file=$dir/worker.pid
started_at=$(date +%s.%N)

say() {
    printf '%6.2fs  %s\n' "$(echo "$(date +%s.%N) $started_at" | awk '{print $1 - $2}')" "$*"
}

# Processes.

# Below the range from which the kernel takes ports for outgoing connections, so that nobody takes
# it between two starts of the worker.
free_port() {
    local port
    while :; do
        port=$((10000 + RANDOM % 20000))
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
    done
    echo "$port"
}

start_sandbox() {
    local line
    payscore-sandbox keys "$dir/keys"
    mkfifo "$dir/sandbox.ready"
    payscore-sandbox --dir "$dir/keys" --listen 127.0.0.1:0 --notify-scale 0.02 --ready-fd 3 \
        3>"$dir/sandbox.ready" 2>"$dir/sandbox.log" &
    read -r line <"$dir/sandbox.ready"
    sandbox=http://127.0.0.1:$line
    sed -n '1,2p' "$dir/sandbox.log"
    write_configuration "$(free_port)"
}

write_configuration() {
    mkdir -p "$dir/store"
    cat >"$conf" <<EOF
[merchant]
mchid = 1900000109
appid = wx8888888888888888
service_id = 00002000000000158728912345678901
merchant_key_file = $dir/keys/merchant_key.pem
merchant_serial = $(cat "$dir/keys/merchant_serial")
apiv3_key_file = $dir/keys/apiv3_key
platform_public_key_file = $dir/keys/platform_pub.pem
platform_public_key_id = $(cat "$dir/keys/platform_pub.id")
platform_certificate_files = $dir/keys/platform_cert.pem
[platform]
base_url = $sandbox
timeout_ms = $timeout_ms
[notify]
url = http://127.0.0.1:$1/wx/payscore
listen = 127.0.0.1:$1
[api]
listen = unix:$dir/api.sock
[store]
path = $dir/store
EOF
}

# Returns once the worker says that it is ready.
start_worker() {
    local ready=$dir/worker.ready
    rm -f "$ready"
    mkfifo "$ready"
    payscore-worker --config "$conf" --wait-lock --ready-fd 3 3>"$ready" 2>>"$dir/worker.log" &
    echo $! >"$worker_pid_file"
    disown # It may be killed, and whoever starts it may not be who stops it.
    read -r _ <"$ready" || {
        echo "demo: the worker did not start:" >&2
        tail -n 3 "$dir/worker.log" >&2
        exit 1
    }
}

stop_worker() {
    local pid
    pid=$(cat "$worker_pid_file")
    kill -TERM "$pid"
    tail --pid="$pid" -f /dev/null
}

stop_everything() {
    local status=$?
    trap - EXIT
    local pids
    pids=$(jobs -p)
    # shellcheck disable=SC2086
    [ -z "$pids" ] || kill $pids 2>/dev/null || true
    [ ! -e "$worker_pid_file" ] || kill -KILL "$(cat "$worker_pid_file")" 2>/dev/null || true
    wait 2>/dev/null || true
    if [ "$status" -ne 0 ]; then
        echo "demo: failed; logs are in $dir" >&2
    else
        rm -rf "$dir"
    fi
    exit "$status"
}

# Kills the worker at random moments and starts it again, as often as is wanted.
start_killing() {
    : >"$dir/kills"
    (
        trap - EXIT
        for ((kill = 1; kill <= kills_wanted; kill++)); do
            sleep "0.$((RANDOM % 60 + 10))"
            kill -KILL "$(cat "$worker_pid_file")"
            say "worker killed ($kill)"
            start_worker
            echo killed >>"$dir/kills"
        done
    ) 2>>"$dir/kills.log" &
    killer_pid=$!
}

await_kills() {
    wait "$killer_pid"
    say "the worker was killed $(wc -l <"$dir/kills") times"
}

# The platform's side.

control() { # METHOD PATH [JSON]
    curl -sS --fail-with-body -X "$1" -H 'Content-Type: application/json' \
        ${3:+--data "$3"} "$sandbox/sandbox/$2" >>"$dir/control.log"
}

fault() { # CALL NUMBER KIND [VALUE]
    control POST faults \
        "{\"kind\":\"$3\",\"value\":${4:-1},
          \"match\":{\"call\":\"$1\",\"out_order_no\":\"$2\"}}"
}

# The answer comes after the worker has given the call up: lost, as far as it knows.
lose_reply() { # CALL NUMBER
    fault "$1" "$2" delay_ms $((timeout_ms + 1000))
}

notice_fault() { # NUMBER KIND VALUE
    control POST faults \
        "{\"kind\":\"$2\",\"value\":$3,\"times\":100,\"match\":{\"out_order_no\":\"$1\"}}"
}

# From now on no deduction is under way, whatever comes, until the order is let go: one that is met
# would let a modify, a sync or a cancel wait for three minutes, as at the platform.
keep_idle() { # NUMBER
    : >"$dir/idle-$1"
    control POST "orders/$1/deduct" '{"outcome":"failed"}'
    while [ -e "$dir/idle-$1" ]; do
        sleep 1
        control POST "orders/$1/deduct" '{"outcome":"failed"}' 2>/dev/null || break # It ended.
    done &
    idle_pid=$!
}

let_go() { # NUMBER
    rm -f "$dir/idle-$1"
    wait "$idle_pid"
}

can_pay() { # INDEX true|false
    control POST "users/$(openid "$1")" "{\"can_pay\":$2}"
}

# The merchant's side.

ctl() {
    payscorectl --config "$conf" "$@"
}

number() {
    printf 'DEMO%05d%02d' $$ "$1"
}

openid() {
    printf 'oDemoUser%02d' "$1"
}

order_body() { # INDEX
    cat <<EOF
{"out_order_no":"$(number "$1")","service_introduction":"共享充电宝租借",
"post_payments":[{"name":"收费标准","description":"3元/60分钟，24小时封顶30元"}],
"risk_fund":{"name":"ESTIMATE_ORDER_COST","amount":3000,"description":"预估租借费用"},
"openid":"$(openid "$1")"}
EOF
}

complete_body() { # INDEX FEN
    cat <<EOF
{"out_order_no":"$(number "$1")",
"post_payments":[{"name":"使用时长","amount":$2,"description":"计费完成"}],"total_amount":$2,
"time_range":{"end_time":"$(TZ=CST-8 date +%Y%m%d%H%M%S)"}}
EOF
}

# The user scans, the page opens, the user accepts.
authorize() { # INDEX
    local code
    code=$(printf 'DEMOAUTH%05d%02d' $$ "$1")
    ctl --key "$code" authorize "$code" >>"$dir/ctl.log"
    ctl --timeout 120 preauthorization wait "$code" UNBOUND >>"$dir/ctl.log"
    control POST "authorizations/$code/accept" "{\"openid\":\"$(openid "$1")\"}"
    ctl --timeout 120 authorization wait "$(openid "$1")" OPEN >>"$dir/ctl.log"
}

request() { # INDEX
    order_body "$1" | ctl --key "create-$(number "$1")" order create - >>"$dir/ctl.log"
}

create() { # INDEX
    request "$1"
    await_state "$1" SERVING
}

refused() { # INDEX
    request "$1"
    await_state "$1" REFUSED,WATCHED
}

finish() { # INDEX FEN
    sleep 1.1 # The service: its end must lie after its beginning, to the second.
    complete_body "$1" "$2" |
        ctl --key "complete-$(number "$1")" order complete - >>"$dir/ctl.log"
}

await_state() { # INDEX STATE
    ctl --timeout 120 order wait "$(number "$1")" "$2" >>"$dir/ctl.log"
}

complete() { # INDEX FEN
    finish "$1" "$2"
    await_state "$1" DONE
}

# Completed, and the user's purse is empty.
collect() { # INDEX FEN
    authorize "$1"
    can_pay "$1" false
    create "$1"
    finish "$1" "$2"
    await_state "$1" COLLECTING
    keep_idle "$(number "$1")"
}

lower() { # INDEX FEN
    ctl --key "modify-$(number "$1")" order modify - >>"$dir/ctl.log" <<EOF
{"out_order_no":"$(number "$1")","post_payments":[{"name":"使用时长","amount":$2}],
"total_amount":$2,"reason":"设备故障减免"}
EOF
    await_state "$1" COLLECTING
}

sync_paid() { # INDEX
    ctl --key "sync-$(number "$1")" --paid-time "$(TZ=CST-8 date +%Y%m%d%H%M%S)" \
        order sync "$(number "$1")" >>"$dir/ctl.log"
    await_state "$1" DONE
}

urge() { # INDEX
    ctl --key "pay-$(number "$1")" order pay "$(number "$1")" >>"$dir/ctl.log"
    await_state "$1" COLLECTING
}

# The user has money again: the platform collects at once.
pay_up() { # INDEX
    let_go "$(number "$1")"
    can_pay "$1" true
    await_state "$1" DONE
}

cancel() { # INDEX
    ctl --key "cancel-$(number "$1")" --reason 用户取消 \
        order cancel "$(number "$1")" >>"$dir/ctl.log"
    await_state "$1" REVOKED
}

paid() { # INDEX FEN
    create "$1"
    complete "$1" "$2"
}

state_of() { # INDEX
    ctl --json order show "$(number "$1")" | jq -r .state
}

# What is special about each order. Every callback comes five times, unless it is lost.
walk() { # INDEX
    local i=$1 no
    no=$(number "$i")
    case $i in
    3)
        story="lowered while it was collected, then paid"
        collect "$i" 900
        lower "$i" 300
        pay_up "$i"
        ;;
    4)
        story="paid by another way: synced"
        collect "$i" 500
        sync_paid "$i"
        let_go "$no"
        ;;
    5)
        story="cancelled while it was collected"
        collect "$i" 800
        cancel "$i"
        let_go "$no"
        ;;
    6)
        story="urged in vain, and paid once the user could"
        collect "$i" 700
        urge "$i"
        pay_up "$i"
        ;;
    7 | 8)
        story="cancelled by the user"
        authorize "$i"
        create "$i"
        cancel "$i"
        ;;
    9)
        story="refused: the platform's assessment fails"
        authorize "$i"
        control POST "users/$(openid "$i")" '{"assessment_fails":true}'
        refused "$i"
        ;;
    10)
        story="refused: the user has an unfinished order"
        authorize "$i"
        control POST "users/$(openid "$i")" '{"unfinished_order":true}'
        refused "$i"
        ;;
    11)
        story="refused: the user has not authorized the service"
        refused "$i"
        ;;
    12 | 13)
        story="callback lost: payment found by a poll"
        authorize "$i"
        notice_fault "$no" notice_lost 1
        paid "$i" 600
        ;;
    14 | 15)
        story="reply of create lost: settled by asking, or by the callback"
        authorize "$i"
        lose_reply create_order "$no"
        paid "$i" 700
        ;;
    16)
        story="create lost on the way: the same bytes sent again"
        authorize "$i"
        fault create_order "$no" lose_request
        paid "$i" 300
        ;;
    17)
        story="reply of complete lost: settled by asking, or by the callback"
        authorize "$i"
        lose_reply complete_order "$no"
        paid "$i" 900
        ;;
    18)
        story="500 after complete took effect: settled by asking, or by the callback"
        authorize "$i"
        fault complete_order "$no" status_500_after
        paid "$i" 900
        ;;
    19)
        story="reply of complete with a wrong signature: settled by asking, or by the callback"
        authorize "$i"
        fault complete_order "$no" bad_signature
        paid "$i" 900
        ;;
    *)
        story="paid; every callback came five times"
        authorize "$i"
        notice_fault "$no" notice_repeat 5
        paid "$i" $((200 + i * 100))
        ;;
    esac
    say "$no  $(state_of "$i")  $story"
}

walk_all() {
    local pids=() i
    for ((i = 1; i <= orders; i++)); do
        (
            trap - EXIT
            walk "$i"
        ) &
        pids+=($!)
    done
    for i in "${pids[@]}"; do wait "$i"; done
}
