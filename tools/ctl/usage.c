/* The verb that says how much room there is. */
#include "ctl.h"
#include "timeline.h"

static void print_usage(const cJSON *usage)
{
    const cJSON *reader;
    ctl_print_record(usage);
    cJSON_ArrayForEach(reader, cJSON_GetObjectItemCaseSensitive(usage, "readers"))
    {
        bool stuck = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(reader, "stuck"));
        printf("reader %.0f: %.0f commits behind, the store grew %.0f bytes meanwhile%s\n",
               cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(reader, "pid")),
               cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(reader, "behind")),
               cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(reader, "grown_bytes")),
               stuck ? "; STUCK" : "");
    }
}

int ctl_usage(const struct ctl *ctl)
{
    int code = CTL_FAILED;
    char *json = NULL;
    struct payscore *engine = ctl_open(ctl, PAYSCORE_READER, &code);
    if (engine == NULL) return code;
    enum payscore_status rc = payscore_usage(engine, &json);
    payscore_close(engine);
    return rc == PAYSCORE_OK ? ctl_print(ctl, json, print_usage) : ctl_fail(rc, "usage", "");
}
