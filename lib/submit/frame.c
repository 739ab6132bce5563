/* Frames: written and read field by field, so that neither padding nor alignment travels. */
#include "submit/frame.h"

#include <string.h>

#include "core/charts.h"
#include "wechat/text.h"

enum { MAGIC = 0x31435350 }; /* "PSC1" */
enum { COMMAND_FIXED = 16, ANSWER_FIXED = 48 };

/* Where the next field goes to, or comes from. Bounds are checked once, by whoever begins. */
struct writer {
    uint8_t *at;
};

struct reader {
    const uint8_t *at;
};

static void put(struct writer *to, uint64_t value, int size)
{
    for (int i = 0; i < size; i++)
        *to->at++ = (uint8_t)(value >> (8 * i));
}

static uint64_t get(struct reader *from, int size)
{
    uint64_t value = 0;
    for (int i = 0; i < size; i++)
        value |= (uint64_t)*from->at++ << (8 * i);
    return value;
}

static void put_text(struct writer *to, struct payscore_text text)
{
    if (text.size > 0) memcpy(to->at, text.data, text.size);
    to->at += text.size;
}

static struct payscore_text get_text(struct reader *from, size_t size)
{
    struct payscore_text text = {(const char *)from->at, size};
    from->at += size;
    return text;
}

static struct writer begin(uint8_t *out, enum ps_frame_kind kind, uint64_t request, size_t size)
{
    struct writer to = {out};
    put(&to, MAGIC, 4);
    put(&to, PS_FRAME_VERSION, 2);
    put(&to, (uint64_t)kind, 2);
    put(&to, request, 8);
    put(&to, size, 4);
    put(&to, 0, 4);
    return to;
}

enum payscore_status ps_frame_look(struct payscore_text frame, struct ps_frame_head *head)
{
    struct reader from = {(const uint8_t *)frame.data};
    if (frame.size < PS_FRAME_HEAD_SIZE || get(&from, 4) != MAGIC) return PAYSCORE_E_INPUT;
    head->version = (uint16_t)get(&from, 2);
    uint64_t kind = get(&from, 2);
    head->request = get(&from, 8);
    uint64_t size = get(&from, 4);
    uint64_t zero = get(&from, 4);
    if (size != frame.size) return PAYSCORE_E_INPUT;
    head->kind = (enum ps_frame_kind)kind;
    if (head->version != PS_FRAME_VERSION) return PAYSCORE_E_VERSION;
    bool known = kind >= PS_FRAME_HELLO && kind <= PS_FRAME_ANSWER;
    return known && zero == 0 ? PAYSCORE_OK : PAYSCORE_E_INPUT;
}

/* The head is of this kind, and `fixed` bytes stand behind it. */
static enum payscore_status enter(struct payscore_text frame, enum ps_frame_kind kind, size_t fixed,
                                  struct reader *from)
{
    struct ps_frame_head head;
    enum payscore_status rc = ps_frame_look(frame, &head);
    if (rc != PAYSCORE_OK) return rc;
    bool greets = kind == PS_FRAME_HELLO; /* No command is meant by it. */
    if (greets && head.request != 0) return PAYSCORE_E_INPUT;
    if (head.kind != kind || frame.size < PS_FRAME_HEAD_SIZE + fixed) return PAYSCORE_E_INPUT;
    *from = (struct reader){(const uint8_t *)frame.data + PS_FRAME_HEAD_SIZE};
    return PAYSCORE_OK;
}

/* Hello. */

size_t ps_frame_put_hello(const struct ps_place *place, uint8_t out[PS_FRAME_HELLO_SIZE])
{
    struct writer to = begin(out, PS_FRAME_HELLO, 0, PS_FRAME_HELLO_SIZE);
    put(&to, place->pid_namespace, 8);
    memcpy(to.at, place->boot, PS_PLACE_BOOT_SIZE);
    return PS_FRAME_HELLO_SIZE;
}

enum payscore_status ps_frame_get_hello(struct payscore_text frame, struct ps_place *place)
{
    struct reader from;
    enum payscore_status rc =
        enter(frame, PS_FRAME_HELLO, PS_FRAME_HELLO_SIZE - PS_FRAME_HEAD_SIZE, &from);
    if (rc != PAYSCORE_OK) return rc;
    if (frame.size != PS_FRAME_HELLO_SIZE) return PAYSCORE_E_INPUT;
    place->pid_namespace = get(&from, 8);
    memcpy(place->boot, from.at, PS_PLACE_BOOT_SIZE);
    return PAYSCORE_OK;
}

/* Commands. */

static bool fits(const struct ps_frame_command *command)
{
    return command->mchid.size <= PS_FRAME_MERCHANT_MAX &&
           command->appid.size <= PS_FRAME_MERCHANT_MAX &&
           command->service_id.size <= PS_FRAME_MERCHANT_MAX &&
           command->name.size <= PS_FRAME_NAME_MAX && command->key.size <= PAYSCORE_KEY_MAX &&
           command->body.size <= PS_FRAME_BODY_MAX;
}

static size_t size_of(const struct ps_frame_command *command)
{
    return PS_FRAME_HEAD_SIZE + COMMAND_FIXED + command->mchid.size + command->appid.size +
           command->service_id.size + command->name.size + command->key.size + command->body.size;
}

size_t ps_frame_command_size(const struct ps_frame_command *command)
{
    return fits(command) ? size_of(command) : 0;
}

size_t ps_frame_put_command(uint64_t request, const struct ps_frame_command *command, uint8_t *out)
{
    size_t size = ps_frame_command_size(command);
    if (size == 0) return 0;
    struct writer to = begin(out, PS_FRAME_COMMAND, request, size);
    put(&to, command->mchid.size, 2);
    put(&to, command->appid.size, 2);
    put(&to, command->service_id.size, 2);
    put(&to, command->name.size, 2);
    put(&to, command->key.size, 2);
    put(&to, 0, 2);
    put(&to, command->body.size, 4);
    put_text(&to, command->mchid);
    put_text(&to, command->appid);
    put_text(&to, command->service_id);
    put_text(&to, command->name);
    put_text(&to, command->key);
    put_text(&to, command->body);
    return size;
}

enum payscore_status ps_frame_get_command(struct payscore_text frame,
                                          struct ps_frame_command *command)
{
    struct reader from;
    enum payscore_status rc = enter(frame, PS_FRAME_COMMAND, COMMAND_FIXED, &from);
    if (rc != PAYSCORE_OK) return rc;
    command->mchid.size = (size_t)get(&from, 2);
    command->appid.size = (size_t)get(&from, 2);
    command->service_id.size = (size_t)get(&from, 2);
    command->name.size = (size_t)get(&from, 2);
    command->key.size = (size_t)get(&from, 2);
    uint64_t zero = get(&from, 2);
    command->body.size = (size_t)get(&from, 4);
    if (zero != 0 || !fits(command) || size_of(command) != frame.size) return PAYSCORE_E_INPUT;
    command->mchid = get_text(&from, command->mchid.size);
    command->appid = get_text(&from, command->appid.size);
    command->service_id = get_text(&from, command->service_id.size);
    command->name = get_text(&from, command->name.size);
    command->key = get_text(&from, command->key.size);
    command->body = get_text(&from, command->body.size);
    return PAYSCORE_OK;
}

/* Answers. */

enum { ERROR_MAX = sizeof(struct payscore_error) - 1 };
_Static_assert(PS_FRAME_ANSWER_MAX >=
                   PS_FRAME_HEAD_SIZE + ANSWER_FIXED + 2 * PS_FRAME_NAME_MAX + ERROR_MAX,
               "an answer with the longest texts fits");

static struct payscore_text cut(struct payscore_text text, size_t size_max)
{
    if (text.size > size_max) text.size = size_max;
    return text;
}

size_t ps_frame_put_answer(uint64_t request, const struct ps_frame_answer *answer,
                           uint8_t out[PS_FRAME_ANSWER_MAX])
{
    struct payscore_text chart = cut(answer->chart, PS_FRAME_NAME_MAX);
    struct payscore_text state = cut(answer->state, PS_FRAME_NAME_MAX);
    struct payscore_text error = cut(answer->error, ERROR_MAX);
    size_t size = PS_FRAME_HEAD_SIZE + ANSWER_FIXED + chart.size + state.size + error.size;
    struct writer to = begin(out, PS_FRAME_ANSWER, request, size);
    put(&to, (uint32_t)answer->status, 4);
    put(&to, (uint64_t)answer->verdict, 1);
    put(&to, answer->more ? 1 : 0, 1);
    put(&to, answer->row, 2);
    put(&to, answer->entry, 8);
    put(&to, answer->id.birth_ms, 8);
    put(&to, answer->id.counter, 4);
    put(&to, answer->id.home, 2);
    put(&to, 0, 2);
    put(&to, answer->count, 8);
    put(&to, chart.size, 2);
    put(&to, state.size, 2);
    put(&to, error.size, 2);
    put(&to, 0, 2);
    put_text(&to, chart);
    put_text(&to, state);
    put_text(&to, error);
    return size;
}

static bool is_status(int32_t number)
{
    switch (number) {
#define STATUS(name, number_, reaction, text)                                                      \
    case (number_): return true;
        PAYSCORE_STATUS_MAP(STATUS)
#undef STATUS
    default: return false;
    }
}

/* The numbers in front of the texts; false: a value that is none. */
static bool get_numbers(struct reader *from, struct ps_frame_answer *answer)
{
    int32_t status = (int32_t)(uint32_t)get(from, 4);
    uint64_t verdict = get(from, 1);
    uint64_t more = get(from, 1);
    answer->row = (uint16_t)get(from, 2);
    answer->entry = get(from, 8);
    answer->id.birth_ms = get(from, 8);
    answer->id.counter = (uint32_t)get(from, 4);
    answer->id.home = (uint16_t)get(from, 2);
    uint64_t zeros = get(from, 2);
    answer->count = get(from, 8);
    answer->chart.size = (size_t)get(from, 2);
    answer->state.size = (size_t)get(from, 2);
    answer->error.size = (size_t)get(from, 2);
    zeros |= get(from, 2);
    answer->status = (enum payscore_status)status;
    answer->verdict = (enum payscore_verdict)verdict;
    answer->more = more == 1;
    return is_status(status) && verdict <= PAYSCORE_STRAY && more <= 1 && zeros == 0;
}

enum payscore_status ps_frame_get_answer(struct payscore_text frame, struct ps_frame_answer *answer)
{
    struct reader from;
    memset(answer, 0, sizeof *answer);
    enum payscore_status rc = enter(frame, PS_FRAME_ANSWER, ANSWER_FIXED, &from);
    if (rc != PAYSCORE_OK) return rc;
    if (!get_numbers(&from, answer)) return PAYSCORE_E_INPUT;
    size_t sizes = answer->chart.size + answer->state.size + answer->error.size;
    if (answer->chart.size > PS_FRAME_NAME_MAX || answer->state.size > PS_FRAME_NAME_MAX ||
        answer->error.size > ERROR_MAX || PS_FRAME_HEAD_SIZE + ANSWER_FIXED + sizes != frame.size)
        return PAYSCORE_E_INPUT;
    answer->chart = get_text(&from, answer->chart.size);
    answer->state = get_text(&from, answer->state.size);
    answer->error = get_text(&from, answer->error.size);
    return PAYSCORE_OK;
}

struct ps_frame_answer ps_frame_answer_of(const struct payscore_result *result)
{
    return (struct ps_frame_answer){.status = result->status,
                                    .verdict = result->verdict,
                                    .more = result->more,
                                    .row = result->row,
                                    .entry = result->entry,
                                    .count = result->count,
                                    .id = result->id,
                                    .chart = ps_text_of(result->chart),
                                    .state = ps_text_of(result->state),
                                    .error = ps_text_of(result->error.text)};
}

static const struct ps_chart *chart_named(struct payscore_text name)
{
#define CHART(id, name_, revision, en, zh)                                                         \
    if (ps_text_is(name, #name_)) return ps_chart_by_id(id);
#include "statecharts/charts.def"
    return NULL;
}

static const char *state_named(const struct ps_chart *chart, struct payscore_text name)
{
    for (uint16_t i = 0; name.size > 0 && i < chart->state_limit; i++) {
        const struct ps_state *state = ps_chart_state(chart, i);
        if (state != NULL && ps_text_is(name, state->name)) return state->name;
    }
    return "";
}

struct payscore_result ps_frame_result_of(const struct ps_frame_answer *answer)
{
    struct payscore_result result = {.status = answer->status,
                                     .verdict = answer->verdict,
                                     .entry = answer->entry,
                                     .id = answer->id,
                                     .row = answer->row,
                                     .count = answer->count,
                                     .more = answer->more,
                                     .chart = "",
                                     .state = "",
                                     .row_text = ""};
    const struct ps_chart *chart = chart_named(answer->chart);
    if (chart != NULL) {
        const struct ps_row *row = ps_chart_row(chart, answer->row);
        result.chart = chart->name;
        result.state = state_named(chart, answer->state);
        if (row != NULL) result.row_text = row->en;
    }
    ps_fail(&result.error, PAYSCORE_OK, "%.*s", (int)answer->error.size, answer->error.data);
    return result;
}
