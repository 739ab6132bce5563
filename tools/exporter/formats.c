/*
 * The rows of formats.def, by name and by number.
 */
#include <string.h>

#include "exporter.h"

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

void ps_format_file(enum ps_format format, const struct ps_chart *chart, char *name, size_t size)
{
    bool of_all = formats[format].scope == PS_SCOPE_ALL;
    snprintf(name, size, "%s%s", of_all ? "" : chart->name, formats[format].file);
}

/* clang-format off */
void ps_format_write(enum ps_format format, FILE *out, const struct ps_chart *chart)
{
    switch (format) {
#define FORMAT(name, text, scope, file, write, help) case PS_FORMAT_##name: write; return;
#include "formats.def"
    case PS_FORMAT_NONE:
    case PS_FORMAT_COUNT: return;
    }
}
/* clang-format on */
