/* The verb that writes the journal out. */
#include <string.h>

#include "core/time.h"
#include "ctl.h"

/* A day begins at midnight in Beijing. */
static bool read_time(const char *option, const char *text, int64_t *ms)
{
    char whole[64];
    if (text == NULL) return true;
    snprintf(whole, sizeof whole, "%.40s%s", text,
             strlen(text) == strlen("2026-03-01") ? "T00:00:00+08:00" : "");
    if (ps_time_from_rfc3339(ctl_text(whole), ms)) return true;
    fprintf(stderr, "payscorectl: %s %s: give a day, 2026-03-01, or 2026-03-01T08:30:00+08:00\n",
            option, text);
    return false;
}

static bool print_line(void *user, struct payscore_text line)
{
    (void)user;
    return fwrite(line.data, 1, line.size, stdout) == line.size;
}

int ctl_export(const struct ctl *ctl)
{
    int code = CTL_FAILED;
    struct payscore_export_filter filter = {.mchid = ctl_text(ctl->mchid),
                                            .chart = ctl_text(ctl->chart),
                                            .state = ctl_text(ctl->state),
                                            .evidence = ctl->evidence};
    if (!read_time("--since", ctl->since, &filter.since_ms) ||
        !read_time("--until", ctl->until, &filter.until_ms))
        return CTL_INPUT;
    struct payscore *engine = ctl_open(ctl, PAYSCORE_READER, &code);
    if (engine == NULL) return code;
    enum payscore_status rc = payscore_export(engine, &filter, print_line, NULL);
    payscore_close(engine);
    if (rc == PAYSCORE_OK) return CTL_FINE;
    return ctl_fail(rc, "export", rc == PAYSCORE_E_INPUT ? "no such chart or state" : "");
}
