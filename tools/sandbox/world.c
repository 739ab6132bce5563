#include "world.h"

#include <stdlib.h>
#include <string.h>

#include "support.h"

/* FNV-1a: spreads short keys well; nobody attacks a sandbox on loopback. */
static size_t bucket_of(const char *key)
{
    uint32_t hash = 2166136261U;
    for (; *key != '\0'; key++)
        hash = (hash ^ (unsigned char)*key) * 16777619U;
    return hash % SANDBOX_BUCKETS;
}

static struct sandbox_thing *table_find(const struct sandbox_table *table, const char *key)
{
    struct sandbox_thing *thing = table->buckets[bucket_of(key)];
    while (thing != NULL && strcmp(thing->key, key) != 0)
        thing = thing->next_in_bucket;
    return thing;
}

static void table_add(struct sandbox_table *table, struct sandbox_thing *thing, const char *key)
{
    struct sandbox_thing **bucket = &table->buckets[bucket_of(key)];

    thing->key = key;
    thing->next_in_bucket = *bucket;
    *bucket = thing;
    if (table->last == NULL) table->first = thing;
    if (table->last != NULL) table->last->next = thing;
    table->last = thing;
    table->count++;
}

static bool table_is_full(const struct sandbox_table *table)
{
    return table->count >= table->limit;
}

void sandbox_world_open(struct sandbox *sandbox)
{
    sandbox->faults = sandbox_faults_open();
    sandbox->users.limit = SANDBOX_USERS_MAX;
    sandbox->codes.limit = SANDBOX_CODES_MAX;
    sandbox->orders.limit = SANDBOX_ORDERS_MAX;
#define SWITCH(name, from_the_start, source, meaning) sandbox->switches.name = from_the_start;
#include "tools/sandbox/switches.def"
}

static void code_forget(struct sandbox_thing *thing)
{
    cJSON_Delete(((struct sandbox_code *)thing)->body);
}

static void order_forget(struct sandbox_thing *thing)
{
    struct sandbox_order *order = (struct sandbox_order *)thing;
    cJSON_Delete(order->create_body);
    cJSON_Delete(order->complete_body);
    cJSON_Delete(order->modify_body);
    cJSON_Delete(order->sync_body);
    cJSON_Delete(order->cancel_body);
}

static void table_free(struct sandbox_table *table, void (*forget)(struct sandbox_thing *))
{
    struct sandbox_thing *thing = table->first;
    while (thing != NULL) {
        struct sandbox_thing *next = thing->next;
        if (forget != NULL) forget(thing);
        free(thing);
        thing = next;
    }
    *table = (struct sandbox_table){0};
}

void sandbox_world_close(struct sandbox *sandbox)
{
    table_free(&sandbox->orders, order_forget);
    table_free(&sandbox->codes, code_forget);
    table_free(&sandbox->users, NULL);
    sandbox_faults_close(sandbox->faults);
    sandbox->faults = NULL;
}

int64_t sandbox_life_ms(const struct sandbox *sandbox)
{
    return sandbox_now_ms() + sandbox->passed_ms;
}

static void age(struct sandbox_order *order)
{
    if (order->state == SANDBOX_CREATED &&
        sandbox_life_ms(order->sandbox) - order->born_ms > SANDBOX_CREATED_LIFE_MS) {
        order->state = SANDBOX_EXPIRED;
    }
}

void sandbox_let_pass(struct sandbox *sandbox, int64_t ms)
{
    sandbox->passed_ms += ms;
    for (struct sandbox_thing *thing = sandbox->orders.first; thing != NULL; thing = thing->next)
        age((struct sandbox_order *)thing);
}

struct sandbox_user *sandbox_user_find(struct sandbox *sandbox, const char *openid)
{
    return (struct sandbox_user *)table_find(&sandbox->users, openid);
}

struct sandbox_code *sandbox_code_find(struct sandbox *sandbox, const char *code)
{
    return (struct sandbox_code *)table_find(&sandbox->codes, code);
}

struct sandbox_order *sandbox_order_find(struct sandbox *sandbox, const char *out_order_no)
{
    struct sandbox_order *order =
        (struct sandbox_order *)table_find(&sandbox->orders, out_order_no);
    if (order != NULL) age(order);
    return order;
}

struct sandbox_order *sandbox_order_by_query_id(struct sandbox *sandbox, const char *query_id)
{
    for (struct sandbox_thing *thing = sandbox->orders.first; thing != NULL; thing = thing->next) {
        struct sandbox_order *order = (struct sandbox_order *)thing;
        if (query_id[0] == '\0' || strcmp(order->page.query_id, query_id) != 0) continue;
        age(order);
        return order;
    }
    return NULL;
}

struct sandbox_user *sandbox_user_get(struct sandbox *sandbox, const char *openid)
{
    struct sandbox_user *user = sandbox_user_find(sandbox, openid);
    if (user != NULL || table_is_full(&sandbox->users)) return user;
    user = sandbox_alloc(sizeof *user);
#define TRAIT(name, from_the_start, meaning) user->name = from_the_start;
#include "tools/sandbox/traits.def"
    if (!ps_text_copy(user->openid, sizeof user->openid, ps_text_of(openid))) {
        free(user);
        return NULL;
    }
    table_add(&sandbox->users, &user->thing, user->openid);
    return user;
}

struct sandbox_code *sandbox_code_get(struct sandbox *sandbox, const char *number)
{
    struct sandbox_code *code = sandbox_code_find(sandbox, number);
    if (code != NULL || table_is_full(&sandbox->codes)) return code;
    code = sandbox_alloc(sizeof *code);
    if (!ps_text_copy(code->code, sizeof code->code, ps_text_of(number))) {
        free(code);
        return NULL;
    }
    table_add(&sandbox->codes, &code->thing, code->code);
    return code;
}

struct sandbox_order *sandbox_order_get(struct sandbox *sandbox, const char *out_order_no)
{
    struct sandbox_order *order = sandbox_order_find(sandbox, out_order_no);
    if (order != NULL || table_is_full(&sandbox->orders)) return order;
    order = sandbox_alloc(sizeof *order);
    if (!ps_text_copy(order->out_order_no, sizeof order->out_order_no, ps_text_of(out_order_no))) {
        free(order);
        return NULL;
    }
    order->sandbox = sandbox;
    uv_timer_init(sandbox->loop, &order->timer);
    order->timer.data = order;
    table_add(&sandbox->orders, &order->thing, order->out_order_no);
    return order;
}

bool sandbox_user_is_bound(const struct sandbox *sandbox, const struct sandbox_user *user,
                           const struct sandbox_service *service)
{
    for (const struct sandbox_thing *thing = sandbox->orders.first; thing != NULL;
         thing = thing->next) {
        const struct sandbox_order *order = (const struct sandbox_order *)thing;
        bool unfinished = order->state == SANDBOX_IN_SERVICE || order->state == SANDBOX_PAYING;
        if (order->user == user && unfinished && (service == NULL || order->service == service))
            return true;
    }
    return false;
}
