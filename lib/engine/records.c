/* Finding and reading records, and the merchants they belong to. */
#include <stdio.h>
#include <string.h>

#include "core/charts.h"
#include "core/panic.h"
#include "engine/left.h"

const struct ps_merchant *ps_merchant_of_service(const struct payscore *engine, uint32_t service)
{
    for (size_t i = 0; i < engine->merchant_count; i++)
        if (engine->merchants[i].service == service) return &engine->merchants[i];
    return NULL;
}

static bool fits(struct payscore_text wanted, const char *name)
{
    return wanted.size == 0 || ps_text_equal(wanted, ps_text_of(name));
}

const struct ps_merchant *ps_merchant_named(const struct payscore *engine,
                                            struct payscore_text mchid, struct payscore_text appid,
                                            struct payscore_text service_id)
{
    for (size_t i = 0; i < engine->merchant_count; i++) {
        const struct ps_merchant *merchant = &engine->merchants[i];
        if (fits(mchid, merchant->mchid) && fits(appid, merchant->appid) &&
            fits(service_id, merchant->service_id))
            return merchant;
    }
    return NULL;
}

bool ps_alias_name(uint16_t chart, const struct ps_merchant *merchant, struct payscore_text number,
                   struct payscore_text openid, char name[PS_NAME_MAX + 1])
{
    struct payscore_text service = {"", 0}, own = number;
    if (chart == PS_CHART_authorization) {
        service = ps_text_of(merchant->service_id);
        own = openid;
    }
    size_t slash = chart == PS_CHART_authorization ? 1 : 0;
    size_t size = service.size + slash + own.size;
    if (size == 0 || size > PS_NAME_MAX) return false;
    memcpy(name, service.data, service.size);
    if (slash > 0) name[service.size] = '/';
    if (own.size > 0) memcpy(name + service.size + slash, own.data, own.size);
    name[size] = '\0';
    return true;
}

/* Which home a name belongs to: spread evenly, and the same for ever. */
enum payscore_status ps_home_of(const struct ps_merchant *merchant, const char *name,
                                uint16_t *home)
{
    char text[PS_NAME_MAX + 64];
    int size = snprintf(text, sizeof text, "%s\n%s", merchant->mchid, name);
    uint8_t digest[PS_HASH_SIZE];
    PS_ASSERT(size > 0 && (size_t)size < sizeof text);
    enum payscore_status rc = ps_sha256((struct payscore_text){text, (size_t)size}, digest);
    *home = (uint16_t)(digest[0] % PS_HOMES);
    return rc;
}

/* As much of a header as a tombstone keeps. */
static void dig_up(const struct ps_tomb *tomb, struct ps_record *record)
{
    *record = (struct ps_record){.layout = PS_TOMB_LAYOUT,
                                 .chart = tomb->chart,
                                 .state = tomb->state,
                                 .id = tomb->id,
                                 .merchant = tomb->merchant,
                                 .service = tomb->service,
                                 .since_ms = tomb->ended_ms,
                                 .paid_fen = tomb->paid_fen,
                                 .last_entry = tomb->retired_by,
                                 .number_size = tomb->number_size};
    memcpy(record->number, tomb->number, sizeof record->number);
}

/* What a shorter, older header lacks is zero; it is written whole when it is written next. */
enum payscore_status ps_record_unpack(struct payscore_text value, struct ps_record *record)
{
    uint32_t layout = 0;
    struct ps_tomb tomb;
    record->layout = 0;
    if (ps_tomb_unpack(value, &tomb)) {
        dig_up(&tomb, record);
        return PAYSCORE_E_NOT_FOUND;
    }
    if (value.size < sizeof layout || value.size > sizeof *record) return PAYSCORE_E_CORRUPT;
    memcpy(&layout, value.data, sizeof layout);
    if (layout != PS_RECORD_LAYOUT && layout != 1) return PAYSCORE_E_VERSION;
    if (value.size != (layout == 1 ? PS_RECORD_SIZE_OF_LAYOUT_1 : sizeof *record))
        return PAYSCORE_E_CORRUPT;
    memset(record, 0, sizeof *record);
    memcpy(record, value.data, value.size);
    record->layout = PS_RECORD_LAYOUT;
    return PAYSCORE_OK;
}

enum payscore_status ps_record_read(struct ps_txn *txn, const struct payscore_id *id,
                                    struct ps_record *record)
{
    struct ps_id_key key = ps_id_key(id);
    struct payscore_text value;
    record->layout = 0;
    enum payscore_status rc = ps_txn_get(txn, PS_TABLE_RECORDS, PS_KEY(key), &value);
    if (rc == PAYSCORE_OK) rc = ps_record_unpack(value, record);
    if (rc != PAYSCORE_OK) return rc;
    if (record->number_size > PS_NUMBER_MAX || record->openid_size > PS_OPENID_MAX ||
        record->transaction_id_size > PS_TRANSACTION_ID_MAX)
        return PAYSCORE_E_CORRUPT;
    const struct ps_chart *chart = ps_chart_by_id(record->chart);
    if (chart == NULL || ps_chart_state(chart, record->state) == NULL) return PAYSCORE_E_CHART;
    return PAYSCORE_OK;
}

enum payscore_status ps_record_find(struct ps_txn *txn, uint16_t chart, uint32_t merchant,
                                    struct payscore_text name, struct payscore_id *id)
{
    struct ps_alias_key key;
    struct payscore_text value;
    if (!ps_alias_key(chart, merchant, name, &key)) return PAYSCORE_E_NOT_FOUND;
    enum payscore_status rc =
        ps_txn_get(txn, PS_TABLE_ALIASES, ps_key_text(key.bytes, key.size), &value);
    if (rc != PAYSCORE_OK) return rc;
    return ps_id_from_key(value, id) ? PAYSCORE_OK : PAYSCORE_E_CORRUPT;
}
