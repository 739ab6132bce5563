/*
 * Verification: the whole journal, and all that it led to, in one snapshot. What is looked at
 * stands in verify_entries.c and verify_records.c.
 */
#include <inttypes.h>
#include <string.h>

#include "engine/describe.h"
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
    if (rc == PAYSCORE_OK) rc = ps_verify_records(&v);
    if (rc == PAYSCORE_OK) rc = ps_verify_names(&v);
    if (rc == PAYSCORE_OK) rc = ps_verify_due(&v);
    if (rc == PAYSCORE_OK) rc = ps_verify_handovers(&v);
    ps_txn_abort(v.txn);
    ps_names_free(&v.names);
    return rc;
}

enum payscore_status payscore_report_json(const struct payscore_report *report, char **json)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddBoolToObject(object, "ok", report->faults == 0);
    cJSON_AddNumberToObject(object, "entries", (double)report->entries);
    cJSON_AddNumberToObject(object, "records", (double)report->records);
    cJSON_AddNumberToObject(object, "retired", (double)report->retired);
    cJSON_AddNumberToObject(object, "erased", (double)report->erased);
    cJSON_AddNumberToObject(object, "faults", (double)report->faults);
    cJSON_AddNumberToObject(object, "first_entry", (double)report->first_entry);
    cJSON_AddStringToObject(object, "first", report->first.text);
    return ps_describe_print(object, json);
}
