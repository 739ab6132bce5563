/* Who reads the store and holds it back, and how much room there is. */
#include <cJSON.h>

#include "engine/describe.h"
#include "engine/making.h"
#include "payscore/operations.h"

enum { READERS_MAX = 1024 };

static void add_number(cJSON *object, const char *name, uint64_t value)
{
    ps_make_number(object, name, (double)value);
}

static void add_reader(cJSON *readers, const struct ps_reader *reader)
{
    cJSON *object = cJSON_CreateObject();
    ps_make_number(object, "pid", (double)reader->pid);
    add_number(object, "behind", reader->behind);
    add_number(object, "grown_bytes", reader->grown_bytes);
    ps_make_bool(object, "stuck", reader->stuck);
    ps_make_last(readers, object);
}

static void add_refused(cJSON *object, enum payscore_status refused)
{
    if (refused == PAYSCORE_OK)
        ps_make_null(object, "commands_refused");
    else
        ps_make_text(object, "commands_refused", payscore_status_name(refused));
}

enum payscore_status payscore_usage(struct payscore *engine, char **json)
{
    struct ps_usage usage = {0};
    struct ps_reader found[READERS_MAX];
    size_t count = 0;
    *json = NULL;
    if (!ps_process_is_ours(engine)) return PAYSCORE_E_PROCESS;
    enum payscore_status rc = ps_store_usage(engine->store, &usage, found, READERS_MAX, &count);
    if (rc != PAYSCORE_OK) return rc;
    cJSON *object = cJSON_CreateObject();
    add_number(object, "file_bytes", usage.file_bytes);
    add_number(object, "used_bytes", usage.used_bytes);
    add_number(object, "free_bytes", usage.free_bytes);
    add_number(object, "map_bytes", usage.map_bytes);
    add_number(object, "reserve_bytes", usage.reserve_bytes);
    add_number(object, "disk_free_bytes", usage.disk_free_bytes);
    add_refused(object, usage.refused);
    cJSON *readers = ps_make_array(object, "readers");
    for (size_t i = 0; i < count; i++)
        add_reader(readers, &found[i]);
    return ps_describe_print(object, json);
}
