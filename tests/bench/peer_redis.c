/* Redis: a connection for each submitter; of each move a SET and an RPUSH, sent together. */
#include <hiredis/hiredis.h>
#include <stdlib.h>

#include "bench/peers.h"

static bool say(const redisContext *connection)
{
    return bench_fail("Redis: %s", connection == NULL ? "no connection" : connection->errstr);
}

static bool receive(redisContext *connection)
{
    void *reply = NULL;
    if (redisGetReply(connection, &reply) != REDIS_OK) return say(connection);
    const redisReply *answer = reply;
    bool good = answer->type != REDIS_REPLY_ERROR;
    if (!good) (void)bench_fail("Redis: %s", answer->str);
    freeReplyObject(reply);
    return good;
}

static bool send_move(redisContext *connection, const struct peer_bytes *bytes,
                      const struct bench_order *order)
{
    unsigned long long id = order->serial;
    return (redisAppendCommand(connection, "SET r%llu %b", id, bytes->bytes, bytes->record) ==
                REDIS_OK &&
            redisAppendCommand(connection, "RPUSH history %b", bytes->bytes, bytes->history) ==
                REDIS_OK) ||
           say(connection);
}

/* All of them on their way before the first answer is waited for. */
static bool each(void *store, void *client, struct bench_move *moves, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!send_move(client, store, moves[i].order)) return false;
    for (size_t i = 0; i < 2 * count; i++)
        if (!receive(client)) return false;
    return true;
}

static bool fill(redisContext *connection, const struct peer_bytes *bytes,
                 const struct bench_load *load)
{
    enum { TOGETHER = 512 };
    for (size_t at = 0; at < load->count; at += TOGETHER) {
        size_t end = load->count - at < TOGETHER ? load->count : at + TOGETHER;
        for (size_t i = at; i < end; i++)
            if (!send_move(connection, bytes, &load->orders[i])) return false;
        for (size_t i = at; i < 2 * end - at; i++)
            if (!receive(connection)) return false;
    }
    return true;
}

bool peer_redis_open(struct bench_contender *contender, const char *where,
                     const struct peer_bytes *bytes)
{
    contender->store = (void *)(uintptr_t)bytes;
    contender->each = each;
    for (size_t i = 0; i < contender->threads; i++) {
        redisContext *connection = redisConnectUnix(where);
        contender->client[i] = connection;
        if (connection == NULL || connection->err != 0) return say(connection);
    }
    return fill(contender->client[0], bytes, contender->load);
}

void peer_redis_close(struct bench_contender *contender)
{
    for (size_t i = 0; i < contender->threads; i++)
        if (contender->client[i] != NULL) redisFree(contender->client[i]);
}
