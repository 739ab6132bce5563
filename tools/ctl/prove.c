/* The verbs that prove: verify, head. */
#include <stdlib.h>

#include "ctl.h"

enum { HEAD_MAX = 65536, KEY_MAX = 65536 };

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

/* Without --public-key the merchant's own key is looked at. */
static int verify_head(const struct ctl *ctl)
{
    int code = CTL_INPUT;
    struct payscore_report report;
    struct payscore_error error = {""};
    struct payscore *engine = NULL;
    char *key = NULL;
    char *head = ctl_read_file(ctl->head, HEAD_MAX);
    if (head == NULL) goto out;
    if (ctl->public_key != NULL) {
        key = ctl_read_file(ctl->public_key, KEY_MAX);
        if (key == NULL) goto out;
        engine = ctl_open(ctl, PAYSCORE_READER, &code);
    } else {
        engine = ctl_open_signing(ctl, &code);
    }
    if (engine == NULL) goto out;
    enum payscore_status rc =
        payscore_verify_head(engine, ctl_text(head), ctl_text(key), &report, &error);
    code = rc == PAYSCORE_OK ? tell_report(ctl, &report) : ctl_fail(rc, ctl->head, error.text);
out:
    payscore_close(engine);
    free(head);
    free(key);
    return code;
}

int ctl_verify(const struct ctl *ctl)
{
    int code = CTL_FAILED;
    struct payscore_report report;
    if (ctl->head != NULL) return verify_head(ctl);
    struct payscore *engine = ctl_open(ctl, PAYSCORE_READER, &code);
    if (engine == NULL) return code;
    enum payscore_status rc = payscore_verify(engine, &report);
    payscore_close(engine);
    return rc == PAYSCORE_OK ? tell_report(ctl, &report) : ctl_fail(rc, "verify", "");
}

/* It is kept as it is, for `verify --head`. */
int ctl_head(const struct ctl *ctl)
{
    int code = CTL_FAILED;
    char *json = NULL;
    struct payscore *engine = ctl_open_signing(ctl, &code);
    if (engine == NULL) return code;
    enum payscore_status rc = payscore_head(engine, 0, &json);
    payscore_close(engine);
    if (rc != PAYSCORE_OK) return ctl_fail(rc, "head", "");
    puts(json);
    payscore_free(json);
    return CTL_FINE;
}
