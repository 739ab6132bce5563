/* The store and the logs, held against each other once everybody was killed. */
#include <dirent.h>
#include <lmdb.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "acks.h"
#include "engine/internal.h"

extern char **environ;

enum { OPEN_MOST_US = 2000000, SHOWN_MAX = 20 };

struct judge {
    const struct crowd_plan *plan;
    char store[CROWD_PATH_SIZE];
    struct acks acks;
    struct payscore *engine;
    uint64_t entries, orders, met, met_again;
    int faults;
};

static __attribute__((format(printf, 2, 3))) void fault(struct judge *j, const char *format, ...)
{
    if (++j->faults > SHOWN_MAX) return;
    va_list arguments;
    va_start(arguments, format);
    printf("FAULT: ");
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
}

/* No lock is left behind. */

static void open_as(struct judge *j, enum payscore_role role)
{
    struct payscore_error error = {""};
    struct payscore_merchant merchant = crowd_merchant();
    int64_t began_us = crowd_now_us();
    enum payscore_status rc =
        payscore_open(&j->engine,
                      PAYSCORE_OPTIONS(.path = j->store, .role = role, .merchants = &merchant,
                                       .merchant_count = 1, .map_bytes_max = UINT64_C(1) << 36),
                      &error);
    int64_t took_us = crowd_now_us() - began_us;
    if (rc != PAYSCORE_OK) fault(j, "open: %s: %s", payscore_status_name(rc), error.text);
    if (took_us > OPEN_MOST_US) fault(j, "opening took %.1f s", (double)took_us / 1e6);
    printf("opened as %s in %.1f ms\n", role == PAYSCORE_DRIVER ? "driver" : "submitter",
           (double)took_us / 1e3);
}

/* A command goes through at once, where nobody drives. */
static void submit_one(struct judge *j)
{
    struct crowd_deed deed;
    struct payscore_result result;
    struct payscore_error error = {""};
    crowd_deed(&deed, "create", "JUDGE1", "judge");
    struct payscore_command command = crowd_command(&deed);
    int64_t began_us = crowd_now_us();
    enum payscore_status rc = payscore_submit(j->engine, &command, &result, &error);
    int64_t took_us = crowd_now_us() - began_us;
    if (rc != PAYSCORE_OK || result.verdict != PAYSCORE_TAKEN)
        fault(j, "a command afterwards: %s: %s", payscore_status_name(rc), error.text);
    if (took_us > OPEN_MOST_US) fault(j, "a command afterwards took %.1f s", (double)took_us / 1e6);
}

/* In a process of its own: LMDB allows one handle of a file for each process. */
int crowd_readers(const char *store, int64_t pid)
{
    MDB_env *env = NULL;
    char *text = NULL;
    size_t size = 0;
    int others = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL || mdb_env_create(&env) != 0 || mdb_env_open(env, store, MDB_RDONLY, 0600) != 0)
        return 99;
    (void)mdb_reader_list(env, (MDB_msg_func *)(void *)fputs, out);
    fclose(out);
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        char *end = line;
        long long reader = strtoll(line, &end, 10);
        if (end == line || reader == 0 || reader == pid) continue;
        printf("FAULT: a reader is left behind: %s\n", line);
        others++;
    }
    free(text);
    mdb_env_close(env);
    return others;
}

static void count_readers(struct judge *j)
{
    static char self[] = "/proc/self/exe", option[] = "--readers";
    char pid[24];
    char *const arguments[] = {self, option, j->store, pid, NULL};
    pid_t child;
    int status = -1;
    snprintf(pid, sizeof pid, "%lld", (long long)getpid());
    fflush(stdout);
    if (posix_spawn(&child, self, NULL, NULL, arguments, environ) != 0 ||
        waitpid(child, &status, 0) != child || status != 0)
        fault(j, "LMDB's table of readers is not clean");
}

static void check_locks(struct judge *j)
{
    struct payscore_owner owner;
    enum payscore_status rc = payscore_driver(j->store, &owner);
    if (rc != PAYSCORE_OK || owner.driven)
        fault(j, "somebody drives the store still: pid %lld", (long long)owner.pid);
    open_as(j, PAYSCORE_SUBMITTER);
    if (j->engine == NULL) return;
    submit_one(j);
    payscore_close(j->engine);
    open_as(j, PAYSCORE_DRIVER);
    if (j->engine == NULL) return;
    struct payscore_turn turn = {.items = NULL};
    struct payscore_error error = {""};
    rc = payscore_turn(j->engine, &turn, &error);
    if (rc != PAYSCORE_OK) fault(j, "turn: %s: %s", payscore_status_name(rc), error.text);
    payscore_calls_free(turn.calls, turn.call_count);
    count_readers(j);
}

/* Every key has its entry, and one only. */

static bool tag_of(struct ps_txn *txn, uint64_t number, char tag[CROWD_TAG_SIZE])
{
    uint8_t salt[PS_SALT_SIZE];
    char *raw = NULL;
    size_t size = 0;
    struct payscore_text command;
    bool found = false;
    if (ps_evidence_read(txn, number, salt, &raw, &size) != PAYSCORE_OK) return false;
    if (ps_parts_find((struct payscore_text){raw, size}, PS_PART_command, &command)) {
        char *body = strndup(command.data, command.size);
        const char *at = body == NULL ? NULL : strstr(body, CROWD_TAG);
        if (at != NULL) snprintf(tag, CROWD_TAG_SIZE, "%.*s", (int)strcspn(at, "\""), at);
        found = at != NULL;
        free(body);
    }
    free(raw);
    return found;
}

static void take_entry(struct judge *j, struct ps_txn *txn, uint64_t number)
{
    struct ps_entry entry;
    char tag[CROWD_TAG_SIZE];
    if (ps_entry_read(txn, number, &entry) != PAYSCORE_OK) {
        fault(j, "entry %llu is missing", (unsigned long long)number);
        return;
    }
    if (entry.carrier != PAYSCORE_CARRIER_COMMAND || !tag_of(txn, number, tag)) return;
    struct ack *ack = acks_find(&j->acks, tag);
    if (ack == NULL) {
        fault(j, "entry %llu: nobody tried %s", (unsigned long long)number, tag);
        return;
    }
    if (ack->found++ > 0)
        fault(j, "%s was applied twice: entries %llu and %llu", tag,
              (unsigned long long)ack->found_at, (unsigned long long)number);
    ack->found_at = number;
}

static void check_ack(struct judge *j, const struct ack *ack)
{
    bool applied = ack->verdict == PAYSCORE_TAKEN || ack->verdict == PAYSCORE_DUPLICATE;
    if (!ack->answered) return; /* Killed before it knew: taken or not. */
    if (applied && ack->found == 0)
        fault(j, "%s of %s was answered with entry %llu and is missing", ack->tag, ack->order,
              (unsigned long long)ack->entry);
    else if (applied && ack->found_at != ack->entry)
        fault(j, "%s was answered with entry %llu and is entry %llu", ack->tag,
              (unsigned long long)ack->entry, (unsigned long long)ack->found_at);
    else if (ack->verdict == PAYSCORE_REFUSED && ack->found > 0)
        fault(j, "%s was refused and is entry %llu", ack->tag, (unsigned long long)ack->found_at);
}

static void check_commands(struct judge *j)
{
    struct ps_txn *txn = NULL;
    if (ps_txn_begin(j->engine->store, PS_READ, &txn) != PAYSCORE_OK) {
        fault(j, "the journal cannot be read");
        return;
    }
    j->entries = ps_txn_head(txn)->entries;
    for (uint64_t number = 1; number <= j->entries; number++)
        take_entry(j, txn, number);
    ps_txn_abort(txn);
    for (size_t i = 0; i < j->acks.count; i++)
        check_ack(j, &j->acks.list[i]);
    j->faults += (int)j->acks.contradictions;
}

/* No order has two records. */

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void check_records(struct judge *j)
{
    struct ps_txn *txn = NULL;
    struct payscore_text key, value, first = {NULL, 0};
    char(*names)[CROWD_NAME_SIZE] = NULL;
    size_t count = 0, room = 0;
    enum payscore_status rc = ps_txn_begin(j->engine->store, PS_READ, &txn);
    if (rc == PAYSCORE_OK) rc = ps_txn_seek(txn, PS_TABLE_RECORDS, first, &key, &value);
    for (; rc == PAYSCORE_OK; rc = ps_txn_next(txn, PS_TABLE_RECORDS, &key, &value)) {
        struct ps_record record;
        if (ps_record_unpack(value, &record) != PAYSCORE_OK) fault(j, "a record cannot be read");
        if (record.chart != PS_CHART_service_order) continue;
        if (count == room) {
            room = room == 0 ? 1024 : 2 * room;
            names = realloc(names, room * sizeof *names);
            if (names == NULL) abort();
        }
        snprintf(names[count++], sizeof *names, "%.*s", record.number_size, record.number);
    }
    ps_txn_abort(txn);
    if (rc != PAYSCORE_E_NOT_FOUND) fault(j, "records: %s", payscore_status_name(rc));
    if (count > 0) qsort(names, count, sizeof *names, by_name);
    for (size_t i = 1; i < count; i++)
        if (strcmp(names[i - 1], names[i]) == 0) fault(j, "%s has two records", names[i]);
    j->orders = count;
    free(names);
}

/* Followers met every entry in order. */

/*
 * `*last`: the newest that this follower has met in any generation. One that was killed at once has
 * met nothing.
 */
static void check_follower(struct judge *j, int member, int generation, uint64_t *last)
{
    char path[CROWD_PATH_SIZE];
    uint64_t number, before = 0;
    crowd_file(path, j->plan->directory, "feed", member, generation);
    FILE *file = fopen(path, "re");
    while (file != NULL && fread(&number, sizeof number, 1, file) == 1) {
        bool follows = before != 0 ? number == before + 1 : number >= 1 && number <= *last + 1;
        if (!follows)
            fault(j, "follower %d.%d met entry %llu after %llu", member, generation,
                  (unsigned long long)number, (unsigned long long)(before != 0 ? before : *last));
        j->met++;
        if (number <= *last)
            j->met_again++;
        else
            *last = number;
        before = number;
    }
    if (file != NULL) fclose(file);
}

/* What its cursor says it has met, it has met. */
static void check_cursor(struct judge *j, int member, uint64_t last)
{
    char name[32], cursor[PAYSCORE_CURSOR_SIZE];
    snprintf(name, sizeof name, "follower-%d", member);
    enum payscore_status rc =
        payscore_cursor_load(j->engine, (struct payscore_text){name, strlen(name)}, cursor);
    const char *dash = strchr(cursor, '-');
    uint64_t stands = dash == NULL ? 0 : strtoull(dash + 1, NULL, 10);
    if (rc != PAYSCORE_OK && rc != PAYSCORE_E_NOT_FOUND)
        fault(j, "cursor %s: %s", name, payscore_status_name(rc));
    if (stands > last || last > j->entries)
        fault(j, "%s stands at %llu of %llu, and has met %llu", name, (unsigned long long)stands,
              (unsigned long long)j->entries, (unsigned long long)last);
    if (last == 0) fault(j, "%s has met nothing", name);
    printf("%s met entries up to %llu of %llu, its cursor stands at %llu\n", name,
           (unsigned long long)last, (unsigned long long)j->entries, (unsigned long long)stands);
}

static void check_feeds(struct judge *j, const struct crowd_figures *figures)
{
    for (int member = 0; member < j->plan->processes; member++) {
        uint64_t last = 0;
        for (int generation = 0; generation < figures->generations[member]; generation++)
            check_follower(j, member, generation, &last);
        check_cursor(j, member, last);
    }
}

/* All of it. */

static void check_journal(struct judge *j)
{
    struct payscore_report report;
    enum payscore_status rc = payscore_verify(j->engine, &report);
    if (rc != PAYSCORE_OK) fault(j, "verify: %s", payscore_status_name(rc));
    if (rc == PAYSCORE_OK && report.faults > 0)
        fault(j, "%llu faults of the journal; first: entry %llu: %s",
              (unsigned long long)report.faults, (unsigned long long)report.first_entry,
              report.first.text);
}

/* What members wrote down before they ended themselves. */
static void check_members(struct judge *j)
{
    char path[CROWD_PATH_SIZE], line[1024];
    snprintf(path, sizeof path, "%s/faults", j->plan->directory);
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        fault(j, "%.*s", (int)strcspn(line, "\n"), line);
    if (file != NULL) fclose(file);
}

static int by_size(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

static double took_ms(const struct acks *acks, double share)
{
    if (acks->took_count == 0) return 0;
    return (double)acks->took_us[(size_t)(share * (double)(acks->took_count - 1))] / 1e3;
}

static void print_figures(struct judge *j, const struct crowd_figures *figures)
{
    struct acks *acks = &j->acks;
    size_t tried = acks->count, answered = 0;
    for (size_t i = 0; i < acks->count; i++)
        answered += acks->list[i].answered;
    if (acks->took_count > 0)
        qsort(acks->took_us, acks->took_count, sizeof acks->took_us[0], by_size);
    printf("%d processes of %d threads for %.0f s; %d kills, %d of them of the driver\n",
           j->plan->processes, j->plan->threads, figures->seconds, figures->kills,
           figures->driver_kills);
    printf("commands: %zu tried, %zu answered, %zu answers in all (%.0f/s): %llu taken, %llu "
           "duplicate, %llu refused, %llu ignored\n",
           tried, answered, acks->took_count, (double)acks->took_count / figures->seconds,
           (unsigned long long)acks->verdicts[PAYSCORE_TAKEN],
           (unsigned long long)acks->verdicts[PAYSCORE_DUPLICATE],
           (unsigned long long)acks->verdicts[PAYSCORE_REFUSED],
           (unsigned long long)acks->verdicts[PAYSCORE_IGNORED]);
    printf("repeated because unsure: %llu, because busy: %llu; lines cut short: %llu\n",
           (unsigned long long)acks->unsure, (unsigned long long)acks->busy,
           (unsigned long long)acks->torn);
    printf("an answer took %.1f ms (median), %.1f ms (99 %%), %.1f ms (99.9 %%), %.1f ms (most)\n",
           took_ms(acks, 0.5), took_ms(acks, 0.99), took_ms(acks, 0.999), took_ms(acks, 1));
    printf("journal: %llu entries; %llu orders; followers met %llu entries, %llu of them again\n",
           (unsigned long long)j->entries, (unsigned long long)j->orders,
           (unsigned long long)j->met, (unsigned long long)j->met_again);
}

int crowd_judge(const struct crowd_plan *plan, const struct crowd_figures *figures)
{
    struct judge j = {.plan = plan};
    snprintf(j.store, sizeof j.store, "%s/store", plan->directory);
    check_members(&j);
    if (!acks_read(&j.acks, plan->directory)) fault(&j, "the logs cannot be read");
    check_locks(&j);
    if (j.engine != NULL) {
        check_journal(&j);
        check_commands(&j);
        check_records(&j);
        check_feeds(&j, figures);
        print_figures(&j, figures);
    }
    payscore_close(j.engine);
    acks_free(&j.acks);
    printf("%s: %d faults\n", j.faults == 0 ? "fine" : "NOT fine", j.faults);
    return j.faults;
}
