/* The verbs that read: show, history, list. */
#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "timeline.h"

static int show(const struct ctl *ctl, const char *chart, bool history)
{
    int code = CTL_FAILED;
    char *json = NULL;
    struct payscore_name name = {0, ctl_text(chart), ctl_text(ctl->arguments[0])};
    struct payscore *engine = ctl_open(ctl, PAYSCORE_READER, &code);
    if (engine == NULL) return code;
    enum payscore_status rc = history ? payscore_history(engine, &name, ctl->evidence, &json)
                                      : payscore_show(engine, &name, &json);
    payscore_close(engine);
    if (rc != PAYSCORE_OK) return ctl_fail(rc, ctl->arguments[0], "");
    return ctl_print(ctl, json, history ? ctl_print_timeline : ctl_print_record);
}

int ctl_preauthorization_show(const struct ctl *ctl)
{
    return show(ctl, "preauthorization", false);
}

int ctl_preauthorization_history(const struct ctl *ctl)
{
    return show(ctl, "preauthorization", true);
}

int ctl_authorization_show(const struct ctl *ctl)
{
    return show(ctl, "authorization", false);
}

int ctl_authorization_history(const struct ctl *ctl)
{
    return show(ctl, "authorization", true);
}

int ctl_order_show(const struct ctl *ctl)
{
    return show(ctl, "service_order", false);
}

int ctl_order_history(const struct ctl *ctl)
{
    return show(ctl, "service_order", true);
}

int ctl_list(const struct ctl *ctl)
{
    int code = CTL_FAILED;
    char *json = NULL;
    struct payscore *engine = ctl_open(ctl, PAYSCORE_READER, &code);
    if (engine == NULL) return code;
    struct payscore_filter filter = {.chart = ctl_text(ctl->chart),
                                     .state = ctl_text(ctl->state),
                                     .held_only = ctl->held,
                                     .unsettled_only = ctl->unsettled,
                                     .older_than_ms = ctl->older_than_s * 1000,
                                     .count_max = (size_t)ctl->limit,
                                     .after = ctl_text(ctl->after)};
    enum payscore_status rc = payscore_list(engine, &filter, &json);
    payscore_close(engine);
    return rc == PAYSCORE_OK
               ? ctl_print(ctl, json, ctl_print_list)
               : ctl_fail(rc, "list",
                          rc == PAYSCORE_E_INPUT ? "no such chart or state, or not a cursor" : "");
}
