/*
 * The rows of formats.def, by name and by number.
 */
#include <string.h>

#include "exporter.h"
#include "picture.h"

struct format {
    const char *name, *file, *help;
    enum ps_scope scope;
};

/* clang-format off */
static const struct format formats[PS_FORMAT_COUNT] = {
#define FORMAT(name_, text_, scope_, file_, write_, help_)                                         \
    [PS_FORMAT_##name_] = {(text_), (file_), (help_), PS_SCOPE_##scope_},
#include "formats.def"
};
/* clang-format on */

enum ps_format ps_format_named(const char *name)
{
    for (int i = PS_FORMAT_NONE + 1; i < PS_FORMAT_COUNT; i++)
        if (strcmp(formats[i].name, name) == 0) return (enum ps_format)i;
    return PS_FORMAT_NONE;
}

const char *ps_format_name(enum ps_format format)
{
    return formats[format].name;
}

const char *ps_format_help(enum ps_format format)
{
    return formats[format].help;
}

enum ps_scope ps_format_scope(enum ps_format format)
{
    return formats[format].scope;
}

static bool is_picture(enum ps_format format)
{
    enum ps_scope scope = formats[format].scope;
    return scope == PS_SCOPE_PICTURE || scope == PS_SCOPE_DRAWN;
}

size_t ps_format_parts(enum ps_format format, const struct ps_chart *chart, uint16_t *parts)
{
    struct ps_picture pictures[PS_PICTURES_MAX];
    parts[0] = 0;
    if (!is_picture(format)) return 1;
    size_t count = ps_pictures(chart, pictures);
    for (size_t i = 0; i < count; i++)
        parts[i] = pictures[i].scope;
    return count;
}

bool ps_format_part_named(enum ps_format format, const struct ps_chart *chart, const char *name,
                          uint16_t *part)
{
    uint16_t parts[PS_STATES_MAX];
    size_t count = ps_format_parts(format, chart, parts);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(ps_chart_state(chart, parts[i])->name, name) != 0) continue;
        *part = parts[i];
        return true;
    }
    return false;
}

void ps_format_file(enum ps_format format, const struct ps_chart *chart, uint16_t part, char *name,
                    size_t size)
{
    bool of_all = formats[format].scope == PS_SCOPE_ALL;
    const struct ps_state *state = of_all ? NULL : ps_chart_state(chart, part);
    snprintf(name, size, "%s%s%s%s", of_all ? "" : chart->name, state == NULL ? "" : "-",
             state == NULL ? "" : state->name, formats[format].file);
}

/* clang-format off */
void ps_format_write(enum ps_format format, FILE *out, const struct ps_chart *chart, uint16_t part)
{
    switch (format) {
#define FORMAT(name, text, scope, file, write, help) case PS_FORMAT_##name: write; return;
#include "formats.def"
    case PS_FORMAT_NONE:
    case PS_FORMAT_COUNT: return;
    }
}
/* clang-format on */
