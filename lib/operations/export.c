/*
 * Export: the journal as lines of JSON. It reads a bounded batch, lets go of the snapshot, and only
 * then gives the lines away, so that whoever takes his time holds nothing back.
 */
#include <cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "core/charts.h"
#include "engine/describe.h"
#include "engine/making.h"
#include "engine/read.h"
#include "operations/names.h"
#include "payscore/operations.h"

enum { BATCH_LINES = 256, BATCH_LOOKS = 8192, BATCH_BYTES = 4 << 20 };

struct exporting {
    struct payscore *engine;
    const struct payscore_export_filter *filter;
    struct ps_txn *txn;
    struct ps_names names;
    uint64_t next, last; /* The last is the newest of when it began, so that it comes to an end. */
    char *lines[BATCH_LINES];
    size_t count, bytes;
};

static bool fits(struct payscore_text wanted, const char *name)
{
    return wanted.size == 0 || ps_text_is(wanted, name);
}

static bool passes(const struct exporting *self, const struct ps_entry *entry)
{
    const struct payscore_export_filter *filter = self->filter;
    const struct ps_chart *chart = ps_chart_by_id(entry->chart);
    const struct ps_state *state = chart == NULL ? NULL : ps_chart_state(chart, entry->to);
    return (filter->since_ms == 0 || entry->at_ms >= filter->since_ms) &&
           (filter->until_ms == 0 || entry->at_ms < filter->until_ms) &&
           fits(filter->chart, chart == NULL ? "" : chart->name) &&
           fits(filter->state, state == NULL ? "" : state->name) &&
           fits(filter->mchid, ps_names_of_merchant(&self->names, entry->merchant));
}

static void add_text(cJSON *object, const char *name, const char *data, size_t size)
{
    char copy[PS_OPENID_MAX + 1];
    memcpy(copy, data, size);
    copy[size] = '\0';
    if (size > 0) ps_make_text(object, name, copy);
}

/* Whose it is: names as a person knows them. A stray has no record; nor has what was done to the
 * store. */
static void add_names(const struct exporting *self, const struct ps_entry *entry, cJSON *line)
{
    const struct ps_service_names *service = ps_names_of_service(&self->names, entry->service);
    struct ps_record record;
    const char *mchid = ps_names_of_merchant(&self->names, entry->merchant);
    if (mchid[0] != '\0') ps_make_text(line, "mchid", mchid);
    if (service != NULL) {
        ps_make_text(line, "appid", service->appid);
        ps_make_text(line, "service_id", service->service_id);
    }
    if (ps_id_is_none(&entry->record) ||
        ps_record_read(self->txn, &entry->record, &record) != PAYSCORE_OK)
        return; /* What cannot be read verify tells of. */
    bool order = record.chart == PS_CHART_service_order;
    add_text(line, order ? "out_order_no" : "authorization_code", record.number,
             record.number_size);
    add_text(line, ps_record_is_erased(&record) ? "erased" : "openid", record.openid,
             record.openid_size);
}

static enum payscore_status add_evidence(const struct exporting *self, uint64_t number, cJSON *line)
{
    uint8_t salt[PS_SALT_SIZE];
    char *raw = NULL;
    size_t size = 0;
    if (!self->filter->evidence) return PAYSCORE_OK;
    enum payscore_status rc = ps_evidence_read(self->txn, number, salt, &raw, &size);
    if (rc == PAYSCORE_E_NOT_FOUND) return PAYSCORE_OK; /* Erased: the digest stays. */
    if (rc != PAYSCORE_OK) return rc;
    cJSON *evidence = ps_describe_evidence((struct payscore_text){raw, size});
    free(raw);
    return cJSON_AddItemToObject(line, "evidence", evidence) ? PAYSCORE_OK : PAYSCORE_E_MEMORY;
}

/* A line is one with its break. */
static char *print(const cJSON *line)
{
    char *text = ps_make_print(line);
    size_t size = text == NULL ? 0 : strlen(text);
    char *longer = text == NULL ? NULL : realloc(text, size + 2);
    if (longer == NULL) free(text);
    if (longer != NULL) memcpy(longer + size, "\n", 2);
    return longer;
}

static enum payscore_status add_line(struct exporting *self, const struct ps_entry *entry)
{
    cJSON *line = ps_describe_entry(entry);
    if (line == NULL) return PAYSCORE_E_MEMORY;
    add_names(self, entry, line);
    enum payscore_status rc = add_evidence(self, entry->number, line);
    char *text = rc == PAYSCORE_OK ? print(line) : NULL;
    cJSON_Delete(line);
    if (rc != PAYSCORE_OK) return rc;
    if (text == NULL) return PAYSCORE_E_MEMORY;
    self->lines[self->count++] = text;
    self->bytes += strlen(text);
    return PAYSCORE_OK;
}

/* The journal is in order of time: behind the end there is nothing more. */
static bool is_behind(const struct exporting *self, const struct ps_entry *entry)
{
    return self->filter->until_ms != 0 && entry->at_ms >= self->filter->until_ms;
}

static enum payscore_status gather(struct exporting *self)
{
    for (int looks = 0; looks < BATCH_LOOKS && self->next <= self->last; looks++) {
        struct ps_entry entry;
        if (self->count == BATCH_LINES || self->bytes >= BATCH_BYTES) return PAYSCORE_OK;
        enum payscore_status rc = ps_entry_read(self->txn, self->next, &entry);
        bool stub = rc == PAYSCORE_E_NOT_FOUND && entry.layout == PS_ENTRY_STUB;
        if (rc != PAYSCORE_OK && !stub) return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_E_CORRUPT : rc;
        if (!stub && is_behind(self, &entry)) self->last = self->next;
        if (!stub && passes(self, &entry)) rc = add_line(self, &entry);
        if (!stub && rc != PAYSCORE_OK) return rc;
        self->next++;
    }
    return PAYSCORE_OK;
}

static enum payscore_status read_batch(struct exporting *self)
{
    enum payscore_status rc = ps_txn_begin(self->engine->store, PS_READ, &self->txn);
    if (rc != PAYSCORE_OK) return rc;
    if (self->last == 0) self->last = ps_txn_head(self->txn)->entries;
    rc = ps_names_load(self->txn, &self->names);
    if (rc == PAYSCORE_OK) rc = gather(self);
    ps_txn_abort(self->txn);
    return rc;
}

static enum payscore_status give_batch(struct exporting *self, enum payscore_status rc,
                                       payscore_line *line, void *user)
{
    for (size_t i = 0; i < self->count; i++) {
        struct payscore_text text = {self->lines[i], strlen(self->lines[i])};
        if (rc == PAYSCORE_OK && !line(user, text)) rc = PAYSCORE_E_IO;
        free(self->lines[i]);
    }
    self->count = self->bytes = 0;
    return rc;
}

enum payscore_status payscore_export(struct payscore *engine,
                                     const struct payscore_export_filter *filter,
                                     payscore_line *line, void *user)
{
    static const struct payscore_export_filter all;
    struct exporting self = {.engine = engine, .filter = filter == NULL ? &all : filter, .next = 1};
    enum payscore_status rc = ps_process_check(engine, NULL);
    if (rc != PAYSCORE_OK) return rc;
    if (!ps_read_knows(self.filter->chart, self.filter->state)) return PAYSCORE_E_INPUT;
    do {
        rc = read_batch(&self);
        rc = give_batch(&self, rc, line, user);
    } while (rc == PAYSCORE_OK && self.next <= self.last);
    ps_names_free(&self.names);
    return rc;
}
