/* PostgreSQL: a connection for each submitter; of each move one prepared statement that writes both
 * rows, and is a transaction by itself: one round trip. */
#include <arpa/inet.h>
#include <endian.h>
#include <libpq-fe.h>
#include <stdlib.h>

#include "bench/peers.h"

static bool say(PGconn *connection)
{
    return bench_fail("PostgreSQL: %s", PQerrorMessage(connection));
}

static bool run(PGconn *connection, const char *text)
{
    PGresult *result = PQexec(connection, text);
    bool good =
        PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
    PQclear(result);
    return good || say(connection);
}

static bool put(PGconn *connection, const struct peer_bytes *bytes, const struct bench_order *order)
{
    uint64_t id = htobe64(order->serial);
    const char *values[] = {(const char *)&id, bytes->bytes, bytes->bytes};
    const int sizes[] = {sizeof id, (int)bytes->record, (int)bytes->history};
    static const int binary[] = {1, 1, 1};
    PGresult *result = PQexecPrepared(connection, "move", 3, values, sizes, binary, 1);
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return good || say(connection);
}

static bool each(void *store, void *client, struct bench_move *moves, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!put(client, store, moves[i].order)) return false;
    return true;
}

static bool prepare(PGconn *connection)
{
    PGresult *result =
        PQprepare(connection, "move",
                  "WITH put AS (INSERT INTO record VALUES ($1::bigint, $2::bytea)"
                  " ON CONFLICT (id) DO UPDATE SET value = excluded.value)"
                  " INSERT INTO history (record, value) VALUES ($1::bigint, $3::bytea)",
                  3, NULL);
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    return good || say(connection);
}

static bool make_tables(PGconn *connection)
{
    return run(connection, "SET client_min_messages = warning") &&
           run(connection, "DROP TABLE IF EXISTS record; DROP TABLE IF EXISTS history;"
                           "CREATE TABLE record (id bigint PRIMARY KEY, value bytea NOT NULL);"
                           "CREATE TABLE history (n bigint GENERATED ALWAYS AS IDENTITY PRIMARY "
                           "KEY, record bigint NOT NULL, value bytea NOT NULL)");
}

static bool fill(PGconn *connection, const struct peer_bytes *bytes, const struct bench_load *load)
{
    bool good = run(connection, "BEGIN");
    for (size_t i = 0; good && i < load->count; i++)
        good = put(connection, bytes, &load->orders[i]);
    return good && run(connection, "COMMIT") && run(connection, "VACUUM ANALYZE") &&
           run(connection, "CHECKPOINT");
}

bool peer_postgres_open(struct bench_contender *contender, const char *where,
                        const struct peer_bytes *bytes)
{
    /* Read only by put(). */
    contender->store = (void *)(uintptr_t)bytes;
    contender->each = each;
    for (size_t i = 0; i < contender->threads; i++) {
        PGconn *connection = PQconnectdb(where);
        contender->client[i] = connection;
        if (PQstatus(connection) != CONNECTION_OK) return say(connection);
        if (i == 0 && !make_tables(connection)) return false;
        if (!prepare(connection)) return false;
    }
    return fill(contender->client[0], bytes, contender->load);
}

void peer_postgres_close(struct bench_contender *contender)
{
    for (size_t i = 0; i < contender->threads; i++)
        if (contender->client[i] != NULL) PQfinish(contender->client[i]);
}
