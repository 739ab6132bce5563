#include "services.h"

#include "wechat/text.h"

const struct sandbox_service *sandbox_service_find(const struct sandbox_options *options,
                                                   struct payscore_text id)
{
#define SERVICE(option, letter, target, number, confirms, exempt, meaning)                         \
    if (ps_text_is(id, options->target)) {                                                         \
        static const struct sandbox_service row = {confirms, exempt};                              \
        return &row;                                                                               \
    }
#include "tools/sandbox/services.def"
    return NULL;
}
