# The end of tools/demo: everything at rest, the ledger and the records compared, what is printed.
# Sourced after demo.sh.
# shellcheck shell=bash disable=SC2154

unsettled() {
    ctl --json --unsettled --chart service_order --limit 1000 list | jq '.records | length'
}

await_rest() {
    until [ "$(unsettled)" -eq 0 ]; do sleep 0.1; done
}

# What the platform's own books say, against what every order was meant to become.
audit_ledger() {
    curl -sS "$sandbox/sandbox/ledger" >"$dir/ledger.json"
    jq -e '[.orders[] | select(.created_count > 1 or .completed_count > 1 or .charged_count > 1
        or .modified_count > 1 or .synced_count > 1 or .requests.pay_order > 1
        or (.charged_count == 1 and .completed_count != 1)
        or ((.charged_count + .synced_count) != (if .state == "DONE" then 1 else 0 end)))]
        | length == 0' \
        "$dir/ledger.json" >/dev/null || {
        echo "demo: the sandbox's ledger shows an effect that took place twice:" >&2
        jq . "$dir/ledger.json" >&2
        exit 1
    }
}

# Sums and states must agree between the sandbox's ledger and payscore's records.
audit_records() {
    ctl --json --chart service_order --limit 1000 list >"$dir/records.json"
    local ours theirs
    ours=$(jq -c '[.records[] | select(.state == "DONE") | [.out_order_no, .paid_fen]] | sort' \
        "$dir/records.json")
    theirs=$(jq -c '[.orders[] | select(.charged_count + .synced_count == 1)
        | [.out_order_no, .total_amount]] | sort' "$dir/ledger.json")
    if [ "$ours" != "$theirs" ]; then
        echo "demo: records and ledger differ:" >&2
        echo "  records: $ours" >&2
        echo "  ledger:  $theirs" >&2
        exit 1
    fi
}

# How often an effect took place at the platform, in all.
took_place() { # created | completed | modified | synced | charged
    jq -r "[.orders[].$1_count] | add" "$dir/ledger.json"
}

report() {
    local at_rest held verified
    audit_ledger
    audit_records
    echo
    echo "The life of $(number 17), whose reply of complete was lost:"
    ctl order history "$(number 17)"
    echo
    jq -r '.records | group_by(.state) | .[]
        | "\(length)\t\(.[0].state)\t\(map(.paid_fen) | add) fen"' "$dir/records.json"
    echo "ledger: $(took_place created) created, $(took_place completed) completed," \
        "$(took_place modified) lowered, $(took_place synced) synced," \
        "$(took_place charged) charged; none of them twice"
    at_rest=$(jq '[.records[] | select(.settled)] | length' "$dir/records.json")
    held=$(jq '[.records[] | select(.held != null)] | length' "$dir/records.json")
    if ctl verify; then verified="journal verified"; else verified="journal ALTERED"; fi
    echo "demo: $at_rest orders at rest, $held held, $verified"
    [ "$at_rest" -eq "$orders" ] && [ "$held" -eq 0 ] && [ "$verified" = "journal verified" ]
}
