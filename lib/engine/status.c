/* Names and texts of statuses, from their rows; the end of the line. */
#include "payscore/status.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/panic.h"
#include "engine/internal.h"

const char *payscore_status_name(enum payscore_status status)
{
    switch (status) {
#define X(name, number, reaction, text)                                                            \
    case PAYSCORE_##name: return #name;
        PAYSCORE_STATUS_MAP(X)
#undef X
    }
    return "E_UNKNOWN";
}

const char *payscore_status_text(enum payscore_status status)
{
    switch (status) {
#define X(name, number, reaction, text_)                                                           \
    case PAYSCORE_##name: return (text_);
        PAYSCORE_STATUS_MAP(X)
#undef X
    }
    return "Not a status of this library.";
}

enum payscore_reaction payscore_status_reaction(enum payscore_status status)
{
    switch (status) {
#define X(name, number, reaction, text)                                                            \
    case PAYSCORE_##name: return PAYSCORE_REACTION_##reaction;
        PAYSCORE_STATUS_MAP(X)
#undef X
    }
    return PAYSCORE_REACTION_STOP;
}

const char *payscore_version(void)
{
    return PAYSCORE_VERSION;
}

void payscore_free(void *json)
{
    free(json);
}

_Noreturn void ps_panic(const char *file, int line, const char *text)
{
    fprintf(stderr, "payscore: %s:%d: assertion failed: %s\n", file, line, text);
    abort();
}
