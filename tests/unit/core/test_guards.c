/*
 * Each guard, asked as guard_cases.def says. The table of guards is derived from guards.def, so
 * that a new guard without cases both ways fails here.
 */
#include "unit/core/given.h"

typedef bool guard_function(const struct ps_record *old, const struct ps_input *in);

struct guard_case {
    enum ps_guard guard;
    bool holds;
    const char *given;
};

/* clang-format off */
static guard_function *const guards[] = {
#define GUARD(name, revision, en, zh) ps_guard_##name,
#include "statecharts/guards.def"
};

static const struct guard_case cases[] = {
#define CASE(guard, holds, given) {PS_GUARD_##guard, (holds), (given)},
#include "unit/core/guard_cases.def"
};
/* clang-format on */
enum { CASE_COUNT = sizeof cases / sizeof cases[0] };

/* A fresh question to a running order of which nothing else is known. */
static struct scene scene_of(const char *given)
{
    struct scene s;
    struct word word;
    memset(&s, 0, sizeof s);
    s.old.version = VERSION;
    s.old.since_ms = NOW - 1000;
    s.old.platform_ms = PLATFORM;
    s.old.call_entry = CALL_ENTRY;
    s.old.call = PS_CALL_query_order;
    s.old.openid_size = 5;
    s.in = (struct ps_input){.event = PS_EVENT_seen_paying,
                             .carrier = PAYSCORE_CARRIER_QUERY,
                             .call = PS_CALL_query_order,
                             .begun_version = VERSION,
                             .begun_ms = NOW,
                             .call_entry = CALL_ENTRY,
                             .now_ms = NOW};
    while (next_word(&given, &word))
        set_given(&s, &word);
    s.in.attempt = (uint16_t)(s.old.attempts - (s.late ? 1 : 0));
    return s;
}

static void guards_hold_when_the_cases_say_so(void **state)
{
    unsigned wrong = 0;
    (void)state;
    for (size_t i = 0; i < CASE_COUNT; i++) {
        struct scene s = scene_of(cases[i].given), copy;
        memcpy(&copy, &s, sizeof s);
        if (guards[cases[i].guard](&s.old, &s.in) != cases[i].holds) {
            print_error("%s (%s) should be %s\n", ps_guard_name((uint8_t)cases[i].guard),
                        cases[i].given, cases[i].holds ? "true" : "false");
            wrong++;
        }
        assert_memory_equal(&copy, &s, sizeof s);
    }
    assert_int_equal(wrong, 0);
}

static void every_guard_has_cases_both_ways(void **state)
{
    bool tried[PS_GUARD_COUNT][2] = {{false}};
    (void)state;
    for (size_t i = 0; i < CASE_COUNT; i++)
        tried[cases[i].guard][cases[i].holds ? 1 : 0] = true;
    tried[PS_GUARD_always][0] = true; /* It has no other way. */
    for (unsigned i = 0; i < PS_GUARD_COUNT; i++)
        if (!tried[i][0] || !tried[i][1])
            fail_msg("no case has the guard %s %s", ps_guard_name((uint8_t)i),
                     tried[i][1] ? "fail" : "hold");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(guards_hold_when_the_cases_say_so),
        cmocka_unit_test(every_guard_has_cases_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
