/* SQLite: one connection, prepared statements, a transaction for each group. */
#include <sqlite3.h>
#include <stdlib.h>

#include "bench/peers.h"

struct sqlite {
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *record, *history;
    const struct peer_bytes *bytes;
};

static bool say(sqlite3 *db)
{
    return bench_fail("SQLite: %s", sqlite3_errmsg(db));
}

static bool step(struct sqlite *self, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);
    (void)sqlite3_reset(statement);
    return code == SQLITE_DONE || say(self->db);
}

static bool put(struct sqlite *self, const struct bench_order *order)
{
    return (sqlite3_bind_int64(self->record, 1, (int64_t)order->serial) == SQLITE_OK &&
            sqlite3_bind_blob(self->record, 2, self->bytes->bytes, (int)self->bytes->record,
                              SQLITE_STATIC) == SQLITE_OK &&
            sqlite3_bind_blob(self->history, 1, self->bytes->bytes, (int)self->bytes->history,
                              SQLITE_STATIC) == SQLITE_OK)
               ? step(self, self->record) && step(self, self->history)
               : say(self->db);
}

static bool commit(void *store, struct bench_move *const *moves, size_t count)
{
    struct sqlite *self = store;
    bool good = step(self, self->begin);
    for (size_t i = 0; good && i < count; i++)
        good = put(self, moves[i]->order);
    return good && step(self, self->commit);
}

static bool prepare(struct sqlite *self)
{
    const struct {
        const char *text;
        sqlite3_stmt **statement;
    } statements[] = {
        {"BEGIN IMMEDIATE", &self->begin},
        {"COMMIT", &self->commit},
        {"INSERT INTO record VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET value = ?2",
         &self->record},
        {"INSERT INTO history (value) VALUES (?1)", &self->history},
    };
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++)
        if (sqlite3_prepare_v2(self->db, statements[i].text, -1, statements[i].statement, NULL) !=
            SQLITE_OK)
            return say(self->db);
    return true;
}

static bool fill(struct sqlite *self, const struct bench_load *load)
{
    bool good = step(self, self->begin);
    for (size_t i = 0; good && i < load->count; i++)
        good = put(self, &load->orders[i]);
    return good && step(self, self->commit);
}

bool peer_sqlite_open(struct bench_contender *contender, const char *directory,
                      const struct peer_bytes *bytes)
{
    char path[BENCH_PATH_MAX];
    struct sqlite *self = calloc(1, sizeof *self);
    if (self == NULL) return bench_fail("memory is short");
    self->bytes = bytes;
    contender->store = self;
    contender->commit = commit;
    (void)snprintf(path, sizeof path, "%s/sqlite.db", directory);
    /* Rows by number: the layout that suits it best. */
    if (sqlite3_open(path, &self->db) != SQLITE_OK ||
        sqlite3_exec(self->db,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                     "DROP TABLE IF EXISTS record; DROP TABLE IF EXISTS history;"
                     "CREATE TABLE record (id INTEGER PRIMARY KEY, value BLOB NOT NULL);"
                     "CREATE TABLE history (n INTEGER PRIMARY KEY, value BLOB NOT NULL);",
                     NULL, NULL, NULL) != SQLITE_OK)
        return say(self->db);
    return prepare(self) && fill(self, contender->load);
}

void peer_sqlite_close(struct bench_contender *contender)
{
    struct sqlite *self = contender->store;
    if (self == NULL) return;
    (void)sqlite3_finalize(self->begin);
    (void)sqlite3_finalize(self->commit);
    (void)sqlite3_finalize(self->record);
    (void)sqlite3_finalize(self->history);
    (void)sqlite3_close(self->db);
    free(self);
}
