#!/usr/bin/env python3
"""A backend in Python through ctypes, beside the worker: ctypes_backend.py STORE NUMBER USER"""
import ctypes as c
import json
import os
import sys

lib = c.CDLL(os.environ.get("LIBPAYSCORE", "libpayscore.so.0"))
lib.payscore_status_text.restype = c.c_char_p


def struct(*rows):
    """A struct of the headers; a row is a type and the members of it."""
    return type("Struct", (c.Structure,), {"_fields_": [
        (name, kind) for kind, *names in rows for name in names]})


Text = struct((c.c_char_p, "data"), (c.c_size_t, "size"))
Error = struct((c.c_char * 512, "text"))
Merchant = struct((Text, "mchid", "appid", "service_id", "notify_url"), (c.c_void_p, "credentials"))
Options = struct((c.c_size_t, "size"), (c.c_char_p, "path"), (c.c_int, "role"),
                 (c.c_uint64, "map_bytes_max"), (c.POINTER(Merchant), "merchants"),
                 (c.c_size_t, "merchant_count"), (c.c_uint64 * 6, "defaults"))
Command = struct((c.c_size_t, "merchant"), (Text, "name", "key", "body"))
Name = struct((c.c_size_t, "merchant"), (Text, "chart", "name"))
Result = struct((c.c_int, "status", "verdict"), (c.c_uint64, "entry"), (c.c_uint64 * 2, "id"),
                (c.c_char_p, "chart", "state", "row_text"), (c.c_uint16, "row"), (Error, "error"),
                (c.c_bool, "stops_lane"), (c.c_int64, "skew_ms", "count"), (c.c_bool, "more"))


def text(string=""):
    return Text(string.encode(), len(string.encode()))


def call(name, *arguments):
    status = lib[name](*arguments)
    if status != 0:
        raise SystemExit((error.text or lib.payscore_status_text(status)).decode())


path, number, openid = sys.argv[1:]
store, out, error, result = c.c_void_p(), c.c_char_p(), Error(), Result()
us = Merchant(text("1900000109"), text("wx8888888888888888"),
              text("00002000000000158728912345678901"), text("https://shop.example/payscore"))
options = Options(c.sizeof(Options), path.encode(), 2, 0, c.pointer(us), 1)  # 2: a submitter.
call("payscore_open", c.byref(store), c.byref(options), c.byref(error))
body = json.dumps({"out_order_no": number, "openid": openid, "service_introduction": "充电宝租借",
                   "post_payments": [{"name": "租金", "description": "3元/小时"}],
                   "risk_fund": {"name": "ESTIMATE_ORDER_COST", "amount": 3000}})
lend = Command(0, text("create"), text("create-" + number), text(body))
call("payscore_submit", store, c.byref(lend), c.byref(result), c.byref(error))
print(result.state.decode(), result.error.text.decode())
call("payscore_show", store, c.byref(Name(0, text("service_order"), text(number))), c.byref(out))
print(json.loads(out.value)["meaning"])
lib.payscore_free(out)
call("payscore_feed", store, text(), c.c_size_t(1000), c.byref(out))
print([entry["to"] for entry in json.loads(out.value)["entries"] if entry["version"]])
lib.payscore_free(out)
lib.payscore_close(store)
