/* The verbs that prove: verify, head. */
#include "ctl.h"

/* Verification. */

static void print_report(const cJSON *report)
{
    static const char *const counts[] = {"entries", "records", "retired", "erased", "faults"};
    const cJSON *first = cJSON_GetObjectItemCaseSensitive(report, "first");
    bool ok = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(report, "ok"));
    printf("%s:", ok ? "verified" : "ALTERED");
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        const cJSON *count = cJSON_GetObjectItemCaseSensitive(report, counts[i]);
        if (cJSON_IsNumber(count)) printf(" %.0f %s", count->valuedouble, counts[i]);
    }
    printf("%s%s\n", ok ? "" : "; first: ", ok ? "" : cJSON_GetStringValue(first));
}

static int tell_report(const struct ctl *ctl, const struct payscore_report *report)
{
    char *json = NULL;
    enum payscore_status rc = payscore_report_json(report, &json);
    if (rc != PAYSCORE_OK) return ctl_fail(rc, "verify", "");
    ctl_print(ctl, json, print_report);
    return report->faults == 0 ? CTL_FINE : CTL_NO;
}

int ctl_verify(const struct ctl *ctl)
{
    int code = CTL_FAILED;
    struct payscore_report report;
    struct payscore *engine = ctl_open(ctl, PAYSCORE_READER, &code);
    if (engine == NULL) return code;
    enum payscore_status rc = payscore_verify(engine, &report);
    payscore_close(engine);
    return rc == PAYSCORE_OK ? tell_report(ctl, &report) : ctl_fail(rc, "verify", "");
}
