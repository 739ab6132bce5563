/*
 * One part after the other until none is left, then an hour's rest. What others wait for comes
 * first: a part is put off while commands are queued or many calls are under way, but not for ever.
 */
#include "worker/keeping.h"

#include "worker/log.h"

enum {
    AGAIN_MS = 500,    /* Between parts. */
    BUSY_MS = 10000,   /* Looked again, where others wait. */
    REST_MS = 3600000, /* Between passes, and after a part that failed. */
    BUSY_CALLS = 8,    /* So many under way are no busy time yet. */
};

/* Who is never idle retires a part a minute all the same. */
static bool must_wait(struct ps_keeping *keeping)
{
    const struct ps_state *state = keeping->state;
    bool busy = state->queued > 0 || state->calls_in_flight > BUSY_CALLS;
    if (state->failing) return true;
    if (busy && keeping->put_off < PS_KEEPING_PUT_OFF_MAX) {
        keeping->put_off++;
        return true;
    }
    keeping->put_off = 0;
    return false;
}

static void run_part(uv_work_t *work)
{
    struct ps_keeping *keeping = work->data;
    keeping->status = payscore_retain(keeping->state->engine, keeping->days, &keeping->records,
                                      &keeping->left, &keeping->error);
}

static void on_timer(uv_timer_t *timer);

static void on_part(uv_work_t *work, int status)
{
    struct ps_keeping *keeping = work->data;
    keeping->working = false;
    if (status != 0) keeping->status = PAYSCORE_E_MEMORY;
    bool fine = keeping->status == PAYSCORE_OK;
    if (fine) {
        ps_metrics_add(&keeping->state->metrics, PS_METRIC_retired, (int64_t)keeping->records);
        if (keeping->records > 0)
            ps_log(retired, ps_log_number("orders", (int64_t)keeping->records));
    } else {
        ps_log(retention_failed, ps_log_text("code", payscore_status_name(keeping->status)),
               ps_log_text("reason", keeping->error.text));
    }
    if (keeping->state->stopping) return;
    uv_timer_start(&keeping->timer, on_timer, fine && keeping->left ? AGAIN_MS : REST_MS, 0);
}

static void on_timer(uv_timer_t *timer)
{
    struct ps_keeping *keeping = timer->data;
    if (keeping->state->stopping) return;
    if (must_wait(keeping)) {
        uv_timer_start(timer, on_timer, BUSY_MS, 0);
        return;
    }
    keeping->records = 0;
    keeping->left = false;
    keeping->error.text[0] = '\0';
    keeping->work.data = keeping;
    keeping->working = uv_queue_work(keeping->state->loop, &keeping->work, run_part, on_part) == 0;
    if (!keeping->working) uv_timer_start(timer, on_timer, BUSY_MS, 0);
}

void ps_keeping_open(struct ps_keeping *keeping, struct ps_state *state, int64_t days,
                     uint64_t first_ms)
{
    *keeping = (struct ps_keeping){.state = state, .days = (uint32_t)days};
    uv_timer_init(state->loop, &keeping->timer);
    keeping->timer.data = keeping;
    if (days > 0) uv_timer_start(&keeping->timer, on_timer, first_ms, 0);
}

void ps_keeping_stop(struct ps_keeping *keeping)
{
    uv_timer_stop(&keeping->timer);
}

void ps_keeping_close(struct ps_keeping *keeping)
{
    uv_close((uv_handle_t *)&keeping->timer, NULL);
}
