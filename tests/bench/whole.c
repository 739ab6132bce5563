/* The whole way of a command. */
#include "bench/whole.h"

/* One kind of move alone: an order is created, and the next one. */
static bool each(void *store, void *client, struct bench_move *moves, size_t count)
{
    struct ours *ours = store;
    struct payscore_result result;
    struct payscore_error error;
    (void)client;
    for (size_t i = 0; i < count; i++) {
        struct bench_order *order = moves[i].order;
        bench_order_name(&ours->load, order, order->serial);
        order->next = BENCH_create;
        struct payscore_command command = {.name = PAYSCORE_TEXT("create"),
                                           .body = prepared_create_json(order->number)};
        enum payscore_status rc = payscore_submit(ours->engine, &command, &result, &error);
        if (rc != PAYSCORE_OK || result.verdict != PAYSCORE_TAKEN)
            return bench_fail("create %s: %s", order->number, error.text);
        moves[i].kind = BENCH_paid; /* At its end, as far as the load goes. */
    }
    return true;
}

bool whole_open(struct bench_contender *contender, struct ours *ours)
{
    if (!bench_load_make(contender->load, BENCH_THREADS_MAX * BENCH_BATCH_MAX)) return false;
    contender->load->now_ms = ours->load.now_ms;
    contender->load->births = UINT32_MAX / 2; /* Serials that the other load does not come to. */
    contender->store = ours;
    contender->each = each;
    contender->commits = ours_commits;
    return true;
}
