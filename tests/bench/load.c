/* The orders that are alive: their names, what comes to each next, and keeping them. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/bench.h"

enum { STATIONS = 2000 };

/* clang-format off */
static const struct {
    bool owed;
    const char *text;
} kinds[BENCH_MOVES] = {
#define MOVE(name, event, carrier, is_owed, says) [BENCH_##name] = {is_owed, says},
#include "bench/moves.def"
};
/* clang-format on */

bool bench_move_is_owed(enum bench_move_kind kind)
{
    return kinds[kind].owed;
}

const char *bench_move_text(enum bench_move_kind kind)
{
    return kinds[kind].text;
}

uint64_t bench_chance(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

bool bench_load_make(struct bench_load *load, size_t count)
{
    load->orders = calloc(count, sizeof *load->orders);
    load->count = count;
    return load->orders != NULL;
}

void bench_load_free(struct bench_load *load)
{
    free(load->orders);
    load->orders = NULL;
}

void bench_order_name(struct bench_load *load, struct bench_order *order, uint64_t chance)
{
    time_t second = (time_t)(load->now_ms() / 1000 + 8 * 3600);
    struct tm day;
    *order = (struct bench_order){.busy = order->busy};
    order->serial = (uint32_t)__atomic_add_fetch(&load->births, 1, __ATOMIC_RELAXED);
    (void)gmtime_r(&second, &day);
    (void)snprintf(order->number, sizeof order->number, "%04u%02u%02uS%04u%010u",
                   ((unsigned)day.tm_year + 1900) % 10000, ((unsigned)day.tm_mon + 1) % 100,
                   (unsigned)day.tm_mday % 100, (unsigned)(chance % STATIONS),
                   (unsigned)order->serial);
}

void bench_order_took(struct bench_order *order, enum bench_move_kind kind)
{
    order->next = (uint8_t)((kind + 1) % BENCH_MOVES);
}

/* In a file beside the store: the entries of its journal, the births, the orders. */
bool bench_load_save(const struct bench_load *load, const char *path, uint64_t entries)
{
    uint64_t head[3] = {entries, load->births, load->count};
    FILE *file = fopen(path, "wb");
    if (file == NULL) return bench_fail("%s cannot be written", path);
    bool good = fwrite(head, sizeof head, 1, file) == 1 &&
                fwrite(load->orders, sizeof *load->orders, load->count, file) == load->count;
    good = fclose(file) == 0 && good;
    return good || bench_fail("%s cannot be written", path);
}

bool bench_load_restore(struct bench_load *load, const char *path, uint64_t *entries)
{
    uint64_t head[3];
    FILE *file = fopen(path, "rb");
    if (file == NULL) return false;
    bool good = fread(head, sizeof head, 1, file) == 1 && bench_load_make(load, head[2]) &&
                fread(load->orders, sizeof *load->orders, load->count, file) == load->count;
    (void)fclose(file);
    if (!good) bench_load_free(load);
    *entries = head[0];
    load->births = head[1];
    return good;
}
