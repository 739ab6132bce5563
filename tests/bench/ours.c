/* payscore as a contender. */
#include "bench/ours.h"

#include <stdlib.h>
#include <string.h>

#include "bench/clock.h"
#include "bench/inside.h"
#include "engine/due.h"
#include "engine/turn.h"

static int64_t now_ms(void *context)
{
    (void)context;
    return bench_clock_ms();
}

/* A generator of its own would leave out what the system's costs. */
bool ours_engine(struct payscore **engine, const char *path)
{
    struct payscore_error error = {""};
    if (payscore_open(engine,
                      PAYSCORE_OPTIONS(.path = path, .role = PAYSCORE_DRIVER,
                                       .merchants = prepared_merchant(), .merchant_count = 1,
                                       .world = {.now_ms = now_ms}),
                      &error) == PAYSCORE_OK)
        return true;
    return bench_fail("%s", error.text);
}

static bool refuse(const struct bench_order *order, const struct ps_matter *matter)
{
    const struct ps_outcome *outcome = &matter->outcome;
    const char *why = outcome->row != NULL   ? outcome->row->en
                      : outcome->why != NULL ? outcome->why
                                             : payscore_status_text(matter->status);
    return bench_fail("order %s in state %u did not take event %u: verdict %d: %s", order->number,
                      (unsigned)outcome->record.state, (unsigned)matter->in.event,
                      (int)outcome->verdict, why);
}

/* A look that shows nothing new is known already; everything else must move its order. */
static bool expected(const struct ps_matter *matter)
{
    bool look = matter->in.carrier == PAYSCORE_CARRIER_QUERY;
    enum payscore_verdict verdict = matter->outcome.verdict;
    return matter->status == PAYSCORE_OK &&
           (verdict == PAYSCORE_TAKEN || (look && verdict == PAYSCORE_IGNORED));
}

static void learn(struct bench_order *order, const struct ps_record *record)
{
    order->id = record->id;
    order->version = record->version;
    order->attempts = record->attempts;
    order->call_entry = record->call_entry;
}

static bool take(const struct ps_submission *submission, struct bench_order *order)
{
    const struct ps_matter *matter = &submission->reading.matter;
    if (!expected(matter)) return refuse(order, matter);
    learn(order, &matter->outcome.record);
    return true;
}

bool ours_apply(struct ours *ours, struct ps_submission *submissions,
                struct bench_order *const *orders, size_t count)
{
    struct ps_reading **readings = calloc(count, sizeof(struct ps_reading *));
    if (readings == NULL) return bench_fail("memory is short");
    for (size_t i = 0; i < count; i++)
        readings[i] = &submissions[i].reading;
    struct ps_group group = {.readings = readings, .count = count};
    enum payscore_status rc = ps_turn_apply(ours->engine, &group);
    free(readings);
    if (rc != PAYSCORE_OK) return bench_fail("%s", payscore_status_text(rc));
    for (size_t i = 0; i < count; i++)
        if (!take(&submissions[i], orders[i])) return false;
    return true;
}

bool ours_drive(struct ours *ours, size_t deadlines)
{
    struct ps_group none = {.drives = true};
    for (size_t left = deadlines + PS_DUE_WORK_MAX; left >= PS_DUE_WORK_MAX;
         left -= PS_DUE_WORK_MAX) {
        enum payscore_status rc = ps_turn_apply(ours->engine, &none);
        if (rc != PAYSCORE_OK) return bench_fail("%s", payscore_status_text(rc));
    }
    return true;
}

bool ours_prepare(void *store, struct bench_move *move, size_t thread, size_t place)
{
    struct ours *ours = store;
    struct ps_submission *input = &ours->inputs[thread][place];
    prepared_fill(&ours->pool, move->order, move->kind, bench_clock_ms(), input);
    move->prepared = input;
    return true;
}

/* A submitter's places lie one behind the other. */
bool ours_each(void *store, void *client, struct bench_move *moves, size_t count)
{
    struct ours *ours = store;
    struct ps_submission *submissions = moves[0].prepared;
    (void)client;
    ps_queue_submit(ours->engine, NULL, submissions, count);
    for (size_t i = 0; i < count; i++) {
        if (submissions[i].committed != PAYSCORE_OK)
            return bench_fail("%s", payscore_status_text(submissions[i].committed));
        if (!take(&submissions[i], moves[i].order)) return false;
    }
    return true;
}

uint64_t ours_commits(void *store)
{
    return inside_commits(((struct ours *)store)->engine->store);
}

static bool head_of(const struct ours *ours, struct ps_head *head)
{
    struct ps_txn *txn = NULL;
    if (ps_txn_begin(ours->engine->store, PS_READ, &txn) != PAYSCORE_OK) return false;
    *head = *ps_txn_head(txn);
    ps_txn_abort(txn);
    return true;
}

static void orders_path(const struct ours *ours, char path[BENCH_PATH_MAX + 16])
{
    (void)snprintf(path, BENCH_PATH_MAX + 16, "%s/orders", ours->path);
}

/* What an earlier run left alive, if nobody else has written the store since. */
static bool find_alive(struct ours *ours, const struct ps_head *head, size_t alive)
{
    char path[BENCH_PATH_MAX + 16];
    uint64_t entries = 0;
    orders_path(ours, path);
    if (!bench_load_restore(&ours->load, path, &entries)) return false;
    if (entries == head->entries && ours->load.count == alive) return true;
    bench_load_free(&ours->load);
    return false;
}

static bool open_at(struct ours *ours, uint64_t records, size_t alive)
{
    struct ps_head head;
    if (bench_clock_ms() < bench_world_ms()) bench_clock_hold(bench_world_ms());
    if (!ours_engine(&ours->engine, ours->path) || !prepared_make(&ours->pool, ours->engine) ||
        !head_of(ours, &head))
        return false;
    ours->load.now_ms = bench_clock_ms;
    if (head.entries == 0) {
        if (!ours_build(ours, records, alive) || !head_of(ours, &head)) return false;
    } else if (!find_alive(ours, &head, alive)) {
        return bench_fail("%s holds another store than the one that is wanted: remove it",
                          ours->path);
    }
    bench_clock_hold(head.last_ms < bench_clock_ms() ? bench_clock_ms() : head.last_ms + 1);
    ours->records = head.births;
    return true;
}

bool ours_open(struct ours **ours, const char *path, uint64_t records, size_t alive)
{
    struct ours *self = calloc(1, sizeof *self);
    *ours = self;
    if (self == NULL) return bench_fail("memory is short");
    (void)snprintf(self->path, sizeof self->path, "%s", path);
    return open_at(self, records, alive);
}

void ours_close(struct ours *ours)
{
    struct ps_head head;
    char path[BENCH_PATH_MAX + 16];
    if (ours == NULL) return;
    orders_path(ours, path);
    if (ours->load.orders != NULL && head_of(ours, &head))
        (void)bench_load_save(&ours->load, path, head.entries);
    prepared_free(&ours->pool);
    payscore_close(ours->engine);
    bench_load_free(&ours->load);
    free(ours);
}
