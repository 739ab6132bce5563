/*
 * Verification: the whole journal, and all that it led to, in one snapshot. What is looked at
 * stands in verify_entries.c and verify_records.c.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/describe.h"
#include "engine/making.h"
#include "operations/verify.h"

void ps_verify_fault(struct ps_verification *v, uint64_t number, const char *what)
{
    if (v->report->faults++ > 0) return;
    v->report->first_entry = number;
    ps_fail(&v->report->first, PAYSCORE_OK, "journal entry %" PRIu64 ": %s", number, what);
}

void ps_verify_fault_if(struct ps_verification *v, uint64_t number, const char *what)
{
    if (what != NULL) ps_verify_fault(v, number, what);
}

enum payscore_status payscore_verify(struct payscore *engine, struct payscore_report *report)
{
    struct ps_verification v = {.report = report};
    memset(report, 0, sizeof *report);
    enum payscore_status rc = ps_process_check(engine, NULL);
    if (rc == PAYSCORE_OK) rc = ps_txn_begin(engine->store, PS_READ, &v.txn);
    if (rc != PAYSCORE_OK) return rc;
    rc = ps_names_load(v.txn, &v.names);
    if (rc == PAYSCORE_OK) rc = ps_verify_journal(&v);
    if (rc == PAYSCORE_OK) rc = ps_verify_due(&v);
    if (rc == PAYSCORE_OK) rc = ps_verify_records(&v);
    if (rc == PAYSCORE_OK) rc = ps_verify_names(&v);
    if (rc == PAYSCORE_OK) rc = ps_verify_handovers(&v);
    if (rc == PAYSCORE_OK) rc = v.left.status;
    ps_txn_abort(v.txn);
    ps_names_free(&v.names);
    free(v.owed);
    return rc;
}

enum payscore_status payscore_report_json(const struct payscore_report *report, char **json)
{
    cJSON *object = cJSON_CreateObject();
    ps_make_bool(object, "ok", report->faults == 0);
    ps_make_number(object, "entries", (double)report->entries);
    ps_make_number(object, "records", (double)report->records);
    ps_make_number(object, "retired", (double)report->retired);
    ps_make_number(object, "erased", (double)report->erased);
    ps_make_number(object, "faults", (double)report->faults);
    ps_make_number(object, "first_entry", (double)report->first_entry);
    ps_make_text(object, "first", report->first.text);
    return ps_describe_print(object, json);
}
