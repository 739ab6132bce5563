/* The verbs that take away what a store holds: erase, retain. */
#include "ctl.h"

static int tell_count(const struct ctl *ctl, const char *what, const char *unit, uint64_t count)
{
    if (ctl->json)
        printf("{\"%s\":%llu}\n", what, (unsigned long long)count);
    else
        printf("%s: %llu %s\n", what, (unsigned long long)count, unit);
    return CTL_FINE;
}

int ctl_erase(const struct ctl *ctl)
{
    int code = CTL_FAILED;
    uint64_t entries = 0;
    struct payscore_error error = {""};
    struct payscore_erasure erasure = {.openid = ctl_text(ctl->arguments[0]),
                                       .person = ctl_text(ctl->person),
                                       .reason = ctl_text(ctl->reason)};
    if (ctl->person == NULL || ctl->reason == NULL) {
        fputs("payscorectl: erase: --person and --reason say who asks for it, and why\n", stderr);
        return CTL_INPUT;
    }
    struct payscore *engine = ctl_open(ctl, PAYSCORE_SUBMITTER, &code);
    if (engine == NULL) return code;
    enum payscore_status rc = payscore_erase(engine, &erasure, &entries, &error);
    payscore_close(engine);
    if (rc != PAYSCORE_OK) return ctl_fail(rc, "erase", error.text);
    return tell_count(ctl, "erased", "entries", entries);
}

int ctl_retain(const struct ctl *ctl)
{
    int code = CTL_FAILED;
    uint64_t total = 0;
    bool left = true;
    struct payscore_error error = {""};
    enum payscore_status rc = PAYSCORE_OK;
    struct payscore *engine = ctl_open(ctl, PAYSCORE_SUBMITTER, &code);
    if (engine == NULL) return code;
    while (rc == PAYSCORE_OK && left) {
        uint64_t records = 0;
        rc = payscore_retain(engine, (uint32_t)ctl->days, &records, &left, &error);
        total += records;
    }
    payscore_close(engine);
    /* Also of a pass that was broken off: so many are gone. */
    if (rc == PAYSCORE_OK || total > 0) tell_count(ctl, "retired", "orders", total);
    return rc == PAYSCORE_OK ? CTL_FINE : ctl_fail(rc, "retain", error.text);
}
