/* Pools of prepared inputs. */
#include "bench/prepared.h"

#include <stdlib.h>
#include <string.h>

#include "bench/clock.h"
#include "support/bodies.h"
#include "support/trial.h"

enum { NAME_SIZE = 33 };

/* What reading took so far; the platform's side, which is made here too, is not counted. */
static int64_t spent_ns;

static void read_timed(struct payscore *engine, struct payscore_item *item,
                       struct ps_reading *reading)
{
    int64_t began = bench_cpu_ns();
    ps_reading_begin(engine, item, reading);
    ps_reading_seal(engine, reading);
    spent_ns += bench_cpu_ns() - began;
}

const struct payscore_merchant *prepared_merchant(void)
{
    return trial_merchant();
}

struct payscore_text prepared_create_json(const char *number)
{
    static _Thread_local char body[1024];
    int size = snprintf(body, sizeof body,
                        "{\"out_order_no\":\"%s\",\"service_introduction\":\"共享充电宝租借\","
                        "\"post_payments\":[{\"name\":\"收费标准\",\"description\":\"3元/"
                        "60分钟\"}],\"time_range\":{\"start_time\":\"OnAccept\"},"
                        "\"risk_fund\":{\"name\":\"ESTIMATE_ORDER_COST\",\"amount\":3000},"
                        "\"need_user_confirm\":true}",
                        number);
    return (struct payscore_text){body, (size_t)size};
}

/* What the platform shows of an order at this point of its life. */
static const char *seen(unsigned kind, const char *number)
{
    switch (kind) {
    case BENCH_created: return seen_created(number, "DJIOSQPYWDxsjdldeuwhdodwxasd_dDiodnwjh9we");
    case BENCH_collecting:
        return seen_order(number, "DOING", "MCH_COMPLETE", "USER_PAYING", PREPARED_FEN);
    case BENCH_paid:
    case PREPARED_settled: return seen_settled(number, PREPARED_FEN, "NEWTON");
    default: return seen_order(number, "DOING", "USER_CONFIRM", "", -1);
    }
}

static struct payscore_text command_json(unsigned kind, const char *number)
{
    if (kind == BENCH_create) return prepared_create_json(number);
    return ps_text_of(kind == BENCH_complete ? body_complete(number, PREPARED_FEN)
                                             : body_number(number));
}

static void read_command(struct payscore *engine, unsigned kind, const char *number,
                         struct ps_reading *reading, struct payscore_item *item)
{
    static const char *const names[PREPARED_KINDS] = {
        [BENCH_create] = "create", [BENCH_complete] = "complete", [PREPARED_adopt] = "adopt"};
    item->kind = PAYSCORE_COMMAND;
    item->command = (struct payscore_command){.name = ps_text_of(names[kind]),
                                              .body = command_json(kind, number)};
    read_timed(engine, item, reading);
}

/* As the driver has it of a call that it handed out. */
static struct ps_flight *flight_of(struct payscore *engine, unsigned kind, const char *number)
{
    struct ps_flight *flight = ps_flight_new(&engine->flights);
    if (flight == NULL) return NULL;
    flight->call = kind == BENCH_created      ? PS_CALL_create_order
                   : kind == BENCH_collecting ? PS_CALL_complete_order
                                              : PS_CALL_query_order;
    flight->effect = flight->call != PS_CALL_query_order;
    memcpy(flight->number, number, strlen(number) + 1);
    return flight;
}

static void read_reply(struct payscore *engine, unsigned kind, const char *number,
                       struct ps_reading *reading, struct payscore_item *item)
{
    struct test_signed how;
    struct ps_flight *flight = flight_of(engine, kind, number);
    item->kind = PAYSCORE_REPLY;
    reading->done = true;
    if (flight == NULL) return;
    reading->done = false;
    struct payscore_exchange *exchange = &item->reply.exchange;
    *exchange = (struct payscore_exchange){
        .delivery = PAYSCORE_ANSWERED, .status = 200, .body = ps_text_of(seen(kind, number))};
    test_sign_body(exchange->body, bench_clock_ms(), &how);
    memcpy(exchange->headers, how.headers, sizeof how.headers);
    exchange->header_count = how.header_count;
    item->reply.token = flight->token;
    read_timed(engine, item, reading);
    ps_flight_end(flight);
    reading->flight = NULL;
}

static void read_notice(struct payscore *engine, unsigned kind, const char *number,
                        struct ps_reading *reading, struct payscore_item *item)
{
    struct test_signed how;
    const char *type = kind == BENCH_paid ? "PAYSCORE.USER_PAID" : "PAYSCORE.USER_CONFIRM";
    struct test_seal seal = {TEST_APIV3_KEY, "Zk3Q9vT1mXw7", "payscore", seen(kind, number)};
    char *body = test_envelope(type, &seal);
    item->kind = PAYSCORE_NOTICE;
    test_sign_notice(ps_text_of(body), bench_clock_ms(), &how, &item->notice);
    read_timed(engine, item, reading);
    free(body);
}

static bool read_one(struct payscore *engine, unsigned kind, size_t sample,
                     struct ps_reading *reading)
{
    struct payscore_item item = {0};
    char number[NAME_SIZE];
    (void)snprintf(number, sizeof number, "20261122S%04u%010u", (unsigned)sample,
                   kind * 1000 + (unsigned)sample);
    switch (kind) {
    case BENCH_create:
    case BENCH_complete:
    case PREPARED_adopt: read_command(engine, kind, number, reading, &item); break;
    case BENCH_confirmed:
    case BENCH_paid: read_notice(engine, kind, number, reading, &item); break;
    default: read_reply(engine, kind, number, reading, &item); break;
    }
    if (!reading->done) return true;
    return bench_fail("preparing an input of kind %u: %s", kind, reading->result.error.text);
}

bool prepared_make(struct prepared_pool *pool, struct payscore *engine)
{
    pool->engine = engine;
    for (unsigned kind = 0; kind < PREPARED_KINDS; kind++) {
        spent_ns = 0;
        bool kept = kind != BENCH_poll && kind != BENCH_poll_again;
        for (size_t i = 0; i < PREPARED_SAMPLES; i++) {
            struct ps_reading *reading = &pool->readings[kind][i];
            if (!read_one(engine, kind, i, reading)) return false;
            double bytes = (double)reading->matter.evidence.packed_size;
            if (kept) pool->bytes[kind] += bytes / PREPARED_SAMPLES;
        }
        pool->made_us[kind] = (double)spent_ns / 1000 / PREPARED_SAMPLES;
    }
    return true;
}

void prepared_free(struct prepared_pool *pool)
{
    for (unsigned kind = 0; kind < PREPARED_KINDS; kind++)
        for (size_t i = 0; i < PREPARED_SAMPLES; i++)
            ps_reading_end(&pool->readings[kind][i]);
}

/* No two commands are the same: a repeat would be answered and not taken. */
static void mark(struct ps_reading *out, const struct bench_order *order, unsigned kind)
{
    uint64_t own = (uint64_t)order->serial * PREPARED_KINDS + kind + 1;
    memcpy(out->asked.key, &own, sizeof own);
    memcpy(out->asked.content, &own, sizeof own);
    out->matter.subject.asked = &out->asked;
}

void prepared_fill(const struct prepared_pool *pool, const struct bench_order *order, unsigned kind,
                   int64_t now_ms, struct ps_submission *out)
{
    const struct ps_reading *sample = &pool->readings[kind][order->serial % PREPARED_SAMPLES];
    struct ps_matter *matter = &out->reading.matter;
    /* What a submission must be zero in; its answer is written over. */
    out->reading.flight = NULL;
    out->reading.done = false;
    out->reading.of_another_service = false;
    out->reading.chore = PS_CHORE_none;
    *matter = sample->matter;
    matter->subject.number = ps_text_of(order->number);
    if (matter->subject.asked != NULL) {
        out->reading.asked = sample->asked;
        mark(&out->reading, order, kind);
    }
    if (kind == BENCH_complete) matter->in.wish.end_ms = now_ms;
    if (matter->in.carrier != PAYSCORE_CARRIER_REPLY &&
        matter->in.carrier != PAYSCORE_CARRIER_QUERY)
        return;
    matter->subject.id = order->id;
    matter->in.attempt = order->attempts;
    matter->in.begun_version = order->version;
    matter->in.begun_ms = now_ms;
    matter->in.call_entry = order->call_entry;
}

double prepared_history_bytes(const struct prepared_pool *pool)
{
    double bytes = 0;
    for (unsigned kind = 0; kind < BENCH_MOVES; kind++)
        if (pool->bytes[kind] > 0) bytes += pool->bytes[kind] + sizeof(struct ps_entry);
    return bytes / BENCH_MOVES;
}
